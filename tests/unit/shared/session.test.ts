import { describe, expect, it } from 'vitest'
import { reduceSession, type DestinationsSummary, type SessionEvent, type SessionState } from '../../../electron/shared/session'

const NOW = 1_000
const error = { code: 'publish.closed', context: { reason: 'x' } } as const
const denied = { code: 'publish.denied', context: { reason: 'x' } } as const
const summary = { startedAtMs: 0, endedAtMs: 1, sentBytes: 0, videoFrames: 0, droppedFrames: 0, reconnects: 0 }
const of = (wanted: number, publishing: number, failed: number, cause: DestinationsSummary['error'] = null): SessionEvent => ({
  type: 'destinations',
  summary: { wanted, publishing, failed, error: cause },
})

const STATES: readonly SessionState[] = [
  { name: 'idle', error: null },
  { name: 'checking', sinceMs: 0 },
  { name: 'starting', sinceMs: 0 },
  { name: 'live', liveSinceMs: 0 },
  { name: 'degraded', liveSinceMs: 0, cause: error },
  { name: 'reconnecting', liveSinceMs: 0, sinceMs: 0, cause: error },
  { name: 'paused', liveSinceMs: 0 },
  { name: 'ending', liveSinceMs: 0, sinceMs: 0 },
  { name: 'ended', summary },
]
const EVENTS: readonly SessionEvent[] = [
  { type: 'check' },
  { type: 'checks-done' },
  { type: 'go-live' },
  of(2, 2, 0),
  of(2, 1, 1, denied),
  of(2, 0, 0, error),
  of(2, 0, 2, denied),
  { type: 'program-failed', error },
  { type: 'impaired', cause: error },
  { type: 'impaired', cause: null },
  { type: 'cancel' },
  { type: 'end' },
  { type: 'stopped', summary, error: null },
  { type: 'stopped', summary: null, error },
  { type: 'deadline' },
  { type: 'done' },
]

/** One row per state: where each event of EVENTS leads. */
const TABLE: Readonly<Record<SessionState['name'], readonly SessionState['name'][]>> = {
  idle: ['checking', 'idle', 'starting', 'idle', 'idle', 'idle', 'idle', 'idle', 'idle', 'idle', 'idle', 'idle', 'idle', 'idle', 'idle', 'idle'],
  checking: [
    'checking',
    'idle',
    'starting',
    'checking',
    'checking',
    'checking',
    'checking',
    'checking',
    'checking',
    'checking',
    'idle',
    'checking',
    'checking',
    'checking',
    'idle',
    'checking',
  ],
  starting: [
    'starting',
    'starting',
    'starting',
    'live',
    'live',
    'starting',
    'ending',
    'ending',
    'starting',
    'starting',
    'ending',
    'ending',
    'starting',
    'starting',
    'ending',
    'starting',
  ],
  live: [
    'live',
    'live',
    'live',
    'live',
    'degraded',
    'reconnecting',
    'reconnecting',
    'degraded',
    'degraded',
    'live',
    'live',
    'ending',
    'live',
    'live',
    'live',
    'live',
  ],
  degraded: [
    'degraded',
    'degraded',
    'degraded',
    'live',
    'degraded',
    'reconnecting',
    'reconnecting',
    'degraded',
    'degraded',
    'live',
    'degraded',
    'ending',
    'degraded',
    'degraded',
    'degraded',
    'degraded',
  ],
  reconnecting: [
    'reconnecting',
    'reconnecting',
    'reconnecting',
    'live',
    'degraded',
    'reconnecting',
    'reconnecting',
    'degraded',
    'reconnecting',
    'reconnecting',
    'reconnecting',
    'ending',
    'reconnecting',
    'reconnecting',
    'reconnecting',
    'reconnecting',
  ],
  paused: [
    'paused',
    'paused',
    'paused',
    'paused',
    'paused',
    'paused',
    'paused',
    'degraded',
    'paused',
    'paused',
    'paused',
    'ending',
    'paused',
    'paused',
    'paused',
    'paused',
  ],
  ending: [
    'ending',
    'ending',
    'ending',
    'ending',
    'ending',
    'ending',
    'ending',
    'ending',
    'ending',
    'ending',
    'ending',
    'ending',
    'ended',
    'idle',
    'ending',
    'ending',
  ],
  ended: ['checking', 'ended', 'starting', 'ended', 'ended', 'ended', 'ended', 'ended', 'ended', 'ended', 'ended', 'ended', 'ended', 'ended', 'ended', 'idle'],
}

describe('the session machine', () => {
  it.each(STATES.flatMap((state) => EVENTS.map((event, index) => [state, event, TABLE[state.name][index]] as const)))(
    '%j + %j → %s',
    (state, event, expected) => {
      expect(reduceSession(state, event, NOW).state.name).toBe(expected)
    },
  )

  it('leads from every state back to idle', () => {
    for (const start of STATES) {
      const seen = new Set<string>()
      let open: SessionState[] = [start]
      while (open.length > 0 && !seen.has('idle')) {
        const next: SessionState[] = []
        for (const state of open) {
          if (seen.has(state.name)) continue
          seen.add(state.name)
          for (const event of EVENTS) next.push(reduceSession(state, event, NOW).state)
        }
        open = next
      }
      expect(seen).toContain('idle')
    }
  })

  it('says live only for media that arrived', () => {
    const { state, effects } = reduceSession({ name: 'starting', sinceMs: 0 }, of(1, 1, 0), NOW)
    expect(state).toEqual({ name: 'live', liveSinceMs: NOW })
    expect(effects).toContainEqual({ type: 'announce' })
    expect(reduceSession({ name: 'idle', error: null }, { type: 'go-live' }, NOW).effects).not.toContainEqual({ type: 'announce' })
  })

  it('tells why it did not come to a show', () => {
    const { state } = reduceSession({ name: 'ending', liveSinceMs: null, sinceMs: 0 }, { type: 'stopped', summary: null, error: denied }, NOW)
    expect(state).toEqual({ name: 'idle', error: denied })
  })
})
