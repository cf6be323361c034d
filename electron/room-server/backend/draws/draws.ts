import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Person, RoomMessageOf } from '../../../shared/room-message'
import type { RoomDatabase } from '../../store/schema'
import { ApiError } from '../api/api-error'
import type { Standings } from '../audience/standing'
import type { Outbox } from '../chat/outbox'
import type { Clock } from '../clock'
import type { BackendConfig } from '../config'
import type { Rooms } from '../rooms/rooms'
import { draw, judgeEntry, SEED_BYTES, seedHash, type DrawComment, type DrawProof, type DrawSetup } from './draw'

export interface DrawInput {
  readonly title: string
  readonly keyword: string
  readonly seconds: number
  readonly winners: number
  readonly minLevel: number
  readonly followersOnly: boolean
}

interface OpenDraw {
  readonly roomId: string
  readonly title: string
  readonly setup: DrawSetup
  readonly entered: Set<string>
  timer: NodeJS.Timeout | null
}

type DrawRow = {
  draw_id: string
  room_id: string
  title: string
  keyword: string
  winners: number
  min_level: number
  followers_only: number
  opened_ms: number
  until_ms: number
  commitment: string
}

/** Callbacks of comments that were sent within the window may be this late. */
const LATE_MS = 300

/** Lucky draws from comments. Each room has one at a time; the seed stays on this server until the window is over. */
export class Draws {
  readonly #db: Kysely<RoomDatabase>
  readonly #outbox: Outbox
  readonly #rooms: Rooms
  readonly #standings: Standings
  readonly #config: BackendConfig
  readonly #clock: Clock
  readonly #open = new Map<string, OpenDraw>()

  constructor(parts: { db: Kysely<RoomDatabase>; outbox: Outbox; rooms: Rooms; standings: Standings; config: BackendConfig; clock: Clock }) {
    this.#db = parts.db
    this.#outbox = parts.outbox
    this.#rooms = parts.rooms
    this.#standings = parts.standings
    this.#config = parts.config
    this.#clock = parts.clock
  }

