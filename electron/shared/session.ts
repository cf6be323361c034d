import { assertNever, type ErrorInfo } from './errors'

/** What is told when a show is over. */
export interface SessionSummary {
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly sentBytes: number
  readonly videoFrames: number
  readonly droppedFrames: number
  readonly reconnects: number
}

/**
 * The anchor's machine (DESIGN.md §3). Times are UNIX milliseconds. `live` is entered on the first acknowledged media
 * of any destination, never on the press of the button.
 */
export type SessionState =
  | { readonly name: 'idle'; readonly error: ErrorInfo | null }
  | { readonly name: 'checking'; readonly sinceMs: number }
  | { readonly name: 'starting'; readonly sinceMs: number }
  | { readonly name: 'live'; readonly liveSinceMs: number }
  /** On air, but worse than asked; `cause` says how. */
  | { readonly name: 'degraded'; readonly liveSinceMs: number; readonly cause: ErrorInfo }
  /** No destination is publishing. */
  | { readonly name: 'reconnecting'; readonly liveSinceMs: number; readonly sinceMs: number; readonly cause: ErrorInfo }
  /** Viewers see the status card instead of the program. */
  | { readonly name: 'paused'; readonly liveSinceMs: number }
  | { readonly name: 'ending'; readonly liveSinceMs: number | null; readonly sinceMs: number }
  | { readonly name: 'ended'; readonly summary: SessionSummary }

export type SessionStateName = SessionState['name']

export function isOnAir(state: SessionState): boolean {
  return state.name === 'live' || state.name === 'degraded' || state.name === 'reconnecting' || state.name === 'paused'
}

/** What the destinations say together. */
export interface DestinationsSummary {
  /** Switched on for this show. */
  readonly wanted: number
  readonly publishing: number
  /** Given up until a person acts. */
  readonly failed: number
  /** The newest error of one that is not publishing. */
  readonly error: ErrorInfo | null
}

export type SessionEvent =
  | { readonly type: 'check' }
  | { readonly type: 'checks-done' }
  | { readonly type: 'go-live' }
  | { readonly type: 'destinations'; readonly summary: DestinationsSummary }
  /** The stage could not start the program. */
  | { readonly type: 'program-failed'; readonly error: ErrorInfo }
  /** null: no longer. Encoder behind, stage being restarted. */
  | { readonly type: 'impaired'; readonly cause: ErrorInfo | null }
  | { readonly type: 'cancel' }
  | { readonly type: 'end' }
  /** Everything is stopped. `summary`: null when it never was on air; `error`: why it did not come to it. */
  | { readonly type: 'stopped'; readonly summary: SessionSummary | null; readonly error: ErrorInfo | null }
  | { readonly type: 'deadline' }
  | { readonly type: 'done' }

export type SessionEffect =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  /** On air for the first time: tell the world. */
  | { readonly type: 'announce' }
  | { readonly type: 'run-checks' }
  /** The state has until then; `deadline` is sent when it passes. null = no more. */
  | { readonly type: 'set-deadline'; readonly afterMs: number | null }

export interface SessionStep {
  readonly state: SessionState
  readonly effects: readonly SessionEffect[]
}

const CHECK_DEADLINE_MS = 10_000
const START_DEADLINE_MS = 20_000
/** Half a second for the goodbyes (PUBLISH.stopTimeoutMs and a margin), then it is over whatever they say. */
const END_DEADLINE_MS = 900

const NO_DEADLINE: SessionEffect = { type: 'set-deadline', afterMs: null }

/**
 * The show as a pure machine. `impairment` travels outside of it (it is remembered by whoever drives it and sent again), so
 * that each state says all it knows.
 */
