import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RoomServer } from '../../electron/room-server/room-server'
import { answerData, questionData, readQuestion } from '../../electron/shared/asking'
import { parseJoinLink } from '../../electron/shared/join-link'
import type { RoomSession } from '../../electron/shared/room-api'
import type { RoomServerAddresses } from '../../electron/shared/room-server'
import type { SeatTableView } from '../../electron/shared/seats'
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../support/chromium'
import { beStage, stageFacts } from '../support/fake-stage'
import { until } from '../support/until'
import { ApiClient } from './backend/support/api-client'
import { ChatClient, openWorkerHost } from './im/support/chat-client'
import { SDK_APP_ID, SECRET_KEY } from './im/support/room-server-process'

const ROOM = '/api/rooms/program'
const WAIT_MS = 20_000
/** Of a check that came to an end. */
const JUDGED = ['pass', 'warn'] as const
/** Where pictures of the pages are put, for people to look at; not set = nowhere. */
const SHOTS = process.env['ROOM_SHOTS'] ?? ''
const FAKE_MEDIA = [
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  // Names of hosts that nobody answers for here.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
]

let browser: Browser
let dataDir: string
let server: RoomServer
let addresses: RoomServerAddresses
let anchor: ApiClient
let anchorSession: RoomSession
const contexts: BrowserContext[] = []

beforeAll(async () => {
  expect(existsSync(resolve('out/web/guest/index.html')), 'the pages are built').toBe(true)
  if (SHOTS !== '') mkdirSync(SHOTS, { recursive: true })
  browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: [...CHROMIUM_FLAGS, ...FAKE_MEDIA] })
})
afterAll(() => browser.close())
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-guest-page-'))
  server = new RoomServer({
    host: '127.0.0.1',
    httpPort: 0,
    rtmpPort: 0,
    portFallback: false,
    streamKey: 'a-stream-key-of-the-tests',
    webRoot: resolve('out/web'),
    title: 'Friday night',
    chat: { dataDir, app: { sdkAppId: SDK_APP_ID, secretKey: SECRET_KEY } },
    log: () => undefined,
  })
  addresses = await server.start()
  const session = await server.anchorSession('Ada')
  if (session === null) throw new Error('this server has no rooms')
  anchorSession = session
  anchor = new ApiClient(addresses.http, anchorSession)
  await anchor.ok('PUT', `${ROOM}/status`, { status: 'live' })
})
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  await server.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function newPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, ...options })
  contexts.push(context)
  const page = await context.newPage()
  page.setDefaultTimeout(WAIT_MS)
  return page
}

async function openStage(): Promise<Page> {
  const page = await newPage()
  await page.goto(`${addresses.http}/healthz`)
  await beStage(page, 'program', anchorSession.token)
  return page
}

async function inviteLink(): Promise<string> {
  const { token } = await anchor.ok<{ token: string }>('POST', `${ROOM}/invites`, { role: 'coanchor' })
  return `${addresses.http}/guest/?room=program#invite=${token}`
}

async function comeIn(page: Page, name: string, link?: string): Promise<void> {
  await page.goto(link ?? (await inviteLink()))
  await page.getByTestId('guest-name').fill(name)
  await page.getByTestId('guest-enter').click()
  await stateIs(page, 'greenroom')
}

const stateIs = (page: Page, state: string): Promise<void> => page.locator(`[data-testid="guest-state"][data-state="${state}"]`).waitFor()
const lineIs = (page: Page, state: string): Promise<void> => page.locator(`[data-testid="guest-line"][data-state="${state}"]`).waitFor()
const checkIs = (page: Page, name: string, ...verdicts: readonly string[]): Promise<void> =>
  page.locator(verdicts.map((verdict) => `[data-testid="guest-check-${name}"][data-verdict="${verdict}"]`).join()).waitFor()
const seats = (): Promise<SeatTableView> => anchor.ok('GET', `${ROOM}/seats`)
const entryOf = async (nick: string): Promise<SeatTableView['entries'][number]> => {
  const found = (await seats()).entries.find((entry) => entry.nick === nick)
  if (found === undefined) throw new Error(`${nick} has no place`)
  return found
}
const shot = async (page: Page, name: string): Promise<void> => {
  if (SHOTS !== '') await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true })
}
const violations = async (page: Page): Promise<readonly string[]> =>
  (await new AxeBuilder({ page }).analyze()).violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)
