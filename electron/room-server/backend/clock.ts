/** Time as the business sees it; tests bring their own. */
export interface Clock {
  /** UNIX ms. */
  nowMs(): number
}

export const systemClock: Clock = { nowMs: () => Date.now() }

/** UNIX seconds. */
export function nowSec(clock: Clock): number {
  return Math.floor(clock.nowMs() / 1_000)
}
