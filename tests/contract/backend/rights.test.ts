import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RoomSession } from '../../../electron/shared/room-api'
import { ROLES, type Role } from '../../../electron/shared/room-message'
import { ApiClient } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { HOUSES, type House } from './support/house'
import { nickOf } from './support/im-view'

/** Who may do what, said here once more: a slip in the backend's own table is seen, and so is an endpoint that nobody thought of here. */
const MAY: readonly { readonly who: readonly Role[] | 'everybody'; readonly what: readonly string[] }[] = [
  {
    who: 'everybody',
    what: ['GET /api/gifts', 'GET /api/health', 'GET /api/rooms', 'GET /api/rooms/{room}/status', 'POST /api/rooms/{room}/sessions'],
  },
  {
    who: ROLES,
    what: [
      'POST /api/session/renew',
      'DELETE /api/session',
      'PUT /api/session/profile',
      'PUT /api/rooms/{room}/follow',
      'GET /api/rooms/{room}/snapshot',
      'GET /api/rooms/{room}/history',
      'POST /api/rooms/{room}/gifts',
      'GET /api/rooms/{room}/gifts',
      'GET /api/rooms/{room}/gift-totals',
      'GET /api/wallet',
      'GET /api/rooms/{room}/draws',
      'GET /api/rooms/{room}/draws/{draw}',
      'GET /api/rooms/{room}/draws/{draw}/proof',
      'PUT /api/rooms/{room}/seats/me',
      'DELETE /api/rooms/{room}/seats/me',
      'POST /api/rooms/{room}/trtc-ticket',
    ],
  },
  {
    who: ['anchor', 'producer', 'coanchor'],
    what: [
      'GET /api/rooms/{room}/members',
      'GET /api/rooms/{room}/energy',
      'GET /api/rooms/{room}/losses',
      'GET /api/rooms/{room}/shows/{show}',
      'GET /api/rooms/{room}/seats',
      'GET /api/rooms/{room}/pk',
      'GET /api/rooms/{room}/cloud-tasks',
    ],
  },
  {
    who: ['anchor', 'producer'],
    what: [
      'PUT /api/rooms/{room}/status',
      'PATCH /api/rooms/{room}',
      'PUT /api/rooms/{room}/notice',
      'GET /api/rooms/{room}/notice/history',
      'PUT /api/rooms/{room}/introduction',
      'GET /api/rooms/{room}/introduction/history',
      'GET /api/rooms/{room}/quick-notices',
      'POST /api/rooms/{room}/quick-notices',
      'DELETE /api/rooms/{room}/quick-notices/{id}',
      'PUT /api/rooms/{room}/mutes/{user}',
      'DELETE /api/rooms/{room}/mutes/{user}',
      'PUT /api/rooms/{room}/mute-all',
      'PUT /api/rooms/{room}/slow-mode',
      'POST /api/rooms/{room}/removals',
      'DELETE /api/rooms/{room}/blocks/{user}',
      'GET /api/rooms/{room}/penalties',
      'GET /api/rooms/{room}/people/{user}',
      'DELETE /api/rooms/{room}/messages/{seq}',
      'GET /api/rooms/{room}/audit',
      'POST /api/rooms/{room}/audit/{entry}/undo',
      'GET /api/rooms/{room}/gift-orders',
      'PUT /api/rooms/{room}/gift-thanks',
      'POST /api/rooms/{room}/draws',
      'POST /api/rooms/{room}/draws/{draw}/finish',
      'DELETE /api/rooms/{room}/draws/{draw}',
      'POST /api/rooms/{room}/seats',
      'PATCH /api/rooms/{room}/seats/{user}',
      'DELETE /api/rooms/{room}/seats/{user}',
      'PUT /api/rooms/{room}/layout',
      'POST /api/rooms/{room}/cloud-recording',
      'DELETE /api/rooms/{room}/cloud-recording',
      'POST /api/rooms/{room}/cloud-relay',
      'DELETE /api/rooms/{room}/cloud-relay',
    ],
  },
  {
    who: ['anchor'],
    what: [
      'POST /api/rooms',
      'POST /api/rooms/{room}/invites',
      'POST /api/anchor-links',
      'POST /api/rooms/{room}/push-url',
      'PUT /api/rooms/{room}/show',
      'DELETE /api/rooms/{room}/invites/{invite}',
      'PUT /api/people/{user}/membership',
      'POST /api/people/{user}/wallet',
      'POST /api/rooms/{room}/gifts/{order}/refund',
      'POST /api/broadcast',
      'GET /api/words',
      'PUT /api/words',
      'POST /api/words/test',
      'GET /api/rooms/{room}/connection',
      'PUT /api/rooms/{room}/connection',
      'DELETE /api/rooms/{room}/connection',
      'POST /api/rooms/{room}/pk',
      'DELETE /api/rooms/{room}/pk',
      'PUT /api/rooms/{room}/pk/answer',
    ],
  },
  {
    who: ['coanchor'],
    what: [
      'GET /api/rooms/{room}/pk/other-room',
      'PUT /api/rooms/{room}/pk/other-room/answer',
      'PUT /api/rooms/{room}/pk/other-room/score',
      'GET /api/rooms/{room}/trtc-room',
      'PUT /api/rooms/{room}/seats/me/trtc-user',
    ],
  },
]

