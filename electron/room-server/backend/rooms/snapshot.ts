import type { PublicRoom } from '../../../shared/room-api'
import type { RoomRow } from './rooms'

/** What everybody may know of a room. */
export function publicRoom(room: RoomRow, online: number | null): PublicRoom {
  return {
    roomId: room.room_id,
    title: room.title,
    cover: room.cover,
    startsAt: room.starts_at_sec,
    status: room.status,
    show: room.show,
    liveSince: Math.floor(room.live_since_ms / 1_000),
    rev: room.rev,
    online,
  }
}
