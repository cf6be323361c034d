import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createRequire } from 'node:module'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { beforeAll, describe, expect, it } from 'vitest'

/** Electron's switches as they have to stand in what is shipped (ux.md §9.1, item 19). */
const FUSES = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  GrantFileProtocolExtraPrivileges: false,
} as const

interface AsarTools {
  listPackage(archive: string, options: { isPack: boolean }): string[]
}

describe.runIf(process.platform === 'linux')('the package', () => {
  const app = resolve('dist/linux-unpacked')
  let said = ''
  let code: number | null = null

  beforeAll(async () => {
    const child = spawn(process.execPath, [resolve('scripts/package.mjs')], { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')))
    code = await new Promise((done) => child.once('close', done))
  }, 600_000)

  it('is made, goes live and ends by itself', () => {
    expect(code, said).toBe(0)
  })

  it('has its fuses set', async () => {
    const wire = await getCurrentFuseWire(resolve(app, 'anchordesk'))
    const known = Object.entries(FUSES).filter(
      ([name]) => name !== 'GrantFileProtocolExtraPrivileges' || wire[FuseV1Options.GrantFileProtocolExtraPrivileges] !== undefined,
    )
    for (const [name, on] of known) expect(wire[FuseV1Options[name as keyof typeof FUSES]], name).toBe(on ? FuseState.ENABLE : FuseState.DISABLE)
    expect(known.length).toBeGreaterThanOrEqual(6)
  })

  it('holds the app, and nothing that it was made with', async () => {
    const { listPackage } = (await import(createRequire(import.meta.url).resolve('@electron/asar'))) as AsarTools
    const files = listPackage(resolve(app, 'resources', 'app.asar'), { isPack: false })
    expect(files).toContain('/out/main/index.js')
    // SQLite's library is the one package that cannot be bundled.
    const bundled = files.filter((file) => !/^\/node_modules(\/(@libsql|libsql|@neon-rs|detect-libc)(\/|$)|$)/.test(file))
    expect(bundled.filter((file) => /node_modules|\.map$|\/tests?\/|\.ts$/.test(file))).toEqual([])
    expect(files.some((file) => /^\/node_modules\/@libsql\/[^/]+\/index\.node$/.test(file))).toBe(true)
  })
})
