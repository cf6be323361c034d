import { describe, expect, it } from 'vitest'
import { cameraCheck, echoCheck, lineCheck, lineFacts, microphoneCheck } from '../../../../../renderer/web/guest/checks'
import { picturePlan } from '../../../../../electron/shared/picture-plan'
import { cameraSize } from '../../../../../renderer/web/guest/camera-size'
import { messages } from '../../../../../renderer/web/guest/texts'
import { heardTones } from '../../../../../renderer/web/guest/tone'

const camera = { trouble: null, off: false, quietMs: 30, openMs: 1_000, luma: 90 }
const microphone = { trouble: null, off: false, peakDb: -20, openMs: 1_000 }

it.each([
  ['pass', 'good', {}],
  ['unknown', 'looking', { quietMs: null }],
  ['warn', 'frozen', { quietMs: null, openMs: 4_000 }],
  ['warn', 'frozen', { quietMs: 4_000 }],
  ['warn', 'black', { luma: 2 }],
  ['warn', 'off', { off: true, luma: 0 }],
  ['warn', 'denied', { trouble: 'denied' as const, quietMs: null }],
])('judges the camera: %s, %s', (verdict, why, facts) => {
  expect(cameraCheck({ ...camera, ...facts })).toEqual({ verdict, why })
})

it.each([
  ['pass', 'good', {}],
  ['unknown', 'listening', { peakDb: -80 }],
  ['warn', 'silent', { peakDb: -80, openMs: 9_000 }],
  ['warn', 'off', { off: true }],
  ['warn', 'gone', { trouble: 'gone' as const }],
])('judges the microphone: %s, %s', (verdict, why, facts) => {
  expect(microphoneCheck({ ...microphone, ...facts })).toEqual({ verdict, why })
})

it.each([
  ['unknown', 'waiting', { connected: false, rttMs: null, loss: null }],
  ['unknown', 'measuring', { connected: true, rttMs: null, loss: null }],
  ['pass', 'good', { connected: true, rttMs: 40, loss: 0.01 }],
  ['warn', 'slow', { connected: true, rttMs: 400, loss: 0 }],
  ['warn', 'lossy', { connected: true, rttMs: 40, loss: 0.1 }],
])('judges the line: %s, %s', (verdict, why, facts) => {
  expect(lineCheck(facts)).toEqual({ verdict, why })
})

it('has a sentence for every verdict, in both languages', () => {
  const results = (['untested', 'testing', 'silent', 'heard', 'no-sound'] as const).map(echoCheck)
  for (const { checks } of Object.values(messages)) for (const { why } of results) expect(Object.keys(checks.echo), why).toContain(why)
})

describe('the echo', () => {
  it('is heard only when both tones come in, well above what was there before', () => {
    expect(heardTones([-90, -92], [-50, -55])).toBe(true)
    expect(heardTones([-90, -92], [-50, -90])).toBe(false)
    expect(heardTones([-52, -54], [-50, -52]), 'a loud room').toBe(false)
    expect(heardTones([-100, -100], [-80, -80]), 'hardly anything').toBe(false)
    expect(heardTones([], [])).toBe(false)
  })
})

it('reads round trip and loss from what a browser measures', () => {
  const report = new Map<string, Readonly<Record<string, unknown>>>([
    ['a', { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 }],
    ['b', { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.04 }],
    ['c', { type: 'remote-inbound-rtp', fractionLost: 0.02 }],
    ['d', { type: 'remote-inbound-rtp', fractionLost: 0.01 }],
  ])
  expect(lineFacts(report as unknown as RTCStatsReport)).toEqual({ rttMs: 40, loss: 0.02 })
  expect(lineFacts(new Map() as unknown as RTCStatsReport)).toEqual({ rttMs: null, loss: null })
})

describe('what is sent of the picture', () => {
  it('is no larger and no faster than it is of use, and has the bits for it', () => {
    expect(picturePlan({ maxHeight: 360, maxFps: 30 }, 360)).toEqual({ scaleResolutionDownBy: 1, maxFramerate: 30, maxBitrate: 800_000 })
    expect(picturePlan({ maxHeight: 180, maxFps: 15 }, 720)).toMatchObject({ scaleResolutionDownBy: 4, maxFramerate: 15, maxBitrate: 151_572 })
    expect(picturePlan({ maxHeight: 720, maxFps: 30 }, 360).scaleResolutionDownBy, 'never larger').toBe(1)
    expect(picturePlan({ maxHeight: 1_080, maxFps: 60 }, 1_080).maxBitrate).toBe(2_500_000)
  })

  it('is what the camera is asked for', () => {
    expect(cameraSize({ maxHeight: 360, maxFps: 30 })).toEqual({ width: 640, height: 360, fps: 30 })
    expect(cameraSize({ maxHeight: 720, maxFps: 60 })).toEqual({ width: 1_280, height: 720, fps: 30 })
  })
})
