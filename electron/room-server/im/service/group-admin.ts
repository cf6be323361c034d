import type { Caller } from '../caller'
import { groupCallback } from '../callbacks/payloads'
import { CODES, ImError, invalid } from '../codes'
import { NO_ATTRIBUTES } from '../domain/attributes'
import { checkOwnGroupId, checkProfile, GROUP_TYPE, isOwner, type Group, type GroupProfile, type ProfileChange } from '../domain/group'
import { EVENT, tipItem, type Tip } from '../domain/tips'
import { BOUNDS, COUNTS } from '../limits'
import { editionOf, type ImContext } from './context'
import type { Room } from './room-book'

/** Making and changing groups. */

export interface NewGroup {
  /** Null = made up. */
  readonly groupId: string | null
  readonly owner: string
  readonly profile: GroupProfile
}

/** @throws ImError 10004 | 10019 | 10021 | 10025 | 10036 */
export async function createGroup(context: ImContext, caller: Caller, request: NewGroup): Promise<Room> {
  if (request.groupId !== null) checkOwnGroupId(request.groupId)
  checkProfile(request.profile)
  if (context.accounts.get(request.owner) === undefined) throw new ImError(CODES.NO_SUCH_ACCOUNT, 'the owner has no account')
  const groupId = request.groupId ?? `@TGS#a${context.sequence.next().toString(36).toUpperCase()}`
  const taken = context.rooms.get(groupId)
  if (taken !== undefined)
    throw taken.group.owner === request.owner
      ? new ImError(CODES.GROUP_ID_YOURS, 'this group id is in use, by a group of yours')
      : new ImError(CODES.GROUP_ID_TAKEN, 'this group id is in use')
  if (context.rooms.size >= BOUNDS.groups || context.rooms.ownedBy(request.owner) >= BOUNDS.groupsPerOwner)
    throw new ImError(CODES.TOO_MANY_GROUPS, 'too many groups')
  const now = context.nowSec()
  const group: Group = {
    groupId,
    owner: request.owner,
    createdSec: now,
    profile: request.profile,
    infoSeq: 1,
    infoSec: now,
    members: new Map(),
    mutes: new Map(),
    bans: new Map(),
    marks: new Map(),
    attributes: NO_ATTRIBUTES,
    counters: new Map(),
    counterSeq: 0,
    present: 0,
  }
  const room = context.rooms.open(group, editionOf(context).messagesPerSecond, () => context.random(), context.nowMs())
  await context.store.add((db) => db.insertInto('chat_group').values(row(group)).execute())
  context.callbacks.tell(
    groupCallback(
      'Group.CallbackAfterCreateGroup',
      groupId,
      { Operator_Account: caller.userId, Owner_Account: group.owner, Name: group.profile.name, MemberList: [] },
      context.nowMs(),
    ),
    caller,
  )
  return room
}

/** @throws ImError 10004 when a text is too long */
export async function changeProfile(context: ImContext, room: Room, caller: Caller, change: ProfileChange): Promise<void> {
  checkProfile(change)
  const { group } = room
  const before = group.profile
  group.profile = {
    name: change.name ?? before.name,
    introduction: change.introduction ?? before.introduction,
    notification: change.notification ?? before.notification,
    faceUrl: change.faceUrl ?? before.faceUrl,
    muteAll: change.muteAll ?? before.muteAll,
    appData: change.appData === undefined ? before.appData : new Map([...before.appData, ...change.appData]),
  }
  group.infoSeq += 1
  group.infoSec = context.nowSec()
  const tip: Tip = {
    kind: 'profile',
    operator: context.accounts.person(caller.userId),
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.introduction === undefined ? {} : { introduction: change.introduction }),
    ...(change.notification === undefined ? {} : { notification: change.notification }),
    ...(change.faceUrl === undefined ? {} : { faceUrl: change.faceUrl }),
    ...(change.muteAll === undefined ? {} : { muteAll: change.muteAll }),
  }
  const frame = context.feed.frame(room)
  const columns = row(group)
  await context.feed.append(room, frame.cursor, EVENT.tip, tipItem(frame, tip), null, (db) =>
    db.updateTable('chat_group').set(columns).where('group_id', '=', group.groupId).execute(),
  )
  const changed = {
    ...(change.name === undefined ? {} : { Name: change.name }),
    ...(change.introduction === undefined ? {} : { Introduction: change.introduction }),
    ...(change.notification === undefined ? {} : { Notification: change.notification }),
    ...(change.faceUrl === undefined ? {} : { FaceUrl: change.faceUrl }),
    ...(change.appData === undefined ? {} : { UserDefinedDataList: [...change.appData].map(([Key, Value]) => ({ Key, Value })) }),
  }
  // Only these are told of; mute-all is not (im:34378).
  if (Object.keys(changed).length > 0)
    context.callbacks.tell(
      groupCallback('Group.CallbackAfterGroupInfoChanged', group.groupId, { Operator_Account: caller.userId, ...changed }, context.nowMs()),
      caller,
    )
}

