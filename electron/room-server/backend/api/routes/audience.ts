import { z } from 'zod'
import { broadcastSchema, energySchema, lossReportSchema, MAX_BROADCAST_CHARS, membersSchema } from '../../../../shared/crew-api'
import { historyMessageSchema, snapshotSchema } from '../../../../shared/room-api'
import type { Business } from '../../business'
import { CATALOGUE } from '../../gifts/catalogue'
import { ApiError } from '../api-error'
import { fromGroupText } from '../../rooms/room-text'
import { publicRoom } from '../../rooms/snapshot'
import { callerOf, param, route, type Route } from '../route'

export function audienceRoutes(business: Business): readonly Route[] {
  const { rooms, presence, standings, counters, people, payment, moderation, history, draws, seats, pks, energy, speech, broadcasts, config, clock } = business
  return [
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/snapshot',
        summary: 'All that a page needs to draw the room.',
        group: 'Audience',
        action: 'room.read',
        rate: 'read',
        answer: snapshotSchema,
      },
      async (input) => {
        const roomId = param(input, 'room')
        const { userId, role } = callerOf(input)
        const room = rooms.get(roomId)
        const block = moderation.blocks.find(roomId, userId)
        if (block !== null) throw new ApiError('auth.blocked', { reason: block.reason })
        const { nick, avatar, member } = await people.shown(userId)
        const mute = moderation.mutes.find(roomId, userId)
        return {
          room: publicRoom(room, presence.count(roomId)),
          notice: fromGroupText(room.notice),
          introduction: fromGroupText(room.introduction),
          muteAll: room.mute_all === 1,
          slowModeSec: room.slow_mode_sec,
          likes: counters.likes(roomId),
          popularity: standings.popularity(roomId),
          giftSeq: room.gift_seq,
          gifts: CATALOGUE,
          history: await history.list(roomId),
          draw: draws.current(roomId),
          seats: await seats.announced(roomId),
          pk: pks.announced(roomId),
          anchor: room.owner,
          me: {
            userId,
            role,
            nick,
            avatar,
            member,
            level: await standings.level(roomId, userId),
            coins: await payment.balance(userId),
            follows: await people.follows(roomId, userId),
            mute: mute === null ? null : { scope: mute.scope, until: mute.until, reason: mute.reason },
          },
          callbacks: business.callbackState(),
        }
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/history',
        summary: 'The latest messages, at most 20 of 24 hours, oldest first.',
        group: 'Audience',
        action: 'room.read',
        rate: 'read',
        answer: z.object({ messages: z.array(historyMessageSchema) }),
      },
      async (input) => {
        rooms.get(param(input, 'room'))
        return { messages: await history.list(param(input, 'room')) }
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/members',
        summary: "Who is here, newest first, as many as the edition's list has. `complete` is false where callbacks do not tell.",
        group: 'Audience',
        action: 'member.read',
        rate: 'read',
        answer: membersSchema,
      },
      async (input) => {
        const roomId = param(input, 'room')
        rooms.get(roomId)
        const online = presence.count(roomId)
        const list = presence.list(roomId)
        const followers = await people.followers(
          roomId,
          list.map(({ userId }) => userId),
        )
        const members = await Promise.all(
          list.map(async ({ userId, joinedMs }) => ({
            ...(await standings.person(roomId, userId)),
            joinedAt: Math.floor(joinedMs / 1_000),
            muted: moderation.mutes.find(roomId, userId) !== null,
            follows: followers.has(userId),
            member: (await people.shown(userId)).member,
          })),
        )
        return { online, complete: online === list.length, limit: config.chat.edition.listedMembers, members }
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/energy',
        summary: 'Popularity and viewers of the running show over time. Empty while no show is on.',
        group: 'Audience',
        action: 'energy.read',
        rate: 'read',
        answer: energySchema,
      },
      async (input) => energy.read(rooms.get(param(input, 'room'))),
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/losses',
        summary: 'Messages that the room did not get, by priority. Counted from callbacks; without them it is not known.',
        group: 'Audience',
        action: 'loss.read',
        rate: 'read',
        answer: lossReportSchema,
      },
      async (input) => {
        rooms.get(param(input, 'room'))
        return speech.losses(param(input, 'room')).report(clock.nowMs())
      },
    ),
    route(
      {
        method: 'post',
        path: '/api/broadcast',
        summary: 'A word to all rooms.',
        group: 'Audience',
        action: 'broadcast.send',
        rate: 'write',
        body: z.strictObject({ text: z.string().trim().min(1).max(MAX_BROADCAST_CHARS) }),
        answer: broadcastSchema,
      },
      async (input) => ({ by: await broadcasts.send(input.body.text) }),
    ),
    route(
      {
        method: 'get',
        path: '/api/health',
        summary: 'Whether IM speaks to this server. Without its callbacks there are no likes, levels, filter, joins and losses.',
        group: 'Server',
        action: null,
        rate: 'read',
        answer: z.object({ callbacks: z.enum(['arriving', 'missing', 'unknown']), im: z.enum(['here', 'cloud']), needsCallbacks: z.array(z.string()) }),
      },
      async () => ({
        callbacks: business.callbackState(),
        im: config.chat.wire,
        needsCallbacks: ['likes', 'levels', 'popularity', 'word filter', 'slow mode', 'joins and leaves', 'entry of the blocked', 'draws', 'history', 'losses'],
      }),
    ),
  ]
}
