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
  /** Viewers see the pause card instead of the program. `cause`: what went wrong meanwhile; the show comes back to it. */
  | { readonly name: 'paused'; readonly liveSinceMs: number; readonly cause: ErrorInfo | null }
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

/**
 * Why a show that is on air is worse than asked, beside its destinations: the stage is away or failed (viewers see the slate),
 * or the encoder falls behind. Several may hold at once; each ends by itself.
 */
export type Impairments = Readonly<Partial<Record<'stage' | 'encoder', ErrorInfo>>>

/** All that is known of a show on its way out: it is told whole each time, so that nothing can be forgotten on the way between states. */
export interface Condition {
  readonly destinations: DestinationsSummary
  readonly impairments: Impairments
}

export type SessionEvent =
  | { readonly type: 'check' }
  | { readonly type: 'checks-done' }
  | { readonly type: 'go-live' }
  /** Something of it changed. */
  | { readonly type: 'condition'; readonly condition: Condition }
  /** The stage could not start the program. On air it is an impairment instead. */
  | { readonly type: 'program-failed'; readonly error: ErrorInfo }
  | { readonly type: 'pause' }
  | { readonly type: 'resume'; readonly condition: Condition }
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

/** The show as a pure machine. Time comes in, effects go out; it holds nothing but its state. */
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
    case 'condition':
      return withCondition(state, event.condition, nowMs)
    case 'program-failed':
      return state.name === 'starting' ? stopWith(null, nowMs) : keep(state)
    case 'pause':
      if (state.name === 'live') return { state: { name: 'paused', liveSinceMs: state.liveSinceMs, cause: null }, effects: [] }
      if (state.name !== 'degraded' && state.name !== 'reconnecting') return keep(state)
      return { state: { name: 'paused', liveSinceMs: state.liveSinceMs, cause: state.cause }, effects: [] }
    case 'resume':
      return state.name === 'paused' ? { state: onAir(state.liveSinceMs, event.condition, nowMs), effects: [] } : keep(state)
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

function withCondition(state: SessionState, condition: Condition, nowMs: number): SessionStep {
  switch (state.name) {
    case 'starting': {
      const { wanted, publishing, failed } = condition.destinations
      if (publishing > 0) return { state: onAir(nowMs, condition, nowMs), effects: [{ type: 'announce' }, NO_DEADLINE] }
      return wanted > 0 && failed === wanted ? stopWith(null, nowMs) : keep(state)
    }
    case 'paused': {
      const cause = lossOf(condition) ?? impairmentOf(condition)
      return sameError(cause, state.cause) ? keep(state) : { state: { ...state, cause }, effects: [] }
    }
    case 'live':
    case 'degraded':
    case 'reconnecting': {
      const next = onAir(state.liveSinceMs, condition, nowMs)
      if (next.name === 'reconnecting' && state.name === 'reconnecting')
        return sameError(next.cause, state.cause) ? keep(state) : { state: { ...next, sinceMs: state.sinceMs }, effects: [] }
      const same = next.name === state.name && ('cause' in state && 'cause' in next ? sameError(next.cause, state.cause) : true)
      return same ? keep(state) : { state: next, effects: [] }
    }
    case 'idle':
    case 'checking':
    case 'ending':
    case 'ended':
      return keep(state)
    default:
      return assertNever(state)
  }
}

/** The state of a show that is not paused. */
function onAir(liveSinceMs: number, condition: Condition, nowMs: number): Extract<SessionState, { name: 'live' | 'degraded' | 'reconnecting' }> {
  const lost = lossOf(condition)
  if (lost !== null) return { name: 'reconnecting', liveSinceMs, sinceMs: nowMs, cause: lost }
  const cause = impairmentOf(condition)
  return cause === null ? { name: 'live', liveSinceMs } : { name: 'degraded', liveSinceMs, cause }
}

/** Why no viewer is reached; null when one is. */
function lossOf({ destinations }: Condition): ErrorInfo | null {
  return destinations.publishing > 0 ? null : (destinations.error ?? { code: 'publish.closed', context: { reason: 'closed' } })
}

/** The worst first: no program at all, then fewer viewers, then fewer frames. */
function impairmentOf({ destinations, impairments }: Condition): ErrorInfo | null {
  const out = destinations.publishing < destinations.wanted ? destinations.error : null
  return impairments.stage ?? out ?? impairments.encoder ?? null
}

function sameError(a: ErrorInfo | null, b: ErrorInfo | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
