import { describe, expect, it } from 'vitest'
import {
  reduceSession,
  type Condition,
  type DestinationsSummary,
  type Impairments,
  type SessionEvent,
  type SessionState,
} from '../../../electron/shared/session'

const NOW = 1_000
const error = { code: 'publish.closed', context: { reason: 'x' } } as const
const denied = { code: 'publish.denied', context: { reason: 'x' } } as const
const summary = { startedAtMs: 0, endedAtMs: 1, sentBytes: 0, videoFrames: 0, droppedFrames: 0, reconnects: 0 }
const crashed = { code: 'stage.crashed', context: { process: 'stage' } } as const
const behind = { code: 'encoder.overloaded', context: { fps: 9, targetFps: 30 } } as const
const condition = (
  [wanted, publishing, failed]: readonly [number, number, number],
  cause: DestinationsSummary['error'] = null,
  impairments: Impairments = {},
): Condition => ({ destinations: { wanted, publishing, failed, error: cause }, impairments })
const of = (...args: Parameters<typeof condition>): SessionEvent => ({ type: 'condition', condition: condition(...args) })

const STATES: readonly SessionState[] = [
  { name: 'idle', error: null },
  { name: 'checking', sinceMs: 0 },
  { name: 'starting', sinceMs: 0 },
  { name: 'live', liveSinceMs: 0 },
  { name: 'degraded', liveSinceMs: 0, cause: error },
  { name: 'reconnecting', liveSinceMs: 0, sinceMs: 0, cause: error },
  { name: 'paused', liveSinceMs: 0, cause: null },
  { name: 'ending', liveSinceMs: 0, sinceMs: 0 },
  { name: 'ended', summary },
]
/** Each event, and where it leads from the states that it changes; it leaves every other as it is. */
const EVENTS: readonly (readonly [string, SessionEvent, Partial<Record<SessionState['name'], SessionState['name']>>])[] = [
  ['check', { type: 'check' }, { idle: 'checking', ended: 'checking' }],
  ['checks done', { type: 'checks-done' }, { checking: 'idle' }],
  ['go live', { type: 'go-live' }, { idle: 'starting', checking: 'starting', ended: 'starting' }],
  ['all publish', of([2, 2, 0]), { starting: 'live', degraded: 'live', reconnecting: 'live' }],
  ['one of two is out', of([2, 1, 1], denied), { starting: 'degraded', live: 'degraded', reconnecting: 'degraded' }],
  ['none publishes', of([2, 0, 0], error), { live: 'reconnecting', degraded: 'reconnecting' }],
  ['all failed', of([2, 0, 2], denied), { starting: 'ending', live: 'reconnecting', degraded: 'reconnecting' }],
  ['the stage is away', of([2, 2, 0], null, { stage: crashed }), { starting: 'degraded', live: 'degraded', reconnecting: 'degraded' }],
  ['the encoder is behind', of([2, 2, 0], null, { encoder: behind }), { starting: 'degraded', live: 'degraded', reconnecting: 'degraded' }],
  ['the stage is away, and none publishes', of([2, 0, 0], error, { stage: crashed }), { live: 'reconnecting', degraded: 'reconnecting' }],
  ['no program', { type: 'program-failed', error }, { starting: 'ending' }],
  ['pause', { type: 'pause' }, { live: 'paused', degraded: 'paused', reconnecting: 'paused' }],
  ['resume', { type: 'resume', condition: condition([2, 2, 0]) }, { paused: 'live' }],
  ['resume while the encoder is behind', { type: 'resume', condition: condition([2, 2, 0], null, { encoder: behind }) }, { paused: 'degraded' }],
  ['resume while none publishes', { type: 'resume', condition: condition([2, 0, 0], error) }, { paused: 'reconnecting' }],
  ['cancel', { type: 'cancel' }, { checking: 'idle', starting: 'ending' }],
  ['end', { type: 'end' }, { starting: 'ending', live: 'ending', degraded: 'ending', reconnecting: 'ending', paused: 'ending' }],
  ['stopped after a show', { type: 'stopped', summary, error: null }, { ending: 'ended' }],
  ['stopped before it', { type: 'stopped', summary: null, error }, { ending: 'idle' }],
  ['the deadline', { type: 'deadline' }, { checking: 'idle', starting: 'ending' }],
  ['done', { type: 'done' }, { ended: 'idle' }],
]

