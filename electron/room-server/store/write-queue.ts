import type { Kysely, Transaction } from 'kysely'
import type { RoomDatabase } from './schema'

export type Write = (transaction: Transaction<RoomDatabase>) => Promise<unknown>

interface Waiting {
  readonly write: Write
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Writes of one transaction at most: bounds the pause that one commit makes. */
const BATCH = 256

/**
 * Group commit: everything that is asked for within one turn of the event loop becomes one transaction, and each asker is told after it is on
 * disk. Order is kept, so that whoever sees an answer can rely on all that was asked before.
 */
export class WriteQueue {
  readonly #database: Kysely<RoomDatabase>
  #waiting: Waiting[] = []
  #running: Promise<void> | null = null

  constructor(database: Kysely<RoomDatabase>) {
    this.#database = database
  }

  /** Resolves when it is durable. @throws Error of SQLite (a full disk, say): then nothing of it was written. */
  add(write: Write): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ write, done, failed })
      this.#running ??= new Promise((resolve) => setImmediate(() => void this.#drain().then(resolve)))
    })
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH)
      const failure = await this.#commit(batch)
      if (failure === null) continue
      // One of them may be to blame for all: each by itself.
      for (const waiting of batch) {
        const own = batch.length === 1 ? failure : await this.#commit([waiting])
        if (own !== null) waiting.failed(own.error)
      }
    }
    this.#running = null
  }

  /** Null when it is on disk; the askers know then. */
  async #commit(batch: readonly Waiting[]): Promise<{ readonly error: unknown } | null> {
    try {
      await this.#database.transaction().execute(async (transaction) => {
        for (const { write } of batch) await write(transaction)
      })
    } catch (error) {
      return { error }
    }
    for (const { done } of batch) done()
    return null
  }
}
