import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RoomSession } from '../../../electron/shared/room-api'
import type { ShowWay } from '../../../electron/shared/room-link'
import { seatDesk } from '../../../electron/room-server/seat-desk'
import type { SeatTableView } from '../../../electron/shared/seats'
import { ApiClient } from './support/api-client'
import { APP, CloudBackend, ROOM } from './support/cloud-backend'
import { EmbeddedBackend } from './support/embedded-backend'

const SEATS = `/api/rooms/${ROOM}/seats`
const WAY = `/api/rooms/${ROOM}/trtc-room`
const ME = `${SEATS}/me/trtc-user`
const WES = { sdkAppId: APP.sdkAppId, roomId: 'west', userId: 'u_wes' }

let house: CloudBackend
let anchor: ApiClient
let wes: ApiClient

/** Somebody who came by a co-anchor's link. */
async function byLink(nick: string): Promise<ApiClient> {
  const { token } = await anchor.ok<{ token: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'coanchor' })
  return new ApiClient(house.base, await house.nobody().ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, { nick, invite: token }))
}
const entry = async (userId = wes.userId): Promise<SeatTableView['entries'][number] | undefined> =>
  (await anchor.ok<SeatTableView>('GET', SEATS)).entries.find((one) => one.userId === userId)

beforeAll(async () => {
  house = await CloudBackend.start()
  anchor = await house.anchor()
})
afterAll(() => house.close())
beforeEach(async () => {
  for (const { userId } of (await anchor.ok<SeatTableView>('GET', SEATS)).entries) await anchor.ok('DELETE', `${SEATS}/${userId}`)
  wes = await byLink('Wes')
})

describe('which way a show goes', () => {
  it('is told to whoever came by a co-anchor’s link, with its TRTC room, and outlives the server', async () => {
    const trtc = { sdkAppId: APP.sdkAppId, roomId: ROOM, userId: anchor.userId }
    const way = (): Promise<ShowWay> => wes.ok<ShowWay>('GET', WAY)
    expect(await way()).toEqual({ onAir: false, engine: 'stage', trtc })
    await anchor.ok('PUT', `/api/rooms/${ROOM}/show`, { state: 'live', engine: 'trtc' })
    expect(await way()).toEqual({ onAir: true, engine: 'trtc', trtc })
    await house.shut()
    await house.open()
    anchor = new ApiClient(house.base, anchor.session)
    wes = new ApiClient(house.base, wes.session)
    expect(await way()).toEqual({ onAir: true, engine: 'trtc', trtc })
    // In the running show it leaves TRTC.
    await anchor.ok('PUT', `/api/rooms/${ROOM}/show`, { state: 'live' })
    expect(await way()).toMatchObject({ onAir: true, engine: 'stage' })
    await anchor.ok('PUT', `/api/rooms/${ROOM}/show`, { state: 'over' })
    expect(await way()).toMatchObject({ onAir: false })
    expect(await anchor.refused('PUT', `/api/rooms/${ROOM}/show`, { state: 'live', engine: 'pigeon' })).toBe('request.invalid')
    expect(await (await house.guest('Bo')).refused('GET', WAY)).toBe('auth.forbidden')
  })

  it('has no TRTC room where the chat is not Tencent’s cloud’s', async () => {
    const own = await EmbeddedBackend.start()
    try {
      const { token } = await (await own.anchor()).ok<{ token: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'coanchor' })
      const guest = new ApiClient(own.base, await own.nobody().ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, { nick: 'Wes', invite: token }))
      expect(await guest.ok('GET', WAY)).toEqual({ onAir: false, engine: 'stage', trtc: null })
      expect(await guest.refused('PUT', ME, WES)).toBe('trtc.no-cloud-room')
    } finally {
      await own.close()
    }
  })
})

describe('the anchor of another TRTC room', () => {
  it('has his place as the user of that room, for the crew to see, as long as he has it', async () => {
    expect(await wes.refused('PUT', ME, WES)).toBe('seat.not-admitted')
    await wes.ok('PUT', `${SEATS}/me`, { ready: true })
    const told: string[] = []
    const stop = house.business.seats.onChange((roomId) => told.push(roomId))
    expect(await wes.ok<ShowWay>('PUT', ME, WES)).toMatchObject({ engine: 'stage' })
    expect(await entry()).toMatchObject({ seat: 0, trtc: { roomId: 'west', userId: 'u_wes' } })
    // What is said again is no news.
    await wes.ok('PUT', ME, WES)
    expect(told).toEqual([ROOM])
    stop()
    await anchor.ok('PATCH', `${SEATS}/${wes.userId}`, { onAir: true })
    expect(await entry()).toMatchObject({ seat: 1, trtc: { userId: 'u_wes' } })
    // The pages of the other co-anchors are told to hear that user.
    expect(seatDesk(house.business).trtcUserId(ROOM, wes.userId)).toBe('u_wes')
    expect(JSON.stringify(await (await house.guest('Bo')).snapshot(ROOM))).not.toContain('u_wes')
    await wes.ok('DELETE', `${SEATS}/me`)
    expect(seatDesk(house.business).trtcUserId(ROOM, wes.userId)).toBe(wes.userId)
    await wes.ok('PUT', `${SEATS}/me`, { ready: true })
    expect(await entry()).not.toHaveProperty('trtc')
  })

  it('is nobody else: not of another application, not of this room, not who another one is', async () => {
    const eve = await byLink('Eve')
    for (const one of [wes, eve]) await one.ok('PUT', `${SEATS}/me`, { ready: true })
    expect(await wes.refused('PUT', ME, { ...WES, sdkAppId: 5 })).toBe('trtc.other-app')
    expect(await wes.refused('PUT', ME, { ...WES, roomId: ROOM })).toBe('trtc.user-taken')
    expect(await wes.refused('PUT', ME, { ...WES, userId: anchor.userId })).toBe('trtc.user-taken')
    expect(await wes.refused('PUT', ME, { ...WES, userId: eve.userId })).toBe('trtc.user-taken')
    expect(await wes.refused('PUT', ME, { ...WES, userId: 'x'.repeat(33) })).toBe('request.invalid')
    await wes.ok('PUT', ME, WES)
    expect(await eve.refused('PUT', ME, WES)).toBe('trtc.user-taken')
    expect(await entry(eve.userId)).not.toHaveProperty('trtc')
  })
})
