import { describe, expect, it, vi } from 'vitest'
import { keptList } from '../../../../../renderer/studio/room/co-anchors/held-list'
import { lineLevel, lostSeconds } from '../../../../../renderer/studio/room/co-anchors/media-text'
import { Paced } from '../../../../../renderer/studio/room/co-anchors/paced'
import { inGreenroom, newest, onAir, seatBeside, wished } from '../../../../../renderer/studio/room/co-anchors/seating'
import { seatNews } from '../../../../../renderer/studio/room/co-anchors/seat-news'
import { mediaWith, seated, tableOf } from './on-the-mic'

const table = tableOf([seated('Ming', { seat: 5 }), seated('Bo'), seated('Ann', { seat: 2, spotlight: true })])

describe('the seats as they are shown', () => {
  it('are those of the newer table', () => {
    expect(newest(table, null)).toBe(table)
    expect(newest(null, null)).toBeNull()
    expect(newest(table, { ...table, rev: 2 })?.rev).toBe(2)
    expect(newest({ ...table, rev: 3 }, { ...table, rev: 2 })?.rev).toBe(3)
  })

  it('stand by seat on the air, and as they came in the greenroom', () => {
    expect(onAir(table).map(({ nick }) => nick)).toEqual(['Ann', 'Ming'])
    expect(inGreenroom(table).map(({ nick }) => nick)).toEqual(['Bo'])
    expect(onAir(null)).toEqual([])
  })

  it('have what was asked for, with one shown large at most', () => {
    const next = wished(
      table,
      [
        { userId: 'u_Ming', edit: { spotlight: true } },
        { userId: 'u_Ann', edit: { muted: true, volume: 0.5 } },
      ],
      'speaker',
    )
    expect(next.layout).toBe('speaker')
    expect(next.entries.map(({ nick, spotlight, muted, volume }) => [nick, spotlight, muted, volume])).toEqual([
      ['Ming', true, false, 1],
      ['Bo', false, false, 1],
      ['Ann', false, true, 0.5],
    ])
  })

  it('are exchanged with the neighbour, who may be seats away', () => {
    expect(seatBeside(table, 'u_Ann', 'right')).toBe(5)
    expect(seatBeside(table, 'u_Ming', 'left')).toBe(2)
    expect(seatBeside(table, 'u_Ann', 'left')).toBeNull()
    expect(seatBeside(table, 'u_Bo', 'left')).toBeNull()
  })
})

describe('a list under the pointer', () => {
  const idOf = (one: string): string => one
  it('keeps its places, and is itself again afterwards', () => {
    const first = keptList([], ['a', 'b'], false, idOf)
    const held = keptList(first, ['b', 'c'], true, idOf)
    expect(held).toEqual([
      { item: 'a', gone: true },
      { item: 'b', gone: false },
      { item: 'c', gone: false },
    ])
    expect(keptList(held, ['b', 'c'], false, idOf).map(({ item }) => item)).toEqual(['b', 'c'])
  })
})

describe('what is said of the seats', () => {
  const state = (next: typeof table, media = {}): Parameters<typeof seatNews>[0] => ({ table: next, media })
  it('is who came, got ready, went on the air and left', () => {
    const after = tableOf([seated('Ming'), seated('Bo', { seat: 1 }), seated('New')])
    expect(seatNews(state(table), state(after))).toEqual([
      { kind: 'offAir', name: 'Ming' },
      { kind: 'air', name: 'Bo' },
      { kind: 'came', name: 'New' },
      { kind: 'left', name: 'Ann' },
    ])
    const waits = tableOf([seated('Bo', { ready: false })])
    expect(seatNews(state(waits), state(tableOf([seated('Bo')])))).toEqual([{ kind: 'ready', name: 'Bo' }])
  })

  it('is whose line broke and came back', () => {
    const lost = state(table, { u_Ming: mediaWith({ state: 'lost' }) })
    const there = state(table, { u_Ming: mediaWith() })
    expect(seatNews(there, lost)).toEqual([{ kind: 'lost', name: 'Ming' }])
    expect(seatNews(lost, there)).toEqual([{ kind: 'back', name: 'Ming' }])
  })

  it('is nothing where the seats were not known', () => {
    expect(seatNews({ table: null, media: {} }, state(table))).toEqual([])
  })
})

describe('a line', () => {
  it('is as good as the worse of delay and loss', () => {
    expect(lineLevel({ rttMs: 30, loss: 0 })).toBe('good')
    expect(lineLevel({ rttMs: 200, loss: 0 })).toBe('fair')
    expect(lineLevel({ rttMs: 30, loss: 0.1 })).toBe('poor')
    expect(lineLevel({ rttMs: null, loss: null })).toBeNull()
  })

  it('is lost for whole seconds', () => {
    expect(lostSeconds(mediaWith({ state: 'lost', lostAtMs: 1_000 }), 9_900)).toBe(8)
    expect(lostSeconds(mediaWith(), 9_900)).toBeNull()
  })
})

describe('what is sent at a pace', () => {
  it('is the first at once, then the newest of each turn, and the last', () => {
    vi.useFakeTimers()
    const sent: number[] = []
    const paced = new Paced<number>(250, (value) => sent.push(value))
    for (const value of [1, 2, 3]) paced.put(value)
    expect(sent).toEqual([1])
    vi.advanceTimersByTime(250)
    expect(sent).toEqual([1, 3])
    paced.put(4)
    paced.close()
    expect(sent).toEqual([1, 3, 4])
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })
})
