import type { Insertable, Kysely, Transaction } from 'kysely'
import type { RoomDatabase } from '../../store/schema'
import type { Clock } from '../clock'

/** What levels and popularity are made of. online: ms · join: visits · message: messages delivered · like: likes · gift: coins, less refunds. */
export const ACTIVITY_KINDS = ['online', 'join', 'message', 'like', 'gift'] as const
export type ActivityKind = (typeof ACTIVITY_KINDS)[number]
export type ActivityTotals = Readonly<Record<ActivityKind, number>>

export interface ActivityEvent {
  readonly roomId: string
  readonly show: number
  readonly userId: string
  readonly kind: ActivityKind
  readonly amount: number
  readonly atMs: number
}

const NOTHING: ActivityTotals = { online: 0, join: 0, message: 0, like: 0, gift: 0 }
const FLUSH_MS = 250
const MAX_CACHED = 50_000
/** Of one transaction: what is urgent waits for no more. */
const FLUSHED_AT_ONCE = 200
/** Of one statement. Powers of two, so that there are few texts to be prepared. */
const MAX_ROWS = 128

/**
 * The raw events, appended as they happen and summed up beside them in the same transaction. What is shown is the sum; made anew from the raw
 * events it is the same.
 */
export class Activity {
  readonly #db: Kysely<RoomDatabase>
  readonly #clock: Clock
  readonly #log: (message: string) => void
  /** Sums by room and person; by room under person ''. Kept here so that a message needs no query. */
  readonly #totals = new Map<string, Promise<Record<ActivityKind, number>>>()
  readonly #listeners: ((event: ActivityEvent) => void)[] = []
  #pending: ActivityEvent[] = []
  #timer: NodeJS.Timeout | null = null
  #flushing: Promise<void> = Promise.resolve()

  constructor(db: Kysely<RoomDatabase>, clock: Clock, log: (message: string) => void) {
    this.#db = db
    this.#clock = clock
    this.#log = log
  }

  /** Is told each event as it is counted. */
  onEvent(listener: (event: ActivityEvent) => void): void {
    this.#listeners.push(listener)
  }

  add(roomId: string, show: number, userId: string, kind: ActivityKind, amount: number): void {
    if (amount === 0) return
    const event = { roomId, show, userId, kind, amount, atMs: this.#clock.nowMs() }
    this.#pending.push(event)
    this.count(event)
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS)
  }

