import type { Kysely, Selectable } from 'kysely'
import type { ShowReport } from '../../../shared/crew-api'
import type { RoomDatabase } from '../../store/schema'
import type { Activity } from '../audience/activity'
import type { Presence } from '../audience/presence'
import { ApiError } from '../api/api-error'
import type { Clock } from '../clock'
import type { GiftLedger } from '../gifts/ledger'
import { PRIORITIES } from '../losses/loss-account'
import type { Rooms } from '../rooms/rooms'
import { onAir } from '../rooms/show'
import type { Speech } from '../speech/speech'
import { ViewerGauge, type ViewerFigures } from './viewer-gauge'

/** A process that is killed loses no more of the viewers' figures. */
const WRITE_EVERY_MS = 10_000

interface Watched {
  readonly show: number
  readonly gauge: ViewerGauge
}

export interface ShowBookParts {
  readonly db: Kysely<RoomDatabase>
  readonly rooms: Rooms
  readonly presence: Presence
  readonly activity: Activity
  readonly speech: Pick<Speech, 'losses'>
  readonly ledger: GiftLedger
  readonly clock: Clock
  /** False: nobody tells what is said, liked, and who is here. */
  callbacksArrive(): boolean
  log(level: 'info' | 'warn', message: string): void
}

/** Each show's figures: when it was and how many watched it, kept as it goes; what was said, liked and given in it, read from the ledgers. */
export class ShowBook {
  readonly #parts: ShowBookParts
  readonly #watched = new Map<string, Watched>()
  /** Losses of the room when its show began, of those that began in this process. */
  readonly #lostBefore = new Map<string, { readonly show: number; readonly lost: number }>()
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(parts: ShowBookParts) {
    this.#parts = parts
    parts.presence.onChange((roomId) => this.#watched.get(roomId)?.gauge.set(this.#viewers(roomId), parts.clock.nowMs()))
    parts.rooms.onStatus(async ({ room, begun }, write) => {
      const { room_id: roomId, show } = room
      const nowMs = parts.clock.nowMs()
      if (begun) {
        const row = { room_id: roomId, show, began_ms: nowMs, ended_ms: 0, viewers_peak: 0, viewer_ms: 0, measured_ms: 0 }
        await write.db
          .insertInto('live_show')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute()
        write.committed(() => this.#begin(roomId, show))
      } else if (!onAir(room.status)) {
        const figures = this.#watched.get(roomId)?.gauge.at(nowMs)
        await write.db
          .updateTable('live_show')
          .set({ ended_ms: nowMs, ...(figures === undefined ? {} : columns(figures)) })
          .where('room_id', '=', roomId)
          .where('show', '=', show)
          .where('ended_ms', '=', 0)
          .execute()
        write.committed(() => this.#watched.delete(roomId))
      }
    })
  }

  /** Goes on with the shows that are on air. */
  async resume(): Promise<void> {
    for (const room of this.#parts.rooms.all().filter(({ status }) => onAir(status))) {
      const row = await this.#row(room.room_id, room.show)
      if (row === undefined) continue
      const gauge = new ViewerGauge({ peak: row.viewers_peak, viewerMs: row.viewer_ms, measuredMs: row.measured_ms })
      gauge.set(this.#viewers(room.room_id), this.#parts.clock.nowMs())
      this.#watched.set(room.room_id, { show: room.show, gauge })
    }
    if (!this.#closed) this.#timer ??= setInterval(() => void this.#write(), WRITE_EVERY_MS)
  }

  /** @param show 0 = the present or last one. @throws ApiError room.not-found | not-found */
  async report(roomId: string, wanted: number): Promise<ShowReport> {
    const { rooms, activity, ledger, callbacksArrive } = this.#parts
    const room = rooms.get(roomId)
    const show = wanted === 0 ? room.show : wanted
    if (show > room.show) throw new ApiError('not-found')
    await activity.flush()
    const row = await this.#row(roomId, show)
    const watched = this.#watched.get(roomId)
    const figures: ViewerFigures | null =
      watched?.show === show
        ? watched.gauge.at(this.#parts.clock.nowMs())
        : row === undefined
          ? null
          : { peak: row.viewers_peak, viewerMs: row.viewer_ms, measuredMs: row.measured_ms }
    const counted = callbacksArrive()
    const { messages, likes } = await this.#events(roomId, show)
    const { coins, gifts, givers } = await ledger.showTotal(roomId, show)
    return {
      show,
      beganAt: row === undefined ? null : Math.floor(row.began_ms / 1_000),
      endedAt: row === undefined || row.ended_ms === 0 ? null : Math.floor(row.ended_ms / 1_000),
      messages: counted || messages > 0 ? messages : null,
      likes: counted || likes > 0 ? likes : null,
      lost: this.#lost(roomId, show),
      gifts,
      coins,
      givers,
      viewersPeak: figures === null || figures.measuredMs === 0 ? null : figures.peak,
      viewersMean: figures === null || figures.measuredMs === 0 ? null : figures.viewerMs / figures.measuredMs,
      newFollowers: row === undefined ? null : await this.#followers(roomId, row.began_ms, row.ended_ms),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    await this.#write()
  }

  #begin(roomId: string, show: number): void {
    const gauge = new ViewerGauge()
    gauge.set(this.#viewers(roomId), this.#parts.clock.nowMs())
    this.#watched.set(roomId, { show, gauge })
    this.#lostBefore.set(roomId, { show, lost: this.#lostInAll(roomId) ?? 0 })
  }

  /** Those in the room but its owner. */
  #viewers(roomId: string): number | null {
    const { presence, rooms } = this.#parts
    const online = presence.count(roomId)
    const owner = rooms.find(roomId)?.owner ?? ''
    return online === null ? null : online - (presence.uncountedSinceMs(roomId, owner) === null ? 0 : 1)
  }

  #lost(roomId: string, show: number): number | null {
    const before = this.#lostBefore.get(roomId)
    const inAll = this.#lostInAll(roomId)
    return before?.show !== show || inAll === null ? null : inAll - before.lost
  }

  #lostInAll(roomId: string): number | null {
    const report = this.#parts.speech.losses(roomId).report(this.#parts.clock.nowMs())
    return report.known ? PRIORITIES.reduce((sum, priority) => sum + report.total[priority].lost, 0) : null
  }

  /** What was said and liked. Levels are made of the same events. */
  async #events(roomId: string, show: number): Promise<{ messages: number; likes: number }> {
    const rows = await this.#parts.db
      .selectFrom('activity')
      .select((row) => ['kind', row.fn.sum<number>('amount').as('amount')])
      .where('room_id', '=', roomId)
      .where('show', '=', show)
      .where('kind', 'in', ['message', 'like'])
      .groupBy('kind')
      .execute()
    const of = (kind: string): number => Number(rows.find((row) => row.kind === kind)?.amount ?? 0)
    return { messages: of('message'), likes: of('like') }
  }

  async #followers(roomId: string, beganMs: number, endedMs: number): Promise<number> {
    const untilMs = endedMs === 0 ? this.#parts.clock.nowMs() : endedMs
    const { people } = await this.#parts.db
      .selectFrom('room_follow')
      .select((row) => row.fn.countAll<number>().as('people'))
      .where('room_id', '=', roomId)
      .where('at_sec', '>=', Math.floor(beganMs / 1_000))
      .where('at_sec', '<=', Math.floor(untilMs / 1_000))
      .executeTakeFirstOrThrow()
    return Number(people)
  }

  #row(roomId: string, show: number): Promise<Selectable<RoomDatabase['live_show']> | undefined> {
    return this.#parts.db.selectFrom('live_show').selectAll().where('room_id', '=', roomId).where('show', '=', show).executeTakeFirst()
  }

  async #write(): Promise<void> {
    try {
      for (const [roomId, { show, gauge }] of this.#watched)
        await this.#parts.db
          .updateTable('live_show')
          .set(columns(gauge.at(this.#parts.clock.nowMs())))
          .where('room_id', '=', roomId)
          .where('show', '=', show)
          .execute()
    } catch (error) {
      // The next writes the same, and more.
      this.#parts.log('warn', `the viewers' figures were not written: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

function columns({ peak, viewerMs, measuredMs }: ViewerFigures): { viewers_peak: number; viewer_ms: number; measured_ms: number } {
  return { viewers_peak: peak, viewer_ms: Math.round(viewerMs), measured_ms: Math.round(measuredMs) }
}
