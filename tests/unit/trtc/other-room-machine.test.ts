import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPermanent } from '../../../electron/shared/errors'
import {
  NO_OTHER_ROOM,
  OTHER_ROOM,
  otherRoomDueAtMs,
  otherRoomState,
  stepOtherRoom,
  type OtherRoomEvent,
  type OtherRoomMachine,
} from '../../../renderer/trtc/other-room-machine'
import { runMachine, type Outcome } from './run-machine'

const WEST = { roomId: 'west', userId: 'wes' }
const NORTH = { roomId: 'north', userId: 'nora' }
const T0 = 5_000_000

const want = (other: typeof WEST | null): OtherRoomEvent => ({ type: 'want', other })
const inRoom = (is: boolean): OtherRoomEvent => ({ type: 'in-room', inRoom: is })
const answered = (code: number, userId = WEST.userId): OtherRoomEvent => ({ type: 'answered', userId, code })
const left: OtherRoomEvent = { type: 'user-left', userId: WEST.userId }
const entered: OtherRoomEvent = { type: 'user-entered', userId: WEST.userId }
const disconnected: OtherRoomEvent = { type: 'disconnected' }
const time: OtherRoomEvent = { type: 'time' }

function run(events: readonly (OtherRoomEvent | number)[]): Outcome<OtherRoomMachine> {
  return runMachine(
    { step: stepOtherRoom, from: NO_OTHER_ROOM, startMs: T0, said: (effect) => (effect.type === 'connect' ? effect.other.userId : 'disconnect') },
    events,
  )
}

const ON = [inRoom(true), want(WEST), answered(0)] as const
const FIRST_RETRY_MS = OTHER_ROOM.retryDelaysMs[0]

describe('the connection with another room', () => {
  it.each<readonly [string, readonly (OtherRoomEvent | number)[], ReturnType<typeof otherRoomState>, readonly string[]]>([
    ['nothing wanted', [inRoom(true), want(null)], 'none', []],
    ['wanted outside of the room', [want(WEST)], 'connecting', []],
    ['asked for with the entry', [want(WEST), inRoom(true)], 'connecting', ['wes']],
    ['connected', ON, 'connected', ['wes']],
    ['wanted once more', [...ON, want({ ...WEST })], 'connected', ['wes']],
    ['an answer about somebody else', [inRoom(true), want(WEST), answered(0, 'nora')], 'connecting', ['wes']],
    ['refused for now', [inRoom(true), want(WEST), answered(-102_046)], 'failed', ['wes']],
    ['refused for now, and tried again', [inRoom(true), want(WEST), answered(-102_046), FIRST_RETRY_MS, time, answered(0)], 'connected', ['wes', 'wes']],
    ['refused for good', [inRoom(true), want(WEST), answered(-102_032), 3_600_000, time], 'failed', ['wes']],
    ['refused for good, and asked for by hand', [inRoom(true), want(WEST), answered(-102_032), { type: 'try-now' }], 'failed', ['wes', 'wes']],
    ['no answer', [inRoom(true), want(WEST), OTHER_ROOM.answerTimeoutMs, time], 'failed', ['wes']],
    [
      'no answer: it may stand, and is ended first',
      [inRoom(true), want(WEST), OTHER_ROOM.answerTimeoutMs, time, FIRST_RETRY_MS, time, disconnected],
      'failed',
      ['wes', 'disconnect', 'wes'],
    ],
    ['no answer, but he is there', [inRoom(true), want(WEST), OTHER_ROOM.answerTimeoutMs, time, entered], 'connected', ['wes']],
    ['the other anchor is away', [...ON, left], 'lost', ['wes']],
    ['the other anchor is back by himself', [...ON, left, entered], 'connected', ['wes']],
    ['the other anchor is away for longer', [...ON, left, FIRST_RETRY_MS, time, disconnected, answered(0)], 'connected', ['wes', 'disconnect', 'wes']],
    ['the cloud ended it', [...ON, disconnected], 'lost', ['wes']],
    ['the cloud ended it, and it is made anew', [...ON, disconnected, FIRST_RETRY_MS, time], 'lost', ['wes', 'wes']],
    ['the own room is left', [...ON, inRoom(false)], 'lost', ['wes']],
    ['the own room is entered again', [...ON, inRoom(false), inRoom(true), answered(0)], 'connected', ['wes', 'wes']],
    ['not wanted any more', [...ON, want(null)], 'none', ['wes', 'disconnect']],
    ['another one', [...ON, want(NORTH)], 'connecting', ['wes', 'disconnect']],
    ['another one, when the first is gone', [...ON, want(NORTH), disconnected, answered(0, 'nora')], 'connected', ['wes', 'disconnect', 'nora']],
    ['another one, when nobody says goodbye', [...ON, want(NORTH), OTHER_ROOM.goodbyeMs, time], 'connecting', ['wes', 'disconnect', 'nora']],
    ['somebody else goes', [...ON, { type: 'user-left', userId: 'guest' }], 'connected', ['wes']],
  ])('%s', (_name, events, state, effects) => {
    const done = run(events)
    expect([otherRoomState(done.state), done.effects]).toEqual([state, effects])
  })

  it('waits longer each time', () => {
    let state = run([inRoom(true), want(WEST)]).state
    let nowMs = T0
    const waits: number[] = []
    for (let turn = 0; turn < OTHER_ROOM.retryDelaysMs.length; turn += 1) {
      state = stepOtherRoom(state, answered(-102_046), nowMs).state
      waits.push((state.retryAtMs ?? 0) - nowMs)
      nowMs = state.retryAtMs ?? nowMs
      state = stepOtherRoom(state, time, nowMs).state
    }
    expect(waits).toEqual(OTHER_ROOM.retryDelaysMs)
  })

  it('asks for nothing outside of the room, never for two at once, and is never stuck while something is wanted', () => {
    const event = fc.constantFrom<OtherRoomEvent | number>(
      ...[want(WEST), want(NORTH), want(null), inRoom(true), inRoom(false), answered(0), answered(0, 'nora'), answered(-102_046), answered(-102_031)],
      ...[left, entered, disconnected, time, { type: 'try-now' } as const, 1_000, 10_000],
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let state = NO_OTHER_ROOM
        let nowMs = T0
        let stands = false
        for (const one of events) {
          if (typeof one === 'number') {
            nowMs += one
            continue
          }
          // What the cloud says ends it there, whether it was asked for or not.
          if (one.type === 'in-room' || one.type === 'disconnected' || (one.type === 'answered' && one.code !== 0)) stands = false
          const step = stepOtherRoom(state, one, nowMs)
          for (const effect of step.effects) {
            expect(step.state.inRoom).toBe(true)
            if (effect.type === 'connect') {
              expect(stands && state.phase !== 'leaving', 'two at once').toBe(false)
              stands = true
            } else stands = false
          }
          state = step.state
          const due = otherRoomDueAtMs(state)
          const waits = state.inRoom && state.wanted !== null && state.phase !== 'on'
          expect(!waits || due !== null || (state.error !== null && isPermanent(state.error))).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})
