import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../support/until'
import { launch, sessionBecomes, testCardScene, type RunningApp } from './support/app'
import { addressesOf, enter, hears, says, saysSoon, type Viewer } from './support/room'

const DEADLINE_MS = 20_000
const MUTED = 10_017
/** More than all that can be focused on the screen. */
const MOST_TABS = 120
let app: RunningApp
let viewer: Viewer

beforeAll(async () => {
  app = await launch({ settings: { language: 'en', scene: testCardScene() } })
  viewer = await enter((await addressesOf(app.studio)).http, 'Bo')
})
afterAll(async () => {
  viewer.line.close()
  await app.close()
})

const press = (keys: string): Promise<void> => app.studio.keyboard.press(keys)
const becomes = (state: RegExp): Promise<true> => sessionBecomes(app.studio, state)
const focused = (): Promise<string | null> => app.studio.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? null)

/** Goes on with Tab until what has this test id has the focus. */
async function tabTo(testId: string): Promise<void> {
  for (let count = 0; count < MOST_TABS; count += 1) {
    if ((await focused()) === testId) return
    await press('Tab')
  }
  throw new Error(`${testId} cannot be reached with Tab`)
}

it('a whole show by the keyboard alone: live, read, mute, undo, notice, pause, resume, draw, end', async () => {
  const { studio } = app
  await press('Control+Shift+L')
  await studio.locator('[data-check="encoder"]:not([data-verdict="running"])').waitFor()
  await until(async () => ((await studio.getByTestId('confirm-go-live').isEnabled()) ? true : null), DEADLINE_MS, 'the checks')
  await tabTo('confirm-go-live')
  await press('Enter')
  await becomes(/^(live|degraded)$/)

  expect(await says(viewer, 'buy my followers')).toBe(0)
  await studio.locator('[data-row]', { hasText: 'buy my followers' }).waitFor()
  await press('Alt+1')
  await tabTo('chat-log')
  await press('k')
  await press('1')
  await saysSoon(viewer, MUTED, 'me again')
  await press('Control+Z')
  await saysSoon(viewer, 0, 'sorry')

  await press('Control+N')
  await studio.getByTestId('notice-text').waitFor()
  await tabTo('notice-text')
  await studio.keyboard.insertText('Songs until ten')
  await tabTo('post-notice')
  await press('Enter')
  await hears(viewer, 'Songs until ten')
  await press('Escape')

  await press('Control+Shift+B')
  await becomes(/^paused$/)
  await press('Control+Shift+L')
  await becomes(/^(live|degraded)$/)

  await press('Alt+2')
  await tabTo('open-draw')
  await press('Enter')
  await studio.getByTestId('draw-keyword').waitFor()
  await tabTo('draw-keyword')
  await studio.keyboard.insertText('lucky')
  await press('Enter')
  await studio.getByTestId('draw-running').waitFor()
  expect(await says(viewer, 'lucky')).toBe(0)
  await until(async () => ((await studio.getByTestId('draw-entries').innerText()) === '1' ? true : null), DEADLINE_MS, 'one entry')
  await tabTo('draw-finish')
  await press('Enter')
  expect(await studio.getByTestId('draw-winners-list').innerText()).toContain('Bo')
  await press('Escape')

  for (const key of ['Control', 'Shift', 'E']) await studio.keyboard.down(key)
  await becomes(/^ended$/)
  for (const key of ['E', 'Shift', 'Control']) await studio.keyboard.up(key)
})
