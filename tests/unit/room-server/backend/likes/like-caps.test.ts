import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LikeBurst, LIKES } from '../../../../../electron/shared/like-burst'
import { LikeCaps } from '../../../../../electron/room-server/backend/likes/like-caps'

describe('likes on the page', () => {
  it('become one message for each window', () => {
    const burst = new LikeBurst()
    for (let at = 0; at < 10; at += 1) expect(burst.tap(100 + at * 150)).toBe(true)
    expect(burst.dueMs()).toBe(100 + LIKES.windowMs)
    expect(burst.take(100 + LIKES.windowMs - 1)).toBe(0)
    expect(burst.take(100 + LIKES.windowMs)).toBe(10)
    expect(burst.dueMs()).toBeNull()
    expect(burst.take(1e9)).toBe(0)
  })

  it('count from the first moment, and no faster than anyone taps', () => {
    const burst = new LikeBurst()
    const counted = Array.from({ length: 1_000 }, () => burst.tap(0)).filter(Boolean).length
    expect(counted).toBe(LIKES.tapsPerSecond)
    expect(burst.tap(1_000 / LIKES.tapsPerSecond)).toBe(true)
  })

  it('that could not be sent wait, but not without bound', () => {
    const burst = new LikeBurst()
    for (let round = 0; round < 9; round += 1) burst.putBack(LIKES.perMessage, round)
    expect(burst.take(LIKES.windowMs)).toBe(LIKES.perMessage)
    expect(burst.take(LIKES.windowMs * 2)).toBe(LIKES.perMessage)
    expect(burst.take(LIKES.windowMs * 3)).toBe(0)
  })
})

describe('likes at the backend', () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '5', null, undefined, {}, [7]])('%j counts nothing', (claimed) => {
    expect(new LikeCaps().count('a', claimed, 0)).toBe(0)
  })

  it('count up to the cap of a message', () => {
    expect(new LikeCaps().count('a', 1_000_000, 0)).toBe(LIKES.perMessage)
  })

  it('count up to the cap of a minute, for each viewer by itself', () => {
    const caps = new LikeCaps()
    let counted = 0
    for (let at = 0; at < 59_000; at += 100) counted += caps.count('a', LIKES.perMessage, at)
    expect(counted).toBe(LIKES.perMinute)
    expect(caps.count('b', 5, 59_000)).toBe(5)
    expect(caps.count('a', 5, 60_000)).toBe(5)
  })

  it('of a page that keeps the rules are all counted, however it taps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 100, maxLength: 1_500 }), (pauses) => {
        const burst = new LikeBurst()
        const caps = new LikeCaps()
        let [nowMs, taps, counted] = [0, 0, 0]
        const send = (): void => {
          const count = burst.take(nowMs)
          if (count > 0) counted += caps.count('a', count, nowMs)
        }
        for (const pause of pauses) {
          nowMs += pause
          send()
          if (burst.tap(nowMs)) taps += 1
        }
        while (burst.dueMs() !== null) {
          nowMs = burst.dueMs() ?? nowMs
          send()
        }
        expect(counted).toBe(taps)
      }),
      { numRuns: 30 },
    )
  })

  it('forget viewers who stopped', () => {
    const caps = new LikeCaps()
    for (let viewer = 0; viewer < 100; viewer += 1) caps.count(String(viewer), 1, 0)
    caps.count('late', 1, 60_001)
    expect(caps.size).toBe(1)
  })
})
