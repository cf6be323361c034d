import { z } from 'zod'
import { CODES, ImError } from '../codes'
import { TIMES } from '../limits'
import { bannedUntil } from '../domain/group'
import { NOTICE, noticeItem } from '../domain/tips'
import { random31, type ImContext } from '../service/context'
import { comeBack } from '../service/membership'
import type { Room } from '../service/room-book'
import type { Listener } from '../service/room-feed'
import { command, type Asked, type Commands } from './command'
import type { Connection } from './connection'
import { POLL_COMMAND, pollFrame } from './frame'

const pollSchema = z.object({
  StartSeq: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  HoldTime: z.number().int().min(0).default(90),
  Key: z.string().max(256),
})

/** Within what the SDK remembers in order to drop repeats (100 messages). */
const REPEATED = 80

/** The long poll of a room. Its start survives reconnects and restarts on both sides: nothing said in between is lost. */
export const POLL_COMMANDS: Commands = {
  [POLL_COMMAND]: command(pollSchema, poll),
}

async function poll(asked: Asked<z.infer<typeof pollSchema>>): Promise<null> {
  const { context, caller, connection, head, body } = asked
  const groupId = context.keys.readPollKey(body.Key)
  if (groupId === null) throw new ImError(CODES.INVALID_PARAMETER, 'the key of this poll is none of ours')
  const room = context.rooms.get(groupId)
  // The notice went out by push; who was cut off then learns it here, or would ask for ever.
  if (room === undefined) return sendNotice(asked, groupId, NOTICE.dismissed)
  if (bannedUntil(room.group, caller.userId, context.nowSec()) !== null) return sendNotice(asked, groupId, NOTICE.banned)
  await comeBack(context, room, caller)
  if (!room.group.members.has(caller.userId)) throw new ImError(CODES.NO_PERMISSION, 'not a member of this group')
  const listener: Listener = {
    userId: caller.userId,
    mode: 'poll',
    // A start beyond the end can only come from another folder's room of that name.
    cursor: Math.min(body.StartSeq, room.log.lastCursor + 1),
    readyMs: 0,
    untilMs: context.nowMs() + Math.min(TIMES.pollHoldMs, body.HoldTime * 1_000),
    deliver: (news) => connection.send(pollFrame(head, body.Key, news.nextCursor, news.items, news.broadcasts)),
  }
  context.feed.listen(room, listener)
  connection.onDetach(room.group.groupId, () => context.feed.unlisten(room, listener))
  return null
}

function sendNotice({ context, connection, head, body }: Asked<z.infer<typeof pollSchema>>, groupId: string, reportType: number): null {
  const frame = { groupId, groupName: '', cursor: context.sequence.next(), random: random31(context), atSec: context.nowSec() }
  const item = noticeItem(frame, reportType, { userId: '', nick: '', image: '' })
  connection.send(pollFrame(head, body.Key, body.StartSeq, Buffer.from(item), Buffer.alloc(0)))
  return null
}

/** Has the room's news pushed on this connection, from `cursor` on. */
export function startPush(context: ImContext, room: Room, connection: Connection, cursor: number): void {
  const listener: Listener = {
    userId: connection.userId,
    mode: 'push',
    cursor,
    readyMs: 0,
    untilMs: Infinity,
    deliver: (news) => {
      if (news.entries.length > 0) connection.send(news.push())
    },
  }
  context.feed.listen(room, listener)
  connection.onDetach(room.group.groupId, () => {
    context.feed.unlisten(room, listener)
    const member = room.group.members.get(listener.userId)
    if (member !== undefined) member.pushCursor = listener.cursor
  })
}

/**
 * Push delivery goes on by itself on a new socket of the same login: the SDK does not ask. After a restart of the server it is not known what
 * had arrived; the last entries go out again, and the SDK drops those that it has.
 */
export function resumePush(context: ImContext, connection: Connection): void {
  const caller = connection.caller(connection.userId)
  for (const room of context.rooms.of(caller.userId)) {
    const cursor = room.group.members.get(caller.userId)?.pushCursor ?? room.log.cursorOfLast(REPEATED)
    comeBack(context, room, caller)
      .then(() => startPush(context, room, connection, cursor))
      .catch((error: unknown) => context.config.log('info', `a member could not come back: ${String(error)}`))
  }
}