export function reduceSession(state: SessionState, event: SessionEvent, nowMs: number): SessionStep {
  switch (event.type) {
    case 'check':
      if (state.name !== 'idle' && state.name !== 'ended') return keep(state)
      return { state: { name: 'checking', sinceMs: nowMs }, effects: [{ type: 'run-checks' }, { type: 'set-deadline', afterMs: CHECK_DEADLINE_MS }] }
    case 'checks-done':
      return state.name === 'checking' ? { state: IDLE, effects: [NO_DEADLINE] } : keep(state)
    case 'go-live':
      if (state.name !== 'idle' && state.name !== 'checking' && state.name !== 'ended') return keep(state)
      return { state: { name: 'starting', sinceMs: nowMs }, effects: [{ type: 'start' }, { type: 'set-deadline', afterMs: START_DEADLINE_MS }] }
    case 'destinations':
      return withDestinations(state, event.summary, nowMs)
    case 'program-failed':
      if (state.name === 'starting') return stopWith(null, nowMs)
      return 'liveSinceMs' in state && state.name !== 'ending'
        ? { state: { name: 'degraded', liveSinceMs: state.liveSinceMs, cause: event.error }, effects: [] }
        : keep(state)
    case 'impaired':
      if (state.name === 'live' && event.cause !== null) return { state: { name: 'degraded', liveSinceMs: state.liveSinceMs, cause: event.cause }, effects: [] }
      if (state.name === 'degraded') {
        return { state: event.cause === null ? { name: 'live', liveSinceMs: state.liveSinceMs } : { ...state, cause: event.cause }, effects: [] }
      }
      return keep(state)
    case 'cancel':
      if (state.name === 'checking') return { state: IDLE, effects: [NO_DEADLINE] }
      return state.name === 'starting' ? stopWith(null, nowMs) : keep(state)
    case 'end':
      if (state.name === 'starting') return stopWith(null, nowMs)
      return isOnAir(state) && 'liveSinceMs' in state ? stopWith(state.liveSinceMs, nowMs) : keep(state)
    case 'stopped':
      if (state.name !== 'ending') return keep(state)
      return { state: event.summary === null ? { name: 'idle', error: event.error } : { name: 'ended', summary: event.summary }, effects: [NO_DEADLINE] }
    case 'deadline':
      if (state.name === 'checking') return { state: IDLE, effects: [] }
      return state.name === 'starting' ? stopWith(null, nowMs) : keep(state)
    case 'done':
      return state.name === 'ended' ? { state: IDLE, effects: [] } : keep(state)
    default:
      return assertNever(event)
  }
}

const IDLE: SessionState = { name: 'idle', error: null }

function keep(state: SessionState): SessionStep {
  return { state, effects: [] }
}

function stopWith(liveSinceMs: number | null, nowMs: number): SessionStep {
  return { state: { name: 'ending', liveSinceMs, sinceMs: nowMs }, effects: [{ type: 'stop' }, { type: 'set-deadline', afterMs: END_DEADLINE_MS }] }
}

function withDestinations(state: SessionState, summary: DestinationsSummary, nowMs: number): SessionStep {
  const lost = summary.wanted > 0 && summary.failed === summary.wanted
  if (state.name === 'starting') {
    if (summary.publishing > 0) return { state: { name: 'live', liveSinceMs: nowMs }, effects: [{ type: 'announce' }, NO_DEADLINE] }
    return lost ? stopWith(null, nowMs) : keep(state)
  }
  if (state.name === 'live' || state.name === 'degraded' || state.name === 'reconnecting') {
    const { liveSinceMs } = state
    if (summary.publishing > 0) {
      // A destination that is out while others are on air is a cause to name; an impairment of the stage is sent again by its owner.
      if (summary.publishing < summary.wanted && summary.error !== null) {
        const same = state.name === 'degraded' && state.cause.code === summary.error.code
        return same ? keep(state) : { state: { name: 'degraded', liveSinceMs, cause: summary.error }, effects: [] }
      }
      if (state.name === 'reconnecting') return { state: { name: 'live', liveSinceMs }, effects: [] }
      if (state.name === 'degraded' && state.cause.code.startsWith('publish.')) return { state: { name: 'live', liveSinceMs }, effects: [] }
      return keep(state)
    }
    const cause: ErrorInfo = summary.error ?? { code: 'publish.closed', context: { reason: 'closed' } }
    if (state.name === 'reconnecting') return state.cause.code === cause.code ? keep(state) : { state: { ...state, cause }, effects: [] }
    return { state: { name: 'reconnecting', liveSinceMs, sinceMs: nowMs, cause }, effects: [] }
  }
  return keep(state)
}
