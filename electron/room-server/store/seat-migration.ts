import type { Kysely, Migration } from 'kysely'
import { runSchema } from './schema-dialect'

/** Co-anchors: who waits and who is on the air, and how a room's program is arranged. */
export const seatMigration: Migration = {
  async up(db: Kysely<never>): Promise<void> {
    await runSchema(db, [
      `create table seat (room_id text not null, user_id text not null, place integer not null, seat integer not null, ready integer not null,
           muted integer not null, volume real not null, spotlight integer not null, primary key (room_id, user_id)) without rowid`,
      `alter table invite add column user_id text not null default ''`,
      `create table seat_layout (room_id text primary key, layout text not null, rev integer not null) without rowid`,
    ])
  },
}
