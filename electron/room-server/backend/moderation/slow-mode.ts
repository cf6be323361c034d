export type SlowVerdict = { readonly ok: true } | { readonly ok: false; readonly waitMs: number }

/** The longest slow mode, ms. */
export const SLOW_MODE_MAX_MS = 3_600_000

/** One message of a viewer in each interval. Who is exempt (anchor, producer) does not ask. */
export class SlowMode {
  #intervalMs = 0
  #sweptMs = Number.NEGATIVE_INFINITY
  readonly #spokeMs = new Map<string, number>()

  get intervalMs(): number {
    return this.#intervalMs
  }

  /** @param intervalMs 0 = off … SLOW_MODE_MAX_MS. Counts from each viewer's last message, also those before. @throws RangeError */
  set(intervalMs: number): void {
    if (!Number.isFinite(intervalMs) || intervalMs < 0 || intervalMs > SLOW_MODE_MAX_MS) throw new RangeError(`slow mode: 0 … ${SLOW_MODE_MAX_MS} ms`)
    this.#intervalMs = intervalMs
  }

  /** Asks to speak now. A refusal does not make the wait longer. */
  speak(userId: string, nowMs: number): SlowVerdict {
    this.#sweep(nowMs)
    const spokeMs = this.#spokeMs.get(userId)
    const waitMs = spokeMs === undefined ? 0 : Math.min(this.#intervalMs, spokeMs + this.#intervalMs - nowMs)
    if (waitMs > 0) return { ok: false, waitMs }
    this.#spokeMs.set(userId, nowMs)
    return { ok: true }
  }

  #sweep(nowMs: number): void {
    if (nowMs < this.#sweptMs + SLOW_MODE_MAX_MS) return
    this.#sweptMs = nowMs
    for (const [userId, spokeMs] of this.#spokeMs) if (spokeMs <= nowMs - SLOW_MODE_MAX_MS) this.#spokeMs.delete(userId)
  }
}
