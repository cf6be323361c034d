import { afterAll, beforeAll, expect, it } from 'vitest'
import { countFrom } from '../contract/im/support/random'
import { launch, testCardScene, type RunningApp } from '../e2e/support/app'
import { floodFeed } from './feed-flood'

/** Presses in the studio's own feed while rows arrive: what is told to the backend is about the row that was aimed at. */
const TRIALS = countFrom('ANCHORDESK_TRIALS', 1_000)
const PER_SECOND = 200
const DEADLINE_MS = 20_000
let app: RunningApp

beforeAll(async () => {
  app = await launch({ settings: { language: 'en', scene: testCardScene() } })
  app.studio.setDefaultTimeout(DEADLINE_MS)
  await app.studio.locator('[data-testid="chat-heart"].good').waitFor()
})
afterAll(() => app.close())

it(`${TRIALS} random presses of the dock while ${PER_SECOND} rows a second arrive`, async () => {
  const { studio } = app
  const muted: string[] = []
  await studio.route('**/mutes/*', async (route) => {
    const userId = decodeURIComponent(new URL(route.request().url()).pathname.split('/').at(-1) ?? '')
    if (route.request().method() === 'PUT') muted.push(userId)
    await route.fulfill({ json: { userId, scope: 'timed', until: 0, reason: '', entry: muted.length } })
  })
  const endFlood = await floodFeed(studio, PER_SECOND)
  await studio.locator('[data-row]').nth(5).waitFor()
  const list = await studio.getByTestId('chat-log').boundingBox()
  if (list === null) throw new Error('there is no list')
  const aimed: string[] = []
  let away = 0
  while (aimed.length < TRIALS) {
    await studio.mouse.move(list.x + 10 + Math.random() * 60, list.y + 8 + Math.random() * (list.height - 16))
    // What a person sees when they make up their mind: the row under the pointer, and where its button is.
    const seen = await studio.evaluate(
      async (act) => {
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
        const row = document.querySelector('[data-row]:hover')
        const button = document.querySelector(`.dock [data-act="${act}"]`)
        if (row === null || button === null) return null
        const { x, y, width, height } = button.getBoundingClientRect()
        return { user: /§(b-\d+)§/.exec(row.textContent ?? '')?.[1] ?? '', x: x + width / 2, y: y + height / 2 }
      },
      ['mute-1', 'mute-10', 'mute-60'][aimed.length % 3],
    )
    if (seen === null || seen.user === '') {
      away += 1
      continue
    }
    const before = muted.length
    await studio.mouse.click(seen.x, seen.y)
    await expect.poll(() => muted.length, { timeout: DEADLINE_MS, interval: 2 }).toBeGreaterThan(before)
    aimed.push(seen.user)
    // Out of the list: rows that had to wait come in.
    if (aimed.length % 5 === 0) await studio.mouse.move(0, 0)
  }
  await endFlood()
  const wrong = aimed.filter((user, at) => muted[at] !== user)
  console.log(`\n${TRIALS} presses while ${PER_SECOND} rows a second arrived: ${wrong.length} wrong targets (${away} times the pointer was over no row)\n`)
  expect(wrong).toEqual([])
  expect(muted).toHaveLength(TRIALS)
}, 600_000)
