import type { Clock } from '../clock'

/** Requests a second and how many at once, for one person (or address, before there is a person). */
export const RATES = {
  read: { perSecond: 20, burst: 60 },
  write: { perSecond: 5, burst: 30 },
  /** A combo is clicked quickly. */
  gift: { perSecond: 20, burst: 200 },
  session: { perSecond: 2, burst: 120 },
} as const
export type Rate = keyof typeof RATES

const MAX_KEYS = 50_000

/** Token buckets by rate and key. */
export class RateLimiter {
  readonly #clock: Clock
  readonly #buckets = new Map<string, { left: number; atMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Seconds to wait; 0 = go on. */
  take(rate: Rate, key: string): number {
    const { perSecond, burst } = RATES[rate]
    const name = `${rate} ${key}`
    const now = this.#clock.nowMs()
    const bucket = this.#buckets.get(name)
    const left = bucket === undefined ? burst : Math.min(burst, bucket.left + ((now - bucket.atMs) / 1_000) * perSecond)
    // Moved to the end: the first ones are those that have not asked for longest.
    this.#buckets.delete(name)
    this.#buckets.set(name, { left: left < 1 ? left : left - 1, atMs: now })
    if (this.#buckets.size > MAX_KEYS) this.#buckets.delete(this.#buckets.keys().next().value ?? '')
    return left < 1 ? Math.ceil((1 - left) / perSecond) : 0
  }
}
