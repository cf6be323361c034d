import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { PkView, PkWord } from '../../../shared/pk'
import type { RoomMessageOf } from '../../../shared/room-message'
import type { RoomDatabase } from '../../store/schema'
import { ApiError, type ApiErrorCode } from '../api/api-error'
import type { Board } from '../chat/board'
import type { Change, Outbox } from '../chat/outbox'
import type { Clock, Timers } from '../clock'
import type { BackendConfig } from '../config'
import { paidBetween } from '../gifts/ledger'
import type { People } from '../identity/people'
import type { Rooms } from '../rooms/rooms'
import type { Seats } from '../seats/seats'
import { NO_PK, pkDueMs, pkSchema, pkStep, type Pk, type PkEvent, type PkRefusal, type Score } from './pk-machine'
import { announcement, viewOf, wordOf } from './pk-words'

const REFUSED: Readonly<Record<PkRefusal, ApiErrorCode>> = { busy: 'pk.running', none: 'pk.none', 'not-yours': 'pk.not-yours' }
/** Sums are counted, and told where they changed, once in so long: IM takes 40 messages a second for all that a room is told. */
const COUNT_EVERY_MS = 1_000
/** Longer than a request may take: another room that asks once a second is there. */
const HEARD_MS = 5_000
/** Two timers at once are one. */
const SOONEST_MS = 10
const MAX_NICK_CHARS = 60

interface Revised {
  readonly rev: number
  readonly pk: Pk
}

/** What is known of the room that this one is connected with. */
export interface HostStanding {
  readonly away: boolean
  /** Its latest word, where that is an offer, and when it was heard. */
  readonly offer: { readonly word: PkWord; readonly nick: string; readonly heardMs: number } | null
}

interface PksParts {
  readonly db: Kysely<RoomDatabase>
  readonly outbox: Outbox
  readonly board: Board
  readonly rooms: Rooms
  readonly people: People
  readonly seats: Seats
  readonly config: BackendConfig
  readonly clock: Clock
  readonly timers: Timers
}

/**
 * The PKs of all rooms, as host and as guest. Each change is on disk before anybody hears of it. The sum of one's own room is counted from the ledger, each time anew; the
 * other room's latest is kept in memory until the next count, and said again by it until the run is over.
 */
export class Pks {
  readonly #parts: PksParts
  readonly #kept = new Map<string, Revised>()
  readonly #scores = new Map<string, Score>()
  readonly #heard = new Map<string, number>()
  readonly #timers = new Map<string, () => void>()
  readonly #counting = new Set<Promise<void>>()
  #closed = false

