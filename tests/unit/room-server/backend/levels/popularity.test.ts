import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Popularity, POPULARITY_DECAY, POPULARITY_WEIGHTS, type HeatEvent } from '../../../../../electron/room-server/backend/levels/popularity'

const event: fc.Arbitrary<HeatEvent> = fc.record({
  kind: fc.constantFrom('message', 'like', 'giftCoin', 'join'),
  count: fc.integer({ min: -50, max: 500 }),
  atMs: fc.integer({ min: 0, max: 5_000_000 }),
})
const SPAN = POPULARITY_DECAY.slots * POPULARITY_DECAY.slotMs

it('live, in whatever order the callbacks came, equals the one from the stored events', () => {
  const runs = fc.array(event, { maxLength: 80 }).chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })))
  fc.assert(
    fc.property(runs, fc.integer({ min: 5_000_000, max: 9_000_000 }), (run, nowMs) => {
      const [stored, arrived] = run
      const live = new Popularity()
      for (const one of arrived) {
        live.add(one)
        live.at(one.atMs, 3)
      }
      expect(live.at(nowMs, 3)).toBe(Popularity.recompute(stored).at(nowMs, 3))
    }),
  )
})

it('halves in a half-life and is gone after all slots', () => {
  const room = Popularity.recompute([{ kind: 'giftCoin', count: 100, atMs: 0 }])
  expect(room.at(0, 0)).toBe(1_000)
  expect(room.at(POPULARITY_DECAY.halfLifeMs, 0)).toBe(500)
  expect(room.at(POPULARITY_DECAY.halfLifeMs * 2, 0)).toBe(250)
  expect(room.at(SPAN, 0)).toBe(0)
})

it('never rises by itself', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), fc.nat({ max: SPAN }), fc.nat({ max: SPAN }), (events, a, b) => {
      const gained = events.map((one) => ({ ...one, count: Math.abs(one.count) }))
      const room = Popularity.recompute(gained)
      expect(room.at(5_000_000 + Math.max(a, b), 0)).toBeLessThanOrEqual(room.at(5_000_000 + Math.min(a, b), 0))
    }),
  )
})

it('is never below what the viewers make, refunds or not', () => {
  const room = Popularity.recompute([{ kind: 'giftCoin', count: -5, atMs: 0 }])
  expect(room.at(0, 2)).toBe(2 * POPULARITY_WEIGHTS.viewer)
  expect(Object.is(room.at(0, 0), 0)).toBe(true)
})
