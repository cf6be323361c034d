import { PUBLISH, RECONNECT_DELAYS_MS } from '../shared/thresholds'

/** While the fault is younger than this, attempts follow closely: who is back within a minute is on air within two seconds. */
const PATIENT_AFTER_MS = 60_000
const SHORT_DELAY_MS = 1_000
/**
 * What was sent into a dead network is sent again after 1 s, then 2, then 4, or never: a new attempt finds a link that is
 * back sooner. Enough for the three round trips of an answer at 500 ms each.
 */
const SHORT_REACH_MS = 1_500

/** When to try again. Pure: time and chance come from outside. */
export interface ReconnectPolicy {
  /**
   * @param attempt the number of the coming attempt since the fault, from 1
   * @param outageMs how long the fault has lasted
   * @param random 0 … 1
   * @returns milliseconds from the start of one attempt to the next
   */
  delayMs(attempt: number, outageMs: number, random: number): number
  /** For a server to answer at all, milliseconds. 0 ms of outage = the first attempt. */
  reachTimeoutMs(outageMs: number): number
}

/** LiveKit's table, held at 1 s for the first minute and at 7 s after (ux.md: never beyond 15 s while live). Jitter from the third attempt on. */
export const defaultReconnectPolicy: ReconnectPolicy = {
  delayMs(attempt, outageMs, random) {
    const index = Math.min(Math.max(attempt, 1), RECONNECT_DELAYS_MS.length) - 1
    const base = RECONNECT_DELAYS_MS[index] ?? 0
    const capped = outageMs < PATIENT_AFTER_MS ? Math.min(base, SHORT_DELAY_MS) : base
    return attempt > 2 ? Math.round(capped * (0.8 + 0.2 * random)) : capped
  },
  reachTimeoutMs: (outageMs) => (outageMs > 0 && outageMs < PATIENT_AFTER_MS ? SHORT_REACH_MS : PUBLISH.connectTimeoutMs),
}
