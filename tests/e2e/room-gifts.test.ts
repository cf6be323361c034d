import { afterAll, beforeAll, expect, it } from 'vitest'
import type { GiftOrder } from '../../electron/shared/room-api'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import { ApiClient, newOrderId } from '../contract/backend/support/api-client'
import { until } from '../support/until'
import { launch, testCardScene, type RunningApp } from './support/app'
import { violations } from './support/axe'
import { addressesOf } from './support/room'

const DEADLINE_MS = 20_000
let app: RunningApp
let viewer: ApiClient
let second: ApiClient

beforeAll(async () => {
  app = await launch({ settings: { language: 'en', theme: 'dark', scene: testCardScene() } })
  const { http } = await addressesOf(app.studio)
  viewer = await new ApiClient(http).guest(PROGRAM_ROOM, 'Bo')
  second = await new ApiClient(http).guest(PROGRAM_ROOM, 'Cy')
  await app.studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
  const status = async (): Promise<string> => (await viewer.ok<{ status: string }>('GET', `/api/rooms/${PROGRAM_ROOM}/status`)).status
  await until(async () => ((await status()) === 'live' ? true : null), DEADLINE_MS, 'the room to be live')
  await app.studio.getByTestId('likes').waitFor()
})
afterAll(() => app.close())

const order = (who: ApiClient, giftId: string, fields: { count?: number; combo?: boolean } = {}): Promise<GiftOrder> =>
  who.ok<GiftOrder>('POST', `/api/rooms/${PROGRAM_ROOM}/gifts`, { orderId: newOrderId(), giftId, ...fields })
const lane = (giftId: string): ReturnType<RunningApp['studio']['locator']> => app.studio.locator(`[data-testid="gift-lane"] [data-gift="${giftId}"]`)
const row = (text: string): ReturnType<RunningApp['studio']['locator']> => app.studio.locator('[data-run]', { hasText: text })

/** Whether the studio's page reaches its room. */
function reachable(yes: boolean): Promise<void> {
  return app.electron.evaluate(({ BrowserWindow }, cancel) => {
    BrowserWindow.getAllWindows()
      .find((window) => window.webContents.getURL().startsWith('app://studio/'))
      ?.webContents.session.webRequest.onBeforeRequest({ urls: ['http://*/*', 'ws://*/*'] }, (_details, answer) => answer({ cancel }))
  }, !yes)
}

async function shot(name: string): Promise<void> {
  const folder = process.env['ANCHORDESK_SHOTS']
  if (folder !== undefined) await app.studio.screenshot({ path: `${folder}/gifts-${name}.png` })
}

it('gifts come on the lane, and a combo ticks in place', async () => {
  const { studio } = app
  await order(second, 'crown')
  await lane('crown').waitFor()
  // Nothing leaves while it is held: the test needs no clock.
  await studio.getByTestId('gift-hold').click()
  for (let click = 0; click < 25; click += 1) await order(viewer, 'rose', { combo: true })
  await lane('rose').getByText('×25').waitFor()
  expect(await lane('rose').count()).toBe(1)
  await order(viewer, 'cake')
  await order(second, 'coffee', { count: 10 })
  await studio.getByTestId('gift-waiting').getByText('+1', { exact: true }).waitFor()
  expect(await lane('crown').getAttribute('data-tier')).toBe('3')
  expect(await studio.getByTestId('gift-said').textContent()).toBe('Cy gives Crown ×1')
  expect(await violations(studio)).toEqual([])
  await shot('lane')
  await studio.getByTestId('gift-skip').click()
  await lane('coffee').waitFor()
  await studio.getByTestId('gift-hold').click()
})

it('the ledger adds up to the backend’s sum, and a tick outlives a reload of the studio', async () => {
  const { studio } = app
  await studio.getByTestId('tab-gifts').click()
  await studio.getByTestId('gifts-agree').waitFor()
  expect(await studio.getByTestId('gift-sums').textContent()).toContain('394 coins')
  await row('Rose').getByText('25 orders').waitFor()
  await row('Rose').focus()
  await studio.keyboard.press('t')
  await until(async () => ((await row('Rose').getByTestId('gift-thank').getAttribute('aria-pressed')) === 'true' ? true : null), DEADLINE_MS, 'the tick')
  expect(await violations(studio)).toEqual([])
  await shot('tab')
  // A gift while the studio's new page does not reach its room.
  await reachable(false)
  await studio.reload()
  await studio.getByTestId('room-trouble').waitFor()
  const { giftSeq } = await viewer.snapshot(PROGRAM_ROOM)
  await order(viewer, 'bouquet')
  await until(async () => ((await viewer.snapshot(PROGRAM_ROOM)).giftSeq > giftSeq ? true : null), DEADLINE_MS, 'the gift to be told')
  await reachable(true)
  const missed = studio.getByTestId('gifts-missed')
  await missed.getByText('1 gift arrived while you were offline').waitFor()
  await shot('missed')
  await missed.getByRole('button', { name: 'Show' }).click()
  await missed.getByRole('button', { name: 'Show' }).click()
  await row('Rose').waitFor({ state: 'detached' })
  await missed.getByRole('button', { name: 'Seen' }).click()
  await row('Bouquet').waitFor()
  expect(await row('Rose').getByTestId('gift-thank').getAttribute('aria-pressed')).toBe('true')
  expect(await row('Crown').getByTestId('gift-thank').getAttribute('aria-pressed')).toBe('false')
  await studio.getByTestId('gifts-agree').waitFor()
  await studio.getByRole('radio', { name: 'Not thanked' }).check()
  await row('Rose').waitFor({ state: 'detached' })
  await studio.getByRole('radio', { name: 'All' }).check()
})

it('a goal is kept, and a gift is given back after a question', async () => {
  const { studio } = app
  await studio.getByTestId('goal-set').click()
  await studio.getByTestId('goal-coins').fill('1000')
  await studio.keyboard.press('Enter')
  await studio.getByTestId('goal').getByText('446 of 1,000 coins').waitFor()
  await row('Crown').getByTestId('gift-details').click()
  await studio.getByRole('button', { name: /^Refund / }).click()
  expect(await violations(studio)).toEqual([])
  await shot('refund')
  await studio.getByTestId('refund-confirm').click()
  await studio.getByTestId('refund-done').waitFor()
  await studio.locator('[data-state="refunded"]').waitFor()
  await studio.keyboard.press('Escape')
  await row('Crown').getByText('refunded').waitFor()
  await studio.getByTestId('goal').getByText('147 of 1,000 coins').waitFor()
  await studio.getByTestId('gifts-agree').waitFor()
  expect(await second.ok('GET', '/api/wallet')).toEqual({ coins: 950 })
  await studio.evaluate(() => window.anchor.call('preferences.set', { theme: 'light', language: 'zh-CN' }))
  await studio.locator('html[data-theme="light"][lang="zh-CN"]').waitFor()
  expect(await violations(studio)).toEqual([])
  await shot('tab-light-zh')
})

it('likes are one number that screen readers are not told', async () => {
  const { studio } = app
  expect(await studio.getByTestId('likes').textContent()).toContain('0 个赞')
  expect(await studio.locator('[data-testid="likes"] [aria-live], [aria-live] [data-testid="likes"]').count()).toBe(0)
})
