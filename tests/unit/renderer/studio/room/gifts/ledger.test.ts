import { describe, expect, it } from 'vitest'
import { agreement, filtered, merged, runsOf } from '../../../../../../renderer/studio/room/gifts/ledger'
import { entry, totalsOf } from './entries'

describe('the ledger’s runs', () => {
  it('are one row for 99 clicks, as the chat told them', () => {
    const clicks = Array.from({ length: 99 }, (_, at) => entry(`click-${at}`, { combo: 'click-0', seq: 1 + Math.floor(at / 20), atMs: 1_000 + at }))
    const [run, ...others] = runsOf([...clicks].reverse())
    expect(others).toEqual([])
    expect(run).toMatchObject({ count: 99, coins: 99, refunded: 'no', thanked: false, atMs: 1_000 })
    expect(run?.orders[0]?.orderId).toBe('click-0')
  })

  it('keep their place while they go on: newest first by when each began', () => {
    const entries = [entry('c', { atMs: 30, combo: 'a' }), entry('b', { atMs: 20, userId: 'cy' }), entry('a', { atMs: 10, combo: 'a' })]
    expect(runsOf(entries).map(({ userId }) => userId)).toEqual(['cy', 'bo'])
  })

  it('do not count what was taken back, and are thanked when all that is left is', () => {
    const [run] = runsOf([entry('b', { combo: 'a', atMs: 2, thankedAt: 5 }), entry('a', { combo: 'a', atMs: 1, state: 'refunded' })])
    expect(run).toMatchObject({ count: 1, coins: 1, refunded: 'some', thanked: true })
    const [gone] = runsOf([entry('a', { count: 3, coins: 60, state: 'refunded' })])
    expect(gone).toMatchObject({ count: 3, coins: 60, refunded: 'all', thanked: false })
  })

  it('are filtered by thanks, worth, and what was missed', () => {
    const runs = runsOf([
      entry('d', { atMs: 4, state: 'refunded' }),
      entry('c', { atMs: 3, coins: 520, thankedAt: 1 }),
      entry('b', { atMs: 2, seq: 7 }),
      entry('a', { atMs: 1, thankedAt: 1 }),
    ])
    const ids = (filter: Parameters<typeof filtered>[1]): string[] => filtered(runs, filter, new Set([7])).map((run) => run.orders[0]?.orderId ?? '')
    expect(ids('all')).toEqual(['d', 'c', 'b', 'a'])
    expect(ids('unthanked')).toEqual(['b'])
    expect(ids('big')).toEqual(['c'])
    expect(ids('missed')).toEqual(['b'])
  })
})

describe('the ledger’s pages', () => {
  it('come together without doubles, and the newer word holds', () => {
    const known = [entry('b', { atMs: 2 }), entry('a', { atMs: 1 })]
    const all = merged(known, [entry('d', { atMs: 3 }), entry('c', { atMs: 3 }), entry('b', { atMs: 2, thankedAt: 9 })])
    expect(all.map(({ orderId, thankedAt }) => [orderId, thankedAt])).toEqual([
      ['d', 0],
      ['c', 0],
      ['b', 9],
      ['a', 0],
    ])
  })

  it('are held against the backend’s sum, when that stood still and nothing is missing', () => {
    const entries = [entry('b', { coins: 20, count: 2 }), entry('a', { state: 'refunded' })]
    const sum = totalsOf(20, 2)
    expect(agreement(entries, true, sum, sum)).toEqual({ state: 'agrees' })
    expect(agreement(entries, true, totalsOf(25, 3), totalsOf(25, 3))).toEqual({ state: 'differs', coins: 5, gifts: 1 })
    expect(agreement(entries, true, sum, totalsOf(25, 3))).toEqual({ state: 'unknown' })
    expect(agreement(entries, false, sum, sum)).toEqual({ state: 'partial' })
    expect(agreement(entries, true, sum, { ...sum, show: 2 })).toEqual({ state: 'unknown' })
  })
})
