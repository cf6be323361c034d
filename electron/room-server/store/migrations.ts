import type { Kysely, Migration, MigrationProvider } from 'kysely'
import { activityIndexMigration } from './activity-index-migration'
import { backendMigration } from './backend-migration'
import { endedSessionMigration } from './ended-session-migration'
import { giftThanksMigration } from './gift-thanks-migration'
import { pkMigration } from './pk-migration'
import { runSchema } from './schema-dialect'
import { seatMigration } from './seat-migration'
import { showEngineMigration } from './show-engine-migration'
import { showMigration } from './show-migration'

/** Each step is kept for ever: a folder made by any earlier version opens. The names are the order. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-chat': {
    async up(db: Kysely<never>): Promise<void> {
      const statements = [
        `create table setting (name text primary key, value text not null) without rowid`,
        `create table account (user_id text primary key, number integer not null unique, profile text not null, instance integer not null,
           muted_until_sec integer not null, c2c_muted_until_sec integer not null, created_sec integer not null) without rowid`,
        `create table chat_group (group_id text primary key, owner text not null, name text not null, introduction text not null,
           notification text not null, face_url text not null, app_data text not null, mute_all integer not null, created_sec integer not null,
           info_seq integer not null, info_sec integer not null, attribute_seq integer not null, counter_seq integer not null) without rowid`,
        `create table group_member (group_id text not null, user_id text not null, joined_sec integer not null, away integer not null,
           primary key (group_id, user_id)) without rowid`,
        `create table group_mute (group_id text not null, user_id text not null, until_sec integer not null, primary key (group_id, user_id)) without rowid`,
        `create table group_ban (group_id text not null, user_id text not null, until_sec integer not null, description text not null,
           primary key (group_id, user_id)) without rowid`,
        `create table group_mark (group_id text not null, user_id text not null, mark integer not null, primary key (group_id, user_id, mark)) without rowid`,
        `create table group_attribute (group_id text not null, key text not null, value text not null, seq integer not null,
           primary key (group_id, key)) without rowid`,
        `create table group_counter (group_id text not null, key text not null, value text not null, primary key (group_id, key)) without rowid`,
        `create table room_log (cursor integer primary key, group_id text not null, item text not null, msg_seq integer not null, chat text not null,
           at_sec integer not null)`,
        `create index room_log_of_group on room_log (group_id, cursor)`,
        `create table room_pending (msg_seq integer primary key, group_id text not null, priority text not null, item text not null, chat text not null,
           accepted_ms integer not null)`,
        `create table c2c_message (id integer primary key autoincrement, user_id text not null, peer text not null, item text not null, key text not null,
           at_sec integer not null, fetched integer not null, sent integer not null)`,
        `create index c2c_message_of_user on c2c_message (user_id, id)`,
        `create index c2c_message_of_pair on c2c_message (user_id, peer, id)`,
      ]
      await runSchema(db, statements)
    },
  },
  '0002-backend': backendMigration,
  '0003-gift-thanks': giftThanksMigration,
  '0004-shows': showMigration,
  '0005-seats': seatMigration,
  '0006-pk': pkMigration,
  '0007-show-engine': showEngineMigration,
  '0008-ended-sessions': endedSessionMigration,
  '0009-activity-indexes': activityIndexMigration,
}

export const migrationProvider: MigrationProvider = { getMigrations: async () => ({ ...MIGRATIONS }) }