const isWide = (page: Page): Promise<boolean> => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
/** Pictures that a video of the page has shown. */
const framesOf = (page: Page, testId: string): Promise<number> =>
  page.getByTestId(testId).evaluate((video) => (video as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames)
const comesIn = (page: Page, testId: string): Promise<boolean> =>
  until(async () => ((await framesOf(page, testId)) > 5 ? true : null), WAIT_MS, `pictures in ${testId}`)

describe('by a link', () => {
  it('comes into the greenroom, is ready, on the air, and back there after a reload', async () => {
    const stage = await openStage()
    const page = await newPage({ colorScheme: 'dark' })
    await comeIn(page, 'Bo <b>')
    await comesIn(page, 'guest-self')
    await lineIs(page, 'connected')
    await comesIn(page, 'guest-program')
    for (const name of ['camera', 'microphone']) await checkIs(page, name, 'pass')
    // On a machine that is busy the line may be found slow, and the browser sends fewer lines over it: neither is a fault of the page.
    await checkIs(page, 'line', ...JUDGED)
    const heard = await until(
      async () => {
        const facts = await stageFacts(stage)
        return facts.height > 0 && facts.peakDb > -40 && JUDGED.some((verdict) => verdict === facts.checks?.['line']) ? facts : null
      },
      WAIT_MS,
      'picture, sound and checks at the stage',
    )
    expect(heard).toMatchObject({ calls: 1, checks: { camera: 'pass', microphone: 'pass' } })
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Test the echo' }).click()
    await checkIs(page, 'echo', 'pass')
    await shot(page, 'guest-greenroom-dark-en')

    await page.getByTestId('guest-ready').click()
    await stateIs(page, 'ready')
    await page.getByTestId('guest-ready').click()
    await stateIs(page, 'greenroom')
    await page.getByTestId('guest-ready').click()
    await stateIs(page, 'ready')
    const { userId, ready } = await entryOf('Bo <b>')
    expect(ready).toBe(true)
    await anchor.ok('PATCH', `${ROOM}/seats/${userId}`, { onAir: true })
    await stateIs(page, 'air')
    expect(await page.getByRole('status').first().innerText()).toContain('ON AIR')
    expect(await violations(page)).toEqual([])
    await shot(page, 'guest-air-dark-en')
    await anchor.ok('PATCH', `${ROOM}/seats/${userId}`, { muted: true })
    await page.getByText('MUTED BY THE ANCHOR').waitFor()
    await stage.evaluate((to) => window.fakeStage?.say({ type: 'talk', to, on: true }), userId)
    await page.getByTestId('guest-talk').waitFor()
    await shot(page, 'guest-muted-talk-dark-en')

    await page.reload()
    await stateIs(page, 'air')
    await lineIs(page, 'connected')
    await comesIn(page, 'guest-program')
    expect((await entryOf('Bo <b>')).seat).toBe(1)
    expect((await stageFacts(stage)).calls).toBe(2)
    // What was found out is remembered, and told anew.
    await until(async () => ((await stageFacts(stage)).checks?.['echo'] === 'pass' ? true : null), WAIT_MS, 'the echo at the stage')

    await anchor.ok('DELETE', `${ROOM}/seats/${userId}`)
    await stateIs(page, 'removed')
    await page.reload()
    await stateIs(page, 'refused')
    await page.getByText('The anchor has ended this link.').waitFor()
  })

  it('is called anew by each stage, and waits while there is none', async () => {
    const page = await newPage()
    await comeIn(page, 'Bo')
    await lineIs(page, 'waiting')
    const first = await openStage()
    await lineIs(page, 'connected')
    await first.close()
    const second = await openStage()
    await until(async () => ((await stageFacts(second)).frames > 5 ? true : null), WAIT_MS, 'pictures at the second stage')
    await lineIs(page, 'connected')
  })

  it('gives the stage no more than it has a use for', async () => {
    const stage = await openStage()
    const page = await newPage()
    await comeIn(page, 'Bo')
    await lineIs(page, 'connected')
    const { userId } = await entryOf('Bo')
    const wish = (maxHeight: number): Promise<void> =>
      stage.evaluate(([to, height]) => window.fakeStage?.say({ type: 'wish', to, wish: { maxHeight: height, maxFps: 15 } }), [userId, maxHeight] as const)
    const heightIs = (isRight: (height: number) => boolean, what: string): Promise<boolean> =>
      until(async () => (isRight((await stageFacts(stage)).height) ? true : null), WAIT_MS, what)
    await wish(180)
    await heightIs((height) => height === 180, 'a picture of 180 lines')
    await wish(720)
    // How much more there is, and how soon, is the line's and the processor's matter.
    await heightIs((height) => height > 180, 'a larger picture')
  })

  it('says why a link is good for nothing, and what to do', async () => {
    const link = await inviteLink()
    const page = await newPage({ locale: 'zh-CN', colorScheme: 'light' })
    await comeIn(page, '小波', link)
    await shot(page, 'guest-greenroom-light-zh')
    const other = await newPage()
    for (const [address, sentence] of [
      [link, 'Somebody else has come in with this link.'],
      [`${link}x`, 'This link is not valid.'],
      [link.replace('room=program', 'room=nowhere'), 'This room does not exist.'],
    ] as const) {
      await other.goto('about:blank')
      await other.goto(address)
      await other.getByTestId('guest-name').fill('Cy')
      await other.getByTestId('guest-enter').click()
      await stateIs(other, 'refused')
      await other.getByText(sentence).waitFor()
    }
    expect(await violations(other)).toEqual([])
    await shot(other, 'guest-refused')
  })

  it('lets in whose answer was lost on the way', async () => {
    const page = await newPage()
    let lost = 0
    await page.route('**/sessions', async (route) => {
      if (lost > 0) return route.continue()
      lost += 1
      // The room server has done it.
      await route.fetch()
      return route.abort()
    })
    await comeIn(page, 'Bo', await inviteLink())
    expect(lost).toBe(1)
    expect((await seats()).entries).toHaveLength(1)
  })

  it('is the same person in a second tab, and in one of them at a time', async () => {
    const link = await inviteLink()
    const first = await newPage()
    await comeIn(first, 'Bo', link)
    const second = await first.context().newPage()
    await second.goto(link)
    await stateIs(second, 'greenroom')
    await stateIs(first, 'replaced')
    await first.getByTestId('guest-again').click()
    await stateIs(first, 'greenroom')
    await stateIs(second, 'replaced')
    expect((await seats()).entries).toHaveLength(1)
    await first.getByTestId('guest-leave').click()
    await stateIs(first, 'left')
    await until(async () => ((await seats()).entries.length === 0 ? true : null), WAIT_MS, 'no place any more')
  })
})

describe('from the watch page', () => {
  let ada: ChatClient
  beforeEach(async () => {
    ada = await ChatClient.open(addresses.wire, openWorkerHost)
    await ada.login(anchorSession.userId, anchorSession.userSig)
  })
  afterEach(() => ada.close())

  async function openWatch(name: string): Promise<Page> {
    const page = await newPage({ colorScheme: 'dark' })
    await page.goto(addresses.watch)
    await page.locator('[data-chat="ready"]').waitFor()
    await page.getByLabel('Your name in this room').fill(name)
    await page.getByRole('button', { name: 'Join the chat' }).click()
    return page
  }
  const asked = (): Promise<{ readonly inviteID: string; readonly inviter: string; readonly data: string }> => ada.event('newInvitationReceived', () => true)

  it('asks, is declined, asks again, is let in, and goes on to the greenroom as the same person', async () => {
    const page = await openWatch('Bo')
    await page.getByRole('button', { name: 'Ask to join the show' }).click()
    const first = await asked()
    expect(readQuestion(first.data)).toEqual({ v: 1, kind: 'co-anchor-apply', roomId: 'program' })
    await page.getByRole('button', { name: 'Withdraw' }).waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'watch-asking-dark-en')
    await ada.call('reject', { inviteID: first.inviteID, data: answerData('full') })
    await page.getByText('All places on the mic are taken. Ask again later.').waitFor()

    await page.getByRole('button', { name: 'Ask to join the show' }).click()
    const second = await ada.event<{ inviteID: string; inviter: string }>('newInvitationReceived', ({ inviteID }) => inviteID !== first.inviteID)
    await anchor.ok('POST', `${ROOM}/seats`, { userId: second.inviter })
    await ada.call('accept', { inviteID: second.inviteID, data: answerData('') })
    await stateIs(page, 'greenroom')
    expect(new URL(page.url()).pathname).toBe('/guest/')
    expect(await entryOf('Bo')).toMatchObject({ userId: second.inviter, seat: 0, ready: false })
    await page.getByTestId('guest-leave').click()
    await page.locator('[data-chat="ready"]').waitFor()
    expect((await seats()).entries).toEqual([])
  })

  it('withdraws', async () => {
    const page = await openWatch('Bo')
    await page.getByRole('button', { name: 'Ask to join the show' }).click()
    const { inviteID } = await asked()
    await page.getByRole('button', { name: 'Withdraw' }).click()
    await ada.event<{ inviteID: string }>('ts_invitation_cancelled', (data) => data.inviteID === inviteID)
    await page.getByRole('button', { name: 'Ask to join the show' }).waitFor()
  })

  it('is invited by the anchor, who lets in whoever says yes', async () => {
    const page = await openWatch('Bo')
    const userId = await until(
      async () => {
        const { members } = await anchor.ok<{ members: readonly { userId: string; nick: string }[] }>('GET', `${ROOM}/members`)
        return members.find(({ nick }) => nick === 'Bo')?.userId ?? null
      },
      WAIT_MS,
      'Bo among the members',
    )
    const inviteID = await ada.invite({ userID: userId, data: questionData('co-anchor-invite', 'program'), timeout: 30 })
    await page.getByRole('dialog').waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'watch-invited-dark-en')
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await ada.event<{ inviteID: string }>('ts_invitee_accepted', (data) => data.inviteID === inviteID)
    await anchor.ok('POST', `${ROOM}/seats`, { userId })
    await stateIs(page, 'greenroom')
  })

  it('gives no place to whoever was not let in', async () => {
    const page = await openWatch('Bo')
    await page.goto(`${addresses.http}/guest/?room=program`)
    await stateIs(page, 'refused')
    await page.getByText('You have not been let in.').waitFor()
  })
})

