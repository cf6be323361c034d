import type { ErrorInfo } from './errors'

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
