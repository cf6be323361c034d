const LEAST_VOLUME = 12
const AFTER_MS = 800
const HELD_MS = 2_500

/** Who of the seated is shown large where the layout asks for it: who speaks for a while, and not in turns of a moment. */
export class SpeakerChoice {
  #speaker: string | null = null
  #candidate: string | null = null
  #candidateSinceMs = 0
  #chosenAtMs = -Infinity

  get speaker(): string | null {
    return this.#speaker
  }

  /** @returns whether another one speaks now */
  heard(volumes: readonly { readonly userId: string; readonly volume: number }[], seated: ReadonlySet<string>, nowMs: number): boolean {
    const loudest = volumes.reduce<{ userId: string; volume: number } | null>(
      (best, one) => (one.volume >= LEAST_VOLUME && (one.userId === '' || seated.has(one.userId)) && one.volume > (best?.volume ?? 0) ? one : best),
      null,
    )
    if (loudest === null) return false
    const candidate = loudest.userId === '' ? null : loudest.userId
    if (candidate !== this.#candidate) {
      this.#candidate = candidate
      this.#candidateSinceMs = nowMs
    }
    if (candidate === this.#speaker || nowMs - this.#candidateSinceMs < AFTER_MS || nowMs - this.#chosenAtMs < HELD_MS) return false
    this.#speaker = candidate
    this.#chosenAtMs = nowMs
    return true
  }
}
