import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn, type ChildProcess } from 'node:child_process'
import type { Page } from 'playwright-core'
import { forMs } from '../support/until'

/** The clock counts in steps of this many milliseconds. */
const STEP_MS = 20
const BITS = 16
const CYCLE = 2 ** BITS

/**
 * A window over the whole display that shows the wall clock as a row of black and white blocks (Gray code, so that a torn
 * picture is wrong by one step at most) above a moving bar and, when asked for, a field of changing noise that no encoder gets below
 * 6 Mbit/s. What all programs of the benchmarks film.
 */
const PAGE = `<!doctype html><meta charset="utf-8"><style>html,body{margin:0;background:#246;overflow:hidden}canvas{display:block}
.bar{position:absolute;top:300px;width:160px;height:480px;animation:go 4s linear infinite}@keyframes go{from{left:-160px}to{left:1920px}}</style>
<canvas id="clock" width="1920" height="120"></canvas><div class="bar" style="background:linear-gradient(#e33,#3e3,#33e)"></div>
<script>
const pen = document.getElementById('clock').getContext('2d')
function draw() {
  const value = Math.floor(Date.now() / ${STEP_MS}) % ${CYCLE}, gray = value ^ (value >> 1)
  for (let bit = 0; bit < ${BITS}; bit++) { pen.fillStyle = gray >> bit & 1 ? '#fff' : '#000'; pen.fillRect(bit * 120, 0, 120, 120) }
  requestAnimationFrame(draw)
}
draw()
if (location.hash === '#busy') {
  const tiles = Array.from({ length: 6 }, () => {
    const tile = document.createElement('canvas')
    tile.width = 960; tile.height = 240
    tile.style.cssText = 'position:absolute;left:480px;top:600px;visibility:hidden'
    const pen = tile.getContext('2d'), picture = pen.createImageData(960, 240), words = new Uint32Array(picture.data.buffer)
    for (let i = 0; i < words.length; i++) words[i] = 0xff000000 | (Math.random() * 0x1000000)
    pen.putImageData(picture, 0, 0)
    document.body.append(tile)
    return tile
  })
  let shown = 0
  setInterval(() => { tiles[shown].style.visibility = 'hidden'; shown = (shown + 1) % tiles.length; tiles[shown].style.visibility = 'visible' }, 33)
}
</script>`

const MAIN = `const { app, BrowserWindow } = require('electron')
app.whenReady().then(() => {
  const window = new BrowserWindow({ x: 0, y: 0, width: 1920, height: 1080, frame: false, alwaysOnTop: true, enableLargerThanScreen: true, title: 'clock' })
  window.setAlwaysOnTop(true, 'screen-saver')
  window.loadFile('page.html', { hash: process.argv.includes('busy') ? 'busy' : '' }).then(() => { window.setBounds({ x: 0, y: 0, width: 1920, height: 1080 }); process.stdout.write('shown\\n') })
})`

export interface ClockScreen {
  stop(): void
}

/** @param picture `busy`: hard to encode; `calm`: what a desk mostly shows */
export async function showClock(electron: string, picture: 'calm' | 'busy'): Promise<ClockScreen> {
  const folder = mkdtempSync(join(tmpdir(), 'anchordesk-clock-'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'clock', main: 'main.js' }))
  writeFileSync(join(folder, 'main.js'), MAIN)
  writeFileSync(join(folder, 'page.html'), PAGE)
  const child: ChildProcess = spawn(electron, [folder, picture, '--no-sandbox', '--user-data-dir=' + join(folder, 'data')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve())
    child.once('exit', (code) => reject(new Error(`the clock ended with ${code}`)))
  })
  return {
    stop: () => {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** How old the pictures are that a watch page shows: milliseconds from the clock on the screen to the moment the browser presents them. */
export async function ageOfPictures(page: Page, windowMs: number): Promise<{ ages: number[]; unread: number }> {
  await page.evaluate(
    ({ stepMs, bits }) => {
      const video = document.querySelector('video')
      if (video === null) throw new Error('no video')
      const canvas = new OffscreenCanvas(bits * 10, 10)
      const pen = canvas.getContext('2d', { willReadFrequently: true })
      if (pen === null) throw new Error('no canvas')
      const seen: number[] = []
      Object.assign(window, { seenAges: seen })
      const look = (_now: number, frame: VideoFrameCallbackMetadata): void => {
        pen.drawImage(video, 0, 0, video.videoWidth, (video.videoHeight * 120) / 1080, 0, 0, bits * 10, 10)
        const pixels = pen.getImageData(0, 5, bits * 10, 1).data
        let gray = 0
        let clear = true
        for (let bit = 0; bit < bits; bit++) {
          const light = pixels[(bit * 10 + 5) * 4] ?? 128
          if (light > 90 && light < 165) clear = false
          if (light >= 128) gray |= 1 << bit
        }
        let value = gray
        for (let shift = 1; shift < bits; shift *= 2) value ^= value >> shift
        const cycle = 2 ** bits
        const shownAt = performance.timeOrigin + frame.expectedDisplayTime
        const age = (((Math.floor(shownAt / stepMs) - value) % cycle) + cycle) % cycle
        seen.push(clear ? age * stepMs : -1)
        video.requestVideoFrameCallback(look)
      }
      video.requestVideoFrameCallback(look)
    },
    { stepMs: STEP_MS, bits: BITS },
  )
  await forMs(windowMs)
  const all = await page.evaluate(() => (window as unknown as { seenAges: number[] }).seenAges)
  const ages = all.filter((age) => age >= 0 && age < 30_000)
  return { ages, unread: all.length - ages.length }
}
