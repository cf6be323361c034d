import type { Clock, Timers } from '../../electron/room-server/backend/clock'

interface Waiting {
  readonly atMs: number
  readonly run: () => void
  timer: NodeJS.Timeout
}

/** The machine's time, with jumps forward: what is due in between runs at once. */
export class SkippingTime implements Clock, Timers {
  readonly #waiting = new Set<Waiting>()
  #aheadMs: number

  /** @param aheadMs how wrong this machine's clock is */
  constructor(aheadMs = 0) {
    this.#aheadMs = aheadMs
  }

  nowMs(): number {
    return Date.now() + this.#aheadMs
  }

  after(delayMs: number, run: () => void): () => void {
    const waiting: Waiting = { atMs: this.nowMs() + delayMs, run, timer: setTimeout(() => this.#run(waiting), delayMs) }
    this.#waiting.add(waiting)
    return () => {
      clearTimeout(waiting.timer)
      this.#waiting.delete(waiting)
    }
  }

  skip(ms: number): void {
    this.#aheadMs += ms
    for (const waiting of this.#waiting) {
      clearTimeout(waiting.timer)
      waiting.timer = setTimeout(() => this.#run(waiting), Math.max(0, waiting.atMs - this.nowMs()))
    }
  }

  #run(waiting: Waiting): void {
    this.#waiting.delete(waiting)
    waiting.run()
  }
}