  constructor(parts: PksParts) {
    this.#parts = parts
    parts.rooms.onStatus(async ({ room }, write) => {
      if (room.status !== 'ended' || !this.#kept.has(room.room_id)) return
      await this.#apply(write, room.room_id, await this.#count(write.db, room.room_id), { type: 'show-over' })
    })
  }

  async load(): Promise<void> {
    for (const { room_id } of await this.#parts.db.selectFrom('pk').select('room_id').execute())
      this.#kept.set(room_id, await this.#read(this.#parts.db, room_id))
  }

  /** Goes on with what an earlier process left. */
  async resume(): Promise<void> {
    for (const roomId of this.#kept.keys()) {
      // Not counted yet: a run whose time is over waits for the other room's last word once more.
      await this.#parts.outbox.change((write) => this.#apply(write, roomId, { type: 'resume' }))
      this.#arm(roomId)
    }
  }

  /** Writes the boards anew: an earlier process may have died before it did. */
  writeBoards(): void {
    for (const [roomId, { rev, pk }] of this.#kept) this.#parts.board.put(roomId, 'pk', boardValue(announcement(rev, pk)))
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    await Promise.allSettled(this.#counting)
  }

  /** What everybody may know; null = the room never had one. */
  announced(roomId: string): RoomMessageOf<'pk'> | null {
    const kept = this.#kept.get(roomId)
    return kept === undefined ? null : announcement(kept.rev, kept.pk)
  }

  /** For the crew. @throws ApiError room.not-found */
  view(roomId: string, host: HostStanding): PkView {
    this.#parts.rooms.get(roomId)
    const { rev, pk } = this.#now(roomId)
    const now = this.#parts.clock.nowMs()
    const rooms = this.#parts.seats.entries(roomId).flatMap(({ userId, seat }) => (seat > 0 && this.#isHeard(roomId, userId) ? [userId] : []))
    const guest = pk.state === 'running' && pk.side === 'guest'
    const away = guest ? host.away : pk.state === 'running' && !this.#isHeard(roomId, pk.userId)
    const view = viewOf(rev, pk, { away, rooms }, now)
    const { offer } = host
    if (offer === null || pk.state === 'offered' || pk.state === 'running') return view
    const { pkId, seconds, remainingMs } = offer.word
    const leftMs = Math.max(0, remainingMs - (now - offer.heardMs))
    const none = viewOf(rev, NO_PK, { away, rooms }, now)
    return { ...none, state: 'offered', side: 'guest', pkId, seconds, other: { nick: offer.nick }, remainingMs: leftMs }
  }

  /** As the host. @throws ApiError room.not-found | pk.not-a-room | pk.running */
  async offer(roomId: string, userId: string, seconds: number): Promise<void> {
    this.#parts.rooms.get(roomId)
    if (!this.#isOnAir(roomId, userId) || !this.#isHeard(roomId, userId)) throw new ApiError('pk.not-a-room')
    const { nick } = await this.#parts.people.shown(userId)
    await this.#step(roomId, { type: 'offer', pkId: randomBytes(8).toString('hex'), userId, nick, seconds })
  }

  /** An offer is taken back, a run of one's own ended early, a result put away. @throws ApiError room.not-found | pk.none | pk.not-yours */
  async stop(roomId: string): Promise<void> {
    this.#parts.rooms.get(roomId)
    await this.#step(roomId, { type: 'stop' })
  }

  /** To the other room's server, and the sign that it is there. @throws ApiError room.not-found */
  async word(roomId: string, userId: string): Promise<PkWord> {
    const { rooms, people, clock } = this.#parts
    const { owner } = rooms.get(roomId)
    const nowMs = clock.nowMs()
    for (const [key, heardMs] of this.#heard) if (nowMs - heardMs > HEARD_MS) this.#heard.delete(key)
    this.#heard.set(`${roomId} ${userId}`, nowMs)
    const { nick } = await people.shown(owner)
    return wordOf(this.#now(roomId).pk, userId, nick.slice(0, MAX_NICK_CHARS), clock.nowMs())
  }

  /** The other room's answer to the offer. @throws ApiError room.not-found | pk.none */
  async answer(roomId: string, userId: string, pkId: string, accept: boolean): Promise<PkWord> {
    this.#parts.rooms.get(roomId)
    // Taken off the air meanwhile: there is nobody to hold a PK with.
    if (accept && !this.#isOnAir(roomId, userId)) throw new ApiError('pk.none')
    await this.#step(roomId, { type: 'answer', pkId, userId, accept })
    return this.word(roomId, userId)
  }

  /** The other room's sum. After the last one, or after the end, it changes nothing. @throws ApiError room.not-found | pk.none */
  async score(roomId: string, userId: string, score: Score): Promise<PkWord> {
    this.#parts.rooms.get(roomId)
    const { pk } = this.#now(roomId)
    const isTheirs = (pk.state === 'running' || pk.state === 'ended') && pk.userId === userId && pk.pkId === score.pkId
    if (!isTheirs) throw new ApiError('pk.none')
    if (pk.state === 'running') {
      if (this.#scores.get(roomId)?.final !== true) this.#scores.set(roomId, score)
      if (score.final && this.#parts.clock.nowMs() >= pk.untilMs) await this.#step(roomId)
    }
    return this.word(roomId, userId)
  }

  /** As the guest: what is to be told to the host; null = no run. `untilMs`: its end by this machine's clock. */
  async guestScore(roomId: string): Promise<(Score & { readonly untilMs: number }) | null> {
    const { pk } = this.#now(roomId)
    if (pk.state !== 'running' || pk.side !== 'guest') return null
    const final = this.#parts.clock.nowMs() >= pk.untilMs
    return { pkId: pk.pkId, coins: await paidBetween(this.#parts.db, roomId, pk.fromMs, pk.untilMs), final, untilMs: pk.untilMs }
  }

  /** As the guest: what the host told. */
  async hostSays(roomId: string, word: PkWord, nick: string): Promise<void> {
    const { pk } = this.#now(roomId)
    if (word.state === 'running' && this.knows(roomId, word.pkId)) this.#scores.set(roomId, { pkId: word.pkId, coins: word.others, final: false })
    const event = { type: 'host-says', word, nick } as const
    const step = pkStep(pk, event, this.#parts.clock.nowMs())
    if (step.ok && step.pk !== pk) await this.#step(roomId, event)
  }

  /** As the guest: whether it takes part in this run, or did and does not know how it went. */
  knows(roomId: string, pkId: string): boolean {
    const { pk } = this.#now(roomId)
    return (pk.state === 'running' || pk.state === 'ended') && pk.side === 'guest' && pk.pkId === pkId
  }

  /** As the guest: it has disconnected. A run goes on without it, and its result is not known here. */
  async left(roomId: string): Promise<void> {
    if (this.#kept.has(roomId)) await this.#step(roomId, { type: 'left' })
  }

  /** Whether this room is at one, so that it can take no other. */
  isBusy(roomId: string): boolean {
    const { state } = this.#now(roomId).pk
    return state === 'offered' || state === 'running'
  }

  #now(roomId: string): Revised {
    return this.#kept.get(roomId) ?? { rev: 0, pk: NO_PK }
  }

  #isOnAir(roomId: string, userId: string): boolean {
    return this.#parts.seats.entries(roomId).some((entry) => entry.userId === userId && entry.seat > 0)
  }

  #isHeard(roomId: string, userId: string): boolean {
    return this.#parts.clock.nowMs() - (this.#heard.get(`${roomId} ${userId}`) ?? -Infinity) <= HEARD_MS
  }

  async #step(roomId: string, ...events: readonly PkEvent[]): Promise<void> {
    await this.#parts.outbox.change(async (write) => {
      const count = await this.#count(write.db, roomId)
      await this.#apply(write, roomId, count, ...events)
    })
  }

  /** What both sums are now. */
  async #count(db: Kysely<RoomDatabase>, roomId: string): Promise<PkEvent> {
    const { pk } = await this.#read(db, roomId)
    const own = pk.state === 'running' ? await paidBetween(db, roomId, pk.fromMs, pk.untilMs) : 0
    return { type: 'count', own, others: this.#scores.get(roomId) ?? null }
  }

  async #apply(write: Change, roomId: string, ...events: readonly PkEvent[]): Promise<void> {
    // Read inside: transactions follow one another, and each must see what the one before it wrote.
    const before = await this.#read(write.db, roomId)
    let { pk } = before
    for (const event of events) {
      const step = pkStep(pk, event, this.#parts.clock.nowMs())
      if (!step.ok) throw new ApiError(REFUSED[step.reason])
      pk = step.pk
    }
    if (pk === before.pk) return
    const now = { rev: before.rev + 1, pk }
    const row = { rev: now.rev, value: JSON.stringify(pk) }
    await write.db
      .insertInto('pk')
      .values({ room_id: roomId, ...row })
      .onConflict((conflict) => conflict.column('room_id').doUpdateSet(row))
      .execute()
    const told = announcement(now.rev, pk)
    const isNews = JSON.stringify({ ...told, rev: 0 }) !== JSON.stringify(announcement(0, before.pk))
    if (isNews) await write.say(roomId, told)
    write.committed(() => {
      this.#kept.set(roomId, now)
      if (pk.state !== 'running') this.#scores.delete(roomId)
      if (isNews) this.#parts.board.put(roomId, 'pk', boardValue(told))
      this.#arm(roomId)
    })
  }

  async #read(db: Kysely<RoomDatabase>, roomId: string): Promise<Revised> {
    const row = await db.selectFrom('pk').selectAll().where('room_id', '=', roomId).executeTakeFirst()
    return row === undefined ? { rev: 0, pk: NO_PK } : { rev: row.rev, pk: pkSchema.parse(JSON.parse(row.value)) }
  }

  #arm(roomId: string): void {
    this.#timers.get(roomId)?.()
    this.#timers.delete(roomId)
    const { pk } = this.#now(roomId)
    const dueMs = pkDueMs(pk)
    if (dueMs === null || this.#closed) return
    const leftMs = Math.max(SOONEST_MS, dueMs - this.#parts.clock.nowMs())
    const delayMs = pk.state === 'running' ? Math.min(COUNT_EVERY_MS, leftMs) : leftMs
    this.#timers.set(
      roomId,
      this.#parts.timers.after(delayMs, () => {
        const counting = this.#step(roomId)
          .catch((error: unknown) => this.#parts.config.log('warn', `the PK of ${roomId} was not counted: ${String(error)}`))
          .then(() => {
            this.#counting.delete(counting)
            this.#arm(roomId)
          })
        this.#counting.add(counting)
      }),
    )
  }
}

/** As an attribute has it. */
function boardValue({ rev, pkId, state, other, own, others, endsAt, result }: RoomMessageOf<'pk'>): { readonly rev: number } & Record<string, unknown> {
  return { rev, state, pkId, other, own, others, endsAt, result }
}
