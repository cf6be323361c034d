import type { Kysely } from 'kysely'
import type { RoomMessageOf } from '../../../shared/room-message'
import type { SeatEntry, SeatTableView, TrtcUser } from '../../../shared/seats'
import type { RoomDatabase } from '../../store/schema'
import { ApiError, type ApiErrorCode } from '../api/api-error'
import type { Standings } from '../audience/standing'
import type { Board } from '../chat/board'
import type { Change, Outbox } from '../chat/outbox'
import type { People } from '../identity/people'
import { isCrew } from '../identity/rights'
import type { Caller } from '../identity/sessions'
import type { Moderation } from '../moderation/moderation'
import type { Rooms } from '../rooms/rooms'
import { changeSeats, NO_SEATS, onAir, type SeatChange, type SeatRefusal, type SeatTable } from './seat-table'
import { TrtcUsers } from './trtc-users'

const REFUSED: Readonly<Record<SeatRefusal, ApiErrorCode>> = {
  full: 'seat.full',
  'not-admitted': 'seat.not-admitted',
  'not-ready': 'seat.not-ready',
  taken: 'seat.taken',
}

interface Revised {
  readonly rev: number
  readonly table: SeatTable
}

/**
 * The seats of all rooms. Each change is on disk before anybody hears of it. Viewers are told of those on the air, by a message for whoever is inside
 * and an attribute for whoever comes later; the greenroom is the crew's.
 */
export class Seats {
  readonly #db: Kysely<RoomDatabase>
  readonly #outbox: Outbox
  readonly #board: Board
  readonly #rooms: Rooms
  readonly #people: People
  readonly #standings: Standings
  readonly #moderation: Moderation
  readonly #tables = new Map<string, Revised>()
  readonly #trtcUsers = new TrtcUsers()
  readonly #listeners = new Set<(roomId: string) => void>()

