import type { Kysely, Selectable, Transaction } from 'kysely'
import { roomMessageSchema, type RoomMessageOf } from '../../../shared/room-message'
import type { BackendTables } from '../../store/backend-schema'
import type { RoomDatabase } from '../../store/schema'
import { LIMITS } from '../config'

export type OrderRow = Selectable<BackendTables['gift_order']>

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
