import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countFrom } from '../contract/im/support/random'
import { launch, type RunningApp } from '../e2e/support/app'
import { addressesOf } from '../e2e/support/room'
import { probe, record } from '../support/media/recording'
import { floodFeed } from './feed-flood'
import { markdown, percentile } from './table'

/** Whether the pushed stream loses pictures while the studio's window has all it can do. */
const SECONDS = countFrom('ANCHORDESK_SECONDS', 60)
const FPS = 30
/** Between two pictures, seconds: more than one and a half of 1/30 is a picture that is missing. */
const MISSING_S = 1.5 / FPS
const DEADLINE_MS = 20_000

const folder = mkdtempSync(join(tmpdir(), 'anchordesk-interface-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The panic keys are held and everything is taken back, again and again. @returns how often */
async function panicUntil(studio: Page, ended: () => boolean): Promise<number> {
  let times = 0
  while (!ended()) {
    for (const key of ['Control', 'Shift', 'P']) await studio.keyboard.down(key)
    await studio.locator('[data-measure="mute-all"]').waitFor()
    for (const key of ['P', 'Shift', 'Control']) await studio.keyboard.up(key)
    for (const measure of ['mute-all', 'slow-mode']) {
      await studio.locator(`[data-measure="${measure}"] button`).click()
      await studio.locator(`[data-measure="${measure}"]`).waitFor({ state: 'detached' })
    }
    times += 1
  }
  return times
}

async function received(file: string): Promise<string[]> {
  const { video } = await probe(file)
  const times = video?.times ?? []
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0))
  const missing = gaps.filter((gap) => gap > MISSING_S).reduce((sum, gap) => sum + Math.round(gap * FPS) - 1, 0)
  expect(times.length).toBeGreaterThan(0)
  return [String(times.length), String(missing), `${(Math.max(...gaps) * 1_000).toFixed(0)} ms`]
}

interface Busy {
  readonly name: string
  readonly perSecond: number
  /** So many times slower is the window's processor made. */
  readonly slower: number
}
const BUSY: readonly Busy[] = [
  { name: 'busy', perSecond: 1_000, slower: 1 },
  { name: 'busy, its processor slowed 4 times', perSecond: 500, slower: 4 },
]
const RELOADS = 10

describe('the pushed stream', () => {
  let app: RunningApp
  let play: string
  const rows: string[][] = []
  let reloads = ''
  const loadBefore = loadavg()[0] ?? 0

  beforeAll(async () => {
    app = await launch({ args: ['--go-live', '--source', 'test-card'], settings: { language: 'en' } })
    app.studio.setDefaultTimeout(DEADLINE_MS)
    await app.live()
    ;({ play } = await addressesOf(app.studio))
    await app.studio.locator('[data-testid="chat-heart"].good').waitFor()
  })
  afterAll(async () => {
    await app.close()
    const head = [
      'studio',
      'messages/s in the feed',
      'panics, each undone',
      'fps of the window',
      'press → frame, p95 / max',
      'pictures received',
      'missing',
      'largest gap',
    ]
    console.log(`\n${SECONDS} s each, 720p30 test card, load of the machine before ${loadBefore.toFixed(1)}\n\n${markdown(head, rows)}\n\n${reloads}\n`)
  })

  it('beside an idle studio', async () => {
    const file = join(folder, 'idle.flv')
    await record(play, file, SECONDS)
    rows.push(['idle', '0', '0', '–', '–', ...(await received(file))])
  })

  it.each(BUSY)('beside one that is $name', async ({ name, perSecond, slower }) => {
    const { studio } = app
    const debug = await studio.context().newCDPSession(studio)
    await debug.send('Emulation.setCPUThrottlingRate', { rate: slower })
    const file = join(folder, 'busy.flv')
    let done = false
    const recording = record(play, file, SECONDS).finally(() => (done = true))
    const endFlood = await floodFeed(studio, perSecond)
    const [panics] = await Promise.all([panicUntil(studio, () => done), recording])
    const { heard, fps, answers } = await endFlood()
    await debug.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    await debug.detach()
    const answered = [0.95, 1].map((share) => percentile(answers, share).toFixed(0)).join(' / ')
    rows.push([name, (heard / SECONDS).toFixed(0), String(panics), fps.toFixed(1), `${answered} ms`, ...(await received(file))])
  })

  it('while the studio is loaded again and again', async () => {
    const { studio } = app
    // Of the page itself, from the start of its loading.
    await studio.addInitScript(() => {
      const look = (): void => {
        if (document.querySelector('[data-testid="session-state"][data-state="live"]') === null) requestAnimationFrame(look)
        else document.documentElement.dataset['rightAt'] = String(performance.now())
      }
      requestAnimationFrame(look)
    })
    const file = join(folder, 'reloads.flv')
    const recording = record(play, file, RELOADS * 3)
    const times: number[] = []
    for (let count = 0; count < RELOADS; count += 1) {
      await studio.reload()
      await studio.locator('html[data-right-at]').waitFor()
      times.push(Number(await studio.locator('html').getAttribute('data-right-at')))
      await studio.locator('[data-testid="chat-heart"].good').waitFor()
    }
    await recording
    rows.push([`${RELOADS} times loaded again`, '0', '0', '–', '–', ...(await received(file))])
    reloads = `Reload → the right state on screen, ${RELOADS} times: median ${percentile(times, 0.5).toFixed(0)} ms, longest ${percentile(times, 1).toFixed(0)} ms`
  })
})
