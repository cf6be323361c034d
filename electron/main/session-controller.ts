import { AnchorError, assertNever, type ErrorInfo } from '../shared/errors'
import { isOnAir, reduceSession, type SessionEffect, type SessionEvent, type SessionState, type SessionSummary } from '../shared/session'

export interface SessionControllerOptions {
  start(): void
  stop(): void
  announce(): void
  runChecks(): void
  /** How the show was, when it ends. */
  summary(liveSinceMs: number): SessionSummary
  onState(state: SessionState): void
}

/** Drives the session machine: sends it events, does what it answers, holds its one deadline. */
export class SessionController {
  readonly #options: SessionControllerOptions
  #state: SessionState = { name: 'idle', error: null }
  #deadline: NodeJS.Timeout | null = null
  #liveSinceMs: number | null = null
  #error: ErrorInfo | null = null

  constructor(options: SessionControllerOptions) {
    this.#options = options
  }

  get state(): SessionState {
    return this.#state
  }

  /** On the way to viewers or there: the stage encodes and the publisher is wanted. */
  get wantsProgram(): boolean {
    return this.#state.name === 'starting' || isOnAir(this.#state)
  }

  dispatch(event: SessionEvent): void {
    if (event.type === 'go-live') this.#error = null
    if (event.type === 'destinations' && this.#state.name === 'starting') this.#error = event.summary.error ?? this.#error
    if (event.type === 'program-failed') this.#error = event.error
    const before = this.#state
    const { state, effects } = reduceSession(before, event, Date.now())
    this.#state = state
    if (state.name === 'live' && before.name === 'starting') this.#liveSinceMs = state.liveSinceMs
    if (state !== before) this.#options.onState(state)
    for (const effect of effects) this.#run(effect)
  }

  /** The goodbyes are said. */
  stopped(): void {
    const summary = this.#liveSinceMs === null ? null : this.#options.summary(this.#liveSinceMs)
    this.#liveSinceMs = null
    this.dispatch({ type: 'stopped', summary, error: this.#error })
  }

  close(): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline)
    this.#deadline = null
  }

  #run(effect: SessionEffect): void {
    switch (effect.type) {
      case 'start':
        this.#options.start()
        break
      case 'stop':
        this.#options.stop()
        break
      case 'announce':
        this.#options.announce()
        break
      case 'run-checks':
        this.#options.runChecks()
        break
      case 'set-deadline':
        this.close()
        if (effect.afterMs !== null) this.#deadline = setTimeout(() => this.#deadlinePassed(), effect.afterMs)
        break
      default:
        assertNever(effect)
    }
  }

  #deadlinePassed(): void {
    this.#deadline = null
    if (this.#state.name === 'ending') {
      this.stopped()
      return
    }
    if (this.#state.name === 'starting') this.#error ??= new AnchorError('session.timeout', { context: { step: 'starting', seconds: 20 } }).toInfo()
    this.dispatch({ type: 'deadline' })
  }
}
