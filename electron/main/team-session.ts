import { z } from 'zod'
import { MAX_CLOCK_SKEW_SEC, type CloudState, type RoomPlace } from '../shared/cloud'
import { cutBytes } from '../shared/cut-bytes'
import { AnchorError, type ErrorInfo } from '../shared/errors'
import { NICK_LIMIT_BYTES } from '../shared/notice-text'
import { sessionSchema, type RoomSession } from '../shared/room-api'
import { askRoom, RoomRefusal, type RoomRequest } from './room-http'
import { MAX_TIMEOUT_MS } from '../shared/thresholds'

/** Renewed this long before token or UserSig ends, seconds. */
export const RENEW_BEFORE_SEC = 600
const AGAIN_MS = 15_000

export interface TeamSessionOptions {
  /** Scheme, host and port. */
  readonly server: string
  readonly roomId: string
  /** Of an earlier run; null = it is opened by an invitation. */
  readonly token: string | null
  /** The token is a secret; null = it is of no use any more. */
  keep(token: string | null): void
  /** State, skew or end are another. */
  onChange(): void
  /** A session is there (again). */
  onReady(): void
}

/** The anchor's session at a team's room server: kept, renewed before its end, and told to be over when it is. Owns its timer; ended by `close`. */
export class TeamSession {
  readonly place: RoomPlace
  readonly host: string
  readonly #options: TeamSessionOptions
  #token: string | null
  #held: RoomSession | null = null
  #state: CloudState = 'signing-in'
  #error: ErrorInfo | null = null
  /** The name that the server did not take, and why. */
  #refused: { readonly nick: string; readonly error: ErrorInfo } | null = null
  #skewSec = 0
  #renewing: Promise<RoomSession> | null = null
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(options: TeamSessionOptions) {
    const { server, roomId } = options
    this.#options = options
    this.#token = options.token
    this.host = server.replace(/^https?:\/\//, '')
    this.place = { http: server, wire: server.replace(/^http/, 'ws'), roomId, watch: `${server}/watch/?room=${roomId}`, local: false }
  }

  get state(): CloudState {
    return this.#state
  }

  get error(): ErrorInfo | null {
    return this.#error ?? this.#refused?.error ?? null
  }

  /** What was last answered; null = nothing yet, or it is over. */
  get held(): RoomSession | null {
    return this.#held
  }

  /** How far the server's clock is before the own one; null = not worth a word. */
  get clockSkewSec(): number | null {
    return Math.abs(this.#skewSec) > MAX_CLOCK_SKEW_SEC ? Math.round(this.#skewSec) : null
  }

  /** UNIX seconds by the server's clock. */
  get serverNowSec(): number {
    return Date.now() / 1_000 + this.#skewSec
  }

  /** Opens it with a link. @throws AnchorError cloud.refused | cloud.unreachable | cloud.not-a-server */
  async open(invite: string, nick: string): Promise<void> {
    const { host } = this
    try {
      const session = await this.#plain(
        { method: 'POST', path: `/api/rooms/${this.place.roomId}/sessions`, body: { nick: nickOf(nick), invite } },
        sessionSchema,
      )
      // A producer's link opens a session, too, but no show.
      if (session.role !== 'anchor') throw new AnchorError('cloud.bad-link')
      this.#opened(session)
    } catch (error) {
      throw error instanceof RoomRefusal ? new AnchorError('cloud.refused', { context: { host, reason: error.message } }) : error
    }
  }

  /** Goes on with the token of an earlier run. */
  start(): void {
    void this.#renewLater()
  }

  /** The network is back: no need to wait. */
  retryNow(): void {
    if (this.#state === 'unreachable') void this.#renewLater()
  }

  /** A session that holds for a while yet. @param nick cut to what a room takes @throws AnchorError cloud.ended | cloud.unreachable | cloud.not-a-server */
  async session(nick: string): Promise<RoomSession> {
    if (this.#held !== null) await this.#rename(nickOf(nick), this.#held)
    const held = this.#held
    return held !== null && this.#leftSec(held) > RENEW_BEFORE_SEC ? held : this.#renew()
  }

  /** A question in the anchor's name. @throws RoomRefusal | AnchorError cloud.ended | cloud.unreachable | cloud.not-a-server */
  async ask<T>(request: Omit<RoomRequest, 'base' | 'token' | 'onDate'>, answer: z.ZodType<T>): Promise<T> {
    if (this.#token === null) throw this.#end()
    try {
      return await this.#plain({ ...request, token: this.#token }, answer)
    } catch (error) {
      if (error instanceof RoomRefusal && error.status === 401) throw this.#end()
      throw error
    }
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** Ends it at the server too, after `close`: nobody who kept the token gets in with it. @throws RoomRefusal | AnchorError cloud.ended | cloud.unreachable | cloud.not-a-server */
  async endAtServer(): Promise<void> {
    if (this.#token !== null) await this.ask({ method: 'DELETE', path: '/api/session' }, z.unknown())
  }

  /** A name that the server does not take keeps nobody out of the room: the one before it stays. */
  async #rename(nick: string, { nick: before, avatar }: RoomSession): Promise<void> {
    if (nick === this.#refused?.nick) return
    try {
      if (nick !== before) {
        const renamed = await this.ask({ method: 'PUT', path: '/api/session/profile', body: { nick, avatar } }, z.object({ nick: z.string() }))
        if (this.#held !== null) this.#held = { ...this.#held, nick: renamed.nick }
      }
      this.#nameIs(null)
    } catch (error) {
      if (!(error instanceof RoomRefusal)) throw error
      if (error.isForGood) this.#nameIs({ nick, error: { code: 'cloud.name-refused', context: { host: this.host, reason: error.message } } })
    }
  }

  #nameIs(refused: { readonly nick: string; readonly error: ErrorInfo } | null): void {
    if (refused === this.#refused) return
    this.#refused = refused
    if (!this.#closed) this.#options.onChange()
  }

  #plain<T>(request: Omit<RoomRequest, 'base' | 'onDate'>, answer: z.ZodType<T>): Promise<T> {
    return askRoom({ ...request, base: this.place.http, onDate: (server, own) => this.#dated(server - own) }, answer)
  }

  /** Those who ask at once get one answer. */
  #renew(): Promise<RoomSession> {
    this.#renewing ??= this.#renewOnce().finally(() => (this.#renewing = null))
    return this.#renewing
  }

  async #renewOnce(): Promise<RoomSession> {
    try {
      return this.#opened(await this.ask({ method: 'POST', path: '/api/session/renew', body: {} }, sessionSchema))
    } catch (error) {
      if (this.#state === 'ended' || this.#closed) throw error
      this.#become('unreachable', error instanceof AnchorError ? error.toInfo() : { code: 'cloud.unreachable', context: { host: this.host } })
      this.#in(AGAIN_MS)
      const held = this.#held
      // It is good yet, only not for as long as one would like.
      if (held !== null && this.#leftSec(held) > 0) return held
      throw error instanceof RoomRefusal ? new AnchorError('cloud.unreachable', { context: { host: this.host }, cause: error }) : error
    }
  }

  async #renewLater(): Promise<void> {
    try {
      await this.#renew()
    } catch (error) {
      // It stands in the state, and is tried again.
      if (!(error instanceof AnchorError)) throw error
    }
  }

  #opened(session: RoomSession): RoomSession {
    // Behind a proxy the server does not know that it was reached by TLS.
    const held = { ...session, wire: session.wire === null ? null : this.place.wire }
    this.#held = held
    this.#token = session.token
    if (this.#closed) return held
    this.#options.keep(session.token)
    this.#in(Math.max(AGAIN_MS, (this.#leftSec(held) - RENEW_BEFORE_SEC) * 1_000))
    this.#become('ready', null)
    this.#options.onReady()
    return held
  }

  #leftSec({ expiresAt, userSigExpiresAt }: RoomSession): number {
    return Math.min(expiresAt, userSigExpiresAt) - this.serverNowSec
  }

  #end(): AnchorError {
    this.#held = null
    this.#token = null
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const error = new AnchorError('cloud.ended', { context: { host: this.host } })
    if (!this.#closed && this.#state !== 'ended') {
      this.#options.keep(null)
      this.#become('ended', error.toInfo())
    }
    return error
  }

  #dated(skewSec: number): void {
    const before = this.clockSkewSec
    this.#skewSec = skewSec
    if ((before === null) !== (this.clockSkewSec === null) && !this.#closed) this.#options.onChange()
  }

  #become(state: CloudState, error: ErrorInfo | null): void {
    this.#state = state
    this.#error = error
    this.#options.onChange()
  }

  #in(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = this.#closed ? null : setTimeout(() => void this.#renewLater(), Math.min(ms, MAX_TIMEOUT_MS))
  }
}

function nickOf(name: string): string {
  return cutBytes(name, NICK_LIMIT_BYTES).trim()
}
