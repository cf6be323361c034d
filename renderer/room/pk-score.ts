/** How a PK is shown, in the studio and to viewers alike. */

/** The own side's part of the bar, 0.15 … 0.85: neither side ever vanishes. */
export function pkShare(own: number, others: number): number {
  const sum = own + others
  return sum === 0 ? 0.5 : Math.min(0.85, Math.max(0.15, own / sum))
}

/** mm:ss until a time, never below zero. @param endsAt UNIX seconds */
export function pkClock(endsAt: number, nowMs: number): string {
  const left = Math.max(0, Math.ceil(endsAt - nowMs / 1_000))
  return `${String(Math.floor(left / 60)).padStart(2, '0')}:${String(left % 60).padStart(2, '0')}`
}
