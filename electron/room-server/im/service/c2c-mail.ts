import type { Kysely } from 'kysely'
import type { RoomDatabase } from '../../store/schema'
import type { WriteQueue } from '../../store/write-queue'
import { BOUNDS, TIMES } from '../limits'

export interface Mail {
  readonly id: number
  readonly item: string
}

export interface NewMail {
  readonly from: string
  readonly to: string
  readonly item: string
  /** Names the message, for a recall and for paging. */
  readonly key: string
  readonly atSec: number
}

/** Mailboxes of one-to-one messages: what was sent while somebody was away waits here, 7 days and 2,000 messages a person at most. */
export class C2cMail {
  readonly #database: Kysely<RoomDatabase>
  readonly #store: WriteQueue

  constructor(database: Kysely<RoomDatabase>, store: WriteQueue) {
    this.#database = database
    this.#store = store
  }

  /** Into both mailboxes. Durable when resolved. */
  async put(mail: NewMail): Promise<void> {
    await this.#store.add(async (db) => {
      const common = { item: mail.item, key: mail.key, at_sec: mail.atSec }
      const rows = [
        { ...common, user_id: mail.to, peer: mail.from, fetched: 0, sent: 0 },
        { ...common, user_id: mail.from, peer: mail.to, fetched: 1, sent: 1 },
      ]
      await db.insertInto('c2c_message').values(rows).execute()
      for (const { user_id } of rows) {
        const beyond = await db
          .selectFrom('c2c_message')
          .select('id')
          .where('user_id', '=', user_id)
          .orderBy('id', 'desc')
          .offset(BOUNDS.c2cPerUser)
          .limit(1)
          .execute()
        const oldest = beyond[0]?.id
        if (oldest !== undefined) await db.deleteFrom('c2c_message').where('user_id', '=', user_id).where('id', '<=', oldest).execute()
      }
    })
  }

  /** A page of what somebody was sent after `afterId`, oldest first; null = of what they have not fetched yet. */
  async after(userId: string, afterId: number | null, nowSec: number): Promise<readonly Mail[]> {
    const waiting = this.#database
      .selectFrom('c2c_message')
      .select(['id', 'item'])
      .where('user_id', '=', userId)
      .where('sent', '=', 0)
      .where('at_sec', '>', nowSec - TIMES.c2cKeptSec)
      .orderBy('id')
      .limit(BOUNDS.c2cPage)
    return (afterId === null ? waiting.where('fetched', '=', 0) : waiting.where('id', '>', afterId)).execute()
  }

  /** Everything up to `id` has arrived. */
  async fetched(userId: string, id: number): Promise<void> {
    await this.#store.add((db) =>
      db.updateTable('c2c_message').set({ fetched: 1 }).where('user_id', '=', userId).where('id', '<=', id).where('fetched', '=', 0).execute(),
    )
  }

  /** What a peer sent up to then was read. */
  async read(userId: string, peer: string, untilSec: number): Promise<void> {
    await this.#store.add((db) =>
      db
        .updateTable('c2c_message')
        .set({ fetched: 1 })
        .where('user_id', '=', userId)
        .where('peer', '=', peer)
        .where('at_sec', '<=', untilSec)
        .where('fetched', '=', 0)
        .execute(),
    )
  }

  /** A page of a conversation before the message `beforeKey` ('' = the newest), newest first. */
  async history(
    userId: string,
    peer: string,
    beforeKey: string,
    count: number,
  ): Promise<readonly (Mail & { readonly key: string; readonly at_sec: number })[]> {
    const of = this.#database
      .selectFrom('c2c_message')
      .select(['id', 'item', 'key', 'at_sec'])
      .where('user_id', '=', userId)
      .where('peer', '=', peer)
      .orderBy('id', 'desc')
      .limit(count)
    if (beforeKey === '') return of.execute()
    const before = await this.#database
      .selectFrom('c2c_message')
      .select('id')
      .where('user_id', '=', userId)
      .where('peer', '=', peer)
      .where('key', '=', beforeKey)
      .execute()
    return before[0] === undefined ? [] : of.where('id', '<', before[0].id).execute()
  }

  /** Whom somebody wrote with, the latest first, and how many messages of each they have not fetched. */
  async conversations(userId: string): Promise<readonly { readonly peer: string; readonly item: string; readonly unread: number }[]> {
    const latest = await this.#database
      .selectFrom('c2c_message')
      .select(({ fn }) => ['peer', fn.max('id').as('id'), fn.countAll<number>().filterWhere('fetched', '=', 0).as('unread')])
      .where('user_id', '=', userId)
      .groupBy('peer')
      .orderBy('id', 'desc')
      .limit(BOUNDS.c2cConversations)
      .execute()
    if (latest.length === 0) return []
    const ids = latest.map(({ id }) => Number(id))
    const items = await this.#database.selectFrom('c2c_message').select(['id', 'item']).where('id', 'in', ids).execute()
    const byId = new Map(items.map(({ id, item }) => [id, item]))
    return latest.map(({ peer, id, unread }) => ({ peer, item: byId.get(Number(id)) ?? '{}', unread: Number(unread) }))
  }

  /** Number of the newest mail; 0 when the box is empty. */
  async newest(userId: string): Promise<number> {
    const rows = await this.#database.selectFrom('c2c_message').select('id').where('user_id', '=', userId).orderBy('id', 'desc').limit(1).execute()
    return rows[0]?.id ?? 0
  }

  /** Takes a message out of both mailboxes; false when it was not there. */
  async remove(from: string, to: string, key: string): Promise<boolean> {
    let found = false
    await this.#store.add(async (db) => {
      const [result] = await db.deleteFrom('c2c_message').where('user_id', 'in', [from, to]).where('peer', 'in', [from, to]).where('key', '=', key).execute()
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