/** Whoever asked it is nobody from then on: `ended-session.test.ts`. */
const isLast = ({ method, path }: Operation): boolean => method === 'DELETE' && path === '/api/session'

let house: House
let people: Record<Role, ApiClient>
let stranger: ApiClient

interface Operation {
  readonly method: string
  readonly path: string
}
/** Every endpoint, from the server's own description. */
async function operations(): Promise<Operation[]> {
  const { paths } = await house.nobody().ok<{ paths: Record<string, Record<string, unknown>> }>('GET', '/openapi.json')
  return Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })))
}
const whoMay = ({ method, path }: Operation): readonly Role[] | 'everybody' => {
  const who = MAY.find(({ what }) => what.includes(`${method} ${path}`))?.who
  if (who === undefined) throw new Error(`nobody has thought of who may ${method} ${path}`)
  return who
}
const REFUSED = ['auth.missing', 'auth.forbidden']
/** With a body that no endpoint takes: who may is told so, who may not is sent away before. */
async function codeOf(client: ApiClient, { method, path }: Operation, room = ROOM): Promise<string> {
  const address = path.replace('{room}', room).replace(/\{\w+\}/g, 'nothing')
  const { body } = await client.ask<{ code?: string }>(method, address, method === 'GET' || method === 'DELETE' ? undefined : { 'no such field': 1 })
  return body.code ?? 'done'
}

