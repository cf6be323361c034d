import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CoAnchorMedia, CoAnchors } from '../../electron/shared/co-anchor-line'
import type { SeatTableView } from '../../electron/shared/seats'
import { frameRate, isStrictlyMonotonic, probe, record } from '../support/media/recording'
import { amplitudeOf, coloursOf, flashesAndBeeps, soundOf } from '../support/media/tones'
import { forMs, until } from '../support/until'
import { launch, logOf, stateOf, testCardScene, type RunningApp } from './support/app'
import { violations } from './support/axe'
import { BEEP_HZ, coAnchorBrowser, connected, delayMs, GREEN, heardBack, MAGENTA, patternPage, whiteTimes, type CoAnchorBrowser } from './support/co-anchor'
import { addressesOf } from './support/room'

const DEADLINE_MS = 30_000
const CUT_MS = 10_000
const folder = mkdtempSync(join(tmpdir(), 'anchordesk-e2e-'))
let app: RunningApp
let http: string
let browsers: readonly CoAnchorBrowser[] = []
let green: Page
let magenta: Page

beforeAll(async () => {
  app = await launch({ settings: { language: 'en', theme: 'dark', scene: testCardScene() } })
  app.studio.setDefaultTimeout(DEADLINE_MS)
  http = (await addressesOf(app.studio)).http
  browsers = await Promise.all([coAnchorBrowser(), coAnchorBrowser()])
  await app.studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
})
afterAll(async () => {
  await Promise.all(browsers.map((one) => one.close()))
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

const browser = (at: number): CoAnchorBrowser => {
  const found = browsers[at]
  if (found === undefined) throw new Error('no browser')
  return found
}
const coAnchors = async (): Promise<CoAnchors> => (await stateOf(app.studio)).coAnchors
const entryOf = async (nick: string): Promise<SeatTableView['entries'][number] | null> =>
  (await coAnchors()).table?.entries.find((entry) => entry.nick === nick) ?? null
const mediaOf = async (nick: string): Promise<CoAnchorMedia | null> => (await coAnchors()).media[(await entryOf(nick))?.userId ?? ''] ?? null
/** Pictures of this one come to the stage. */
const comes = (nick: string): Promise<true> =>
  until(
    async () => {
      const media = await mediaOf(nick)
      return media?.state === 'connected' && media.fps > 5 ? true : null
    },
    DEADLINE_MS,
    `pictures of ${nick}`,
  )
const shows = (page: Page, state: string): Promise<void> => page.locator(`[data-testid="guest-state"][data-state="${state}"]`).waitFor()
const tile = (nick: string): ReturnType<Page['locator']> => app.studio.getByTestId('co-anchor-tile').filter({ hasText: nick })
const stands = (nick: string, place: string): Promise<void> =>
  app.studio.locator(`[data-testid="co-anchor-tile"][data-place="${place}"]`, { hasText: nick }).waitFor()
const press = (key: string): Promise<void> => app.studio.keyboard.press(key)

it('by the keyboard alone: a viewer asks, is let into the greenroom, says ready, and is put on the air', async () => {
  const { studio } = app
  green = await patternPage(browser(0).browser, GREEN)
  await green.goto(`${http}/watch/`)
  await green.locator('[data-chat="ready"]').waitFor()
  await green.getByLabel('Your name in this room').fill('Green')
  await green.keyboard.press('Enter')
  await green.getByRole('button', { name: 'Ask to join the show' }).focus()
  await green.keyboard.press('Enter')
  await studio.getByTestId('application-admit').focus()
  expect(await violations(studio)).toEqual([])
  await press('Enter')
  await green.waitForURL(/\/guest\//)
  await connected(green)
  await shows(green, 'greenroom')
  expect(await violations(green)).toEqual([])
  await stands('Green', 'greenroom')
  await green.getByTestId('guest-ready').focus()
  await green.keyboard.press('Enter')
  await shows(green, 'ready')
  await until(async () => ((await entryOf('Green'))?.ready === true ? true : null), DEADLINE_MS, 'Green to be ready')
  await comes('Green')
  expect((await entryOf('Green'))?.seat).toBe(0)
  expect(await violations(studio)).toEqual([])
  await tile('Green').focus()
  await press('Space')
  await shows(green, 'air')
  await stands('Green', 'air')
})

it('by a link that the studio makes, in Chinese', async () => {
  const { studio } = app
  await studio.getByTestId('co-anchor-invite').focus()
  await press('Enter')
  await studio.getByTestId('co-anchor-make-link').click()
  const link = await studio.getByTestId('co-anchor-link').inputValue()
  expect(await violations(studio)).toEqual([])
  await press('Escape')
  magenta = await patternPage(browser(1).browser, MAGENTA, 'zh-CN')
  await magenta.goto(link)
  await magenta.getByTestId('guest-name').fill('Magenta')
  await magenta.getByTestId('guest-enter').click()
  await connected(magenta)
  expect(await violations(magenta)).toEqual([])
  await magenta.getByTestId('guest-ready').click()
  await shows(magenta, 'ready')
  await tile('Magenta').getByTestId('tile-air').click()
  await shows(magenta, 'air')
  await studio.getByTestId('layout-grid').check()
  await comes('Magenta')
  await comes('Green')
  expect(await violations(studio)).toEqual([])
  const shots = process.env['ANCHORDESK_SHOTS']
  if (shots === undefined) return
  await studio.screenshot({ path: `${shots}/co-anchors-studio.png` })
  await green.screenshot({ path: `${shots}/co-anchors-green.png` })
  await magenta.screenshot({ path: `${shots}/co-anchors-magenta.png` })
})

it('viewers see both at their seats and hear both; the stream is whole', async () => {
  const { play } = await addressesOf(app.studio)
  const file = join(folder, 'both.flv')
  await record(play, file, 6)
  const { video, audio } = await probe(file)
  expect(frameRate(video?.times ?? [])).toBeGreaterThan(5)
  expect(isStrictlyMonotonic(video?.times ?? [])).toBe(true)
  expect(isStrictlyMonotonic(audio?.times ?? [])).toBe(true)
  const seatGreen = await coloursOf(file, { x: 0.6, y: 0.1, width: 0.1, height: 0.1 })
  const seatMagenta = await coloursOf(file, { x: 0.35, y: 0.6, width: 0.1, height: 0.1 })
  expect(seatGreen.filter(({ red, green, blue }) => green > 120 && red < 90 && blue < 120).length).toBeGreaterThan(seatGreen.length * 0.7)
  expect(seatMagenta.filter(({ red, green, blue }) => green < 90 && red > 120 && blue > 120).length).toBeGreaterThan(seatMagenta.length * 0.7)
  const sound = await soundOf(file, 4)
  for (const { toneHz } of [GREEN, MAGENTA]) expect(amplitudeOf(sound, toneHz)).toBeGreaterThan(0.05)
  expect(amplitudeOf(sound, 530)).toBeLessThan(0.01)
})

it('each hears the others, and not himself', async () => {
  for (const [page, own, other] of [
    [green, GREEN, MAGENTA],
    [magenta, MAGENTA, GREEN],
  ] as const) {
    // A processor that is late tears the sound, and what is torn has every frequency in it: his own, if it came, would be in it always.
    await until(
      async () => {
        const [self = 1, others = 0, silence = 1] = await heardBack(page, [own.toneHz, other.toneHz, 530])
        process.stdout.write(`heard back: own ${self.toExponential(1)}, other ${others.toExponential(1)}, nothing ${silence.toExponential(1)}\n`)
        return others > 0.01 && self < others / 15 ? true : null
      },
      DEADLINE_MS,
      'the other alone to be heard',
    )
  }
})

it('is in the program soon after it happened, with sound and picture together', async () => {
  const seconds = 5
  const [inProgram, back] = await Promise.all([
    whiteTimes(app.studio, 'preview', { x: 0.75, y: 0.2 }, seconds),
    whiteTimes(green, 'guest-program', { x: 0.75, y: 0.2 }, seconds),
  ])
  const flashed = await green.evaluate(() => window.patternFlashes)
  process.stdout.write(`co-anchor → program ${delayMs(flashed, inProgram) ?? NaN} ms, → and back ${delayMs(flashed, back) ?? NaN} ms\n`)
  expect(inProgram.length).toBeGreaterThan(0)
  expect(back.length).toBeGreaterThan(0)
  const { flashes, beeps } = await flashesAndBeeps(join(folder, 'both.flv'), { x: 0.6, y: 0.1, width: 0.1, height: 0.1 }, BEEP_HZ)
  const offsets = flashes.flatMap((flash) => beeps.filter((beep) => Math.abs(beep - flash) < 0.45).map((beep) => Math.round((beep - flash) * 1_000)))
  process.stdout.write(`beep after flash of a co-anchor, ms: ${offsets.join(' ')}\n`)
  expect(offsets.length).toBeGreaterThan(0)
})

it('talkback reaches one of them, and viewers nothing of it', async () => {
  await tile('Green').focus()
  await app.studio.keyboard.down('Shift')
  await app.studio.keyboard.down('KeyT')
  await app.studio.getByTestId('talkback-banner').waitFor()
  await green.getByText('not on the air').waitFor()
  await app.studio.keyboard.up('KeyT')
  await app.studio.keyboard.up('Shift')
  await app.studio.getByTestId('talkback-banner').waitFor({ state: 'detached' })
  await green.getByText('not on the air').waitFor({ state: 'detached' })
})

it('a reload comes back to the same seat', async () => {
  const seat = (await entryOf('Green'))?.seat
  await green.reload()
  await shows(green, 'air')
  await connected(green)
  await comes('Green')
  expect((await entryOf('Green'))?.seat).toBe(seat)
})

it('a device that is unplugged is replaced without a word of the co-anchor', async () => {
  await magenta.evaluate(() => {
    for (const track of window.patternTracks) {
      track.stop()
      track.dispatchEvent(new Event('ended'))
    }
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'))
  })
  await until(
    async () => ((await magenta.evaluate(() => window.patternTracks.every(({ readyState }) => readyState === 'live'))) ? true : null),
    DEADLINE_MS,
    'new devices',
  )
  await comes('Magenta')
  await until(async () => ((await heardBack(green, [MAGENTA.toneHz]))[0] ?? 0) > 0.005 || null, DEADLINE_MS, 'the new microphone')
})

it('a tab that is closed leaves a named place for a while; a line that is cut for 10 s comes back to the same seat', async () => {
  const seat = (await entryOf('Magenta'))?.seat
  await green.close()
  browser(1).freeze()
  const frozenAtMs = performance.now()
  await until(async () => ((await mediaOf('Magenta'))?.state === 'connected' ? null : true), DEADLINE_MS, 'the cut to be noticed')
  await until(async () => ((await mediaOf('Green'))?.state === 'lost' ? true : null), DEADLINE_MS, 'Green to be lost')
  await tile('Green').getByText(/lost/).waitFor()
  await forMs(Math.max(0, CUT_MS - (performance.now() - frozenAtMs)))
  browser(1).thaw()
  await comes('Magenta')
  await shows(magenta, 'air')
  expect((await entryOf('Magenta'))?.seat).toBe(seat)
})

it('the stage crashes: who is on the air is back without doing anything', async () => {
  await app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .find((window) => window.webContents.getURL().startsWith('app://stage/'))
      ?.webContents.forcefullyCrashRenderer(),
  )
  await until(() => (logOf(app.dataDir).split('stage died')[1]?.includes('compositor') === true ? true : null), DEADLINE_MS, 'the stage to be back')
  await comes('Magenta')
})

it('the place of whoever does not come back is free after a while', async () => {
  await until(async () => ((await coAnchors()).table !== null && (await entryOf('Green')) === null ? true : null), DEADLINE_MS, 'the seat to be free')
})

it('who is sent away reads so, and the link is of no use any more', async () => {
  const link = magenta.url()
  await tile('Magenta').getByTestId('tile-remove').click()
  await app.studio.getByTestId('confirm-remove').click()
  await shows(magenta, 'removed')
  await magenta.goto('about:blank')
  await magenta.goto(link)
  await shows(magenta, 'refused')
})

it('through all of this the program was one stream', () => {
  expect(logOf(app.dataDir).split('room server: publisher').length - 1).toBe(1)
})
