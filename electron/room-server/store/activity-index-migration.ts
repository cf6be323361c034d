import type { Kysely, Migration } from 'kysely'
import { runSchema } from './schema-dialect'

/** What happened in a room lately is found without reading all that ever happened there. Those of a show have an index already. */
export const activityIndexMigration: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await runSchema(db, [`create index activity_of_time on activity (room_id, at_ms)`])
  },
}
