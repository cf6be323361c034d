import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RoomSession } from '../../../electron/shared/room-api'
import { ROLES, type Role } from '../../../electron/shared/room-message'
import { ApiClient } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { HOUSES_WITH_POSTGRES, type House } from './support/house'
import { signedToken } from './support/signed-token'

let house: House

/** By the link as often as it is opened. */
async function linkFor(role: Exclude<Role, 'anchor'>): Promise<() => Promise<ApiClient>> {
  const { token } = await (await house.anchor()).ok<{ token: string }>('POST', `/api/rooms/${ROOM}/invites`, { role })
  return async () => new ApiClient(house.base, await house.nobody().ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, { nick: role, invite: token }))
}

describe.each(HOUSES_WITH_POSTGRES)('a session that is ended, with $name', ({ open }) => {
  beforeAll(async () => {
    house = await open()
  })
  afterAll(() => house.close())

  it.each(ROLES)('of a %s opens nothing more, nor do those that were renewed from it; another of the same person goes on', async (role) => {
    const enter = role === 'anchor' ? () => house.anchor() : role === 'viewer' ? () => house.guest('Di') : await linkFor(role)
    const client = await enter()
    const renewed = new ApiClient(house.base, await client.ok<RoomSession>('POST', '/api/session/renew', {}))
    const other = role === 'coanchor' ? null : await enter()
    await client.ok('GET', '/api/wallet')
    await renewed.ok('DELETE', '/api/session')
    for (const one of [client, renewed]) expect(await one.refused('GET', '/api/wallet')).toBe('auth.invalid')
    expect(await client.refused('POST', '/api/session/renew', {})).toBe('auth.invalid')
    expect(await client.refused('DELETE', '/api/session')).toBe('auth.invalid')
    await other?.ok('GET', '/api/wallet')
  })

  it('stays so when the server begins anew; its link lets in again', async () => {
    const enter = await linkFor('producer')
    const first = await enter()
    // As versions before this one signed it: with no name of its session.
    const unnamed = { t: 'access', u: first.userId, r: 'producer', m: ROOM, e: Math.floor(Date.now() / 1_000) + 600, i: '' } as const
    const old = { ...first.session, token: await signedToken(house.store, unnamed) } as RoomSession
    const ended = [first.session, old]
    for (const one of ended) await new ApiClient(house.base, one).ok('DELETE', '/api/session')
    const { session } = await enter()
    await house.shut()
    await house.open()
    for (const one of ended) expect(await new ApiClient(house.base, one).refused('GET', '/api/wallet')).toBe('auth.invalid')
    await new ApiClient(house.base, session).ok('GET', '/api/wallet')
  })
})
