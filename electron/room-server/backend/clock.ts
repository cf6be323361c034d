/** Time as the business sees it; tests bring their own. */
export interface Clock {
  /** UNIX ms. */
  nowMs(): number
}

/** What is done later; tests bring their own. */
export interface Timers {
  /** Runs once, unless what it returns is called before. */
  after(delayMs: number, run: () => void): () => void
}

export const systemClock: Clock = { nowMs: () => Date.now() }

export const systemTimers: Timers = {
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

/** UNIX seconds. */
export function nowSec(clock: Clock): number {
  return Math.floor(clock.nowMs() / 1_000)
}
