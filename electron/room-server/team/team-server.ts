import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { IceServer } from '../../shared/co-anchor-line'
import type { RoomSession } from '../../shared/room-api'
import { isLoopback, localAddress, networkAddress, urlHost } from '../addresses'
import { CALLBACK_PATH } from '../backend/backend'
import type { BackendConfig } from '../backend/config'
import { isBusiness } from '../business-path'
import { listen } from '../listen'
import { HTTP_LIMITS } from '../options'
import { originOf, tellOrigin } from '../request-origin'
import type { PostgresSession } from '../store/postgres-session'
import { refuseUpgrade } from '../upgrades'
import { createWebApp } from '../web/app'
import { isAllowedHost } from '../web/host-check'
import { behindProxies, type TeamEnvironment } from './environment'
import { FORWARDED_HEADER, readForwarded } from './forwarded-header'
import { DEPOSED_HEADER, Forwarder, NOT_LEADING_HEADER, refuse } from './forwarder'
import { Leadership } from './leadership'
import { Metrics } from './metrics'
import { Operations } from './operations'
import { Term } from './term'

/** For what is under way when the server is asked to end. */
const DRAIN_MS = 10_000

export interface TeamServerOptions {
  readonly host: string
  /** 0 = any free. */
  readonly httpPort: number
  readonly webRoot: string
  readonly title: string
  readonly environment: TeamEnvironment
  readonly backend: BackendConfig
  readonly iceServers: readonly IceServer[]
  /** This instance led and does no more: what it has in memory is void, and the process must end. What was asked for is answered by then. */
  deposed(reason: string): void
  log(level: 'info' | 'warn', message: string): void
}

/** One of several servers of a team, which are one to whoever asks: any of them takes any request, and one of them does the business. */
export class TeamServer {
  readonly #options: TeamServerOptions
  readonly #http: Server
  readonly #pages: RequestListener
  readonly #operations: Operations
  readonly #metrics: Metrics
  readonly #shared: boolean
  /** Requests that are not answered yet, and whether this instance does them itself. */
  readonly #open = new Map<ServerResponse, { own: boolean }>()
  #drained: () => void = () => undefined
  #leadership: Leadership | null = null
  #forwarder: Forwarder | null = null
  #term: Term | null = null
  #stopping = false

