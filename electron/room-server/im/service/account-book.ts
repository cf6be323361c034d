import type { Kysely } from 'kysely'
import type { RoomDatabase } from '../../store/schema'
import type { WriteQueue } from '../../store/write-queue'
import { CODES, ImError } from '../codes'
import { imageOf, isUserId, nickOf, setTags, tinyIdOf, type Account, type ProfileValue } from '../domain/accounts'
import type { Person } from '../domain/tips'
import { BOUNDS } from '../limits'

/** Everybody who ever signed in or was imported. In memory; each change is on disk before it is answered for. */
export class AccountBook {
  readonly #store: WriteQueue
  readonly #accounts = new Map<string, Account>()
  #lastNumber = 0

  constructor(store: WriteQueue) {
    this.#store = store
  }

  async load(database: Kysely<RoomDatabase>): Promise<void> {
    for (const row of await database.selectFrom('account').selectAll().execute()) {
      const profile = new Map<string, ProfileValue>(Object.entries(JSON.parse(row.profile) as Record<string, ProfileValue>))
      this.#accounts.set(row.user_id, {
        userId: row.user_id,
        number: row.number,
        tinyId: tinyIdOf(row.number),
        profile,
        instance: row.instance,
        mutedUntilSec: row.muted_until_sec,
        c2cMutedUntilSec: row.c2c_muted_until_sec,
      })
      this.#lastNumber = Math.max(this.#lastNumber, row.number)
    }
  }

  get(userId: string): Account | undefined {
    return this.#accounts.get(userId)
  }

  /** What others are shown of somebody. */
  person(userId: string): Person {
    const account = this.#accounts.get(userId)
    return { userId, nick: nickOf(account), image: imageOf(account) }
  }

  /**
   * The account of that name, made when there is none (the first login registers, as in the cloud).
   * @throws ImError 70402 for a name that cannot be one; 70398 when this server keeps no more
   */
  async ensure(userId: string, nowSec: number): Promise<Account> {
    const known = this.#accounts.get(userId)
    if (known !== undefined) return known
    if (!isUserId(userId)) throw new ImError(CODES.ACCOUNT_INVALID, 'a user id has 1 to 32 printable ASCII characters')
    if (this.#accounts.size >= BOUNDS.accountsKept) throw new ImError(CODES.TOO_MANY_ACCOUNTS_KEPT, 'this server keeps no more accounts')
    this.#lastNumber += 1
    const account: Account = {
      userId,
      number: this.#lastNumber,
      tinyId: tinyIdOf(this.#lastNumber),
      profile: new Map(),
      instance: 0,
      mutedUntilSec: 0,
      c2cMutedUntilSec: 0,
    }
    this.#accounts.set(userId, account)
    await this.#store.add((db) =>
      db
        .insertInto('account')
        .values({ user_id: userId, number: account.number, profile: '{}', instance: 0, muted_until_sec: 0, c2c_muted_until_sec: 0, created_sec: nowSec })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    )
    return account
  }

  /** @throws ImError 40001 | 40004 */
  async setProfile(account: Account, items: readonly { Tag: string; Value: ProfileValue }[]): Promise<void> {
    setTags(account.profile, items)
    const profile = JSON.stringify(Object.fromEntries(account.profile))
    await this.#store.add((db) => db.updateTable('account').set({ profile }).where('user_id', '=', account.userId).execute())
  }

  /** A new login takes the place of the one before. Returns its number. */
  async nextInstance(account: Account): Promise<number> {
    account.instance += 1
    const instance = account.instance
    await this.#store.add((db) => db.updateTable('account').set({ instance }).where('user_id', '=', account.userId).execute())
    return instance
  }

  /** UNIX seconds; null leaves it as it is. */
  async setMuted(account: Account, groupUntilSec: number | null, c2cUntilSec: number | null): Promise<void> {
    account.mutedUntilSec = groupUntilSec ?? account.mutedUntilSec
    account.c2cMutedUntilSec = c2cUntilSec ?? account.c2cMutedUntilSec
    const columns = { muted_until_sec: account.mutedUntilSec, c2c_muted_until_sec: account.c2cMutedUntilSec }
    await this.#store.add((db) => db.updateTable('account').set(columns).where('user_id', '=', account.userId).execute())
  }
}
