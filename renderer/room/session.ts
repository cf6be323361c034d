import { z } from 'zod'
import type { RoomSession } from '../../electron/shared/room-api'
import { RoomApiError } from './api-request'
import type { RoomApi } from './room-api-client'
import { SessionRenewal } from './session-renewal'

/** What a page remembers of the visit, so that a reload is the same person. */
const visitSchema = z.object({ token: z.string(), nick: z.string(), named: z.boolean() })
type Visit = z.infer<typeof visitSchema>

/** Where the visit is kept: a tab's storage, so that two tabs are two people. */
export interface VisitKeeper {
  read(): string | null
  write(text: string): void
}

/** Who a page is in the room. Owns whatever renews it. */
export interface SessionSource {
  /** The name was chosen by its bearer. */
  readonly named: boolean
  /** @throws RoomApiError auth.missing before `open` */
  readonly token: string
  /** Comes in. @throws RoomApiError */
  open(): Promise<RoomSession>
  /** A session whose token and UserSig are still good. @throws RoomApiError */
  fresh(): Promise<RoomSession>
  /** @throws RoomApiError text.refused | request.invalid */
  rename(nick: string): Promise<void>
  close(): void
}

export interface SessionOptions {
  readonly api: RoomApi
  readonly keeper: VisitKeeper
  /** Token of the link's invitation; null = a guest. */
  readonly invite: string | null
  /** By which the invitation knows this page again, where it is for one person: kept, and made before it is first used. */
  readonly claim?: string
  /** The name before somebody chooses one. */
  guestName(): string
}

/** A visitor: opened over HTTP, renewed before it ends, remembered. Owns the renewal's timer. */
export class GuestSession implements SessionSource {
  readonly #options: SessionOptions
  #visit: Visit | null
  #session: RoomSession | null = null
  readonly #renewal = new SessionRenewal(() => this.renew())

  constructor(options: SessionOptions) {
    this.#options = options
    this.#visit = readVisit(options.keeper.read())
  }

  /** True: the name was chosen by its bearer. */
  get named(): boolean {
    return this.#visit?.named ?? false
  }

  /** @throws RoomApiError auth.missing before `open` */
  get token(): string {
    if (this.#session === null) throw new RoomApiError('refused', { code: 'auth.missing' })
    return this.#session.token
  }

  /** Comes in, as the one of the earlier visit if there was one. @throws RoomApiError */
  async open(): Promise<RoomSession> {
    const { api, invite, claim, guestName } = this.#options
    const nick = this.#visit?.nick ?? guestName()
    return this.#take(
      await api.open({ nick, ...(invite === null ? {} : { invite }), ...(claim === undefined ? {} : { claim }) }, this.#visit?.token ?? null),
      nick,
      this.named,
    )
  }

  /** A new token and UserSig for the same person. @throws RoomApiError */
  async renew(): Promise<RoomSession> {
    const { api } = this.#options
    return this.#take(await api.renew(this.token), this.#visit?.nick ?? '', this.named)
  }

  /** As `renew`; who slept through the end of the session comes in again. @throws RoomApiError */
  async fresh(): Promise<RoomSession> {
    try {
      return await this.renew()
    } catch (error) {
      if (error instanceof RoomApiError && error.kind === 'refused' && !error.passing) return this.open()
      throw error
    }
  }

  /** @throws RoomApiError text.refused | request.invalid */
  async rename(nick: string): Promise<void> {
    await this.#options.api.rename(this.token, nick)
    this.#keep({ token: this.token, nick, named: true })
  }

  close(): void {
    this.#renewal.close()
  }

  #take(session: RoomSession, nick: string, named: boolean): RoomSession {
    this.#session = session
    this.#keep({ token: session.token, nick: session.nick || nick, named })
    this.#renewal.after(session)
    return session
  }

  #keep(visit: Visit): void {
    this.#visit = visit
    this.#options.keeper.write(JSON.stringify(visit))
  }
}

function readVisit(text: string | null): Visit | null {
  if (text === null) return null
  try {
    const parsed = visitSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
