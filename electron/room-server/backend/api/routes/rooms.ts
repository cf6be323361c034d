import { z } from 'zod'
import { quickNoticesSchema, roomListSchema, textHistorySchema } from '../../../../shared/crew-api'
import { roomStatusSchema } from '../../../../shared/room-message'
import { publicRoomSchema } from '../../../../shared/room-api'
import { showEngineSchema } from '../../../../shared/show-engine'
import type { Business } from '../../business'
import { LIMITS } from '../../config'
import { followShow } from '../../rooms/program-room'
import { fromGroupText } from '../../rooms/room-text'
import { publicRoom } from '../../rooms/snapshot'
import { coverSchema, emptySchema, roomIdSchema, timeSchema, titleSchema } from '../fields'
import { callerOf, param, route, type Route } from '../route'

const textSchema = z.strictObject({ text: z.string().max(1_000), images: z.array(z.string().max(300)).max(8).default([]) })

export function roomRoutes({ rooms, quickNotices, presence, config }: Business): readonly Route[] {
  const shown = (roomId: string): z.input<typeof publicRoomSchema> => publicRoom(rooms.get(roomId), presence.count(roomId))
  const textRoutes = (['notice', 'introduction'] as const).flatMap((field): readonly Route[] => [
    route(
      {
        method: 'put',
        path: `/api/rooms/:room/${field}`,
        summary: `Write the ${field}: text, with pictures (https) if wanted. At most ${field === 'notice' ? LIMITS.noticeBytes : LIMITS.introductionBytes} bytes in the form that IM keeps.`,
        group: 'Rooms',
        action: 'notice.change',
        rate: 'write',
        body: textSchema,
        answer: publicRoomSchema,
      },
      async (input) => {
        await rooms.setText(param(input, 'room'), field, input.body, callerOf(input).userId)
        return shown(param(input, 'room'))
      },
    ),
    route(
      {
        method: 'get',
        path: `/api/rooms/:room/${field}/history`,
        summary: `Earlier ${field}s, newest first.`,
        group: 'Rooms',
        action: 'notice.change',
        rate: 'read',
        answer: textHistorySchema,
      },
      async (input) => {
        const entries = await rooms.textHistory(param(input, 'room'), field)
        return { entries: entries.map(({ value, by, at }) => ({ text: fromGroupText(value), by, at })) }
      },
    ),
  ])
  return [
    route(
      {
        method: 'get',
        path: '/api/rooms',
        summary: 'All rooms and their status, without a session or SDK.',
        group: 'Rooms',
        action: null,
        rate: 'read',
        answer: roomListSchema,
      },
      async () => ({ program: config.programRoom, rooms: rooms.all().map((room) => publicRoom(room, presence.count(room.room_id))) }),
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/status',
        summary: 'One room and its status, without a session or SDK.',
        group: 'Rooms',
        action: null,
        rate: 'read',
        answer: publicRoomSchema,
      },
      async (input) => shown(param(input, 'room')),
    ),
    route(
      {
        method: 'post',
        path: '/api/rooms',
        summary: 'Make a room: an AVChatRoom of the same id.',
        group: 'Rooms',
        action: 'room.create',
        rate: 'write',
        body: z.strictObject({ roomId: roomIdSchema, title: titleSchema, cover: coverSchema.default(''), startsAt: timeSchema.default(0) }),
        answer: publicRoomSchema,
      },
      async (input) => {
        await rooms.create({ ...input.body, owner: callerOf(input).userId })
        return shown(input.body.roomId)
      },
    ),
    route(
      {
        method: 'patch',
        path: '/api/rooms/:room',
        summary: 'Change title, cover (https) or scheduled start (UNIX seconds; 0 = none).',
        group: 'Rooms',
        action: 'room.edit',
        rate: 'write',
        body: z.strictObject({ title: titleSchema.optional(), cover: coverSchema.optional(), startsAt: timeSchema.optional() }),
        answer: publicRoomSchema,
      },
      async (input) => {
        const { title, cover, startsAt } = input.body
        const change = { ...(title === undefined ? {} : { title }), ...(cover === undefined ? {} : { cover }), ...(startsAt === undefined ? {} : { startsAt }) }
        await rooms.edit(param(input, 'room'), change)
        return shown(param(input, 'room'))
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/rooms/:room/show',
        summary:
          'How the anchor’s show stands, and by which engine it goes: the room goes to live, paused or ended by the steps that lead there, and stays where there is nothing to follow.',
        group: 'Rooms',
        action: 'show.tell',
        rate: 'write',
        body: z.strictObject({ state: z.enum(['live', 'paused', 'over']), engine: showEngineSchema.default('stage') }),
        answer: publicRoomSchema,
      },
      async (input) => {
        await followShow(rooms, param(input, 'room'), input.body.state, input.body.engine)
        return shown(param(input, 'room'))
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/rooms/:room/status',
        summary: 'Change the status; a transition that is not allowed is refused with those that are.',
        group: 'Rooms',
        action: 'status.change',
        rate: 'write',
        body: z.strictObject({ status: roomStatusSchema }),
        answer: publicRoomSchema,
      },
      async (input) => {
        await rooms.changeStatus(param(input, 'room'), input.body.status, 'crew')
        return shown(param(input, 'room'))
      },
    ),
    ...textRoutes,
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/quick-notices',
        summary: 'Notices kept for another time.',
        group: 'Rooms',
        action: 'notice.change',
        rate: 'read',
        answer: quickNoticesSchema,
      },
      async (input) => ({ notices: await quickNotices.list(param(input, 'room')) }),
    ),
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/quick-notices',
        summary: 'Keep a notice for another time.',
        group: 'Rooms',
        action: 'notice.change',
        rate: 'write',
        body: textSchema,
        answer: z.object({ id: z.number() }),
      },
      async (input) => {
        rooms.get(param(input, 'room'))
        return { id: await quickNotices.add(param(input, 'room'), input.body) }
      },
    ),
    route(
      {
        method: 'delete',
        path: '/api/rooms/:room/quick-notices/:id',
        summary: 'Forget a kept notice.',
        group: 'Rooms',
        action: 'notice.change',
        rate: 'write',
        answer: emptySchema,
      },
      async (input) => {
        await quickNotices.remove(param(input, 'room'), Number(param(input, 'id')))
        return {}
      },
    ),
  ]
}
