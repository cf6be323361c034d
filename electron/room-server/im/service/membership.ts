import type { Caller } from '../caller'
import { afterExit, afterJoin, beforeJoin, groupCallback, memberState } from '../callbacks/payloads'
import { CODES, ImError } from '../codes'
import { bannedUntil, type Member } from '../domain/group'
import { EVENT, NOTICE, noticeItem, tipItem, type Tip } from '../domain/tips'
import { editionOf, type ImContext } from './context'
import { TABLES_OF_GROUP, type Room } from './room-book'
import type { Write } from '../../store/write-queue'

/** Coming into a room and going out of it, by all ways. */

/** Ranges of codes that are the app's own: the client gets them with their text (im:34370, im:34374). */
const OWN_CODES = [
  [10_100, 10_200],
  [120_001, 130_000],
] as const

/** An app's own refusal (before-callbacks): 1 is 10016, its own codes pass through. */
export function refusalOf(answer: { readonly ErrorCode: number; readonly ErrorInfo: string } | null): ImError | null {
  if (answer === null || answer.ErrorCode === 0) return null
  if (answer.ErrorCode === 1) return new ImError(CODES.REFUSED_BY_APP, answer.ErrorInfo || 'refused by the app')
  if (OWN_CODES.some(([from, to]) => answer.ErrorCode >= from && answer.ErrorCode <= to)) return new ImError(answer.ErrorCode, answer.ErrorInfo)
  // Codes that the documents do not give a meaning: as an app that does not answer.
  return null
}

/**
 * Lets somebody into a room. Says `again` when they were in it already (a page that was loaded anew): nobody is told then.
 * @throws ImError 10016 | 10100–10200 | 120001–130000 from the app, 10007 while banned
 */
export async function joinRoom(context: ImContext, room: Room, caller: Caller): Promise<'joined' | 'again'> {
  const { group } = room
  refuseBanned(context, room, caller.userId)
  const known = group.members.get(caller.userId)
  if (known !== undefined && !known.away) return 'again'
  const refusal = refusalOf(await context.callbacks.ask(beforeJoin(group.groupId, caller.userId, context.nowMs()), caller))
  if (refusal !== null) throw refusal
  // The room may have gone, and the ban come, while the app was asked.
  if (room.dismissed) throw new ImError(CODES.NO_SUCH_GROUP, 'the group was dismissed')
  refuseBanned(context, room, caller.userId)
  await leaveOthers(context, room, caller)
  if (room.dismissed) throw new ImError(CODES.NO_SUCH_GROUP, 'the group was dismissed')
  const present = group.members.get(caller.userId)
  if (present !== undefined && !present.away) return 'again'
  const member: Member = { userId: caller.userId, joinedSec: context.nowSec(), away: false }
  // Deleted first: the map's order is the order of joining.
  group.members.delete(caller.userId)
  group.members.set(caller.userId, member)
  group.present += 1
  context.rooms.joined(group.groupId, caller.userId)
  const row = { group_id: group.groupId, user_id: caller.userId, joined_sec: member.joinedSec, away: 0 }
  const write: Write = (db) =>
    db
      .insertInto('group_member')
      .values(row)
      .onConflict((conflict) => conflict.columns(['group_id', 'user_id']).doUpdateSet({ joined_sec: row.joined_sec, away: 0 }))
      .execute()
  await writeWithTip(context, room, { kind: 'joined', person: context.accounts.person(caller.userId), members: group.present }, write)
  const now = context.nowMs()
  context.callbacks.tell(afterJoin(group.groupId, caller.userId, now), caller)
  tellState(context, group.groupId, 'Online', 'Join', [caller.userId])
  return 'joined'
}

/** Brings back a member that only timed out: its client never left and does not know that it was counted out. */
export async function comeBack(context: ImContext, room: Room, caller: Caller): Promise<boolean> {
  if (room.group.members.get(caller.userId)?.away !== true) return false
  await joinRoom(context, room, caller)
  return true
}

