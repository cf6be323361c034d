import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RoomSession } from '../../electron/shared/room-api'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import type { DestinationState } from '../../electron/shared/destination'
import { ApiClient } from '../contract/backend/support/api-client'
import { ADMIN, RoomServerProcess, SDK_APP_ID, SECRET_KEY } from '../contract/im/support/room-server-process'
import { legalOrder } from '../contract/trtc/legal-order'
import { ChatCloud } from '../fakes/chat-cloud'
import { installDouble, type InstalledDouble } from '../fakes/trtc-native/install'
import { probe } from '../support/media/recording'
import { until } from '../support/until'
import { launch, logOf, sessionBecomes, stateOf, type RunningApp } from './support/app'
import { violations } from './support/axe'
import { addressesOf } from './support/room'
import type { Destination } from '../../electron/shared/destination'

const DEADLINE_MS = 20_000
const TOKEN = 'callback-token'
const ROOM = `/api/rooms/${PROGRAM_ROOM}`
const TRTC: Destination = { kind: 'trtc', id: 'room', name: 'TRTC', enabled: true, failover: 'ask' }
const LOCAL: Destination = { kind: 'local', id: 'local', name: '', enabled: true }

let cloud: ChatCloud
let server: RoomServerProcess
let sdk: InstalledDouble
let app: RunningApp
let anchor: ApiClient

beforeAll(async () => {
  cloud = new ChatCloud({ sdkAppId: SDK_APP_ID, key: SECRET_KEY, admin: ADMIN, token: TOKEN })
  server = await RoomServerProcess.start({ args: ['--im', await cloud.listen(), '--callback-token', TOKEN] })
  anchor = new ApiClient(server.http, { token: server.anchorToken } as RoomSession)
  sdk = installDouble('healthy')
})
afterAll(async () => {
  await app?.close()
  sdk.remove()
  await server.stop('SIGTERM')
  await cloud.close()
})

/** Calls of the native library by this name, with their arguments. */
function calls(name: string): readonly unknown[][] {
  return sdk.log().flatMap((one) => (one.name === name ? [[...(one.args ?? [])]] : []))
}

async function destinationBecomes(id: string, wanted: DestinationState): Promise<true> {
  const state = async (): Promise<DestinationState | null> =>
    (await stateOf(app.studio)).destinations.find(({ config }) => config.id === id)?.status?.state ?? null
  return until(async () => ((await state()) === wanted ? true : null), DEADLINE_MS, `${id} to be ${wanted}`)
}

it('without the library a TRTC destination says so, and the show goes on by RTMP', async () => {
  const plain = await launch({ args: ['--source', 'test-card'], settings: { language: 'en', destinations: [LOCAL, TRTC] } })
  try {
    await addressesOf(plain.studio)
    await plain.studio.getByRole('tab', { name: 'Stream' }).click()
    const card = plain.studio.locator('[data-destination="room"]')
    await card.getByText('TRTC is not installed on this machine').waitFor()
    expect((await stateOf(plain.studio)).trtc).toMatchObject({ sdk: 'absent', engine: 'stage' })
    expect(plain.electron.windows().map((page) => new URL(page.url()).host)).not.toContain('trtc')
    await plain.studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
    await sessionBecomes(plain.studio, /live|degraded/)
    await until(async () => ((await stateOf(plain.studio)).roomServer.publishing ? true : null), DEADLINE_MS, 'the ingest')
    expect(logOf(plain.dataDir)).not.toMatch(/crashed|internal/)
  } finally {
    await plain.close()
  }
})

it('goes live by TRTC in the room of a team, relayed by the cloud', async () => {
  app = await launch({
    args: ['--trtc-sdk', sdk.folder],
    settings: { language: 'en', destinations: [LOCAL, TRTC] },
  })
  const { studio } = app
  await studio.evaluate(async () => {
    const destination = { kind: 'rtmp', id: 'cdn', name: 'CDN', enabled: true, server: 'rtmp://cdn.example.com/live' } as const
    await window.anchor.call('destination.save', { destination, secret: 'show?secret=planted-key' })
  })
  const { path } = await anchor.ok<{ path: string }>('POST', '/api/anchor-links', { roomId: PROGRAM_ROOM, seconds: 3_600 })
  // Its page may reach the team's server from now on: it is loaded with another policy.
  const reloaded = studio.waitForEvent('load')
  const signedIn = await studio.evaluate((link) => window.anchor.call('cloud.signIn', { link }), `${server.http}${path}`)
  expect(signedIn).toMatchObject({ ok: true })
  await reloaded
  await until(async () => ((await stateOf(studio)).trtc.engine === 'trtc' ? true : null), DEADLINE_MS, 'the TRTC engine')
  await studio.evaluate(() => window.anchor.call('session.check'))
  await until(async () => ((await stateOf(studio)).checks.finishedAtMs !== null ? true : null), DEADLINE_MS, 'the checks')
  const line = (await stateOf(studio)).checks.results.find(({ id }) => id === 'line')
  expect(line?.reason).toMatch(/^trtc-/)
  await studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
  await sessionBecomes(studio, /live/)
  await destinationBecomes('room', 'publishing')
  await destinationBecomes('cdn', 'publishing')
  await studio.getByRole('tab', { name: 'Stream' }).click()
  await studio.getByText('Stands by').waitFor()
  expect((await stateOf(studio)).roomServer.publishing).toBe(false)
  const [entry] = calls('enterRoom')
  expect(JSON.stringify(entry)).toContain(PROGRAM_ROOM)
  expect(await violations(studio)).toEqual([])
})

