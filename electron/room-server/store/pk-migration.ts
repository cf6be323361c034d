import type { Kysely, Migration } from 'kysely'
import { runSchema } from './schema-dialect'

/** The PK of each room, and its gifts by time. */
export const pkMigration: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await runSchema(db, [
      `create table pk (room_id text primary key, rev integer not null, value text not null) without rowid`,
      `create index gift_order_of_time on gift_order (room_id, at_ms)`,
    ])
  },
}