  constructor(parts: { db: Kysely<RoomDatabase>; outbox: Outbox; board: Board; rooms: Rooms; people: People; standings: Standings; moderation: Moderation }) {
    this.#db = parts.db
    this.#outbox = parts.outbox
    this.#board = parts.board
    this.#rooms = parts.rooms
    this.#people = parts.people
    this.#standings = parts.standings
    this.#moderation = parts.moderation
    parts.rooms.onStatus(async ({ room }, write) => {
      if (room.status === 'ended') await this.#apply(write, room.room_id, [{ type: 'all-off-air' }])
    })
    parts.moderation.onRemoved(async (roomId, userIds, write) => {
      const { table } = await this.#read(write.db, roomId)
      await this.#apply(
        write,
        roomId,
        removals(table, (userId) => userIds.includes(userId)),
      )
    })
  }

  async load(): Promise<void> {
    for (const { room_id } of await this.#db.selectFrom('seat_layout').select('room_id').execute())
      this.#tables.set(room_id, await this.#read(this.#db, room_id))
  }

  /** Writes the boards anew: an earlier process may have died before it did. */
  async resume(): Promise<void> {
    for (const [roomId, now] of this.#tables) await this.#writeBoard(roomId, now)
  }

  /** Runs with each change of a room's seats, after it is on disk. @returns ends it */
  onChange(listener: (roomId: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Rooms that have or had seats. */
  roomIds(): readonly string[] {
    return [...this.#tables.keys()]
  }

  /** As they are in this moment, on disk. */
  entries(roomId: string): readonly SeatEntry[] {
    return this.#now(roomId).table.entries
  }

  /** What everybody may know: those on the air. */
  async announced(roomId: string): Promise<RoomMessageOf<'seats'>> {
    return announcement(this.#db, this.#now(roomId))
  }

  /** All of it, for the crew. */
  async view(roomId: string): Promise<SeatTableView> {
    this.#rooms.get(roomId)
    const { rev, table } = this.#now(roomId)
    const entries = await Promise.all(
      table.entries.map(async (entry) => {
        const { nick, avatar, level } = await this.#standings.person(roomId, entry.userId)
        const trtc = this.trtcUser(roomId, entry.userId)
        return { ...entry, nick, avatar, level, ...(trtc === null ? {} : { trtc }) }
      }),
    )
    return { rev, layout: table.layout, entries }
  }

  /** Into the greenroom, by the crew. @throws ApiError person.not-found | seat.blocked | seat.full */
  async admit(roomId: string, userId: string): Promise<SeatTableView> {
    if ((await this.#people.profile(userId)) === null) throw new ApiError('person.not-found')
    if (this.#moderation.isBlocked(roomId, userId)) throw new ApiError('seat.blocked')
    return this.change(roomId, { type: 'admit', userId })
  }

  /** Into the greenroom, by a co-anchor's link. @throws ApiError auth.blocked | seat.full */
  async admitByLink(roomId: string, userId: string): Promise<void> {
    if (this.#moderation.isBlocked(roomId, userId)) throw new ApiError('auth.blocked', { reason: '' })
    await this.change(roomId, { type: 'admit', userId })
  }

  /**
   * A co-anchor says that he is ready, or not yet. Whoever came by a co-anchor's link comes into the greenroom by it; anybody else has to be admitted.
   * @throws ApiError seat.not-admitted | seat.full | auth.blocked
   */
  async ready(roomId: string, caller: Caller, ready: boolean): Promise<void> {
    const { userId } = caller
    if (this.#moderation.isBlocked(roomId, userId)) throw new ApiError('auth.blocked', { reason: '' })
    await this.change(roomId, ...(this.isByLink(roomId, caller) ? [{ type: 'admit' as const, userId }] : []), { type: 'ready', userId, ready })
  }

  /** He is here by a co-anchor's link: one that he lost is none, whatever his token says. */
  isByLink(roomId: string, { userId, role }: Caller): boolean {
    return role === 'coanchor' && this.#people.role(roomId, userId) === 'coanchor'
  }

  /** Who a co-anchor is in the TRTC room of which he is the anchor; null = he is of none. */
  trtcUser(roomId: string, userId: string): TrtcUser | null {
    return this.#trtcUsers.of(roomId, userId)
  }

  /**
   * A co-anchor is the anchor of another TRTC room, and comes as that user: the crew's table says so. Nobody is put in a seat by it, and nobody can be somebody who is known here.
   * @throws ApiError seat.not-admitted | trtc.user-taken
   */
  setTrtcUser(roomId: string, userId: string, user: TrtcUser): void {
    const entries = this.entries(roomId)
    if (!entries.some((entry) => entry.userId === userId)) throw new ApiError('seat.not-admitted')
    const holder = this.#trtcUsers.holder(roomId, user.userId)
    const isOneOfHere = user.userId === this.#rooms.get(roomId).owner || entries.some((entry) => entry.userId === user.userId)
    if (user.roomId === roomId || isOneOfHere || (holder !== null && holder !== userId)) throw new ApiError('trtc.user-taken')
    if (!this.#trtcUsers.set(roomId, userId, user)) return
    for (const listener of this.#listeners) listener(roomId)
  }

  /** All of these or, where one is refused, none. @throws ApiError seat.* */
  async change(roomId: string, ...changes: readonly SeatChange[]): Promise<SeatTableView> {
    this.#rooms.get(roomId)
    await this.#outbox.change((write) => this.#apply(write, roomId, changes))
    return this.view(roomId)
  }

  /** The link that they came by was ended: they are viewers now. */
  async dropGuests(roomId: string, userIds: readonly string[]): Promise<void> {
    // Read inside, as the removals from the room are: somebody may be coming in by the link in this moment.
    await this.#outbox.change(async (write) => {
      const { table } = await this.#read(write.db, roomId)
      const changes = removals(table, (userId) => userIds.includes(userId) && !isCrew(this.#people.role(roomId, userId)))
      await this.#apply(write, roomId, changes)
    })
  }

  #now(roomId: string): Revised {
    return this.#tables.get(roomId) ?? { rev: 0, table: NO_SEATS }
  }

  async #apply(write: Change, roomId: string, changes: readonly SeatChange[]): Promise<void> {
    // Read inside: transactions follow one another, and each must see what the one before it wrote.
    const before = await this.#read(write.db, roomId)
    let { table } = before
    for (const change of changes) {
      const step = changeSeats(table, change)
      if (!step.ok) throw new ApiError(REFUSED[step.reason])
      table = step.table
    }
    if (table === before.table) return
    const now = { rev: before.rev + 1, table }
    await this.#save(write, roomId, now)
    const told = await announcement(write.db, now)
    const isNews = JSON.stringify({ ...told, rev: 0 }) !== JSON.stringify({ ...(await announcement(write.db, before)), rev: 0 })
    if (isNews) await write.say(roomId, told)
    write.committed(() => {
      this.#tables.set(roomId, now)
      this.#trtcUsers.keep(
        roomId,
        table.entries.map(({ userId }) => userId),
      )
      if (isNews) this.#board.put(roomId, 'seats', boardValue(told))
      for (const listener of this.#listeners) listener(roomId)
    })
  }

  async #read(db: Kysely<RoomDatabase>, roomId: string): Promise<Revised> {
    const head = await db.selectFrom('seat_layout').selectAll().where('room_id', '=', roomId).executeTakeFirst()
    const rows = await db.selectFrom('seat').selectAll().where('room_id', '=', roomId).orderBy('place').execute()
    const entries = rows.map((row) => ({
      userId: row.user_id,
      seat: row.seat,
      ready: row.ready === 1,
      muted: row.muted === 1,
      volume: row.volume,
      spotlight: row.spotlight === 1,
    }))
    return { rev: head?.rev ?? 0, table: { layout: head?.layout ?? NO_SEATS.layout, entries } }
  }

  async #save(write: Change, roomId: string, { rev, table }: Revised): Promise<void> {
    const { layout, entries } = table
    await write.db
      .insertInto('seat_layout')
      .values({ room_id: roomId, layout, rev })
      .onConflict((conflict) => conflict.column('room_id').doUpdateSet({ layout, rev }))
      .execute()
    await write.db.deleteFrom('seat').where('room_id', '=', roomId).execute()
    if (entries.length === 0) return
    const rows = entries.map((entry, place) => ({
      ...{ room_id: roomId, user_id: entry.userId, place, seat: entry.seat, volume: entry.volume },
      ...{ ready: entry.ready ? 1 : 0, muted: entry.muted ? 1 : 0, spotlight: entry.spotlight ? 1 : 0 },
    }))
    await write.db.insertInto('seat').values(rows).execute()
  }

  async #writeBoard(roomId: string, now: Revised): Promise<void> {
    this.#board.put(roomId, 'seats', boardValue(await announcement(this.#db, now)))
  }
}

function removals(table: SeatTable, isGone: (userId: string) => boolean): readonly SeatChange[] {
  return table.entries.filter(({ userId }) => isGone(userId)).map(({ userId }) => ({ type: 'remove', userId }))
}

async function announcement(db: Kysely<RoomDatabase>, { rev, table }: Revised): Promise<RoomMessageOf<'seats'>> {
  const seated = onAir(table)
  const ids = seated.map(({ userId }) => userId)
  const people = ids.length === 0 ? [] : await db.selectFrom('person').select(['user_id', 'nick']).where('user_id', 'in', ids).execute()
  const nicks = new Map(people.map((person) => [person.user_id, person.nick]))
  const seats = seated.map(({ userId, seat, muted, spotlight }) => ({ seat, userId, nick: nicks.get(userId) ?? userId, muted, spotlight }))
  return { v: 1, kind: 'seats', rev, layout: table.layout, seats }
}

/** As an attribute has it: 4,096 bytes at most (im:34895). */
function boardValue({ rev, layout, seats }: RoomMessageOf<'seats'>): { readonly rev: number } & Record<string, unknown> {
  return { rev, layout, seats: seats.map(({ seat, userId, nick }) => ({ seat, userId, nick })) }
}
