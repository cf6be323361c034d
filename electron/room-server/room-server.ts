import { randomBytes } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import { performance } from 'node:perf_hooks'
import { getRequestListener } from '@hono/node-server'
import type { Kysely } from 'kysely'
import type { IceServer } from '../shared/co-anchor-line'
import { DEFAULT_EDITION, EDITIONS } from '../shared/edition'
import { AnchorError } from '../shared/errors'
import type { RoomSession } from '../shared/room-api'
import type { RichText } from '../shared/room-message'
import { DEFAULT_HTTPS_PORT, PROGRAM_ROOM, STREAM_APP, type RoomServerAddresses, type ShowState, type StreamInfo } from '../shared/room-server'
import type { ShowEngine } from '../shared/show-engine'
import { Backend, CALLBACK_PATH } from './backend/backend'
import type { BackendConfig } from './backend/config'
import { isBusiness } from './business-path'
import { ImServer } from './im/im-server'
import { openHttpsDoor, type HttpsDoor } from './https-door'
import { listen } from './listen'
import { isLoopback, localAddress, networkAddress, urlHost } from './addresses'
import { CoAnchorLines } from './media/co-anchor-lines'
import { FLV_PATH, HttpFlv } from './media/http-flv'
import { systemTime } from './media/line-time'
import { RtmpServer } from './media/rtmp-server'
import { StreamRegistry } from './media/stream-registry'
import { DEFAULT_ADMIN, HTTP_LIMITS, type ChatOptions, type CloudOptions, type RoomServerOptions } from './options'
import { originOf, tellOrigin } from './request-origin'
import { seatDesk } from './seat-desk'
import { openDatabase } from './store/database'
import type { RoomDatabase } from './store/schema'
import { Upgrades } from './upgrades'
import { createWebApp, GUEST_PATH } from './web/app'
import { isAllowedHost, isNamed } from './web/host-check'

const REST_PREFIX = '/v4/'

