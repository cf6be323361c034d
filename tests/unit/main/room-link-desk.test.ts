import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RoomLinkDesk } from '../../../electron/main/room-link-desk'
import { SnapshotStore } from '../../../electron/main/snapshot-store'
import type { RoomPlace } from '../../../electron/shared/cloud'
import type { ShowWay } from '../../../electron/shared/room-link'
import type { RoomServerAddresses } from '../../../electron/shared/room-server'
import type { TrtcUser } from '../../../electron/shared/seats'
import type { StageCommand } from '../../../electron/shared/stage'
import { snapshotWith } from '../renderer/studio/snapshot'

const HERE = 'http://127.0.0.1:8360'
const THERE = 'http://10.0.0.7:8360'
const HOUR_MS = 3_600_000
const LOOK_MS = 5_000
const APP = 1_400_000_001
const BY_STAGE: ShowWay = { onAir: true, engine: 'stage', trtc: null }
const EAST: ShowWay = { onAir: true, engine: 'trtc', trtc: { sdkAppId: APP, roomId: 'east', userId: 'eva' } }
const WEST: ShowWay = { onAir: true, engine: 'trtc', trtc: { sdkAppId: APP, roomId: 'west', userId: 'wes' } }

/** `METHOD base path` of what was asked, in order, with the token. */
let asked: { what: string; token: string; body: unknown }[]
/** How the shows go. */
let own: ShowWay
let other: ShowWay
/** Status of questions about the way of the other show, and of introductions. */
let wayStatus: number
let introductionStatus: number
let connected: (TrtcUser | null)[]
/** Status of the next renewals, by base; left out: they are given. */
let renewals: Map<string, number>
/** Status of the next attempts to come in there. */
let comingIn: number[]
let given: number
let commands: StageCommand[]
let store: SnapshotStore
let desk: RoomLinkDesk
/** Where the app is, and as whom. */
let place: RoomPlace
let anchor: string

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
  asked = []
  renewals = new Map()
  given = 0
  comingIn = []
  commands = []
  own = BY_STAGE
  other = BY_STAGE
  wayStatus = 200
  introductionStatus = 200
  connected = []
  place = { http: HERE, wire: 'ws://127.0.0.1:8360', roomId: 'program', watch: `${HERE}/watch/`, local: true }
  anchor = 'anchor'
  vi.stubGlobal('fetch', (url: string, { method, headers, body }: { method: string; headers: Record<string, string>; body?: string }) => {
    const { origin, pathname } = new URL(url)
    asked.push({
      what: `${method} ${origin === HERE ? 'here' : 'there'} ${pathname}`,
      token: (headers['authorization'] ?? '').replace('Bearer ', ''),
      body: body === undefined ? null : (JSON.parse(body) as unknown),
    })
    const isWay = pathname.endsWith('/trtc-room')
    const isIntroduction = pathname.endsWith('/trtc-user')
    const isComingIn = origin === THERE && pathname.endsWith('/sessions')
    const status =
      pathname === '/api/session/renew'
        ? (renewals.get(origin) ?? 200)
        : isComingIn
          ? (comingIn.shift() ?? 200)
          : isWay
            ? wayStatus
            : isIntroduction
              ? introductionStatus
              : 200
    if (status === 0) return Promise.reject(new TypeError('away'))
    if (status !== 200) return Promise.resolve(new Response(JSON.stringify({ code: 'auth.invalid', message: 'no' }), { status }))
    if (isWay || isIntroduction) return Promise.resolve(new Response(JSON.stringify(other), { status: 200 }))
    given += 1
    const token = `${origin === HERE ? 'here' : 'there'}-${given}`
    const answer = { token, userId: 'c_1', expiresAt: Date.now() / 1_000 + 12 * 3_600, title: 'West' }
    return Promise.resolve(new Response(JSON.stringify(answer), { status: 200 }))
  })
  store = new SnapshotStore(snapshotWith(), () => undefined)
  desk = new RoomLinkDesk({
    store,
    place: () => place,
    addresses: () => ({ http: HERE, wire: 'ws://127.0.0.1:8360', shared: null, secureGuest: null }) as RoomServerAddresses,
    session: () => Promise.resolve({ token: anchor } as never),
    name: () => 'East',
    isRehearsal: () => false,
    own: () => own,
    connectTrtc: (to) => connected.push(to),
    commandStage: (command) => commands.push(command),
    log: () => undefined,
  })
})
afterEach(() => {
  desk.close()
  store.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const linked = (): { there: string; here: string } | null => {
  const command = commands.filter((one) => one.type === 'link-room').at(-1)
  return command?.type === 'link-room' && command.link !== null ? { there: command.link.there.token, here: command.link.here.token } : null
}
const count = (what: string): number => asked.filter((one) => one.what === what).length
const link = (): Promise<void> => desk.link(`${THERE}/guest/?room=program#invite=abc.def`)
/** Until all that was asked for is answered. */
const settle = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(0))
const introductions = (): unknown[] => asked.flatMap(({ what, body }) => (what.endsWith('/trtc-user') ? [[what, body]] : []))
const RENEW_THERE = 'POST there /api/session/renew'
const RENEW_HERE = 'POST here /api/session/renew'
const TELL_BACKEND = 'PUT here /api/rooms/program/connection'

describe('a link that is being made', () => {
  it('is not kept where the app goes to another room meanwhile', async () => {
    const made = link()
    made.catch(() => undefined)
    while (asked.length === 0) await Promise.resolve()
    place = { ...place, roomId: 'elsewhere' }
    desk.roomMoved()
    await expect(made).rejects.toMatchObject({ code: 'room.unavailable' })
    expect([linked(), store.current.otherRoom, count(TELL_BACKEND)]).toEqual([null, null, 0])
    expect(count('DELETE there /api/rooms/program/seats/me')).toBe(1)
  })

  it('tells no other server who came by the same invitation', async () => {
    await link()
    await desk.link('http://10.0.0.9:8360/guest/?room=program#invite=abc.def')
    const [first, second] = asked.filter(({ what }) => what === 'POST there /api/rooms/program/sessions')
    expect(second?.token).toBe('')
    expect((second?.body as { claim: string }).claim).not.toBe((first?.body as { claim: string }).claim)
  })
})

describe('a link of two rooms', () => {
  beforeEach(link)

  it('outlives its sessions: both are renewed, and stage and backend are given the new ones', async () => {
    const first = linked()
    expect([count(TELL_BACKEND), count(RENEW_THERE)]).toEqual([1, 0])
    await vi.advanceTimersByTimeAsync(4 * HOUR_MS)
    expect([count(RENEW_THERE), count(RENEW_HERE), count(TELL_BACKEND)]).toEqual([1, 1, 2])
    expect(asked.find(({ what }) => what === RENEW_THERE)?.token).toBe(first?.there)
    const second = linked()
    expect(second?.there).toMatch(/^there-/)
    expect(second?.here).toMatch(/^here-/)
    expect(second).not.toEqual(first)
    await vi.advanceTimersByTimeAsync(20 * HOUR_MS)
    expect([count(RENEW_THERE), count(RENEW_HERE)]).toEqual([6, 6])
    expect(asked.filter(({ what }) => what === RENEW_THERE).at(-1)?.token, 'each with the one before').not.toBe(first?.there)
    expect(store.current.otherRoom).toMatchObject({ isLast: false })
  })

  it.each([0, 503, 429])('is renewed a minute later where that room cannot now (%s)', async (status) => {
    renewals.set(THERE, status)
    await vi.advanceTimersByTimeAsync(4 * HOUR_MS)
    renewals.clear()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(count(RENEW_THERE)).toBe(2)
    expect(store.current.otherRoom).toMatchObject({ isLast: false })
  })

  it.each([
    [THERE, RENEW_THERE],
    [HERE, RENEW_HERE],
  ])('says so when %s renews it no more, and goes on while it holds', async (base, renew) => {
    renewals.set(base, 401)
    await vi.advanceTimersByTimeAsync(24 * HOUR_MS)
    expect(count(renew)).toBe(1)
    expect(store.current.otherRoom).toMatchObject({ isLast: true, state: 'connecting' })
    expect(linked()).not.toBeNull()
  })

  it('renews nothing after its end', async () => {
    await desk.unlink()
    const before = asked.length
    await vi.advanceTimersByTimeAsync(24 * HOUR_MS)
    expect(asked).toHaveLength(before)
    expect([linked(), store.current.otherRoom]).toEqual([null, null])
  })

  it('is ended in its own room when the app is in another, with the session of its own room', async () => {
    place = { ...place, http: 'https://rooms.example.com', roomId: 'friday', local: false }
    anchor = 'of another room'
    desk.roomMoved()
    await desk.settled
    expect(asked.filter(({ what }) => what.endsWith('/connection')).map(({ what, token }) => [what, token])).toEqual([
      [TELL_BACKEND, 'anchor'],
      ['DELETE here /api/rooms/program/connection', 'anchor'],
    ])
    expect(asked.map(({ token }) => token)).not.toContain('of another room')
  })

  it('tells its backend again when that was away', async () => {
    desk.roomMoved()
    await vi.advanceTimersByTimeAsync(0)
    expect(count(TELL_BACKEND)).toBe(2)
    expect(linked()).not.toBeNull()
  })
})

describe('a link over TRTC', () => {
  beforeEach(() => {
    own = EAST
    other = WEST
  })

  it('has places in both rooms and no call; each server is told as whom the other anchor comes, and this side connects', async () => {
    await link()
    const command = commands.filter((one) => one.type === 'link-room').at(-1)
    expect(command).toMatchObject({ link: { media: 'trtc', userId: 'c_1' } })
    expect(introductions()).toEqual([
      ['PUT there /api/rooms/program/seats/me/trtc-user', EAST.trtc],
      ['PUT here /api/rooms/program/seats/me/trtc-user', WEST.trtc],
    ])
    expect(connected).toEqual([{ roomId: 'west', userId: 'wes' }])
    expect(count(TELL_BACKEND), 'a PK goes by the backends as ever').toBe(1)
    expect(store.current.otherRoom).toMatchObject({ state: 'connecting', error: null })
    // Its own word is of the places alone.
    desk.reported('connecting')
    const readiness = (): unknown[] => asked.flatMap(({ what, body }) => (what.startsWith('PUT') && what.endsWith('/seats/me') ? [body] : []))
    await desk.sayReady()
    expect(readiness(), 'nobody is put on the air before he is seen').toEqual([{ ready: false }, { ready: false }])
    desk.connectionIs({ state: 'connected', error: null })
    await settle()
    expect(readiness().slice(2)).toEqual([{ ready: true }, { ready: true }])
    desk.reported('connecting')
    expect(store.current.otherRoom).toMatchObject({ state: 'connected', error: null })
    // A server that was started anew has forgotten it.
    await vi.advanceTimersByTimeAsync(LOOK_MS)
    expect(introductions()).toHaveLength(4)
  })

  it('says what the SDK has met, and ends where that is for good', async () => {
    await link()
    desk.connectionIs({ state: 'failed', error: { code: 'trtc.other-anchor-absent', context: { code: -102_046 } } })
    await settle()
    expect(store.current.otherRoom).toMatchObject({ state: 'connecting', error: { code: 'trtc.other-anchor-absent' } })
    desk.connectionIs({ state: 'lost', error: { code: 'trtc.other-anchor-absent', context: { code: 0 } } })
    await settle()
    expect(store.current.otherRoom).toMatchObject({ state: 'lost' })
    desk.connectionIs({ state: 'failed', error: { code: 'trtc.rooms-full', context: { code: -102_032 } } })
    await settle()
    expect(store.current.otherRoom).toMatchObject({ state: 'ended', error: { code: 'trtc.rooms-full' } })
    expect([linked(), connected.at(-1)]).toEqual([null, null])
    expect([count('DELETE here /api/rooms/program/seats/me'), count('DELETE there /api/rooms/program/seats/me')]).toEqual([1, 1])
    await desk.unlink()
    expect(store.current.otherRoom).toBeNull()
  })

  it.each<[string, string, () => void]>([
    ['the own show is over', 'room-link.own-off-air', () => (own = { ...EAST, onAir: false, trtc: null })],
    ['the own show fails over to RTMP', 'room-link.way-changed', () => (own = { ...EAST, engine: 'stage', trtc: null })],
  ])('ends when %s', async (_what, code, change) => {
    await link()
    desk.ownChanged()
    await settle()
    expect(linked()).not.toBeNull()
    change()
    desk.ownChanged()
    await settle()
    expect(store.current.otherRoom).toMatchObject({ state: 'ended', error: { code } })
    expect([linked(), connected.at(-1)]).toEqual([null, null])
    // What the stage and the rooms say of it later is no other cause.
    desk.reported('left')
    expect(store.current.otherRoom).toMatchObject({ state: 'ended' })
    const before = asked.length
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(asked).toHaveLength(before)
  })

  it.each<[string, string, ShowWay]>([
    ['is over', 'room-link.other-off-air', { ...WEST, onAir: false }],
    ['fails over to RTMP', 'room-link.other-by-rtmp', { ...WEST, engine: 'stage' }],
  ])('ends when the other show %s: within seconds, or as soon as its anchor is missed', async (_what, code, change) => {
    await link()
    other = change
    await vi.advanceTimersByTimeAsync(LOOK_MS)
    expect(store.current.otherRoom).toMatchObject({ state: 'ended', error: { code } })
    other = WEST
    await link()
    other = change
    desk.connectionIs({ state: 'lost', error: { code: 'trtc.other-anchor-absent', context: { code: 0 } } })
    await settle()
    expect(store.current.otherRoom).toMatchObject({ state: 'ended', error: { code } })
  })

  it('does not come about where a room does not take the other anchor’s TRTC user', async () => {
    introductionStatus = 409
    await expect(link()).rejects.toMatchObject({ code: 'room-link.refused' })
    expect([linked(), connected.at(-1), store.current.otherRoom]).toEqual([null, null, null])
    expect(count('DELETE there /api/rooms/program/seats/me')).toBe(1)
  })

  it('outlives another room server that does not answer for a while', async () => {
    await link()
    wayStatus = 503
    await vi.advanceTimersByTimeAsync(10 * LOOK_MS)
    expect(linked()).not.toBeNull()
    other = { ...WEST, onAir: false }
    wayStatus = 200
    await vi.advanceTimersByTimeAsync(LOOK_MS)
    expect(linked()).toBeNull()
  })
})

describe('two shows that go different ways', () => {
  it.each<[string, ShowWay, ShowWay, string]>([
    ['by RTMP here, by TRTC there', BY_STAGE, WEST, 'room-link.other-by-trtc'],
    ['by TRTC here, by RTMP there', EAST, BY_STAGE, 'room-link.other-by-rtmp'],
    ['by TRTC here, and not on', { ...EAST, onAir: false, trtc: null }, WEST, 'room-link.own-off-air'],
    ['by TRTC here, nothing there', EAST, { ...WEST, onAir: false }, 'room-link.other-off-air'],
    ['by TRTC in two applications', EAST, { ...WEST, trtc: { sdkAppId: 5, roomId: 'west', userId: 'wes' } }, 'room-link.other-app'],
    ['by TRTC in one room', EAST, { ...WEST, trtc: { sdkAppId: APP, roomId: 'east', userId: 'wes' } }, 'room-link.same-trtc-room'],
  ])('%s are not connected, and nobody takes a place', async (_what, here, there, code) => {
    own = here
    other = there
    await expect(link()).rejects.toMatchObject({ code })
    expect([linked(), connected.filter((to) => to !== null), store.current.otherRoom]).toEqual([null, [], null])
    expect(asked.filter(({ what }) => what.includes('/seats/') || what.includes('/invites'))).toEqual([])
  })

  it('are connected by the same link when what stood in the way is gone: it lets in who came by it before', async () => {
    own = EAST
    other = { ...WEST, onAir: false }
    await expect(link()).rejects.toMatchObject({ code: 'room-link.other-off-air' })
    other = WEST
    await link()
    const visits = asked.filter(({ what }) => what === 'POST there /api/rooms/program/sessions')
    expect(visits.map(({ token }) => token)).toEqual(['', expect.stringMatching(/^there-/)])
    expect(linked()).not.toBeNull()
  })

  it('are connected by the same link when the answer to it was lost: it is claimed by the same word', async () => {
    comingIn = [0]
    await expect(link()).rejects.toMatchObject({ code: 'room-link.unreachable' })
    await link()
    const claims = asked.filter(({ what }) => what === 'POST there /api/rooms/program/sessions').map(({ body }) => (body as { claim: string }).claim)
    expect(claims).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), claims[0]])
  })

  it('are connected by the stages where neither goes by TRTC, be the other room server an older one', async () => {
    wayStatus = 404
    await link()
    expect(commands.filter((one) => one.type === 'link-room').at(-1)).toMatchObject({ link: { media: 'stage' } })
    expect([introductions(), connected]).toEqual([[], []])
  })

  it('a connection of the stages ends when one of them goes by TRTC', async () => {
    await link()
    other = WEST
    await vi.advanceTimersByTimeAsync(LOOK_MS)
    expect(store.current.otherRoom).toMatchObject({ state: 'ended', error: { code: 'room-link.other-by-trtc' } })
    other = BY_STAGE
    await link()
    own = { ...EAST, onAir: false, trtc: null }
    desk.ownChanged()
    await settle()
    expect(store.current.otherRoom).toMatchObject({ state: 'ended', error: { code: 'room-link.own-off-air' } })
  })
})
