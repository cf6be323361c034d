import type { Kysely } from 'kysely'
import { z } from 'zod'
import { ApiError } from '../backend/api/api-error'
import { nowSec, type Clock, type Timers } from '../backend/clock'
import type { Rooms } from '../backend/rooms/rooms'
import type { RoomDatabase } from '../store/schema'
import { CloudApiError } from './cloud-api'
import type { RelayTarget, TrtcTasks } from './trtc-tasks'

export type TaskKind = 'recording' | 'relay'

const taskSchema = z.object({
  /** '' = the cloud was asked, and has not answered yet. */
  taskId: z.string(),
  sinceSec: z.number().int(),
  by: z.string(),
  /** Of a relay: whose picture, until when its address is signed, and how often it was updated. */
  userId: z.string(),
  expiresAtSec: z.number().int(),
  sequence: z.number().int(),
  /** It is to end, and the cloud has not said yet that it did. */
  ending: z.boolean(),
})
export type RoomTask = z.infer<typeof taskSchema>

export interface RoomTasksParts {
  readonly db: Kysely<RoomDatabase>
  /** null = this server has no keys of the cloud's API. */
  readonly cloud: TrtcTasks | null
  readonly rooms: Rooms
  readonly clock: Clock
  readonly timers: Timers
  log(level: 'info' | 'warn', message: string): void
}

const END_AGAIN_MS = 30_000
/** A task that the cloud has not answered about for so long was lost with its process. */
const ASKED_SEC = 60

/**
 * What the cloud does with the rooms of this server while it is told to: one recording and one relay a room. It is in the store before the cloud is
 * asked and after it has ended, so that no task runs, and costs, without being known; the end of a room's show ends its tasks.
 */
export class RoomTasks {
  readonly #parts: RoomTasksParts
  /** The cloud has not answered yet. */
  readonly #starting = new Set<string>()
  readonly #cancels = new Set<() => void>()
  #closed = false

  constructor(parts: RoomTasksParts) {
    this.#parts = parts
    parts.rooms.onStatus(async ({ room }) => {
      if (room.status === 'ended') this.#later(0, () => this.#endAll(room.room_id))
    })
  }

  /** Goes on ending what an earlier process did not. */
  async resume(): Promise<void> {
    const { rooms, clock } = this.#parts
    for (const { kind, roomId, task } of await this.#all()) {
      if (task.ending || rooms.find(roomId)?.status === 'ended') this.#later(0, () => this.#end(kind, roomId))
      else if (task.taskId === '') this.#later(Math.max(0, task.sinceSec + ASKED_SEC - nowSec(clock)) * 1_000, () => this.#forgetLost(kind, roomId, task))
    }
  }

  /** Another one may have been asked for meanwhile. */
  async #forgetLost(kind: TaskKind, roomId: string, lost: RoomTask): Promise<void> {
    const task = await this.#read(kind, roomId)
    if (task?.taskId !== '' || task.sinceSec !== lost.sinceSec || this.#starting.has(nameOf(kind, roomId))) return
    this.#parts.log('warn', `a ${kind} of ${roomId} was asked for, and the answer was lost; the cloud ends it by itself when the room is empty`)
    await this.#forget(kind, roomId)
  }

  async view(kind: TaskKind, roomId: string): Promise<RoomTask | null> {
    const task = await this.#read(kind, roomId)
    return task === null || task.ending ? null : task
  }

