import { spawn } from 'node:child_process'
import { SetupError } from './say.mjs'

/** True where windows cannot be shown without help. */
export function needsVirtualDisplay() {
  return process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY
}

/** Starts Xvfb on a free display. The caller ends it with `stop`. */
export function startVirtualDisplay() {
  return new Promise((resolve, reject) => {
    const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1080x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      // Not in the terminal's group: Ctrl+C must not take the display from an app that is still ending its show.
      detached: true,
    })
    const deadline = setTimeout(() => {
      child.kill()
      reject(new SetupError('The virtual display did not start within 15 s.'))
    }, 15_000)
    child.once('error', () => reject(new SetupError('There is no display, and Xvfb is not installed to make a virtual one.')))
    let number = ''
    child.stdio[3].on('data', (bytes) => {
      number += bytes
      if (!number.includes('\n')) return
      clearTimeout(deadline)
      resolve({ display: `:${number.trim()}`, stop: () => child.kill() })
    })
  })
}
