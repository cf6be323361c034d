/**
 * When a new number of viewers is worth a message: the longer ago the last one, the smaller a change is enough. A number that stays
 * the same is never told again (the guide: not on a timer, but “by monitoring its change rate”).
 */
export const COUNT_STEPS: readonly { readonly afterMs: number; readonly change: number }[] = [
  { afterMs: 1_000, change: 0.2 },
  { afterMs: 5_000, change: 0.05 },
  { afterMs: 15_000, change: 0.01 },
  /** Any change at all. */
  { afterMs: 30_000, change: 0 },
]

export class CountNotice {
  #told: { readonly count: number; readonly atMs: number } | null = null

  /** Call on every join and leave. @returns true = tell it now; it then counts as told */
  offer(count: number, nowMs: number): boolean {
    const due = this.dueMs(count)
    if (due === null || nowMs < due) return false
    this.#told = { count, atMs: nowMs }
    return true
  }

  /** When this number will be worth telling if nothing else changes, so that the last small change is told too; null = it has been told. */
  dueMs(count: number): number | null {
    const told = this.#told
    if (told === null) return Number.NEGATIVE_INFINITY
    if (count === told.count) return null
    const change = Math.abs(count - told.count) / Math.max(1, told.count)
    const step = COUNT_STEPS.find((one) => change >= one.change)
    return told.atMs + (step?.afterMs ?? 0)
  }
}
