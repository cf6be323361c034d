import { describe, expect, it } from 'vitest'
import {
  expiryLevel,
  heardInEither,
  judgeDisk,
  judgeEncoder,
  judgeLine,
  judgeTrtcLine,
  judgeMicrophone,
  judgePictures,
  summariseChecks,
  type LineMeasurement,
} from '../../../electron/shared/checks'
import type { SpeedResult } from '../../../electron/shared/trtc'
import type { StageChecks } from '../../../electron/shared/stage'

const PROFILE = { resolution: '720p', fps: 30, bitrateKbps: 2_500 } as const
const CAMERA = { id: 'cam', kind: 'camera', askedFps: 30, fps: 30, variance: 900, error: null } as const
const MICROPHONE = { id: 'mic', peakDb: -20, muted: false, error: null } as const
const ENCODER = { ok: true, hardware: true, fps: 200, error: null } as const

function stage(change: Partial<StageChecks> = {}): StageChecks {
  return { pictures: [CAMERA], microphones: [MICROPHONE], encoder: ENCODER, ...change }
}

describe('the check of the pictures', () => {
  it.each([
    [30, 'pass', 'frames'],
    [27, 'pass', 'frames'],
    [26, 'warn', 'slow'],
    [18, 'warn', 'slow'],
    [17, 'stop', 'very-slow'],
  ] as const)('takes a camera with %d of 30 fps for %s', (fps, verdict, reason) => {
    expect(judgePictures(stage({ pictures: [{ ...CAMERA, fps }] }), false)).toMatchObject({ verdict, reason })
  })

  it('lets the anchor pass a slow camera, but no black one', () => {
    expect(judgePictures(stage({ pictures: [{ ...CAMERA, fps: 10 }] }), false).overridable).toBe(true)
    expect(judgePictures(stage({ pictures: [{ ...CAMERA, variance: 0.2 }] }), false).overridable).toBe(false)
  })

  it.each(['camera', 'screen', 'window'] as const)('stops for a %s of one flat colour', (kind) => {
    const black = { ...CAMERA, id: 'black', kind, variance: 0.4 }
    expect(judgePictures(stage({ pictures: [CAMERA, black] }), false)).toMatchObject({ verdict: 'stop', reason: 'black', context: { sourceId: 'black' } })
  })

  it('asks no rate of a still screen', () => {
    expect(judgePictures(stage({ pictures: [{ ...CAMERA, kind: 'screen', fps: 0 }] }), false).verdict).toBe('pass')
  })

  it('stops without any picture, and for a source without frames', () => {
    expect(judgePictures(stage(), true)).toMatchObject({ verdict: 'stop', reason: 'none' })
    expect(judgePictures(stage({ pictures: [{ ...CAMERA, variance: null }] }), false)).toMatchObject({ verdict: 'stop', reason: 'no-frames' })
  })
})

describe('the check of the microphone', () => {
  it.each([
    [-39, 'pass'],
    [-40, 'warn'],
    [-59, 'warn'],
    [-60, 'stop'],
  ] as const)('takes a peak of %d dB for %s', (peakDb, verdict) => {
    expect(judgeMicrophone(stage({ microphones: [{ ...MICROPHONE, peakDb }] }), true).verdict).toBe(verdict)
  })

  it('hears what was said in either of two measurements', () => {
    const heard = heardInEither(stage(), stage({ microphones: [{ ...MICROPHONE, peakDb: -100 }] }))
    expect(judgeMicrophone(heard, true)).toMatchObject({ verdict: 'pass', context: { db: -20 } })
  })
})

describe('the check of the encoder', () => {
  it('passes hardware, warns of software, stops what fails or is too slow', () => {
    expect(judgeEncoder(stage(), PROFILE)).toMatchObject({ verdict: 'pass', reason: 'hardware' })
    expect(judgeEncoder(stage({ encoder: { ...ENCODER, hardware: false } }), PROFILE)).toMatchObject({ verdict: 'warn', reason: 'software', fix: 'none' })
    const heavy = { ...PROFILE, resolution: '1080p' } as const
    expect(judgeEncoder(stage({ encoder: { ...ENCODER, hardware: false } }), heavy)).toMatchObject({ verdict: 'warn', fix: 'lower-profile' })
    expect(judgeEncoder(stage({ encoder: { ...ENCODER, fps: 21 } }), heavy)).toMatchObject({
      verdict: 'stop',
      reason: 'too-slow',
      fix: 'lower-profile',
      overridable: true,
      context: { fps: 21, askedFps: 30 },
    })
    expect(judgeEncoder(stage({ encoder: { ...ENCODER, ok: false } }), PROFILE)).toMatchObject({ verdict: 'stop', reason: 'fails' })
  })
})

