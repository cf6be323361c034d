import { createServer, type Server } from 'node:http'
import { networkInterfaces } from 'node:os'
import { performance } from 'node:perf_hooks'
import { getRequestListener } from '@hono/node-server'
import type { Kysely } from 'kysely'
import { DEFAULT_EDITION, type Edition } from '../shared/edition'
import { AnchorError } from '../shared/errors'
import { STREAM_APP, type RoomServerAddresses, type StreamInfo } from '../shared/room-server'
import type { ChatApp } from './chat-app-file'
import type { CallbackTarget } from './im/config'
import { ImServer } from './im/im-server'
import { listen } from './listen'
import { FLV_PATH, HttpFlv } from './media/http-flv'
import { RtmpServer } from './media/rtmp-server'
import { StreamRegistry } from './media/stream-registry'
import { openDatabase } from './store/database'
import type { RoomDatabase } from './store/schema'
import { createWebApp } from './web/app'
import { isAllowedHost } from './web/host-check'

/** The Chat-compatible server's part of the options; what is left out has a default. */
export interface ChatOptions {
  /** Where the database is. */
  readonly dataDir: string
  readonly app: ChatApp
  /** Who may use the REST API. */
  readonly admins?: readonly string[]
  readonly callback?: CallbackTarget | null
  readonly edition?: Edition
  readonly delivery?: 'poll' | 'push'
  /** Pages of these origins may connect too. */
  readonly allowedOrigins?: readonly string[]
}

/** Tencent's name for the first administrator of an app. */
export const DEFAULT_ADMIN = 'administrator'

export interface RoomServerOptions {
  readonly host: string
  /** 0 = any free. */
  readonly httpPort: number
  readonly rtmpPort: number
  /** A port that is taken is replaced by any free one. */
  readonly portFallback: boolean
  readonly streamKey: string
  readonly webRoot: string
  readonly title: string
  /** Left out: no chat is served. */
  readonly chat?: ChatOptions
  log(level: 'info' | 'warn', message: string): void
}

const REST_PREFIX = '/v4/'
/** Each chat client holds one, each viewer of the picture another. */
const MAX_CONNECTIONS = 16_384

/** The room's server on this machine: RTMP in, HTTP-FLV and pages out, and chat. */
export class RoomServer {
  readonly #options: RoomServerOptions
  readonly #registry: StreamRegistry
  readonly #rtmp: RtmpServer
  readonly #flv: HttpFlv
  readonly #http: Server
  readonly #listeners = new Set<() => void>()
  #title: string
  #addresses: RoomServerAddresses | null = null
  #database: Kysely<RoomDatabase> | null = null
  #im: ImServer | null = null

  constructor(options: RoomServerOptions) {
    this.#options = options
    this.#title = options.title
    const changed = (): void => this.#changed()
    this.#registry = new StreamRegistry(options.streamKey, changed)
    this.#rtmp = new RtmpServer(
      this.#registry,
      () => performance.now(),
      (message) => options.log('info', message),
    )
    this.#flv = new HttpFlv(this.#registry, changed)
    const pages = getRequestListener(
      createWebApp({ webRoot: options.webRoot, shared: options.host !== '127.0.0.1', info: () => this.info(), onInfo: (listener) => this.onChange(listener) })
        .fetch,
    )
    this.#http = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
      const path = (request.url ?? '').split('?')[0] ?? ''
      if (path === FLV_PATH) this.#flv.handle(request, response)
      else if (path.startsWith(REST_PREFIX) && this.#im !== null) this.#im.handleRest(request, response)
      else void pages(request, response)
    })
    this.#http.maxConnections = MAX_CONNECTIONS
  }

  /** @throws AnchorError room-server.port-busy | room-server.failed */
  async start(): Promise<RoomServerAddresses> {
    const { host, httpPort, rtmpPort } = this.#options
    // Before the port is open: who connects at once is served at once.
    await this.#openChat()
    const http = await this.#listen(httpPort, (port) => listen(this.#http, host, port, 'HTTP'))
    const rtmp = await this.#listen(rtmpPort, (port) => this.#rtmp.listen(host, port))
    const local = host === '0.0.0.0' ? '127.0.0.1' : host
    const base = `http://${local}:${http}`
    const other = host === '0.0.0.0' ? lanAddress() : null
    this.#addresses = {
      http: base,
      wire: `ws://${local}:${http}`,
      watch: `${base}/watch/`,
      play: `${base}${FLV_PATH}`,
      rtmp: `rtmp://${local}:${rtmp}/${STREAM_APP}`,
      ingest: `rtmp://${local}:${rtmp}/${STREAM_APP}/${this.#options.streamKey}`,
      shared: other === null ? null : `http://${other}:${http}/watch/`,
    }
    return this.#addresses
  }

  async close(): Promise<void> {
    this.#flv.close()
    await this.#im?.close()
    this.#http.closeAllConnections()
    await Promise.all([this.#rtmp.close(), new Promise<void>((resolve) => this.#http.close(() => resolve()))])
    await this.#database?.destroy()
    this.#database = null
  }

  setTitle(title: string): void {
    this.#title = title
    this.#changed()
  }

  info(): StreamInfo {
    const publishing = this.#registry.stream.publishing
    return { state: publishing ? 'live' : 'offline', title: this.#title, sinceMs: publishing ? this.#registry.sinceMs : null, viewers: this.#flv.viewers }
  }

  /** What the studio is told. */
  report(): { publishing: boolean; encoder: string; viewers: number; inKbps: number } {
    return {
      publishing: this.#registry.stream.publishing,
      encoder: this.#registry.publisher?.encoder ?? '',
      viewers: this.#flv.viewers,
      inKbps: this.#registry.inKbps(performance.now()),
    }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** @throws AnchorError room-server.failed { reason } when the data folder cannot be used */
  async #openChat(): Promise<void> {
    const { chat, host, log } = this.#options
    if (chat === undefined) return
    try {
      this.#database = await openDatabase(chat.dataDir)
      this.#im = await ImServer.open({
        config: {
          sdkAppId: chat.app.sdkAppId,
          secretKey: chat.app.secretKey,
          admins: chat.admins ?? [DEFAULT_ADMIN],
          callback: chat.callback ?? null,
          edition: chat.edition ?? DEFAULT_EDITION,
          delivery: chat.delivery ?? 'poll',
          log,
        },
        database: this.#database,
        allowedHost: (name) => isAllowedHost(name, host !== '127.0.0.1'),
        allowedOrigins: chat.allowedOrigins ?? [],
      })
    } catch (error) {
      throw new AnchorError('room-server.failed', { cause: error, context: { reason: error instanceof Error ? error.message : String(error) } })
    }
    this.#im.listenOn(this.#http)
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }

  async #listen(port: number, open: (port: number) => Promise<number>): Promise<number> {
    try {
      return await open(port)
    } catch (error) {
      if (!(error instanceof AnchorError) || error.code !== 'room-server.port-busy' || !this.#options.portFallback) throw error
      this.#options.log('warn', `port ${port} is taken, another one is used`)
      return open(0)
    }
  }
}

/** An address of this machine that others on the network can reach. */
function lanAddress(): string | null {
  for (const addresses of Object.values(networkInterfaces())) {
    const found = addresses?.find((address) => address.family === 'IPv4' && !address.internal)
    if (found !== undefined) return found.address
  }
  return null
}
