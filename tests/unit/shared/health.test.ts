import { describe, expect, it } from 'vitest'
import { judgeHealth, UNKNOWN_HEALTH, type Health, type HealthSample } from '../../../electron/shared/health'

const GOOD: HealthSample = {
  atMs: 0,
  sentKbps: 2_500,
  ackedKbps: 2_500,
  wantedKbps: 2_500,
  advisedKbps: null,
  queueMs: 0,
  rttMs: 20,
  fps: 30,
  targetFps: 30,
  sentFps: 30,
  frameTimeMs: 5,
  encodeMs: 4,
  droppedShare: 0,
  cpuPercent: 30,
  publisherCpuPercent: 2,
  audioPeakDb: -12,
  viewers: 0,
  wanted: 1,
  publishing: 1,
  brokenSources: [],
}

function after(samples: readonly HealthSample[]): Health {
  let health = UNKNOWN_HEALTH
  for (let count = 1; count <= samples.length; count++) health = judgeHealth(samples.slice(0, count), health)
  return health
}

const times = (count: number, sample: HealthSample): HealthSample[] => Array.from({ length: count }, () => sample)

describe('the one light', () => {
  it('is unknown before anything is known', () => {
    expect(judgeHealth([], UNKNOWN_HEALTH).level).toBe('unknown')
  })

  it.each([
    ['queue', { queueMs: 4_000 }, 'poor', 'lower-profile'],
    ['dropped-frames', { droppedShare: 0.03 }, 'fair', 'lower-profile'],
    ['encoder-fps', { fps: 20 }, 'poor', 'lower-profile'],
    ['frame-time', { frameTimeMs: 30 }, 'fair', 'lower-profile'],
    ['sent-fps', { sentFps: 5 }, 'poor', 'lower-profile'],
    ['cpu', { cpuPercent: 90 }, 'fair', 'close-programs'],
    ['rtt', { rttMs: 300 }, 'poor', 'use-cable'],
    ['source', { brokenSources: ['cam'] }, 'fair', 'restart-source'],
    ['connection', { publishing: 0 }, 'poor', 'reconnect-now'],
  ] as const)('names %s as the cause, with its remedy', (cause, change, level, remedy) => {
    const health = after([...times(5, GOOD), ...times(2, { ...GOOD, ...change })])
    expect(health).toMatchObject({ cause, level, remedy })
  })

  it('does not fall for one bad sample and rises only after five good ones', () => {
    const bad = { ...GOOD, queueMs: 4_000 }
    expect(after([...times(3, GOOD), bad]).level).toBe('good')
    expect(after([...times(3, GOOD), bad, bad]).level).toBe('poor')
    expect(after([...times(3, GOOD), bad, bad, ...times(4, GOOD)]).level).toBe('poor')
    expect(after([...times(3, GOOD), bad, bad, ...times(5, GOOD)]).level).toBe('good')
  })

  it('does not judge a show that has just begun by one bad sample', () => {
    const bad = { ...GOOD, fps: 10 }
    expect(after([bad])).toMatchObject({ level: 'good', levels: { 'encoder-fps': 'unknown' } })
    expect(after([bad, GOOD]).levels['encoder-fps']).toBe('good')
    expect(after([bad, bad])).toMatchObject({ level: 'poor', cause: 'encoder-fps' })
  })

  it('hears a pause in speech as a pause, and 20 s of it as a silent microphone', () => {
    const silent = { ...GOOD, audioPeakDb: -70 }
    expect(after([GOOD, ...times(9, silent)]).level).toBe('good')
    expect(after([GOOD, ...times(10, silent)])).toMatchObject({ level: 'fair', cause: 'microphone', remedy: 'choose-microphone' })
    expect(after(times(9, silent)).levels.microphone).toBe('unknown')
    expect(after([...times(10, silent), GOOD]).level).toBe('good')
  })

  it('does not miss a microphone that the scene does not have', () => {
    expect(after(times(20, { ...GOOD, audioPeakDb: null }))).toMatchObject({ level: 'good', cause: null })
  })

  it('never takes what is not known for good', () => {
    expect(after(times(3, { ...GOOD, rttMs: null })).levels.rtt).toBe('unknown')
  })
})
