import type { RoomSession } from '../../electron/shared/room-api'
import { RoomApiError } from './api-request'

/** Renewed this long before the token or the UserSig ends, seconds. */
const RENEW_BEFORE_SEC = 600
const AGAIN_MS = 30_000
/** Above it a timer of a browser fires at once. */
const LONGEST_TIMER_MS = 2_147_483_647

/** Renews a session before it ends. Whoever made it ends it with `close`. */
export class SessionRenewal {
  readonly #renew: () => Promise<unknown>
  #timer: ReturnType<typeof setTimeout> | null = null
  #closed = false

  /** @param renew gets a new session, and calls `after` with it; may throw RoomApiError */
  constructor(renew: () => Promise<unknown>) {
    this.#renew = renew
  }

  after({ expiresAt, userSigExpiresAt }: Pick<RoomSession, 'expiresAt' | 'userSigExpiresAt'>): void {
    const endsSec = Math.min(expiresAt, userSigExpiresAt)
    this.#in(Math.max(AGAIN_MS, (endsSec - RENEW_BEFORE_SEC) * 1_000 - Date.now()))
  }

  /** For good: a session that comes afterwards is renewed by nobody. */
  close(): void {
    this.#closed = true
    this.#stop()
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #in(ms: number): void {
    this.#stop()
    if (this.#closed) return
    this.#timer = setTimeout(
      () => {
        this.#renew().catch((error: unknown) => {
          if (!(error instanceof RoomApiError)) throw error
          // A token that is no longer taken is found out by whoever uses it next.
          if (error.passing) this.#in(AGAIN_MS)
        })
      },
      Math.min(ms, LONGEST_TIMER_MS),
    )
  }
}