  /** Writes an event with a change of another part; `count` it when that is on disk. */
  async write(db: Transaction<RoomDatabase>, event: Omit<ActivityEvent, 'atMs'>): Promise<ActivityEvent> {
    const whole = { ...event, atMs: this.#clock.nowMs() }
    await this.#insert(db, [whole])
    return whole
  }

  /** Adds to the sums that are kept here, and tells it. */
  count(event: ActivityEvent): void {
    for (const person of [event.userId, '']) {
      const known = this.#totals.get(`${event.roomId} ${person}`)
      void known?.then((totals) => (totals[event.kind] += event.amount))
    }
    for (const listener of this.#listeners) listener(event)
  }

  /** @param userId '' = all of the room together */
  async totals(roomId: string, userId: string): Promise<ActivityTotals> {
    const key = `${roomId} ${userId}`
    const known = this.#totals.get(key)
    if (known !== undefined) return known
    if (this.#totals.size >= MAX_CACHED) this.#totals.delete(this.#totals.keys().next().value ?? '')
    const loaded = this.#load(roomId, userId)
    this.#totals.set(key, loaded)
    loaded.catch(() => this.#totals.delete(key))
    return loaded
  }

  /** Raw events of a room since a time, in the order in which they were written. */
  async since(roomId: string, fromMs: number): Promise<readonly ActivityEvent[]> {
    await this.flush()
    const rows = await this.#db.selectFrom('activity').selectAll().where('room_id', '=', roomId).where('at_ms', '>=', fromMs).orderBy('id').execute()
    return rows.flatMap((row) =>
      isKind(row.kind) ? [{ roomId: row.room_id, show: row.show, userId: row.user_id, kind: row.kind, amount: row.amount, atMs: row.at_ms }] : [],
    )
  }

  /** Resolves when all that was added is on disk. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#flushing = this.#flushing.then(() => this.#writePending(this.#pending.length))
    return this.#flushing
  }

  /** What is not in a transaction yet stays pending: whoever reads the sums between two of them adds it. */
  async #writePending(count: number): Promise<void> {
    let unwritten = 0
    let reason = ''
    for (let left = count; left > 0; left -= FLUSHED_AT_ONCE) {
      const batch = this.#pending.splice(0, Math.min(left, FLUSHED_AT_ONCE))
      try {
        await this.#db.transaction().execute((db) => this.#insert(db, batch))
      } catch (error) {
        // The disk, most likely. What is shown must not be more than what is kept: the sums are read again.
        this.#totals.clear()
        unwritten += batch.length
        reason = error instanceof Error ? error.message : String(error)
      }
    }
    if (unwritten > 0) this.#log(`${unwritten} events were not written: ${reason}`)
  }

  async #load(roomId: string, userId: string): Promise<Record<ActivityKind, number>> {
    // Whatever is added while this runs is either on disk by then or counted after it.
    const pendingBefore = this.#pending.filter((event) => event.roomId === roomId && (userId === '' || event.userId === userId))
    let query = this.#db
      .selectFrom('activity_total')
      .select((row) => ['kind', row.fn.sum<number>('amount').as('amount')])
      .where('room_id', '=', roomId)
    if (userId !== '') query = query.where('user_id', '=', userId)
    const totals = sums(await query.groupBy('kind').execute())
    for (const event of pendingBefore) totals[event.kind] += event.amount
    return totals
  }

  async #insert(db: Transaction<RoomDatabase>, events: readonly ActivityEvent[]): Promise<void> {
    const rows = events.map(({ roomId, show, userId, kind, amount, atMs }) => ({ room_id: roomId, show, user_id: userId, kind, amount, at_ms: atMs }))
    for (const some of inParts(rows)) await db.insertInto('activity').values(some).execute()
    for (const some of inParts(addedUp(events)))
      await db
        .insertInto('activity_total')
        .values(some)
        .onConflict((conflict) =>
          conflict.columns(['room_id', 'user_id', 'kind']).doUpdateSet((row) => ({ amount: row('activity_total.amount', '+', row.ref('excluded.amount')) })),
        )
        .execute()
  }
}

/** One row for each sum: PostgreSQL changes none twice in one statement. */
function addedUp(events: readonly ActivityEvent[]): Insertable<RoomDatabase['activity_total']>[] {
  const rows = new Map<string, { room_id: string; user_id: string; kind: ActivityKind; amount: number }>()
  for (const { roomId, userId, kind, amount } of events) {
    const key = `${roomId} ${userId} ${kind}`
    const row = rows.get(key) ?? { room_id: roomId, user_id: userId, kind, amount: 0 }
    row.amount += amount
    rows.set(key, row)
  }
  return [...rows.values()]
}

function inParts<T>(rows: readonly T[]): T[][] {
  const parts: T[][] = []
  for (let at = 0, size = MAX_ROWS; at < rows.length; at += size) {
    while (size > rows.length - at) size /= 2
    parts.push(rows.slice(at, at + size))
  }
  return parts
}

function sums(rows: readonly { readonly kind: string; readonly amount: number }[]): Record<ActivityKind, number> {
  const totals = { ...NOTHING }
  for (const { kind, amount } of rows) if (isKind(kind)) totals[kind] = Number(amount)
  return totals
}

function isKind(text: string): text is ActivityKind {
  return (ACTIVITY_KINDS as readonly string[]).includes(text)
}
