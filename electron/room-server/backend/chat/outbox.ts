import type { Kysely, Transaction } from 'kysely'
import type { RoomMessage } from '../../../shared/room-message'
import type { RoomDatabase } from '../../store/schema'
import type { Clock } from '../clock'
import type { BackendConfig } from '../config'
import { COMMAND, sendMessage, type ChatCall } from './calls'
import { ChatRestError, type ChatRest } from './chat-rest'

/** Between two attempts while IM does not answer. */
const RETRY_DELAYS_MS = [100, 300, 1_000, 3_000, 10_000] as const
/** IM knows a repeated message by its Random for 5 minutes; what is older is news no more, and would be said twice. */
const MESSAGE_KEPT_MS = 4 * 60_000
/** Until it is asked again whether IM may be told. */
const MAY_TELL_MS = 100

interface Entry {
  readonly id: number
  readonly roomId: string
  readonly command: string
  readonly body: string
  readonly createdMs: number
}

interface Line {
  readonly entries: Entry[]
  running: Promise<void> | null
}

/** A transaction, and what IM is to be told of it. The calls are on disk together with the change that they tell. */
export interface Change {
  readonly db: Transaction<RoomDatabase>
  /** Calls of one room are made in the order in which they are added. */
  add(roomId: string, call: ChatCall): Promise<void>
  /** Says something to the room. */
  say(roomId: string, message: RoomMessage): Promise<void>
  /** Runs when the transaction is on disk. */
  committed(then: () => void): void
}

/**
 * Everything that IM must be told is written first, with the change itself, and told until it is taken: a process that is killed between both
 * tells it when it is back. Rooms do not wait for each other.
 */
export class Outbox {
  readonly #db: Kysely<RoomDatabase>
  readonly #rest: ChatRest
  readonly #config: BackendConfig
  readonly #clock: Clock
  readonly #mayTell: () => boolean
  readonly #lines = new Map<string, Line>()
  readonly #pauses = new Map<NodeJS.Timeout, () => void>()
  #told: () => void = () => undefined
  #resumed = false
  #closed = false

  /** @param mayTell asked before each call; nothing is told while it may not be */
  constructor(db: Kysely<RoomDatabase>, rest: ChatRest, config: BackendConfig, clock: Clock, mayTell: () => boolean = () => true) {
    this.#db = db
    this.#rest = rest
    this.#config = config
    this.#clock = clock
    this.#mayTell = mayTell
  }

  /** Runs with each message that IM took. */
  onTold(listener: () => void): void {
    this.#told = listener
  }

  /** Calls that IM has to take yet. */
  get length(): number {
    return [...this.#lines.values()].reduce((sum, { entries }) => sum + entries.length, 0)
  }

  /** Reads what an earlier process left. Before anything is served: what is added from now on stands behind it, once. */
  async load(): Promise<void> {
    const rows = await this.#db.selectFrom('outbox').selectAll().orderBy('id').execute()
    for (const row of rows) this.#queue({ id: row.id, roomId: row.room_id, command: row.command, body: row.body, createdMs: row.created_ms })
  }

  /** IM is told from now on. */
  resume(): void {
    this.#resumed = true
    for (const [roomId, line] of this.#lines) line.running ??= this.#drain(roomId, line)
  }

  /** Runs a change in one transaction; IM is told after it is on disk. @returns what `work` returned */
  async change<T>(work: (change: Change) => Promise<T>): Promise<T> {
    const added: Entry[] = []
    const then: (() => void)[] = []
    const result = await this.#db.transaction().execute((db) => {
      const add = async (roomId: string, call: ChatCall): Promise<void> => {
        const row = { room_id: roomId, command: call.command, body: JSON.stringify(call.body), created_ms: this.#clock.nowMs() }
        const { id } = await db.insertInto('outbox').values(row).returning('id').executeTakeFirstOrThrow()
        added.push({ id, roomId, command: row.command, body: row.body, createdMs: row.created_ms })
      }
      const say = async (roomId: string, message: RoomMessage): Promise<void> => {
        // The row's number is not known yet; one of its own is as good, and stays the same over every attempt.
        await add(roomId, sendMessage(roomId, this.#config.chat.admin, message, Math.floor(Math.random() * 4_294_967_295)))
      }
      return work({ db, add, say, committed: (run) => void then.push(run) })
    })
    for (const run of then) run()
    for (const entry of added) this.#queue(entry)
    return result
  }

  /** Nothing is told any more. */
  halt(): void {
    this.#closed = true
    for (const [timer, wake] of this.#pauses) {
      clearTimeout(timer)
      wake()
    }
  }

  async close(): Promise<void> {
    this.halt()
    await Promise.all([...this.#lines.values()].map((line) => line.running))
  }

  #queue(entry: Entry): void {
    const line = this.#lines.get(entry.roomId) ?? { entries: [], running: null }
    this.#lines.set(entry.roomId, line)
    line.entries.push(entry)
    if (this.#resumed) line.running ??= this.#drain(entry.roomId, line)
  }

  async #drain(roomId: string, line: Line): Promise<void> {
    for (let entry = line.entries[0]; entry !== undefined && !this.#closed; entry = line.entries[0]) {
      if (!(await this.#deliver(entry)) || !(await this.#forget(entry))) break
      line.entries.shift()
    }
    line.running = null
    if (line.entries.length === 0) this.#lines.delete(roomId)
  }

  /**
   * Off the disk, before the next is told: what was taken and still stands there is told again by the next process, under the same Random, and so is all
   * that came after it. False: this process ends.
   */
  async #forget({ id, roomId }: Entry): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#db.deleteFrom('outbox').where('id', '=', id).execute()
        return true
      } catch (error) {
        if (attempt === 0) this.#config.log('warn', `the outbox of ${roomId} waits for the disk: ${error instanceof Error ? error.message : String(error)}`)
      }
      if (this.#closed) return false
      await this.#pause(retryDelayMs(attempt))
    }
  }

  /** False: this process ends. */
  async #deliver(entry: Entry): Promise<boolean> {
    for (let attempt = 0; !this.#closed; attempt += 1) {
      while (!this.#mayTell() && !this.#closed) await this.#pause(MAY_TELL_MS)
      if (this.#closed) return false
      if (entry.command === COMMAND.sendMessage && this.#clock.nowMs() - entry.createdMs > MESSAGE_KEPT_MS) {
        this.#config.log('warn', `a message was too old to be told: ${entry.command}`)
        return true
      }
      try {
        await this.#rest.call(entry.command, JSON.parse(entry.body) as object)
        if (entry.command === COMMAND.sendMessage) this.#told()
        return true
      } catch (error) {
        if (this.#closed) return false
        if (error instanceof ChatRestError && !error.passing) {
          this.#config.log('warn', `IM refused ${error.message}`)
          return true
        }
        if (attempt === 0) this.#config.log('warn', `${error instanceof Error ? error.message : String(error)}; trying again`)
        await this.#pause(retryDelayMs(attempt))
      }
    }
    return false
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer: NodeJS.Timeout = setTimeout(() => {
        this.#pauses.delete(timer)
        resolve()
      }, delayMs)
      this.#pauses.set(timer, resolve)
    })
  }
}

function retryDelayMs(attempt: number): number {
  return RETRY_DELAYS_MS[Math.min(attempt, RETRY_DELAYS_MS.length - 1)] ?? 10_000
}