describe('the session machine', () => {
  const rows = STATES.flatMap((state) => EVENTS.map(([name, event, leads]) => [state.name, name, leads[state.name] ?? state.name, state, event] as const))
  it.each(rows)('%s, %s → %s', (_from, _name, expected, state, event) => {
    const step = reduceSession(state, event, NOW)
    expect(step.state.name).toBe(expected)
    if (expected === state.name && expected !== 'degraded' && expected !== 'paused' && expected !== 'reconnecting') expect(step.state).toBe(state)
  })

  it('leads from every state back to idle', () => {
    for (const start of STATES) {
      const seen = new Set<string>()
      let open: SessionState[] = [start]
      while (open.length > 0 && !seen.has('idle')) {
        const next: SessionState[] = []
        for (const state of open) {
          if (seen.has(state.name)) continue
          seen.add(state.name)
          for (const [, event] of EVENTS) next.push(reduceSession(state, event, NOW).state)
        }
        open = next
      }
      expect(seen).toContain('idle')
    }
  })

  it('says live only for media that arrived', () => {
    const { state, effects } = reduceSession({ name: 'starting', sinceMs: 0 }, of([1, 1, 0]), NOW)
    expect(state).toEqual({ name: 'live', liveSinceMs: NOW })
    expect(effects).toContainEqual({ type: 'announce' })
    expect(reduceSession({ name: 'idle', error: null }, { type: 'go-live' }, NOW).effects).not.toContainEqual({ type: 'announce' })
  })

  it('tells why it did not come to a show', () => {
    const { state } = reduceSession({ name: 'ending', liveSinceMs: null, sinceMs: 0 }, { type: 'stopped', summary: null, error: denied }, NOW)
    expect(state).toEqual({ name: 'idle', error: denied })
  })

  describe('on air names the worst of what is known', () => {
    const live: SessionState = { name: 'live', liveSinceMs: 0 }
    const step = (state: SessionState, event: SessionEvent): SessionState => reduceSession(state, event, NOW).state

    it('no viewer, then no program, then fewer viewers, then fewer frames', () => {
      const all = { stage: crashed, encoder: behind }
      expect(step(live, of([2, 0, 0], error, all))).toMatchObject({ name: 'reconnecting', cause: error })
      expect(step(live, of([2, 1, 0], error, all))).toMatchObject({ name: 'degraded', cause: crashed })
      expect(step(live, of([2, 1, 0], error, { encoder: behind }))).toMatchObject({ name: 'degraded', cause: error })
      expect(step(live, of([2, 2, 0], null, { encoder: behind }))).toMatchObject({ name: 'degraded', cause: behind })
    })

    it('and what stays the same is the same state', () => {
      for (const event of [of([2, 0, 0], error), of([2, 1, 0], error), of([2, 2, 0])]) {
        const state = step(live, event)
        expect(step(state, event)).toBe(state)
      }
      const lost = step(live, of([2, 0, 0], error))
      expect(reduceSession(lost, of([2, 0, 0], denied), NOW + 5)).toMatchObject({ state: { sinceMs: NOW, cause: denied } })
    })

    it('a stage that dies while nothing is reached is still away afterwards', () => {
      const lost = step(live, of([1, 0, 0], error, { stage: crashed }))
      expect(step(lost, of([1, 1, 0], null, { stage: crashed }))).toMatchObject({ name: 'degraded', cause: crashed })
    })
  })

  describe('paused', () => {
    const step = (state: SessionState, event: SessionEvent): SessionState => reduceSession(state, event, NOW).state
    const paused: SessionState = { name: 'paused', liveSinceMs: 3, cause: null }

    it('tells what goes wrong meanwhile, and that it is over', () => {
      const lost = step(paused, of([1, 0, 0], error))
      expect(lost).toEqual({ name: 'paused', liveSinceMs: 3, cause: error })
      expect(step(paused, of([1, 1, 0], null, { stage: crashed }))).toMatchObject({ name: 'paused', cause: crashed })
      expect(step(lost, of([1, 1, 0]))).toEqual(paused)
      expect(step(paused, of([1, 1, 0]))).toBe(paused)
    })

    it('keeps the beginning of the show, and its cause', () => {
      expect(step({ name: 'reconnecting', liveSinceMs: 3, sinceMs: 4, cause: error }, { type: 'pause' })).toEqual({ ...paused, cause: error })
      expect(step(paused, { type: 'resume', condition: condition([1, 1, 0]) })).toEqual({ name: 'live', liveSinceMs: 3 })
    })
  })
})
