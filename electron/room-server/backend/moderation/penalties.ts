import type { Kysely, Transaction } from 'kysely'
import type { Penalty } from '../../../shared/crew-api'
import type { RoomDatabase } from '../../store/schema'
import { nowSec, type Clock } from '../clock'

/** Mutes or blocks of all rooms: on disk, and here for the callbacks, which have no time to ask. */
export class Penalties {
  readonly #table: 'mute' | 'block'
  readonly #clock: Clock
  readonly #rooms = new Map<string, Map<string, Penalty>>()

  constructor(table: 'mute' | 'block', clock: Clock) {
    this.#table = table
    this.#clock = clock
  }

  async load(db: Kysely<RoomDatabase>): Promise<void> {
    for (const row of await db.selectFrom(this.#table).selectAll().execute())
      this.put(row.room_id, { userId: row.user_id, scope: row.scope, until: row.until_sec, reason: row.reason })
  }

  /** What holds now; null = nothing. */
  find(roomId: string, userId: string): Penalty | null {
    const penalty = this.#rooms.get(roomId)?.get(userId)
    if (penalty === undefined) return null
    return penalty.scope === 'timed' && penalty.until <= nowSec(this.#clock) ? null : penalty
  }

  list(roomId: string): readonly Penalty[] {
    return [...(this.#rooms.get(roomId)?.values() ?? [])].filter(({ userId }) => this.find(roomId, userId) !== null)
  }

  async write(db: Transaction<RoomDatabase>, roomId: string, penalty: Penalty, by: string): Promise<void> {
    const fields = { scope: penalty.scope, until_sec: penalty.until, reason: penalty.reason, by_user: by, at_sec: nowSec(this.#clock) }
    await db
      .insertInto(this.#table)
      .values({ room_id: roomId, user_id: penalty.userId, ...fields })
      .onConflict((conflict) => conflict.columns(['room_id', 'user_id']).doUpdateSet(fields))
      .execute()
  }

  async erase(db: Transaction<RoomDatabase>, roomId: string, userIds: readonly string[]): Promise<void> {
    if (userIds.length > 0)
      await db
        .deleteFrom(this.#table)
        .where('room_id', '=', roomId)
        .where('user_id', 'in', [...userIds])
        .execute()
  }

  /** The copy here, when it is on disk. */
  put(roomId: string, penalty: Penalty): void {
    const room = this.#rooms.get(roomId) ?? new Map<string, Penalty>()
    this.#rooms.set(roomId, room)
    room.set(penalty.userId, penalty)
  }

  drop(roomId: string, userIds: readonly string[]): void {
    for (const userId of userIds) this.#rooms.get(roomId)?.delete(userId)
  }
}
