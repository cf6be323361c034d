import { describe, expect, it } from 'vitest'
import { HealthSampler, type HealthFacts } from '../../../electron/main/health-sampler'
import type { StageStats } from '../../../electron/shared/stage'

function facts(encodedFrames: number, skippedFrames: number): HealthFacts {
  const stage: StageStats = {
    engine: 'planar',
    encoder: null,
    targetFps: 30,
    fps: 30,
    composeMsP50: 1,
    composeMsP95: 2,
    encodeMsP50: 3,
    encodeQueue: 0,
    skippedFrames,
    encodedFrames,
    bitrateKbps: 2_500,
    audioPeakDb: null,
  }
  return {
    destinations: [],
    stage,
    scene: { sources: [] },
    sources: {},
    viewers: null,
    wantedKbps: 2_500,
    publisher: { advisedVideoKbps: null, cpuPercent: null },
    onAir: true,
  }
}

describe('the share of dropped frames', () => {
  it('is of one engine: what counts from the beginning again is not held against what was before', () => {
    const sampler = new HealthSampler()
    const counts = [0, 60, 120, 180, 240, 300]
    const all = [...counts.map((frames) => [300 + frames, frames / 10] as const), ...counts.map((frames) => [20 + frames, 40 + frames / 20] as const)]
    const shares = all.map(([frames, skipped], at) => sampler.sample(facts(frames, skipped), at * 2_000).history.at(-1)?.droppedShare)
    // Of less than 10 s it is not known.
    const unknown = counts.slice(1).map(() => null)
    expect(shares).toEqual([...unknown, 0.1, ...unknown, 0.05])
  })
})
