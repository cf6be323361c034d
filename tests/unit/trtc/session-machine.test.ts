import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TrtcTicket } from '../../../electron/shared/trtc'
import { roomTold } from '../../../renderer/trtc/destination-statuses'
import { OUT, SESSION, stepSession, type SessionEvent, type SessionPhase, type SessionState } from '../../../renderer/trtc/session-machine'
import { runMachine, type Outcome } from './run-machine'

const TICKET: TrtcTicket = { sdkAppId: 1, userId: 'a', userSig: 's', roomId: 'r', privateMapKey: 'k', expiresAt: 1 }
const FRESH: TrtcTicket = { ...TICKET, userSig: 's2' }
const ELSEWHERE: TrtcTicket = { ...TICKET, roomId: 'r2' }
const T0 = 1_000_000

function run(events: readonly (SessionEvent | number)[], from: SessionState = OUT): Outcome<SessionState> {
  return runMachine({ step: stepSession, from, startMs: T0, said: ({ type }) => type }, events)
}

const want = (ticket: TrtcTicket | null): SessionEvent => ({ type: 'want', ticket })
const entered = (result: number): SessionEvent => ({ type: 'entered', result })
const exited = (reason: number): SessionEvent => ({ type: 'exited', reason })
const IN = [want(TICKET), entered(30)] as const
const LIVE = [...IN, { type: 'media-sent' }] as const

/** What happened → the phase, the effects, and what main is told. */
const TABLE: readonly (readonly [name: string, events: readonly (SessionEvent | number)[], phase: SessionPhase, effects: string[], told: string])[] = [
  ['nothing wanted', [want(null)], 'out', [], 'off'],
  ['wanted', [want(TICKET)], 'entering', ['enter'], 'connecting'],
  ['entered', IN, 'in', ['enter'], 'connecting'],
  ['media went out', LIVE, 'in', ['enter'], 'publishing'],
  ['left by ourselves', [...LIVE, want(null)], 'leaving', ['enter', 'exit'], 'stopping'],
  ['out again', [...LIVE, want(null), exited(0)], 'out', ['enter', 'exit'], 'off'],
  ['wanted again while leaving: not before the exit', [...LIVE, want(null), want(TICKET)], 'leaving', ['enter', 'exit'], 'reconnecting'],
  ['… and then', [...LIVE, want(null), want(TICKET), exited(0)], 'entering', ['enter', 'exit', 'enter'], 'connecting'],
  ['another room', [...LIVE, want(ELSEWHERE), exited(0)], 'entering', ['enter', 'exit', 'enter'], 'connecting'],
  ['a fresh ticket', [...LIVE, want(FRESH)], 'in', ['enter'], 'publishing'],
  ['refused for now', [want(TICKET), entered(-3301)], 'leaving', ['enter', 'exit'], 'reconnecting'],
  ['refused for now, left', [want(TICKET), entered(-3301), exited(0)], 'waiting', ['enter', 'exit'], 'reconnecting'],
  ['refused for now, tried again', [want(TICKET), entered(-3301), exited(0), 500, { type: 'time' }], 'entering', ['enter', 'exit', 'enter'], 'reconnecting'],
  ['refused for good', [want(TICKET), entered(-3320), exited(0), 60_000, { type: 'time' }], 'failed', ['enter', 'exit'], 'failed'],
  ['refused for good, fresh ticket', [want(TICKET), entered(-3320), exited(0), want(FRESH)], 'entering', ['enter', 'exit', 'enter'], 'reconnecting'],
  ['refused for good, same ticket', [want(TICKET), entered(-3320), exited(0), want(TICKET)], 'failed', ['enter', 'exit'], 'failed'],
  [
    'ended signature, fresh ticket while waiting',
    [want(TICKET), entered(-70_001), exited(0), want(FRESH)],
    'entering',
    ['enter', 'exit', 'enter'],
    'reconnecting',
  ],
  ['no answer to the entry', [want(TICKET), SESSION.enterTimeoutMs, { type: 'time' }], 'leaving', ['enter', 'exit'], 'reconnecting'],
  ['no answer to the exit', [...LIVE, want(null), SESSION.exitTimeoutMs, { type: 'time' }], 'leaving', ['enter', 'exit', 'stuck'], 'stopping'],
  ['connection lost', [...LIVE, { type: 'connection-lost' }], 'in', ['enter'], 'reconnecting'],
  ['recovered', [...LIVE, { type: 'connection-lost' }, 5_000, { type: 'recovered' }], 'in', ['enter'], 'publishing'],
  ['lost for too long', [...LIVE, { type: 'connection-lost' }, SESSION.lostTimeoutMs, { type: 'time' }], 'leaving', ['enter', 'exit'], 'reconnecting'],
  ['lost, tried now', [...LIVE, { type: 'connection-lost' }, { type: 'try-now' }, exited(0)], 'entering', ['enter', 'exit', 'enter'], 'reconnecting'],
  ['kicked', [...LIVE, exited(1)], 'failed', ['enter'], 'failed'],
  ['kicked, and a permission renewed', [...LIVE, exited(1), want(FRESH)], 'failed', ['enter'], 'failed'],
  ['kicked, tried by a person', [...LIVE, exited(1), { type: 'try-now' }], 'entering', ['enter', 'enter'], 'reconnecting'],
  ['dissolved', [...LIVE, exited(2)], 'failed', ['enter'], 'failed'],
  ['thrown out without a reason', [...LIVE, exited(0)], 'waiting', ['enter'], 'reconnecting'],
  ['a passing error in the room', [...LIVE, { type: 'error', code: -3302 }], 'in', ['enter'], 'publishing'],
  ['the service is suspended', [...LIVE, { type: 'error', code: -100_013 }, exited(0)], 'failed', ['enter', 'exit'], 'failed'],
  ['taken for one of the audience', [...LIVE, { type: 'taken-for-audience' }], 'in', ['enter', 'be-anchor'], 'publishing'],
  ['late events outside', [{ type: 'media-sent' }, { type: 'connection-lost' }, { type: 'recovered' }, entered(1), exited(1)], 'out', [], 'off'],
]

