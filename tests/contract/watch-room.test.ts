import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RoomServer } from '../../electron/room-server/room-server'
import type { RoomSession } from '../../electron/shared/room-api'
import type { RoomServerAddresses } from '../../electron/shared/room-server'
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../support/chromium'
import { endChild } from '../support/child'
import { until } from '../support/until'
import { onOwnPort } from '../support/own-port'
import { ApiClient } from './backend/support/api-client'
import { SDK_APP_ID, SECRET_KEY } from './im/support/room-server-process'

const KEY = 'a-stream-key-of-the-tests'
const ROOM = '/api/rooms/program'
const WAIT_MS = 20_000
/** Where pictures of the pages are put, for people to look at; not set = nowhere. */
const SHOTS = process.env['ROOM_SHOTS'] ?? ''

let browser: Browser
let dataDir: string
let server: RoomServer
let addresses: RoomServerAddresses
let anchor: ApiClient
const contexts: BrowserContext[] = []
const encoders: ChildProcess[] = []

beforeAll(async () => {
  expect(existsSync(resolve('out/web/watch/index.html')), 'the pages are built').toBe(true)
  if (SHOTS !== '') mkdirSync(SHOTS, { recursive: true })
  browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: [...CHROMIUM_FLAGS, '--autoplay-policy=no-user-gesture-required'] })
})
afterAll(() => browser.close())
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-watch-room-'))
  await startServer()
  anchor = new ApiClient(addresses.http, await server.anchorSession('Ada'))
  await anchor.ok('PUT', `${ROOM}/status`, { status: 'live' })
})
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  await Promise.all(encoders.splice(0).map((encoder) => endChild(encoder)))
  await server.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** @param httpPort 0 = any free; that of an earlier server on the same data, for pages that know it */
async function startServer(httpPort = 0): Promise<void> {
  addresses = await onOwnPort(() => {
    server = new RoomServer({
      host: '127.0.0.1',
      httpPort,
      rtmpPort: 0,
      portFallback: false,
      streamKey: KEY,
      webRoot: resolve('out/web'),
      title: 'Friday night',
      chat: { dataDir, app: { sdkAppId: SDK_APP_ID, secretKey: SECRET_KEY } },
      log: () => undefined,
    })
    return server.start()
  })
}

/** Debian's ffmpeg as the encoder. */
function pushPicture(): void {
  encoders.push(
    spawn(
      'ffmpeg',
      [
        ['-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=30', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
        ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '30', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-f', 'flv'],
        [`${addresses.rtmp}/${KEY}`],
      ].flat(),
      { stdio: 'ignore' },
    ),
  )
}

interface Viewer {
  readonly page: Page
  /** What the console and the page complained of; an answer of the API that says no is not a complaint. */
  readonly complaints: string[]
}

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<Viewer> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, ...options })
  contexts.push(context)
  const page = await context.newPage()
  page.setDefaultTimeout(WAIT_MS)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('Failed to load resource')) complaints.push(message.text())
  })
  await page.goto(addresses.watch)
  await chatIs(page, 'ready')
  return { page, complaints }
}

const chatIs = (page: Page, state: string): Promise<void> => page.locator(`[data-chat="${state}"]`).waitFor()
const log = (page: Page): ReturnType<Page['locator']> => page.getByRole('log')
const shot = async (page: Page, name: string): Promise<void> => {
  if (SHOTS !== '') await page.screenshot({ path: join(SHOTS, `${name}.png`) })
}

async function takeName(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name in this room').fill(name)
  await page.getByRole('button', { name: 'Join the chat' }).click()
  await page.getByRole('textbox', { name: 'Message' }).waitFor()
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.keyboard.press('Enter')
}

/** Presence is told to the backend after the chat has let them in. */
function userIdOf(name: string): Promise<string> {
  return until(
    async () => {
      const { members } = await anchor.ok<{ members: readonly { userId: string; nick: string }[] }>('GET', `${ROOM}/members`)
      return members.find(({ nick }) => nick === name)?.userId ?? null
    },
    WAIT_MS,
    `${name} among the members`,
  )
}

const violations = async (page: Page): Promise<readonly string[]> =>
  (await new AxeBuilder({ page }).analyze()).violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)

const isWide = (page: Page): Promise<boolean> => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)

