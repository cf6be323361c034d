import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import { ApiClient } from '../contract/backend/support/api-client'
import { frameRate, isStrictlyMonotonic, probe, record } from '../support/media/recording'
import { amplitudeOf, coloursOf, flashesAndBeeps, soundOf } from '../support/media/tones'
import { until } from '../support/until'
import { launch, stateOf, testCardScene, type RunningApp } from './support/app'
import { BEEP_HZ, coAnchorBrowser, delayMs, GREEN, heardBack, MAGENTA, openCoAnchor, whiteTimes } from './support/co-anchor'
import { addressesOf } from './support/room'

const DEADLINE_MS = 30_000
const folder = mkdtempSync(join(tmpdir(), 'anchordesk-e2e-'))
let app: RunningApp
let http: string
let anchor: ApiClient
let browsers: Browser[] = []
let green: Page
let magenta: Page

beforeAll(async () => {
  app = await launch({ settings: { language: 'en', theme: 'dark', scene: testCardScene() } })
  http = (await addressesOf(app.studio)).http
  const session = await app.studio.evaluate(() => window.anchor.call('room.session'))
  if (!session.ok) throw new Error('no session')
  anchor = new ApiClient(http, session.value)
  browsers = await Promise.all([coAnchorBrowser(), coAnchorBrowser()])
  await app.studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
})
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()))
  await app.close()
  if (process.env['ANCHORDESK_SHOTS'] === undefined) rmSync(folder, { recursive: true, force: true })
})

async function link(): Promise<string> {
  const { path } = await anchor.ok<{ path: string }>('POST', `/api/rooms/${PROGRAM_ROOM}/invites`, { role: 'coanchor' })
  return `${http}${path}`
}
const entryOf = async (nick: string): Promise<{ userId: string; seat: number; ready: boolean } | null> =>
  (await stateOf(app.studio)).coAnchors.table?.entries.find((entry) => entry.nick === nick) ?? null

/** Co-anchors whose pictures come to the stage at something like their rate. */
const picturesComing = async (): Promise<number> => Object.values((await stateOf(app.studio)).coAnchors.media).filter(({ fps }) => fps > 10).length

it('by a link into the greenroom, and on the air when the anchor says so', async () => {
  const [first, second] = browsers
  if (first === undefined || second === undefined) throw new Error('no browsers')
  green = await openCoAnchor(first, await link(), 'Green', GREEN)
  magenta = await openCoAnchor(second, await link(), 'Magenta', MAGENTA)
  for (const [page, nick] of [
    [green, 'Green'],
    [magenta, 'Magenta'],
  ] as const) {
    await page.getByTestId('guest-ready').click()
    const entry = await until(async () => ((await entryOf(nick))?.ready === true ? entryOf(nick) : null), DEADLINE_MS, `${nick} to be ready`)
    await anchor.ok('PATCH', `/api/rooms/${PROGRAM_ROOM}/seats/${entry?.userId ?? ''}`, { onAir: true })
    await page.locator('[data-testid="guest-state"][data-state="air"]').waitFor()
  }
  await anchor.ok('PUT', `/api/rooms/${PROGRAM_ROOM}/layout`, { layout: 'grid' })
  await until(async () => ((await picturesComing()) === 2 ? true : null), DEADLINE_MS, 'pictures of both')
})

it('viewers see both at their seats and hear both; the stream is whole', async () => {
  const { play } = await addressesOf(app.studio)
  const file = join(folder, 'both.flv')
  await record(play, file, 8)
  const { video, audio } = await probe(file)
  expect(frameRate(video?.times ?? [])).toBeGreaterThan(20)
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
    const [self = 1, others = 0, silence = 1] = await heardBack(page, [own.toneHz, other.toneHz, 530])
    process.stdout.write(`heard back: own ${self.toExponential(1)}, other ${others.toExponential(1)}, nothing ${silence.toExponential(1)}\n`)
    expect(others).toBeGreaterThan(0.01)
    expect(self).toBeLessThan(others / 15)
  }
})

it('is in the program soon after it happened, with sound and picture together', async () => {
  const seconds = 6
  const [inProgram, back] = await Promise.all([
    whiteTimes(app.studio, 'preview', { x: 0.75, y: 0.2 }, seconds),
    whiteTimes(green, 'guest-program', { x: 0.75, y: 0.2 }, seconds),
  ])
  const flashed = await green.evaluate(() => window.patternFlashes)
  process.stdout.write(`co-anchor → program ${delayMs(flashed, inProgram) ?? NaN} ms, → and back ${delayMs(flashed, back) ?? NaN} ms\n`)
  expect(inProgram.length).toBeGreaterThan(2)
  expect(back.length).toBeGreaterThan(2)
  const { flashes, beeps } = await flashesAndBeeps(join(folder, 'both.flv'), { x: 0.6, y: 0.1, width: 0.1, height: 0.1 }, BEEP_HZ)
  const offsets = flashes.flatMap((flash) => beeps.filter((beep) => Math.abs(beep - flash) < 0.45).map((beep) => Math.round((beep - flash) * 1_000)))
  process.stdout.write(`beep after flash of a co-anchor, ms: ${offsets.join(' ')}\n`)
  expect(offsets.length).toBeGreaterThan(2)
})
