import { Kysely, Migrator, PostgresDialect, type PostgresPool, type PostgresPoolClient, type PostgresQueryResult } from 'kysely'
import { Client, types } from 'pg'
import { DatabaseLostError } from './database-lost'
import { migrationProvider } from './migrations'
import type { RoomDatabase } from './schema'

/** Every statement of this program is one of a few dozen texts: they are parsed once. */
const KEPT_STATEMENTS = 256
const CONNECT_MS = 5_000
const INT8 = 20

/**
 * One connection to PostgreSQL, used by one after the other, as SQLite's is: what the program may assume of a transaction is the same with both. It
 * is never made anew: what PostgreSQL keeps for it, a lock say, lives exactly as long as anything can be written by it.
 */
export class PostgresSession {
  readonly #client: Client
  readonly #statements = new Map<string, string>()
  readonly #waiting: ((error: DatabaseLostError | null) => void)[] = []
  readonly #listeners: (() => void)[] = []
  #busy = false
  #lost: DatabaseLostError | null = null

  private constructor(client: Client) {
    this.#client = client
    client.on('error', (error) => this.#lose(error))
    client.on('end', () => this.#lose())
  }

  /** @param url a secret: it has the password @throws Error of the network or of PostgreSQL */
  static async connect(url: string): Promise<PostgresSession> {
    const client = new Client({
      connectionString: url,
      application_name: 'anchordesk',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      types: { getTypeParser: (oid, format) => (oid === INT8 ? readInteger : types.getTypeParser(oid, format)) },
    })
    const session = new PostgresSession(client)
    await client.connect()
    return session
  }

  /** How many wait for the connection. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Runs once, when the connection is gone or was ended. */
  onLost(listener: () => void): void {
    if (this.#lost === null) this.#listeners.push(listener)
    else listener()
  }

  /** The store, over this connection. `destroy` of it ends the connection. */
  database(): Kysely<RoomDatabase> {
    const pool: PostgresPool = { connect: () => this.#acquire(false), end: () => this.end() }
    return new Kysely<RoomDatabase>({ dialect: new PostgresDialect({ pool }) })
  }

  /** Brings the schema to this version's. @throws Error when it is a later version's */
  async migrate(): Promise<void> {
    const { error } = await new Migrator({ db: this.database(), provider: migrationProvider }).migrateToLatest()
    if (error !== undefined) throw error instanceof Error ? error : new Error(String(error))
  }

  /** One statement, before all that waits. @throws DatabaseLostError | Error of PostgreSQL */
  async first<R>(text: string, parameters: readonly unknown[] = []): Promise<R[]> {
    const client = await this.#acquire(true)
    try {
      return (await client.query<R>(text, parameters)).rows
    } finally {
      client.release()
    }
  }

  /** Everybody who waits is refused; what is under way is cut off. */
  async end(): Promise<void> {
    this.#lose()
    await this.#client.end()
  }

  /** As `end`, where the other side may never answer. */
  abandon(): void {
    this.#lose()
    this.#client.connection.stream.destroy()
  }

  async #acquire(isUrgent: boolean): Promise<PostgresPoolClient> {
    if (this.#lost !== null) throw this.#lost
    if (this.#busy) {
      const lost = await new Promise<DatabaseLostError | null>((resolve) => (isUrgent ? this.#waiting.unshift(resolve) : this.#waiting.push(resolve)))
      if (lost !== null) throw lost
    }
    this.#busy = true
    return this.#handle
  }

  /** One object for all who have the connection in turn: the builder knows it again. */
  readonly #handle: PostgresPoolClient = {
    query: <R>(text: unknown, parameters: readonly unknown[] = []) => this.#query<R>(String(text), parameters) as never,
    release: () => {
      const next = this.#waiting.shift()
      if (next === undefined) this.#busy = false
      else next(null)
    },
  }

  async #query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (this.#lost !== null) throw this.#lost
    try {
      const name = parameters.length === 0 ? undefined : this.#nameOf(text)
      const result = await this.#client.query({ text, values: parameters.map(storable), ...(name === undefined ? {} : { name }) })
      return result as unknown as PostgresQueryResult<R>
    } catch (error) {
      if (isLoss(error)) this.#lose(error)
      throw this.#lost ?? error
    }
  }

  #nameOf(text: string): string | undefined {
    const known = this.#statements.get(text)
    if (known !== undefined) return known
    if (this.#statements.size >= KEPT_STATEMENTS) return undefined
    const name = `s${this.#statements.size}`
    this.#statements.set(text, name)
    return name
  }

  #lose(cause?: unknown): void {
    if (this.#lost !== null) return
    const lost = new DatabaseLostError(cause instanceof Error ? cause.message : undefined)
    this.#lost = lost
    for (const wake of this.#waiting.splice(0)) wake(lost)
    for (const listener of this.#listeners.splice(0)) listener()
  }
}

/** Opens the database behind the address, and brings it to the present schema. @throws Error of the network or of PostgreSQL */
export async function openPostgres(url: string): Promise<Kysely<RoomDatabase>> {
  const session = await PostgresSession.connect(url)
  try {
    await session.migrate()
  } catch (error) {
    await session.end()
    throw error
  }
  return session.database()
}

/** All whole numbers of the schema fit: times in ms, coins, numbers of messages. @throws RangeError when one does not */
function readInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('a number of the database is too large')
  return value
}

/** PostgreSQL's text has no NUL; what people send may. */
function storable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
}

/** Shutdown of the server, or an end of this connection by an administrator (class 57P). */
function isLoss(error: unknown): boolean {
  const code = (error as { readonly code?: unknown }).code
  return typeof code === 'string' && /^(57P0[1-5]|08\w{3}|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(code)
}
