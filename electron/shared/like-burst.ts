/**
 * Likes are merged before they are sent (the guide: “like messages within a short period of time are merged into one”). The page keeps
 * the first three, the backend counts no more than a page that keeps them can send.
 */
export const LIKES = {
  /** Taps of this long become one message. */
  windowMs: 2_000,
  /** Taps above this are not counted: nobody taps faster. */
  tapsPerSecond: 15,
  perMessage: 30,
  /** Of one viewer, over any 60 s: full windows, and one more for messages that came late. */
  perMinute: 930,
} as const

/**
 * Collects taps on the page. Time is given; the owner sends `take` when `dueMs` has come. Shown at once is the page's business: a like
 * is seen when it is tapped, sent when its window is over.
 */
export class LikeBurst {
  #waiting = 0
  #sinceMs = 0
  #paidUntilMs = Number.NEGATIVE_INFINITY

  /** @returns false when the tap came too soon to count */
  tap(nowMs: number): boolean {
    // One tap costs 1 s ÷ rate; up to a second may be saved, so that two thumbs at once both count.
    const cost = 1_000 / LIKES.tapsPerSecond
    const paidUntilMs = Math.max(this.#paidUntilMs, nowMs - 1_000)
    if (paidUntilMs + cost > nowMs + 1e-6) return false
    this.#paidUntilMs = paidUntilMs + cost
    if (this.#waiting === 0) this.#sinceMs = nowMs
    this.#waiting += 1
    return true
  }

  /** When the next message is due; null = no taps wait. */
  dueMs(): number | null {
    return this.#waiting === 0 ? null : this.#sinceMs + LIKES.windowMs
  }

  /** @returns the count to send now, 1 … perMessage; 0 = not yet, or nothing. What is above it waits for the next window. */
  take(nowMs: number): number {
    const due = this.dueMs()
    if (due === null || nowMs < due) return 0
    const count = Math.min(LIKES.perMessage, this.#waiting)
    this.#waiting -= count
    this.#sinceMs = nowMs
    return count
  }

  /** A message that could not be sent: its likes wait for the next, two messages' worth at most. @param count as taken */
  putBack(count: number, nowMs: number): void {
    if (this.#waiting === 0) this.#sinceMs = nowMs
    this.#waiting = Math.min(LIKES.perMessage * 2, this.#waiting + count)
  }
}
