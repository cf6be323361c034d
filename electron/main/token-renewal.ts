/** A session is renewed when half of it is over, and every so often at the latest: the clock of the server that gave it may be another. */
const LATEST_MS = 4 * 3_600_000
/** At the earliest, and after an attempt in vain. */
const AGAIN_MS = 60_000

export interface TokenRenewalOptions {
  /** @returns when the new token ends, UNIX seconds; null = there will be none any more */
  renew(): Promise<number | null>
  /** It cannot be renewed, and holds until its end at most. */
  onFinal(): void
  /** UNIX milliseconds. */
  nowMs(): number
}

/** Has a token renewed before it ends, as long as that works. `renew` does not reject for what may pass: it is asked again. Owns one timer. */
export class TokenRenewal {
  readonly #options: TokenRenewalOptions
  #timer: NodeJS.Timeout | null = null
  #closed = false

  /** @param expiresAtSec end of the token that there is, UNIX seconds */
  constructor(expiresAtSec: number, options: TokenRenewalOptions) {
    this.#options = options
    this.#before(expiresAtSec)
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #before(expiresAtSec: number): void {
    const leftMs = expiresAtSec * 1_000 - this.#options.nowMs()
    this.#in(Math.min(LATEST_MS, Math.max(AGAIN_MS, leftMs / 2)))
  }

  #in(ms: number): void {
    if (!this.#closed) this.#timer = setTimeout(() => void this.#renew(), ms)
  }

  async #renew(): Promise<void> {
    let expiresAtSec: number | null
    try {
      expiresAtSec = await this.#options.renew()
    } catch (error) {
      // Whoever renews has said why; a machine that is away may be back in a minute.
      if (!(error instanceof Error)) throw error
      this.#in(AGAIN_MS)
      return
    }
    if (this.#closed) return
    if (expiresAtSec === null) this.#options.onFinal()
    else this.#before(expiresAtSec)
  }
}
