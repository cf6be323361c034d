import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bootstrap, main, ROOT } from './setup/bootstrap.mjs'
import { bin, ensureBuild } from './setup/build.mjs'
import { needsVirtualDisplay, startVirtualDisplay } from './setup/display.mjs'
import { run } from './setup/run.mjs'
import { say, SetupError } from './setup/say.mjs'
import { missingForTrtc } from './setup/trtc-library.mjs'

const SMOKE_DEADLINE_MS = 60_000

/**
 * `npm run package`: an installable directory of this system with the Electron that is here, started once and looked at.
 * Installers (`--installers`) are made on the system they are for, with electron-builder's own downloads. `--trtc`: with Tencent's library in it, once nothing of it is missing.
 */
await main(async () => {
  const trtc = process.argv.includes('--trtc')
  const missing = trtc ? missingForTrtc(ROOT, process.platform, process.arch) : []
  if (missing.length > 0) throw new SetupError(`A package with TRTC cannot be made:\n${missing.join('\n')}`)
  const electron = await bootstrap({ system: ['run'], electron: true })
  await ensureBuild()
  const builder = [bin('electron-builder', 'cli.js'), '--config', trtc ? 'electron-builder.trtc.yml' : 'electron-builder.yml', '--publish', 'never']
  if (process.argv.includes('--installers')) return run(process.execPath, builder, { cwd: ROOT })
  const dist = dirname(electron)
  const version = readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '')
  const code = await run(process.execPath, [...builder, '--dir', `-c.electronVersion=${version}`, `-c.electronDist=${dist}`], { cwd: ROOT })
  if (code !== 0) return code
  if (process.platform !== 'linux') return 0
  const app = join(ROOT, 'dist', 'linux-unpacked', 'anchordesk')
  if (!existsSync(app)) throw new SetupError(`electron-builder left no ${app}.`)
  if (!existsSync(join(dirname(app), 'THIRD-PARTY-NOTICES.txt'))) throw new SetupError('The notices of what is bundled are missing.')
  await checkFuses(app)
  await smoke(app)
  say(`Packaged and started: ${dirname(app)}`)
  process.stdout.write('1 passed, 0 failed\n')
  return 0
})

async function checkFuses(app) {
  const { FuseV1Options, getCurrentFuseWire } = await import('@electron/fuses')
  const wire = await getCurrentFuseWire(app)
  const off = '0'.charCodeAt(0)
  const on = '1'.charCodeAt(0)
  const wanted = {
    RunAsNode: off,
    EnableCookieEncryption: on,
    EnableNodeOptionsEnvironmentVariable: off,
    EnableNodeCliInspectArguments: off,
    EnableEmbeddedAsarIntegrityValidation: on,
    OnlyLoadAppFromAsar: on,
    GrantFileProtocolExtraPrivileges: off,
  }
  for (const [name, state] of Object.entries(wanted)) {
    const found = wire[FuseV1Options[name]]
    // A fuse that this Electron does not have yet cannot be set.
    if (found !== undefined && found !== state) throw new SetupError(`The fuse ${name} is not set.`)
  }
}

/** The packaged app goes live with the test card and ends by itself. */
async function smoke(app) {
  const display = needsVirtualDisplay() ? await startVirtualDisplay() : null
  const dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-package-'))
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const args = [...sandbox, '--go-live', '--source', 'test-card', '--quit-after', '8', '--data-dir', dataDir, '--http-port', '0', '--rtmp-port', '0']
  try {
    const child = spawn(app, args, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...(display === null ? {} : { DISPLAY: display.display }) } })
    let output = ''
    child.stdout.on('data', (bytes) => (output += bytes))
    const deadline = setTimeout(() => child.kill('SIGKILL'), SMOKE_DEADLINE_MS)
    const code = await new Promise((resolve) => child.once('close', resolve))
    clearTimeout(deadline)
    if (code !== 0 || !output.includes('"event":"live"')) throw new SetupError(`The packaged app did not go live (exit ${code}).`)
  } finally {
    display?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
