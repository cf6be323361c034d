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
  readonly #events: SessionEvent[] = []
  #stepping = false

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

  /** An event that an effect of another one leads to waits until that one is done: its deadline is then the one that holds. */
  dispatch(event: SessionEvent): void {
    this.#events.push(event)
    if (this.#stepping) return
    this.#stepping = true
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) this.#step(next)
    } finally {
      this.#stepping = false
    }
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

  #step(event: SessionEvent): void {
    const before = this.#state
    if (event.type === 'go-live') this.#error = null
    if (before.name === 'starting') {
      if (event.type === 'condition') this.#error = event.condition.destinations.error ?? this.#error
      if (event.type === 'program-failed') this.#error = event.error
      if (event.type === 'cancel' || event.type === 'end') this.#error = null
    }
    const { state, effects } = reduceSession(before, event, Date.now())
    this.#state = state
    if (before.name === 'starting' && isOnAir(state) && 'liveSinceMs' in state) this.#liveSinceMs = state.liveSinceMs
    if (state !== before) this.#options.onState(state)
    for (const effect of effects) this.#run(effect)
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
