import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COMBO, GiftCombos, type ComboMessage, type ComboOrder } from '../../../../../electron/room-server/backend/gifts/combo'

const order = (id: string | number, change: Partial<ComboOrder> = {}): ComboOrder => ({
  orderId: String(id),
  senderId: 'ann',
  giftId: 'rose',
  count: 1,
  preset: false,
  ...change,
})
const counts = (messages: readonly ComboMessage[]): number[] => messages.map((message) => message.count)

describe('clicks in a row', () => {
  it('99 clicks make five messages: 20, 20, 20, 20, 19', () => {
    const combos = new GiftCombos()
    const messages = Array.from({ length: 99 }, (_, at) => combos.add(order(at), at * 5)).flat()
    messages.push(...combos.due(99 * 5 + COMBO.flushAfterMs))
    expect(counts(messages)).toEqual([20, 20, 20, 20, 19])
    expect(messages.map((message) => message.total)).toEqual([20, 40, 60, 80, 99])
    expect(new Set(messages.map((message) => message.seriesId))).toEqual(new Set(['0']))
    expect(messages.flatMap((message) => message.orderIds)).toEqual(Array.from({ length: 99 }, (_, at) => String(at)))
  })

  it('a number chosen before is one message at once', () => {
    expect(new GiftCombos().add(order(1, { count: 99, preset: true }), 0)).toEqual([
      { senderId: 'ann', giftId: 'rose', count: 99, total: 99, seriesId: '1', orderIds: ['1'] },
    ])
  })

  it('clicks before a chosen number are told before it', () => {
    const combos = new GiftCombos()
    combos.add(order(1), 0)
    expect(counts(combos.add(order(2, { count: 99, preset: true }), 10))).toEqual([1, 99])
  })

  it('a click waits one second and no more', () => {
    const combos = new GiftCombos()
    expect(combos.add(order(1), 100)).toEqual([])
    expect(combos.nextDueMs()).toBe(1_100)
    expect(combos.due(1_099)).toEqual([])
    expect(counts(combos.due(1_100))).toEqual([1])
  })

  it('a late click does not hold back the ones before it', () => {
    const combos = new GiftCombos()
    combos.add(order(1), 0)
    combos.add(order(2), 999)
    expect(counts(combos.add(order(3), 1_000))).toEqual([2])
  })

  it('another sender, another gift: another series', () => {
    const combos = new GiftCombos()
    combos.add(order(1), 0)
    combos.add(order(2, { senderId: 'bob' }), 0)
    combos.add(order(3, { giftId: 'car' }), 0)
    expect(counts(combos.due(1_000))).toEqual([1, 1, 1])
  })

  it('the series ends when nobody goes on, and nothing is left behind', () => {
    const combos = new GiftCombos()
    combos.add(order(1), 0)
    combos.due(1_000)
    expect(combos.nextDueMs()).toBe(COMBO.seriesGapMs)
    combos.due(COMBO.seriesGapMs)
    expect(combos.nextDueMs()).toBeNull()
    combos.add(order(2), COMBO.seriesGapMs)
    expect(combos.due(COMBO.seriesGapMs + 1_000)[0]).toMatchObject({ total: 1, seriesId: '2' })
  })

  it('an order that comes twice is one', () => {
    const combos = new GiftCombos()
    combos.add(order(1), 0)
    combos.add(order(1), 1)
    expect(counts(combos.due(1_000))).toEqual([1])
    combos.add(order(1), 1_001)
    expect(combos.flush()).toEqual([])
  })

  it('the end of the show tells the rest', () => {
    const combos = new GiftCombos()
    combos.add(order(1), 0)
    expect(counts(combos.flush())).toEqual([1])
    expect(combos.nextDueMs()).toBeNull()
  })
})

describe('refunds', () => {
  it('take an untold gift out before the room hears of it', () => {
    const combos = new GiftCombos()
    combos.add(order(1), 0)
    combos.add(order(2), 0)
    expect(combos.refund(order(1))).toBe('untold')
    expect(combos.due(1_000)).toMatchObject([{ count: 1, total: 1, orderIds: ['2'] }])
  })

  it('leave nothing to tell when all are taken back', () => {
    const combos = new GiftCombos()
    combos.add(order(1), 0)
    combos.refund(order(1))
    expect(combos.due(1_000)).toEqual([])
  })

  it('lower the total of a series that was told', () => {
    const combos = new GiftCombos()
    combos.add(order(1, { count: 5, preset: true }), 0)
    expect(combos.refund(order(1))).toBe('told')
    expect(combos.refund(order(1))).toBe('unknown')
    combos.add(order(2), 100)
    expect(combos.flush()).toMatchObject([{ count: 1, total: 1 }])
  })

  it('say so when the series is over', () => {
    expect(new GiftCombos().refund(order(1))).toBe('unknown')
  })
})

it('whatever comes in which rhythm, what is told is what was ordered less what was taken out untold', () => {
  const step = fc.record({
    sender: fc.constantFrom('ann', 'bob'),
    gift: fc.constantFrom('rose', 'car'),
    count: fc.integer({ min: 1, max: 30 }),
    preset: fc.boolean(),
    waitMs: fc.integer({ min: 0, max: 1_500 }),
    refundEarlier: fc.option(fc.nat(), { freq: 4 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const combos = new GiftCombos()
      const told: ComboMessage[] = []
      const orders: ComboOrder[] = []
      let ordered = 0
      let nowMs = 0
      steps.forEach((one, at) => {
        nowMs += one.waitMs
        const placed = order(at, { senderId: one.sender, giftId: one.gift, count: one.count, preset: one.preset })
        orders.push(placed)
        ordered += placed.count
        told.push(...combos.add(placed, nowMs))
        const earlier = one.refundEarlier === null ? undefined : orders[one.refundEarlier % orders.length]
        if (earlier !== undefined && combos.refund(earlier) === 'untold') ordered -= earlier.count
      })
      told.push(...combos.due(nowMs + COMBO.flushAfterMs))
      expect(combos.flush()).toEqual([])
      expect(counts(told).reduce((sum, count) => sum + count, 0)).toBe(ordered)
      const ids = told.flatMap((message) => message.orderIds)
      expect(new Set(ids).size).toBe(ids.length)
    }),
  )
})