  /** Draws that an earlier process opened. The first comment that is heard may be for one. */
  async load(): Promise<void> {
    for (const row of await this.#db.selectFrom('draw').selectAll().where('state', '=', 'open').execute()) {
      const entries = await this.#db.selectFrom('draw_entry').select('user_id').where('draw_id', '=', row.draw_id).execute()
      this.#remember(
        row,
        entries.map((entry) => entry.user_id),
      )
    }
  }

  /** They go on, and end at once if their time is over. */
  resume(): void {
    for (const open of this.#open.values()) this.#arm(open)
  }

  close(): void {
    for (const { timer } of this.#open.values()) if (timer !== null) clearTimeout(timer)
    this.#open.clear()
  }

  /** What a newcomer is told of the draw that is open; null = none. */
  current(roomId: string): RoomMessageOf<'draw-open'> | null {
    const open = this.#open.get(roomId)
    return open === undefined ? null : announcement(open.setup, open.title)
  }

  /** How many are in the draw that is open; 0 without one. */
  entered(roomId: string): number {
    return this.#open.get(roomId)?.entered.size ?? 0
  }

  /** @throws ApiError draw.running */
  async start(roomId: string, input: DrawInput): Promise<DrawSetup> {
    this.#rooms.get(roomId)
    const now = this.#clock.nowMs()
    const seed = randomBytes(SEED_BYTES).toString('hex')
    const row = {
      draw_id: randomBytes(8).toString('hex'),
      room_id: roomId,
      title: input.title,
      keyword: input.keyword,
      winners: input.winners,
      min_level: input.minLevel,
      followers_only: input.followersOnly ? 1 : 0,
      opened_ms: now,
      until_ms: now + input.seconds * 1_000,
      commitment: seedHash(seed),
    }
    await this.#outbox.change(async (write) => {
      const running = await write.db.selectFrom('draw').select('draw_id').where('room_id', '=', roomId).where('state', '=', 'open').executeTakeFirst()
      if (running !== undefined) throw new ApiError('draw.running')
      await write.db
        .insertInto('draw')
        .values({ ...row, seed, state: 'open', result: '' })
        .execute()
      await write.say(roomId, announcement(setupOf(row), row.title))
      write.committed(() => this.#arm(this.#remember(row, [])))
    })
    return setupOf(row)
  }

  /** A comment that was delivered. */
  async enter(roomId: string, msgSeq: number, comment: DrawComment): Promise<void> {
    const open = this.#open.get(roomId)
    if (open === undefined || !judgeEntry(open.setup, open.entered, comment).ok) return
    open.entered.add(comment.userId)
    await this.#db
      .insertInto('draw_entry')
      .values({ draw_id: open.setup.drawId, user_id: comment.userId, msg_seq: msgSeq, at_ms: comment.atMs })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }

  async cancel(roomId: string, drawId: string): Promise<void> {
    await this.#outbox.change(async (write) => {
      await this.#end(write.db, roomId, drawId, 'cancelled', '')
      await write.say(roomId, { v: 1, kind: 'draw-cancelled', drawId })
    })
    this.#forget(roomId, drawId)
  }

  /** Ends the window and chooses. @throws ApiError draw.not-found | draw.closed */
  async finish(roomId: string, drawId: string): Promise<DrawProof> {
    const row = await this.#row(roomId, drawId)
    if (row.state !== 'open') throw new ApiError('draw.closed')
    // From here on nobody enters: what is on disk is what is drawn from.
    this.#forget(roomId, drawId)
    const entries = await this.#entries(drawId)
    const proof = draw(setupOf(row), row.seed, entries)
    const winners = await this.#winners(roomId, proof)
    await this.#outbox.change(async (write) => {
      await this.#end(write.db, roomId, drawId, 'closed', JSON.stringify(proof.winners))
      await write.say(roomId, { v: 1, kind: 'draw-result', drawId, seed: row.seed, entries: proof.entries.length, winners })
    })
    return proof
  }

  /** All that anybody needs to draw again; only when it is over. @throws ApiError draw.not-found | draw.running */
  async proof(roomId: string, drawId: string): Promise<DrawProof> {
    return (await this.#over(roomId, drawId)).proof
  }

  /** The same with title and winners' names, for people. @throws ApiError draw.not-found | draw.running | draw.closed (it was called off) */
  async over(roomId: string, drawId: string): Promise<{ readonly title: string; readonly winners: Person[]; readonly proof: DrawProof }> {
    const { title, proof } = await this.#over(roomId, drawId)
    return { title, winners: await this.#winners(roomId, proof), proof }
  }

  async list(
    roomId: string,
  ): Promise<readonly { readonly drawId: string; readonly title: string; readonly keyword: string; readonly state: string; readonly openedAt: number }[]> {
    const rows = await this.#db.selectFrom('draw').selectAll().where('room_id', '=', roomId).orderBy('opened_ms', 'desc').limit(50).execute()
    return rows.map((row) => ({ drawId: row.draw_id, title: row.title, keyword: row.keyword, state: row.state, openedAt: Math.floor(row.opened_ms / 1_000) }))
  }

  #remember(row: DrawRow, entered: readonly string[]): OpenDraw {
    const open: OpenDraw = { roomId: row.room_id, title: row.title, setup: setupOf(row), entered: new Set(entered), timer: null }
    this.#open.set(row.room_id, open)
    return open
  }

  #arm(open: OpenDraw): void {
    const { roomId, setup } = open
    open.timer ??= setTimeout(
      () => {
        this.finish(roomId, setup.drawId).catch((error: unknown) =>
          this.#config.log('warn', `the draw ${setup.drawId} was not finished: ${error instanceof Error ? error.message : String(error)}`),
        )
      },
      Math.max(0, setup.closesAtMs - this.#clock.nowMs()) + LATE_MS,
    )
  }

  #forget(roomId: string, drawId: string): void {
    const open = this.#open.get(roomId)
    if (open === undefined || open.setup.drawId !== drawId) return
    if (open.timer !== null) clearTimeout(open.timer)
    this.#open.delete(roomId)
  }

  async #end(db: Kysely<RoomDatabase>, roomId: string, drawId: string, state: 'closed' | 'cancelled', result: string): Promise<void> {
    const { numUpdatedRows } = await db
      .updateTable('draw')
      .set({ state, result })
      .where('draw_id', '=', drawId)
      .where('room_id', '=', roomId)
      .where('state', '=', 'open')
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new ApiError('draw.closed')
  }

  async #row(roomId: string, drawId: string): Promise<DrawRow & { seed: string; state: string }> {
    const row = await this.#db.selectFrom('draw').selectAll().where('draw_id', '=', drawId).where('room_id', '=', roomId).executeTakeFirst()
    if (row === undefined) throw new ApiError('draw.not-found')
    return row
  }

  async #over(roomId: string, drawId: string): Promise<{ readonly title: string; readonly proof: DrawProof }> {
    const row = await this.#row(roomId, drawId)
    if (row.state === 'open') throw new ApiError('draw.running')
    if (row.state === 'cancelled') throw new ApiError('draw.closed')
    return { title: row.title, proof: draw(setupOf(row), row.seed, await this.#entries(drawId)) }
  }

  #winners(roomId: string, proof: DrawProof): Promise<Person[]> {
    return Promise.all(proof.winners.map((userId) => this.#standings.person(roomId, userId)))
  }

  async #entries(drawId: string): Promise<readonly string[]> {
    const rows = await this.#db.selectFrom('draw_entry').select('user_id').where('draw_id', '=', drawId).execute()
    return rows.map((row) => row.user_id)
  }
}

function setupOf(row: DrawRow): DrawSetup {
  return {
    drawId: row.draw_id,
    keyword: row.keyword,
    opensAtMs: row.opened_ms,
    closesAtMs: row.until_ms,
    winners: row.winners,
    conditions: { ...(row.min_level > 0 ? { minLevel: row.min_level } : {}), ...(row.followers_only === 1 ? { followersOnly: true } : {}) },
    seedSha256: row.commitment,
  }
}

function announcement(setup: DrawSetup, title: string): RoomMessageOf<'draw-open'> {
  return {
    v: 1,
    kind: 'draw-open',
    drawId: setup.drawId,
    title,
    keyword: setup.keyword,
    winners: setup.winners,
    minLevel: setup.conditions.minLevel ?? 0,
    followersOnly: setup.conditions.followersOnly ?? false,
    until: Math.floor(setup.closesAtMs / 1_000),
    commitment: setup.seedSha256,
  }
}
