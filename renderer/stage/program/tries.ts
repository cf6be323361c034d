export interface TriesOptions {
  /** Faults in a row after which it is given up. */
  readonly limit: number
  /** Pause before the n-th new try is n times this. */
  readonly delayMs: number
  /** What worked this long before it broke was sound: the fault counts as the first. */
  readonly stableAfterMs: number
}

/** Counts the faults of one encoder and says when to try again. Pure. */
export class Tries {
  readonly #options: TriesOptions
  #faults = 0

  constructor(options: TriesOptions) {
    this.#options = options
  }

  reset(): void {
    this.#faults = 0
  }

  /**
   * @param workedMs how long it had worked before this fault
   * @returns milliseconds until the next try; null = enough
   */
  failed(workedMs: number): number | null {
    const { limit, delayMs, stableAfterMs } = this.#options
    this.#faults = workedMs >= stableAfterMs ? 1 : this.#faults + 1
    return this.#faults > limit ? null : this.#faults * delayMs
  }
}
