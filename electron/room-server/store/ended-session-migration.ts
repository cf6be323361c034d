import type { Kysely, Migration } from 'kysely'
import { runSchema } from './schema-dialect'

/** Sessions that were ended before their time. */
export const endedSessionMigration: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await runSchema(db, [`create table ended_session (session_id text primary key, expires_sec integer not null) without rowid`])
  },
}
