import type { Clock } from '../clock'
import { RateLimit } from '../rate-limit'

/** Requests a second and how many at once, for one person (or address, before there is a person). */
export const RATES = {
  read: { perSecond: 20, burst: 60 },
  write: { perSecond: 5, burst: 30 },
  /** A combo is clicked quickly. */
  gift: { perSecond: 20, burst: 200 },
  session: { perSecond: 2, burst: 120 },
} as const
export type Rate = keyof typeof RATES

/** The rates of the API. */
export class ApiRates {
  readonly #clock: Clock
  readonly #limits: Readonly<Record<Rate, RateLimit>>

  constructor(clock: Clock) {
    const limit = (rate: Rate): RateLimit => new RateLimit(RATES[rate].perSecond, RATES[rate].burst)
    this.#clock = clock
    this.#limits = { read: limit('read'), write: limit('write'), gift: limit('gift'), session: limit('session') }
  }

  /** Seconds to wait; 0 = go on. */
  take(rate: Rate, key: string): number {
    const verdict = this.#limits[rate].take(key, this.#clock.nowMs())
    return verdict.ok ? 0 : Math.ceil(verdict.retryAfterMs / 1_000)
  }
}
