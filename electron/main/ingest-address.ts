import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { CommandLine } from '../shared/cli'
import type { ErrorInfo } from '../shared/errors'
import { DEFAULT_HTTP_PORT, DEFAULT_RTMP_PORT, type RoomServerAddresses, type RoomServerCommand } from '../shared/room-server'
import type { SecretStore } from './secret-store'

/** The ingest's own stream key among the secrets. */
const INGEST_SECRET = '@ingest'

export interface IngestAddressOptions {
  readonly commandLine: CommandLine
  readonly secrets: SecretStore
  /** Folder of the built app. */
  readonly built: string
  readonly dataDir: string
}

/** Where the room server is to listen, and for which key. */
export class IngestAddress {
  readonly #options: IngestAddressOptions
  readonly #streamKey: string
  /** Ports that somebody else has: any free one takes their place. */
  readonly #taken = new Set<'HTTP' | 'RTMP'>()
  #known: { readonly http: number | null; readonly rtmp: number | null } = { http: null, rtmp: null }

  constructor(options: IngestAddressOptions) {
    this.#options = options
    this.#streamKey = keptKey(options.secrets)
  }

  command(shareOnNetwork: boolean, title: string): Omit<Extract<RoomServerCommand, { type: 'listen' }>, 'iceServers'> {
    const { commandLine, dataDir, built } = this.#options
    return {
      type: 'listen',
      host: shareOnNetwork ? '0.0.0.0' : '127.0.0.1',
      // After a restart of the process everybody's addresses still hold.
      httpPort: this.#taken.has('HTTP') ? 0 : (this.#known.http ?? commandLine.httpPort ?? DEFAULT_HTTP_PORT),
      rtmpPort: this.#taken.has('RTMP') ? 0 : (this.#known.rtmp ?? commandLine.rtmpPort ?? DEFAULT_RTMP_PORT),
      // Its fallback knows only both or none; which of them may move is decided here.
      portFallback: false,
      dataDir,
      streamKey: this.#streamKey,
      webRoot: join(built, 'web'),
      title,
    }
  }

  listening(addresses: RoomServerAddresses): void {
    this.#known = { http: portOf(addresses.http), rtmp: portOf(addresses.rtmp) }
    this.#taken.clear()
  }

  /** True: try again, the port that is taken was not asked for by name. One that was is not silently another. */
  yieldsTo(error: ErrorInfo): boolean {
    const { use } = error.context
    if (error.code !== 'room-server.port-busy' || (use !== 'HTTP' && use !== 'RTMP') || this.#taken.has(use)) return false
    const { httpPort, rtmpPort } = this.#options.commandLine
    const named = use === 'HTTP' ? httpPort : rtmpPort
    if (named !== null && named !== 0) return false
    this.#taken.add(use)
    return true
  }
}

function portOf(address: string): number | null {
  const port = /:(\d+)/.exec(address.replace(/^\w+:\/\//, ''))?.[1]
  return port === undefined ? null : Number(port)
}

function keptKey(secrets: SecretStore): string {
  const kept = secrets.get(INGEST_SECRET)
  if (kept !== null) return kept
  const made = randomBytes(18).toString('base64url')
  secrets.set(INGEST_SECRET, made)
  return made
}
