import type { LineTime } from '../../electron/room-server/media/line-time'

/** Time that passes when it is told to. */
export class ManualTime implements LineTime {
  readonly #timers = new Set<{ readonly atMs: number; readonly run: () => void }>()
  #nowMs = 1_795_000_000_000

  nowMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size
  }

  pass(ms: number): void {
    const endMs = this.#nowMs + ms
    for (;;) {
      const next = [...this.#timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      this.#timers.delete(next)
      this.#nowMs = next.atMs
      next.run()
    }
    this.#nowMs = endMs
  }
}
