import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEFAULT_PROFILE } from '../../../../../electron/shared/profile'
import type { StageStats } from '../../../../../electron/shared/stage'
import { ProgramReport } from '../../../../../renderer/stage/program/program-report'
import { camera, lines, microphone, sceneOf } from './fakes'

let report: ProgramReport | null = null
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  report?.close()
  vi.useRealTimers()
})

function setUp(live: boolean) {
  const stats: StageStats[] = []
  const encoding = { video: null, encodedFrames: 0, skippedFrames: 0 }
  const received = new Map([['c', 0]])
  const made = (report = new ProgramReport({
    compositor: { engine: 'planar', variance: () => Promise.resolve(12) },
    sources: { readings: () => ({}), received: () => new Map(received), scene: sceneOf(camera('c'), microphone('m')) },
    guests: { readings: () => ({}) },
    encoding,
    choices: { bestOrNone: () => Promise.resolve({ config: { codec: 'avc1', width: 16, height: 16 }, hardware: true, fps: 90 }) },
    audio: { engine: null },
    mixer: { takePeakDb: () => null, watchPeaks: () => () => ({}) },
    log: lines().log,
    now: () => ({ live, targetFps: 30, profile: DEFAULT_PROFILE }),
    onStats: (one) => stats.push(one),
  }))
  return { report: made, stats, encoding, received }
}

describe('ProgramReport', () => {
  it('live: pictures a second are those that were encoded, not those that were composed', () => {
    const { report: running, stats, encoding } = setUp(true)
    for (let half = 0; half < 4; half++) {
      for (let frame = 0; frame < 15; frame++) running.composed(4)
      encoding.encodedFrames += 5
      encoding.skippedFrames += 10
      vi.advanceTimersByTime(500)
    }
    expect(stats.map(({ fps }) => Math.round(fps))).toEqual([10, 10, 10, 10])
    expect(stats.at(-1)).toMatchObject({ skippedFrames: 40, encodedFrames: 20, composeMsP50: 4 })
  })

  it('not live: those that were composed', () => {
    const { report: running, stats } = setUp(false)
    for (let frame = 0; frame < 15; frame++) running.composed(4)
    running.missed(7)
    vi.advanceTimersByTime(500)
    expect(stats[0]).toMatchObject({ fps: 30, skippedFrames: 0 })
  })

  it('a new show starts at 0', () => {
    const { report: running, stats, encoding } = setUp(true)
    encoding.encodedFrames = 100
    running.missed(7)
    vi.advanceTimersByTime(500)
    running.restart()
    encoding.encodedFrames = 15
    vi.advanceTimersByTime(500)
    expect(stats.map(({ fps, skippedFrames }) => [fps, skippedFrames])).toEqual([
      [200, 7],
      [30, 0],
    ])
  })

  it('a measurement counts every frame of its time, also while reports are made', async () => {
    const { report: running, received } = setUp(false)
    const measured = running.measure(2_000)
    for (let frame = 1; frame <= 60; frame++) {
      await vi.advanceTimersByTimeAsync(2_000 / 60)
      received.set('c', frame)
    }
    await vi.advanceTimersByTimeAsync(20)
    const { pictures, peaksDb, encoder } = await measured
    expect(pictures['c']?.fps).toBeGreaterThan(29)
    expect(pictures['c']?.variance).toBe(12)
    expect(peaksDb).toEqual({ m: -100 })
    expect(encoder).toEqual({ ok: true, hardware: true, fps: 90 })
  })

  it('closed: no timer is left, a measurement under way included', async () => {
    const { report: running } = setUp(false)
    void running.measure(2_000)
    await vi.advanceTimersByTimeAsync(0)
    running.close()
    expect(vi.getTimerCount()).toBe(0)
  })
})
