import type { Page } from 'playwright-core'
import { afterAll, beforeAll, it } from 'vitest'
import type { RoomServerAddresses } from '../../electron/shared/room-server'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import { ApiClient, newOrderId } from '../contract/backend/support/api-client'
import { WireClient } from '../contract/im/support/wire-client'
import { launch, sessionBecomes, stateOf, testCardScene, type RunningApp } from '../e2e/support/app'
import { coAnchorBrowser, connected, GREEN, MAGENTA, patternPage, type CoAnchorBrowser } from '../e2e/support/co-anchor'
import { addressesOf } from '../e2e/support/room'
import { forMs, until } from '../support/until'
import { Album } from './album'

const DEADLINE_MS = 20_000
const SETTLED_MS = 10_000
const SAID = [
  ['Ming', '主播好！今天播什么？'],
  ['Rosa', 'Hello from Lisbon, sound is great tonight'],
  ['Kenji', 'which microphone is that?'],
  ['小雨', '这个画面好清楚'],
  ['Ada', 'can you play the second song again?'],
  ['Bo', 'ok'],
] as const

const album = new Album('studio')
let app: RunningApp
let coAnchor: CoAnchorBrowser
let addresses: RoomServerAddresses
const viewers: { client: ApiClient; line: WireClient }[] = []

beforeAll(async () => {
  app = await launch({
    settings: {
      language: 'en',
      theme: 'dark',
      title: 'Friday night songs',
      scene: testCardScene(),
      window: { x: 0, y: 0, width: 1_440, height: 900, maximized: false },
    },
  })
  addresses = await addressesOf(app.studio)
  coAnchor = await coAnchorBrowser()
})
afterAll(async () => {
  for (const { line } of viewers) line.close()
  album.close()
  await coAnchor.close()
  await app.close()
})

const inEachLook = (state: string): Promise<void> => album.inEachLook(app.studio, state)
async function sheet(state: string, open: () => Promise<unknown>): Promise<void> {
  await open()
  await app.studio.locator('dialog[open]').waitFor()
  await inEachLook(state)
  await app.studio.keyboard.press('Escape')
  await app.studio.locator('dialog[open]').waitFor({ state: 'detached' })
}
const session = (state: RegExp): Promise<true> => sessionBecomes(app.studio, state)
const tab = (name: string): Promise<void> => app.studio.getByTestId(`tab-${name}`).click()

const SHEETS = [
  ['14-notice', () => app.studio.keyboard.press('Control+n')],
  ['15-draw', () => app.studio.getByTestId('open-draw').click()],
  ['16-room', () => app.studio.getByTestId('moderation').click()],
  ['17-overlay', () => app.studio.getByTestId('overlay').click()],
] as const

async function fillTheRoom(): Promise<void> {
  for (const [nick, text] of SAID) {
    const client = await new ApiClient(addresses.http).guest(PROGRAM_ROOM, nick)
    const line = new WireClient(client.userId, client.session?.sdkAppId)
    await line.connect(client.session?.wire ?? '')
    await line.login(client.session?.userSig ?? '')
    await line.join(PROGRAM_ROOM)
    await line.send(PROGRAM_ROOM, text)
    viewers.push({ client, line })
  }
  for (const [index, { client }] of viewers.entries()) {
    await client
      .ok('POST', `/api/rooms/${PROGRAM_ROOM}/gifts`, { orderId: newOrderId(), giftId: index % 2 === 0 ? 'rose' : 'rocket', count: 1 + index, combo: false })
      .catch(() => null)
  }
  await app.studio.getByTestId('chat-log').getByText('ok', { exact: true }).waitFor()
}