it('is usable on a phone and by keyboard alone', async () => {
  await openStage()
  const page = await newPage({ viewport: { width: 360, height: 740 }, locale: 'zh-CN', colorScheme: 'light', reducedMotion: 'reduce' })
  await page.goto(await inviteLink())
  await page.getByTestId('guest-name').waitFor()
  await page.keyboard.type('小波')
  await page.keyboard.press('Enter')
  await stateIs(page, 'greenroom')
  await lineIs(page, 'connected')
  expect(await isWide(page)).toBe(false)
  expect(await violations(page)).toEqual([])
  await shot(page, 'guest-phone-light-zh')
  for (let presses = 0; presses < 30; presses += 1) {
    await page.keyboard.press('Tab')
    if (await page.getByTestId('guest-ready').evaluate((button) => button === document.activeElement)) break
  }
  await page.keyboard.press('Enter')
  await stateIs(page, 'ready')
  const { userId } = await entryOf('小波')
  await anchor.ok('PATCH', `${ROOM}/seats/${userId}`, { onAir: true })
  await stateIs(page, 'air')
  await shot(page, 'guest-phone-air-light-zh')
})

it('says what works where the browser gives no camera to the page', async () => {
  const page = await newPage()
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'mediaDevices', { get: () => undefined })
    Object.defineProperty(window, 'isSecureContext', { get: () => false })
  })
  await page.goto(await inviteLink())
  await page.getByText('Your browser gives no camera to this page').waitFor()
  expect(parseJoinLink(await page.getByLabel('Link for the app').inputValue())).toMatchObject({ room: 'program', secure: false })
  expect(parseJoinLink(await page.getByLabel('Link over HTTPS').inputValue())).toMatchObject({ room: 'program', secure: true })
  expect(await violations(page)).toEqual([])
  await shot(page, 'guest-insecure')
})
