import type { Generated } from 'kysely'
import type { RoomStatus, Role } from '../../shared/room-message'
import type { Layout } from '../../shared/seats'
import type { ShowEngine } from '../../shared/show-engine'

/** Tables of the business. Times end in `_sec` (UNIX seconds) or `_ms`; booleans are 0 and 1; JSON columns are this program's own. */
export interface BackendTables {
  backend_setting: { name: string; value: string }
  live_room: {
    room_id: string
    owner: string
    title: string
    cover: string
    starts_at_sec: number
    status: RoomStatus
    /** Why it is paused: 'media' ends by itself with the next publish. */
    pause_cause: '' | 'crew' | 'media'
    /** Number of the present or last show. */
    show: number
    /** Grows with each change of status, profile, notice or introduction. */
    rev: number
    /** JSON of a RichText, as checked. */
    notice: string
    introduction: string
    mute_all: number
    slow_mode_sec: number
    gift_seq: number
    likes: number
    live_since_ms: number
    created_sec: number
    /** By which engine the present or last show goes. */
    engine: ShowEngine
  }
  /** `ended_ms` 0 = it is on air, or its end was never seen. */
  live_show: { room_id: string; show: number; began_ms: number; ended_ms: number; viewers_peak: number; viewer_ms: number; measured_ms: number }
  room_text_history: { id: Generated<number>; room_id: string; field: 'notice' | 'introduction'; value: string; by_user: string; at_sec: number }
  quick_notice: { id: Generated<number>; room_id: string; value: string; created_sec: number }
  person: { user_id: string; nick: string; avatar: string; member: number; created_sec: number }
  room_role: { room_id: string; user_id: string; role: Role; /** The invitation it comes from, and ends with; '' = none. */ invite_id: string }
  room_follow: { room_id: string; user_id: string; at_sec: number }
  invite: {
    invite_id: string
    room_id: string
    role: Role
    expires_sec: number
    revoked: number
    created_by: string
    created_sec: number
    /** Whose it is since it was opened, where it is for one person; '' = nobody's yet. */
    user_id: Generated<string>
  }
  /** `expires_sec`: no token of it holds longer. */
  ended_session: { session_id: string; expires_sec: number }
  wallet: { user_id: string; coins: number }
  /** Why a wallet holds what it holds. One entry an order and kind: asking twice is once. */
  wallet_entry: { id: Generated<number>; user_id: string; kind: 'grant' | 'charge' | 'refund'; reference: string; coins: number; at_ms: number }
  gift_order: {
    order_id: string
    room_id: string
    show: number
    user_id: string
    gift_id: string
    count: number
    coins: number
    combo: string
    /** pending: written, not yet paid. */
    state: 'pending' | 'paid' | 'failed' | 'refunded'
    failure: string
    /** Number of the message that told it; 0 = not yet. */
    told_seq: number
    at_ms: number
    /** When the anchor thanked for it; 0 = not yet. */
    thanked_sec: number
  }
  /** What the room was told of gifts: a gap in a client's numbers is filled from here. */
  gift_event: { room_id: string; seq: number; message: string; at_ms: number }
  gift_total: { room_id: string; show: number; user_id: string; coins: number; gifts: number }
  /** Raw events that levels and popularity are made of. */
  activity: { id: Generated<number>; room_id: string; show: number; user_id: string; kind: string; amount: number; at_ms: number }
  activity_total: { room_id: string; user_id: string; kind: string; amount: number }
  mute: { room_id: string; user_id: string; scope: 'timed' | 'show' | 'forever'; until_sec: number; reason: string; by_user: string; at_sec: number }
  block: { room_id: string; user_id: string; until_sec: number; scope: 'timed' | 'show' | 'forever'; reason: string; by_user: string; at_sec: number }
  sensitive_word: { word: string; action: 'refuse' | 'mask' | 'drop' }
  audit: {
    id: Generated<number>
    room_id: string
    action: string
    by_user: string
    target: string
    reason: string
    /** JSON: what has to be known to undo it. */
    detail: string
    undone_by: string
    at_sec: number
  }
  /** Latest messages of a room, for newcomers. */
  room_message: { room_id: string; msg_seq: number; user_id: string; text: string; tag: string; at_sec: number }
  draw: {
    draw_id: string
    room_id: string
    title: string
    keyword: string
    winners: number
    min_level: number
    followers_only: number
    opened_ms: number
    until_ms: number
    commitment: string
    /** A secret until the draw is closed. */
    seed: string
    state: 'open' | 'closed' | 'cancelled'
    /** JSON: user ids of the winners. */
    result: string
  }
  draw_entry: { draw_id: string; user_id: string; msg_seq: number; at_ms: number }
  /** `seat` 0 = in the greenroom; `place` is the order in which they came. */
  seat: { room_id: string; user_id: string; place: number; seat: number; ready: number; muted: number; volume: number; spotlight: number }
  seat_layout: { room_id: string; layout: Layout; rev: number }
  /** `value` is JSON of a Pk: the one that is offered, runs or was the last. */
  pk: { room_id: string; rev: number; value: string }
  /** Calls to IM that have to be made: written with what they tell, gone when they were taken. */
  outbox: { id: Generated<number>; room_id: string; command: string; body: string; created_ms: number }
}
