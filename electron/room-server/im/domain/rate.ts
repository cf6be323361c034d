/** A bucket of `burst` drops that refills at `perSecond`; time is given. */
export class Bucket {
  readonly #perSecond: number
  readonly #burst: number
  #drops: number
  #atMs: number

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#drops = burst
    this.#atMs = nowMs
  }

  /** Takes one drop; false when there is none. */
  take(nowMs: number): boolean {
    this.#drops = Math.min(this.#burst, this.#drops + (Math.max(0, nowMs - this.#atMs) * this.#perSecond) / 1_000)
    this.#atMs = nowMs
    if (this.#drops < 1) return false
    this.#drops -= 1
    return true
  }
}
