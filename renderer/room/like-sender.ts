import { LikeBurst } from '../../electron/shared/like-burst'
import { refusalOf } from './refusal'

/** Sends taps merged, a window at a time. Owns its timer. */
export class LikeSender {
  readonly #burst = new LikeBurst()
  readonly #send: (count: number) => Promise<void>
  readonly #onRefused: (count: number) => void
  #timer: ReturnType<typeof setTimeout> | null = null

  /**
   * @param send one Low message; rejects with the SDK's error
   * @param onRefused likes that will not be counted
   */
  constructor(send: (count: number) => Promise<void>, onRefused: (count: number) => void) {
    this.#send = send
    this.#onRefused = onRefused
  }

  /** @returns false: too soon to count */
  tap(): boolean {
    const counted = this.#burst.tap(performance.now())
    this.#schedule()
    return counted
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #schedule(): void {
    const dueMs = this.#burst.dueMs()
    if (this.#timer !== null || dueMs === null) return
    this.#timer = setTimeout(
      () => {
        this.#timer = null
        void this.#flush()
      },
      Math.max(0, Math.ceil(dueMs - performance.now())),
    )
  }

  async #flush(): Promise<void> {
    const count = this.#burst.take(performance.now())
    if (count > 0) {
      try {
        await this.#send(count)
      } catch (error) {
        // A lost line is waited for; a refusal is an answer.
        if (refusalOf(error).reason === 'offline') this.#burst.putBack(count, performance.now())
        else this.#onRefused(count)
      }
    }
    this.#schedule()
  }
}
