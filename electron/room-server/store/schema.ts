import type { Generated } from 'kysely'
import type { BackendTables } from './backend-schema'

/** Tables of the room server's database. Times end in `_sec` (UNIX seconds) or `_ms`. JSON columns hold what only this program reads. */
export interface RoomDatabase extends BackendTables {
  setting: { name: string; value: string }
  account: {
    user_id: string
    /** Number of the account; its TinyId is built from it. */
    number: number
    /** JSON: profile tag → value. */
    profile: string
    /** The login that counts. Older ones were signed out by it. */
    instance: number
    /** May not speak in any group until then; 0 = may. */
    muted_until_sec: number
    /** May not send one-to-one messages until then. */
    c2c_muted_until_sec: number
    created_sec: number
  }
  chat_group: {
    group_id: string
    owner: string
    name: string
    introduction: string
    notification: string
    face_url: string
    /** JSON: key → value (AppDefinedData). */
    app_data: string
    mute_all: number
    created_sec: number
    info_seq: number
    info_sec: number
    attribute_seq: number
    counter_seq: number
  }
  group_member: { group_id: string; user_id: string; joined_sec: number; /** 1 = timed out; comes back by itself with its next request. */ away: number }
  group_mute: { group_id: string; user_id: string; until_sec: number }
  group_ban: { group_id: string; user_id: string; until_sec: number; description: string }
  group_mark: { group_id: string; user_id: string; mark: number }
  group_attribute: { group_id: string; key: string; value: string; seq: number }
  /** Signed 64 bit: as text, because a JavaScript number would round it. */
  group_counter: { group_id: string; key: string; value: string }
  /** What the members of a group are told, in order. */
  room_log: {
    cursor: number
    group_id: string
    item: string
    /** Of a chat message; 0 for tips and notices. */
    msg_seq: number
    /** JSON of what a revoke and the history need to know; '' for tips and notices. */
    chat: string
    at_sec: number
  }
  /** Accepted, but above the rate of the room: delivered or dropped within seconds. */
  room_pending: { msg_seq: number; group_id: string; priority: string; item: string; chat: string; accepted_ms: number }
  c2c_message: {
    id: Generated<number>
    /** Whose mailbox. */
    user_id: string
    peer: string
    item: string
    key: string
    at_sec: number
    /** 1 = the owner of the mailbox has it. */
    fetched: number
    /** 1 = the owner's own message, kept for the conversation's history. */
    sent: number
  }
}