/** @throws ImError 10007 when not in it */
export async function quitRoom(context: ImContext, room: Room, caller: Caller): Promise<void> {
  const member = room.group.members.get(caller.userId)
  if (member === undefined) throw new ImError(CODES.NO_PERMISSION, 'not a member of this group')
  await takeOut(context, room, caller.userId)
  // Who had timed out has been told of already.
  if (member.away) return
  context.callbacks.tell(afterExit(room.group.groupId, 'Quit', caller.userId, [caller.userId], context.nowMs()), caller)
  tellState(context, room.group.groupId, 'Offline', 'Quit', [caller.userId])
}

/** A sign-out leaves every room at once. */
export async function quitAll(context: ImContext, caller: Caller): Promise<void> {
  for (const room of context.rooms.of(caller.userId)) await quitRoom(context, room, caller)
}

/** The grace is over. The row stays, marked: should the client come back, it need not join by hand. */
export async function timeOut(context: ImContext, room: Room, userId: string): Promise<void> {
  const member = room.group.members.get(userId)
  if (member === undefined || member.away) return
  member.away = true
  member.awaySinceSec = context.nowSec()
  room.group.present -= 1
  room.listeners.delete(userId)
  const { groupId } = room.group
  const tip: Tip = { kind: 'left', person: context.accounts.person(userId), members: room.group.present }
  await writeWithTip(context, room, tip, (db) =>
    db.updateTable('group_member').set({ away: 1 }).where('group_id', '=', groupId).where('user_id', '=', userId).execute(),
  )
  context.callbacks.tell(afterExit(groupId, 'Quit', userId, [userId], context.nowMs()), null)
}

/** Removes somebody from the books of the room, and tells the room. */
async function takeOut(context: ImContext, room: Room, userId: string): Promise<void> {
  const { group } = room
  const member = group.members.get(userId)
  if (member === undefined) return
  group.members.delete(userId)
  context.rooms.left(group.groupId, userId)
  room.listeners.delete(userId)
  const write: Write = (db) => db.deleteFrom('group_member').where('group_id', '=', group.groupId).where('user_id', '=', userId).execute()
  if (member.away) {
    await context.store.add(write)
    return
  }
  group.present -= 1
  await writeWithTip(context, room, { kind: 'left', person: context.accounts.person(userId), members: group.present }, write)
}

/**
 * Bans: out at once, and not in again for `seconds`.
 * The banned are told by a push of their own: from the room they hear nothing any more.
 */
export async function banMembers(
  context: ImContext,
  room: Room,
  caller: Caller,
  userIds: readonly string[],
  seconds: number,
  description: string,
): Promise<void> {
  if (!editionOf(context).ban) throw new ImError(CODES.NOT_IN_EDITION, 'this edition does not ban')
  const { group } = room
  if (userIds.includes(group.owner)) throw new ImError(CODES.NO_PERMISSION, 'the owner cannot be banned')
  const untilSec = context.nowSec() + seconds
  const operator = context.accounts.person(caller.userId)
  const present = userIds.filter((userId) => group.members.get(userId)?.away === false)
  for (const userId of userIds) {
    group.bans.set(userId, { untilSec, description })
    const member = group.members.get(userId)
    if (member === undefined) continue
    group.members.delete(userId)
    if (!member.away) group.present -= 1
    context.rooms.left(group.groupId, userId)
    room.listeners.delete(userId)
  }
  const frame = context.feed.frame(room)
  const people = userIds.map((userId) => context.accounts.person(userId))
  const json = tipItem(frame, { kind: 'banned', operator, people, seconds, description })
  await context.feed.append(room, frame.cursor, EVENT.tip, json, null, async (db) => {
    for (const user_id of userIds) {
      await db
        .insertInto('group_ban')
        .values({ group_id: group.groupId, user_id, until_sec: untilSec, description })
        .onConflict((conflict) => conflict.columns(['group_id', 'user_id']).doUpdateSet({ until_sec: untilSec, description }))
        .execute()
      await db.deleteFrom('group_member').where('group_id', '=', group.groupId).where('user_id', '=', user_id).execute()
    }
  })
  const notice = noticeItem(context.feed.frame(room), NOTICE.banned, operator, { BanDuration: seconds, BanDescription: description })
  pushNotice(context, userIds, notice)
  if (present.length === 0) return
  context.callbacks.tell(afterExit(group.groupId, 'Kicked', caller.userId, present, context.nowMs()), caller)
  tellState(context, group.groupId, 'Offline', 'Quit', present)
}