  constructor(options: TeamServerOptions) {
    this.#options = options
    this.#shared = !isLoopback(options.host)
    this.#metrics = new Metrics({
      epoch: () => this.#leadership?.epoch ?? null,
      untold: () => this.#term?.untold ?? 0,
      databaseWaiting: () => this.#leadership?.waiting ?? 0,
      databaseAnswers: () => this.#leadership?.databaseAnswers ?? false,
    })
    this.#operations = new Operations({
      metricsToken: options.environment.metricsToken,
      notReady: () => this.#notReady(),
      metrics: async () => ({ contentType: this.#metrics.contentType, text: await this.#metrics.text() }),
    })
    const pages = getRequestListener(
      createWebApp({
        webRoot: options.webRoot,
        shared: this.#shared,
        names: options.environment.publicHosts,
        cloudChat: true,
        info: () => ({ state: 'offline', title: options.title, sinceMs: null, viewers: 0 }),
        onInfo: () => () => undefined,
      }).fetch,
    )
    this.#pages = (request, response) => void pages(request, response)
    this.#http = createServer(HTTP_LIMITS, (request, response) => this.#answer(request, response))
    this.#http.maxConnections = HTTP_LIMITS.maxConnections
    this.#http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#upgrade(request, socket, head))
  }

  /** Listens, and takes part. Whether anybody leads yet is what /readyz says. @throws AnchorError room-server.port-busy | room-server.failed */
  async start(): Promise<{ readonly http: string; readonly shared: string | null }> {
    const { host, httpPort, environment, log } = this.#options
    const port = await listen(this.#http, host, httpPort, 'HTTP')
    const network = networkAddress(host)
    const http = `http://${urlHost(localAddress(host))}:${port}`
    const shared = network === null ? null : `http://${urlHost(network)}:${port}`
    const leadership = new Leadership({
      url: environment.databaseUrl,
      address: environment.instanceAddress ?? shared ?? http,
      lead: (session) => void this.#lead(session),
      deposed: () => this.#fail('its session with the database is gone'),
      log,
    })
    this.#leadership = leadership
    this.#forwarder = new Forwarder({ leadership, count: (outcome) => this.#metrics.forwarded(outcome) })
    leadership.start()
    return { http, shared }
  }

  /** A session of the anchor, where this instance leads; null where it follows. Waits until somebody leads. */
  async anchorSession(nick: string): Promise<RoomSession | null> {
    const leadership = this.#leadership
    if (leadership === null) return null
    while (this.#notReady() !== null && !this.#stopping)
      await new Promise<void>((resolve) => {
        const stop = leadership.onChange(() => {
          stop()
          resolve()
        })
      })
    return (await this.#term?.anchorSession(nick)) ?? null
  }

  /** Ends in order: what is under way is done, the place is another's, and nothing new is taken. */
  async stop(): Promise<void> {
    if (this.#stopping) return
    this.#stopping = true
    this.#leadership?.standBack()
    const endMs = Date.now() + DRAIN_MS
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()))
    this.#http.closeIdleConnections()
    await this.#drain(endMs, ({ own }) => own)
    await this.#handOver(endMs)
    // Of those that wait for the next leader.
    await this.#drain(endMs, () => true)
    await this.#leadership?.close()
    this.#forwarder?.close()
    this.#http.closeAllConnections()
    await closed
  }

  async #handOver(endMs: number): Promise<void> {
    const term = this.#term
    this.#term = null
    try {
      // With the place goes the session: what is not written by then never is, and what is written is told by the next.
      await Promise.race([term?.close(), new Promise((resolve) => setTimeout(resolve, Math.max(0, endMs - Date.now())))])
      await this.#leadership?.resign()
    } catch (error) {
      this.#options.log('warn', `the place was not handed over: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  async #lead(session: PostgresSession): Promise<void> {
    // Taken in the moment in which it was asked to end: it is given back at once.
    if (this.#stopping) return
    const { backend, iceServers, log } = this.#options
    try {
      const term = await Term.open({ session, backend: { config: backend, observer: this.#metrics }, iceServers })
      this.#term = term
      await this.#leadership?.announce()
      await term.start()
      await this.#leadership?.settled()
      log('info', 'the business is served here')
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error))
    }
  }

  /** Nothing that is in memory holds any more. Who waits for an answer is told so. */
  #fail(reason: string): void {
    if (this.#stopping) return
    this.#stopping = true
    const answered: Promise<void>[] = []
    for (const response of this.#open.keys()) {
      answered.push(new Promise((resolve) => response.once('close', resolve)))
      if (!response.headersSent) response.setHeader(DEPOSED_HEADER, '1')
      refuse(response.req, response, 'server.outcome-unknown')
    }
    this.#http.close()
    void Promise.race([Promise.all(answered), new Promise((resolve) => setTimeout(resolve, 500))]).then(() => this.#options.deposed(reason))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.#operations.handle(request, response)) return
    const path = (request.url ?? '').split('?')[0] ?? ''
    const isForwarded = this.#takeOrigin(request)
    if (!isBusiness(path)) this.#pages(request, response)
    // Callbacks come by whatever name the cloud was given, and are signed.
    else if (!isForwarded && path !== CALLBACK_PATH && !this.#isAllowed(request)) this.#pages(request, response)
    else this.#business(request, response, isForwarded)
  }

  #business(request: IncomingMessage, response: ServerResponse, isForwarded: boolean): void {
    const term = this.#own
    const entry = { own: term !== null }
    this.#open.set(response, entry)
    response.once('close', () => {
      this.#open.delete(response)
      this.#drained()
    })
    if (this.#stopping) response.setHeader('connection', 'close')
    if (term !== null) term.handle(request, response)
    else if (isForwarded) {
      response.setHeader(NOT_LEADING_HEADER, '1')
      refuse(request, response, 'server.changing')
    } else void this.#forwarder?.forward(request, response, originOf(request))
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.once('error', () => socket.destroy())
    const isForwarded = this.#takeOrigin(request)
    if (!isForwarded && !this.#isAllowed(request)) return refuseUpgrade(socket, '421 Misdirected Request')
    const term = this.#own
    if (term !== null) term.upgrade(request, socket, head)
    else if (isForwarded || this.#stopping) refuseUpgrade(socket, '503 Service Unavailable')
    else void this.#forwarder?.upgrade(request, socket, head, originOf(request))
  }

  /** The business, while nobody else can have it. */
  get #own(): Term | null {
    return this.#leadership?.leads === true && !this.#stopping ? this.#term : null
  }

  /** Finds out from whom a request is. @returns true where another instance has handed it on */
  #takeOrigin(request: IncomingMessage): boolean {
    const header = request.headers[FORWARDED_HEADER]
    const secret = this.#leadership?.secret ?? null
    const forwarded = typeof header !== 'string' || secret === null ? null : readForwarded(secret, request, header, Date.now())
    tellOrigin(request, forwarded ?? behindProxies(originOf(request), request.headers, this.#options.environment.trustedProxies))
    return forwarded !== null
  }

  #isAllowed(request: IncomingMessage): boolean {
    return isAllowedHost(request.headers.host ?? '', this.#shared, this.#options.environment.publicHosts)
  }

  #notReady(): string | null {
    if (this.#stopping) return 'ending'
    if (this.#leadership?.databaseAnswers !== true) return 'the database does not answer'
    const { leader } = this.#leadership
    return leader === null || leader.address === '' ? 'nobody leads' : null
  }

  async #drain(endMs: number, waitsFor: (entry: { own: boolean }) => boolean): Promise<void> {
    while ([...this.#open.values()].some(waitsFor) && Date.now() < endMs)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, endMs - Date.now())
        this.#drained = () => {
          clearTimeout(timer)
          resolve()
        }
      })
  }
}
