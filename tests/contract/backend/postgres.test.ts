import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../electron/room-server/store/database'
import { openPostgres } from '../../../electron/room-server/store/postgres-session'
import type { RoomDatabase } from '../../../electron/room-server/store/schema'
import { freshPostgres } from '../../support/postgres'

const opened: Kysely<RoomDatabase>[] = []
async function open(url: string): Promise<Kysely<RoomDatabase>> {
  const database = await openPostgres(url)
  opened.push(database)
  return database
}
afterEach(async () => {
  for (const database of opened.splice(0)) await database.destroy()
})

async function shapeOf(database: Kysely<RoomDatabase>): Promise<Record<string, string[]>> {
  const tables = await database.introspection.getTables()
  return Object.fromEntries(tables.map(({ name, columns }) => [name, columns.map((column) => `${column.name}${column.isNullable ? '' : ' not null'}`)]))
}

describe('the store on PostgreSQL', () => {
  it('has the tables and columns of the one on SQLite, and opens again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'anchordesk-store-'))
    const sqlite = await openDatabase(folder)
    opened.push(sqlite)
    const url = await freshPostgres()
    const first = await open(url)
    const shape = await shapeOf(first)
    const onSqlite = await shapeOf(sqlite)
    expect(Object.keys(shape).sort()).toEqual(Object.keys(onSqlite).sort())
    for (const [table, columns] of Object.entries(shape))
      expect(columns.map((column) => column.split(' ')[0])).toEqual(onSqlite[table]?.map((column) => column.split(' ')[0]))
    await first.insertInto('backend_setting').values({ name: 'kept', value: 'yes' }).execute()
    const again = await open(url)
    expect(await again.selectFrom('backend_setting').selectAll().execute()).toEqual([{ name: 'kept', value: 'yes' }])
    rmSync(folder, { recursive: true, force: true })
  })

  it('refuses what a later version made', async () => {
    const url = await freshPostgres()
    const database = await open(url)
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(database)
    await expect(openPostgres(url)).rejects.toThrow('9999-later')
  })

  it('gives numbers of 64 bits as numbers, orders texts by their bytes, and takes every text', async () => {
    const database = await open(await freshPostgres())
    await database.insertInto('pk').values({ room_id: 'a', rev: Number.MAX_SAFE_INTEGER, value: 'nul \0, half \uD800' }).execute()
    await database.insertInto('pk').values({ room_id: 'B', rev: 2, value: '' }).execute()
    expect(await database.selectFrom('pk').selectAll().orderBy('room_id').execute()).toEqual([
      { room_id: 'B', rev: 2, value: '' },
      { room_id: 'a', rev: Number.MAX_SAFE_INTEGER, value: 'nul \uFFFD, half \uFFFD' },
    ])
  })

  it('does one transaction after the other, as SQLite does', async () => {
    const database = await open(await freshPostgres())
    await database.insertInto('wallet').values({ user_id: 'bo', coins: 0 }).execute()
    const add = (): Promise<void> =>
      database.transaction().execute(async (transaction) => {
        const { coins } = await transaction.selectFrom('wallet').select('coins').executeTakeFirstOrThrow()
        await transaction
          .updateTable('wallet')
          .set({ coins: coins + 1 })
          .execute()
      })
    await Promise.all(Array.from({ length: 50 }, add))
    expect(await database.selectFrom('wallet').select('coins').execute()).toEqual([{ coins: 50 }])
  })

  it('says so when the connection is gone, to all who wait too, and does not come back by itself', async () => {
    const url = await freshPostgres()
    const database = await open(url)
    const other = await open(url)
    const waiting = Array.from({ length: 3 }, () => database.selectFrom('wallet').selectAll().execute())
    const asked = Promise.allSettled([sql`select pg_sleep(60)`.execute(database), ...waiting])
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(other)
    for (const outcome of await asked) if (outcome.status === 'rejected') expect(String(outcome.reason)).toContain('the connection to the database is gone')
    await expect(database.selectFrom('wallet').selectAll().execute()).rejects.toThrow('the connection to the database is gone')
  })
})
