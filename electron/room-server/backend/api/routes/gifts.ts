import { z } from 'zod'
import { giftEntriesSchema, giftPageSchema, giftsThankedSchema, giftTotalsSchema, MAX_THANKED, type GiftEntry } from '../../../../shared/crew-api'
import { giftSchema, orderSchema } from '../../../../shared/room-api'
import type { Business } from '../../business'
import { nowSec } from '../../clock'
import { LIMITS } from '../../config'
import { CATALOGUE } from '../../gifts/catalogue'
import type { ListedOrder } from '../../gifts/ledger'
import { emptySchema, numberInQuery, userIdSchema } from '../fields'
import { ApiError } from '../api-error'
import { callerOf, param, route, type Route } from '../route'

const orderIdSchema = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, '8 to 64 letters, digits, "-" and "_"')

export function giftRoutes({ gifts, rooms, people, payment, testWallet, moderation, clock }: Business): readonly Route[] {
  const entryOf = async (order: ListedOrder): Promise<GiftEntry> => {
    const { nick, avatar } = await people.shown(order.user_id)
    return {
      orderId: order.order_id,
      userId: order.user_id,
      nick,
      avatar,
      giftId: order.gift_id,
      count: order.count,
      coins: order.coins,
      state: order.state === 'refunded' ? 'refunded' : 'paid',
      seq: order.told_seq,
      combo: order.series,
      thankedAt: order.thanked_sec,
      atMs: order.at_ms,
    }
  }

  return [
    route(
      {
        method: 'get',
        path: '/api/gifts',
        summary: 'The gifts and their prices.',
        group: 'Gifts',
        action: null,
        rate: 'read',
        answer: z.object({ gifts: z.array(giftSchema) }),
      },
      async () => ({ gifts: CATALOGUE }),
    ),
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/gifts',
        summary: 'Order a gift. The same order id is one order, however often it is sent. `combo`: more clicks may follow, and are told together.',
        group: 'Gifts',
        action: 'gift.send',
        rate: 'gift',
        body: z.strictObject({
          orderId: orderIdSchema,
          giftId: z.string().min(1).max(64),
          count: z.number().int().min(1).max(LIMITS.giftCount).default(1),
          combo: z.boolean().default(false),
        }),
        answer: orderSchema,
      },
      async (input) => {
        const roomId = param(input, 'room')
        const { userId } = callerOf(input)
        if (moderation.isBlocked(roomId, userId)) throw new ApiError('auth.blocked')
        return gifts.order(roomId, userId, input.body)
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/gifts',
        summary: 'What the room was told of gifts after a number: for a page that was away or missed a message.',
        group: 'Gifts',
        action: 'gift.read',
        rate: 'read',
        query: z.object({ after: numberInQuery(0, Number.MAX_SAFE_INTEGER, 0) }),
        answer: giftPageSchema,
      },
      async (input) => {
        const roomId = param(input, 'room')
        rooms.get(roomId)
        const events = await gifts.ledger.since(roomId, input.query.after)
        return { latest: rooms.get(roomId).gift_seq, events }
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/gift-totals',
        summary: 'Who gave most in a show, and the sum of it (show 0 = the present or last one).',
        group: 'Gifts',
        action: 'gift.totals',
        rate: 'read',
        query: z.object({ show: numberInQuery(0, 1_000_000, 0), limit: numberInQuery(1, 100, 20) }),
        answer: giftTotalsSchema,
      },
      async (input) => {
        const roomId = param(input, 'room')
        const show = input.query.show === 0 ? rooms.get(roomId).show : input.query.show
        const top = await gifts.ledger.totals(roomId, show, input.query.limit)
        const named = await Promise.all(
          top.map(async (total) => {
            const { nick, avatar } = await people.shown(total.userId)
            return { ...total, nick, avatar }
          }),
        )
        return { show, ...(await gifts.ledger.showTotal(roomId, show)), top: named }
      },
    ),
    route(
      {
        method: 'get',
        path: '/api/rooms/:room/gift-orders',
        summary: 'The gifts of a show, newest first, with their order ids and thanks (show 0 = the present or last one; before = older than this order).',
        group: 'Gifts',
        action: 'gift.orders',
        rate: 'read',
        query: z.object({ show: numberInQuery(0, 1_000_000, 0), before: orderIdSchema.optional() }),
        answer: giftEntriesSchema,
      },
      async (input) => {
        const roomId = param(input, 'room')
        const { show: wanted, before } = input.query
        const show = wanted === 0 ? rooms.get(roomId).show : wanted
        const from = before === undefined ? null : await gifts.ledger.order(roomId, before)
        if (before !== undefined && from === null) throw new ApiError('gift.order-unknown')
        const { orders, more } = await gifts.ledger.orders(roomId, show, from)
        return { show, orders: await Promise.all(orders.map(entryOf)), more }
      },
    ),
    route(
      {
        method: 'put',
        path: '/api/rooms/:room/gift-thanks',
        summary: 'Tick gifts as thanked for, or take the tick off. The room is not told.',
        group: 'Gifts',
        action: 'gift.thank',
        rate: 'write',
        body: z.strictObject({ orderIds: z.array(orderIdSchema).min(1).max(MAX_THANKED), thanked: z.boolean() }),
        answer: giftsThankedSchema,
      },
      async (input) => {
        const roomId = param(input, 'room')
        rooms.get(roomId)
        const thankedAt = input.body.thanked ? nowSec(clock) : 0
        return { orderIds: await gifts.ledger.thank(roomId, input.body.orderIds, thankedAt), thankedAt }
      },
    ),
    route(
      {
        method: 'post',
        path: '/api/rooms/:room/gifts/:order/refund',
        summary: 'Take a gift back: the coins return, the totals fall, the room is told.',
        group: 'Gifts',
        action: 'gift.refund',
        rate: 'write',
        body: emptySchema,
        answer: orderSchema,
      },
      async (input) => gifts.refund(param(input, 'room'), param(input, 'order')),
    ),
    route(
      {
        method: 'get',
        path: '/api/wallet',
        summary: 'The own coins.',
        group: 'Gifts',
        action: 'wallet.read',
        rate: 'read',
        answer: z.object({ coins: z.number() }),
      },
      async (input) => ({ coins: await payment.balance(callerOf(input).userId) }),
    ),
    route(
      {
        method: 'post',
        path: '/api/people/:user/wallet',
        summary: 'Give test coins. `reference` makes a repeat one. Not there where coins come from a payment service.',
        group: 'Gifts',
        action: 'wallet.grant',
        rate: 'write',
        body: z.strictObject({ coins: z.number().int().min(1).max(1_000_000), reference: orderIdSchema }),
        answer: z.object({ coins: z.number() }),
      },
      async (input) => {
        if (testWallet === null) throw new ApiError('not-found')
        const userId = userIdSchema.safeParse(param(input, 'user'))
        if (!userId.success || (await people.profile(userId.data)) === null) throw new ApiError('person.not-found')
        return { coins: await testWallet.grant(userId.data, input.body.coins, input.body.reference) }
      },
    ),
  ]
}
