import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PictureClock } from '../../../../../renderer/stage/program/picture-clock'

let clock: PictureClock | null = null
beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => {
  clock?.close()
  vi.useRealTimers()
})

function run(options: { rate: () => number; tick?: (timestampUs: number) => Promise<void> }) {
  const seen = { ticks: [] as number[], missed: 0, errors: [] as unknown[] }
  clock = new PictureClock({
    rate: options.rate,
    tick: (timestampUs) => {
      seen.ticks.push(timestampUs)
      return options.tick?.(timestampUs) ?? Promise.resolve()
    },
    onMissed: (count) => (seen.missed += count),
    onError: (error) => seen.errors.push(error),
  })
  return seen
}

describe('PictureClock', () => {
  it('ticks at the rate that is wanted, on whole frame times', async () => {
    const seen = run({ rate: () => 25 })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(seen.ticks.length).toBeGreaterThanOrEqual(49)
    for (const timestampUs of seen.ticks) expect(Math.round(timestampUs) % 40_000).toBe(0)
    expect(seen.missed).toBe(0)
  })

  it('stands still while nobody looks, and runs soon after somebody does', async () => {
    let fps = 0
    const seen = run({ rate: () => fps })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(seen.ticks).toEqual([])
    fps = 30
    await vi.advanceTimersByTimeAsync(200)
    expect(seen.ticks.length).toBeGreaterThan(1)
  })

  it('a very low rate does not keep it from seeing the next one', async () => {
    let fps = 0.001
    const seen = run({ rate: () => fps })
    await vi.advanceTimersByTimeAsync(1_000)
    fps = 30
    await vi.advanceTimersByTimeAsync(1_000)
    expect(seen.ticks.length).toBeGreaterThan(25)
  })

  it('a picture that takes too long: those in between are missed, never two at a time', async () => {
    let busy = 0
    let most = 0
    const seen = run({
      rate: () => 20,
      tick: async () => {
        most = Math.max(most, ++busy)
        await new Promise((resolve) => setTimeout(resolve, 120))
        busy -= 1
      },
    })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(most).toBe(1)
    expect(seen.ticks.length + seen.missed).toBeGreaterThanOrEqual(59)
    expect(seen.missed).toBeGreaterThan(30)
  })

  it('a picture that fails is told, and the next one comes', async () => {
    const seen = run({ rate: () => 10, tick: () => Promise.reject(new Error('out of memory')) })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(seen.errors.length).toBeGreaterThan(8)
  })

  it('closed: no timer is left', async () => {
    const seen = run({ rate: () => 30 })
    clock?.close()
    const before = seen.ticks.length
    await vi.advanceTimersByTimeAsync(1_000)
    expect(seen.ticks).toHaveLength(before)
    expect(vi.getTimerCount()).toBe(0)
  })
})
