import { asError, type Log } from './log'

const WINDOW_MS = 10_000
/** Messages with numbers in them could be endless. */
const MAX_KNOWN = 20

/** Log lines of something that may fail at every frame: each kind of fault once, then how often it came again in 10 s. */
export class FaultLog {
  readonly #log: Log
  readonly #what: string
  #repeats = new Map<string, number>()
  #windowFromMs = -Infinity

  constructor(what: string, log: Log) {
    this.#what = what
    this.#log = log
  }

  fault(error: unknown): void {
    const { message } = asError(error)
    const nowMs = performance.now()
    if (nowMs - this.#windowFromMs >= WINDOW_MS) this.#nextWindow(nowMs)
    const repeats = this.#repeats.get(message)
    if (repeats !== undefined) this.#repeats.set(message, repeats + 1)
    else if (this.#repeats.size < MAX_KNOWN) {
      this.#repeats.set(message, 0)
      this.#log('error', `${this.#what}: ${message}`)
    }
  }

  #nextWindow(nowMs: number): void {
    for (const [message, repeats] of this.#repeats) {
      if (repeats === 0) this.#repeats.delete(message)
      else {
        this.#log('error', `${this.#what}: ${message} (${repeats} times more)`)
        this.#repeats.set(message, 0)
      }
    }
    this.#windowFromMs = nowMs
  }
}
