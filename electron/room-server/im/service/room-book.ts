import type { Kysely } from 'kysely'
import type { RoomDatabase } from '../../store/schema'
import { CODES, ImError } from '../codes'
import { DeliveryLimiter, type Priority } from '../domain/delivery'
import type { Group } from '../domain/group'
import { Bucket } from '../../bucket'
import { RoomLog, type ChatFacts } from '../domain/room-log'
import { BOUNDS } from '../limits'
import type { MessageFacts } from '../callbacks/payloads'
import type { Caller } from '../caller'
import type { Listener, News } from './room-feed'

/** A message that was accepted and waits for its place in the room's rate. */
export interface PendingMessage {
  readonly item: string
  readonly facts: ChatFacts
  readonly priority: Priority
  /** For the callback afterwards; null when none is wanted. */
  readonly told: { readonly message: MessageFacts; readonly caller: Caller } | null
  /** It has a row of its own until it is delivered or dropped. */
  stored: boolean
}

/** What a message was given. */
export interface Sent {
  readonly msgSeq: number
  /** UNIX seconds. */
  readonly msgTime: number
}

/** A group and what is going on in it. */
export interface Room {
  readonly group: Group
  readonly log: RoomLog
  readonly limiter: DeliveryLimiter<PendingMessage>
  readonly tips: Bucket
  /** Who waits for news: parked polls and push receivers, by user. */
  readonly listeners: Map<string, Listener>
  /** `from random` → what the message was given: a repeat within 5 minutes is the same message. */
  readonly recent: Map<string, { readonly atMs: number; readonly msgSeq: number; readonly msgTime: number }>
  /** `from random` → the same while it is on its way. */
  readonly sending: Map<string, Promise<Sent>>
  /** Until somebody who waits may be told; null = nobody is to be. */
  lookTimer: NodeJS.Timeout | null
  pumpTimer: NodeJS.Timeout | null
  /** First cursor → news from there on, made once for all; emptied by each new entry. */
  readonly news: Map<number, News>
  dismissed: boolean
}

export class RoomBook {
  readonly #rooms = new Map<string, Room>()
  /** User → groups with a row for them, present or away. */
  readonly #ofUser = new Map<string, Set<string>>()

  get size(): number {
    return this.#rooms.size
  }

  all(): IterableIterator<Room> {
    return this.#rooms.values()
  }

  get(groupId: string): Room | undefined {
    return this.#rooms.get(groupId)
  }

  /** @throws ImError 10010 | 10015 */
  require(groupId: string): Room {
    const room = this.#rooms.get(groupId)
    if (room !== undefined) return room
    if (groupId === '' || Buffer.byteLength(groupId) > 48) throw new ImError(CODES.INVALID_GROUP_ID, 'this cannot be a group id')
    throw new ImError(CODES.NO_SUCH_GROUP, 'no such group, or it was dismissed')
  }

