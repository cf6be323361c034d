import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type TRTC from 'trtc-sdk-v5'
import { chromium, type Browser, type Page, type Request } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RoomServer } from '../../electron/room-server/room-server'
import { CLOUD_TRTC_SOURCES } from '../../electron/shared/cloud'
import type { RoomServerAddresses } from '../../electron/shared/room-server'
import type { SeatTableView } from '../../electron/shared/seats'
import { trtcTicketSchema } from '../../electron/shared/trtc-ticket'
import { ChatCloud } from '../fakes/chat-cloud'
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../support/chromium'
import { ApiClient } from './backend/support/api-client'
import { APP } from './backend/support/cloud-backend'
import { LineClient } from './backend/support/line-client'

/** The package itself in a browser without a network: what it does with Tencent's servers is for docs/verification.md. */
const ROOM = '/api/rooms/program'
const WAIT_MS = 30_000
const FLAGS = [
  ...CHROMIUM_FLAGS,
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
]
/** The built chunk. */
const isSdk = (url: string): boolean => /\/assets\/trtc[\w.-]*\.js$/.test(new URL(url).pathname)

declare global {
  interface Window {
    TRTC?: typeof TRTC
  }
}

const cloud = new ChatCloud(APP)
let dataDir: string
let browser: Browser
let server: RoomServer
let addresses: RoomServerAddresses
let anchor: ApiClient
let line: LineClient

beforeAll(async () => {
  expect(existsSync(resolve('out/web/guest/index.html')), 'the pages are built').toBe(true)
  dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-guest-trtc-'))
  browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: FLAGS })
  server = new RoomServer({
    host: '127.0.0.1',
    httpPort: 0,
    rtmpPort: 0,
    portFallback: false,
    streamKey: 'a-stream-key-of-the-tests',
    webRoot: resolve('out/web'),
    title: 'Friday night',
    chat: {
      dataDir,
      app: { sdkAppId: APP.sdkAppId, secretKey: APP.key },
      cloud: { restBase: await cloud.listen(), callbackToken: APP.token },
    },
    log: () => undefined,
  })
  addresses = await server.start()
  const session = await server.anchorSession('Ada')
  if (session === null) throw new Error('this server has no rooms')
  anchor = new ApiClient(addresses.http, session)
  line = await LineClient.enter(addresses.http.replace('http', 'ws'), anchor, 'stage')
})
afterAll(async () => {
  line.close()
  await browser.close()
  await server.close()
  await cloud.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function openPage(): Promise<{ page: Page; requests: string[]; said: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 } })
  const page = await context.newPage()
  page.setDefaultTimeout(WAIT_MS)
  const [requests, said]: [string[], string[]] = [[], []]
  page.on('request', (request: Request) => requests.push(request.url()))
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(`error: ${error.message}`))
  return { page, requests, said }
}

async function comeIn(page: Page): Promise<void> {
  const { token } = await anchor.ok<{ token: string }>('POST', `${ROOM}/invites`, { role: 'coanchor' })
  await page.goto(`${addresses.http}/guest/?room=program#invite=${token}`)
  await page.getByTestId('guest-name').fill('Bo')
  await page.getByTestId('guest-enter').click()
  await page.locator('[data-testid="guest-state"][data-state="greenroom"]').waitFor()
}

