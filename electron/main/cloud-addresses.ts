import type { PushUrl } from '../shared/cloud'
import type { CloudWay } from '../shared/destination'
import { AnchorError, type ErrorInfo } from '../shared/errors'
import { joinPushUrl } from '../shared/push-url'
import { MAX_TIMEOUT_MS } from '../shared/thresholds'
import type { TrtcTicket } from '../shared/trtc'
import { trtcIngest } from '../shared/trtc-ingest-url'

/** Asked for anew this long before an address ends, seconds. */
const RENEW_BEFORE_SEC = 600
const AGAIN_MS = 15_000
/** An answer that has ended already (a wrong clock) is no reason to ask without a pause. */
const MIN_RENEW_MS = 30_000

export interface CloudAddressesOptions {
  /** @throws AnchorError cloud.* | room.unavailable */
  pushUrl(): Promise<PushUrl>
  /** @throws AnchorError trtc.no-cloud-room | trtc.no-ticket */
  ticket(): Promise<TrtcTicket>
  /** UNIX seconds by the clock of the room's server. */
  nowSec(): number
  /** One came, changed, or will not come. */
  onChange(): void
}

interface Held {
  url: string | null
  error: ErrorInfo | null
  generation: number
  timer: NodeJS.Timeout | null
}

/** Push addresses that the room's own backend gives, kept fresh while a destination wants them. They end in signatures: secrets. Ended by `close`. */
export class CloudAddresses {
  readonly #options: CloudAddressesOptions
  readonly #held = new Map<CloudWay, Held>()
  #room = ''

  constructor(options: CloudAddressesOptions) {
    this.#options = options
  }

  /** What is wanted from now on; the rest is forgotten. */
  want(ways: readonly CloudWay[]): void {
    for (const way of [...this.#held.keys()]) if (!ways.includes(way)) this.#forget(way)
    for (const way of ways) {
      if (this.#held.has(way)) continue
      const held: Held = { url: null, error: null, generation: 0, timer: null }
      this.#held.set(way, held)
      void this.#fetch(way, held)
    }
  }

  /** The room, by its address: another one has other addresses. */
  roomIs(room: string): void {
    if (room === this.#room) return
    this.#room = room
    const ways = [...this.#held.keys()]
    for (const way of ways) this.#forget(way)
    this.want(ways)
  }

  /** null = not there (yet). */
  url(way: CloudWay): string | null {
    return this.#held.get(way)?.url ?? null
  }

  /** Why there is none; null = none is wanted, or it is on its way. */
  error(way: CloudWay): ErrorInfo | null {
    return this.#held.get(way)?.error ?? null
  }

  close(): void {
    for (const way of [...this.#held.keys()]) this.#forget(way)
  }

  #forget(way: CloudWay): void {
    const held = this.#held.get(way)
    if (held === undefined) return
    held.generation += 1
    if (held.timer !== null) clearTimeout(held.timer)
    this.#held.delete(way)
  }

  async #fetch(way: CloudWay, held: Held): Promise<void> {
    const { generation } = held
    let againMs = AGAIN_MS
    try {
      const { url, expiresAt } = way === 'css' ? await this.#css() : await this.#trtc()
      if (generation !== held.generation) return
      held.url = url
      held.error = null
      againMs = Math.min(MAX_TIMEOUT_MS, Math.max(MIN_RENEW_MS, (expiresAt - RENEW_BEFORE_SEC - this.#options.nowSec()) * 1_000))
    } catch (error) {
      if (generation !== held.generation) return
      // One that is held may work yet.
      held.error =
        error instanceof AnchorError
          ? error.toInfo()
          : { code: 'internal', context: { reason: error instanceof Error ? error.message.slice(0, 100) : 'unknown' } }
    }
    held.timer = setTimeout(() => void this.#fetch(way, held), againMs)
    this.#options.onChange()
  }

  async #css(): Promise<{ url: string; expiresAt: number }> {
    const { push, expiresAt } = await this.#options.pushUrl()
    return { url: push, expiresAt }
  }

  async #trtc(): Promise<{ url: string; expiresAt: number }> {
    const ticket = await this.#options.ticket()
    const ingest = trtcIngest(ticket)
    if (ingest === null) throw new AnchorError('publish.url-invalid', { context: { reason: 'stream' } })
    return { url: joinPushUrl(ingest.server, ingest.streamKey), expiresAt: ticket.expiresAt }
  }
}