describe('two people in the room', () => {
  it('chat, like, give gifts, and see notice and status change', async () => {
    const [bo, cy] = [await open({ colorScheme: 'dark' }), await open({ locale: 'zh-CN', colorScheme: 'light' })]
    await takeName(bo.page, 'Bo')
    await say(bo.page, 'Hello <b>all</b>')
    await log(cy.page).getByText('Hello <b>all</b>').waitFor()
    // Shown once to whoever said it, as their own.
    expect(await log(bo.page).getByText('Hello <b>all</b>').count()).toBe(1)
    expect(await log(bo.page).locator('.own').innerText()).toContain('Bo')

    for (let tap = 0; tap < 5; tap += 1) await bo.page.getByRole('button', { name: /^Like/ }).click()
    await bo.page.getByRole('button', { name: 'Like. 5 likes so far' }).waitFor()
    await cy.page.getByRole('button', { name: '点赞，已有 5 个赞' }).waitFor()

    await bo.page.getByRole('button', { name: 'Gifts' }).click()
    const rose = bo.page.getByRole('button', { name: /^Send Rose/ })
    for (let click = 0; click < 3; click += 1) await rose.click()
    await bo.page.getByText('You have 997 coins').waitFor()
    // Each is shown for three seconds.
    await Promise.all([
      bo.page.locator('.lane .card', { hasText: 'Bo sent Rose' }).getByText('×3').waitFor(),
      cy.page.locator('.lane .card', { hasText: 'Bo 送出 玫瑰' }).getByText('×3').waitFor(),
    ])
    await shot(bo.page, 'gifts-dark-en')

    await anchor.ok('PUT', `${ROOM}/notice`, { text: 'Draw at nine <img src=x onerror=alert(1)>' })
    await bo.page.getByText('Draw at nine <img src=x onerror=alert(1)>').waitFor()
    await cy.page.getByText('Draw at nine').waitFor()
    await shot(cy.page, 'room-light-zh')
    await anchor.ok('PUT', `${ROOM}/status`, { status: 'paused' })
    await bo.page.locator('[data-status="paused"]').waitFor()
    await anchor.ok('PUT', `${ROOM}/status`, { status: 'ended' })
    await bo.page.getByText('The show has ended').waitFor()
    await shot(bo.page, 'ended')
    // Whoever comes now finds all of it.
    const late = await open()
    await late.page.getByText('The show has ended').waitFor()
    await log(late.page).getByText('Hello <b>all</b>').waitFor()
    expect([...bo.complaints, ...cy.complaints, ...late.complaints]).toEqual([])
  })

  it('who is on the mic is named, and gone with the seat', async () => {
    const { page } = await open({ colorScheme: 'dark' })
    const { token } = await anchor.ok<{ token: string }>('POST', `${ROOM}/invites`, { role: 'coanchor' })
    const session = await new ApiClient(addresses.http).ok<RoomSession>('POST', `${ROOM}/sessions`, { nick: 'Di <b>', invite: token })
    const guest = new ApiClient(addresses.http, session)
    await guest.ok('PUT', `${ROOM}/seats/me`, { ready: true })
    await anchor.ok('PATCH', `${ROOM}/seats/${guest.userId}`, { onAir: true, muted: true })
    await page.getByRole('region', { name: 'On the mic' }).getByText('Di <b> (muted)').waitFor()
    expect(await violations(page)).toEqual([])
    await shot(page, 'on-the-mic')
    // Whoever comes now reads it too.
    const late = await open()
    await late.page.getByRole('region', { name: 'On the mic' }).getByText('Di <b>').waitFor()
    await guest.ok('DELETE', `${ROOM}/seats/me`)
    await page.getByRole('region', { name: 'On the mic' }).waitFor({ state: 'detached' })
  })

  it('the latest message stays in sight when gifts take its place', async () => {
    const { page } = await open()
    await takeName(page, 'Bo')
    for (let number = 1; number <= 24; number += 1) await say(page, `line ${number}`)
    const latest = log(page).getByText('line 24', { exact: true })
    const inSight = (): Promise<boolean> =>
      latest.evaluate((row) => {
        const [box, list] = [row.getBoundingClientRect(), row.closest('[role="log"]')?.getBoundingClientRect()]
        return list !== undefined && box.bottom <= list.bottom + 1 && box.top >= list.top
      })
    await until(async () => ((await inSight()) ? true : null), WAIT_MS, 'the latest to be in sight')
    await page.getByRole('button', { name: 'Gifts' }).click()
    await page.locator('.gifts').waitFor()
    await until(async () => ((await inSight()) ? true : null), WAIT_MS, 'the latest to be in sight beside the gifts')
    // And nothing of the panel is pushed out of it.
    const pushedOut = await page.evaluate(() => {
      const [panel, form] = [document.querySelector('.panel'), document.querySelector('.panel .composer')]
      return (form?.getBoundingClientRect().bottom ?? Infinity) > (panel?.getBoundingClientRect().bottom ?? 0)
    })
    expect(pushedOut).toBe(false)
  })

  it('who is muted reads why and how long, and cannot write', async () => {
    const { page } = await open()
    await takeName(page, 'Bo')
    const userId = await userIdOf('Bo')
    await anchor.ok('PUT', `${ROOM}/mutes/${userId}`, { scope: 'timed', seconds: 600, reason: 'Shouting' })
    await page.getByText('You are muted: Shouting').waitFor()
    expect(await page.getByRole('textbox', { name: 'Message' }).isDisabled()).toBe(true)
    await page.getByText(/^(10:00|9:\d\d) left$/).waitFor()
    await shot(page, 'muted')
    // A page that is loaded again knows it too.
    await page.reload()
    await page.getByText('You are muted: Shouting').waitFor()
    await anchor.ok('DELETE', `${ROOM}/mutes/${userId}`)
    await until(async () => ((await page.getByRole('textbox', { name: 'Message' }).isDisabled()) ? null : true), WAIT_MS, 'the field to come back')
    await chatIs(page, 'ready')
    await say(page, 'Sorry')
    await log(page).getByText('Sorry').waitFor()

    await anchor.ok('PUT', `${ROOM}/slow-mode`, { seconds: 30 })
    await until(async () => ((await anchor.snapshot('program')).slowModeSec === 30 ? true : null), WAIT_MS, 'slow mode')
    await say(page, 'One')
    await page.getByText('Slow mode is on.').waitFor()
    expect(await page.getByRole('textbox', { name: 'Message' }).isDisabled()).toBe(true)
    await anchor.ok('PUT', `${ROOM}/slow-mode`, { seconds: 0 })
    await anchor.ok('PUT', '/api/words', { words: [{ word: 'foulword', action: 'refuse' }] })
    await until(async () => ((await page.getByRole('textbox', { name: 'Message' }).isDisabled()) ? null : true), WAIT_MS, 'the field to come back')
    await say(page, 'a foulword')
    await page.getByText('A word in this message is not allowed here.').waitFor()
    expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('a foulword')
  })

  it('who is removed leaves at once, and comes back only when they are let in', async () => {
    const { page } = await open()
    await takeName(page, 'Bo')
    const userId = await userIdOf('Bo')
    await anchor.ok('POST', `${ROOM}/removals`, { userIds: [userId], scope: 'forever', reason: 'Spam' })
    await page.getByRole('heading', { name: 'You were removed from this room' }).waitFor()
    await page.getByText('Reason: Spam').waitFor()
    await shot(page, 'removed')
    expect(await violations(page)).toEqual([])
    expect(await page.locator('video').count()).toBe(0)
    await page.reload()
    await page.getByRole('heading', { name: 'You were removed from this room' }).waitFor()
    await page.getByRole('button', { name: 'Try to come in' }).click()
    await page.getByRole('heading', { name: 'You were removed from this room' }).waitFor()
    await anchor.ok('DELETE', `${ROOM}/blocks/${userId}`)
    await page.getByRole('button', { name: 'Try to come in' }).click()
    await chatIs(page, 'ready')
    await say(page, 'Back again')
    await log(page).getByText('Back again').waitFor()
  })

  it('hostile names and messages are text', async () => {
    const [bo, cy] = [await open(), await open()]
    const name = '<img src=x>\u202e'
    await takeName(bo.page, name)
    const texts = ['<script>window.hacked=1</script>', '{{ constructor }} {0} @:live', '"><svg onload=alert(1)>', '\u202eevil | a @ b']
    for (const text of texts) await say(bo.page, text)
    for (const text of texts) await log(cy.page).getByText(text, { exact: true }).waitFor()
    expect(await log(cy.page).locator('img, svg, script').count()).toBe(0)
    expect(await log(cy.page).locator('.name').first().innerText()).toBe(`${name}:`)
    expect(await cy.page.evaluate(() => 'hacked' in window)).toBe(false)
    expect([...bo.complaints, ...cy.complaints]).toEqual([])
  })

  it('a second page of the same visit is explained to the first', async () => {
    const { page } = await open()
    await takeName(page, 'Bo')
    const [context] = contexts
    const visit = await page.evaluate(() => Object.entries(sessionStorage))
    const other = await context?.newPage()
    if (other === undefined) throw new Error('there is no context')
    await other.addInitScript((entries) => {
      for (const [key, value] of entries) sessionStorage.setItem(key, value)
    }, visit)
    await other.goto(addresses.watch)
    await chatIs(other, 'ready')
    await chatIs(page, 'kicked')
    await page.getByRole('button', { name: 'Chat here' }).click()
    await chatIs(page, 'ready')
    await chatIs(other, 'kicked')
  })
})