/** One on the air, one in the greenroom, one who asks; and the page of each of the first two, in both languages. */
async function coAnchors(): Promise<void> {
  const { studio } = app
  const session = await studio.evaluate(() => window.anchor.call('room.session'))
  if (!session.ok) throw new Error('no session')
  const anchor = new ApiClient(addresses.http, session.value)
  const pages: Page[] = []
  for (const [nick, pattern, locale] of [
    ['Ada', GREEN, 'en'],
    ['小雨', MAGENTA, 'zh-CN'],
  ] as const) {
    const { path } = await anchor.ok<{ path: string }>('POST', `/api/rooms/${PROGRAM_ROOM}/invites`, { role: 'coanchor' })
    const page = await patternPage(coAnchor.browser, pattern, locale)
    await page.goto(`${addresses.http}${path}`)
    await page.getByTestId('guest-name').fill(nick)
    await page.getByTestId('guest-enter').click()
    await connected(page)
    pages.push(page)
  }
  const asking = await patternPage(coAnchor.browser, GREEN)
  await asking.goto(addresses.watch)
  await asking.locator('[data-chat="ready"]').waitFor()
  await asking.getByLabel('Your name in this room').fill('Bo')
  await asking.keyboard.press('Enter')
  for (const [at, page] of pages.entries()) for (const theme of ['dark', 'light'] as const) await guestLook('18-guest-greenroom', page, theme, at)
  await pages[0]?.getByTestId('guest-ready').click()
  await studio.getByTestId('co-anchor-tile').filter({ hasText: 'Ada' }).getByTestId('tile-air').click()
  await studio.getByTestId('layout-side-by-side').check()
  await pages[0]?.locator('[data-testid="guest-state"][data-state="air"]').waitFor()
  await asking.getByRole('button', { name: 'Ask to join the show' }).click()
  await studio.getByTestId('application').waitFor()
  await inEachLook('18b-co-anchors')
  for (const theme of ['dark', 'light'] as const) if (pages[0] !== undefined) await guestLook('18c-guest-on-air', pages[0], theme, 0)
  await sheet('18d-co-anchor-invite', () => studio.getByTestId('co-anchor-invite').click())
}

async function guestLook(state: string, page: Page, theme: 'dark' | 'light', at: number): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
  await album.take(page, state, { theme, language: at === 0 ? 'en' : 'zh-CN' })
}

it('every main state of the studio in each theme and language', async () => {
  const { studio } = app
  await until(async () => ((await studio.getByTestId('chat-input').isEditable()) ? true : null), DEADLINE_MS, 'the chat')
  await inEachLook('01-idle')
  await tab('gifts')
  await inEachLook('02-gifts-empty')
  await tab('people')
  await inEachLook('03-people-empty')
  await tab('stream')
  await inEachLook('04-stream')
  await sheet('04b-ice-server', async () => {
    await studio.getByTestId('add-ice-server').click()
    await studio.getByTestId('ice-url').fill('turn:turn.example.com:3478')
  })
  await studio.getByTestId('add-source').click()
  await studio.getByTestId('add-microphone').click()
  await sheet('04c-microphone', () => studio.locator('[data-source]:not([data-source="test-card"]) .name').dblclick())
  await tab('chat')
  await sheet('05-settings', () => studio.getByTestId('settings').click())
  await sheet('06-shortcuts', () => studio.keyboard.press('Control+/'))
  await sheet('06b-comments', () => studio.getByTestId('overlay').click())
  await sheet('07-go-live', () => studio.getByTestId('go-live').click())
  await studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
  await session(/^(live|degraded)$/)
  await fillTheRoom()
  // As it is after the first moments: with its health and its figures.
  await until(async () => ((await stateOf(studio)).health.level === 'unknown' ? null : true), DEADLINE_MS, 'the health')
  await forMs(SETTLED_MS)
  await inEachLook('10-live-chat')
  await tab('gifts')
  await inEachLook('11-live-gifts')
  await tab('people')
  await inEachLook('12-live-people')
  await tab('chat')
  for (const [state, open] of SHEETS) await sheet(state, open)
  await coAnchors()
  await sheet('13-health', () => studio.getByTestId('health').click())
  await studio.evaluate(() => window.anchor.call('session.setPaused', { paused: true }))
  await session(/^paused$/)
  await inEachLook('20-paused')
  await sheet('21-end', () => studio.getByTestId('end').click())
  await studio.evaluate(() => window.anchor.call('session.end'))
  await session(/^ended$/)
  await inEachLook('30-ended')
})