it('a co-anchor’s page goes by TRTC when the show does, says why that fails, stays usable, and calls the stage when the show goes by RTMP', async () => {
  const { page, requests, said } = await openPage()
  await comeIn(page)
  await line.hear('signal')
  expect(requests.some(isSdk), 'the SDK is not in the first load').toBe(false)

  const asked = page.waitForResponse((response) => response.url().endsWith('/trtc-ticket'))
  line.say({ type: 'way', way: 'trtc' })
  const ticket = trtcTicketSchema.parse(await (await asked).json())
  const [entry] = (await anchor.ok<SeatTableView>('GET', `${ROOM}/seats`)).entries
  expect([ticket.userId, ticket.roomId, ticket.sdkAppId]).toEqual([entry?.userId, 'program', APP.sdkAppId])
  expect(requests.some(isSdk)).toBe(true)
  const trouble = page.getByTestId('guest-trtc')
  await trouble.waitFor()
  expect(await trouble.getAttribute('data-trouble')).toBe('network')
  expect(await trouble.innerText()).toContain('Tencent’s servers are not reached.')
  // The place is used, whatever becomes of the media.
  await page.getByTestId('guest-ready').click()
  await page.locator('[data-testid="guest-state"][data-state="ready"]').waitFor()
  // Tried again with another ticket.
  await page.waitForResponse((response) => response.url().endsWith('/trtc-ticket'))

  line.say({ type: 'way', way: 'stage' })
  const { call } = await line.hear('signal', ({ signal }) => 'description' in signal)
  expect(call).not.toBe('')
  await trouble.waitFor({ state: 'detached' })
  await page.locator('[data-testid="guest-state"][data-state="ready"]').waitFor()

  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
  expect(`${kept} ${said.join(' ')}`).not.toContain(ticket.userSig)
  expect(said.filter((text) => /Content Security Policy|error:/i.test(text))).toEqual([])
  // Tencent's hosts are those that the policy names.
  const hosts = [...new Set(requests.map((url) => new URL(url).hostname))].filter((host) => host !== '127.0.0.1')
  expect(hosts.length).toBeGreaterThan(0)
  for (const host of hosts)
    expect(CLOUD_TRTC_SOURCES.split(' ').some((source) => source.endsWith(host) || host.endsWith(source.replace(/^.*\*/, '')))).toBe(true)
  await page.context().close()
})

it('the SDK itself takes the page’s tracks under the page’s policy, and fails as the page expects', async () => {
  const { page, said } = await openPage()
  await comeIn(page)
  await page.route('**/assets/the-package.js', (route) => route.fulfill({ path: resolve('node_modules/trtc-sdk-v5/trtc.js'), contentType: 'text/javascript' }))
  await page.addScriptTag({ url: `${addresses.http}/assets/the-package.js` })
  const found = await page.evaluate(async () => {
    const sdk = window.TRTC
    if (sdk === undefined) throw new Error('no SDK')
    sdk.setLogLevel(5, false)
    const supported = (await sdk.isSupported()) as { detail: Record<string, boolean> }
    const room = sdk.create()
    const media = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 }, audio: true })
    const [camera] = media.getVideoTracks()
    const [microphone] = media.getAudioTracks()
    if (camera === undefined || microphone === undefined) throw new Error('no devices')
    const [picture, sound] = [camera.clone(), microphone.clone()]
    const early = await room.switchRole(sdk.TYPE.ROLE_ANCHOR).then(
      () => 0,
      (error: { code: number }) => error.code,
    )
    await room.startLocalAudio({ mute: true, option: { audioTrack: sound } })
    await room.startLocalVideo({ mute: false, view: null, option: { videoTrack: picture, profile: { width: 320, height: 180, frameRate: 15, bitrate: 300 } } })
    const twice = await room.startLocalVideo({ view: null }).then(
      () => 0,
      (error: { code: number }) => error.code,
    )
    const own = room.getVideoTrack() === picture
    await room.updateLocalVideo({ mute: true, option: { profile: { width: 640, height: 360, frameRate: 30, bitrate: 800 } } })
    const switched = [camera.enabled, microphone.enabled, picture.enabled, sound.enabled]
    await room.stopLocalVideo()
    await room.stopLocalAudio()
    room.destroy()
    return {
      webrtc: supported.detail['isWebRTCSupported'],
      early,
      twice,
      own,
      switched,
      elements: document.querySelectorAll('body > :not(#app):not(script)').length,
    }
  })
  // The copies are switched, the page's own tracks are not; a second start is called off (OPERATION_ABORT).
  expect(found).toEqual({ webrtc: true, early: 5_100, twice: 5_998, own: true, switched: [true, true, false, false], elements: 0 })
  // It gives styles to an element of its own that is in no document; the policy takes them away, and nothing else.
  expect(said.filter((text) => /Content Security Policy|error:/i.test(text) && !text.startsWith('Applying inline style'))).toEqual([])
  await page.context().close()
})

it('the watch page does not load it', async () => {
  const { page, requests } = await openPage()
  await page.goto(addresses.watch)
  await page.waitForLoadState('load')
  expect(requests.length).toBeGreaterThan(2)
  expect(requests.some(isSdk)).toBe(false)
  const policy = (await (await page.request.get(addresses.watch)).headers())['content-security-policy'] ?? ''
  expect(policy).not.toContain(CLOUD_TRTC_SOURCES)
  // As the app's co-anchor window asks.
  const asked = await page.request.head(`${addresses.http}/guest/`)
  expect(asked.headers()['content-security-policy']).toContain(CLOUD_TRTC_SOURCES)
  await page.context().close()
})
