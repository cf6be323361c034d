import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RateLimit } from '../../../../electron/room-server/backend/rate-limit'

it('lets a burst pass, then one at a time', () => {
  const limit = new RateLimit(2, 3)
  expect(Array.from({ length: 4 }, () => limit.take('a', 0).ok)).toEqual([true, true, true, false])
  expect(limit.take('a', 0)).toEqual({ ok: false, retryAfterMs: 500 })
  expect(limit.take('a', 499).ok).toBe(false)
  expect(limit.take('a', 500).ok).toBe(true)
  expect(limit.take('b', 500).ok).toBe(true)
})

it('lets them in at the moment that was named, whatever the rounding', () => {
  const limit = new RateLimit(1, 2)
  for (const nowMs of [0, 146, 311]) limit.take('a', nowMs)
  expect(limit.take('a', 1_000).ok).toBe(true)
})

it('says exactly when to come again, and never lets more pass than it may', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 10 }),
      fc.array(fc.nat({ max: 900 }), { maxLength: 100 }),
      (perSecond, burst, pauses) => {
        const limit = new RateLimit(perSecond, burst)
        let nowMs = 0
        let passed = 0
        for (const pause of pauses) {
          nowMs += pause
          const verdict = limit.take('a', nowMs)
          if (!verdict.ok) {
            nowMs += verdict.retryAfterMs
            expect(limit.take('a', nowMs).ok).toBe(true)
          }
          passed += 1
          expect(passed).toBeLessThanOrEqual(burst + (nowMs * perSecond) / 1_000 + 1e-6)
        }
      },
    ),
    { numRuns: Number(process.env['ANCHORDESK_FUZZ'] ?? 100) },
  )
})

it('forgets who has a full bucket again', () => {
  const limit = new RateLimit(10, 5)
  for (let key = 0; key < 100; key += 1) limit.take(String(key), 0)
  limit.take('late', 600)
  expect(limit.size).toBe(1)
})

it('does not gain when the clock goes back', () => {
  const limit = new RateLimit(1, 1)
  limit.take('a', 10_000)
  expect(limit.take('a', 0).ok).toBe(false)
})

it('refuses what can never pass', () => {
  expect(() => new RateLimit(0, 1)).toThrow(RangeError)
  expect(() => new RateLimit(1, 0)).toThrow(RangeError)
  expect(() => new RateLimit(1, 2).take('a', 0, 3)).toThrow(RangeError)
})
