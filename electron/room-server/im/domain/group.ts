import { invalid } from '../codes'
import { SIZES } from '../limits'
import type { AttributeSet } from './attributes'
import type { Counters } from './counters'

export interface Member {
  readonly userId: string
  joinedSec: number
  /** Timed out. Is no member for anybody; its next request makes it one again. */
  away: boolean
  /** UNIX seconds; counted from the start of the server for those it finds away. */
  awaySinceSec?: number
  /** Push delivery: the first log entry that was not pushed when the line was lost. */
  pushCursor?: number
}

export interface Ban {
  readonly untilSec: number
  readonly description: string
}

export interface GroupProfile {
  name: string
  introduction: string
  notification: string
  faceUrl: string
  appData: Map<string, string>
  muteAll: boolean
}

/** One AVChatRoom. */
export interface Group {
  readonly groupId: string
  owner: string
  readonly createdSec: number
  profile: GroupProfile
  infoSeq: number
  infoSec: number
  /** In the order of joining. */
  readonly members: Map<string, Member>
  /** User → until when, UNIX seconds. */
  readonly mutes: Map<string, number>
  readonly bans: Map<string, Ban>
  /** Mark (1000 and up) → users. */
  readonly marks: Map<number, Set<string>>
  attributes: AttributeSet
  counters: Counters
  counterSeq: number
  /** Members that are not away. */
  present: number
}

/** For ever. */
export const MUTED_FOR_EVER = 4_294_967_295
export const GROUP_TYPE = 'AVChatRoom'

export type ProfileChange = Partial<Omit<GroupProfile, 'appData'>> & { readonly appData?: ReadonlyMap<string, string> }

/** A group's own name: printable ASCII, at most 48 bytes, not in Tencent's name space (im:34895). @throws ImError 10004 */
export function checkOwnGroupId(groupId: string): void {
  if (groupId.length === 0 || groupId.length > SIZES.groupId || !/^[\x20-\x7e]+$/.test(groupId))
    invalid(`a group id has 1 to ${SIZES.groupId} printable ASCII characters`)
  if (groupId.startsWith('@TGS#')) invalid('a group id of your own does not start with @TGS#')
}

/** @throws ImError 10004 when a text is too long */
export function checkProfile(change: ProfileChange): void {
  const bytes = (what: string, text: string | undefined, limit: number): void => {
    if (text !== undefined && Buffer.byteLength(text) > limit) invalid(`${what} has at most ${limit} bytes`)
  }
  bytes('a group name', change.name, SIZES.groupName)
  bytes('an introduction', change.introduction, SIZES.introduction)
  bytes('a notification', change.notification, SIZES.notification)
  bytes('a face URL', change.faceUrl, SIZES.faceUrl)
  for (const [key, value] of change.appData ?? []) {
    bytes('a key of AppDefinedData', key, SIZES.appDataKey)
    bytes('a value of AppDefinedData', value, SIZES.appDataValue)
  }
}

export function isOwner(group: Group, userId: string): boolean {
  return group.owner === userId
}

export function presentMember(group: Group, userId: string): Member | null {
  const member = group.members.get(userId)
  return member === undefined || member.away ? null : member
}

/** Until when somebody is muted here (UNIX seconds), or null. An entry whose time is over counts as none. */
export function mutedUntil(group: Group, userId: string, nowSec: number): number | null {
  const until = group.mutes.get(userId)
  return until === undefined || until <= nowSec ? null : until
}

export function bannedUntil(group: Group, userId: string, nowSec: number): number | null {
  const ban = group.bans.get(userId)
  return ban === undefined || ban.untilSec <= nowSec ? null : ban.untilSec
}