  ownedBy(userId: string): number {
    let count = 0
    for (const { group } of this.#rooms.values()) if (group.owner === userId) count += 1
    return count
  }

  open(group: Group, perSecond: number, random: () => number, nowMs: number): Room {
    const room: Room = {
      group,
      log: new RoomLog(),
      limiter: new DeliveryLimiter(perSecond, random),
      tips: new Bucket(BOUNDS.tipsPerSecond, BOUNDS.tipsPerSecond, nowMs),
      listeners: new Map(),
      recent: new Map(),
      sending: new Map(),
      lookTimer: null,
      pumpTimer: null,
      news: new Map(),
      dismissed: false,
    }
    this.#rooms.set(group.groupId, room)
    for (const userId of group.members.keys()) this.joined(group.groupId, userId)
    return room
  }

  remove(room: Room): void {
    this.#rooms.delete(room.group.groupId)
    for (const userId of room.group.members.keys()) this.left(room.group.groupId, userId)
    if (room.lookTimer !== null) clearTimeout(room.lookTimer)
    if (room.pumpTimer !== null) clearTimeout(room.pumpTimer)
    room.dismissed = true
  }

  joined(groupId: string, userId: string): void {
    const groups = this.#ofUser.get(userId)
    if (groups === undefined) this.#ofUser.set(userId, new Set([groupId]))
    else groups.add(groupId)
  }

  left(groupId: string, userId: string): void {
    const groups = this.#ofUser.get(userId)
    groups?.delete(groupId)
    if (groups?.size === 0) this.#ofUser.delete(userId)
  }

  /** Rooms in which somebody is, or was until they timed out. */
  of(userId: string): Room[] {
    const rooms: Room[] = []
    for (const groupId of this.#ofUser.get(userId) ?? []) {
      const room = this.#rooms.get(groupId)
      if (room !== undefined) rooms.push(room)
    }
    return rooms
  }

  /** Who is in any room and has not timed out. */
  presentUsers(): ReadonlySet<string> {
    const users = new Set<string>()
    for (const { group } of this.#rooms.values()) for (const { userId, away } of group.members.values()) if (!away) users.add(userId)
    return users
  }

  /** Reads everything back. What a killed process had accepted and not delivered is returned, to be delivered. */
  async load(database: Kysely<RoomDatabase>, perSecond: number, random: () => number, nowMs: number): Promise<{ room: Room; pending: PendingMessage }[]> {
    await dropOrphans(database)
    await loadGroups(database, (group) => this.open(group, perSecond, random, nowMs))
    for (const row of await database.selectFrom('room_log').selectAll().orderBy('cursor').execute()) {
      const room = this.#rooms.get(row.group_id)
      if (room === undefined) continue
      const chat = row.chat === '' ? null : (JSON.parse(row.chat) as ChatFacts & { revoked?: boolean })
      room.log.append({ cursor: row.cursor, event: (JSON.parse(row.item) as { Event: number }).Event, json: row.item, chat })
      if (chat === null) continue
      if (chat.revoked === true) room.log.revoke(chat.msgSeq)
      room.recent.set(`${chat.from} ${chat.random}`, { atMs: chat.atSec * 1_000, msgSeq: chat.msgSeq, msgTime: chat.atSec })
    }
    const waiting: { room: Room; pending: PendingMessage }[] = []
    for (const row of await database.selectFrom('room_pending').selectAll().orderBy('msg_seq').execute()) {
      const room = this.#rooms.get(row.group_id)
      if (room === undefined) continue
      waiting.push({
        room,
        pending: { item: row.item, facts: JSON.parse(row.chat) as ChatFacts, priority: row.priority as Priority, told: null, stored: true },
      })
    }
    return waiting
  }
}

/** Tables whose rows belong to a group. */
export const TABLES_OF_GROUP = [
  'group_member',
  'group_mute',
  'group_ban',
  'group_mark',
  'group_attribute',
  'group_counter',
  'room_log',
  'room_pending',
] as const

/** A group of the same name that is made later must find nothing of an earlier one. */
async function dropOrphans(database: Kysely<RoomDatabase>): Promise<void> {
  for (const table of TABLES_OF_GROUP)
    await database
      .deleteFrom(table)
      .where('group_id', 'not in', (query) => query.selectFrom('chat_group').select('chat_group.group_id'))
      .execute()
}

async function loadGroups(database: Kysely<RoomDatabase>, open: (group: Group) => void): Promise<void> {
  const groups = new Map<string, Group>()
  for (const row of await database.selectFrom('chat_group').selectAll().execute()) {
    groups.set(row.group_id, {
      groupId: row.group_id,
      owner: row.owner,
      createdSec: row.created_sec,
      profile: {
        name: row.name,
        introduction: row.introduction,
        notification: row.notification,
        faceUrl: row.face_url,
        appData: new Map(Object.entries(JSON.parse(row.app_data) as Record<string, string>)),
        muteAll: row.mute_all === 1,
      },
      infoSeq: row.info_seq,
      infoSec: row.info_sec,
      members: new Map(),
      mutes: new Map(),
      bans: new Map(),
      marks: new Map(),
      attributes: { mainSeq: row.attribute_seq, values: new Map() },
      counters: new Map(),
      counterSeq: row.counter_seq,
      present: 0,
    })
  }
  for (const row of await database.selectFrom('group_member').selectAll().orderBy('joined_sec').execute()) {
    const group = groups.get(row.group_id)
    if (group === undefined) continue
    group.members.set(row.user_id, { userId: row.user_id, joinedSec: row.joined_sec, away: row.away === 1 })
    if (row.away === 0) group.present += 1
  }
  for (const row of await database.selectFrom('group_mute').selectAll().execute()) groups.get(row.group_id)?.mutes.set(row.user_id, row.until_sec)
  for (const row of await database.selectFrom('group_ban').selectAll().execute())
    groups.get(row.group_id)?.bans.set(row.user_id, { untilSec: row.until_sec, description: row.description })
  for (const row of await database.selectFrom('group_mark').selectAll().execute()) {
    const marks = groups.get(row.group_id)?.marks
    if (marks?.get(row.mark)?.add(row.user_id) === undefined) marks?.set(row.mark, new Set([row.user_id]))
  }
  for (const row of await database.selectFrom('group_attribute').selectAll().execute()) {
    const group = groups.get(row.group_id)
    if (group === undefined) continue
    group.attributes = { ...group.attributes, values: new Map(group.attributes.values).set(row.key, { value: row.value, seq: row.seq }) }
  }
  for (const row of await database.selectFrom('group_counter').selectAll().execute()) {
    const group = groups.get(row.group_id)
    if (group !== undefined) group.counters = new Map(group.counters).set(row.key, BigInt(row.value))
  }
  for (const group of groups.values()) open(group)
}
