/**
 * When frames are due: the n-th at exactly start + n / fps, so that errors never add up. Pure; microseconds of one
 * monotonic clock.
 */
export class TickSchedule {
  readonly fps: number
  readonly #startUs: number
  #next = 0

  constructor(fps: number, startUs: number) {
    this.fps = fps
    this.#startUs = startUs
  }

  /** Time of the next frame. */
  get nextUs(): number {
    return this.#startUs + Math.round((this.#next * 1_000_000) / this.fps)
  }

  /** Number of the next frame. */
  get index(): number {
    return this.#next
  }

  /** The frame that is due now, and how many before it were missed; null when none is. */
  take(nowUs: number): { timestampUs: number; index: number; missed: number } | null {
    if (nowUs < this.nextUs) return null
    const newest = Math.floor(((nowUs - this.#startUs) * this.fps) / 1_000_000)
    // One frame late is still drawn; what is older would only pile up behind the encoder.
    const missed = Math.max(0, newest - this.#next - 1)
    this.#next += missed
    const due = { timestampUs: this.nextUs, index: this.#next, missed }
    this.#next += 1
    return due
  }
}
