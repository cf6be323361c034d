// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RoomApiError } from '../../../../../../renderer/room/api-request'
import type { CrewApi } from '../../../../../../renderer/room/crew-api'
import { useGifts } from '../../../../../../renderer/room/gift-store'
import { useVisit } from '../../../../../../renderer/room/visit-store'
import { useGiftLedger } from '../../../../../../renderer/studio/room/gifts/ledger-store'
import { useStudioRoom } from '../../../../../../renderer/studio/stores/studio-room'
import { giftEvent, snapshotWith } from '../../../room/fake-room'
import { entry, FakeCrew } from './entries'

let crew: FakeCrew
const settle = (ms = 1_000): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const ids = (): string[] => useGiftLedger().entries.map(({ orderId }) => orderId)
const tell = (seq: number, late = false): boolean => useGifts().hear(giftEvent(seq), '', Date.now(), late)

/** The studio in a room whose latest gift message has this number. */
async function inside(fake: FakeCrew, giftSeq = 0): Promise<ReturnType<typeof useGiftLedger>> {
  crew = fake
  useStudioRoom().crew = crew as unknown as CrewApi
  useGifts().load(snapshotWith({ giftSeq }), false)
  const ledger = useGiftLedger()
  ledger.open()
  useVisit().phase = 'inside'
  useVisit().chat = 'ready'
  await settle()
  return ledger
}
const series = (count: number): ReturnType<typeof entry>[] =>
  Array.from({ length: count }, (_, at) => entry(`order-${count - at}`, { atMs: count - at, seq: count - at }))

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  setActivePinia(createPinia())
})
afterEach(() => {
  useGiftLedger().close()
  useGifts().clear()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('the ledger in the studio', () => {
  it('is read when the room is entered, and holds against the sum', async () => {
    const ledger = await inside(new FakeCrew(series(3)), 3)
    expect(ids()).toEqual(['order-3', 'order-2', 'order-1'])
    expect([ledger.agrees.state, ledger.complete, ledger.missed]).toEqual(['agrees', true, 0])
  })

  it('goes on with each gift, and reads only what is missing', async () => {
    const ledger = await inside(new FakeCrew(series(500)), 500)
    expect(ids()).toHaveLength(500)
    crew.asked.length = 0
    crew.ledger = [entry('new', { atMs: 900, seq: 501 }), ...crew.ledger]
    tell(501)
    await settle()
    expect(ids()[0]).toBe('new')
    expect(crew.asked).toEqual(['totals', 'orders', 'totals'])
    expect(ledger.agrees.state).toBe('agrees')
  })

  it('fills the gap when much came at once', async () => {
    await inside(new FakeCrew(series(10)), 10)
    crew.ledger = series(650)
    tell(11)
    await settle()
    expect(ids()).toHaveLength(650)
    expect(useGiftLedger().agrees.state).toBe('agrees')
  })

  it('reads the newest thousand, and older ones when they are asked for', async () => {
    const ledger = await inside(new FakeCrew(series(1_250)), 1_250)
    expect([ids().length, ledger.agrees.state]).toEqual([1_000, 'partial'])
    await ledger.readOlder()
    await ledger.readOlder()
    await settle()
    expect([ids().length, ledger.agrees.state]).toEqual([1_250, 'agrees'])
  })

  it('tells a difference when it is found twice', async () => {
    const fake = new FakeCrew(series(2))
    fake.off = 7
    const ledger = await inside(fake, 2)
    expect(ledger.agrees).toEqual({ state: 'differs', coins: 7, gifts: 0 })
    expect(fake.asked.filter((one) => one === 'orders')).toHaveLength(2)
    fake.off = 0
    ledger.refresh()
    await settle()
    expect(ledger.agrees.state).toBe('agrees')
  })

  it('begins anew with a new show', async () => {
    await inside(new FakeCrew(series(2)), 2)
    crew.show = 2
    crew.ledger = [entry('first', { seq: 3 })]
    tell(3)
    await settle()
    expect(ids()).toEqual(['first'])
  })

  it('says that it could not be read, keeps what it had, and tries again by itself', async () => {
    const ledger = await inside(new FakeCrew(series(2)), 2)
    crew.fail.push(new RoomApiError('unreachable'))
    tell(3)
    await settle()
    expect(ledger.trouble?.kind).toBe('unreachable')
    expect(ids()).toHaveLength(2)
    await settle(4_000)
    expect(ledger.trouble).toBeNull()
  })

  it('ticks at once, and takes the tick back with the reason when it is refused', async () => {
    const ledger = await inside(new FakeCrew(series(1)), 1)
    const asked = ledger.thank(['order-1'], true)
    expect(ledger.runs[0]?.thanked).toBe(true)
    expect(await asked).toBeNull()
    await settle()
    expect(ledger.entries[0]?.thankedAt).toBe(9)
    const error = new RoomApiError('refused', { code: 'auth.forbidden', message: 'No.', remedy: 'Ask.' })
    crew.fail.push(error)
    expect(await ledger.thank(['order-1'], false)).toBe(error)
    expect(ledger.runs[0]?.thanked).toBe(true)
    await settle()
  })

  it('takes over what another studio did', async () => {
    const ledger = await inside(new FakeCrew(series(2)), 2)
    await crew.thankGifts(['order-1'], true)
    await crew.refund('order-2')
    window.dispatchEvent(new Event('focus'))
    await settle()
    expect(ledger.entries.map(({ state, thankedAt }) => [state, thankedAt])).toEqual([
      ['refunded', 0],
      ['paid', 9],
    ])
  })

  it('gives back, with the sum of after', async () => {
    const ledger = await inside(new FakeCrew(series(2)), 2)
    expect(await ledger.refund('order-1')).toBeNull()
    await settle()
    expect([ledger.totals?.coins, ledger.agrees.state]).toEqual([1, 'agrees'])
    const error = new RoomApiError('refused', { code: 'gift.not-refundable', message: 'No.', remedy: 'Leave it.' })
    crew.fail.push(error)
    expect(await ledger.refund('order-2')).toBe(error)
    expect(ledger.entries.find(({ orderId }) => orderId === 'order-2')?.state).toBe('paid')
  })

  it('counts what came while the line was cut as missed, until it was looked at', async () => {
    const ledger = await inside(new FakeCrew(series(1)), 1)
    useVisit().chat = 'reconnecting'
    await settle()
    crew.ledger = [entry('c', { seq: 3, atMs: 30, count: 2 }), entry('b', { seq: 2, atMs: 20 }), ...crew.ledger]
    useVisit().chat = 'ready'
    tell(2, true)
    tell(3, true)
    await settle()
    expect([ledger.missed, ledger.away]).toEqual([3, true])
    ledger.acknowledge()
    expect(ledger.missed).toBe(0)
  })

  it('finds after a reload what came while the window was closed', async () => {
    await inside(new FakeCrew(series(1)), 1)
    useGiftLedger().close()
    setActivePinia(createPinia())
    const ledger = await inside(new FakeCrew(series(4)), 4)
    expect([ledger.missed, ledger.away]).toEqual([3, true])
  })

  it('judges only when the room has said how far its gifts are: the ledger may be read before it is entered', async () => {
    await inside(new FakeCrew(series(1)), 1)
    useGiftLedger().close()
    setActivePinia(createPinia())
    const fake = new FakeCrew(series(2))
    useStudioRoom().crew = fake as unknown as CrewApi
    const ledger = useGiftLedger()
    ledger.open()
    window.dispatchEvent(new Event('focus'))
    await settle()
    expect([ids(), ledger.missed]).toEqual([['order-2', 'order-1'], 0])
    await inside(fake, 2)
    expect([ledger.missed, ledger.away]).toEqual([1, true])
  })
})