it('a co-anchor who has a seat is in the mix, which is changed and never stopped', async () => {
  const { token } = await anchor.ok<{ token: string }>('POST', `${ROOM}/invites`, { role: 'coanchor', seconds: 3_600 })
  const session = await new ApiClient(server.http).ok<RoomSession>('POST', `${ROOM}/sessions`, { nick: 'Bo', invite: token })
  const bo = new ApiClient(server.http, session)
  await anchor.ok('POST', `${ROOM}/seats`, { userId: bo.userId })
  sdk.order({ do: 'remote-enters', userId: bo.userId, video: true, audio: true })
  await until(async () => ((await stateOf(app.studio)).coAnchors.media[bo.userId]?.state === 'connected' ? true : null), DEADLINE_MS, 'the co-anchor')
  const inMix = (): boolean => JSON.stringify(calls('updatePublishMediaStream').at(-1) ?? '').includes(bo.userId)
  expect(inMix(), 'nobody is on air by joining').toBe(false)
  await bo.ok('PUT', `${ROOM}/seats/me`, { ready: true })
  await anchor.ok('PATCH', `${ROOM}/seats/${bo.userId}`, { seat: 1 })
  await until(() => (inMix() ? true : null), DEADLINE_MS, 'the mix')
  expect(calls('stopPublishMediaStream')).toEqual([])
  expect(calls('startPublishMediaStream')).toHaveLength(1)
})

it('a lost connection is said and recovered by itself', async () => {
  sdk.order({ do: 'connection-lost' })
  await sessionBecomes(app.studio, /reconnecting/)
  await app.studio.getByTestId('failover').waitFor()
  sdk.order({ do: 'recovered' })
  await sessionBecomes(app.studio, /live/)
  expect(calls('enterRoom')).toHaveLength(1)
})

it('when TRTC does not come back, the program goes by RTMP', async () => {
  sdk.order({ do: 'connection-lost' })
  await app.studio.getByTestId('fail-over').click()
  const pressedAtMs = performance.now()
  await until(async () => ((await stateOf(app.studio)).roomServer.publishing ? true : null), DEADLINE_MS, 'the ingest')
  await sessionBecomes(app.studio, /live|degraded/)
  process.stdout.write(`by RTMP ${Math.round(performance.now() - pressedAtMs)} ms after the switch\n`)
  const { play } = await addressesOf(app.studio)
  const { video, audio } = await probe(play, 3)
  expect(video?.times.length).toBeGreaterThan(30)
  expect(audio?.times.length).toBeGreaterThan(30)
  expect((await stateOf(app.studio)).trtc).toMatchObject({ engine: 'stage', failover: { done: true } })
  await app.studio.evaluate(() => window.anchor.call('session.end'))
  await sessionBecomes(app.studio, /ended/)
  // The next show is by TRTC again.
  await until(async () => ((await stateOf(app.studio)).trtc.engine === 'trtc' ? true : null), DEADLINE_MS, 'the TRTC engine')
})

it('every native call was legal, and no secret is in the log or in what the studio is told', async () => {
  const happened = sdk
    .log()
    .map(({ name, args, event, data }) => (name === undefined ? { event: event ?? '', data: data as Record<string, unknown> } : { name, args: args ?? [] }))
  expect(legalOrder(happened)).toEqual([])
  const userSig = /"userSig":"([^"]+)"/.exec(JSON.stringify(calls('enterRoom')))?.[1] ?? ''
  expect(userSig.length).toBeGreaterThan(50)
  const told = JSON.stringify(await stateOf(app.studio))
  for (const secret of [userSig, 'planted-key', SECRET_KEY]) {
    expect(logOf(app.dataDir)).not.toContain(secret)
    expect(told).not.toContain(secret)
  }
})
