import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { bootstrap, main, ROOT } from './setup/bootstrap.mjs'
import { ensureBuild } from './setup/build.mjs'
import { needsVirtualDisplay, startVirtualDisplay } from './setup/display.mjs'
import { say } from './setup/say.mjs'

const WINDOWS = process.platform === 'win32'
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Lines that Chromium prints on machines without a message bus or a GPU; they mean nothing to anybody. */
const NOISE =
  /bus\.cc|object_proxy\.cc|viz_main_impl|command_buffer_proxy|GL Driver Message|OpenH264|gpu_process_host|sandbox_linux|angle_platform|gl_utils|DevTools listening/

await main(async () => {
  const electron = await bootstrap({ system: ['run'], electron: true })
  await ensureBuild()
  const flags = process.argv.slice(2)
  const asked = flags.some((flag) => flag === '--help' || flag === '-h' || flag === '--version')
  const virtual = needsVirtualDisplay()
  const display = virtual ? await startVirtualDisplay() : null
  // Without a display nobody can press anything: show that it works.
  const extra = []
  if (virtual && !asked) {
    if (!flags.includes('--go-live')) extra.push('--go-live')
    if (!flags.some((flag) => flag === '--source' || flag.startsWith('--source='))) extra.push('--source', 'test-card')
  }
  if (process.platform === 'linux' && process.getuid?.() === 0) extra.push('--no-sandbox')
  try {
    return await runApp(electron, [ROOT, ...extra, ...flags], display, virtual && !asked)
  } finally {
    display?.stop()
  }
})

function runApp(electron, args, display, tellAddresses) {
  return new Promise((resolve, reject) => {
    const child = spawn(electron, args, {
      cwd: process.cwd(),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A terminal sends Ctrl+C to its whole group: the app's processes would each die at once. Out of it, the app hears it from us and ends in order.
      detached: !WINDOWS,
      env: { ...process.env, ...(display === null ? {} : { DISPLAY: display.display }) },
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      process.stdout.write(`${line}\n`)
      if (tellAddresses) tell(line)
    })
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (process.env.ANCHORDESK_VERBOSE || !NOISE.test(line)) process.stderr.write(`${line}\n`)
    })
    // Windows tells everybody at the console by itself, and knows no other signal than the end.
    const forward = (signal) => WINDOWS || child.kill(signal)
    for (const signal of SIGNALS) process.on(signal, forward)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      for (const one of SIGNALS) process.off(one, forward)
      resolve(code ?? (signal === null ? 1 : 128))
    })
  })
}

function tell(line) {
  if (!line.startsWith('{"event":"live"')) return
  const { watch, play } = JSON.parse(line)
  const where = watch === null ? '' : `\n  Watch page  ${watch}\n  HTTP-FLV    ${play}`
  say(`\nLive on a virtual display.${where}\nCtrl+C ends the show.`)
}
