import type { Kysely, Migration } from 'kysely'
import { runSchema } from './schema-dialect'

/** The anchor's tick on each gift that was thanked for, and the order in which a show's gifts are listed. */
export const giftThanksMigration: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    const statements = [
      `alter table gift_order add column thanked_sec integer not null default 0`,
      `create index gift_order_of_show on gift_order (room_id, show, at_ms, order_id)`,
    ]
    await runSchema(db, statements)
  },
}
