import type { Kysely, Selectable } from 'kysely'
import { cutBytes } from '../../../shared/cut-bytes'
import type { RoomStatus } from '../../../shared/room-message'
import type { ShowEngine } from '../../../shared/show-engine'
import type { BackendTables } from '../../store/backend-schema'
import type { RoomDatabase } from '../../store/schema'
import { ApiError } from '../api/api-error'
import type { Board } from '../chat/board'
import { COMMAND, createGroup, modifyGroup } from '../chat/calls'
import { ChatRestError, type ChatRest } from '../chat/chat-rest'
import type { Change, Outbox } from '../chat/outbox'
import { nowSec, type Clock } from '../clock'
import { LIMITS } from '../config'
import { imFailure, type People } from '../identity/people'
import { fromGroupText, toGroupText, type TextField, type TextInput } from './room-text'
import { beginsShow, onAir, streamMoves, type PauseCause } from './show'
import { transition } from './status'

export type RoomRow = Selectable<BackendTables['live_room']>

export interface RoomInput {
  readonly roomId: string
  readonly title: string
  readonly cover: string
  /** UNIX seconds; 0 = not scheduled. */
  readonly startsAt: number
  readonly owner: string
}

export interface StatusChange {
  readonly room: RoomRow
  readonly previous: RoomStatus
  /** True when a new show began. */
  readonly begun: boolean
}

/** The key of a group's custom field that those outside read; the cloud's console must know it too. At most 16 bytes. */
export const STATUS_FIELD = 'live_status'

const TAKEN_BY_ANOTHER_GROUP: ReadonlySet<number> = new Set([10021])
const IS_OURS_ALREADY = 10025

/** The rooms: what they are, their status, notice and introduction. The database has the last word; what is here is its copy. */
export class Rooms {
  readonly #db: Kysely<RoomDatabase>
  readonly #rest: ChatRest
  readonly #outbox: Outbox
  readonly #board: Board
  readonly #people: People
  readonly #clock: Clock
  readonly #rooms = new Map<string, RoomRow>()
  readonly #listeners: ((change: StatusChange, write: Change) => Promise<void>)[] = []

  constructor(parts: { db: Kysely<RoomDatabase>; rest: ChatRest; outbox: Outbox; board: Board; people: People; clock: Clock }) {
    this.#db = parts.db
    this.#rest = parts.rest
    this.#outbox = parts.outbox
    this.#board = parts.board
    this.#people = parts.people
    this.#clock = parts.clock
  }