describe('the picture and the chat', () => {
  it('are there together, and the chat comes back by itself with what was said before', async () => {
    pushPicture()
    const { page } = await open({ colorScheme: 'dark' })
    await page.locator('[data-state="live"]').waitFor()
    await takeName(page, 'Bo')
    await say(page, 'Before')
    await log(page).getByText('Before').waitFor()
    await shot(page, 'live-dark-en')
    const { port } = new URL(addresses.http)
    await server.close()
    await chatIs(page, 'reconnecting')
    await shot(page, 'reconnecting')
    await startServer(Number(port))
    await chatIs(page, 'ready')
    await say(page, 'After')
    await log(page).getByText('After').waitFor()
    expect(await log(page).getByText('Before').count()).toBe(1)
  })

  it('fail apart: without the SDK the picture plays and the room is there', async () => {
    pushPicture()
    const context = await browser.newContext({ viewport: { width: 1_280, height: 800 } })
    contexts.push(context)
    const page = await context.newPage()
    await page.route('**/assets/*.js', async (route) => {
      const name = new URL(route.request().url()).pathname
      if (name.includes('/chat-')) await route.abort()
      else await route.continue()
    })
    await anchor.ok('PUT', `${ROOM}/notice`, { text: 'Welcome' })
    await page.goto(addresses.watch)
    await page.locator('[data-state="live"]').waitFor()
    await chatIs(page, 'not-loaded')
    await page.getByText('The chat could not be loaded. The video is not affected.').waitFor()
    await page.getByText('Welcome').waitFor()
    await shot(page, 'chat-is-cut')
    await page.unroute('**/assets/*.js')
    await page.getByRole('button', { name: 'Load the page again' }).click()
    await chatIs(page, 'ready')
  })
})

