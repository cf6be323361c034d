/** Bytes or frames per second over a sliding window. Times are milliseconds of one monotonic clock. */
export class RateMeter {
  readonly #windowMs: number
  #samples: { atMs: number; amount: number }[] = []
  #sum = 0

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  add(atMs: number, amount: number): void {
    const last = this.#samples.at(-1)
    // One bucket per 20 ms: a fast sender must not grow the list.
    if (last !== undefined && atMs - last.atMs < 20) last.amount += amount
    else this.#samples.push({ atMs, amount })
    this.#sum += amount
    this.#forget(atMs)
  }

  /** Amount per second. */
  perSecond(nowMs: number): number {
    this.#forget(nowMs)
    return (this.#sum * 1_000) / this.#windowMs
  }

  reset(): void {
    this.#samples = []
    this.#sum = 0
  }

  #forget(nowMs: number): void {
    while (this.#samples[0] !== undefined && this.#samples[0].atMs <= nowMs - this.#windowMs) this.#sum -= this.#samples.shift()?.amount ?? 0
  }
}

/** Bytes over the window as kbit/s. */
export function kbps(meter: RateMeter, nowMs: number): number {
  return (meter.perSecond(nowMs) * 8) / 1_000
}
