import type { Kysely, Transaction } from 'kysely'
import { z } from 'zod'
import { AUDITED, penaltySchema, type Audited } from '../../../shared/crew-api'
import type { RoomDatabase } from '../../store/schema'
import { nowSec, type Clock } from '../clock'
import { LIMITS } from '../config'

/** Decisions about the same thing. */
const FAMILY: Readonly<Record<Audited, readonly Audited[]>> = {
  mute: ['mute', 'unmute'],
  unmute: ['mute', 'unmute'],
  'mute-all': ['mute-all'],
  'slow-mode': ['slow-mode'],
  remove: ['remove', 'unblock'],
  unblock: ['remove', 'unblock'],
  'delete-message': [],
  review: [],
  undo: [],
}

/** What has to be known to undo an entry: what was there before. */
export const detailSchema = z.object({
  seconds: z.number().optional(),
  on: z.boolean().optional(),
  scope: z.string().optional(),
  msgSeq: z.number().optional(),
  /** Penalties as they stood before, to be put back. */
  before: z.array(penaltySchema).optional(),
})
export type AuditDetail = z.infer<typeof detailSchema>

export interface AuditEntry {
  readonly id: number
  readonly roomId: string
  readonly action: Audited
  readonly by: string
  /** User ids, one or more, with commas; '' = the room. */
  readonly target: string
  readonly reason: string
  readonly detail: AuditDetail
  readonly undoneBy: string
  readonly at: number
}

/** Who did what, to whom and why. */
export class Audit {
  readonly #db: Kysely<RoomDatabase>
  readonly #clock: Clock

  constructor(db: Kysely<RoomDatabase>, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  async write(
    db: Transaction<RoomDatabase>,
    entry: {
      readonly roomId: string
      readonly action: Audited
      readonly by: string
      readonly target: string
      readonly reason: string
      readonly detail: AuditDetail
    },
  ): Promise<number> {
    const row = {
      room_id: entry.roomId,
      action: entry.action,
      by_user: entry.by,
      target: entry.target,
      reason: entry.reason,
      detail: JSON.stringify(entry.detail),
      undone_by: '',
      at_sec: nowSec(this.#clock),
    }
    return (await db.insertInto('audit').values(row).returning('id').executeTakeFirstOrThrow()).id
  }

  /** Newest first, those older than `before` (0 = from the newest). */
  async list(roomId: string, before: number): Promise<readonly AuditEntry[]> {
    let query = this.#db.selectFrom('audit').selectAll().where('room_id', '=', roomId)
    if (before > 0) query = query.where('id', '<', before)
    return (await query.orderBy('id', 'desc').limit(LIMITS.auditPage).execute()).map(readEntry)
  }

  async find(roomId: string, id: number): Promise<AuditEntry | null> {
    const row = await this.#db.selectFrom('audit').selectAll().where('room_id', '=', roomId).where('id', '=', id).executeTakeFirst()
    return row === undefined ? null : readEntry(row)
  }

  /** Whether somebody has decided anew since about one of these people, or about the room, and it stands. */
  async decidedSince(db: Transaction<RoomDatabase>, entry: AuditEntry): Promise<boolean> {
    const rows = await db
      .selectFrom('audit')
      .select('target')
      .where('room_id', '=', entry.roomId)
      .where('id', '>', entry.id)
      .where('undone_by', '=', '')
      .where('action', 'in', [...FAMILY[entry.action]])
      .execute()
    const people = new Set(entry.target.split(','))
    return rows.some(({ target }) => target.split(',').some((userId) => people.has(userId)))
  }

  /** False: it was undone before. */
  async markUndone(db: Transaction<RoomDatabase>, id: number, by: string): Promise<boolean> {
    const { numUpdatedRows } = await db.updateTable('audit').set({ undone_by: by }).where('id', '=', id).where('undone_by', '=', '').executeTakeFirst()
    return numUpdatedRows === 1n
  }
}

function readEntry(row: {
  id: number
  room_id: string
  action: string
  by_user: string
  target: string
  reason: string
  detail: string
  undone_by: string
  at_sec: number
}): AuditEntry {
  return {
    id: row.id,
    roomId: row.room_id,
    action: z.enum(AUDITED).parse(row.action),
    by: row.by_user,
    target: row.target,
    reason: row.reason,
    detail: detailSchema.parse(JSON.parse(row.detail)),
    undoneBy: row.undone_by,
    at: row.at_sec,
  }
}
