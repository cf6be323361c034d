import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collectDiagnostics } from '../../../electron/main/diagnostics'
import { KEYLESS, snapshotWith } from '../renderer/studio/snapshot'

/** What must never leave the machine, in the forms in which it may have come into a log or a name. */
const PLANTED = ['planted-stream-key', 'planted-sign', 'planted-token', 'planted-password', `eJ${'planted'.repeat(12)}`] as const
let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-'))
  mkdirSync(join(dataDir, 'logs'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const open = async (snapshot = snapshotWith()): Promise<Record<string, string>> => {
  const zip = unzipSync(await collectDiagnostics({ dataDir, snapshot, versions: { electron: '25.1.1' } }))
  return Object.fromEntries(Object.entries(zip).map(([name, bytes]) => [name, strFromU8(bytes)]))
}

describe('diagnostics', () => {
  it('hold the logs, the health, the settings and the machine', async () => {
    writeFileSync(join(dataDir, 'logs', 'anchordesk.log'), '{"msg":"session live"}\n')
    const files = await open(snapshotWith({ destinations: [KEYLESS] }))
    expect(Object.keys(files).sort()).toEqual(['anchordesk.log', 'health.json', 'machine.json', 'settings.json', 'state.json'])
    expect(files['anchordesk.log']).toContain('session live')
    expect(JSON.parse(files['machine.json'] ?? '')).toMatchObject({ versions: { electron: '25.1.1' }, app: { platform: 'linux' } })
    expect(JSON.parse(files['settings.json'] ?? '')).toMatchObject({ title: 'A show' })
  })

  it('hold no secret, wherever one was planted', async () => {
    const [key, sign, token, password, userSig] = PLANTED
    const line = `rtmp://push.example.com/live/${key}?txSecret=${sign} {"token":"${token}","password":"${password}"} usersig ${userSig} Bearer ${token}`
    writeFileSync(join(dataDir, 'logs', 'anchordesk.log'), `${line}\n`)
    writeFileSync(join(dataDir, 'logs', 'anchordesk.log.1'), `${line}\n`)
    const files = await open(
      snapshotWith({
        settings: { ...snapshotWith().settings, title: `my address is rtmp://push.example.com/live/${key}` },
        notices: [{ id: 1, atMs: 0, count: 1, error: { code: 'publish.denied', context: { reason: `rtmp://push.example.com/live/${key}?txSecret=${sign}` } } }],
      }),
    )
    for (const [name, text] of Object.entries(files)) for (const secret of PLANTED) expect(text.includes(secret), `${secret} in ${name}`).toBe(false)
  })
})
