import type { Clock } from '../clock'

export type CallbackState = 'arriving' | 'missing' | 'unknown'

/** A message of ours raises callbacks within this time, if they are set up. They time out after 2 s (im:34354). */
const DUE_MS = 5_000

/**
 * Whether IM's callbacks arrive. Each message of ours must raise some: none by then means that none are set up, or that they go elsewhere.
 */
export class CallbackWatch {
  readonly #clock: Clock
  #heardMs: number | null = null
  #spokeMs: number | null = null
  #timer: NodeJS.Timeout | null = null
  #missing = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get state(): CallbackState {
    if (this.#missing) return 'missing'
    return this.#heardMs === null ? 'unknown' : 'arriving'
  }

  heard(): void {
    this.#heardMs = this.#clock.nowMs()
    this.#missing = false
  }

  /** IM took a message of ours. */
  spoke(): void {
    this.#spokeMs = this.#clock.nowMs()
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      if (this.#spokeMs !== null && (this.#heardMs ?? 0) < this.#spokeMs - DUE_MS) this.#missing = true
    }, DUE_MS)
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
