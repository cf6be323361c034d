import type { Result } from '../../../electron/shared/errors'
import type { RoomSession } from '../../../electron/shared/room-api'
import { RoomApiError } from '../../room/api-request'
import type { SessionSource } from '../../room/session'

/** Asked for anew this long before the token or the UserSig ends, seconds. */
const RENEW_BEFORE_SEC = 600
const RENEW_AGAIN_MS = 30_000
/** Above it a timer of a browser fires at once. */
const LONGEST_TIMER_MS = 2_147_483_647

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
  #timer: ReturnType<typeof setTimeout> | null = null

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
    const endsSec = Math.min(session.expiresAt, session.userSigExpiresAt)
    this.#renewIn(Math.max(RENEW_AGAIN_MS, (endsSec - RENEW_BEFORE_SEC) * 1_000 - Date.now()))
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
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #renewIn(ms: number): void {
    this.close()
    this.#timer = setTimeout(
      () => {
        this.open().catch((error: unknown) => {
          if (!(error instanceof RoomApiError)) throw error
          this.#renewIn(RENEW_AGAIN_MS)
        })
      },
      Math.min(ms, LONGEST_TIMER_MS),
    )
  }
}
