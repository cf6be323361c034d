import { z } from 'zod'
import { layoutSchema, SEAT_VOLUME, SEATS, seatTableSchema } from '../../../../shared/seats'
import type { Business } from '../../business'
import type { SeatChange } from '../../seats/seat-table'
import { emptySchema, userIdSchema } from '../fields'
import { callerOf, param, route, type Route } from '../route'

const changeSchema = z
  .strictObject({
    onAir: z.boolean(),
    seat: z.number().int().min(1).max(SEATS),
    muted: z.boolean(),
    volume: z.number().min(SEAT_VOLUME.min).max(SEAT_VOLUME.max),
    spotlight: z.boolean(),
  })
  .partial()

export function seatRoutes({ seats, sessions }: Business): readonly Route[] {
  const group = 'Seats'
  return [
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/seats',
        summary: 'Who waits in the greenroom and who is on the air. Viewers find those on the air in the snapshot.',
        group,
        action: 'seat.read',
        rate: 'read',
        answer: seatTableSchema,
      },
      async (input) => seats.view(param(input, 'room')),
    ),
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/seats',
        summary: 'Let somebody into the greenroom, who asked for it or was asked.',
        group,
        action: 'seat.change',
        rate: 'write',
        body: z.strictObject({ userId: userIdSchema }),
        answer: seatTableSchema,
      },
      async (input) => seats.admit(param(input, 'room'), input.body.userId),
    ),
    route(
      {
        method: 'put',
        path: '/api/rooms/:room/seats/me',
        summary:
          'Say that one is ready for the air, or not yet. With a co-anchor’s link this is also the way into the greenroom; others have to be let in first.',
        group,
        action: 'seat.own',
        rate: 'write',
        body: z.strictObject({ ready: z.boolean() }),
        answer: emptySchema,
      },
      async (input) => {
        await seats.ready(param(input, 'room'), callerOf(input), input.body.ready)
        return {}
      },
    ),
    route(
      {
        method: 'delete',
        path: '/api/rooms/:room/seats/me',
        summary: 'Leave: from the air or from the greenroom.',
        group,
        action: 'seat.own',
        rate: 'write',
        answer: emptySchema,
      },
      async (input) => {
        await seats.change(param(input, 'room'), { type: 'remove', userId: callerOf(input).userId })
        return {}
      },
    ),
    route(
      {
        method: 'patch',
        path: '/api/rooms/:room/seats/:user',
        summary: 'Put on the air or take off it, move to another seat, mute, set the volume, show large.',
        group,
        action: 'seat.change',
        rate: 'write',
        body: changeSchema,
        answer: seatTableSchema,
      },
      async (input) => seats.change(param(input, 'room'), ...changesOf(userIdSchema.parse(param(input, 'user')), input.body)),
    ),
    route(
      {
        method: 'delete',
        path: '/api/rooms/:room/seats/:user',
        summary: 'Send a co-anchor away, from the air or from the greenroom. The links that they came by end; who was let in stays in the room as a viewer.',
        group,
        action: 'seat.change',
        rate: 'write',
        answer: seatTableSchema,
      },
      async (input) => {
        const [roomId, userId] = [param(input, 'room'), userIdSchema.parse(param(input, 'user'))]
        // The links first: nobody comes back by them in between.
        const cameByLink = await sessions.revokeOf(roomId, userId, () => seats.dropGuests(roomId, [userId]))
        if (!cameByLink) return seats.change(roomId, { type: 'remove', userId })
        return seats.view(roomId)
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/rooms/:room/layout',
        summary: 'How the program is arranged.',
        group,
        action: 'seat.change',
        rate: 'write',
        body: z.strictObject({ layout: layoutSchema }),
        answer: seatTableSchema,
      },
      async (input) => seats.change(param(input, 'room'), { type: 'layout', layout: input.body.layout }),
    ),
  ]
}

/** What a request asks for, in the order in which it is done. A seat alone moves whoever is on the air. */
function changesOf(userId: string, { onAir, seat, muted, volume, spotlight }: z.infer<typeof changeSchema>): readonly SeatChange[] {
  return [
    ...(onAir === false ? [{ type: 'take-off-air' as const, userId }] : []),
    ...(onAir !== false && (onAir === true || seat !== undefined) ? [{ type: 'put-on-air' as const, userId, seat: seat ?? null }] : []),
    {
      type: 'adjust' as const,
      userId,
      ...(muted === undefined ? {} : { muted }),
      ...(volume === undefined ? {} : { volume }),
      ...(spotlight === undefined ? {} : { spotlight }),
    },
  ]
}
