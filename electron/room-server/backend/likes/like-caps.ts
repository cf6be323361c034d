import { LIKES } from '../../../shared/like-burst'

const MINUTE_MS = 60_000

interface Counted {
  readonly atMs: number
  readonly count: number
}

/**
 * How many of the likes that a message claims are counted: a page that keeps `LIKES` loses none, one that does not gains nothing. Memory
 * is bounded by the caps; viewers without likes in the last minute are forgotten.
 */
export class LikeCaps {
  readonly #viewers = new Map<string, Counted[]>()
  #sweptMs = Number.NEGATIVE_INFINITY

  /** @param claimed as it stands in the message, of any type. @returns likes to count, 0 … perMessage */
  count(userId: string, claimed: unknown, nowMs: number): number {
    this.#sweep(nowMs)
    if (typeof claimed !== 'number' || !Number.isSafeInteger(claimed) || claimed < 1) return 0
    const recent = (this.#viewers.get(userId) ?? []).filter((one) => one.atMs > nowMs - MINUTE_MS)
    const used = recent.reduce((sum, one) => sum + one.count, 0)
    const count = Math.min(claimed, LIKES.perMessage, LIKES.perMinute - used)
    if (count > 0) recent.push({ atMs: nowMs, count })
    this.#viewers.set(userId, recent)
    return count
  }

  /** Viewers that are remembered. */
  get size(): number {
    return this.#viewers.size
  }

  #sweep(nowMs: number): void {
    if (nowMs < this.#sweptMs + MINUTE_MS) return
    this.#sweptMs = nowMs
    for (const [userId, counted] of this.#viewers) if ((counted.at(-1)?.atMs ?? 0) <= nowMs - MINUTE_MS) this.#viewers.delete(userId)
  }
}
