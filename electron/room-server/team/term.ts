import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Backend, type BackendOptions } from '../backend/backend'
import type { IceServer } from '../../shared/co-anchor-line'
import type { RoomSession } from '../../shared/room-api'
import { CoAnchorLines } from '../media/co-anchor-lines'
import { systemTime } from '../media/line-time'
import { seatDesk } from '../seat-desk'
import type { PostgresSession } from '../store/postgres-session'
import { Upgrades } from '../upgrades'

export interface TermOptions {
  /** That of the leadership: what is written goes over it. */
  readonly session: PostgresSession
  readonly backend: Omit<BackendOptions, 'database'>
  readonly iceServers: readonly IceServer[]
}

/** The business, for as long as this instance leads. */
export class Term {
  readonly #backend: Backend
  readonly #lines: CoAnchorLines
  /** Hosts were looked at before. */
  readonly #upgrades = new Upgrades(() => true)
  /** It has begun, or never will. */
  readonly #begun: Promise<void>
  #setBegun: () => void = () => undefined

  private constructor(backend: Backend, lines: CoAnchorLines) {
    this.#backend = backend
    this.#lines = lines
    this.#begun = new Promise((resolve) => (this.#setBegun = resolve))
    lines.serveOn(this.#upgrades)
  }

  /** Reads what is in the database. @throws Error of PostgreSQL, or when the schema is a later version's */
  static async open({ session, backend: options, iceServers }: TermOptions): Promise<Term> {
    await session.migrate()
    const backend = await Backend.open({ ...options, database: session.database() })
    const { log } = options.config
    return new Term(backend, new CoAnchorLines({ desk: seatDesk(backend.business), time: systemTime, iceServers, log }))
  }

  /** Calls that IM has to take yet. */
  get untold(): number {
    return this.#backend.untold
  }

  /** Goes on where the last leader stopped. IM's callbacks must find their way by now. */
  async start(): Promise<void> {
    await this.#backend.start()
    this.#lines.start()
    this.#setBegun()
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#backend.handle(request, response)
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#upgrades.take(request, socket, head)
  }

  /** Waits for the room of the show, which the first term makes: whoever has the session goes on there. @throws ApiError im.unavailable */
  async anchorSession(nick: string): Promise<RoomSession> {
    await this.#begun
    return { ...(await this.#backend.anchorSession(nick)), wire: null }
  }

  /** At once: nobody is spoken to any more in the name of this term. `close` follows, or the process ends. */
  halt(): void {
    this.#setBegun()
    this.#backend.halt()
  }

  /** All is written then. */
  async close(): Promise<void> {
    this.#setBegun()
    await this.#lines.close()
    await this.#backend.close()
  }
}
