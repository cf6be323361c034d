import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, chromium, type Page } from 'playwright-core'
import { build, type Rolldown } from 'vite'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Changed, OverlayRun } from '../unit/renderer/stage/compositor/page/overlay'

// The compositor in a real Chromium, against what Chromium's own 2D canvas draws for the same layers; and the same again
// in the oldest Electron that the app supports, where one is set up and there is a display.

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const PAGE = 'https://compositor.test/'

/** Edges are snapped to even pixels, which costs a little; a wrong flip, crop, channel or matrix costs far more than that. */
const FLOOR_DB = 32

async function bundle(): Promise<string> {
  const result = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'chrome114',
      rollupOptions: { input: resolve('tests/unit/renderer/stage/compositor/page/harness.ts') },
      modulePreload: false,
    },
  })) as Rolldown.RolldownOutput
  const chunk = result.output.find((output) => output.type === 'chunk')
  if (chunk?.type !== 'chunk') throw new Error('the harness did not build')
  return chunk.code
}

interface Opened {
  readonly page: Page
  readonly close: () => Promise<void>
}

async function openChromium(): Promise<Opened> {
  const args = ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']
  const browser = await chromium.launch({ executablePath: CHROMIUM, args })
  return { page: await browser.newPage(), close: () => browser.close() }
}

function findElectron(): string | null {
  const folder = resolve('.cache/electron')
  const found = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, 'electron')) : []
  return found.find((path) => existsSync(path)) ?? null
}

async function openElectron(executablePath: string): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'compositor-'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'compositor-test', main: 'main.js' }))
  writeFileSync(
    join(folder, 'main.js'),
    `const { app, BrowserWindow } = require('electron')
     app.whenReady().then(() => new BrowserWindow({ show: false, webPreferences: { backgroundThrottling: false } }).loadURL('about:blank'))`,
  )
  const app = await _electron.launch({ executablePath, args: [folder, '--no-sandbox'] })
  const close = async (): Promise<void> => {
    await app.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { page: await app.firstWindow(), close }
}

const electron = findElectron()
const BROWSERS = [
  { name: 'Chromium', open: existsSync(CHROMIUM) ? openChromium : null },
  { name: 'Electron', open: electron !== null && process.env['DISPLAY'] ? () => openElectron(electron) : null },
]

let page: Page
let close: (() => Promise<void>) | null = null

/** Calls one of the functions of page/harness.ts. */
function call<T>(name: string, ...args: readonly unknown[]): Promise<T> {
  return page.evaluate(`harness.${name}(...${JSON.stringify(args)})`) as Promise<T>
}

interface Result {
  readonly engine: string
  readonly psnr: readonly number[]
  readonly preview: number
}