export async function unbanMembers(context: ImContext, room: Room, caller: Caller, userIds: readonly string[]): Promise<void> {
  if (!editionOf(context).ban) throw new ImError(CODES.NOT_IN_EDITION, 'this edition does not ban')
  const { group } = room
  for (const userId of userIds) group.bans.delete(userId)
  const frame = context.feed.frame(room)
  const tip: Tip = { kind: 'unbanned', operator: context.accounts.person(caller.userId), people: userIds.map((userId) => context.accounts.person(userId)) }
  await context.feed.append(room, frame.cursor, EVENT.tip, tipItem(frame, tip), null, (db) =>
    db
      .deleteFrom('group_ban')
      .where('group_id', '=', group.groupId)
      .where('user_id', 'in', [...userIds])
      .execute(),
  )
}

/** Ends a room. Members learn it by a push: there is no log any more from which a poll could. */
export async function dismissRoom(context: ImContext, room: Room, caller: Caller): Promise<void> {
  const { group } = room
  const members = [...group.members.keys()]
  const listeners = [...room.listeners.values()]
  const frame = context.feed.frame(room)
  context.feed.flush(room)
  context.rooms.remove(room)
  await context.store.add(async (db) => {
    for (const table of ['chat_group', ...TABLES_OF_GROUP] as const) await db.deleteFrom(table).where('group_id', '=', group.groupId).execute()
  })
  pushNotice(context, members, noticeItem(frame, NOTICE.dismissed, context.accounts.person(caller.userId)))
  for (const listener of listeners) if (listener.mode === 'poll') listener.deliver(context.feed.nothing(listener.cursor))
  context.callbacks.tell(
    groupCallback(
      'Group.CallbackAfterGroupDestroyed',
      group.groupId,
      { Owner_Account: group.owner, Name: group.profile.name, MemberList: members.slice(0, 100).map((Member_Account) => ({ Member_Account })) },
      context.nowMs(),
    ),
    caller,
  )
}

export function tellState(
  context: ImContext,
  groupId: string,
  event: 'Offline' | 'Online',
  cause: 'HeartbeatInterrupt' | 'HeartbeatRecover' | 'Join' | 'Quit',
  userIds: readonly string[],
): void {
  if (editionOf(context).memberStateCallback) context.callbacks.tell(memberState(groupId, event, cause, userIds, context.nowMs()), null)
}

/** A notice to some, past the room's log. */
export function pushNotice(context: ImContext, userIds: readonly string[], item: string): void {
  const frame = Buffer.from(`{"head":{"servcmd":"im_open_push.msg_push","seq":1},"body":{"EventArray":[{"Event":5,"GroupTips":[${item}]}]}}`)
  for (const userId of userIds) for (const peer of context.sessions.peersOf(userId)) peer.send(frame)
}

/** One web user is in one AVChatRoom: the newest (the SDK leaves the one before, except where the user owns it). */
async function leaveOthers(context: ImContext, room: Room, caller: Caller): Promise<void> {
  for (const other of context.rooms.of(caller.userId)) {
    if (other === room || other.group.owner === caller.userId) continue
    await quitRoom(context, other, caller)
  }
}

function refuseBanned(context: ImContext, room: Room, userId: string): void {
  if (bannedUntil(room.group, userId, context.nowSec()) !== null) throw new ImError(CODES.NO_PERMISSION, 'banned from this group')
}

/** Writes, with a tip unless the room has had its share of tips this second. */
async function writeWithTip(context: ImContext, room: Room, tip: Tip, write: Write): Promise<void> {
  if (room.dismissed || !room.tips.take(context.nowMs())) {
    await context.store.add(write)
    return
  }
  const frame = context.feed.frame(room)
  await context.feed.append(room, frame.cursor, EVENT.tip, tipItem(frame, tip), null, write)
}