/** @throws ImError 10007 unless the caller owns the group or administers the app */
export function requireOwner(room: Room, caller: Caller): void {
  if (!caller.admin && !isOwner(room.group, caller.userId)) throw new ImError(CODES.NO_PERMISSION, 'only the owner may do this')
}

/** What is public of a group, under the names of the protocol. */
export function groupInfo(room: Room): Readonly<Record<string, unknown>> {
  const { group } = room
  const { profile } = group
  const muteAll = profile.muteAll ? 'On' : 'Off'
  return {
    GroupId: group.groupId,
    Type: GROUP_TYPE,
    Name: profile.name,
    Introduction: profile.introduction,
    Notification: profile.notification,
    FaceUrl: profile.faceUrl,
    Owner_Account: group.owner,
    CreateTime: group.createdSec,
    InfoSeq: group.infoSeq,
    LastInfoTime: group.infoSec,
    LastMsgTime: group.infoSec,
    NextMsgSeq: room.log.lastCursor + 1,
    MemberNum: group.present,
    OnlineMemberNum: group.present,
    MaxMemberNum: 0,
    ApplyJoinOption: 'FreeAccess',
    // Two names of one thing: the older is what the SDK reads.
    ShutUpAllMember: muteAll,
    MuteAllMember: muteAll,
    AppDefinedData: [...profile.appData].map(([Key, Value]) => ({ Key, Value })),
  }
}

/** Marks members (≥ 1000) so that lists can show them apart. @throws ImError 10004 | 10007 | 10059 */
export async function markMembers(context: ImContext, room: Room, mark: number, userIds: readonly string[], enable: boolean): Promise<void> {
  if (!editionOf(context).ban) throw new ImError(CODES.NOT_IN_EDITION, 'this edition does not mark members')
  if (mark < 1_000) invalid('marks begin at 1000')
  const { marks, groupId } = room.group
  if (enable && !marks.has(mark) && marks.size >= COUNTS.marksPerGroup) invalid(`at most ${COUNTS.marksPerGroup} marks`)
  const marked = marks.get(mark) ?? new Set<string>()
  if (enable && marked.size + userIds.length > COUNTS.listedMarked) invalid(`at most ${COUNTS.listedMarked} members have one mark`)
  for (const userId of userIds)
    if (enable) marked.add(userId)
    else marked.delete(userId)
  if (marked.size === 0) marks.delete(mark)
  else marks.set(mark, marked)
  await context.store.add(async (db) => {
    for (const user_id of userIds) {
      const row = { group_id: groupId, user_id, mark }
      if (enable)
        await db
          .insertInto('group_mark')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      else await db.deleteFrom('group_mark').where('group_id', '=', groupId).where('user_id', '=', user_id).where('mark', '=', mark).execute()
    }
  })
}

/** Members, newest first, as many as the edition lists. */
export function listedMembers(
  context: ImContext,
  room: Room,
  mark: number | null,
): readonly { readonly userId: string; readonly joinedSec: number; readonly marks: readonly number[] }[] {
  const { group } = room
  const marksOf = (userId: string): number[] => [...group.marks].filter(([, users]) => users.has(userId)).map(([number]) => number)
  const found: { userId: string; joinedSec: number; marks: number[] }[] = []
  const limit = editionOf(context).listedMembers
  const members = [...group.members.values()]
  for (let index = members.length - 1; index >= 0 && found.length < limit; index -= 1) {
    const member = members[index]
    if (member === undefined || member.away) continue
    if (mark !== null && group.marks.get(mark)?.has(member.userId) !== true) continue
    found.push({ userId: member.userId, joinedSec: member.joinedSec, marks: group.marks.size === 0 ? [] : marksOf(member.userId) })
  }
  return found
}

function row(group: Group): {
  group_id: string
  owner: string
  name: string
  introduction: string
  notification: string
  face_url: string
  app_data: string
  mute_all: number
  created_sec: number
  info_seq: number
  info_sec: number
  attribute_seq: number
  counter_seq: number
} {
  return {
    group_id: group.groupId,
    owner: group.owner,
    name: group.profile.name,
    introduction: group.profile.introduction,
    notification: group.profile.notification,
    face_url: group.profile.faceUrl,
    app_data: JSON.stringify(Object.fromEntries(group.profile.appData)),
    mute_all: group.profile.muteAll ? 1 : 0,
    created_sec: group.createdSec,
    info_seq: group.infoSeq,
    info_sec: group.infoSec,
    attribute_seq: group.attributes.mainSeq,
    counter_seq: group.counterSeq,
  }
}
