import { cssAddresses } from '../shared/css-url'
import type { CssAddresses, Destination, DestinationStatus } from '../shared/destination'
import { AnchorError } from '../shared/errors'
import { joinPushUrl, maskPushUrl, parsePushUrl } from '../shared/push-url'
import type { RoomServerAddresses } from '../shared/room-server'
import type { DestinationView } from '../shared/snapshot'
import type { CloudAddresses } from './cloud-addresses'
import type { SecretStore } from './secret-store'

export interface WantedDestination {
  readonly id: string
  readonly url: string
  readonly refreshUrl: boolean
}

/** Where the program may go: the saved destinations with their secrets, and those of the command line for this run. */
export class DestinationBook {
  readonly #secrets: SecretStore
  readonly #saved: () => readonly Destination[]
  readonly #ingest: () => RoomServerAddresses | null
  readonly #rehearsing: () => boolean
  readonly #cloud: Pick<CloudAddresses, 'url' | 'error'> | null
  readonly #ofThisRun = new Map<string, { view: Destination; url: string }>()

  constructor(
    secrets: SecretStore,
    saved: () => readonly Destination[],
    ingest: () => RoomServerAddresses | null,
    ofThisRun: readonly string[],
    rehearsing: () => boolean = () => false,
    cloud: Pick<CloudAddresses, 'url' | 'error'> | null = null,
  ) {
    this.#secrets = secrets
    this.#saved = saved
    this.#ingest = ingest
    this.#rehearsing = rehearsing
    this.#cloud = cloud
    for (const [index, url] of ofThisRun.entries()) {
      const parsed = parsePushUrl(url)
      if (!parsed.ok) continue
      const id = `command-line-${index + 1}`
      this.#ofThisRun.set(id, { view: { kind: 'rtmp', id, name: parsed.value.host, enabled: true, server: parsed.value.server }, url })
    }
  }

  /** In a rehearsal there is nothing but its own room. */
  all(): Destination[] {
    if (this.#rehearsing()) return [{ kind: 'local', id: 'local', name: '', enabled: true }]
    return [...this.#saved(), ...[...this.#ofThisRun.values()].map(({ view }) => view)]
  }

  /** What a show pushes to, with fresh signatures. */
  wanted(nowSec: number): WantedDestination[] {
    const wanted: WantedDestination[] = []
    for (const destination of this.all()) {
      if (!destination.enabled) continue
      const url = this.url(destination.id, nowSec)
      if (url !== null) wanted.push({ id: destination.id, url, refreshUrl: destination.kind !== 'rtmp' })
    }
    return wanted
  }

  /** The address to push to now; null while it cannot be known (ingest not up, key not given). */
  url(id: string, nowSec: number): string | null {
    const ofThisRun = this.#ofThisRun.get(id)
    if (ofThisRun !== undefined) return ofThisRun.url
    const destination = this.#saved().find((one) => one.id === id)
    if (destination === undefined || destination.kind === 'trtc') return null
    if (destination.kind === 'cloud') return this.#cloud?.url(destination.way) ?? null
    if (destination.kind === 'local') return this.#ingest()?.ingest ?? null
    const secret = this.#secrets.get(id)
    if (destination.kind === 'css') return this.css(id, nowSec).push
    return secret === null ? null : joinPushUrl(destination.server, secret)
  }

  /** @throws AnchorError ipc.invalid when it is not a CSS destination */
  css(id: string, nowSec: number): CssAddresses {
    const destination = this.#saved().find((one) => one.id === id)
    if (destination?.kind !== 'css') throw new AnchorError('ipc.invalid', { context: { channel: 'destination.cssAddresses' } })
    return cssAddresses({ ...destination, key: this.#secrets.get(id) }, nowSec)
  }

  /** The key of an rtmp destination, to be copied. */
  streamKey(id: string): string | null {
    return this.#secrets.get(id)
  }

  views(statuses: ReadonlyMap<string, DestinationStatus>): DestinationView[] {
    return this.all().map((config) => {
      const secret = this.#secrets.get(config.id) ?? this.#ofThisRun.get(config.id)?.url ?? null
      const parsed = config.kind === 'rtmp' && secret !== null ? parsePushUrl(this.#ofThisRun.get(config.id)?.url ?? joinPushUrl(config.server, secret)) : null
      return {
        config,
        address: this.#address(config),
        hasSecret: config.kind === 'local' || config.kind === 'trtc' || config.kind === 'cloud' || secret !== null,
        expiresAtSec: parsed?.ok === true ? parsed.value.expiresAtSec : null,
        status: statuses.get(config.id) ?? null,
        problem: config.kind === 'cloud' && config.enabled ? (this.#cloud?.error(config.way) ?? null) : null,
      }
    })
  }

  #address(config: Destination): string {
    if (config.kind === 'local') {
      const ingest = this.#ingest()
      return ingest === null ? '' : maskPushUrl(ingest.ingest)
    }
    if (config.kind === 'trtc') return 'trtc'
    if (config.kind === 'cloud') return maskPushUrl(this.#cloud?.url(config.way) ?? '')
    if (config.kind === 'rtmp') return `${config.server.replace(/\/+$/, '')}/••••`
    return `${config.protocol}://${config.pushDomain}/${config.appName}/••••`
  }
}
