import type { RoomPlace } from '../shared/cloud'
import { AnchorError } from '../shared/errors'
import type { RoomSession } from '../shared/room-api'
import { trtcTicketSchema, type TrtcTicket } from '../shared/trtc'
import { askRoom, RoomRefusal } from './room-http'
import { MAX_TIMEOUT_MS } from '../shared/thresholds'

/** Renewed this long before it ends, seconds. */
const RENEW_BEFORE_SEC = 600
const AGAIN_MS = 30_000

export interface TicketKeeperOptions {
  place(): RoomPlace | null
  /** Of the anchor in that room. @throws AnchorError */
  session(): Promise<RoomSession>
  /** UNIX seconds by the clock of that room's server. */
  serverNowSec(): number
  /** The server does not know the session (any more). */
  onSessionRefused(): void
  /** Another one, before the last has ended. */
  onTicket(ticket: TrtcTicket): void
  log(level: 'info' | 'warn', message: string): void
}

/** What lets the anchor into the TRTC room: asked for at the room's server, whichever that is, and renewed for as long as it is wanted. Owns its timer. */
export class TicketKeeper {
  readonly #options: TicketKeeperOptions
  #timer: NodeJS.Timeout | null = null
  #generation = 0

  constructor(options: TicketKeeperOptions) {
    this.#options = options
  }

  /** @throws AnchorError trtc.no-cloud-room | trtc.no-ticket { reason } */
  async get(): Promise<TrtcTicket> {
    this.release()
    const generation = this.#generation
    const ticket = await this.#ask()
    if (generation === this.#generation) this.#renewAfter(ticket)
    return ticket
  }

  /** One that is not renewed. @throws AnchorError trtc.no-cloud-room | trtc.no-ticket { reason } */
  once(): Promise<TrtcTicket> {
    return this.#ask()
  }

  /** Nobody is in the TRTC room any more. */
  release(): void {
    this.#generation += 1
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  async #ask(): Promise<TrtcTicket> {
    const place = this.#options.place()
    if (place === null) throw new AnchorError('trtc.no-ticket', { context: { reason: 'room.unavailable' } })
    try {
      const { token } = await this.#options.session()
      return await askRoom({ base: place.http, method: 'POST', path: `/api/rooms/${place.roomId}/trtc-ticket`, token, body: {} }, trtcTicketSchema)
    } catch (error) {
      if (error instanceof RoomRefusal && error.status === 401) this.#options.onSessionRefused()
      if (error instanceof RoomRefusal && error.code === 'trtc.no-cloud-room') throw new AnchorError('trtc.no-cloud-room', { cause: error })
      if (error instanceof RoomRefusal) throw new AnchorError('trtc.no-ticket', { cause: error, context: { reason: error.message } })
      if (error instanceof AnchorError) throw new AnchorError('trtc.no-ticket', { cause: error, context: { reason: error.code } })
      throw error
    }
  }

  #renewAfter({ expiresAt }: TrtcTicket): void {
    this.#in(Math.max(AGAIN_MS, (expiresAt - RENEW_BEFORE_SEC - this.#options.serverNowSec()) * 1_000))
  }

  #in(ms: number): void {
    const generation = this.#generation
    this.#timer = setTimeout(() => void this.#renew(generation), Math.min(ms, MAX_TIMEOUT_MS))
  }

  async #renew(generation: number): Promise<void> {
    try {
      const ticket = await this.#ask()
      if (generation !== this.#generation) return
      this.#renewAfter(ticket)
      this.#options.onTicket(ticket)
    } catch (error) {
      if (generation !== this.#generation) return
      // The one that is held works yet.
      this.#options.log('warn', `the TRTC ticket was not renewed: ${error instanceof Error ? error.message : String(error)}`)
      this.#in(AGAIN_MS)
    }
  }
}
