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

  /** Takes so many drops, or none and says false where there are fewer. */
  take(nowMs: number, drops = 1): boolean {
    this.#drops = Math.min(this.#burst, this.#drops + (Math.max(0, nowMs - this.#atMs) * this.#perSecond) / 1_000)
    this.#atMs = nowMs
    if (this.#drops < drops) return false
    this.#drops -= drops
    return true
  }
}
