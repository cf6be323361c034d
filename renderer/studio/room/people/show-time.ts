import type { SessionState } from '../../../../electron/shared/session'

/** When the show began and ended, UNIX ms; `endMs` null = it goes on. null = no show is on, and none has just ended. */
export interface ShowTime {
  readonly startMs: number
  readonly endMs: number | null
}

export function showTime(session: SessionState): ShowTime | null {
  if (session.name === 'ended') return { startMs: session.summary.startedAtMs, endMs: session.summary.endedAtMs }
  return 'liveSinceMs' in session && session.liveSinceMs !== null ? { startMs: session.liveSinceMs, endMs: null } : null
}
