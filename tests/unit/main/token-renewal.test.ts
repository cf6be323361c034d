import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TokenRenewal } from '../../../electron/main/token-renewal'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
})
afterEach(() => {
  expect(vi.getTimerCount(), 'timers that nobody ends').toBe(0)
  vi.useRealTimers()
})

const inMs = (ms: number): number => (Date.now() + ms) / 1_000

/** @param answers of each renewal in turn; an Error is thrown */
function setUp(endsSec: number, answers: (() => number | null | Error)[]) {
  const atMs: number[] = []
  let finals = 0
  const beganMs = Date.now()
  const renewal = new TokenRenewal(endsSec, {
    renew: () => {
      atMs.push(Date.now() - beganMs)
      const answer = answers[atMs.length - 1]?.() ?? null
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
    onFinal: () => (finals += 1),
    nowMs: () => Date.now(),
  })
  return { renewal, atMs, finals: () => finals }
}

describe('a token', () => {
  it('is renewed when half of it is over, again and again', async () => {
    const { renewal, atMs } = setUp(inMs(2 * HOUR_MS), [() => inMs(2 * HOUR_MS), () => inMs(2 * HOUR_MS)])
    await vi.advanceTimersByTimeAsync(2 * HOUR_MS)
    expect(atMs).toEqual([HOUR_MS, 2 * HOUR_MS])
    renewal.close()
  })

  it('is renewed in time by a clock that is some hours off, and not all the time by one that is a day off', async () => {
    // Twelve hours that look like twenty, and like none.
    const { renewal, atMs } = setUp(inMs(20 * HOUR_MS), [() => inMs(-5 * HOUR_MS), () => inMs(-5 * HOUR_MS)])
    await vi.advanceTimersByTimeAsync(4 * HOUR_MS + MINUTE_MS)
    expect(atMs).toEqual([4 * HOUR_MS, 4 * HOUR_MS + MINUTE_MS])
    renewal.close()
  })

  it('is tried again every minute while nobody answers', async () => {
    const away = (): Error => new Error('away')
    const { renewal, atMs, finals } = setUp(inMs(HOUR_MS), [away, away, () => inMs(HOUR_MS)])
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(atMs.map((at) => at - HOUR_MS / 2)).toEqual([0, MINUTE_MS, 2 * MINUTE_MS])
    expect(finals()).toBe(0)
    renewal.close()
  })

  it('that is given no more is said once, and not asked for again', async () => {
    const { atMs, finals } = setUp(inMs(HOUR_MS), [() => null])
    await vi.advanceTimersByTimeAsync(12 * HOUR_MS)
    expect([atMs.length, finals()]).toEqual([1, 1])
  })

  it('whose link is over while it is being renewed is nobody’s', async () => {
    let answer: (endsSec: number | null) => void = () => undefined
    let finals = 0
    const renewal = new TokenRenewal(inMs(HOUR_MS), {
      renew: () => new Promise((resolve) => (answer = resolve)),
      onFinal: () => (finals += 1),
      nowMs: () => Date.now(),
    })
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    renewal.close()
    answer(null)
    await vi.advanceTimersByTimeAsync(HOUR_MS)
    expect(finals).toBe(0)
  })
})
