import type { Kysely } from 'kysely'
import type { RoomDatabase } from '../../store/schema'
import type { WriteQueue } from '../../store/write-queue'
import { BOUNDS, TIMES } from '../limits'

export interface Mail {
  readonly id: number
  readonly item: string
}

/** Mailboxes for one-to-one messages: what was sent while somebody was away waits here, 7 days and 2,000 messages at most. */
export class C2cMail {
  readonly #database: Kysely<RoomDatabase>
  readonly #store: WriteQueue

  constructor(database: Kysely<RoomDatabase>, store: WriteQueue) {
    this.#database = database
    this.#store = store
  }

  /** Durable when resolved. `key` names the message, for a recall. */
  async put(mail: { readonly userId: string; readonly peer: string; readonly item: string; readonly key: string; readonly atSec: number }): Promise<void> {
    await this.#store.add(async (db) => {
      await db
        .insertInto('c2c_message')
        .values({ user_id: mail.userId, peer: mail.peer, item: mail.item, key: mail.key, at_sec: mail.atSec, fetched: 0 })
        .execute()
      const oldest = await db
        .selectFrom('c2c_message')
        .select('id')
        .where('user_id', '=', mail.userId)
        .orderBy('id', 'desc')
        .offset(BOUNDS.c2cPerUser)
        .limit(1)
        .execute()
      const beyond = oldest[0]?.id
      if (beyond !== undefined) await db.deleteFrom('c2c_message').where('user_id', '=', mail.userId).where('id', '<=', beyond).execute()
    })
  }

  /** The next page after `afterId`, oldest first. */
  async after(userId: string, afterId: number, nowSec: number): Promise<readonly Mail[]> {
    return this.#database
      .selectFrom('c2c_message')
      .select(['id', 'item'])
      .where('user_id', '=', userId)
      .where('id', '>', afterId)
      .where('at_sec', '>', nowSec - TIMES.c2cKeptSec)
      .orderBy('id')
      .limit(BOUNDS.c2cPage)
      .execute()
  }

  /** Number of the newest mail; 0 when the box is empty. */
  async newest(userId: string): Promise<number> {
    const rows = await this.#database.selectFrom('c2c_message').select('id').where('user_id', '=', userId).orderBy('id', 'desc').limit(1).execute()
    return rows[0]?.id ?? 0
  }

  /** Takes a message out of a mailbox; false when it was not there. */
  async remove(userId: string, key: string): Promise<boolean> {
    let found = false
    await this.#store.add(async (db) => {
      const [result] = await db.deleteFrom('c2c_message').where('user_id', '=', userId).where('key', '=', key).execute()
      found = (result?.numDeletedRows ?? 0n) > 0n
    })
    return found
  }

  async forgetOld(nowSec: number): Promise<void> {
    await this.#store.add((db) =>
      db
        .deleteFrom('c2c_message')
        .where('at_sec', '<', nowSec - TIMES.c2cKeptSec)
        .execute(),
    )
  }
}