describe('the stay in the room', () => {
  it.each(TABLE)('%s', (_name, events, phase, effects, told) => {
    const after = run(events)
    expect(after.state.phase).toBe(phase)
    expect(after.effects).toEqual(effects)
    expect(roomTold(after.state, after.nowMs).state).toBe(told)
  })

  it('waits longer after each failure, and as at first again once it was on the air for a while', () => {
    let state = run([want(TICKET)]).state
    const delays: (number | null)[] = []
    for (let failure = 0; failure < 8; failure += 1) {
      state = run([entered(-3301), exited(0)], state).state
      delays.push(state.dueAtMs === null ? null : state.dueAtMs - T0)
      state = stepSession(state, { type: 'time' }, state.dueAtMs ?? 0).state
    }
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
    state = run([entered(1), { type: 'media-sent' }, SESSION.stableAfterMs, { type: 'time' }], state).state
    expect(state.failures).toBe(0)
  })

  it('tells how long viewers saw nothing', () => {
    const { state } = run([...LIVE, exited(0), 500, { type: 'time' }, 300, entered(1), 200, { type: 'media-sent' }])
    expect(state.outageMs).toBe(1_000)
    expect(state.reconnects).toBe(1)
  })

  it('never enters before it has left, and always can be left', () => {
    const event = fc.oneof(
      fc.constantFrom(want(TICKET), want(FRESH), want(ELSEWHERE), want(null)),
      fc.constantFrom(entered(1), entered(-3301), entered(-3320), exited(0), exited(1), exited(2)),
      fc.constantFrom<SessionEvent>(
        { type: 'media-sent' },
        { type: 'connection-lost' },
        { type: 'recovered' },
        { type: 'try-now' },
        { type: 'time' },
        { type: 'error', code: -100_013 },
      ),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(100_000)), { maxLength: 40 }), (script) => {
        let state = OUT
        let nowMs = T0
        let inside = false
        const take = (next: SessionEvent): void => {
          // Nobody is sent out of where they are not.
          if (next.type === 'exited' && state.used === null) return
          if (next.type === 'exited') inside = false
          const step = stepSession(state, next, nowMs)
          state = step.state
          for (const { type } of step.effects) {
            if (type === 'enter') {
              expect(inside).toBe(false)
              inside = true
            } else if (type === 'exit') expect(inside).toBe(true)
          }
        }
        for (const [next, laterMs] of script) {
          nowMs += laterMs
          take(next)
        }
        take(want(null))
        take(exited(0))
        expect(state.phase).toBe('out')
      }),
      { numRuns: 300 },
    )
  })
})
