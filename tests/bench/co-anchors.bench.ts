import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import { ApiClient } from '../contract/backend/support/api-client'
import { countFrom } from '../contract/im/support/random'
import { launch, stateOf, testCardScene, type RunningApp } from '../e2e/support/app'
import { BEEP_HZ, coAnchorBrowser, connected, delayMs, GREEN, patternPage, whiteTimes, type CoAnchorBrowser } from '../e2e/support/co-anchor'
import { addressesOf } from '../e2e/support/room'
import { frameRate, probe, record } from '../support/media/recording'
import { amplitudeOf, flashesAndBeeps, RATE_HZ, soundOf } from '../support/media/tones'
import { until } from '../support/until'
import { costOf } from './process-tree'
import { markdown, percentile } from './table'

/** What co-anchors cost, and where the machine gives out. All of them, their browser too, are on the machine that is measured. */
const SECONDS = countFrom('ANCHORDESK_SECONDS', 12)
const SETTLE_MS = 12_000
const COUNTS = [1, 2, 4, 8] as const
const DEADLINE_MS = 60_000
const folder = mkdtempSync(join(tmpdir(), 'anchordesk-co-anchors-'))

let app: RunningApp
let browser: CoAnchorBrowser
let anchor: ApiClient
let http: string
const pages: Page[] = []
const rows: string[][] = []
const loadBefore = loadavg()[0] ?? 0

beforeAll(async () => {
  app = await launch({ settings: { language: 'en', scene: testCardScene() } })
  http = (await addressesOf(app.studio)).http
  const session = await app.studio.evaluate(() => window.anchor.call('room.session'))
  if (!session.ok) throw new Error('no session')
  anchor = new ApiClient(http, session.value)
  browser = await coAnchorBrowser()
  await app.studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
  await anchor.ok('PUT', `/api/rooms/${PROGRAM_ROOM}/layout`, { layout: 'grid' })
}, DEADLINE_MS)
afterAll(async () => {
  await browser.close()
  await app.close()
  rmSync(folder, { recursive: true, force: true })
  const head = [
    'co-anchors',
    'program, pictures a second',
    'app, % of a core',
    'their browser, % of a core',
    'pictures of each',
    'to the program',
    'sound after picture',
    'missing of the first one’s sound',
    'longest wait for a frame of sound',
  ]
  process.stdout.write(`load before ${loadBefore.toFixed(1)}\n${markdown(head, rows)}\n`)
})

async function oneMore(): Promise<void> {
  const { path } = await anchor.ok<{ path: string }>('POST', `/api/rooms/${PROGRAM_ROOM}/invites`, { role: 'coanchor' })
  // Equal tones would cancel each other.
  const page = await patternPage(browser.browser, { ...GREEN, toneHz: GREEN.toneHz + pages.length * 60 })
  page.setDefaultTimeout(DEADLINE_MS)
  await page.goto(`${http}${path}`)
  await page.getByTestId('guest-name').fill(`Guest ${pages.length + 1}`)
  await page.getByTestId('guest-enter').click()
  await connected(page)
  await page.getByTestId('guest-ready').click()
  const nick = `Guest ${pages.length + 1}`
  const ready = async (): Promise<string | null> =>
    (await stateOf(app.studio)).coAnchors.table?.entries.find((entry) => entry.nick === nick && entry.ready)?.userId ?? null
  const userId = await until(ready, DEADLINE_MS, `${nick} to be ready`)
  await anchor.ok('PATCH', `/api/rooms/${PROGRAM_ROOM}/seats/${userId}`, { onAir: true })
  pages.push(page)
}

/** Stretches of 20 ms in which the tone is not there. */
function holesIn(sound: Float32Array): number {
  const window = RATE_HZ / 50
  let holes = 0
  for (let at = 0; at + window <= sound.length; at += window) if (amplitudeOf(sound.subarray(at, at + window), GREEN.toneHz) < 0.01) holes += 1
  return holes
}

describe('co-anchors', () => {
  it.each(COUNTS)('%i of them on the air', async (count) => {
    while (pages.length < count) await oneMore()
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    const file = join(folder, `${count}.flv`)
    const columns = Math.ceil(Math.sqrt(count + 1))
    // The first of them stands beside the anchor, in a row that may be in the middle of the picture.
    const top = (1 - Math.ceil((count + 1) / columns) / columns) / 2
    const spot = { x: 1.2 / columns, y: top + 0.2 / columns }
    const [own, theirs, seen] = await Promise.all([
      costOf(app.electron.process().pid ?? 0, SECONDS * 1_000),
      costOf(browser.pid, SECONDS * 1_000),
      whiteTimes(app.studio, 'preview', spot, SECONDS),
      record((await addressesOf(app.studio)).play, file, SECONDS),
    ])
    const flashed = (await pages[0]?.evaluate(() => window.patternFlashes)) ?? []
    const { video, audio } = await probe(file)
    const waits = (audio?.times ?? []).slice(1).map((time, at) => (time - (audio?.times[at] ?? time)) * 1_000)
    const { flashes, beeps } = await flashesAndBeeps(file, { ...spot, width: 0.05, height: 0.05 }, BEEP_HZ)
    const offsets = flashes.flatMap((flash) => beeps.filter((beep) => Math.abs(beep - flash) < 0.45).map((beep) => (beep - flash) * 1_000))
    const media = Object.values((await stateOf(app.studio)).coAnchors.media)
    const sizes = [...new Set(media.map(({ height }) => `${height}p`))].join(', ')
    const holes = holesIn(await soundOf(file, SECONDS))
    rows.push([
      String(count),
      frameRate(video?.times ?? []).toFixed(1),
      own.cpuPercent.toFixed(0),
      theirs.cpuPercent.toFixed(0),
      `${sizes}, ${percentile(
        media.map(({ fps }) => fps),
        0.5,
      ).toFixed(0)} a second`,
      `${delayMs(flashed, seen)?.toFixed(0) ?? '—'} ms`,
      offsets.length === 0 ? '—' : `${percentile(offsets, 0.5).toFixed(0)} ms`,
      `${holes * 20} ms of ${SECONDS} s`,
      `${Math.max(...waits).toFixed(0)} ms`,
    ])
    expect(media).toHaveLength(count)
  })
})
