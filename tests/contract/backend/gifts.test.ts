import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GiftOrder } from '../../../electron/shared/room-api'
import type { PaymentHook } from '../../../electron/room-server/backend/gifts/payment'
import { SkippingTime } from '../../fakes/skipping-time'
import { until } from '../../support/until'
import { ApiClient, newOrderId } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { HOUSES, toldIn, type House, type HouseOptions } from './support/house'

const DEADLINE_MS = 20_000
const GIFTS = `/api/rooms/${ROOM}/gifts`
let house: House
let anchor: ApiClient
let viewer: ApiClient

async function begin(open: (options?: HouseOptions) => Promise<House>, options: HouseOptions = {}): Promise<void> {
  house = await open(options)
  anchor = await house.anchor()
  await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
  viewer = await house.guest('Bo')
}

const order = (who: ApiClient, fields: object = {}): Promise<GiftOrder> =>
  who.ok<GiftOrder>('POST', GIFTS, { orderId: newOrderId(), giftId: 'rose', ...fields })
const told = (kind = 'gift'): Record<string, unknown>[] => toldIn(house).filter((message) => message['kind'] === kind)
const toldGifts = (count: number): Promise<Record<string, unknown>[]> =>
  until(() => (told().length >= count ? told() : null), DEADLINE_MS, `${count} gift messages`)
const sum = (messages: readonly Record<string, unknown>[], name: string): number => messages.reduce((total, message) => total + Number(message[name]), 0)

describe.each(HOUSES)('gifts with $name', ({ open }) => {
  beforeEach(() => begin(open))
  afterEach(() => house.close())

  describe('an order', () => {
    it('is paid, entered and told, once', async () => {
      const orderId = newOrderId()
      const first = await order(viewer, { orderId, giftId: 'cake', count: 3 })
      expect(first).toEqual({ orderId, state: 'paid', giftId: 'cake', count: 3, coins: 60, balance: 940 })
      expect(await order(viewer, { orderId, giftId: 'cake', count: 3 })).toEqual(first)
      expect(await Promise.all(Array.from({ length: 5 }, () => order(viewer, { orderId, giftId: 'cake', count: 3 })))).toEqual(
        Array.from({ length: 5 }, () => first),
      )
      const [message] = await toldGifts(1)
      expect(message).toMatchObject({ seq: 1, show: 1, giftId: 'cake', count: 3, coins: 60, from: { nick: 'Bo', role: 'viewer' } })
      expect(told()).toHaveLength(1)
      expect(await viewer.ok('GET', '/api/wallet')).toEqual({ coins: 940 })
      expect(await anchor.ok('GET', `/api/rooms/${ROOM}/gift-totals`)).toMatchObject({
        show: 1,
        coins: 60,
        gifts: 3,
        givers: 1,
        top: [{ nick: 'Bo', coins: 60 }],
      })
    })

    it('of the same id by somebody else, or for something else, is refused', async () => {
      const orderId = newOrderId()
      await order(viewer, { orderId })
      expect(await viewer.refused('POST', GIFTS, { orderId, giftId: 'cake' })).toBe('gift.order-conflict')
      expect(await (await house.guest('Cy')).refused('POST', GIFTS, { orderId, giftId: 'rose' })).toBe('gift.order-conflict')
    })

    it('is refused when there are not the coins, no such gift, or no show', async () => {
      const orderId = newOrderId()
      expect(await viewer.ask('POST', GIFTS, { orderId, giftId: 'rocket', count: 2 })).toMatchObject({
        status: 402,
        body: { code: 'wallet.too-poor', context: { coins: 1_040, balance: 1_000 } },
      })
      await anchor.ok('POST', `/api/people/${viewer.userId}/wallet`, { coins: 100, reference: 'a-gift-of-the-house' })
      expect(await order(viewer, { orderId, giftId: 'rocket', count: 2 })).toMatchObject({ state: 'paid', balance: 60 })
      expect(await viewer.refused('POST', GIFTS, { orderId: newOrderId(), giftId: 'nothing' })).toBe('gift.unknown')
      await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'ended' })
      expect(await viewer.refused('POST', GIFTS, { orderId: newOrderId(), giftId: 'rose' })).toBe('gift.not-now')
    })
  })

  describe('a combo', () => {
    it('of 99 clicks is 5 messages', async () => {
      await house.close()
      const time = new SkippingTime()
      await begin(open, { time })
      // A second after the first of them the rest is told whatever its number, and a busy machine takes longer for 99: all are clicked in one moment.
      time.stop()
      await Promise.all(Array.from({ length: 99 }, () => order(viewer, { combo: true })))
      expect((await toldGifts(4)).map((message) => message['count'])).toEqual([20, 20, 20, 20])
      time.goOn()
      const messages = await toldGifts(5)
      expect(messages.map((message) => message['count'])).toEqual([20, 20, 20, 20, 19])
      expect(messages.map((message) => message['total'])).toEqual([20, 40, 60, 80, 99])
      expect(messages.map((message) => message['seq'])).toEqual([1, 2, 3, 4, 5])
      expect(told()).toHaveLength(5)
    })

    it('that was not told yet is told by the next process', async () => {
      await order(viewer, { combo: true })
      await order(viewer, { combo: true })
      await house.shut()
      expect(told()).toHaveLength(0)
      await house.open()
      expect(sum(await toldGifts(1), 'count')).toBe(2)
    })
  })

  describe('a refund', () => {
    it('gives the coins back, lowers the totals and is told, once', async () => {
      const { orderId } = await order(viewer, { giftId: 'cake' })
      await toldGifts(1)
      expect(await anchor.ok('POST', `${GIFTS}/${orderId}/refund`, {})).toMatchObject({ state: 'refunded', balance: 1_000 })
      expect(await anchor.ok('POST', `${GIFTS}/${orderId}/refund`, {})).toMatchObject({ state: 'refunded', balance: 1_000 })
      expect(await until(() => told('refund')[0] ?? null, DEADLINE_MS, 'the refund')).toMatchObject({ seq: 2, giftId: 'cake', coins: 20 })
      expect(await anchor.ok('GET', `/api/rooms/${ROOM}/gift-totals`)).toMatchObject({ coins: 0, givers: 0 })
    })
  })

  describe('another payment service', () => {
    it('that fails after it has charged is asked again, and charges once', async () => {
      await house.close()
      const charged = new Map<string, number>()
      let failing = true
      const payment: PaymentHook = {
        charge: async ({ orderId, coins }) => {
          charged.set(orderId, coins)
          if (failing) throw new Error('the line was cut')
          return { ok: true, balance: 7 }
        },
        refund: async () => ({ ok: true, balance: 7 }),
        balance: async () => 7,
      }
      await begin(open, { payment })
      const orderId = newOrderId()
      expect(await viewer.refused('POST', GIFTS, { orderId, giftId: 'rose' })).toBe('wallet.failed')
      expect(await anchor.ok('GET', `/api/rooms/${ROOM}/gift-totals`)).toMatchObject({ coins: 0 })
      failing = false
      await house.shut()
      await house.open()
      expect(sum(await toldGifts(1), 'coins')).toBe(1)
      expect(await order(new ApiClient(house.base, viewer.session), { orderId })).toMatchObject({ state: 'paid', balance: 7 })
      expect([...charged]).toEqual([[orderId, 1]])
      expect(await (await house.anchor()).refused('POST', `/api/people/${viewer.userId}/wallet`, { coins: 1, reference: 'no-test-wallet' })).toBe('not-found')
    })
  })
})