/** The room's server on this machine: RTMP in, HTTP-FLV and pages out, and chat. */
export class RoomServer {
  readonly #options: RoomServerOptions
  readonly #registry: StreamRegistry
  readonly #rtmp: RtmpServer
  readonly #flv: HttpFlv
  readonly #http: Server
  readonly #answer: RequestListener
  readonly #upgrades: Upgrades
  readonly #listeners = new Set<() => void>()
  readonly #publicUrl: URL | null
  #title: string
  #paused = false
  #addresses: RoomServerAddresses | null = null
  #database: Kysely<RoomDatabase> | null = null
  #im: ImServer | null = null
  #backend: Backend | null = null
  #lines: CoAnchorLines | null = null
  #https: HttpsDoor | null = null
  #port = 0
  #publishing = false

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
    this.#publicUrl = typeof options.publicUrl === 'string' ? new URL(options.publicUrl) : null
    const names = this.#publicUrl === null ? [] : [this.#publicUrl.hostname]
    const isAllowed = (name: string): boolean => isAllowedHost(name, shared, names)
    this.#upgrades = new Upgrades(isAllowed)
    this.#flv = new HttpFlv(this.#registry, shared, changed, names)
    const pages = getRequestListener(
      createWebApp({
        webRoot: options.webRoot,
        shared,
        names,
        cloudChat: (options.chat?.cloud ?? null) !== null,
        info: () => this.info(),
        onInfo: (listener) => this.onChange(listener),
      }).fetch,
    )
    this.#answer = (request, response) => {
      const path = (request.url ?? '').split('?')[0] ?? ''
      // TLS ends at the proxy: pages of this name are told of wss:, not of ws:.
      if (this.#publicUrl?.protocol === 'https:' && isNamed(request.headers.host ?? '', names)) tellOrigin(request, { ...originOf(request), secure: true })
      if (path === FLV_PATH) this.#flv.handle(request, response)
      else if (path.startsWith(REST_PREFIX) && this.#im !== null) this.#im.handleRest(request, response)
      // Callbacks come by whatever name the cloud was given, and are signed.
      else if (this.#backend !== null && isBusiness(path) && (path === CALLBACK_PATH || isAllowed(request.headers.host ?? '')))
        this.#backend.handle(request, response)
      else void pages(request, response)
    }
    this.#http = createServer(HTTP_LIMITS, this.#answer)
    this.#http.maxConnections = HTTP_LIMITS.maxConnections
  }

  /** Opens both ports or none. @throws AnchorError room-server.port-busy | room-server.failed */
  async start(): Promise<RoomServerAddresses> {
    const { host, httpPort, rtmpPort } = this.#options
    let http: number
    let rtmp: number
    try {
      // Before the port is open: who connects at once is served at once.
      await this.#openChat()
      http = await this.#listen(httpPort, (port) => listen(this.#http, host, port, 'HTTP'))
      this.#port = http
      await this.#backend?.start()
      this.#lines?.start()
      rtmp = await this.#listen(rtmpPort, (port) => this.#rtmp.listen(host, port))
      if (this.#lines !== null && !isLoopback(host)) this.#https = await this.#openHttps()
    } catch (error) {
      await this.close()
      throw error
    }
    const local = urlHost(localAddress(host))
    const base = `http://${local}:${http}`
    const other = networkAddress(host)
    this.#addresses = {
      http: base,
      wire: `ws://${local}:${http}`,
      watch: `${this.#publicUrl?.origin ?? base}/watch/`,
      play: `${base}${FLV_PATH}`,
      rtmp: `rtmp://${local}:${rtmp}/${STREAM_APP}`,
      ingest: `rtmp://${local}:${rtmp}/${STREAM_APP}/${this.#options.streamKey}`,
      shared: other === null ? null : `http://${urlHost(other)}:${http}/watch/`,
      secureGuest: this.#secureGuest(other),
    }
    return this.#addresses
  }

  async close(): Promise<void> {
    this.#flv.close()
    await this.#lines?.close()
    await this.#backend?.close()
    await this.#im?.close()
    this.#http.closeAllConnections()
    await Promise.all([this.#rtmp.close(), this.#https?.close(), new Promise<void>((resolve) => this.#http.close(() => resolve()))])
    await this.#database?.destroy()
    this.#database = null
  }

  setTitle(title: string): void {
    this.#title = title
    this.#backend?.setTitle(title).catch((error: unknown) => this.#options.log('warn', `the room's title was not changed: ${String(error)}`))
    this.#changed()
  }

  /** Co-anchors' calls use them from the next one on. */
  setIceServers(iceServers: readonly IceServer[]): void {
    this.#lines?.setIceServers(iceServers)
  }

  /** How the anchor's show stands: pages say so, and the room's status follows. */
  show(state: ShowState, engine: ShowEngine = 'stage'): void {
    this.#paused = state === 'paused'
    this.#changed()
    void this.#backend?.show(state, engine)
  }

  /** For a rehearsal: whoever publishes is thrown out, and nobody let in for so long. */
  cutIngest(forMs: number): void {
    this.#rtmp.cut(forMs)
  }

  /** The program room's notice. @returns the one before it; null = there is no chat here. @throws ApiError text.too-long */
  async sayNotice(notice: RichText, ifStill: string | null): Promise<RichText | null> {
    return (await this.#backend?.sayNotice(notice, ifStill)) ?? null
  }

  /** A session of the anchor of this machine; null = there is no chat here. */
  async anchorSession(nick: string): Promise<RoomSession | null> {
    const { chat } = this.#options
    if (this.#backend === null || this.#addresses === null) return null
    return { ...(await this.#backend.anchorSession(nick)), wire: (chat?.cloud ?? null) === null ? this.#addresses.wire : null }
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

  /** @throws AnchorError room-server.failed { reason } when the data folder cannot be used */
  async #openChat(): Promise<void> {
    const { chat } = this.#options
    if (chat === undefined) return
    const admins = chat.admins ?? [DEFAULT_ADMIN]
    const cloud = chat.cloud ?? null
    // Callbacks that go elsewhere mean that the business is elsewhere too.
    const ownToken = cloud === null && (chat.callback ?? null) === null ? randomBytes(24).toString('hex') : null
    try {
      this.#database = await openDatabase(chat.dataDir)
      if (cloud === null) this.#im = await this.#openIm(chat, admins, this.#database, ownToken)
      if (cloud !== null || ownToken !== null)
        this.#backend = await Backend.open({
          config: this.#backendConfig(chat, admins[0] ?? DEFAULT_ADMIN, cloud, ownToken),
          database: this.#database,
          ...(chat.payment === undefined ? {} : { payment: chat.payment }),
          ...(chat.businessTime === undefined ? {} : { clock: chat.businessTime, timers: chat.businessTime }),
          ...(chat.reviewer === undefined ? {} : { reviewer: chat.reviewer }),
        })
    } catch (error) {
      throw new AnchorError('room-server.failed', { cause: error, context: { reason: error instanceof Error ? error.message : String(error) } })
    }
    this.#upgrades.listenOn(this.#http)
    this.#im?.serveOn(this.#upgrades)
    if (this.#backend === null) return
    const { log } = this.#options
    this.#lines = new CoAnchorLines({ desk: seatDesk(this.#backend.business), time: chat.lineTime ?? systemTime, iceServers: chat.iceServers ?? [], log })
    this.#lines.serveOn(this.#upgrades)
  }

  /** Where a co-anchor's page has a camera: the proxy's HTTPS before our own. */
  #secureGuest(network: string | null): string | null {
    if (this.#publicUrl?.protocol === 'https:') return `${this.#publicUrl.origin}${GUEST_PATH}`
    return network === null || this.#https === null ? null : `https://${urlHost(network)}:${this.#https.port}${GUEST_PATH}`
  }

  #openHttps(): Promise<HttpsDoor | null> {
    const { host, httpsPort, chat, log } = this.#options
    if (chat === undefined) return Promise.resolve(null)
    return openHttpsDoor({ host, port: httpsPort ?? DEFAULT_HTTPS_PORT, dataDir: chat.dataDir, answer: this.#answer, upgrades: this.#upgrades, log })
  }

  #backendConfig(chat: ChatOptions, admin: string, cloud: CloudOptions | null, ownToken: string | null): BackendConfig {
    return {
      chat: {
        // The IM here is spoken to over HTTP like any other; its port is known when it listens, and not asked before.
        restBase: () => cloud?.restBase ?? `http://${urlHost(localAddress(this.#options.host))}:${this.#port}`,
        callbackToken: cloud === null ? ownToken : cloud.callbackToken,
        wire: cloud === null ? 'here' : 'cloud',
        sdkAppId: chat.app.sdkAppId,
        secretKey: chat.app.secretKey,
        admin,
        edition: EDITIONS[chat.edition ?? DEFAULT_EDITION],
      },
      programRoom: chat.programRoom ?? PROGRAM_ROOM,
      title: this.#title === '' ? 'AnchorDesk' : this.#title,
      ...(chat.css === undefined ? {} : { css: chat.css }),
      ...(chat.cloudKeys === undefined ? {} : { cloudKeys: chat.cloudKeys }),
      log: this.#options.log,
    }
  }

  async #openIm(chat: ChatOptions, admins: readonly string[], database: Kysely<RoomDatabase>, ownToken: string | null): Promise<ImServer> {
    const { log } = this.#options
    const port = (): number => this.#port
    const own = {
      get url() {
        return `http://127.0.0.1:${port()}${CALLBACK_PATH}`
      },
      token: ownToken,
    }
    return ImServer.open({
      config: {
        sdkAppId: chat.app.sdkAppId,
        secretKey: chat.app.secretKey,
        admins,
        callback: ownToken === null ? (chat.callback ?? null) : own,
        ...(chat.callbackMs === undefined ? {} : { callbackMs: chat.callbackMs }),
        edition: chat.edition ?? DEFAULT_EDITION,
        delivery: chat.delivery ?? 'poll',
        log,
      },
      database,
      allowedOrigins: chat.allowedOrigins ?? [],
    })
  }

  #changed(): void {
    const { publishing } = this.#registry.stream
    if (publishing !== this.#publishing) {
      this.#publishing = publishing
      void this.#backend?.program(publishing)
    }
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
