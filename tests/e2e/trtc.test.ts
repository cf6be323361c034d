import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PkView } from '../../electron/shared/pk'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import type { SeatTableView } from '../../electron/shared/seats'
import { LineClient } from '../contract/backend/support/line-client'
import { SECRET_KEY } from '../contract/im/support/room-server-process'
import { legalOrder } from '../contract/trtc/legal-order'
import { probe } from '../support/media/recording'
import { until } from '../support/until'
import { launch, logOf, sessionBecomes, stateOf, type RunningApp } from './support/app'
import { violations } from './support/axe'
import { addressesOf } from './support/room'
import { destinationBecomes, launchWithTrtc, LOCAL, openTrtcHouse, RELAY_KEY, TRTC, type TrtcHouse } from './support/trtc'

const DEADLINE_MS = 20_000
const ROOM = `/api/rooms/${PROGRAM_ROOM}`

let house: TrtcHouse
let app: RunningApp
/** The co-anchor's page, as far as its line to the room server goes. */
let line: LineClient | null = null

beforeAll(async () => {
  house = await openTrtcHouse()
})
afterAll(async () => {
  line?.close()
  await app?.close()
  await house.close()
})

/** Calls of the native library by this name, with their arguments. */
function calls(name: string): readonly unknown[][] {
  return house.sdk.log().flatMap((one) => (one.name === name ? [[...(one.args ?? [])]] : []))
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
  app = await launchWithTrtc(house)
  const { studio } = app
  await studio.evaluate(() => window.anchor.call('session.check'))
  await until(async () => ((await stateOf(studio)).checks.finishedAtMs !== null ? true : null), DEADLINE_MS, 'the checks')
  const line = (await stateOf(studio)).checks.results.find(({ id }) => id === 'line')
  expect(line?.reason).toMatch(/^trtc-/)
  await studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
  await sessionBecomes(studio, /live/)
  await destinationBecomes(app, 'room', 'publishing')
  await destinationBecomes(app, 'cdn', 'publishing')
  await studio.getByRole('tab', { name: 'Stream' }).click()
  await studio.getByText('Stands by').waitFor()
  expect((await stateOf(studio)).roomServer.publishing).toBe(false)
  const [entry] = calls('enterRoom')
  expect(JSON.stringify(entry)).toContain(PROGRAM_ROOM)
  expect(await violations(studio)).toEqual([])
})

it('a co-anchor who has a seat is in the mix, which is changed and never stopped', async () => {
  const bo = await house.coAnchor('Bo')
  line = await LineClient.enter(house.http.replace('http', 'ws'), bo, 'co-anchor')
  expect((await line.hear('way')).way, 'the page is to come by TRTC').toBe('trtc')
  const { anchor } = await line.hear('company')
  expect(JSON.stringify(calls('enterRoom')), 'whom it is to see').toContain(`"${anchor}"`)
  const checks = { camera: 'pass', microphone: 'warn', echo: 'unknown', line: 'pass' } as const
  line.say({ type: 'checks', checks })
  house.sdk.order({ do: 'remote-enters', userId: bo.userId, video: true, audio: true })
  await until(async () => ((await stateOf(app.studio)).coAnchors.media[bo.userId]?.state === 'connected' ? true : null), DEADLINE_MS, 'the co-anchor')
  await until(async () => ((await stateOf(app.studio)).coAnchors.media[bo.userId]?.checks?.microphone === 'warn' ? true : null), DEADLINE_MS, 'the checks')
  const inMix = (): boolean => JSON.stringify(calls('updatePublishMediaStream').at(-1) ?? '').includes(bo.userId)
  expect(inMix(), 'nobody is on air by joining').toBe(false)
  await bo.ok('PUT', `${ROOM}/seats/me`, { ready: true })
  await house.anchor.ok('PATCH', `${ROOM}/seats/${bo.userId}`, { seat: 1 })
  await until(() => (inMix() ? true : null), DEADLINE_MS, 'the mix')
  expect(calls('stopPublishMediaStream')).toEqual([])
  expect(calls('startPublishMediaStream')).toHaveLength(1)
})

it('another room is connected over TRTC, its anchor sits in his seat, and the other room knows as whom this one comes', async () => {
  const { studio } = app
  const link = await house.otherRoom('West')
  const connect = (): Promise<unknown> => studio.evaluate((text) => window.anchor.call('otherRoom.link', { link: text }), link)
  expect(await connect()).toMatchObject({ ok: false, error: { code: 'room-link.other-off-air' } })
  expect(calls('connectOtherRoom')).toEqual([])
  await house.anchor.ok('PUT', '/api/rooms/West/show', { state: 'live', engine: 'trtc' })
  expect(await connect()).toMatchObject({ ok: true })
  await until(async () => ((await stateOf(studio)).otherRoom?.state === 'connected' ? true : null), DEADLINE_MS, 'the other room')
  const [[asked = '{}'] = []] = calls('connectOtherRoom')
  const { strRoomId, userId } = JSON.parse(String(asked)) as { strRoomId: string; userId: string }
  expect(strRoomId).toBe('West')
  const seat = async (): Promise<SeatTableView['entries'][number] | undefined> => {
    const { coAnchors, otherRoom } = await stateOf(studio)
    return coAnchors.table?.entries.find((one) => one.userId === otherRoom?.userId)
  }
  const isPlaced = (one: SeatTableView['entries'][number] | undefined, as: string): true | null =>
    one?.ready === true && one.trtc?.userId === as ? true : null
  await until(async () => isPlaced(await seat(), userId), DEADLINE_MS, 'the other anchor’s place')
  const placed = (await seat())?.userId ?? ''
  expect(placed).not.toBe(userId)
  await until(async () => ((await stateOf(studio)).coAnchors.media[placed]?.fps ?? 0) > 5 || null, DEADLINE_MS, 'his picture in the tile')
  const there = async (): Promise<SeatTableView['entries']> => (await house.anchor.ok<SeatTableView>('GET', '/api/rooms/West/seats')).entries
  const me = /"userId":"([^"]+)"/.exec(JSON.stringify(calls('enterRoom')))?.[1] ?? ''
  await until(async () => isPlaced((await there())[0], me), DEADLINE_MS, 'the own place there')
  expect((await there()).map(({ trtc }) => trtc?.roomId)).toEqual([PROGRAM_ROOM])
  await house.anchor.ok('PATCH', `${ROOM}/seats/${placed}`, { onAir: true })
  const inMix = (): boolean => JSON.stringify(calls('updatePublishMediaStream').at(-1) ?? '').includes('"strRoomId":"West"')
  await until(() => (inMix() ? true : null), DEADLINE_MS, 'the mix')
  expect(calls('stopPublishMediaStream')).toEqual([])
})

