import type { ConnectionFault, ConnectionView, PkWord } from '../../../shared/pk'
import { ApiError } from '../api/api-error'
import type { Clock, Timers } from '../clock'
import type { BackendConfig } from '../config'
import { OtherRoom, OtherRoomError, type OtherRoomAddress } from './other-room'
import type { HostStanding, Pks } from './pks'

const ASK_EVERY_MS = 1_000
/** What is not passing by itself is asked less often. */
const ASK_REFUSED_EVERY_MS = 5_000
/** A last sum is told a little after the end, so that it is the last. */
const AFTER_END_MS = 20

interface Connection {
  readonly other: OtherRoom
  nick: string
  fault: ConnectionFault | null
  sinceMs: number
  /** The PK that the anchor said yes to. The host's word alone draws nobody into one. */
  accepted: string
  heard: { readonly word: PkWord; readonly atMs: number } | null
  /** Requests follow one another: an older answer never comes after a newer one. */
  line: Promise<unknown>
  cancel: () => void
  ended: boolean
}

interface ConnectionsParts {
  readonly pks: Pks
  readonly config: BackendConfig
  readonly clock: Clock
  readonly timers: Timers
  /** Asked before each request to another room; none is made while it may not be. */
  mayTell(): boolean
}

/** The rooms of other installations that rooms here are connected with, as co-anchors there. Each is asked about once a second for its word about a PK. */
export class Connections {
  readonly #parts: ConnectionsParts
  readonly #connections = new Map<string, Connection>()
  /** What each room asked for last: looking up a name may take longer than the next wish. */
  readonly #wishes = new Map<string, symbol>()
  #closed = false

  constructor(parts: ConnectionsParts) {
    this.#parts = parts
  }

  view(roomId: string): ConnectionView {
    const connection = this.#connections.get(roomId)
    if (connection === undefined) return { connection: null }
    const { other, nick, fault, sinceMs } = connection
    const { base, room } = other.address
    return { connection: { base, room, nick, state: fault === null ? 'connected' : 'lost', fault, since: Math.floor(sinceMs / 1_000) } }
  }

  /** What is known of the other room, for a view of the PK. */
  standing(roomId: string): HostStanding {
    const connection = this.#connections.get(roomId)
    if (connection === undefined) return { away: true, offer: null }
    const { heard, fault, nick } = connection
    return { away: fault !== null, offer: heard?.word.state === 'offered' && fault === null ? { word: heard.word, nick, heardMs: heard.atMs } : null }
  }

  /**
   * Takes the place of the one before it. Resolves after the first attempt, be it in vain.
   * @param nick of the other room's anchor, until it is heard
   * @throws ApiError pk.address-not-allowed
   */
  async connect(roomId: string, address: OtherRoomAddress, nick: string): Promise<void> {
    const { timers, config } = this.#parts
    const other = new OtherRoom(address, timers, () => this.#parts.mayTell(), config.mayConnect)
    const wish = Symbol(roomId)
    this.#wishes.set(roomId, wish)
    if (config.mayConnect !== undefined && !(await other.mayConnect())) throw new ApiError('pk.address-not-allowed')
    if (this.#wishes.get(roomId) !== wish) return
    const before = this.#connections.get(roomId)
    const connection: Connection = {
      other,
      nick,
      fault: 'unreachable',
      sinceMs: this.#parts.clock.nowMs(),
      accepted: '',
      heard: null,
      line: Promise.resolve(),
      cancel: () => undefined,
      ended: this.#closed,
    }
    // In its place at once: whoever connects the room in the same moment finds this one, and ends it.
    this.#connections.set(roomId, connection)
    if (before !== undefined) {
      this.#end(before)
      // With a newer token it is the same one.
      if (before.other.address.base !== address.base || before.other.address.room !== address.room) await this.#parts.pks.left(roomId)
    }
    if (!connection.ended) await this.#ask(roomId, connection)
  }

  async disconnect(roomId: string): Promise<void> {
    this.#wishes.delete(roomId)
    const connection = this.#connections.get(roomId)
    if (connection === undefined) return
    this.#end(connection)
    this.#connections.delete(roomId)
    await this.#parts.pks.left(roomId)
  }

  /** The anchor's answer to the other room's offer. @throws ApiError pk.not-connected | pk.none | pk.running | pk.unreachable */
  async answer(roomId: string, accept: boolean): Promise<void> {
    const connection = this.#connections.get(roomId)
    if (connection === undefined) throw new ApiError('pk.not-connected')
    const { offer } = this.standing(roomId)
    if (offer === null) throw new ApiError(connection.fault === null ? 'pk.none' : 'pk.unreachable')
    if (accept && this.#parts.pks.isBusy(roomId)) throw new ApiError('pk.running')
    if (accept) connection.accepted = offer.word.pkId
    try {
      await this.#inLine(roomId, connection, () => connection.other.answer(offer.word.pkId, accept))
    } catch (error) {
      if (!(error instanceof OtherRoomError)) throw error
      throw new ApiError(error.code === 'pk.none' ? 'pk.none' : 'pk.unreachable', {}, error)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const connection of this.#connections.values()) this.#end(connection)
    await Promise.allSettled([...this.#connections.values()].map(({ line }) => line))
  }

  #end(connection: Connection): void {
    connection.ended = true
    connection.cancel()
    connection.other.close()
  }

  /** Asks once, and has it asked again. */
  async #ask(roomId: string, connection: Connection): Promise<void> {
    const { pks, config, clock, timers } = this.#parts
    let endsInMs = ASK_EVERY_MS
    try {
      await this.#inLine(roomId, connection, async () => {
        const score = await pks.guestScore(roomId)
        if (score === null) return connection.other.word()
        return connection.other.score(score)
      })
      const run = await pks.guestScore(roomId)
      if (run !== null && !run.final) endsInMs = Math.max(0, run.untilMs - clock.nowMs()) + AFTER_END_MS
    } catch (error) {
      if (connection.ended) return
      if (error instanceof OtherRoomError) this.#faulty(roomId, connection, error.fault)
      else config.log('warn', `what the other room of ${roomId} said was not kept: ${String(error)}`)
    }
    if (connection.ended) return
    const { fault } = connection
    const delayMs = fault === null || fault === 'unreachable' ? ASK_EVERY_MS : ASK_REFUSED_EVERY_MS
    connection.cancel = timers.after(Math.min(delayMs, endsInMs), () => void this.#ask(roomId, connection))
  }

  /** A request whose answer is taken. @throws OtherRoomError */
  #inLine(roomId: string, connection: Connection, request: () => Promise<PkWord>): Promise<void> {
    const work = connection.line.then(async () => {
      const word = await request()
      if (connection.ended) return
      const { clock, pks } = this.#parts
      connection.nick = word.nick === '' ? connection.nick : word.nick
      connection.heard = { word, atMs: clock.nowMs() }
      this.#faulty(roomId, connection, null)
      const isConsented = word.pkId === connection.accepted || pks.knows(roomId, word.pkId)
      if (word.state !== 'running' || isConsented) await pks.hostSays(roomId, word, connection.nick)
    })
    // Whoever waits is told; the next in line goes on.
    connection.line = work.catch(() => undefined)
    return work
  }

  #faulty(roomId: string, connection: Connection, fault: ConnectionFault | null): void {
    if (connection.fault === fault) return
    const { config, clock } = this.#parts
    config.log(fault === null ? 'info' : 'warn', `the other room of ${roomId} ${fault === null ? 'answers' : `is lost: ${fault}`}`)
    if (connection.fault === null || fault === null) connection.sinceMs = clock.nowMs()
    connection.fault = fault
  }
}
