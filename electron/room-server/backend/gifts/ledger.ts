import type { Kysely, Selectable, Transaction } from 'kysely'
import { roomMessageSchema, type RoomMessageOf } from '../../../shared/room-message'
import type { BackendTables } from '../../store/backend-schema'
import type { RoomDatabase } from '../../store/schema'
import { LIMITS } from '../config'

export type OrderRow = Selectable<BackendTables['gift_order']>

/** An order with the series of clicks that it was told with. */
export type ListedOrder = OrderRow & { readonly series: string }

export interface GiftTotal {
  readonly userId: string
  readonly coins: number
  readonly gifts: number
}

/** What the ledger of gifts says. It is the truth; what rooms are told is made from it. */
export class GiftLedger {
  readonly #db: Kysely<RoomDatabase>

  constructor(db: Kysely<RoomDatabase>) {
    this.#db = db
  }

  /** What the room was told after a number, oldest first. */
  async since(roomId: string, seq: number): Promise<readonly (RoomMessageOf<'gift'> | RoomMessageOf<'refund'>)[]> {
    const rows = await this.#db
      .selectFrom('gift_event')
      .select('message')
      .where('room_id', '=', roomId)
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(LIMITS.giftPage)
      .execute()
    return rows.map(({ message }) => roomMessageSchema.parse(JSON.parse(message))).filter((message) => message.kind === 'gift' || message.kind === 'refund')
  }

  /**
   * A page of a show's gifts, newest first: what was paid for, also what was taken back since.
   * @param before only what is older than this order; null = from the newest
   */
  async orders(roomId: string, show: number, before: Pick<OrderRow, 'at_ms' | 'order_id'> | null): Promise<{ orders: readonly ListedOrder[]; more: boolean }> {
    const rows = await this.#db
      .selectFrom('gift_order')
      .leftJoin('gift_event', (join) => join.onRef('gift_event.room_id', '=', 'gift_order.room_id').onRef('gift_event.seq', '=', 'gift_order.told_seq'))
      .selectAll('gift_order')
      .select('gift_event.message')
      .where('gift_order.room_id', '=', roomId)
      .where('gift_order.show', '=', show)
      .where('gift_order.state', 'in', ['paid', 'refunded'])
      .$if(before !== null, (query) =>
        query.where((order) =>
          order.or([
            order('gift_order.at_ms', '<', before?.at_ms ?? 0),
            order.and([order('gift_order.at_ms', '=', before?.at_ms ?? 0), order('gift_order.order_id', '<', before?.order_id ?? '')]),
          ]),
        ),
      )
      .orderBy('gift_order.at_ms', 'desc')
      .orderBy('gift_order.order_id', 'desc')
      .limit(LIMITS.giftPage + 1)
      .execute()
    return {
      orders: rows.slice(0, LIMITS.giftPage).map(({ message, ...order }) => ({ ...order, series: seriesOf(message) })),
      more: rows.length > LIMITS.giftPage,
    }
  }

  async order(roomId: string, orderId: string): Promise<OrderRow | null> {
    return (await this.#db.selectFrom('gift_order').selectAll().where('room_id', '=', roomId).where('order_id', '=', orderId).executeTakeFirst()) ?? null
  }

  /** Ticks orders, or takes the tick off. The first tick's time stays. @param thankedSec 0 = not thanked @returns those that are in the ledger */
  async thank(roomId: string, orderIds: readonly string[], thankedSec: number): Promise<readonly string[]> {
    const rows = await this.#db
      .updateTable('gift_order')
      .set((order) => ({ thanked_sec: thankedSec === 0 ? 0 : order.case().when('thanked_sec', '=', 0).then(thankedSec).else(order.ref('thanked_sec')).end() }))
      .where('room_id', '=', roomId)
      .where('order_id', 'in', [...orderIds])
      .where('state', 'in', ['paid', 'refunded'])
      .returning('order_id')
      .execute()
    return rows.map((row) => row.order_id)
  }

  /** Who gave most in a show. */
  async totals(roomId: string, show: number, limit: number): Promise<readonly GiftTotal[]> {
    const rows = await this.#db
      .selectFrom('gift_total')
      .selectAll()
      .where('room_id', '=', roomId)
      .where('show', '=', show)
      .orderBy('coins', 'desc')
      .orderBy('user_id')
      .limit(limit)
      .execute()
    return rows.map((row) => ({ userId: row.user_id, coins: row.coins, gifts: row.gifts }))
  }

  async showTotal(roomId: string, show: number): Promise<{ readonly coins: number; readonly gifts: number; readonly givers: number }> {
    const row = await this.#db
      .selectFrom('gift_total')
      .select((total) => [
        total.fn.sum<number | null>('coins').as('coins'),
        total.fn.sum<number | null>('gifts').as('gifts'),
        total.fn.countAll<number>().as('givers'),
      ])
      .where('room_id', '=', roomId)
      .where('show', '=', show)
      .where('coins', '>', 0)
      .executeTakeFirstOrThrow()
    return { coins: Number(row.coins ?? 0), gifts: Number(row.gifts ?? 0), givers: Number(row.givers) }
  }
}

function seriesOf(message: string | null): string {
  if (message === null) return ''
  const told = roomMessageSchema.parse(JSON.parse(message))
  return told.kind === 'gift' ? told.combo : ''
}

/** Adds an order to its show's totals, or takes it off. */
export async function addTotal(db: Transaction<RoomDatabase>, row: OrderRow, sign: 1 | -1): Promise<void> {
  await db
    .insertInto('gift_total')
    .values({ room_id: row.room_id, show: row.show, user_id: row.user_id, coins: sign * row.coins, gifts: sign * row.count })
    .onConflict((conflict) =>
      conflict.columns(['room_id', 'show', 'user_id']).doUpdateSet((total) => ({
        coins: total('gift_total.coins', '+', sign * row.coins),
        gifts: total('gift_total.gifts', '+', sign * row.count),
      })),
    )
    .execute()
}

/** Coins of a room's orders that were made in the span, its first ms included and its last not, and are paid for now. */
export async function paidBetween(db: Kysely<RoomDatabase>, roomId: string, fromMs: number, untilMs: number): Promise<number> {
  const { coins } = await db
    .selectFrom('gift_order')
    .select((order) => order.fn.sum<number | null>('coins').as('coins'))
    .where('room_id', '=', roomId)
    .where('at_ms', '>=', fromMs)
    .where('at_ms', '<', untilMs)
    .where('state', '=', 'paid')
    .executeTakeFirstOrThrow()
  return Number(coins ?? 0)
}
