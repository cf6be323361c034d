import { expect, it } from 'vitest'
import { SLOW_MODE_MAX_MS, SlowMode } from '../../../../../electron/room-server/backend/moderation/slow-mode'

it('is off at first', () => {
  const slow = new SlowMode()
  expect([slow.speak('ann', 0), slow.speak('ann', 0)]).toEqual([{ ok: true }, { ok: true }])
})

it('lets each viewer speak once in the interval and says how long to wait', () => {
  const slow = new SlowMode()
  slow.set(10_000)
  expect(slow.speak('ann', 0)).toEqual({ ok: true })
  expect(slow.speak('ann', 4_000)).toEqual({ ok: false, waitMs: 6_000 })
  expect(slow.speak('bob', 4_000)).toEqual({ ok: true })
  expect(slow.speak('ann', 9_999)).toEqual({ ok: false, waitMs: 1 })
  expect(slow.speak('ann', 10_000)).toEqual({ ok: true })
})

it('takes a new interval at once, for those who spoke before too', () => {
  const slow = new SlowMode()
  slow.speak('ann', 0)
  slow.set(5_000)
  expect(slow.speak('ann', 1_000)).toEqual({ ok: false, waitMs: 4_000 })
  slow.set(0)
  expect(slow.speak('ann', 1_000)).toEqual({ ok: true })
})

it('never asks for more than the interval, even if the clock went back', () => {
  const slow = new SlowMode()
  slow.set(5_000)
  slow.speak('ann', 100_000)
  expect(slow.speak('ann', 0)).toEqual({ ok: false, waitMs: 5_000 })
})

it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, SLOW_MODE_MAX_MS + 1])('refuses an interval of %d ms', (intervalMs) => {
  expect(() => new SlowMode().set(intervalMs)).toThrow(RangeError)
})
