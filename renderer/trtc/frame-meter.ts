const WINDOW_MS = 2_000

/** Counts the pictures of one source. */
export class FrameMeter {
  #times: number[] = []
  width = 0
  height = 0

  seen(nowMs: number, width: number, height: number): void {
    this.width = width
    this.height = height
    this.#times.push(nowMs)
    this.#forget(nowMs)
  }

  /** Pictures a second, over the last two. */
  fps(nowMs: number): number {
    this.#forget(nowMs)
    const first = this.#times[0]
    const spanMs = first === undefined ? 0 : Math.max(nowMs - first, 1_000)
    return spanMs === 0 ? 0 : Math.round((this.#times.length * 10_000) / spanMs) / 10
  }

  /** null = none was seen of late. */
  get lastAtMs(): number | null {
    return this.#times.at(-1) ?? null
  }

  reset(): void {
    this.#times = []
    this.width = 0
    this.height = 0
  }

  #forget(nowMs: number): void {
    // The newest stays: its age tells a picture that stands still.
    while (this.#times.length > 1 && (this.#times[0] ?? 0) < nowMs - WINDOW_MS) this.#times.shift()
  }
}
