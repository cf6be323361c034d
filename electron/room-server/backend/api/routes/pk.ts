import { z } from 'zod'
import { connectionSchema, PK_SECONDS, pkCoinsSchema, pkIdSchema, pkViewSchema, pkWordSchema, type PkView } from '../../../../shared/pk'
import type { Business } from '../../business'
import { nickSchema, roomIdSchema, userIdSchema } from '../fields'
import { callerOf, param, route, type Route } from '../route'

const baseSchema = z
  .string()
  .max(300)
  .transform((text, context) => {
    const origin = originOf(text)
    if (origin !== null) return origin
    context.addIssue({ code: 'custom', message: 'http or https, a host, and nothing after it' })
    return z.NEVER
  })

export function pkRoutes({ pks, connections, rooms }: Business): readonly Route[] {
  const group = 'PK'
  const view = (roomId: string): PkView => pks.view(roomId, connections.standing(roomId))
  const inRoom = (input: { readonly params: Readonly<Record<string, string>> }): string => rooms.get(param(input, 'room')).room_id
  return [
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/connection',
        summary: 'The room of another installation that this one is connected with, and whether it answers.',
        group,
        action: 'pk.run',
        rate: 'read',
        answer: connectionSchema,
      },
      async (input) => connections.view(inRoom(input)),
    ),
    route(
      {
        method: 'put',
        path: '/api/rooms/:room/connection',
        summary:
          'Connect with the room of another installation, with the session that its co-anchor’s link opened there. Answered after the first attempt. Kept in memory: after a restart it is made anew.',
        group,
        action: 'pk.run',
        rate: 'write',
        body: z.strictObject({ base: baseSchema, room: roomIdSchema, token: z.string().regex(/^[\w.~-]{1,2048}$/, 'a session’s token'), nick: nickSchema }),
        answer: connectionSchema,
      },
      async (input) => {
        const roomId = inRoom(input)
        const { base, room, token, nick } = input.body
        await connections.connect(roomId, { base, room, token }, nick)
        return connections.view(roomId)
      },
    ),
    route(
      {
        method: 'delete',
        path: '/api/rooms/:room/connection',
        summary: 'Disconnect. A PK that the other room runs goes on there; its result is not known here.',
        group,
        action: 'pk.run',
        rate: 'write',
        answer: connectionSchema,
      },
      async (input) => {
        const roomId = inRoom(input)
        await connections.disconnect(roomId)
        return connections.view(roomId)
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/pk',
        summary: 'The PK of this room: offered, running or ended, with both sums; and with whom one can be held.',
        group,
        action: 'pk.read',
        rate: 'read',
        answer: pkViewSchema,
      },
      async (input) => view(inRoom(input)),
    ),
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/pk',
        summary: 'Offer a PK to somebody on the air whose own room is connected with this one. They have 30 s to answer.',
        group,
        action: 'pk.run',
        rate: 'write',
        body: z.strictObject({ userId: userIdSchema, seconds: z.number().int().min(PK_SECONDS.min).max(PK_SECONDS.max) }),
        answer: pkViewSchema,
      },
      async (input) => {
        const roomId = inRoom(input)
        await pks.offer(roomId, input.body.userId, input.body.seconds)
        return view(roomId)
      },
    ),
    route(
      {
        method: 'delete',
        path: '/api/rooms/:room/pk',
        summary: 'Take back the own offer, end the own run early (nobody wins), or put a result away.',
        group,
        action: 'pk.run',
        rate: 'write',
        answer: pkViewSchema,
      },
      async (input) => {
        const roomId = inRoom(input)
        await pks.stop(roomId)
        return view(roomId)
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/rooms/:room/pk/answer',
        summary: 'Answer the offer of the room that this one is connected with.',
        group,
        action: 'pk.run',
        rate: 'write',
        body: z.strictObject({ accept: z.boolean() }),
        answer: pkViewSchema,
      },
      async (input) => {
        const roomId = inRoom(input)
        await connections.answer(roomId, input.body.accept)
        return view(roomId)
      },
    ),
    ...otherRoomRoutes({ pks }),
  ]
}

/** What the other room's server asks, with the session of its anchor. */
function otherRoomRoutes({ pks }: Pick<Business, 'pks'>): readonly Route[] {
  const common = { group: 'PK', action: 'pk.other-room', answer: pkWordSchema } as const
  return [
    route(
      {
        ...common,
        method: 'get',
        path: '/api/rooms/:room/pk/other-room',
        summary: 'For the server of a co-anchor’s own room: the PK with it, from its side. Asked once a second, it tells that the room is there.',
        rate: 'read',
      },
      async (input) => pks.word(param(input, 'room'), callerOf(input).userId),
    ),
    route(
      {
        ...common,
        method: 'put',
        path: '/api/rooms/:room/pk/other-room/answer',
        summary: 'For the server of a co-anchor’s own room: its anchor’s answer to the offer.',
        rate: 'write',
        body: z.strictObject({ pkId: pkIdSchema, accept: z.boolean() }),
      },
      async (input) => pks.answer(param(input, 'room'), callerOf(input).userId, input.body.pkId, input.body.accept),
    ),
    route(
      {
        ...common,
        method: 'put',
        path: '/api/rooms/:room/pk/other-room/score',
        summary: 'For the server of a co-anchor’s own room: coins of its paid gift orders in the run so far. `final`: after its end.',
        rate: 'write',
        body: z.strictObject({ pkId: pkIdSchema, coins: pkCoinsSchema, final: z.boolean() }),
      },
      async (input) => pks.score(param(input, 'room'), callerOf(input).userId, input.body),
    ),
  ]
}

/** @returns scheme, host and port; null: it is more than that, or none */
function originOf(text: string): string | null {
  try {
    const { protocol, username, password, pathname, search, hash, origin } = new URL(text)
    const isBare = username === '' && password === '' && pathname === '/' && search === '' && hash === '' && !/[?#@]/.test(text)
    return isBare && (protocol === 'http:' || protocol === 'https:') ? origin : null
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}