describe('the check of the line', () => {
  const NOW = 1_800_000_000
  const line = (change: Partial<LineMeasurement> = {}): LineMeasurement => ({ id: 'a', name: 'A', rttMs: 20, failure: null, expiresAtSec: null, ...change })
  const KEYLESS = [{ id: 'k', name: 'K' }]

  it.each([
    ['near', [line()], [], 'pass', 'reachable'],
    ['far', [line({ rttMs: 150 })], [], 'warn', 'far'],
    ['nothing switched on', [], [], 'stop', 'no-destination'],
    ['the only one has no key', [], KEYLESS, 'stop', 'all-keyless'],
    ['one of two has no key', [line()], KEYLESS, 'warn', 'keyless'],
    ['the only one is dead', [line({ failure: 'unreachable', rttMs: null })], [], 'stop', 'unreachable'],
    ['one of two is dead', [line(), line({ id: 'b', failure: 'certificate' })], [], 'warn', 'certificate'],
    ['no RTMP', [line({ failure: 'not-rtmp' })], [], 'stop', 'not-rtmp'],
    ['an expired address', [line({ expiresAtSec: NOW - 1 })], [], 'stop', 'expired'],
    ['an address that ends within the hour', [line({ expiresAtSec: NOW + 1_800 })], [], 'warn', 'expires-soon'],
    ['an address that ends later', [line({ expiresAtSec: NOW + 7_200 })], [], 'pass', 'reachable'],
  ] as const)('%s', (_name, lines, keyless, verdict, reason) => {
    expect(judgeLine(lines, keyless, NOW)).toMatchObject({ verdict, reason })
  })

  it('names whom the button is for', () => {
    expect(judgeLine([line()], KEYLESS, NOW).context).toMatchObject({ destination: 'K', destinationId: 'k' })
  })

  it('tells expiries apart', () => {
    expect([NOW + 7_200, NOW + 3_599, NOW].map((at) => expiryLevel(at, NOW))).toEqual(['good', 'fair', 'poor'])
  })
})

it('a full disk is a warning while nothing is recorded', () => {
  expect(judgeDisk(5e8).verdict).toBe('warn')
})

it('only overridable stops may be passed', () => {
  const silent = judgeMicrophone(stage({ microphones: [{ ...MICROPHONE, peakDb: -100 }] }), true)
  const black = judgePictures(stage({ pictures: [{ ...CAMERA, variance: 0 }] }), false)
  expect(summariseChecks([silent])).toMatchObject({ stops: 1, ready: false, overridable: true })
  expect(summariseChecks([silent, black])).toMatchObject({ stops: 2, overridable: false })
})

describe('the line to TRTC', () => {
  const speed = (quality: number, upKbps: number | null): SpeedResult => ({
    ok: true,
    error: null,
    quality,
    upLoss: 0,
    downLoss: 0,
    rttMs: 41.6,
    upKbps,
    downKbps: 5_000,
  })
  it.each([
    ['trtc-good', 'pass', speed(1, 4_000), 2_500],
    ['trtc-slow', 'warn', speed(2, 2_500), 2_500],
    ['trtc-weak', 'warn', speed(4, 4_000), 2_500],
    ['trtc-bad', 'stop', speed(5, 4_000), 2_500],
    ['trtc-good', 'pass', speed(1, 4_990), 8_000],
    ['trtc-good', 'pass', speed(1, null), 2_500],
    ['trtc-failed', 'stop', { ...speed(0, null), ok: false }, 2_500],
  ] as const)('%s: %s', (reason, verdict, result, bitrateKbps) => {
    const check = judgeTrtcLine(result, { bitrateKbps })
    expect(check).toMatchObject({ id: 'line', verdict, reason })
    expect(check.overridable).toBe(verdict === 'stop')
  })
})
