import type { Result } from '../../../electron/shared/errors'
import type { RoomSession } from '../../../electron/shared/room-api'
import { RoomApiError } from '../../room/api-request'
import type { SessionSource } from '../../room/session'
import { SessionRenewal } from '../../room/session-renewal'

export interface AnchorSessionOptions {
  /** Main's `room.session`. */
  ask(): Promise<Result<RoomSession>>
  /** Main's `room.setAnchorName`. */
  rename(name: string): Promise<Result<null>>
}

/** The anchor of this machine: main asks the room server for the session. Owns the renewal's timer. */
export class AnchorSession implements SessionSource {
  readonly named = true
  readonly #options: AnchorSessionOptions
  #session: RoomSession | null = null
  readonly #renewal = new SessionRenewal(() => this.open())

  constructor(options: AnchorSessionOptions) {
    this.#options = options
  }

  get token(): string {
    if (this.#session === null) throw new RoomApiError('refused', { code: 'auth.missing' })
    return this.#session.token
  }

  async open(): Promise<RoomSession> {
    const result = await this.#options.ask()
    // The room server starts, restarts or moves: it will be there.
    if (!result.ok) throw new RoomApiError('unreachable', { code: result.error.code })
    const session = result.value
    this.#session = session
    this.#renewal.after(session)
    return session
  }

  fresh(): Promise<RoomSession> {
    return this.open()
  }

  /** The name is a setting of the app; the room learns it with the next session. */
  async rename(nick: string): Promise<void> {
    await this.#options.rename(nick)
    await this.open()
  }

  close(): void {
    this.#renewal.close()
  }
}
