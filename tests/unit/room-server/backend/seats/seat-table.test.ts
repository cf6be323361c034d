import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeSeats, NO_SEATS, onAir, type SeatChange, type SeatTable } from '../../../../../electron/room-server/backend/seats/seat-table'
import { LAYOUTS, SEATS } from '../../../../../electron/shared/seats'

/** The table after all of these; what is refused changes nothing. */
function after(table: SeatTable, ...changes: readonly SeatChange[]): SeatTable {
  return changes.reduce((now, change) => {
    const step = changeSeats(now, change)
    return step.ok ? step.table : now
  }, table)
}
const admit = (userId: string): SeatChange => ({ type: 'admit', userId })
const ready = (userId: string): SeatChange => ({ type: 'ready', userId, ready: true })
const air = (userId: string, seat: number | null = null): SeatChange => ({ type: 'put-on-air', userId, seat })
const seated = (table: SeatTable): readonly string[] => onAir(table).map(({ userId, seat }) => `${seat} ${userId}`)

describe('the greenroom', () => {
  it('takes eight, once each, and puts nobody on the air', () => {
    const all = Array.from({ length: SEATS }, (_, at) => `u-${at}`)
    const table = after(NO_SEATS, ...all.map(admit), admit('u-0'))
    expect(table.entries.map(({ userId }) => userId)).toEqual(all)
    expect(onAir(table)).toEqual([])
    expect(changeSeats(table, admit('one-more'))).toEqual({ ok: false, reason: 'full' })
  })

  it('lets nobody on the air who is not in it, or has not said that he is ready', () => {
    expect(changeSeats(NO_SEATS, air('bo'))).toEqual({ ok: false, reason: 'not-admitted' })
    expect(changeSeats(NO_SEATS, ready('bo'))).toEqual({ ok: false, reason: 'not-admitted' })
    expect(changeSeats(after(NO_SEATS, admit('bo')), air('bo'))).toEqual({ ok: false, reason: 'not-ready' })
  })
})

describe('the air', () => {
  const three = after(NO_SEATS, ...['bo', 'cy', 'di'].flatMap((userId) => [admit(userId), ready(userId), air(userId)]))

  it('gives the first free seat, a wanted one, or an exchange', () => {
    expect(seated(three)).toEqual(['1 bo', '2 cy', '3 di'])
    expect(seated(after(three, air('bo', 7)))).toEqual(['2 cy', '3 di', '7 bo'])
    expect(seated(after(three, air('bo', 3)))).toEqual(['1 di', '2 cy', '3 bo'])
    const waiting = after(three, admit('ed'), ready('ed'))
    expect(changeSeats(waiting, air('ed', 2))).toEqual({ ok: false, reason: 'taken' })
  })

  it('has one spotlight, which ends with the seat', () => {
    const lit = after(three, { type: 'adjust', userId: 'bo', spotlight: true }, { type: 'adjust', userId: 'cy', spotlight: true })
    expect(lit.entries.filter(({ spotlight }) => spotlight).map(({ userId }) => userId)).toEqual(['cy'])
    expect(after(lit, { type: 'take-off-air', userId: 'cy' }).entries.some(({ spotlight }) => spotlight)).toBe(false)
    expect(after(NO_SEATS, admit('bo'), { type: 'adjust', userId: 'bo', spotlight: true }).entries[0]?.spotlight).toBe(false)
  })

  it('is not left by being no longer ready, only by leaving or being taken off', () => {
    expect(changeSeats(three, { type: 'ready', userId: 'bo', ready: false })).toEqual({ ok: true, table: three })
    expect(seated(after(three, { type: 'remove', userId: 'bo' }))).toEqual(['2 cy', '3 di'])
    const off = after(three, { type: 'all-off-air' })
    expect([onAir(off), off.entries.every((entry) => entry.ready)]).toEqual([[], true])
  })
})

it('after any changes: nobody twice, no seat twice, one spotlight at most, nobody on the air who was not ready', () => {
  const userId = fc.constantFrom(...Array.from({ length: SEATS + 3 }, (_, at) => `u-${at}`))
  const change: fc.Arbitrary<SeatChange> = fc.oneof(
    fc.record({ type: fc.constant('admit' as const), userId }),
    fc.record({ type: fc.constant('ready' as const), userId, ready: fc.boolean() }),
    fc.record({ type: fc.constant('put-on-air' as const), userId, seat: fc.option(fc.integer({ min: 1, max: SEATS })) }),
    fc.record({ type: fc.constant('take-off-air' as const), userId }),
    fc.record({ type: fc.constant('adjust' as const), userId, muted: fc.boolean(), volume: fc.constantFrom(0, 1, 2), spotlight: fc.boolean() }),
    fc.record({ type: fc.constant('remove' as const), userId }),
    fc.record({ type: fc.constant('layout' as const), layout: fc.constantFrom(...LAYOUTS) }),
    fc.constant({ type: 'all-off-air' as const }),
  )
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const { entries } = after(NO_SEATS, ...changes)
      const seats = entries.map(({ seat }) => seat).filter((seat) => seat > 0)
      expect(new Set(entries.map((entry) => entry.userId)).size).toBe(entries.length)
      expect(new Set(seats).size).toBe(seats.length)
      expect(seats.every((seat) => seat <= SEATS)).toBe(true)
      expect(entries.filter(({ spotlight }) => spotlight).length).toBeLessThanOrEqual(1)
      expect(entries.every((entry) => entry.seat === 0 || entry.ready)).toBe(true)
    }),
  )
})
