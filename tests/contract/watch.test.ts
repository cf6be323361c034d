import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startObs } from '../bench/peers/obs'
import { endChild } from '../support/child'
import { RoomServer } from '../../electron/room-server/room-server'
import type { RoomServerAddresses } from '../../electron/shared/room-server'
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../support/chromium'
import { isStrictlyMonotonic, probe, record } from '../support/media/recording'
import { until } from '../support/until'

const KEY = 'a-stream-key-of-the-tests'
const folder = mkdtempSync(join(tmpdir(), 'anchordesk-watch-'))
let browser: Browser
let server: RoomServer
let addresses: RoomServerAddresses
const encoders: ChildProcess[] = []

beforeAll(async () => {
  expect(existsSync(resolve('out/web/watch/index.html')), 'the pages are built').toBe(true)
  browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: [...CHROMIUM_FLAGS, '--autoplay-policy=no-user-gesture-required'] })
})
afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  server = new RoomServer({
    host: '127.0.0.1',
    httpPort: 0,
    rtmpPort: 0,
    portFallback: false,
    streamKey: KEY,
    webRoot: resolve('out/web'),
    title: 'Friday night',
    log: () => undefined,
  })
  addresses = await server.start()
})
afterEach(async () => {
  await Promise.all(encoders.splice(0).map((encoder) => endChild(encoder)))
  await server.close()
})

/** Debian's ffmpeg as the encoder. */
function pushWithFfmpeg(url: string): { child: ChildProcess; stderr(): string } {
  const child = spawn(
    'ffmpeg',
    [
      ['-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=30', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
      ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '30', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-f', 'flv', url],
    ].flat(),
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  encoders.push(child)
  let stderr = ''
  child.stderr?.on('data', (bytes: Buffer) => (stderr += bytes.toString('utf8')))
  return { child, stderr: () => stderr }
}

const publishing = (wanted: boolean): Promise<true> =>
  until(() => (server.report().publishing === wanted ? true : null), 30_000, wanted ? 'a publisher' : 'nobody')

describe('the ingest and ffmpeg', () => {
  it('what goes in comes out over HTTP-FLV and RTMP, whole and in order', async () => {
    pushWithFfmpeg(`${addresses.rtmp}/${KEY}`)
    await publishing(true)
    for (const [name, source] of [
      ['http', addresses.play],
      ['rtmp', `${addresses.rtmp}/program`],
    ] as const) {
      const file = join(folder, `${name}.flv`)
      await record(source, file, 3)
      const { video, audio } = await probe(file)
      expect(video?.codec, name).toBe('h264')
      expect(audio?.codec, name).toBe('aac')
      expect(isStrictlyMonotonic(video?.times ?? []), name).toBe(true)
      expect(isStrictlyMonotonic(audio?.times ?? []), name).toBe(true)
      expect(video?.times.length ?? 0, name).toBeGreaterThan(80)
    }
  })

  it('a second publisher and a wrong key are refused, the first goes on', async () => {
    pushWithFfmpeg(`${addresses.rtmp}/${KEY}`)
    await publishing(true)
    const second = pushWithFfmpeg(`${addresses.rtmp}/${KEY}`)
    const wrong = pushWithFfmpeg(`${addresses.rtmp}/not-the-right-key`)
    await until(() => (second.child.exitCode !== null && wrong.child.exitCode !== null ? true : null), 20_000, 'the refusals')
    expect(second.child.exitCode).not.toBe(0)
    expect(second.stderr()).toContain('publishing already')
    expect(wrong.stderr()).toContain('key is not right')
    expect(server.report().publishing).toBe(true)
  })
})

async function openPage(options: { colorScheme?: 'light' | 'dark'; locale?: string } = {}): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, ...options })
  const page = await context.newPage()
  await page.goto(addresses.watch)
  return { context, page }
}

const state = (page: Page, wanted: string): Promise<unknown> => page.locator(`[data-state="${wanted}"]`).waitFor({ timeout: 20_000 })

/** The picture moves on by a second. */
async function expectMoving(page: Page): Promise<void> {
  const time = (): Promise<number> => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0)
  const before = await time()
  await until(async () => ((await time()) > before + 1 ? true : null), 20_000, 'the picture to move')
}

describe('the watch page in Chromium', () => {
  it('waits, plays, notices the end and plays again by itself', async () => {
    const { context, page } = await openPage()
    await state(page, 'offline')
    expect(await page.title()).toBe('Friday night')
    const first = pushWithFfmpeg(`${addresses.rtmp}/${KEY}`)
    await state(page, 'live')
    await expectMoving(page)
    const frames = await page.evaluate(() => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0)
    expect(frames).toBeGreaterThan(20)
    expect(server.report().viewers).toBe(1)
    first.child.kill('SIGKILL')
    await state(page, 'offline')
    pushWithFfmpeg(`${addresses.rtmp}/${KEY}`)
    await state(page, 'live')
    await context.close()
  })

  it('says that the show is paused, and plays on by itself', async () => {
    const { context, page } = await openPage()
    pushWithFfmpeg(`${addresses.rtmp}/${KEY}`)
    await state(page, 'live')
    server.show('paused')
    await state(page, 'paused')
    expect(await page.getByRole('status').innerText()).toContain('The anchor will be back soon.')
    server.show('live')
    await state(page, 'live')
    await expectMoving(page)
    // Who comes during the pause is told the same.
    server.show('paused')
    const late = await openPage()
    await state(late.page, 'paused')
    await late.context.close()
    await context.close()
  })

  // OBS takes half a minute to begin on a machine that has other things to do.
  it('plays what OBS pushes', async () => {
    const display = process.env['DISPLAY'] ?? ''
    expect(display, 'a display for OBS').not.toBe('')
    const home = join(folder, 'obs')
    const work = { width: 1_280, height: 720, fps: 30, bitrateKbps: 2_500 }
    encoders.push(startObs({ ...work, home, display, server: addresses.rtmp, streamKey: KEY, preview: false }))
    const { context, page } = await openPage()
    await until(() => (server.report().publishing ? true : null), 70_000, 'OBS to publish')
    await state(page, 'live')
    await expectMoving(page)
    const size = await page.evaluate(() => [document.querySelector('video')?.videoWidth, document.querySelector('video')?.videoHeight])
    expect(size).toEqual([work.width, work.height])
    expect(server.report().encoder).toMatch(/\S/)
    const file = join(folder, 'obs.flv')
    await record(addresses.play, file, 3)
    const { video, audio } = await probe(file)
    expect([video?.codec, audio?.codec]).toEqual(['h264', 'aac'])
    expect(isStrictlyMonotonic(video?.times ?? [])).toBe(true)
    await context.close()
  }, 150_000)

  it.each([
    ['light', 'en'],
    ['dark', 'zh-CN'],
  ] as const)('has nothing that axe objects to (%s, %s), offline and live', async (colorScheme, locale) => {
    const { context, page } = await openPage({ colorScheme, locale })
    await state(page, 'offline')
    const offline = await new AxeBuilder({ page }).analyze()
    pushWithFfmpeg(`${addresses.rtmp}/${KEY}`)
    await state(page, 'live')
    const live = await new AxeBuilder({ page }).analyze()
    expect([...offline.violations, ...live.violations].map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([])
    expect(await page.locator('html').getAttribute('lang')).toBe(locale)
    await context.close()
  })
})
