import { afterAll, beforeAll, expect, it } from 'vitest'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import { ApiClient } from '../contract/backend/support/api-client'
import { WireClient, WireError } from '../contract/im/support/wire-client'
import { until } from '../support/until'
import { launch, sessionState, testCardScene, type RunningApp } from './support/app'

const DEADLINE_MS = 20_000
const MUTED = 10_017
/** More than all that can be focused on the screen. */
const MOST_TABS = 120
let app: RunningApp
let line: WireClient

beforeAll(async () => {
  app = await launch({ settings: { language: 'en', scene: testCardScene() } })
  const http = await until(
    async () => {
      const answer = await app.studio.evaluate(() => window.anchor.call('state.get'))
      return answer.ok ? (answer.value.roomServer.addresses?.http ?? null) : null
    },
    DEADLINE_MS,
    'the room server',
  )
  const viewer = await new ApiClient(http).guest(PROGRAM_ROOM, 'Bo')
  line = new WireClient(viewer.userId, viewer.session?.sdkAppId)
  await line.connect(viewer.session?.wire ?? '')
  await line.login(viewer.session?.userSig ?? '')
  await line.join(PROGRAM_ROOM)
})
afterAll(async () => {
  line.close()
  await app.close()
})

const press = (keys: string): Promise<void> => app.studio.keyboard.press(keys)
const becomes = (pattern: RegExp): Promise<true> =>
  until(async () => (pattern.test((await sessionState(app.studio)) ?? '') ? true : null), DEADLINE_MS, String(pattern))
const focused = (): Promise<string | null> => app.studio.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? null)

/** Goes on with Tab until what has this test id has the focus. */
async function tabTo(testId: string): Promise<void> {
  for (let count = 0; count < MOST_TABS; count += 1) {
    if ((await focused()) === testId) return
    await press('Tab')
  }
  throw new Error(`${testId} cannot be reached with Tab`)
}
async function says(text: string): Promise<number> {
  try {
    await line.send(PROGRAM_ROOM, text)
    return 0
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
}
const saysSoon = (code: number, text: string): Promise<true> =>
  until(async () => ((await says(text)) === code ? true : null), DEADLINE_MS, `the answer ${code}`)
const hears = (text: string): Promise<true> => until(() => (JSON.stringify(line.items).includes(text) ? true : null), DEADLINE_MS, text)

it('a whole show by the keyboard alone: live, read, mute, undo, notice, pause, resume, draw, end', async () => {
  const { studio } = app
  await press('Control+Shift+L')
  await studio.locator('[data-check="encoder"]:not([data-verdict="running"])').waitFor()
  await until(async () => ((await studio.getByTestId('confirm-go-live').isEnabled()) ? true : null), DEADLINE_MS, 'the checks')
  await tabTo('confirm-go-live')
  await press('Enter')
  await becomes(/^(live|degraded)$/)

  expect(await says('buy my followers')).toBe(0)
  await studio.locator('[data-row]', { hasText: 'buy my followers' }).waitFor()
  await press('Alt+1')
  await tabTo('chat-log')
  await press('k')
  await press('1')
  await saysSoon(MUTED, 'me again')
  await press('Control+Z')
  await saysSoon(0, 'sorry')

  await press('Control+N')
  await studio.getByTestId('notice-text').waitFor()
  await tabTo('notice-text')
  await studio.keyboard.insertText('Songs until ten')
  await tabTo('post-notice')
  await press('Enter')
  await hears('Songs until ten')
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
  expect(await says('lucky')).toBe(0)
  await until(async () => ((await studio.getByTestId('draw-entries').innerText()) === '1' ? true : null), DEADLINE_MS, 'one entry')
  await tabTo('draw-finish')
  await press('Enter')
  expect(await studio.getByTestId('draw-winners-list').innerText()).toContain('Bo')
  await press('Escape')

  for (const key of ['Control', 'Shift', 'E']) await studio.keyboard.down(key)
  await becomes(/^ended$/)
  for (const key of ['E', 'Shift', 'Control']) await studio.keyboard.up(key)
})
