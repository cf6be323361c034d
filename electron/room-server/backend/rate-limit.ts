export type RateVerdict = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number }

/** Parts of a token that are lost or won by rounding. */
const ROUNDING = 1e-9

/**
 * One token bucket for each key (account, address, …). A bucket that is full again is forgotten, so memory holds only who asked lately.
 */
export class RateLimit {
  readonly #perSecond: number
  readonly #burst: number
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>()
  #sweptMs = Number.NEGATIVE_INFINITY

  /** @param perSecond tokens that come back each second, > 0 @param burst tokens of a full bucket, ≥ 1 */
  constructor(perSecond: number, burst: number) {
    if (!(perSecond > 0) || !(burst >= 1)) throw new RangeError('a rate limit needs perSecond > 0 and burst >= 1')
    this.#perSecond = perSecond
    this.#burst = burst
  }

  /** @param cost 0 … burst. A refused request costs nothing. */
  take(key: string, nowMs: number, cost = 1): RateVerdict {
    if (!(cost >= 0) || cost > this.#burst) throw new RangeError('a request costs no more than a full bucket')
    this.#sweep(nowMs)
    const tokens = this.#tokens(key, nowMs)
    if (tokens >= cost - ROUNDING) {
      this.#buckets.set(key, { tokens: Math.max(0, tokens - cost), atMs: nowMs })
      return { ok: true }
    }
    return { ok: false, retryAfterMs: Math.ceil(((cost - tokens) * 1_000) / this.#perSecond) }
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#buckets.size
  }

  #tokens(key: string, nowMs: number): number {
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) return this.#burst
    return Math.min(this.#burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) * this.#perSecond) / 1_000)
  }

  #sweep(nowMs: number): void {
    const fullAfterMs = (this.#burst * 1_000) / this.#perSecond
    if (nowMs < this.#sweptMs + fullAfterMs) return
    this.#sweptMs = nowMs
    for (const key of this.#buckets.keys()) if (this.#tokens(key, nowMs) >= this.#burst) this.#buckets.delete(key)
  }
}