  /** @throws ApiError cloud.* */
  async record(roomId: string, by: string): Promise<void> {
    const now = nowSec(this.#parts.clock)
    await this.#start('recording', roomId, { by, userId: '', expiresAtSec: 0 }, (cloud) => cloud.startRecording(roomId, now))
  }

  /**
   * Relays what a user sends into the room; one that runs is changed to that user without a break.
   * @param targetAt the address to push to, signed until then
   * @throws ApiError cloud.*
   */
  async relay(roomId: string, by: string, userId: string, expiresAtSec: number, targetAt: (expiresAtSec: number) => RelayTarget): Promise<void> {
    const running = await this.view('relay', roomId)
    if (running === null || running.taskId === '') {
      const now = nowSec(this.#parts.clock)
      await this.#start('relay', roomId, { by, userId, expiresAtSec }, (cloud) => cloud.startRelay(roomId, userId, [targetAt(expiresAtSec)], now))
      return
    }
    const changed = await this.#change('relay', roomId, (kept) => ({ ...kept, userId, sequence: kept.sequence + 1 }))
    if (changed === null) throw new ApiError('cloud.no-task')
    const { taskId, sequence } = changed
    // The same address as before: another one would be connected anew.
    await this.#ask((cloud) => cloud.updateRelay({ taskId, sequence }, roomId, userId, [targetAt(changed.expiresAtSec)]))
  }

  /** @throws ApiError cloud.no-task | cloud.* */
  async stop(kind: TaskKind, roomId: string): Promise<void> {
    const task = await this.view(kind, roomId)
    if (task === null || task.taskId === '') throw new ApiError('cloud.no-task')
    await this.#ask((cloud) => stopBy(cloud, kind, task.taskId))
    await this.#forget(kind, roomId)
  }

  close(): void {
    this.#closed = true
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
  }

  async #start(
    kind: TaskKind,
    roomId: string,
    known: Pick<RoomTask, 'by' | 'userId' | 'expiresAtSec'>,
    ask: (cloud: TrtcTasks) => Promise<string>,
  ): Promise<void> {
    if (this.#parts.cloud === null) throw new ApiError('cloud.not-set-up')
    const task: RoomTask = { ...known, taskId: '', sinceSec: nowSec(this.#parts.clock), sequence: 0, ending: false }
    const { numInsertedOrUpdatedRows } = await this.#parts.db
      .insertInto('backend_setting')
      .values({ name: nameOf(kind, roomId), value: JSON.stringify(task) })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (numInsertedOrUpdatedRows === 0n) throw new ApiError('cloud.task-running')
    const name = nameOf(kind, roomId)
    this.#starting.add(name)
    try {
      const taskId = await this.#ask(ask)
      await this.#change(kind, roomId, (kept) => ({ ...kept, taskId }))
    } catch (error) {
      await this.#forget(kind, roomId)
      throw error
    } finally {
      this.#starting.delete(name)
    }
    // The show ended before the cloud had answered.
    if ((await this.#read(kind, roomId))?.ending === true) await this.#end(kind, roomId)
  }

  /** @throws ApiError cloud.* */
  async #ask<T>(ask: (cloud: TrtcTasks) => Promise<T>): Promise<T> {
    const { cloud, log } = this.#parts
    if (cloud === null) throw new ApiError('cloud.not-set-up')
    try {
      return await ask(cloud)
    } catch (error) {
      if (!(error instanceof CloudApiError)) throw error
      log('warn', `the cloud did not do it: ${error.message}`)
      throw new ApiError(REFUSED[error.reason], { cloudCode: error.code }, error)
    }
  }

  async #endAll(roomId: string): Promise<void> {
    await this.#end('recording', roomId)
    await this.#end('relay', roomId)
  }

  /** Until the cloud has said so. */
  async #end(kind: TaskKind, roomId: string): Promise<void> {
    const { cloud, log } = this.#parts
    if (cloud === null) return
    const task = await this.#change(kind, roomId, (kept) => ({ ...kept, ending: true }))
    if (task === null) return
    if (task.taskId === '' && this.#starting.has(nameOf(kind, roomId))) return
    try {
      if (task.taskId !== '') await stopBy(cloud, kind, task.taskId)
      await this.#forget(kind, roomId)
    } catch (error) {
      if (!(error instanceof CloudApiError)) throw error
      log('warn', `the ${kind} of ${roomId} has not ended yet: ${error.message}`)
      this.#later(END_AGAIN_MS, () => this.#end(kind, roomId))
    }
  }

  #later(delayMs: number, work: () => Promise<void>): void {
    if (this.#closed) return
    const cancel = this.#parts.timers.after(delayMs, () => {
      this.#cancels.delete(cancel)
      work().catch((error: unknown) => this.#parts.log('warn', `a task of the cloud was not ended: ${error instanceof Error ? error.message : String(error)}`))
    })
    this.#cancels.add(cancel)
  }

  async #read(kind: TaskKind, roomId: string): Promise<RoomTask | null> {
    const row = await this.#parts.db.selectFrom('backend_setting').select('value').where('name', '=', nameOf(kind, roomId)).executeTakeFirst()
    return row === undefined ? null : taskSchema.parse(JSON.parse(row.value))
  }

  async #all(): Promise<readonly { kind: TaskKind; roomId: string; task: RoomTask }[]> {
    const rows = await this.#parts.db.selectFrom('backend_setting').selectAll().where('name', 'like', `${PREFIX}%`).execute()
    return rows.flatMap(({ name, value }) => {
      const [, kind, roomId] = name.split(' ')
      return (kind === 'recording' || kind === 'relay') && roomId !== undefined ? [{ kind, roomId, task: taskSchema.parse(JSON.parse(value)) }] : []
    })
  }

  /** Changes what is kept, as it is in this very moment: the show may end while the cloud answers. @returns what is kept then; null = there is none */
  async #change(kind: TaskKind, roomId: string, change: (kept: RoomTask) => RoomTask): Promise<RoomTask | null> {
    const { db } = this.#parts
    const name = nameOf(kind, roomId)
    for (;;) {
      const row = await db.selectFrom('backend_setting').select('value').where('name', '=', name).executeTakeFirst()
      if (row === undefined) return null
      const changed = change(taskSchema.parse(JSON.parse(row.value)))
      const { numUpdatedRows } = await db
        .updateTable('backend_setting')
        .set({ value: JSON.stringify(changed) })
        .where('name', '=', name)
        .where('value', '=', row.value)
        .executeTakeFirst()
      if (numUpdatedRows > 0n) return changed
    }
  }

  async #forget(kind: TaskKind, roomId: string): Promise<void> {
    await this.#parts.db.deleteFrom('backend_setting').where('name', '=', nameOf(kind, roomId)).execute()
  }
}

const PREFIX = 'cloud-task '
const nameOf = (kind: TaskKind, roomId: string): string => `${PREFIX}${kind} ${roomId}`

const REFUSED = {
  keys: 'cloud.keys-wrong',
  clock: 'cloud.clock',
  'not-allowed': 'cloud.not-allowed',
  busy: 'cloud.busy',
  gone: 'cloud.no-task',
  unavailable: 'cloud.unavailable',
  refused: 'cloud.refused',
} as const

async function stopBy(cloud: TrtcTasks, kind: TaskKind, taskId: string): Promise<void> {
  try {
    await (kind === 'recording' ? cloud.stopRecording(taskId) : cloud.stopRelay(taskId))
  } catch (error) {
    // It ended by itself: nobody was in the room.
    if (!(error instanceof CloudApiError) || error.reason !== 'gone') throw error
  }
}
