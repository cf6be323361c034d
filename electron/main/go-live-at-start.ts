import { AnchorError, type ErrorInfo } from '../shared/errors'
import type { SessionState } from '../shared/session'

/** Parts that start are up within seconds; a stage that must compile its shaders in software takes longest. */
const PARTS_DEADLINE_MS = 30_000

export interface GoLiveAtStartOptions {
  goLive(): void
  /** It did not come to it. Nobody may be there to press anything: the caller says why and ends the app. */
  onFailed(error: ErrorInfo): void
}

/** `--go-live`: waits for the parts, goes live once, and tells when that failed. What the user starts later is no business of it. */
export class GoLiveAtStart {
  readonly #options: GoLiveAtStartOptions
  #phase: 'waiting' | 'under-way' | 'over' = 'waiting'
  #deadline: NodeJS.Timeout | null

  constructor(options: GoLiveAtStartOptions) {
    this.#options = options
    this.#deadline = setTimeout(
      () => this.fail(new AnchorError('session.timeout', { context: { step: 'parts', seconds: PARTS_DEADLINE_MS / 1_000 } }).toInfo()),
      PARTS_DEADLINE_MS,
    )
  }

  /** All parts that are needed stand. */
  ready(): void {
    if (this.#phase !== 'waiting') return
    this.#phase = 'under-way'
    this.#clear()
    this.#options.goLive()
  }

  sessionIs(state: SessionState): void {
    if (this.#phase !== 'under-way') return
    if (state.name === 'idle' && state.error !== null) this.fail(state.error)
    // On air, or somebody was there to cancel it.
    else if (state.name !== 'starting' && state.name !== 'ending') this.#phase = 'over'
  }

  /** A part that is needed will not come. */
  fail(error: ErrorInfo): void {
    if (this.#phase === 'over') return
    this.close()
    this.#options.onFailed(error)
  }

  close(): void {
    this.#phase = 'over'
    this.#clear()
  }

  #clear(): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline)
    this.#deadline = null
  }
}
