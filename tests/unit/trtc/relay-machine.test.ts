import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { relayTold, roomTold } from '../../../renderer/trtc/destination-statuses'
import { planPublish, type PublishPlan } from '../../../renderer/trtc/publish-plan'
import { DEFAULT_PROFILE } from '../../../electron/shared/profile'
import { NO_RELAY, RELAY, relayDueAtMs, stepRelay, type RelayEffect, type RelayEvent, type RelayState } from '../../../renderer/trtc/relay-machine'
import { OUT } from '../../../renderer/trtc/session-machine'
import { runMachine, type Outcome } from './run-machine'

const A = 'rtmp://a/live/one'
const B = 'rtmp://b/live/two'
const T0 = 5_000_000

function plan(...urls: readonly string[]): PublishPlan {
  const ticket = { sdkAppId: 1, userId: 'me', userSig: '', roomId: 'r', privateMapKey: '', expiresAt: 0 }
  return planPublish({
    target: { id: 't', ticket, relays: urls.map((url) => ({ id: url, url, internal: true })) },
    profile: DEFAULT_PROFILE,
    own: [],
    table: null,
    speaker: null,
  })
}

const want = (...urls: readonly string[]): RelayEvent => ({ type: 'want', plan: urls.length === 0 ? null : plan(...urls) })
const started = (taskId: string, code = 0): RelayEvent => ({ type: 'started', taskId, code })
const updated = (code = 0): RelayEvent => ({ type: 'updated', taskId: 'task', code })
const stopped: RelayEvent = { type: 'stopped', taskId: 'task', code: 0 }
const cdn = (url: string, status: number, code = 0): RelayEvent => ({ type: 'cdn', url, status, code })
const time: RelayEvent = { type: 'time' }

function run(events: readonly (RelayEvent | number)[]): Outcome<RelayState> {
  return runMachine({ step: stepRelay, from: NO_RELAY, startMs: T0, said }, events)
}

function said(effect: RelayEffect): string {
  return effect.type === 'start' ? 'start' : `${effect.type} ${effect.taskId}`
}

const RUNNING = [want(A), started('task')] as const

describe('the publishing task', () => {
  it.each<readonly [string, readonly (RelayEvent | number)[], RelayState['phase'], readonly string[]]>([
    ['nothing wanted', [want()], 'none', []],
    ['wanted', [want(A)], 'starting', ['start']],
    ['running', RUNNING, 'running', ['start']],
    ['the same again', [...RUNNING, want(A)], 'running', ['start']],
    ['another address', [...RUNNING, want(A, B)], 'updating', ['start', 'update task']],
    ['two changes under way', [...RUNNING, want(A, B), want(B), updated()], 'updating', ['start', 'update task', 'update task']],
    ['ended', [...RUNNING, want(), stopped], 'none', ['start', 'stop task']],
    ['ended before it started', [want(A), want(), started('task'), stopped], 'none', ['start', 'stop task']],
    ['ended, and the start is never answered', [want(A), want(), RELAY.stopTimeoutMs, time], 'stopping', ['start', 'stop ']],
    ['ended, and the stop is never answered', [...RUNNING, want(), RELAY.stopTimeoutMs, time], 'none', ['start', 'stop task']],
    ['wanted again while it ends', [...RUNNING, want(), want(A), stopped], 'starting', ['start', 'stop task', 'start']],
    ['a start that fails with the id of an older task', [want(A), started('task', -3334)], 'updating', ['start', 'update task']],
    ['a start that fails', [want(A), started('', -3333), 1_000, time], 'starting', ['start', 'start']],
    ['an update that fails', [...RUNNING, want(B), updated(-3333), 1_000, time], 'updating', ['start', 'update task', 'update task']],
    ['the room is left', [...RUNNING, { type: 'room-left' }], 'none', ['start']],
    ['an address that was given up', [...RUNNING, cdn(A, 4, 1), 1_000, time], 'updating', ['start', 'update task']],
    ['… at once when somebody asks', [...RUNNING, cdn(A, 4, 1), { type: 'try-now' }], 'updating', ['start', 'update task']],
  ])('%s', (_name, events, phase, effects) => {
    const after = run(events)
    expect(after.state.phase).toBe(phase)
    expect(after.effects).toEqual(effects)
  })

  it.each([
    [[cdn(A, 1)], 'connecting'],
    [[cdn(A, 1), cdn(A, 2)], 'publishing'],
    [[cdn(A, 2), cdn(A, 3)], 'reconnecting'],
    [[cdn(A, 2), cdn(A, 3), cdn(A, 1)], 'reconnecting'],
    [[cdn(A, 2), cdn(A, 4)], 'reconnecting'],
    [[cdn(A, 2), cdn(A, 5)], 'stopping'],
  ])('%j is told as %s', (events, told) => {
    const { state, nowMs } = run([...RUNNING, ...events])
    const room = roomTold({ ...OUT, phase: 'in', sent: true }, nowMs)
    expect(relayTold(A, state, room).state).toBe(told)
  })

  it('has one request under way at a time, never a second task, and an end', () => {
    const event = fc.oneof(
      fc.constantFrom(want(A), want(A, B), want(B), want()),
      fc.constantFrom(started('task'), started('task', -1), started('', -1), updated(), updated(-1), stopped),
      fc.constantFrom<RelayEvent>(cdn(A, 2), cdn(A, 4), cdn(B, 3), { type: 'room-left' }, { type: 'try-now' }, time),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(4_000)), { maxLength: 50 }), (script) => {
        let state = NO_RELAY
        let nowMs = T0
        const take = (next: RelayEvent): void => {
          const before = state
          const step = stepRelay(state, next, nowMs)
          state = step.state
          expect(step.effects.length).toBeLessThanOrEqual(1)
          const [effect] = step.effects
          if (effect?.type === 'start') expect(['none', 'stopping', 'starting']).toContain(before.phase)
          if (effect?.type === 'update') expect(effect.taskId).not.toBe('')
          // Nothing is due for ever in the past: the page would spin.
          if (next.type === 'time') expect(relayDueAtMs(state) ?? Infinity).toBeGreaterThan(nowMs)
        }
        for (const [next, laterMs] of script) {
          nowMs += laterMs
          take(next)
        }
        take(want())
        for (let turn = 0; turn < 4; turn += 1) {
          nowMs = Math.max(nowMs, relayDueAtMs(state) ?? nowMs)
          take(time)
        }
        expect(state.phase).toBe('none')
      }),
      { numRuns: 500 },
    )
  })
})
