import type { Caller } from '../caller'
import { afterSend, beforeSend, sendException, type MessageFacts } from '../callbacks/payloads'
import { CODES, ImError } from '../codes'
import type { Candidate, Priority } from '../domain/delivery'
import { isOwner, mutedUntil } from '../domain/group'
import { chatItem, checkMessageSize, cloudCustomDataSchema, messageBodySchema, type MessageBody } from '../domain/message'
import type { ChatFacts } from '../domain/room-log'
import { EVENT, revokeItem } from '../domain/tips'
import { COUNTS, TIMES } from '../limits'
import { comeBack, refusalOf } from './membership'
import type { ImContext } from './context'
import type { PendingMessage, Room, Sent } from './room-book'

export interface GroupMessage {
  readonly from: string
  readonly random: number
  readonly priority: Priority
  readonly body: MessageBody
  readonly cloudCustomData: string
  /** UNIX seconds of the sender's clock; null = ours. */
  readonly clientTime: number | null
  readonly clientSeq: number
  readonly askBefore: boolean
  readonly tellAfter: boolean
}

/**
 * Takes a message for a room. Whoever sends learns only that it was accepted: above the room's rate it may wait, or be dropped.
 * @throws ImError 10007 | 10010 | 10016 | 10017 | 80002 | 10100–10200 | 120001–130000
 */
export async function sendToRoom(context: ImContext, room: Room, caller: Caller, message: GroupMessage): Promise<Sent> {
  checkMessageSize(message.body, message.cloudCustomData)
  await checkMaySpeak(context, room, caller, message.from)
  const repeat = repeated(context, room, message)
  if (repeat !== null) return repeat
  // Also while the first is asked about or written: a client whose line was cut sends again within moments.
  const key = keyOf(message)
  const sending = room.sending.get(key) ?? take(context, room, caller, message)
  room.sending.set(key, sending)
  try {
    return await sending
  } finally {
    room.sending.delete(key)
  }
}

async function take(context: ImContext, room: Room, caller: Caller, message: GroupMessage): Promise<Sent> {
  const sender = await context.accounts.ensure(message.from, context.nowSec())
  const clientTime = message.clientTime ?? context.nowSec()
  let facts = messageFacts(room, caller, message, `${sender.tinyId}-${clientTime}-${message.random}`)
  if (message.askBefore) {
    const answer = await context.callbacks.ask(beforeSend(facts, context.nowMs()), caller)
    // 2: gone without a trace, and the sender is none the wiser (im:34374).
    if (answer?.ErrorCode === 2) return { msgSeq: context.sequence.next(), msgTime: context.nowSec() }
    const refusal = refusalOf(answer)
    if (refusal !== null) throw refusal
    if (answer?.ErrorCode === 0) facts = rewritten(facts, answer)
    if (room.dismissed) throw new ImError(CODES.NO_SUCH_GROUP, 'the group was dismissed')
  }
  const chat: ChatFacts = {
    msgSeq: context.sequence.next(),
    from: message.from,
    tinyId: sender.tinyId,
    random: message.random,
    clientTime,
    atSec: context.nowSec(),
  }
  const person = context.accounts.person(message.from)
  const item = chatItem(
    {
      groupId: room.group.groupId,
      groupName: room.group.profile.name,
      from: message.from,
      nick: person.nick,
      image: person.image,
      priority: message.priority,
      body: facts.body,
      cloudCustomData: facts.cloudCustomData,
      clientSeq: message.clientSeq,
    },
    chat,
  )
  remember(context, room, message, chat)
  const pending: PendingMessage = { item, facts: chat, priority: message.priority, told: message.tellAfter ? { message: facts, caller } : null, stored: false }
  await accept(context, room, pending)
  return { msgSeq: chat.msgSeq, msgTime: chat.atSec }
}

/** Takes what a killed process had accepted and not yet delivered. */
export async function resume(context: ImContext, room: Room, pending: PendingMessage): Promise<void> {
  await accept(context, room, pending)
}

/** @throws ImError 10030 | 10031 | 10007, per message as `RetCode` */
export async function recallMessages(
  context: ImContext,
  room: Room,
  caller: Caller,
  msgSeqs: readonly number[],
  reason: string,
): Promise<readonly { readonly MsgSeq: number; readonly RetCode: number }[]> {
  if (msgSeqs.length > COUNTS.recalledAtOnce) throw new ImError(CODES.INVALID_PARAMETER, `at most ${COUNTS.recalledAtOnce} messages at once`)
  const results: { MsgSeq: number; RetCode: number }[] = []
  const revoked: ChatFacts[] = []
  for (const msgSeq of msgSeqs) {
    const chat = room.log.find(msgSeq)
    const code = chat === null ? CODES.NO_SUCH_MESSAGE : recallRefusal(context, room, caller, chat)
    results.push({ MsgSeq: msgSeq, RetCode: code })
    if (code === 0 && chat !== null) revoked.push(chat)
  }
  if (revoked.length === 0) return results
  for (const { msgSeq } of revoked) room.log.revoke(msgSeq)
  const frame = context.feed.frame(room)
  await context.feed.append(room, frame.cursor, EVENT.revoke, revokeItem(frame, caller.userId, reason, revoked), null, async (db) => {
    for (const chat of revoked)
      await db
        .updateTable('room_log')
        .set({ chat: JSON.stringify({ ...chat, revoked: true }) })
        .where('group_id', '=', room.group.groupId)
        .where('msg_seq', '=', chat.msgSeq)
        .execute()
  })
  return results
}

