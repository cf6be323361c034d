import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { PostgresSession } from '../store/postgres-session'
import { isDoneBy } from './deadline'

/** Followers ask this often whether the place is free. */
const POLL_MS = 250
const BEAT_MS = 500
/** How long a leader may believe that it leads after its last word to the database; shorter than what others wait for one. */
const LEASE_MS = 3_000
const STALE_MS = 5_000
/** A change of the schema, or reading what is there, is one long statement: others wait so long for a word, and so does whoever leads. */
const STALE_PREPARING_MS = 60_000
/** An answer of the database that does not come by then does not come. */
const ANSWER_MS = 15_000
/** For a statement of the business: one that takes longer is refused, so that it costs an answer and not the place. */
const STATEMENT_MS = 4_000
/** PostgreSQL's code for a statement that was cut off. */
const CUT_OFF = '57014'
/** Numbers of PostgreSQL's advisory locks, of this database alone. */
const LEADER_LOCK = 760_418
const SETUP_LOCK = 760_419

export interface Leader {
  /** Grows with each leader. */
  readonly epoch: number
  /** Scheme, host and port where the other instances reach it; '' = it is not ready yet. */
  readonly address: string
}

interface Row {
  readonly epoch: number
  readonly beat: number
  readonly address: string
  readonly preparing: boolean
  readonly secret: string
}

export interface LeadershipOptions {
  /** Of PostgreSQL; a secret. */
  readonly url: string
  /** Of this instance, for the others. */
  readonly address: string
  /** This instance leads: everything that it writes goes over this session, and over no other. */
  lead(session: PostgresSession, epoch: number): void
  /** It led, and its session is gone. Nothing of its business holds any more. */
  deposed(): void
  log(level: 'info' | 'warn', message: string): void
  /** How long an answer of the database may take; left out: 15 s. */
  readonly answerMs?: number
}

/**
 * Who of the instances serves the business. Whoever holds a lock of PostgreSQL's leads, and the lock belongs to the one session by which the leader
 * writes: when the lock is free, nothing of the earlier leader can be written any more, however alive it believes to be. A leader that is dead
 * frees it by that; one that stands still is thrown out of the database by the others.
 */
export class Leadership {
  readonly #options: LeadershipOptions
  readonly #listeners = new Set<() => void>()
  #session: PostgresSession | null = null
  #row: Row | null = null
  #epoch: number | null = null
  #seen = { word: '', atMs: 0 }
  #beatMs = Number.NEGATIVE_INFINITY
  #answeredMs = Number.NEGATIVE_INFINITY
  /** A round that was given up must not make a session any more. */
  #roundNumber = 0
  /** The business of this instance has not begun yet. */
  #isPreparing = false
  #settledMs = Number.NEGATIVE_INFINITY
  #isCandidate = true
  #complained = false
  #closed = false
  #wake: () => void = () => undefined
  #running: Promise<void> = Promise.resolve()

  constructor(options: LeadershipOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = this.#run()
  }

  /** As far as this instance knows; null = the database was not asked yet. */
  get leader(): Leader | null {
    return this.#row
  }

  /** Of this instance, while it holds the lock; null = it follows. */
  get epoch(): number | null {
    return this.#epoch
  }

  /** This instance leads, and nobody can have taken its place yet. */
  get leads(): boolean {
    return this.#epoch !== null && performance.now() - this.#beatMs < LEASE_MS
  }

  get databaseAnswers(): boolean {
    return performance.now() - this.#answeredMs < LEASE_MS
  }

  /** What the instances sign for each other with; null = not known yet. */
  get secret(): string | null {
    return this.#row?.secret ?? null
  }

  /** How many statements wait for the leader's session. */
  get waiting(): number {
    return this.#session?.waiting ?? 0
  }

