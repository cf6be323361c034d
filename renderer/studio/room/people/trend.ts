/** How many were here at a time; null = not known then. */
export interface Count {
  readonly value: number | null
  /** UNIX ms. */
  readonly atMs: number
}

export type Trend = 'up' | 'down' | 'same'

/** What the newest count is compared with is this old at most. */
export const TREND_WINDOW_MS = 120_000
/** Smaller changes of a large room are noise. */
const NOISE_SHARE = 0.02

/**
 * Whether people come or go, over the last two minutes.
 * @param counts oldest first
 * @returns null: not known (yet)
 */
export function trendOf(counts: readonly Count[]): Trend | null {
  const newest = counts.at(-1)
  if (newest === undefined || newest.value === null) return null
  const before = counts.find((one) => one.value !== null && one.atMs >= newest.atMs - TREND_WINDOW_MS)
  if (before === undefined || before === newest || before.value === null) return null
  const change = newest.value - before.value
  if (change === 0 || Math.abs(change) < before.value * NOISE_SHARE) return 'same'
  return change > 0 ? 'up' : 'down'
}
