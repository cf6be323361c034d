import type { ParsedPushUrl } from '../shared/destination'
import { AnchorError, type Result } from '../shared/errors'
import { isSameStream, parsePushUrl } from '../shared/push-url'

/** How long a fresh URL is waited for before the old one is tried. */
const FRESH_URL_MS = 3_000

/** The address of a destination: asked for anew before each reconnect where its signature ends. Owns the wait for it. */
export class UrlSource {
  readonly #refresh: boolean
  readonly #onWanted: () => void
  #url: string
  #timer: NodeJS.Timeout | null = null
  #ready: ((target: Result<ParsedPushUrl>) => void) | null = null

  constructor(url: string, refresh: boolean, onWanted: () => void) {
    this.#url = url
    this.#refresh = refresh
    this.#onWanted = onWanted
  }

  get url(): string {
    return this.#url
  }

  /** Is `url` the same address, but for a fresh signature where those are asked for? */
  leadsTo(url: string, refresh: boolean): boolean {
    if (refresh !== this.#refresh) return false
    return refresh ? isSameStream(url, this.#url) : url === this.#url
  }

  /** A fresh URL; whoever waits goes on with it. */
  set(url: string): void {
    this.#url = url
    this.#tell()
  }

  /** Calls `ready` once, at once or when a fresh URL came or did not come in time. An earlier request is forgotten. */
  next(isRetry: boolean, ready: (target: Result<ParsedPushUrl>) => void): void {
    this.cancel()
    this.#ready = ready
    if (!this.#refresh || !(isRetry || isExpired(parsePushUrl(this.#url)))) {
      this.#tell()
      return
    }
    this.#timer = setTimeout(() => this.#tell(), FRESH_URL_MS)
    this.#onWanted()
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#ready = null
  }

  #tell(): void {
    const ready = this.#ready
    this.cancel()
    if (ready === null) return
    const parsed = parsePushUrl(this.#url)
    if (!isExpired(parsed)) ready(parsed)
    else ready({ ok: false, error: new AnchorError('publish.url-expired', { context: { expiredAtSec: parsed.value.expiresAtSec ?? 0 } }).toInfo() })
  }
}

function isExpired(parsed: Result<ParsedPushUrl>): parsed is { readonly ok: true; readonly value: ParsedPushUrl } {
  return parsed.ok && parsed.value.expiresAtSec !== null && parsed.value.expiresAtSec * 1_000 < Date.now()
}
