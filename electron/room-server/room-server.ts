import { createServer, type Server } from 'node:http'
import { performance } from 'node:perf_hooks'
import { getRequestListener } from '@hono/node-server'
import { AnchorError } from '../shared/errors'
import { STREAM_APP, type RoomServerAddresses, type StreamInfo } from '../shared/room-server'
import { listen } from './listen'
import { isLoopback, localAddress, networkAddress, urlHost } from './addresses'
import { FLV_PATH, HttpFlv } from './media/http-flv'
import { RtmpServer } from './media/rtmp-server'
import { StreamRegistry } from './media/stream-registry'
import { createWebApp } from './web/app'

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
  log(level: 'info' | 'warn', message: string): void
}

/** The room's server on this machine: RTMP in, HTTP-FLV and pages out. */
export class RoomServer {
  readonly #options: RoomServerOptions
  readonly #registry: StreamRegistry
  readonly #rtmp: RtmpServer
  readonly #flv: HttpFlv
  readonly #http: Server
  readonly #listeners = new Set<() => void>()
  #title: string
  #paused = false
  #addresses: RoomServerAddresses | null = null

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
    const shared = !isLoopback(options.host)
    this.#flv = new HttpFlv(this.#registry, shared, changed)
    const pages = getRequestListener(
      createWebApp({ webRoot: options.webRoot, shared, info: () => this.info(), onInfo: (listener) => this.onChange(listener) }).fetch,
    )
    this.#http = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
      if ((request.url ?? '').split('?')[0] === FLV_PATH) this.#flv.handle(request, response)
      else void pages(request, response)
    })
    this.#http.maxConnections = 512
  }

  /** Opens both ports or none. @throws AnchorError room-server.port-busy | room-server.failed */
  async start(): Promise<RoomServerAddresses> {
    const { host, httpPort, rtmpPort } = this.#options
    let http: number
    let rtmp: number
    try {
      http = await this.#listen(httpPort, (port) => listen(this.#http, host, port, 'HTTP'))
      rtmp = await this.#listen(rtmpPort, (port) => this.#rtmp.listen(host, port))
    } catch (error) {
      await this.close()
      throw error
    }
    const local = urlHost(localAddress(host))
    const base = `http://${local}:${http}`
    const other = networkAddress(host)
    this.#addresses = {
      http: base,
      watch: `${base}/watch/`,
      play: `${base}${FLV_PATH}`,
      rtmp: `rtmp://${local}:${rtmp}/${STREAM_APP}`,
      ingest: `rtmp://${local}:${rtmp}/${STREAM_APP}/${this.#options.streamKey}`,
      shared: other === null ? null : `http://${urlHost(other)}:${http}/watch/`,
    }
    return this.#addresses
  }

  async close(): Promise<void> {
    this.#flv.close()
    this.#http.closeAllConnections()
    await Promise.all([this.#rtmp.close(), new Promise<void>((resolve) => this.#http.close(() => resolve()))])
  }

  setTitle(title: string): void {
    this.#title = title
    this.#changed()
  }

  setPaused(paused: boolean): void {
    this.#paused = paused
    this.#changed()
  }

  info(): StreamInfo {
    const publishing = this.#registry.stream.publishing
    return {
      state: !publishing ? 'offline' : this.#paused ? 'paused' : 'live',
      title: this.#title,
      sinceMs: publishing ? this.#registry.sinceMs : null,
      viewers: this.#flv.viewers,
    }
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
