import { RECONNECT_DELAYS_MS } from '../shared/thresholds'

/** While the fault is younger than this, delays stay short: a server that restarts is back within seconds. */
const PATIENT_AFTER_MS = 30_000
const SHORT_DELAY_MS = 1_500

/** When to try again. Pure: time and chance come from outside. */
export interface ReconnectPolicy {
  /**
   * @param attempt the number of the coming attempt since the fault, from 1
   * @param outageMs how long the fault has lasted
   * @param random 0 … 1
   * @returns milliseconds to wait
   */
  delayMs(attempt: number, outageMs: number, random: number): number
}

/** LiveKit's table, held at 1.5 s for the first 30 s and at 7 s after (ux.md: never beyond 15 s while live). Jitter from the third attempt on. */
export const defaultReconnectPolicy: ReconnectPolicy = {
  delayMs(attempt, outageMs, random) {
    const index = Math.min(Math.max(attempt, 1), RECONNECT_DELAYS_MS.length) - 1
    const base = RECONNECT_DELAYS_MS[index] ?? 0
    const capped = outageMs < PATIENT_AFTER_MS ? Math.min(base, SHORT_DELAY_MS) : base
    return attempt > 2 ? Math.round(capped * (0.8 + 0.2 * random)) : capped
  },
}
