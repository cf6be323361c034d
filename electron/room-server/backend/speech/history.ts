import type { Kysely } from 'kysely'
import type { RoomDatabase } from '../../store/schema'
import { nowSec, type Clock } from '../clock'
import { LIMITS } from '../config'

export interface Said {
  readonly msgSeq: number
  readonly userId: string
  readonly text: string
  readonly tag: string
  readonly at: number
}

/** The latest messages of a room, for whoever comes in: at most 20 of 24 hours, as in Tencent's console. */
export class History {
  readonly #db: Kysely<RoomDatabase>
  readonly #clock: Clock

  constructor(db: Kysely<RoomDatabase>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  async add(roomId: string, said: Said): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await db
        .insertInto('room_message')
        .values({ room_id: roomId, msg_seq: said.msgSeq, user_id: said.userId, text: said.text, tag: said.tag, at_sec: said.at })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const kept = db.selectFrom('room_message').select('msg_seq').where('room_id', '=', roomId).orderBy('msg_seq', 'desc').limit(LIMITS.historyMessages)
      await db.deleteFrom('room_message').where('room_id', '=', roomId).where('msg_seq', 'not in', kept).execute()
    })
  }

  /** Oldest first. */
  async list(roomId: string): Promise<readonly Said[]> {
    const rows = await this.#db
      .selectFrom('room_message')
      .selectAll()
      .where('room_id', '=', roomId)
      .where('at_sec', '>=', nowSec(this.#clock) - LIMITS.historySec)
      .orderBy('msg_seq')
      .execute()
    return rows.map((row) => ({ msgSeq: row.msg_seq, userId: row.user_id, text: row.text, tag: row.tag, at: row.at_sec }))
  }
}
