import type { Clock, Timers } from '../../electron/room-server/backend/clock'

interface Waiting {
  readonly atMs: number
  readonly run: () => void
  timer: NodeJS.Timeout | null
}

/** The machine's time, with jumps forward: what is due in between runs at once. */
export class SkippingTime implements Clock, Timers {
  readonly #waiting = new Set<Waiting>()
  #aheadMs: number
  #stoppedMs: number | null = null

  /** @param aheadMs how wrong this machine's clock is */
  constructor(aheadMs = 0) {
    this.#aheadMs = aheadMs
  }

  nowMs(): number {
    return (this.#stoppedMs ?? Date.now()) + this.#aheadMs
  }

  after(delayMs: number, run: () => void): () => void {
    const waiting: Waiting = { atMs: this.nowMs() + delayMs, run, timer: null }
    this.#waiting.add(waiting)
    this.#arm(waiting)
    return () => {
      if (waiting.timer !== null) clearTimeout(waiting.timer)
      this.#waiting.delete(waiting)
    }
  }

  skip(ms: number): void {
    this.#aheadMs += ms
    for (const waiting of this.#waiting) this.#arm(waiting)
  }

  /** No time passes, and nothing is due, until it goes on. */
  stop(): void {
    this.#stoppedMs ??= Date.now()
    for (const waiting of this.#waiting) this.#arm(waiting)
  }

  goOn(): void {
    if (this.#stoppedMs === null) return
    this.#aheadMs -= Date.now() - this.#stoppedMs
    this.#stoppedMs = null
    for (const waiting of this.#waiting) this.#arm(waiting)
  }

  #arm(waiting: Waiting): void {
    if (waiting.timer !== null) clearTimeout(waiting.timer)
    waiting.timer = this.#stoppedMs === null ? setTimeout(() => this.#run(waiting), Math.max(0, waiting.atMs - this.nowMs())) : null
  }

  #run(waiting: Waiting): void {
    this.#waiting.delete(waiting)
    waiting.run()
  }
}
