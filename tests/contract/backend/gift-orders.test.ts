import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RoomSession } from '../../../electron/shared/room-api'
import type { GiftEntries, GiftTotals } from '../../../electron/shared/crew-api'
import { until } from '../../support/until'
import { ApiClient, newOrderId } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { HOUSES_WITH_POSTGRES, type House } from './support/house'

const DEADLINE_MS = 20_000
const ORDERS = `/api/rooms/${ROOM}/gift-orders`
const THANKS = `/api/rooms/${ROOM}/gift-thanks`
let house: House
let anchor: ApiClient
let viewer: ApiClient

const list = (query = '', who = anchor): Promise<GiftEntries> => who.ok<GiftEntries>('GET', `${ORDERS}${query}`)
async function order(fields: object = {}, who = viewer): Promise<string> {
  const orderId = newOrderId()
  await who.ok('POST', `/api/rooms/${ROOM}/gifts`, { orderId, giftId: 'rose', ...fields })
  return orderId
}
const allTold = (): Promise<GiftEntries> =>
  until(
    async () => {
      const page = await list()
      return page.orders.every(({ seq }) => seq > 0) ? page : null
    },
    DEADLINE_MS,
    'all gifts to be told',
  )

describe.each(HOUSES_WITH_POSTGRES)('the ledger of gifts with $name', ({ open }) => {
  beforeEach(async () => {
    house = await open()
    anchor = await house.anchor()
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    viewer = await house.guest('Bo')
  })
  afterEach(() => house.close())

  it('lists a show’s gifts newest first, and its sum is that of the totals', async () => {
    expect(await list()).toEqual({ show: 1, orders: [], more: false })
    const cake = await order({ giftId: 'cake', count: 3 })
    const first = await order({ combo: true })
    const second = await order({ combo: true })
    const { show, orders, more } = await allTold()
    expect({ show, more }).toEqual({ show: 1, more: false })
    expect(orders.map(({ orderId }) => orderId)).toEqual([second, first, cake])
    expect(orders[2]).toMatchObject({ nick: 'Bo', userId: viewer.userId, giftId: 'cake', count: 3, coins: 60, state: 'paid', thankedAt: 0, seq: 1 })
    // The clicks of one series are known as one.
    expect(orders.map(({ combo }) => combo)).toEqual([first, first, cake])
    const totals = await anchor.ok<GiftTotals>('GET', `/api/rooms/${ROOM}/gift-totals`)
    expect(orders.reduce((sum, { coins }) => sum + coins, 0)).toBe(totals.coins)
    expect(orders.reduce((sum, { count }) => sum + count, 0)).toBe(totals.gifts)
  })

  it('gives pages without a gap, also where two orders came in one moment', async () => {
    const sent = await Promise.all(Array.from({ length: 205 }, () => order({ combo: true })))
    const first = await list()
    expect([first.orders.length, first.more]).toEqual([200, true])
    const rest = await list(`?before=${first.orders.at(-1)?.orderId ?? ''}`)
    expect([rest.orders.length, rest.more]).toEqual([5, false])
    expect([...first.orders, ...rest.orders].map(({ orderId }) => orderId).sort()).toEqual(sent.sort())
    expect(await anchor.refused('GET', `${ORDERS}?before=no-such-order`)).toBe('gift.order-unknown')
  })

  it('keeps what was taken back, and tells it from what was paid for', async () => {
    const orderId = await order()
    await anchor.ok('POST', `/api/rooms/${ROOM}/gifts/${orderId}/refund`, {})
    expect((await list()).orders).toMatchObject([{ orderId, state: 'refunded' }])
    expect(await anchor.ok('GET', `/api/rooms/${ROOM}/gift-totals`)).toMatchObject({ coins: 0, gifts: 0 })
  })

  it('shows only orders that were paid, of the show that is asked for', async () => {
    await viewer.refused('POST', `/api/rooms/${ROOM}/gifts`, { orderId: newOrderId(), giftId: 'rocket', count: 2 })
    expect((await list()).orders).toEqual([])
    const orderId = await order()
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'ended' })
    expect((await list()).orders).toMatchObject([{ orderId }])
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    expect(await list()).toMatchObject({ show: 2, orders: [] })
    expect((await list('?show=1')).orders).toMatchObject([{ orderId }])
  })

  it('keeps ticks of thanks for whoever looks, over a restart, and not for other rooms’ orders', async () => {
    const [one, two] = [await order(), await order()]
    const { orderIds, thankedAt } = await anchor.ok<{ orderIds: string[]; thankedAt: number }>('PUT', THANKS, {
      orderIds: [one, 'no-such-order'],
      thanked: true,
    })
    expect(orderIds).toEqual([one])
    expect(thankedAt).toBeGreaterThan(0)
    await house.shut()
    await house.open()
    anchor = await house.anchor()
    expect((await list()).orders.map((entry) => [entry.orderId, entry.thankedAt])).toEqual([
      [two, 0],
      [one, thankedAt],
    ])
    await anchor.ok('PUT', THANKS, { orderIds: [one], thanked: false })
    expect((await list()).orders.map((entry) => entry.thankedAt)).toEqual([0, 0])
    for (const body of [
      { orderIds: [], thanked: true },
      { orderIds: [one] },
      { orderIds: ['!'], thanked: true },
      { orderIds: Array(501).fill(one), thanked: true },
    ])
      expect(await anchor.refused('PUT', THANKS, body)).toBe('request.invalid')
  })

  it('is for anchor and producer alone', async () => {
    const orderId = await order()
    expect(await viewer.refused('GET', ORDERS)).toBe('auth.forbidden')
    expect(await viewer.refused('PUT', THANKS, { orderIds: [orderId], thanked: true })).toBe('auth.forbidden')
    const { token } = await anchor.ok<{ token: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'producer' })
    const session = await house.nobody().ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, { nick: 'Pia', invite: token })
    const producer = new ApiClient(house.base, session)
    await producer.ok('PUT', THANKS, { orderIds: [orderId], thanked: true })
    expect((await list('', producer)).orders).toMatchObject([{ orderId, thankedAt: expect.any(Number) as number }])
    expect(await producer.refused('POST', `/api/rooms/${ROOM}/gifts/${orderId}/refund`, {})).toBe('auth.forbidden')
  })
})
