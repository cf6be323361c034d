import { join } from 'node:path'
import Libsql from 'libsql'

/** One row of what the backend wrote down, read by another connection than its own. */
export interface RawEvent {
  readonly user_id: string
  readonly kind: string
  readonly amount: number
  readonly at_ms: number
}

export function rawEvents(dataDir: string, roomId: string): readonly RawEvent[] {
  const database = new Libsql(join(dataDir, 'room.sqlite'), { readonly: true })
  try {
    return database.prepare('select user_id, kind, amount, at_ms from activity where room_id = ? order by id').all(roomId) as RawEvent[]
  } finally {
    database.close()
  }
}
