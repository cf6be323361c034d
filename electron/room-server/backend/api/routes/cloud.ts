import { z } from 'zod'
import { cloudTasksSchema, pushUrlSchema, type CloudTasks } from '../../../../shared/cloud'
import { cssAddresses, type CssStream } from '../../../../shared/css-url'
import type { RoomTask } from '../../../cloud/room-tasks'
import type { Business } from '../../business'
import { nowSec } from '../../clock'
import { LIMITS } from '../../config'
import { ApiError } from '../api-error'
import { emptySchema, userIdSchema } from '../fields'
import { callerOf, param, route, type Route } from '../route'

const HOUR_SEC = 3_600

export function cloudRoutes({ rooms, tasks, config, clock }: Business): readonly Route[] {
  const group = 'Cloud'
  const inRoom = (input: { readonly params: Readonly<Record<string, string>> }): string => rooms.get(param(input, 'room')).room_id
  /** The room's stream at CSS. @throws ApiError css.not-set-up */
  const streamOf = (roomId: string): CssStream => {
    if (config.css === undefined) throw new ApiError('css.not-set-up')
    return { ...config.css, protocol: 'rtmp', appName: 'live', streamName: roomId, validityHours: LIMITS.pushUrlSec / HOUR_SEC }
  }
  const view = async (roomId: string): Promise<CloudTasks> => ({
    recording: shown(await tasks.view('recording', roomId)),
    relay: shown(await tasks.view('relay', roomId)),
  })
  const notCloud = (): void => {
    if (config.chat.wire !== 'cloud') throw new ApiError('trtc.no-cloud-room')
  }
  return [
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/push-url',
        summary:
          'A signed address to which the anchor pushes the room’s stream to Tencent’s CSS, and where it is played. Good for 24 h: for a new connection it is asked for anew.',
        group,
        action: 'push-url.make',
        rate: 'write',
        body: emptySchema,
        answer: pushUrlSchema,
      },
      async (input) => {
        const { push, play, expiresAtSec } = cssAddresses(streamOf(inRoom(input)), nowSec(clock))
        return { push, play, expiresAt: expiresAtSec ?? 0 }
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/cloud-tasks',
        summary: 'What Tencent’s cloud does with the room’s TRTC room at this server’s request.',
        group,
        action: 'cloud.read',
        rate: 'read',
        answer: cloudTasksSchema,
      },
      async (input) => view(inRoom(input)),
    ),
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/cloud-recording',
        summary: 'Record the TRTC room in the cloud, all anchors in one picture, into the account’s VOD. Ends with the show, or with DELETE.',
        group,
        action: 'cloud.run',
        rate: 'write',
        body: emptySchema,
        answer: cloudTasksSchema,
      },
      async (input) => {
        const roomId = inRoom(input)
        notCloud()
        await tasks.record(roomId, callerOf(input).userId)
        return view(roomId)
      },
    ),
    route(
      {
        method: 'delete',
        path: '/api/rooms/:room/cloud-recording',
        summary: 'End the recording.',
        group,
        action: 'cloud.run',
        rate: 'write',
        answer: cloudTasksSchema,
      },
      async (input) => {
        const roomId = inRoom(input)
        await tasks.stop('recording', roomId)
        return view(roomId)
      },
    ),
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/cloud-relay',
        summary:
          'Relay what one user sends into the TRTC room to the room’s CSS stream, as it is. Only for anchors that push RTMP into the room: an app with the SDK does it itself, and two relays to one address are refused. Ends with the show, or with DELETE.',
        group,
        action: 'cloud.run',
        rate: 'write',
        body: z.strictObject({ userId: userIdSchema }),
        answer: cloudTasksSchema,
      },
      async (input) => {
        const roomId = inRoom(input)
        notCloud()
        const stream = streamOf(roomId)
        const expiresAtSec = nowSec(clock) + LIMITS.pushUrlSec
        await tasks.relay(roomId, callerOf(input).userId, input.body.userId, expiresAtSec, (untilSec) => ({
          url: cssAddresses(stream, untilSec - LIMITS.pushUrlSec).push,
          internal: true,
        }))
        return view(roomId)
      },
    ),
    route(
      {
        method: 'delete',
        path: '/api/rooms/:room/cloud-relay',
        summary: 'End the relay.',
        group,
        action: 'cloud.run',
        rate: 'write',
        answer: cloudTasksSchema,
      },
      async (input) => {
        const roomId = inRoom(input)
        await tasks.stop('relay', roomId)
        return view(roomId)
      },
    ),
  ]
}

/** No TaskId: who has it could end the task with the account's keys alone, and nobody needs it here. */
function shown(task: RoomTask | null): CloudTasks['recording'] {
  return task === null ? null : { since: task.sinceSec, by: task.by }
}
