import type { Kysely, Migration } from 'kysely'
import { runSchema } from './schema-dialect'

/** By which engine the present or last show goes. */
export const showEngineMigration: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await runSchema(db, [`alter table live_room add column engine text not null default 'stage'`])
  },
}
