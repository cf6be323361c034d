import { LINE_TERMS, type LineTime } from './line-time'

interface Clock {
  readonly sinceMs: number
  stop(): void
}

/**
 * Places are kept for pages that come back, and not for ever: one clock for each person of a room's seats whose line is not there. It begins anew with the
 * server. Owns its timers.
 */
export class SeatKeeper {
  readonly #time: LineTime
  readonly #expired: (roomId: string, userId: string) => void
  readonly #rooms = new Map<string, Map<string, Clock>>()

  /** @param expired the place is to be taken away */
  constructor(time: LineTime, expired: (roomId: string, userId: string) => void) {
    this.#time = time
    this.#expired = expired
  }

  /** The people of the room are these now: who is new has a minute to come. */
  follow(roomId: string, userIds: readonly string[], hasLine: (userId: string) => boolean): void {
    for (const userId of this.#rooms.get(roomId)?.keys() ?? []) if (!userIds.includes(userId)) this.stop(roomId, userId)
    for (const userId of userIds) if (!hasLine(userId) && this.sinceMs(roomId, userId) === null) this.#begin(roomId, userId, LINE_TERMS.comeMs)
  }

  /** The line of somebody who has a place is gone. */
  lost(roomId: string, userId: string): void {
    this.stop(roomId, userId)
    this.#begin(roomId, userId, LINE_TERMS.keptMs)
  }

  /** The line is there. */
  stop(roomId: string, userId: string): void {
    const clocks = this.#rooms.get(roomId)
    clocks?.get(userId)?.stop()
    clocks?.delete(userId)
    if (clocks?.size === 0) this.#rooms.delete(roomId)
  }

  /** Since when the line is missing, UNIX milliseconds; null = it is not. */
  sinceMs(roomId: string, userId: string): number | null {
    return this.#rooms.get(roomId)?.get(userId)?.sinceMs ?? null
  }

  close(): void {
    for (const clocks of this.#rooms.values()) for (const clock of clocks.values()) clock.stop()
    this.#rooms.clear()
  }

  #begin(roomId: string, userId: string, forMs: number): void {
    const clocks = this.#rooms.get(roomId) ?? new Map<string, Clock>()
    this.#rooms.set(roomId, clocks)
    const stop = this.#time.after(forMs, () => {
      this.stop(roomId, userId)
      this.#expired(roomId, userId)
    })
    clocks.set(userId, { sinceMs: this.#time.nowMs(), stop })
  }
}