describe.each(HOUSES)('with $name', ({ open }) => {
  beforeAll(async () => {
    house = await open()
    const anchor = await house.anchor()
    await anchor.ok('POST', '/api/rooms', { roomId: 'second', title: 'Second' })
    const invited = async (role: Role): Promise<ApiClient> => {
      const { token } = await anchor.ok<{ token: string }>('POST', `/api/rooms/${ROOM}/invites`, { role })
      return new ApiClient(house.base, await house.nobody().ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, { nick: role, invite: token }))
    }
    people = { anchor, producer: await invited('producer'), coanchor: await invited('coanchor'), viewer: await house.guest('Bo') }
    stranger = await house.guest('Eve', 'second')
  })
  afterAll(() => house.close())

  describe('rights', () => {
    it('are thought of for every endpoint there is, and no other', async () => {
      const there = (await operations()).map(({ method, path }) => `${method} ${path}`)
      expect(there.sort()).toEqual(MAY.flatMap(({ what }) => what).sort())
    })

    it.each(ROLES)('hold for a %s at every endpoint', async (role) => {
      for (const operation of await operations()) {
        const who = whoMay(operation)
        if (who === 'everybody' || isLast(operation)) continue
        const code = await codeOf(people[role], operation)
        expect(REFUSED.includes(code), `${role} ${operation.method} ${operation.path}: ${code}`).toBe(!who.includes(role))
      }
    })

    it('are nobody’s without a session, or with one of another room', async () => {
      for (const operation of await operations()) {
        if (whoMay(operation) === 'everybody') continue
        expect(await codeOf(house.nobody(), operation), operation.path).toBe('auth.missing')
        if (operation.path.includes('{room}')) expect(await codeOf(stranger, operation), operation.path).toBe('auth.forbidden')
      }
    })

    it('do not reach those of the same or higher rank', async () => {
      const mute = (who: ApiClient, whom: string): Promise<string> => who.refused('PUT', `/api/rooms/${ROOM}/mutes/${whom}`, { scope: 'forever' })
      expect(await mute(people.producer, people.anchor.userId)).toBe('moderation.protected')
      expect(await mute(people.producer, people.producer.userId)).toBe('moderation.protected')
      await people.producer.ok('PUT', `/api/rooms/${ROOM}/mutes/${people.coanchor.userId}`, { scope: 'forever' })
      await people.producer.ok('DELETE', `/api/rooms/${ROOM}/mutes/${people.coanchor.userId}`)
    })
  })

  describe('invitations', () => {
    it('are for their room and role, and end', async () => {
      const { token, inviteId } = await people.anchor.ok<{ token: string; inviteId: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'producer' })
      expect(await house.nobody().refused('POST', '/api/rooms/second/sessions', { nick: 'X', invite: token })).toBe('invite.invalid')
      for (const broken of [`${token}x`, token.slice(1), '', 'a.b', token.replace('.', '')])
        expect(await house.nobody().refused('POST', `/api/rooms/${ROOM}/sessions`, { nick: 'X', invite: broken }), broken).toBe('invite.invalid')
      expect(await people.anchor.refused('POST', `/api/rooms/${ROOM}/invites`, { role: 'anchor' })).toBe('request.invalid')
      const guest = new ApiClient(house.base, await house.nobody().ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, { nick: 'X', invite: token }))
      await guest.snapshot(ROOM)
      await people.anchor.ok('DELETE', `/api/rooms/${ROOM}/invites/${inviteId}`)
      expect(await guest.refused('GET', `/api/rooms/${ROOM}/snapshot`)).toBe('auth.invalid')
      // Nothing is left of the role: a producer may moderate who was one.
      await people.producer.ok('PUT', `/api/rooms/${ROOM}/mutes/${guest.userId}`, { scope: 'show' })
      expect(await house.nobody().refused('POST', `/api/rooms/${ROOM}/sessions`, { nick: 'X', invite: token })).toBe('invite.ended')
    })

    it('are not session tokens, nor the other way round', async () => {
      const { token } = await people.anchor.ok<{ token: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'producer' })
      expect((await house.nobody().ask('GET', '/api/wallet', undefined, { authorization: `Bearer ${token}` })).body['code']).toBe('auth.invalid')
      expect(await house.nobody().refused('POST', `/api/rooms/${ROOM}/sessions`, { nick: 'X', invite: people.viewer.session?.token })).toBe('invite.invalid')
    })
  })

  describe('a session', () => {
    it('keeps its person over visits, and gives a UserSig that IM takes', async () => {
      const again = await people.viewer.ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, { nick: 'Bo the second' })
      expect(again).toMatchObject({ userId: people.viewer.userId, nick: 'Bo the second', role: 'viewer', sdkAppId: house.sdkAppId, wire: house.wire })
      expect(await nickOf(house.rest(), again.userId)).toBe('Bo the second')
      expect(await house.join(new ApiClient(house.base, again))).toBe(0)
      expect((await people.viewer.ok<RoomSession>('POST', '/api/session/renew', {})).userId).toBe(people.viewer.userId)
    })

    it.each(['<script>alert(1)</script>', '"><img src=x onerror=1>', '\u202eevil', "Robert'); DROP TABLE person;--"])(
      'takes %j for a name as text',
      async (nick) => {
        expect((await (await house.guest(nick)).snapshot(ROOM)).me.nick).toBe(nick)
      },
    )

    it.each(['', '   ', '\n', 'x'.repeat(61), '文'.repeat(21)])('refuses %j for a name', async (nick) => {
      expect(await house.nobody().refused('POST', `/api/rooms/${ROOM}/sessions`, { nick })).toBe('request.invalid')
    })
  })
})
