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
    const shares = (
      [
        [300, 0],
        [360, 6],
        [20, 40],
        [80, 43],
      ] as const
    ).map(([frames, skipped], at) => {
      const { history } = sampler.sample(facts(frames, skipped), at * 2_000)
      return history.at(-1)?.droppedShare
    })
    expect(shares).toEqual([null, 0.1, null, 0.05])
  })
})
