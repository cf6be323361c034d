import { z } from 'zod'
import { ANCHOR_LINK_PATH } from '../../../../shared/cloud'
import { inviteSchema } from '../../../../shared/crew-api'
import { ROLES } from '../../../../shared/room-message'
import { claimSchema, sessionSchema } from '../../../../shared/room-api'
import { ApiError } from '../api-error'
import type { Business } from '../../business'
import { LIMITS } from '../../config'
import type { OpenSession } from '../../identity/sessions'
import { avatarSchema, emptySchema, nickSchema, roomIdSchema, titleSchema, userIdSchema } from '../fields'
import { callerOf, param, route, type RequestFacts, type Route } from '../route'

const inviteSecondsSchema = z
  .number()
  .int()
  .min(60)
  .max(LIMITS.inviteMaxSec)
  .default(24 * 3_600)
const profileSchema = z.strictObject({ nick: nickSchema, avatar: avatarSchema.default('') })

export function sessionRoutes({ sessions, people, rooms, moderation, filter, seats, config }: Business): readonly Route[] {
  const withWire = (session: OpenSession, request: RequestFacts): z.input<typeof sessionSchema> => ({
    ...session,
    // The page's own origin: whoever reached this server by a name reaches its chat by the same.
    wire: config.chat.wire === 'here' ? `${request.secure ? 'wss' : 'ws'}://${request.host}` : null,
  })
  const checkedNick = (nick: string): void => {
    if (filter.hits(nick)) throw new ApiError('text.refused')
  }
  return [
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/sessions',
        summary:
          'Come in: as a guest with a nickname, or with the token of an invitation. A token of an earlier visit in the header keeps the user id; so does, with an invitation, a claim: random text that its sender keeps to himself, made before the first attempt.',
        group: 'Sessions',
        action: null,
        rate: 'session',
        body: profileSchema.extend({ invite: z.string().max(1_024).optional(), claim: claimSchema.optional() }),
        answer: sessionSchema,
      },
      async ({ caller, params, body, request }) => {
        const roomId = param({ params }, 'room')
        rooms.get(roomId)
        const refuseBlocked = (userId: string): void => {
          const block = moderation.blocks.find(roomId, userId)
          if (block !== null) throw new ApiError('auth.blocked', { reason: block.reason })
        }
        if (caller !== null) refuseBlocked(caller.userId)
        checkedNick(body.nick)
        const profile = { nick: body.nick, avatar: body.avatar }
        const { invite, claim } = body
        const session =
          invite === undefined
            ? await sessions.guest(roomId, profile, caller)
            : await sessions.byInvite(roomId, { invite, claim }, profile, caller, refuseBlocked)
        return withWire(session, request)
      },
    ),
    route(
      {
        method: 'post',
        path: '/api/session/renew',
        summary: 'A new token and UserSig for the same person, before the old ones end.',
        group: 'Sessions',
        action: 'room.read',
        rate: 'session',
        body: emptySchema,
        answer: sessionSchema,
      },
      async (input) => withWire(await sessions.renew(callerOf(input)), input.request),
    ),
    route(
      {
        method: 'delete',
        path: '/api/session',
        summary: 'End this session before its time: its token, and every one that it was renewed from or to. The person and the invitation stay.',
        group: 'Sessions',
        action: 'session.end',
        rate: 'session',
        answer: emptySchema,
      },
      async (input) => {
        await sessions.end(callerOf(input))
        return {}
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/session/profile',
        summary: 'Change the own nickname and picture.',
        group: 'Sessions',
        action: 'profile.edit',
        rate: 'write',
        body: profileSchema,
        answer: z.object({ userId: z.string(), nick: z.string(), avatar: z.string() }),
      },
      async (input) => {
        checkedNick(input.body.nick)
        return people.write(callerOf(input).userId, input.body)
      },
    ),
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/invites',
        summary: 'A signed link for a producer or co-anchor that ends by itself.',
        group: 'Sessions',
        action: 'invite.make',
        rate: 'write',
        body: z.strictObject({
          role: z.enum(ROLES).exclude(['anchor']),
          seconds: inviteSecondsSchema,
        }),
        answer: inviteSchema,
      },
      async (input) => {
        const roomId = param(input, 'room')
        rooms.get(roomId)
        const invite = await sessions.invite(roomId, input.body.role, input.body.seconds, callerOf(input).userId)
        // After the sign: what stands there is not sent to any server by a browser.
        return { ...invite, path: `/${invite.role === 'coanchor' ? 'guest' : 'watch'}/?room=${roomId}#invite=${invite.token}` }
      },
    ),
    route(
      {
        method: 'post',
        path: '/api/anchor-links',
        summary:
          'A signed link by which an anchor’s app signs in to one room of this server, as that room’s owner. A room that is not there yet is made. Whoever has the link is the anchor: its sessions end with it (DELETE …/invites/:invite).',
        group: 'Sessions',
        action: 'anchor.invite',
        rate: 'write',
        body: z.strictObject({ roomId: roomIdSchema, title: titleSchema.optional(), seconds: inviteSecondsSchema }),
        answer: inviteSchema,
      },
      async (input) => {
        const { roomId, title, seconds } = input.body
        if (rooms.find(roomId) === null) await rooms.create({ roomId, title: title ?? roomId, cover: '', startsAt: 0, owner: people.newUserId('a') })
        const invite = await sessions.invite(roomId, 'anchor', seconds, callerOf(input).userId, rooms.get(roomId).owner)
        return { ...invite, path: `${ANCHOR_LINK_PATH}?room=${roomId}#invite=${invite.token}` }
      },
    ),
    route(
      {
        method: 'delete',
        path: '/api/rooms/:room/invites/:invite',
        summary: 'End an invitation, and every session that came by it.',
        group: 'Sessions',
        action: 'invite.make',
        rate: 'write',
        answer: emptySchema,
      },
      async (input) => {
        const roomId = param(input, 'room')
        await sessions.revoke(roomId, param(input, 'invite'), (userIds) => seats.dropGuests(roomId, userIds))
        return {}
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/people/:user/membership',
        summary: 'Give or take the membership that counts for levels.',
        group: 'Sessions',
        action: 'membership.grant',
        rate: 'write',
        body: z.strictObject({ member: z.boolean() }),
        answer: emptySchema,
      },
      async (input) => {
        await people.setMember(userIdSchema.parse(param(input, 'user')), input.body.member)
        return {}
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/rooms/:room/follow',
        summary: 'Follow the room or not.',
        group: 'Sessions',
        action: 'follow.change',
        rate: 'write',
        body: z.strictObject({ follow: z.boolean() }),
        answer: emptySchema,
      },
      async (input) => {
        await people.follow(param(input, 'room'), callerOf(input).userId, input.body.follow)
        return {}
      },
    ),
  ]
}
