import type { Kysely } from 'kysely'
import type { RichText } from '../../../shared/room-message'
import type { RoomDatabase } from '../../store/schema'
import { ApiError } from '../api/api-error'
import { nowSec, type Clock } from '../clock'
import { LIMITS } from '../config'
import { fromGroupText, toGroupText, type TextInput } from './room-text'

/** Notices that the crew keeps for another time. */
export class QuickNotices {
  readonly #db: Kysely<RoomDatabase>
  readonly #clock: Clock

  constructor(db: Kysely<RoomDatabase>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  async list(roomId: string): Promise<readonly { readonly id: number; readonly text: RichText }[]> {
    const rows = await this.#db.selectFrom('quick_notice').selectAll().where('room_id', '=', roomId).orderBy('id').execute()
    return rows.map((row) => ({ id: row.id, text: fromGroupText(row.value) }))
  }

  /** @throws ApiError text.too-long | text.image-not-https | limit.reached */
  async add(roomId: string, input: TextInput): Promise<number> {
    const value = toGroupText('notice', input)
    if ((await this.list(roomId)).length >= LIMITS.quickNotices) throw new ApiError('limit.reached', { limit: LIMITS.quickNotices })
    const row = { room_id: roomId, value, created_sec: nowSec(this.#clock) }
    return (await this.#db.insertInto('quick_notice').values(row).returning('id').executeTakeFirstOrThrow()).id
  }

  async remove(roomId: string, id: number): Promise<void> {
    const { numDeletedRows } = await this.#db.deleteFrom('quick_notice').where('room_id', '=', roomId).where('id', '=', id).executeTakeFirst()
    if (numDeletedRows === 0n) throw new ApiError('not-found')
  }
}