  /** Runs when there is another leader, when it is ready, and when this instance takes part no more. @returns the way to stop */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The business is open: others send here from now on. @throws DatabaseLostError */
  async announce(): Promise<void> {
    const { address } = this.#options
    await this.#session?.first('update leadership set address = $1 where epoch = $2', [address, this.#epoch])
    if (this.#row !== null) this.#learn({ ...this.#row, address })
  }

  /** The business has begun: a pause of this process is a fault from now on. @throws DatabaseLostError */
  async settled(): Promise<void> {
    await this.#session?.first('update leadership set preparing = false where epoch = $1', [this.#epoch])
    await this.#session?.first(`set statement_timeout = ${STATEMENT_MS}`)
    this.#isPreparing = false
    this.#settledMs = performance.now()
  }

  /** Does not take the place any more when it is free. */
  standBack(): void {
    this.#isCandidate = false
    this.#tell()
  }

  /**
   * Gives the place to another. Everything must be written.
   * @param endMs by `performance.now()`: a database that has not answered by then is left alone
   * @throws Error when it did not answer; the place is given up in any case
   */
  async resign(endMs: number): Promise<void> {
    this.standBack()
    const session = this.#session
    if (this.#epoch === null || session === null) return
    try {
      if (!(await isDoneBy(endMs, this.#handOver(session, this.#epoch)))) throw new Error('the database does not answer')
    } finally {
      this.#epoch = null
      if (this.#session === session) this.#session = null
      session.abandon()
      this.#wake()
    }
  }

  /** @param endMs as of `resign` @throws Error of the network */
  async close(endMs: number): Promise<void> {
    this.#closed = true
    this.#wake()
    // A round that is under way may be making a session.
    const ended = this.#running.then(() => this.#session?.end())
    try {
      if (await isDoneBy(endMs, ended)) return
      this.#options.log('warn', 'the database does not answer: it is left alone')
    } finally {
      this.#roundNumber += 1
      this.#session?.abandon()
    }
  }

  async #handOver(session: PostgresSession, epoch: number): Promise<void> {
    await session.first(`update leadership set address = '' where epoch = $1`, [epoch])
    if (this.#row !== null) this.#learn({ ...this.#row, address: '' })
    this.#epoch = null
    this.#session = null
    // With the session goes the lock, and with both every way to write.
    await session.end()
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#inTime(this.#round())
        this.#answeredMs = performance.now()
        this.#complained = false
      } catch (error) {
        if (!this.#complained && !this.#closed)
          this.#options.log('warn', `the database does not answer: ${error instanceof Error ? error.message : String(error)}`)
        this.#complained = true
        this.#roundNumber += 1
        this.#session?.abandon()
      }
      if (!this.#closed) await this.#pause(this.#epoch === null ? POLL_MS : BEAT_MS)
    }
  }

  async #round(): Promise<void> {
    const session = this.#session ?? (await this.#connect())
    if (this.#epoch !== null) return this.#beat(session, this.#epoch)
    if (this.#isCandidate && session === this.#session) await this.#tryToLead(session)
    const [row] = await session.first<Row>('select epoch, beat, address, preparing, secret from leadership')
    if (row === undefined) throw new Error('the row of the leader is gone')
    this.#answeredMs = performance.now()
    this.#learn(row)
    if (this.#epoch === null && this.#isCandidate) await this.#watch(session, row)
  }

  /** From its first moment on it is this instance's session: whatever ends the round ends it too, and with it the lock of the setup. */
  async #connect(): Promise<PostgresSession> {
    const round = this.#roundNumber
    const session = await PostgresSession.connect(this.#options.url)
    if (round !== this.#roundNumber) {
      session.abandon()
      throw new Error('the session came too late')
    }
    this.#session = session
    session.onLost(() => {
      if (this.#session !== session) return
      this.#session = null
      this.#isPreparing = false
      if (this.#epoch === null || this.#closed) return
      this.#epoch = null
      this.#options.deposed()
      this.#tell()
    })
    try {
      await setUp(session)
    } catch (error) {
      session.abandon()
      throw error
    }
    return session
  }

  /** The lock and the new number in one statement: nobody sees a leader that has not begun. */
  async #tryToLead(session: PostgresSession): Promise<void> {
    const sentMs = performance.now()
    const [taken] = await session.first<Row>(
      `with attempt as materialized (select pg_try_advisory_lock(${LEADER_LOCK}) as held)
       update leadership set epoch = epoch + 1, beat = beat + 1, address = '', preparing = true from attempt where attempt.held
       returning epoch, beat, address, preparing, secret`,
    )
    if (taken === undefined) return
    // It may have been lost after the answer: then the lock is free again.
    if (session !== this.#session) throw new Error('the session is gone')
    this.#beatMs = sentMs
    this.#epoch = taken.epoch
    this.#isPreparing = true
    // Whoever waits for a leader is not to be sent to the one before.
    this.#learn(taken)
    this.#options.log('info', `this instance leads (${taken.epoch})`)
    this.#options.lead(session, taken.epoch)
  }

  async #beat(session: PostgresSession, epoch: number): Promise<void> {
    const sentMs = performance.now()
    let rows: unknown[]
    try {
      rows = await session.first('update leadership set beat = beat + 1 where epoch = $1 returning epoch', [epoch])
    } catch (error) {
      // A disk that stands still. The database has answered, and the session is there: the others decide whether it was too long.
      if ((error as { readonly code?: unknown }).code !== CUT_OFF) throw error
      this.#options.log('warn', 'the database took too long for a word of the leader')
      return
    }
    if (rows.length > 0) this.#beatMs = sentMs
    else {
      this.#options.log('warn', `the row of the leader is not this instance's (${epoch}) any more`)
      session.abandon()
    }
  }

  /** A leader that says nothing any more is thrown out of the database: then its lock is free, and its hands are tied. */
  async #watch(session: PostgresSession, { epoch, beat, preparing }: Row): Promise<void> {
    const word = `${epoch} ${beat}`
    const nowMs = performance.now()
    if (word !== this.#seen.word) this.#seen = { word, atMs: nowMs }
    if (nowMs - this.#seen.atMs < (preparing ? STALE_PREPARING_MS : STALE_MS)) return
    this.#seen = { word, atMs: nowMs }
    this.#options.log('warn', `the leader (${epoch}) says nothing: its session is ended`)
    await session.first(
      `select pg_terminate_backend(pid) from pg_locks, leadership
       where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()) and classid = 0
         and objid = ${LEADER_LOCK} and objsubid = 1 and granted and epoch = $1 and beat = $2`,
      [epoch, beat],
    )
  }

  #learn(row: Row): void {
    const isNews = row.epoch !== this.#row?.epoch || row.address !== this.#row.address
    this.#row = row
    if (isNews) this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  /** How long a round may take that began then. It is asked anew when that is over: the business may have begun to prepare, or be ready, since. */
  #roundEndMs(beganMs: number): number {
    if (this.#isPreparing) return beganMs + STALE_PREPARING_MS
    return Math.max(beganMs, this.#settledMs) + (this.#options.answerMs ?? ANSWER_MS)
  }

  /** @throws Error when it is not done by then */
  async #inTime(round: Promise<void>): Promise<void> {
    const { answerMs = ANSWER_MS } = this.#options
    const beganMs = performance.now()
    while (!(await isDoneBy(Math.min(performance.now() + answerMs, this.#roundEndMs(beganMs)), round)))
      if (performance.now() >= this.#roundEndMs(beganMs)) throw new Error('no answer in time')
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** In one transaction: nothing of it, the lock least of all, outlives its end. */
async function setUp(session: PostgresSession): Promise<void> {
  await session.first('begin')
  await session.first(`select pg_advisory_xact_lock(${SETUP_LOCK})`)
  await session.first(
    `create table if not exists leadership (id integer primary key, epoch bigint not null, beat bigint not null, address text not null,
       preparing boolean not null, secret text not null)`,
  )
  await session.first(`insert into leadership values (1, 0, 0, '', false, $1) on conflict do nothing`, [randomBytes(32).toString('hex')])
  await session.first('commit')
}