  async load(): Promise<void> {
    for (const room of await this.#db.selectFrom('live_room').selectAll().execute()) this.#rooms.set(room.room_id, room)
  }

  /** Writes the boards anew: an earlier process may have died before it did. */
  resume(): void {
    for (const room of this.#rooms.values()) this.#writeBoard(room)
  }

  /** Runs in the transaction of each change of status. */
  onStatus(listener: (change: StatusChange, write: Change) => Promise<void>): void {
    this.#listeners.push(listener)
  }

  find(roomId: string): RoomRow | null {
    return this.#rooms.get(roomId) ?? null
  }

  /** @throws ApiError room.not-found */
  get(roomId: string): RoomRow {
    const room = this.#rooms.get(roomId)
    if (room === undefined) throw new ApiError('room.not-found')
    return room
  }

  all(): readonly RoomRow[] {
    return [...this.#rooms.values()]
  }

  /** @throws ApiError room.exists | room.too-many | im.unavailable | im.refused */
  async create(input: RoomInput): Promise<RoomRow> {
    if (this.#rooms.has(input.roomId)) throw new ApiError('room.exists')
    if (this.#rooms.size >= LIMITS.rooms) throw new ApiError('room.too-many', { limit: LIMITS.rooms })
    await this.#makeGroup(input)
    const row: RoomRow = {
      room_id: input.roomId,
      owner: input.owner,
      title: input.title,
      cover: input.cover,
      starts_at_sec: input.startsAt,
      status: 'upcoming',
      pause_cause: '',
      show: 0,
      rev: 1,
      notice: '',
      introduction: '',
      mute_all: 0,
      slow_mode_sec: 0,
      gift_seq: 0,
      likes: 0,
      live_since_ms: 0,
      created_sec: nowSec(this.#clock),
      engine: 'stage',
    }
    await this.#db.insertInto('live_room').values(row).execute()
    this.#rooms.set(row.room_id, row)
    this.#writeBoard(row)
    return row
  }

  /** Title, cover and scheduled start. */
  async edit(roomId: string, change: { readonly title?: string; readonly cover?: string; readonly startsAt?: number }): Promise<RoomRow> {
    const room = await this.#update(roomId, async (write, before) => {
      const after = await this.patch(write, before, {
        title: change.title ?? before.title,
        cover: change.cover ?? before.cover,
        starts_at_sec: change.startsAt ?? before.starts_at_sec,
        rev: before.rev + 1,
      })
      await write.say(roomId, { v: 1, kind: 'profile', title: after.title, cover: after.cover, startsAt: after.starts_at_sec, rev: after.rev })
      await write.add(roomId, modifyGroup(roomId, { name: cutBytes(after.title, LIMITS.groupNameBytes), faceUrl: after.cover }))
      return after
    })
    this.#writeBoard(room)
    return room
  }

  /** @throws ApiError room.not-found | room.illegal-transition */
  async changeStatus(roomId: string, to: RoomStatus, cause: PauseCause): Promise<RoomRow> {
    const room = await this.#update(roomId, (write, before) => this.#move(write, before, to, cause))
    this.#writeBoard(room)
    return room
  }

  /** By which engine the show goes. Viewers are not told: it makes no difference to them. */
  async setEngine(roomId: string, engine: ShowEngine): Promise<void> {
    if (this.get(roomId).engine !== engine) await this.#update(roomId, (write, before) => this.patch(write, before, { engine }))
  }

  /** The program stream came or went. @returns the room, moved or not */
  async media(roomId: string, publishing: boolean): Promise<RoomRow> {
    let moved = false
    const room = await this.#update(roomId, async (write, before) => {
      const to = streamMoves(before.status, before.pause_cause, publishing)
      moved = to !== null
      return to === null ? before : this.#move(write, before, to, 'media')
    })
    if (moved) this.#writeBoard(room)
    return room
  }

  /** @throws ApiError text.too-long | text.image-not-https */
  async setText(roomId: string, field: TextField, input: TextInput, by: string): Promise<RoomRow> {
    const value = toGroupText(field, input)
    const room = await this.#update(roomId, async (write, before) => {
      const after = await this.patch(write, before, { [field]: value, rev: before.rev + 1 })
      await write.db
        .insertInto('room_text_history')
        .values({ room_id: roomId, field, value, by_user: by, at_sec: nowSec(this.#clock) })
        .execute()
      const text = fromGroupText(value)
      await write.say(
        roomId,
        field === 'notice' ? { v: 1, kind: 'notice', notice: text, rev: after.rev } : { v: 1, kind: 'introduction', introduction: text, rev: after.rev },
      )
      await write.add(roomId, modifyGroup(roomId, field === 'notice' ? { notification: value } : { introduction: value }))
      return after
    })
    this.#writeBoard(room)
    return room
  }

  async textHistory(roomId: string, field: TextField): Promise<readonly { readonly value: string; readonly by: string; readonly at: number }[]> {
    const rows = await this.#db
      .selectFrom('room_text_history')
      .selectAll()
      .where('room_id', '=', roomId)
      .where('field', '=', field)
      .orderBy('id', 'desc')
      .limit(100)
      .execute()
    return rows.map((row) => ({ value: row.value, by: row.by_user, at: row.at_sec }))
  }

  /** Changes fields of a room in a transaction of another part; what it is then stands in `get` after the transaction. */
  async update(roomId: string, work: (write: Change, before: RoomRow) => Promise<RoomRow>): Promise<RoomRow> {
    return this.#update(roomId, work)
  }

  /** Writes fields of a row; the copy follows when the transaction is through. */
  async patch(write: Change, before: RoomRow, fields: Partial<RoomRow>): Promise<RoomRow> {
    await write.db.updateTable('live_room').set(fields).where('room_id', '=', before.room_id).execute()
    return { ...before, ...fields }
  }

  /** The copy here, when another part's change of a row is on disk. */
  touch(roomId: string, fields: Partial<RoomRow>): void {
    this.#rooms.set(roomId, { ...this.get(roomId), ...fields })
  }

  /** Counts likes in the copy and on disk. */
  async addLikes(roomId: string, likes: number): Promise<void> {
    await this.#update(roomId, (write, before) => this.patch(write, before, { likes: before.likes + likes }))
  }

  async #update(roomId: string, work: (write: Change, before: RoomRow) => Promise<RoomRow>): Promise<RoomRow> {
    this.get(roomId)
    // Read inside: transactions follow one another, and each must see what the one before it wrote.
    return this.#outbox.change(async (write) => {
      const before = await write.db.selectFrom('live_room').selectAll().where('room_id', '=', roomId).executeTakeFirstOrThrow()
      const after = await work(write, before)
      write.committed(() => this.#rooms.set(roomId, after))
      return after
    })
  }

  async #move(write: Change, before: RoomRow, to: RoomStatus, cause: PauseCause): Promise<RoomRow> {
    const from = before.status
    const verdict = transition(from, to)
    if (!verdict.ok) throw new ApiError('room.illegal-transition', { from, to, allowed: verdict.allowed.join(', ') })
    if (!verdict.changed) return before
    const begun = beginsShow(from, to)
    const now = this.#clock.nowMs()
    const room = await this.patch(write, before, {
      status: to,
      pause_cause: to === 'paused' ? cause : '',
      show: before.show + (begun ? 1 : 0),
      rev: before.rev + 1,
      live_since_ms: begun ? now : onAir(to) ? before.live_since_ms : 0,
    })
    await write.say(room.room_id, { v: 1, kind: 'status', status: to, previous: from, show: room.show, rev: room.rev, at: nowSec(this.#clock) })
    await write.add(
      room.room_id,
      modifyGroup(room.room_id, { appData: { [STATUS_FIELD]: JSON.stringify({ status: to, show: room.show, rev: room.rev, at: nowSec(this.#clock) }) } }),
    )
    for (const listener of this.#listeners) await listener({ room, previous: from, begun }, write)
    return room
  }

  async #makeGroup(input: RoomInput): Promise<void> {
    try {
      await this.#people.ensureImported(input.owner)
      await this.#rest.insist(
        COMMAND.createGroup,
        createGroup(input.roomId, input.owner, { name: cutBytes(input.title, LIMITS.groupNameBytes), faceUrl: input.cover }).body,
      )
    } catch (error) {
      if (error instanceof ChatRestError && error.code === IS_OURS_ALREADY) return
      if (error instanceof ChatRestError && TAKEN_BY_ANOTHER_GROUP.has(error.code)) throw new ApiError('room.exists', {}, error)
      throw imFailure(error)
    }
  }

  #writeBoard(room: RoomRow): void {
    const { rev } = room
    this.#board.put(room.room_id, 'status', { rev, status: room.status, show: room.show })
    this.#board.put(room.room_id, 'profile', { rev, title: room.title, cover: room.cover, startsAt: room.starts_at_sec })
    this.#board.put(room.room_id, 'notice', { rev, notice: fromGroupText(room.notice) })
    this.#board.put(room.room_id, 'introduction', { rev, introduction: fromGroupText(room.introduction) })
  }
}
