import { nowUs } from './clock'
import { TickSchedule } from './tick-schedule'

/** A change of the wanted rate is seen within this time. */
const MAX_SLEEP_MS = 100

export interface PictureClockOptions {
  /** Pictures a second that are wanted now; 0 = none. */
  rate(): number
  /** Makes the picture of that moment. The next is not begun before this one is done. */
  tick(timestampUs: number): Promise<void>
  /** Pictures that were due and are left out: the clock came late, or the one before was not done. */
  onMissed(count: number): void
  onError(error: unknown): void
}

/** Asks for a picture whenever one is due. Owns its timer. */
export class PictureClock {
  readonly #options: PictureClockOptions
  #schedule: TickSchedule | null = null
  #timer: ReturnType<typeof setTimeout> | null = null
  #busy = false
  #closed = false

  constructor(options: PictureClockOptions) {
    this.#options = options
    this.#wake()
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #wake(): void {
    const fps = this.#options.rate()
    let sleepMs = MAX_SLEEP_MS
    if (fps === 0) this.#schedule = null
    else {
      if (this.#schedule?.fps !== fps) this.#schedule = aligned(fps)
      const due = this.#schedule.take(nowUs())
      if (due !== null) {
        if (due.missed > 0) this.#options.onMissed(due.missed)
        void this.#tick(due.timestampUs)
      }
      sleepMs = Math.max(0, Math.min(MAX_SLEEP_MS, (this.#schedule.nextUs - nowUs()) / 1_000))
    }
    this.#timer = setTimeout(() => this.#wake(), sleepMs)
  }

  async #tick(timestampUs: number): Promise<void> {
    if (this.#busy) {
      this.#options.onMissed(1)
      return
    }
    this.#busy = true
    try {
      await this.#options.tick(timestampUs)
    } catch (error) {
      if (!this.#closed) this.#options.onError(error)
    } finally {
      this.#busy = false
    }
  }
}

/** On whole frame times of the clock, so that the test card's flash stands on a frame. */
function aligned(fps: number): TickSchedule {
  const now = nowUs()
  const second = Math.ceil(now / 1_000_000) * 1_000_000
  return new TickSchedule(fps, second - Math.floor(((second - now) * fps) / 1_000_000) * (1_000_000 / fps))
}