function recallRefusal(context: ImContext, room: Room, caller: Caller, chat: ChatFacts): number {
  if (caller.admin || isOwner(room.group, caller.userId)) return 0
  if (chat.from !== caller.userId) return CODES.NO_PERMISSION
  return context.nowSec() - chat.atSec > TIMES.recallWithinSec ? CODES.RECALL_TOO_LATE : 0
}

async function checkMaySpeak(context: ImContext, room: Room, caller: Caller, from: string): Promise<void> {
  const now = context.nowSec()
  const { group } = room
  // A global mute holds for REST too: the sender is meant, not who calls (im:34923).
  if ((context.accounts.get(from)?.mutedUntilSec ?? 0) > now) throw new ImError(CODES.MUTED, 'muted by the app')
  if (caller.admin) return
  await comeBack(context, room, caller)
  if (group.members.get(from)?.away !== false) throw new ImError(CODES.NO_PERMISSION, 'only members may send')
  if (mutedUntil(group, from, now) !== null) throw new ImError(CODES.MUTED, 'muted in this group')
  if (group.profile.muteAll && !isOwner(group, from)) throw new ImError(CODES.MUTED, 'everybody is muted in this group')
}

function messageFacts(room: Room, caller: Caller, message: GroupMessage, msgId: string): MessageFacts {
  return {
    groupId: room.group.groupId,
    from: message.from,
    operator: caller.userId,
    random: message.random,
    msgId,
    body: message.body,
    cloudCustomData: message.cloudCustomData,
  }
}

/** An app may change body and custom data with its 0 (im:34374), for instance to add the sender's level. */
function rewritten(facts: MessageFacts, answer: Readonly<Record<string, unknown>>): MessageFacts {
  const body = messageBodySchema.safeParse(answer['MsgBody'])
  const data = cloudCustomDataSchema.safeParse(answer['CloudCustomData'])
  return { ...facts, ...(body.success ? { body: body.data } : {}), ...(data.success ? { cloudCustomData: data.data } : {}) }
}

function keyOf({ from, random }: GroupMessage): string {
  return `${from} ${random}`
}

/** The same `Random` within 5 minutes is the same message, sent again (im:34959). */
function repeated(context: ImContext, room: Room, message: GroupMessage): Sent | null {
  const known = room.recent.get(keyOf(message))
  return known !== undefined && context.nowMs() - known.atMs < TIMES.duplicateRandomMs ? known : null
}

function remember(context: ImContext, room: Room, message: GroupMessage, chat: ChatFacts): void {
  const now = context.nowMs()
  room.recent.set(keyOf(message), { atMs: now, msgSeq: chat.msgSeq, msgTime: chat.atSec })
  for (const [key, { atMs }] of room.recent) {
    if (now - atMs < TIMES.duplicateRandomMs) break
    room.recent.delete(key)
  }
}

/** Delivers, or lets it wait its turn. Resolves when it is on disk either way. */
async function accept(context: ImContext, room: Room, pending: PendingMessage): Promise<void> {
  const now = context.nowMs()
  const { deliver, dropped } = room.limiter.offer({ message: pending, priority: pending.priority, acceptedMs: now }, now)
  if (deliver) {
    await publish(context, room, pending)
    return
  }
  const stored = dropped.some(({ message }) => message === pending) ? Promise.resolve() : store(context, room, pending, now)
  await Promise.all([stored, drop(context, dropped)])
  pumpLater(context, room)
}

async function store(context: ImContext, room: Room, pending: PendingMessage, nowMs: number): Promise<void> {
  if (pending.stored) return
  pending.stored = true
  const row = {
    msg_seq: pending.facts.msgSeq,
    group_id: room.group.groupId,
    priority: pending.priority,
    item: pending.item,
    chat: JSON.stringify(pending.facts),
    accepted_ms: nowMs,
  }
  await context.store.add((db) => db.insertInto('room_pending').values(row).execute())
}

async function publish(context: ImContext, room: Room, pending: PendingMessage): Promise<void> {
  const { facts, told } = pending
  // Delivered at once: its number is its place in the log. Otherwise later numbers may have gone before, and it needs a place of its own.
  const cursor = pending.stored ? context.sequence.next() : facts.msgSeq
  await context.feed.append(
    room,
    cursor,
    EVENT.chat,
    pending.item,
    facts,
    pending.stored ? (db) => db.deleteFrom('room_pending').where('msg_seq', '=', facts.msgSeq).execute() : undefined,
  )
  if (told !== null) context.callbacks.tell(afterSend(told.message, facts.msgSeq, facts.atSec, context.nowMs()), told.caller)
}

async function drop(context: ImContext, dropped: readonly Candidate<PendingMessage>[]): Promise<void> {
  if (dropped.length === 0) return
  const stored = dropped.filter(({ message }) => message.stored).map(({ message }) => message.facts.msgSeq)
  if (stored.length > 0) await context.store.add((db) => db.deleteFrom('room_pending').where('msg_seq', 'in', stored).execute())
  for (const { message } of dropped)
    if (message.told !== null)
      context.callbacks.tell(
        sendException(message.told.message, CODES.SENT_TOO_FAST, 'more messages than the room delivers', context.nowMs()),
        message.told.caller,
      )
}

function pumpLater(context: ImContext, room: Room): void {
  if (room.pumpTimer !== null || room.dismissed) return
  const wait = room.limiter.nextMs(context.nowMs())
  if (wait === null) return
  room.pumpTimer = setTimeout(() => {
    room.pumpTimer = null
    const { deliver, dropped } = room.limiter.pick(context.nowMs())
    const done = Promise.all([...deliver.map(({ message }) => publish(context, room, message)), drop(context, dropped)])
    done.catch((error: unknown) => context.config.log('warn', `messages of a room were not delivered: ${String(error)}`))
    pumpLater(context, room)
  }, wait + 1)
}
