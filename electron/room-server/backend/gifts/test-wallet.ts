import type { Kysely, Transaction } from 'kysely'
import type { RoomDatabase } from '../../store/schema'
import type { Clock } from '../clock'
import { LIMITS } from '../config'
import type { Charge, Payment, PaymentHook } from './payment'

type Kind = 'grant' | 'charge' | 'refund'

/** Play money in this server's own database: everybody begins with some. The balance is the sum of the entries. */
export class TestWallet implements PaymentHook {
  readonly #db: Kysely<RoomDatabase>
  readonly #clock: Clock

  constructor(db: Kysely<RoomDatabase>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  charge({ orderId, userId, coins }: Charge): Promise<Payment> {
    return this.#enter(userId, 'charge', orderId, -coins)
  }

  refund({ orderId, userId, coins }: Charge): Promise<Payment> {
    return this.#enter(userId, 'refund', orderId, coins)
  }

  /** Gives coins. `reference` makes a repeat one. */
  async grant(userId: string, coins: number, reference: string): Promise<number> {
    return (await this.#enter(userId, 'grant', reference, coins)).balance
  }

  async balance(userId: string): Promise<number> {
    const row = await this.#db.selectFrom('wallet').select('coins').where('user_id', '=', userId).executeTakeFirst()
    return row?.coins ?? LIMITS.welcomeCoins
  }

  #enter(userId: string, kind: Kind, reference: string, coins: number): Promise<Payment> {
    return this.#db.transaction().execute(async (db): Promise<Payment> => {
      const balance = await this.#open(db, userId)
      const known = await db.selectFrom('wallet_entry').select('id').where('kind', '=', kind).where('reference', '=', reference).executeTakeFirst()
      if (known !== undefined) return { ok: true, balance }
      if (balance + coins < 0) return { ok: false, reason: 'too-poor', balance }
      await this.#write(db, userId, kind, reference, coins)
      return { ok: true, balance: balance + coins }
    })
  }

  /** Everybody's wallet begins with the welcome coins, as an entry like any other. */
  async #open(db: Transaction<RoomDatabase>, userId: string): Promise<number> {
    const row = await db.selectFrom('wallet').select('coins').where('user_id', '=', userId).executeTakeFirst()
    if (row !== undefined) return row.coins
    await db.insertInto('wallet').values({ user_id: userId, coins: 0 }).execute()
    await this.#write(db, userId, 'grant', `welcome ${userId}`, LIMITS.welcomeCoins)
    return LIMITS.welcomeCoins
  }

  async #write(db: Transaction<RoomDatabase>, userId: string, kind: Kind, reference: string, coins: number): Promise<void> {
    await db.insertInto('wallet_entry').values({ user_id: userId, kind, reference, coins, at_ms: this.#clock.nowMs() }).execute()
    await db
      .updateTable('wallet')
      .set((row) => ({ coins: row('coins', '+', coins) }))
      .where('user_id', '=', userId)
      .execute()
  }
}
