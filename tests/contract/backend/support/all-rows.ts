import { sql } from 'kysely'
import type { TestStore } from './test-store'

/** All that a store holds, as text: what is not in it is nowhere in the database. */
export async function allRows(store: TestStore): Promise<string> {
  const database = await store.open()
  try {
    const tables = await database.introspection.getTables()
    const rows = await Promise.all(tables.map(({ name }) => sql`select * from ${sql.table(name)}`.execute(database)))
    return JSON.stringify(rows.map((result, index) => [tables[index]?.name, result.rows]))
  } finally {
    await database.destroy()
  }
}
