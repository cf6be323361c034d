import { z } from 'zod'
import { showWaySchema, trtcRoomSchema, type ShowWay } from '../../../../shared/room-link'
import { trtcTicketSchema } from '../../../../shared/trtc'
import { ANCHOR_PRIVILEGES, CO_ANCHOR_PRIVILEGES, signPrivateMapKey } from '../../../private-map-key'
import { signUserSig } from '../../../usersig'
import type { Business } from '../../business'
import { nowSec } from '../../clock'
import { LIMITS } from '../../config'
import type { Caller } from '../../identity/sessions'
import { ApiError } from '../api-error'
import { emptySchema } from '../fields'
import { callerOf, param, route, type Route } from '../route'
import { onAir } from '../../rooms/show'

export function trtcRoutes({ rooms, seats, config, clock }: Business): readonly Route[] {
  /** What somebody may do in the room's TRTC room. @throws ApiError seat.not-admitted */
  const privileges = (roomId: string, { userId, role }: Caller): number => {
    if (role === 'anchor') return ANCHOR_PRIVILEGES
    if (!seats.entries(roomId).some((entry) => entry.userId === userId)) throw new ApiError('seat.not-admitted')
    return CO_ANCHOR_PRIVILEGES
  }
  const showWay = (roomId: string): ShowWay => {
    const { status, owner, engine } = rooms.get(roomId)
    const { sdkAppId, wire } = config.chat
    return { onAir: onAir(status), engine, trtc: wire === 'cloud' ? { sdkAppId, roomId, userId: owner } : null }
  }
  return [
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/trtc-ticket',
        summary:
          'What lets the anchor, or somebody with a place in the seats, into the TRTC room of this live room: UserSig and room permission. The TRTC room has the live room’s id.',
        group: 'TRTC',
        action: 'trtc.enter',
        rate: 'session',
        body: emptySchema,
        answer: trtcTicketSchema,
      },
      async (input) => {
        const roomId = rooms.get(param(input, 'room')).room_id
        const caller = callerOf(input)
        const { sdkAppId, secretKey, wire } = config.chat
        if (wire !== 'cloud') throw new ApiError('trtc.no-cloud-room')
        const note = { sdkAppId, key: secretKey, userId: caller.userId, expireSec: LIMITS.userSigSec, nowSec: nowSec(clock) }
        return {
          sdkAppId,
          userId: caller.userId,
          userSig: signUserSig(note),
          roomId,
          privateMapKey: signPrivateMapKey({ ...note, room: roomId, privileges: privileges(roomId, caller) }),
          expiresAt: note.nowSec + note.expireSec,
        }
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/trtc-room',
        summary: 'For the app of a co-anchor’s own room: whether this room’s show is on, which way it goes, and its TRTC room and user. No secrets.',
        group: 'TRTC',
        action: 'trtc.other-room',
        rate: 'read',
        answer: showWaySchema,
      },
      async (input) => showWay(rooms.get(param(input, 'room')).room_id),
    ),
    route(
      {
        method: 'put',
        path: '/api/rooms/:room/seats/me/trtc-user',
        summary:
          'For the app of a co-anchor’s own room: in which TRTC room he is the anchor, and as which user he comes from there. Forgotten with the place, and with the server’s process: to be said again every few seconds. Answered as `trtc-room`.',
        group: 'TRTC',
        action: 'trtc.other-room',
        rate: 'write',
        body: z.strictObject(trtcRoomSchema.shape),
        answer: showWaySchema,
      },
      async (input) => {
        const roomId = rooms.get(param(input, 'room')).room_id
        const { sdkAppId, ...user } = input.body
        if (config.chat.wire !== 'cloud') throw new ApiError('trtc.no-cloud-room')
        if (sdkAppId !== config.chat.sdkAppId) throw new ApiError('trtc.other-app')
        seats.setTrtcUser(roomId, callerOf(input).userId, user)
        return showWay(roomId)
      },
    ),
  ]
}
