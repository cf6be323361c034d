import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { bootstrap, main, ROOT } from './setup/bootstrap.mjs'
import { ensureBuild } from './setup/build.mjs'

/** The room server by itself: no Electron, no display. */
await main(async () => {
  await bootstrap({ system: [], electron: false })
  await ensureBuild()
  const child = spawn(process.execPath, [join(ROOT, 'out', 'main', 'room-server.js'), ...process.argv.slice(2)], { stdio: 'inherit' })
  const forward = (signal) => child.kill(signal)
  process.on('SIGINT', forward)
  process.on('SIGTERM', forward)
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)))
})
