import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RoomSession } from '../../../electron/shared/room-api'
import type { RoomMessageOf } from '../../../electron/shared/room-message'
import type { SeatTableView } from '../../../electron/shared/seats'
import { until } from '../../support/until'
import { ApiClient } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { HOUSES, toldIn, type House } from './support/house'
import { groupOf } from './support/im-view'
import { signedToken } from './support/signed-token'

const SEATS = `/api/rooms/${ROOM}/seats`
const DEADLINE_MS = 20_000

describe.each(HOUSES)('seats with $name', ({ open }) => {
  let house: House
  let anchor: ApiClient
  let bo: ApiClient

  beforeEach(async () => {
    house = await open()
    anchor = await house.anchor()
    bo = await house.guest('Bo')
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
  })
  afterEach(() => house.close())

  const told = (): readonly RoomMessageOf<'seats'>[] =>
    toldIn(house).filter((message) => message['kind'] === 'seats') as unknown as readonly RoomMessageOf<'seats'>[]
  const tells = (wanted: readonly string[]): Promise<RoomMessageOf<'seats'>> =>
    until(
      () => {
        const last = told().at(-1)
        return last !== undefined && JSON.stringify(last.seats.map(({ seat, nick }) => `${seat} ${nick}`)) === JSON.stringify(wanted) ? last : null
      },
      DEADLINE_MS,
      `the seats ${wanted.join()}`,
    )
  const view = (): Promise<SeatTableView> => anchor.ok<SeatTableView>('GET', SEATS)
  async function byLink(nick: string): Promise<{ readonly client: ApiClient; readonly inviteId: string }> {
    const { token, inviteId } = await anchor.ok<{ token: string; inviteId: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'coanchor' })
    const session = await house.nobody().ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, { nick, invite: token })
    return { client: new ApiClient(house.base, session), inviteId }
  }

  it('from the greenroom to the air and back, told to those inside, newcomers and those outside', async () => {
    await anchor.ok('POST', SEATS, { userId: bo.userId })
    expect((await view()).entries).toMatchObject([{ userId: bo.userId, nick: 'Bo', seat: 0, ready: false }])
    expect(told()).toEqual([])
    expect(await anchor.refused('PATCH', `${SEATS}/${bo.userId}`, { onAir: true })).toBe('seat.not-ready')
    await bo.ok('PUT', `${SEATS}/me`, { ready: true })
    await anchor.ok('PATCH', `${SEATS}/${bo.userId}`, { onAir: true, muted: true })
    expect(await tells(['1 Bo'])).toMatchObject({ layout: 'solo', seats: [{ muted: true, spotlight: false }] })
    expect((await bo.snapshot(ROOM)).seats.seats).toMatchObject([{ seat: 1, userId: bo.userId, nick: 'Bo' }])
    await until(
      async () => ((await groupOf(house.rest(), ROOM)).attributes.get('seats')?.includes('"nick":"Bo"') === true ? true : null),
      DEADLINE_MS,
      'the attribute',
    )
    await anchor.ok('PUT', `/api/rooms/${ROOM}/layout`, { layout: 'side-by-side' })
    await until(() => (told().at(-1)?.layout === 'side-by-side' ? true : null), DEADLINE_MS, 'the layout')
    await bo.ok('DELETE', `${SEATS}/me`)
    await tells([])
    expect((await view()).entries).toEqual([])
  })

  it('nobody takes a seat by himself: not a viewer, not one of another room, not who was removed', async () => {
    expect(await bo.refused('PUT', `${SEATS}/me`, { ready: true })).toBe('seat.not-admitted')
    expect(await bo.refused('DELETE', `${SEATS}/me`)).toBe('seat.not-admitted')
    for (const [method, path, body] of [
      ['POST', SEATS, { userId: bo.userId }],
      ['PATCH', `${SEATS}/${bo.userId}`, { onAir: true }],
      ['GET', SEATS, undefined],
    ] as const)
      expect(await bo.refused(method, path, body)).toBe('auth.forbidden')
    expect(await anchor.refused('POST', SEATS, { userId: 'nobody-knows-them' })).toBe('person.not-found')
    await anchor.ok('POST', `/api/rooms/${ROOM}/removals`, { userIds: [bo.userId], scope: 'forever', reason: '' })
    expect(await anchor.refused('POST', SEATS, { userId: bo.userId })).toBe('seat.blocked')
    expect(await bo.refused('PUT', `${SEATS}/me`, { ready: true })).toBe('auth.blocked')
  })

  it('a co-anchor’s link is a way into the greenroom, and its end the way out', async () => {
    const { client: cy, inviteId } = await byLink('Cy')
    await cy.ok('PUT', `${SEATS}/me`, { ready: true })
    expect(await cy.refused('PATCH', `${SEATS}/${cy.userId}`, { onAir: true })).toBe('auth.forbidden')
    await anchor.ok('PATCH', `${SEATS}/${cy.userId}`, { onAir: true })
    await tells(['1 Cy'])
    await anchor.ok('DELETE', `/api/rooms/${ROOM}/invites/${inviteId}`)
    await tells([])
    expect(await cy.refused('PUT', `${SEATS}/me`, { ready: true })).toBe('auth.invalid')
  })

  it('a link that is forged, too old, for another room, of somebody else, or of one who was sent away is refused with its reason', async () => {
    const { token, path } = await anchor.ok<{ token: string; path: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'coanchor' })
    expect(path).toBe(`/guest/?room=${ROOM}#invite=${token}`)
    const sessions = `/api/rooms/${ROOM}/sessions`
    expect(await house.nobody().refused('POST', sessions, { nick: 'Eve', invite: `${token.slice(0, -2)}AA` })).toBe('invite.invalid')
    const claims = { t: 'invite', u: '', r: 'coanchor', m: ROOM, i: 'an-invitation' } as const
    const nowSec = Math.floor(Date.now() / 1_000)
    const old = await signedToken(house.store, { ...claims, e: nowSec - 1 })
    expect(await house.nobody().refused('POST', sessions, { nick: 'Eve', invite: old })).toBe('invite.expired')
    const elsewhere = await signedToken(house.store, { ...claims, e: nowSec + 60, m: 'another-room' })
    expect(await house.nobody().refused('POST', sessions, { nick: 'Eve', invite: elsewhere })).toBe('invite.invalid')
    // A session is no invitation.
    expect(await house.nobody().refused('POST', sessions, { nick: 'Eve', invite: bo.session?.token })).toBe('invite.invalid')
    const cy = new ApiClient(house.base, await house.nobody().ok<RoomSession>('POST', sessions, { nick: 'Cy', invite: token }))
    expect(await house.nobody().refused('POST', sessions, { nick: 'Eve', invite: token })).toBe('invite.used')
    // Whose it is may come in again.
    expect((await cy.ok<RoomSession>('POST', sessions, { nick: 'Cy', invite: token })).userId).toBe(cy.userId)
    await cy.ok('PUT', `${SEATS}/me`, { ready: true })
    await anchor.ok('DELETE', `${SEATS}/${cy.userId}`)
    expect(await cy.refused('POST', sessions, { nick: 'Cy', invite: token })).toBe('invite.ended')
    expect(await cy.refused('PUT', `${SEATS}/me`, { ready: true })).toBe('auth.invalid')
  })

  it('who is removed from the room is off the air at once, and the end of the show takes all off it', async () => {
    const { client: cy } = await byLink('Cy')
    await cy.ok('PUT', `${SEATS}/me`, { ready: true })
    await anchor.ok('POST', SEATS, { userId: bo.userId })
    await bo.ok('PUT', `${SEATS}/me`, { ready: true })
    await anchor.ok('PATCH', `${SEATS}/${cy.userId}`, { onAir: true })
    await anchor.ok('PATCH', `${SEATS}/${bo.userId}`, { onAir: true, seat: 4 })
    await tells(['1 Cy', '4 Bo'])
    await anchor.ok('POST', `/api/rooms/${ROOM}/removals`, { userIds: [bo.userId], scope: 'show', reason: '' })
    await tells(['1 Cy'])
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'ended' })
    await tells([])
    expect((await view()).entries).toMatchObject([{ userId: cy.userId, seat: 0, ready: true }])
  })

  it('are as they were after a restart, and nine do not fit', async () => {
    const guests = await Promise.all(Array.from({ length: 9 }, (_, at) => house.guest(`Guest ${at}`)))
    for (const guest of guests.slice(0, 8)) await anchor.ok('POST', SEATS, { userId: guest.userId })
    expect(await anchor.refused('POST', SEATS, { userId: guests[8]?.userId })).toBe('seat.full')
    const first = guests[0] as ApiClient
    await first.ok('PUT', `${SEATS}/me`, { ready: true })
    await anchor.ok('PATCH', `${SEATS}/${first.userId}`, { onAir: true, seat: 5, volume: 0.5, spotlight: true })
    const before = await view()
    await house.shut()
    await house.open()
    anchor = await house.anchor()
    expect(await view()).toEqual(before)
    await anchor.ok('PATCH', `${SEATS}/${first.userId}`, { onAir: false })
    expect((await view()).rev).toBe(before.rev + 1)
  })
})
