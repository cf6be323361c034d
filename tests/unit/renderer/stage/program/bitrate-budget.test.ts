import { describe, expect, it } from 'vitest'
import { BitrateBudget } from '../../../../../renderer/stage/program/bitrate-budget'

const FPS = 30

/** Runs an encoder whose frames have these sizes for so many seconds. @returns what came out, bits a second and frames a second, of the last half */
function run(seconds: number, bitsPerSecond: number, bytesOf: (frame: number) => number): { bps: number; fps: number } {
  const budget = new BitrateBudget()
  let bytes = 0
  let frames = 0
  for (let frame = 0; frame < seconds * FPS; frame++) {
    const atUs = (frame * 1e6) / FPS
    if (budget.isSpent(atUs, bitsPerSecond)) continue
    const size = bytesOf(frame)
    budget.spend(size, atUs, bitsPerSecond)
    if (frame < (seconds * FPS) / 2) continue
    bytes += size
    frames += 1
  }
  return { bps: (bytes * 8) / (seconds / 2), fps: frames / (seconds / 2) }
}

describe('the budget of an encoder', () => {
  it('holds the bitrate of one that gives twice as much, by leaving out half of the pictures', () => {
    const { bps, fps } = run(20, 6e6, () => 12e6 / 8 / FPS)
    expect(bps / 6e6).toBeCloseTo(1, 1)
    expect(fps).toBeCloseTo(15, 0)
  })

  it('lets every picture of one that keeps to it pass, whatever its key frames weigh', () => {
    // A key frame every 2 s that is 1.6 s of the bitrate by itself.
    const perGroup = (3e5 / 8) * 2
    const key = perGroup * 0.8
    expect(run(20, 3e5, (frame) => (frame % 60 === 0 ? key : (perGroup - key) / 59)).fps).toBe(FPS)
  })

  it('forgets what a pause in between has paid back', () => {
    const budget = new BitrateBudget()
    budget.spend(3e6, 0, 6e6)
    expect(budget.isSpent(1e6, 6e6)).toBe(true)
    expect(budget.isSpent(5e6, 6e6)).toBe(false)
  })
})