it('a PK of the two rooms goes by their servers as ever, and the stream of viewers is one all the time', async () => {
  const west = '/api/rooms/West'
  const there = await house.anchor.ok<SeatTableView>('GET', `${west}/seats`)
  const userId = there.entries[0]?.userId ?? ''
  await house.anchor.ok('PATCH', `${west}/seats/${userId}`, { onAir: true })
  const pk = async (room: string): Promise<PkView> => house.anchor.ok<PkView>('GET', `${room}/pk`)
  await until(async () => ((await pk(west)).rooms.includes(userId) ? true : null), DEADLINE_MS, 'this room’s server at the other')
  await house.anchor.ok('POST', `${west}/pk`, { userId, seconds: 60 })
  // By the API: the studio has no line to Tencent's chat here, over which it would hear of the offer.
  await until(async () => ((await pk(ROOM)).state === 'offered' ? true : null), DEADLINE_MS, 'the offer')
  await house.anchor.ok('PUT', `${ROOM}/pk/answer`, { accept: true })
  for (const room of [west, ROOM]) await until(async () => ((await pk(room)).state === 'running' ? true : null), DEADLINE_MS, `the PK in ${room}`)
  await house.anchor.ok('DELETE', `${west}/pk`)
  await until(async () => ((await pk(ROOM)).result === 'stopped' ? true : null), DEADLINE_MS, 'its end')
  expect([calls('startPublishMediaStream').length, calls('stopPublishMediaStream').length]).toEqual([1, 0])
})

it('a lost connection is said and recovered by itself', async () => {
  house.sdk.order({ do: 'connection-lost' })
  await sessionBecomes(app.studio, /reconnecting/)
  await app.studio.getByTestId('failover').waitFor()
  house.sdk.order({ do: 'recovered' })
  await sessionBecomes(app.studio, /live/)
  expect(calls('enterRoom')).toHaveLength(1)
})

it('when TRTC does not come back, the program goes by RTMP', async () => {
  house.sdk.order({ do: 'connection-lost' })
  await app.studio.getByTestId('fail-over').click()
  const pressedAtMs = performance.now()
  await until(async () => ((await stateOf(app.studio)).roomServer.publishing ? true : null), DEADLINE_MS, 'the ingest')
  await sessionBecomes(app.studio, /live|degraded/)
  process.stdout.write(`by RTMP ${Math.round(performance.now() - pressedAtMs)} ms after the switch\n`)
  expect((await line?.hear('way'))?.way, 'the page is to call the stage').toBe('stage')
  expect(line?.news.some(({ type }) => type === 'bye')).toBe(false)
  const { play } = await addressesOf(app.studio)
  const { video, audio } = await probe(play, 3)
  expect(video?.times.length).toBeGreaterThan(5)
  expect(audio?.times.length).toBeGreaterThan(5)
  expect((await stateOf(app.studio)).trtc).toMatchObject({ engine: 'stage', failover: { done: true } })
  // The rooms were connected the way that was left: it is said, and both places are free.
  expect((await stateOf(app.studio)).otherRoom).toMatchObject({ state: 'ended', error: { code: 'room-link.way-changed' } })
  await until(async () => ((await house.anchor.ok<SeatTableView>('GET', '/api/rooms/West/seats')).entries.length === 0 ? true : null), DEADLINE_MS, 'the place')
  await app.studio.evaluate(() => window.anchor.call('session.end'))
  await sessionBecomes(app.studio, /ended/)
  // The next show is by TRTC again.
  await until(async () => ((await stateOf(app.studio)).trtc.engine === 'trtc' ? true : null), DEADLINE_MS, 'the TRTC engine')
  expect((await line?.hear('way'))?.way).toBe('trtc')
})

it('every native call was legal, and no secret is in the log or in what the studio is told', async () => {
  const happened = house.sdk
    .log()
    .map(({ name, args, event, data }) => (name === undefined ? { event: event ?? '', data: data as Record<string, unknown> } : { name, args: args ?? [] }))
  expect(legalOrder(happened)).toEqual([])
  const userSig = /"userSig":"([^"]+)"/.exec(JSON.stringify(calls('enterRoom')))?.[1] ?? ''
  expect(userSig.length).toBeGreaterThan(50)
  const told = JSON.stringify(await stateOf(app.studio))
  for (const secret of [userSig, RELAY_KEY, SECRET_KEY]) {
    expect(logOf(app.dataDir)).not.toContain(secret)
    expect(told).not.toContain(secret)
  }
})