describe.each(BROWSERS)('the compositor in $name', ({ name, open }) => {
  beforeAll(async () => {
    if (!open) return
    const code = await bundle()
    ;({ page, close } = await open())
    await page.route('**/*', (route) =>
      route.request().url().endsWith('.js')
        ? route.fulfill({ contentType: 'text/javascript', body: code })
        : route.fulfill({
            contentType: 'text/html',
            // The policy of the app's own pages.
            headers: { 'content-security-policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'" },
            body: '<!doctype html><script type="module" src="/harness.js"></script>',
          }),
    )
    await page.goto(PAGE)
    await page.waitForFunction('globalThis.harness !== undefined')
  }, 120_000)

  afterAll(async () => {
    await close?.()
    close = null
  })

  beforeEach(({ skip }) => {
    if (!open) skip('not on this machine')
  })

  const size = { width: 320, height: 180 }
  const box = { x: 0.25, y: 0.2, width: 0.5, height: 0.6 }
  const crop = { left: 0.1, top: 0.2, right: 0.15, bottom: 0.05 }
  const cases = [
    ['same size', 'I420', size, {}],
    ['BT.601', 'I420-601', size, {}],
    ['full range', 'I420-full', size, {}],
    ['NV12', 'NV12', size, { x: 0.125 }],
    ['RGBA', 'RGBA', size, {}],
    ['BGRX of an odd size', 'BGRX', { width: 171, height: 97 }, box],
    ['a frame of a canvas', 'canvas', { width: 200, height: 150 }, box],
    ['NV12 of an odd size', 'NV12', { width: 243, height: 137 }, box],
    ['I420 of an odd size', 'I420', { width: 161, height: 93 }, { ...box, fit: 'fill' }],
    ['BT.601, scaled up', 'I420-601', { width: 100, height: 60 }, { fit: 'cover' }],
    ['scaled down by 5', 'I420', { width: 1_600, height: 900 }, {}],
    ['scaled down by 9', 'NV12', { width: 1_600, height: 900 }, { ...box, fit: 'cover' }],
    ['anisotropic', 'I420', { width: 900, height: 100 }, { ...box, fit: 'fill' }],
    ['cropped', 'I420', { width: 400, height: 300 }, { ...box, crop }],
    ['rotated by 90', 'I420', size, { ...box, rotation: 90 }],
    ['rotated by 180, cropped', 'I420-601', size, { ...box, rotation: 180, crop }],
    ['rotated by 270, mirrored, covering', 'NV12', size, { ...box, rotation: 270, mirrorX: true, fit: 'cover', crop }],
    ['rotated by 90, upside down', 'BGRX', size, { ...box, rotation: 90, mirrorY: true, fit: 'fill' }],
    ['mirrored', 'I420', size, { mirrorX: true }],
    ['over the edge', 'I420', size, { x: -0.25, y: 0.5, width: 0.75, height: 0.75 }],
    ['half opaque', 'I420-601', { width: 640, height: 360 }, { ...box, opacity: 0.5 }],
    ['with alpha', 'I420A', { width: 240, height: 135 }, box],
    ['with alpha, half opaque, full size', 'I420A', size, { opacity: 0.5 }],
    ['a still with alpha', 'still', { width: 203, height: 77 }, { ...box, rotation: 270 }],
    ['an I420 frame pixel for pixel in the lower right quarter', 'I420', { width: 160, height: 90 }, { x: 0.5, y: 0.5, width: 0.5, height: 0.5, fit: 'fill' }],
    ['a still pixel for pixel, over the left edge', 'still', { width: 200, height: 40 }, { x: -0.25, y: 0.2, width: 200 / 320, height: 40 / 180, fit: 'fill' }],
  ] as const

  it.each(cases)('%s (%s): both engines draw what a 2D canvas draws', async (_, format, picture, transform) => {
    for (const engine of ['planar', 'webgl2'] as const) {
      const result = await call<Result>('compare', engine, { format, picture, transform })
      expect(result.engine).toBe(engine)
      for (const [plane, value] of result.psnr.entries()) expect(value, `${engine} plane ${plane}`).toBeGreaterThan(FLOOR_DB)
      expect(result.preview, `${engine} preview`).toBeGreaterThan(FLOOR_DB)
    }
  })

  it.skipIf(name === 'Electron')('reads frames whose coded size is odd (unknown to Chrome 114)', async () => {
    const odd = await call<Result>('compare', 'planar', {
      format: 'I420-odd',
      picture: { width: 161, height: 93 },
      transform: { ...box, fit: 'fill' },
    })
    expect(Math.min(...odd.psnr)).toBeGreaterThan(FLOOR_DB)
  })

  it.each([1, 2, 3, 4])('what is kept between frames is never seen in them (seed %i)', async (seed) => {
    const { different, work, closed } = await call<{
      different: number
      work: Record<string, number>
      closed: boolean
    }>('caching', seed, 60)
    expect(different).toBe(0)
    expect(Object.keys(work)).toEqual(expect.arrayContaining(['composed', 'repeated']))
    expect(closed).toBe(true)
  })

  it('passes a frame through, repeats a still program, and composes what has another colour', async () => {
    const result = await call<{
      works: string[]
      timestamps: number[]
      preview: number
      black: number[]
      variance: (number | null)[]
    }>('passing')
    expect(result.works).toEqual(['composed', 'passed', 'repeated', 'passed', 'composed'])
    expect(result.timestamps).toEqual([1, 2, 3, 4, 5])
    expect(result.preview).toBeGreaterThan(45)
    expect(result.black).toEqual([16, 16, 16, 16, 128, 128])
    expect(result.variance[0]).toBeGreaterThan(500)
    expect(result.variance[1]).toBeNull()
  })

  it.each([false, true])('chooses an engine by numbers (hardware encoder: %s)', async (hardwareEncoder) => {
    const choice = await call<{
      engine: string
      reason: string
      measurements: { engine: string; frames: number; medianMs: number }[]
    }>('chooseEngine', {
      width: 1_280,
      height: 720,
      hardwareEncoder,
    })
    expect(choice.measurements.map(({ engine }) => engine)).toEqual(['planar', 'webgl2'])
    for (const { frames, medianMs } of choice.measurements) {
      expect(frames).toBeGreaterThan(0)
      expect(medianMs).toBeGreaterThan(0)
    }
    const fastest = choice.measurements.reduce((best, next) => (next.medianMs < best.medianMs ? next : best))
    if (fastest.engine === 'planar') expect(choice.engine).toBe('planar')
    expect(choice.reason).toContain('ms a frame')
  })

  it.each(['planar', 'webgl2'])('leaves out a frame that cannot be read, until the next one (%s)', async (engine) => {
    const result = await call<{ errors: string[]; drawn: number[]; psnr: number }>('unreadable', engine)
    expect(result.errors).toEqual(['b'])
    expect(result.drawn).toEqual([3, 2, 3])
    expect(result.psnr).toBeGreaterThan(60)
  })

  it('goes on with the planar engine when the GPU context is lost', async () => {
    const result = await call<{ engines: string[]; reasons: string[]; psnr: number }>('contextLoss')
    expect(result.engines).toEqual(['webgl2', 'planar'])
    expect(result.reasons).toEqual(['planar: the WebGL2 context was lost'])
    expect(result.psnr).toBeGreaterThan(50)
  })

  it('the test card flashes at whole seconds, moves, and counts', async () => {
    const frames = [966_667, 1_000_000, 1_066_667, 1_100_000, 1_133_333, 2_000_000, 1_133_333]
    const card = await call<{ upper: number; white: number; code: string; timestamp: number }[]>('testCard', frames)
    expect(card.map(({ timestamp }) => timestamp)).toEqual(frames)
    expect(card.map(({ upper }) => upper > 230)).toEqual([false, true, true, false, false, true, false])
    expect(card[1]?.white).toBeGreaterThan(card[0]?.white ?? Infinity)
    expect(new Set(card.slice(0, 6).map(({ code }) => code)).size).toBe(6)
    // Nothing of the frames between stays behind.
    expect(card[6]).toEqual(card[4])
  })

  it('decodes images within bounds, and says why not', async () => {
    const result = await call<{ png: number[]; large: number[]; errors: string[] }>('images')
    expect(result.png.slice(0, 2)).toEqual([300, 200])
    expect(result.png[2]).toBeLessThan(255)
    expect(result.large).toEqual([600, 200, 255])
    expect(result.errors).toEqual([
      'source.image-unreadable not a PNG, JPEG, WebP, GIF or BMP',
      'source.image-unreadable not a PNG, JPEG, WebP, GIF or BMP',
      'source.image-unreadable the picture is damaged',
      'source.image-unreadable 16384×200 pixels; at most 8192 on a side',
    ])
  })

  it('aligns text in its box and wraps it', async () => {
    const box = async (align: string, text: string): Promise<{ width: number; height: number; first: number; last: number }> => call('textBox', align, text)
    const [left, centre, right, long] = await Promise.all([box('left', 'Hi'), box('center', 'Hi'), box('right', 'Hi'), box('left', '欢迎'.repeat(30))])
    expect([left.width, centre.width, right.width]).toEqual([512, 512, 512])
    expect(left.first).toBeLessThan(4)
    expect(right.last).toBeGreaterThan(507)
    expect(Math.abs(centre.first + centre.last - 511)).toBeLessThan(4)
    expect(long.height).toBeGreaterThan(3 * left.height)
  })

  it.each(['planar', 'webgl2'])('draws comments, a pinned message and a banner over the scene, each in its place, and nothing else (%s)', async (engine) => {
    const run = await call<OverlayRun>('overlay', engine)
    const of = (name: string): Changed => {
      const changed = run[name]
      if (changed === undefined) throw new Error(name)
      return changed
    }
    for (const name of ['off', 'preview', 'comes in', 'taken', 'hostile comes in', 'gone', 'unpinned', 'banner comes in', 'banner over'])
      expect(of(name).pixels, name).toBe(0)
    for (const name of ['after 3 s', 'after 4 s', 'hostile']) {
      expect(of(name).pixels, name).toBeGreaterThan(200)
      expect(of(name).bottom, name).toBeLessThan(90)
    }
    // 640 px in nine seconds.
    expect(Math.abs(of('after 3 s').left - of('after 4 s').left - 71)).toBeLessThanOrEqual(3)
    expect(of('pinned').top).toBeGreaterThan(230)
    expect(of('pinned').bottom).toBeLessThan(335)
    expect(of('pinned').right).toBeLessThan(430)
    expect(of('banner').top).toBeGreaterThan(200)
    expect(of('banner').bottom).toBeLessThan(255)
  })

  it('a comment is as wide as its words, and no wider than it may be', async () => {
    const { short, long, nameless, empty } = await call<{ short: number; long: number; nameless: number; empty: number }>('commentWidths')
    expect(long).toBeLessThanOrEqual(300)
    expect(long).toBeGreaterThan(250)
    expect(short).toBeLessThan(100)
    expect(nameless).toBeLessThan(short)
    expect(empty).toBeLessThan(nameless)
  })

  it('draws the slate in both languages', async () => {
    const result = await call<{ size: number[]; luma: number; different: boolean }>('slate')
    expect(result.size).toEqual([320, 180, 0])
    expect(result.luma).toBeGreaterThan(180)
    expect(result.different).toBe(true)
  })
})
