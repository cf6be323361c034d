import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Gift } from '../../../../../../electron/shared/room-api'
import { add, advance, EMPTY_LANE, grown, hold, nextLeaveMs, replay, skip, takeOff, type Lane } from '../../../../../../renderer/studio/room/gifts/lane'
import { tierOf } from '../../../../../../renderer/studio/room/gifts/gift-tier'

const gift = (giftId: string, coins: number): Gift => ({ giftId, coins, name: { en: giftId, 'zh-CN': giftId }, emoji: '🌹', effect: 'small' })
const ROSE = gift('rose', 1)
const CROWN = gift('crown', 299)
const ROCKET = gift('rocket', 520)

interface Given {
  readonly gift?: Gift
  readonly series?: string
  readonly total?: number
}
const give = (lane: Lane, userId: string, nowMs: number, { gift = ROSE, series = `${userId}-1`, total = 1 }: Given = {}): Lane =>
  add(lane, { userId, nick: userId, gift, series, total }, nowMs)
const names = (lane: Lane): string[] => lane.shown.map(({ userId }) => userId)
const full = (): Lane => ['a', 'b', 'c', 'd', 'e'].reduce((lane, userId) => give(lane, userId, 0), EMPTY_LANE)

describe('the lane of gifts', () => {
  it('shows three cards, and the others wait', () => {
    expect(names(full())).toEqual(['a', 'b', 'c'])
    expect(full().waiting).toHaveLength(2)
    expect(names(advance(full(), 2_999))).toEqual(['a', 'b', 'c'])
    expect(names(advance(full(), 3_000))).toEqual(['d', 'e'])
    expect(advance(advance(full(), 3_000), 6_000).shown).toEqual([])
  })

  it('ticks a combo in place, however its messages come, and its time begins anew', () => {
    let lane = give(full(), 'b', 2_000, { total: 20 })
    lane = give(lane, 'b', 2_100, { total: 60 })
    lane = give(lane, 'b', 2_200, { total: 40 })
    expect(lane.shown.map(({ count }) => count)).toEqual([1, 60, 1])
    expect(names(advance(lane, 4_000))).toEqual(['b', 'd', 'e'])
  })

  it('goes on counting when a new series begins on a card that is still there, and on one that waits', () => {
    let lane = give(give(EMPTY_LANE, 'a', 0, { total: 99 }), 'a', 2_000, { series: 'a-2', total: 20 })
    expect(lane.shown.map(({ count }) => count)).toEqual([119])
    lane = give(lane, 'a', 2_500, { series: 'a-2', total: 40 })
    expect(lane.shown.map(({ count }) => count)).toEqual([139])
    lane = give(give(full(), 'd', 1, { total: 9 }), 'd', 2, { series: 'd-2', total: 5 })
    expect(lane.waiting.find(({ userId }) => userId === 'd')?.count).toBe(14)
    expect(lane.waiting).toHaveLength(2)
  })

  it('lets the big gifts wait in front of the small', () => {
    const lane = give(give(full(), 'f', 0, { gift: CROWN }), 'g', 0, { gift: ROCKET })
    expect(lane.waiting.map(({ userId }) => userId)).toEqual(['g', 'f', 'd', 'e'])
  })

  it('keeps a queue of bounds, and leaves out the smallest and newest', () => {
    let lane = EMPTY_LANE
    for (let at = 0; at < 500; at += 1) lane = give(lane, `u${at}`, 0)
    lane = give(lane, 'big', 0, { gift: ROCKET })
    expect(lane.waiting).toHaveLength(100)
    expect(lane.waiting[0]?.userId).toBe('big')
    expect(lane.waiting.at(-1)?.userId).toBe('u101')
  })

  it('stands still while it is held: combos tick, free places fill, nothing leaves', () => {
    let lane = hold(full(), true, 1_000)
    expect(nextLeaveMs(lane)).toBeNull()
    lane = give(advance(lane, 60_000), 'a', 60_000, { total: 5 })
    expect(names(lane)).toEqual(['a', 'b', 'c'])
    lane = hold(lane, false, 61_000)
    expect(nextLeaveMs(lane)).toBe(2_000)
    expect(names(advance(lane, 63_000))).toEqual(['a', 'd', 'e'])
  })

  it('skips the first, and shows the last that left once more', () => {
    let lane = skip(full(), 100)
    expect(names(lane)).toEqual(['b', 'c', 'd'])
    lane = advance(replay(lane, 200), 3_000)
    expect(names(lane)).toEqual(['d', 'a', 'e'])
    expect(names(replay(EMPTY_LANE, 0))).toEqual([])
    // It came again by itself.
    expect(replay(give(advance(give(EMPTY_LANE, 'a', 0), 4_000), 'a', 5_000), 5_001).shown).toHaveLength(1)
  })

  it('counts down what was taken back, and drops a card of which nothing is left', () => {
    const lane = give(full(), 'a', 10, { total: 3 })
    const refunded = takeOff(lane, { userId: 'a', giftId: 'rose', count: 1 }, 20)
    expect(refunded.shown[0]).toMatchObject({ count: 2, leftMs: 2_990 })
    expect(names(takeOff(refunded, { userId: 'a', giftId: 'rose', count: 2 }, 30))).toEqual(['b', 'c', 'd'])
    expect(takeOff(lane, { userId: 'a', giftId: 'crown', count: 1 }, 20).shown).toHaveLength(3)
    // The next message of the series counts from there.
    expect(give(refunded, 'a', 40, { total: 4 }).shown[0]?.count).toBe(4)
    expect(takeOff(advance(give(EMPTY_LANE, 'a', 0), 4_000), { userId: 'a', giftId: 'rose', count: 1 }, 5_000).last).toBeNull()
  })

  it('tells each card that comes or grows into a higher tier, once', () => {
    const one = give(EMPTY_LANE, 'a', 0, { total: 10 })
    expect(grown(EMPTY_LANE, one).map(({ tier }) => tier)).toEqual([1])
    const same = give(one, 'a', 1, { total: 15 })
    expect(grown(one, same)).toEqual([])
    expect(grown(same, give(same, 'a', 2, { total: 200 })).map(({ tier }) => tier)).toEqual([3])
  })

  it('has a tier by the worth of all that is on the card', () => {
    expect([1, 19, 20, 199, 200, 499, 500, 6_534].map(tierOf)).toEqual([1, 1, 2, 2, 3, 3, 4, 4])
  })

  it('never shows more than three, never shows one twice, and ends empty, whatever happens', () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('give' as const),
        who: fc.integer({ min: 0, max: 8 }),
        total: fc.integer({ min: 1, max: 999 }),
        series: fc.integer({ max: 3 }),
      }),
      fc.record({ do: fc.constant('refund' as const), who: fc.integer({ min: 0, max: 8 }), total: fc.integer({ min: 1, max: 50 }) }),
      fc.record({ do: fc.constantFrom('skip' as const, 'replay' as const, 'hold' as const, 'release' as const, 'wait' as const) }),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.integer({ min: 0, max: 4_000 })), { maxLength: 60 }), (steps) => {
        let lane = EMPTY_LANE
        let nowMs = 0
        for (const [one, laterMs] of steps) {
          nowMs += laterMs
          if (one.do === 'give') lane = give(lane, `u${one.who}`, nowMs, { total: one.total, series: `s${one.series}` })
          else if (one.do === 'refund') lane = takeOff(lane, { userId: `u${one.who}`, giftId: 'rose', count: one.total }, nowMs)
          else if (one.do === 'skip') lane = skip(lane, nowMs)
          else if (one.do === 'replay') lane = replay(lane, nowMs)
          else if (one.do === 'wait') lane = advance(lane, nowMs)
          else lane = hold(lane, one.do === 'hold', nowMs)
          const keys = [...lane.shown, ...lane.waiting].map(({ key }) => key)
          expect(new Set(keys).size).toBe(keys.length)
          expect(lane.shown.length).toBeLessThanOrEqual(3)
          expect(lane.shown.length === 3 || lane.waiting.length === 0).toBe(true)
          expect([...lane.shown, ...lane.waiting].every(({ count, leftMs }) => count > 0 && leftMs > 0)).toBe(true)
        }
        lane = hold(lane, false, nowMs)
        while (lane.shown.length > 0) lane = advance(lane, (nowMs += nextLeaveMs(lane) ?? 0))
        expect(lane.waiting).toEqual([])
      }),
    )
  })
})