describe.each([
  ['light', 'en', 1_280, 800],
  ['dark', 'zh-CN', 1_280, 800],
  ['dark', 'en', 360, 740],
  ['light', 'zh-CN', 360, 740],
] as const)('%s, %s, %i px wide', (colorScheme, locale, width, height) => {
  it('axe has nothing against it, nothing is wider than the page, and the keyboard is enough', async () => {
    const talker = await anchor.guest('program', 'Annabel-with-a-very-long-name-that-does-not-break')
    await anchor.ok('PUT', `${ROOM}/notice`, { text: 'Welcome to the show. 欢迎来到直播间。' })
    const { page } = await open({ colorScheme, locale, viewport: { width, height } })
    const zh = locale === 'zh-CN'
    await page.getByLabel(zh ? '你在直播间的昵称' : 'Your name in this room').fill('Bo')
    await page.keyboard.press('Enter')
    const field = page.getByLabel(zh ? '消息' : 'Message', { exact: true })
    await field.waitFor()
    await field.pressSequentially('mf Hello')
    await page.keyboard.press('Enter')
    await log(page).getByText('mf Hello').waitFor()
    await talker.ok('POST', `${ROOM}/gifts`, { orderId: `order-${width}-${locale}`, giftId: 'rocket', count: 1 })
    await page.locator('.lane .card').waitFor()
    await page.getByRole('button', { name: zh ? '礼物' : 'Gifts', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.locator('.gifts').waitFor()
    await page.getByRole('button', { name: zh ? /^送出玫瑰/ : /^Send Rose/ }).focus()
    await page.keyboard.press('Enter')
    await page.locator('.gifts .running').waitFor()
    await shot(page, `room-${width}-${colorScheme}-${locale}`)
    expect(await violations(page)).toEqual([])
    expect(await isWide(page)).toBe(false)
    await page.keyboard.press('Escape')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-expanded'))).toBe('false')
    await shot(page, `chat-${width}-${colorScheme}-${locale}`)
  })
})
