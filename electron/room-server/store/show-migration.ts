import type { Kysely, Migration } from 'kysely'
import { runSchema } from './schema-dialect'

/** What is known of each show beside its gifts and events. */
export const showMigration: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await runSchema(db, [
      `create table live_show (room_id text not null, show integer not null, began_ms integer not null, ended_ms integer not null,
           viewers_peak integer not null, viewer_ms integer not null, measured_ms integer not null, primary key (room_id, show)) without rowid`,
      `create index activity_of_show on activity (room_id, show, kind)`,
    ])
  },
}
