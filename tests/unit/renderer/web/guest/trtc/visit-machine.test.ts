import { describe, expect, it } from 'vitest'
import { afterCall, nextCall, NOTHING_GIVEN, profileOf, type Given } from '../../../../../../renderer/web/guest/trtc/own-calls'
import { isLasting, TRTC_TROUBLES, troubleOf } from '../../../../../../renderer/web/guest/trtc/trtc-trouble'
import { OUTSIDE, stepStay, type StayEvent, type TrtcStay } from '../../../../../../renderer/web/guest/trtc/visit-machine'
import { messages } from '../../../../../../renderer/web/guest/texts'

/** A small generator of its own: the same events each time. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

describe('the stay', () => {
  it('whatever happens: an entry is begun outside only, an exit is made of what was entered, and who is not wanted there comes out', () => {
    const pick = chance(7)
    const events: readonly StayEvent[] = [
      { type: 'want', wanted: true },
      { type: 'want', wanted: false },
      { type: 'prepared' },
      { type: 'entered' },
      { type: 'failed', trouble: 'network' },
      { type: 'failed', trouble: 'browser' },
      { type: 'sent-out', trouble: 'elsewhere' },
      { type: 'left' },
      { type: 'connection', away: true },
      { type: 'trouble', trouble: 'media' },
      { type: 'again' },
    ]
    for (let round = 0; round < 500; round += 1) {
      let state: TrtcStay = OUTSIDE
      let inside = false
      for (let step = 0; step < 40; step += 1) {
        const event = events[pick(events.length)]
        if (event === undefined) continue
        const before = state.phase
        const next = stepStay(state, event)
        state = next.state
        // Not let in, or sent out: there is nothing to leave.
        if ((before === 'entering' || before === 'in') && (state.phase === 'waiting' || state.phase === 'failed')) inside = false
        if (event.type === 'left' && before === 'leaving') inside = false
        for (const effect of next.effects) {
          if (effect.type === 'enter') {
            expect(inside).toBe(false)
            inside = true
          } else if (effect.type === 'exit') expect([inside, state.phase]).toEqual([true, 'leaving'])
          else expect(inside).toBe(false)
        }
      }
      state = stepStay(state, { type: 'want', wanted: false }).state
      state = stepStay(state, { type: 'left' }).state
      expect(state).toEqual(OUTSIDE)
    }
  })
})

describe('the own part', () => {
  const picture = (track: string, muted = false) => ({ track, muted, wish: { maxHeight: 360, maxFps: 30 } })
  it.each([
    ['both', { video: picture('v'), audio: { track: 'a', muted: false } }, ['be-anchor', 'start-audio', 'start-video']],
    ['none', { video: null, audio: null }, []],
    ['sound alone', { video: null, audio: { track: 'a', muted: true } }, ['be-anchor', 'start-audio']],
  ])('%s, and back to nothing', (_what, wanted, calls) => {
    const made: string[] = []
    const lead = (from: Given, to: Omit<Given, 'anchor'>): Given => {
      let given = from
      for (let call = nextCall(given, to); call !== null; call = nextCall(given, to)) {
        made.push(call.type)
        given = afterCall(given, call)
      }
      return given
    }
    const given = lead(NOTHING_GIVEN, wanted)
    expect(made).toEqual(calls)
    expect(lead(given, { video: null, audio: null })).toEqual(NOTHING_GIVEN)
  })

  it('has the wished size', () => {
    expect(profileOf({ maxHeight: 180, maxFps: 15 })).toEqual({ width: 320, height: 180, frameRate: 15, bitrate: 152 })
    expect(profileOf({ maxHeight: 1_080, maxFps: 60 })).toMatchObject({ width: 1_280, height: 720, frameRate: 30 })
  })
})

it('each trouble has a text with cause and remedy, and what a later call calls off is none', () => {
  for (const trouble of TRTC_TROUBLES) for (const { trtc } of Object.values(messages)) for (const at of [0, 1]) expect(trtc[trouble][at]).toMatch(/[.。]$/)
  expect(troubleOf(Object.assign(new Error(''), { code: 5_998 }))).toBeNull()
  expect([troubleOf(Object.assign(new Error(''), { code: 5_400, extraCode: -100_013 })), troubleOf('?')]).toEqual(['account', 'failed'])
  expect(TRTC_TROUBLES.filter(isLasting)).toEqual(['browser'])
})
