import { z } from 'zod'
import { giftPageSchema, giftTotalsSchema } from '../../../../shared/crew-api'
import { giftSchema, orderSchema } from '../../../../shared/room-api'
import type { Business } from '../../business'
import { LIMITS } from '../../config'
import { CATALOGUE } from '../../gifts/catalogue'
import { emptySchema, numberInQuery, userIdSchema } from '../fields'
import { ApiError } from '../api-error'
import { callerOf, param, route, type Route } from '../route'

const orderIdSchema = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, '8 to 64 letters, digits, "-" and "_"')

export function giftRoutes({ gifts, rooms, people, payment, testWallet, moderation }: Business): readonly Route[] {
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
