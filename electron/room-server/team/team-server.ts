import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
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
import { awaitChange } from './await-leader'
import { isDoneBy } from './deadline'
import { behindProxies, type TeamEnvironment } from './environment'
import { FORWARDED_HEADER, readForwarded } from './forwarded-header'
import { Forwarder, HOLD_MS, refuse } from './forwarder'
import { NOT_LEADING_HEADER } from './hop'
import { Leadership, type Leader } from './leadership'
import { LineForwarder } from './line-forwarder'
import { Metrics } from './metrics'
import { OpenRequests } from './open-requests'
import { Operations } from './operations'
import { isIn, isPublic } from './public-address'
import { Term } from './term'

/** For what is under way when the server is asked to end. */
const DRAIN_MS = 10_000
/** Of that, for writing all. */
const CLOSE_MS = 2_000
/** After that, for a database that may not answer. */
const LAST_MS = 1_000
/** For whoever waits when the place is lost. */
const LAST_WORDS_MS = 500
/** Between instances: one that follows asks the leader for what it says when it is ready. */
const ANCHOR_SESSION_PATH = '/team/anchor-session'

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
  deposed(): void
  log(level: 'info' | 'warn', message: string): void
  /** For what is under way when it is asked to end; left out: 10 s. */
  readonly drainMs?: number
}

/** One of several servers of a team, which are one to whoever asks: any of them takes any request, and one of them does the business. */
export class TeamServer {
  readonly #options: TeamServerOptions
  readonly #http: Server
  readonly #pages: RequestListener
  readonly #operations: Operations
  readonly #metrics: Metrics
  readonly #shared: boolean
  readonly #open = new OpenRequests()
  #leadership: Leadership | null = null
  #forwarder: Forwarder | null = null
  #lineForwarder: LineForwarder | null = null
  #term: Term | null = null
  /** What it does to lead. */
  #leading: Promise<void> = Promise.resolve()
  #ending = false
  #failed = false
  /** Its end, once it has begun. */
  #stopped: Promise<boolean> | null = null

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
      lead: (session) => {
        this.#leading = this.#lead(session)
      },
      deposed: () => this.#fail('its session with the database is gone'),
      log,
    })
    this.#leadership = leadership
    this.#forwarder = new Forwarder({ leadership, count: (outcome) => this.#metrics.forwarded(outcome) })
    this.#lineForwarder = new LineForwarder({ leadership, holdMs: HOLD_MS, joined: () => this.#metrics.forwarded('line') })
    leadership.start()
    return { http, shared }
  }

  /** A session of the anchor, from whoever leads: waits until somebody does. Null: this instance ends, or nobody answers. @throws ApiError im.unavailable */
  async anchorSession(nick: string): Promise<RoomSession | null> {
    const leadership = this.#leadership
    if (leadership === null) return null
    while (!this.#ending && !isReady(leadership.leader)) await awaitChange(leadership)
    if (this.#ending) return null
    const own = this.#own
    if (own !== null)
      return own.anchorSession(nick).catch((error: unknown) => {
        if (this.#ending) return null
        throw error
      })
    const text = await this.#forwarder?.ask('POST', `${ANCHOR_SESSION_PATH}?nick=${encodeURIComponent(nick)}`)
    return typeof text === 'string' ? (JSON.parse(text) as RoomSession) : null
  }

  get ending(): boolean {
    return this.#ending
  }

  /**
   * Ends in order: what is under way is done, the place is another's, and nothing new is taken. However often it is called, it is done once.
   * @returns false: it lost its place over it, or the database did not answer, and what was not written never will be
   */
  stop(): Promise<boolean> {
    return (this.#stopped ??= this.#stop())
  }

  async #stop(): Promise<boolean> {
    this.#ending = true
    const { drainMs = DRAIN_MS } = this.#options
    const endMs = performance.now() + drainMs
    const lastMs = endMs + LAST_MS
    let inOrder = true
    /** Whatever comes of it, the next one is done: the place is given up in any case. */
    const step = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      try {
        if ((await work()) !== false) return
        this.#options.log('warn', `${what} was not done in time`)
      } catch (error) {
        this.#options.log('warn', `${what} was not done: ${error instanceof Error ? error.message : String(error)}`)
      }
      inOrder = false
    }
    this.#leadership?.standBack()
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()))
    this.#http.closeIdleConnections()
    await this.#open.drain(endMs - Math.min(CLOSE_MS, drainMs / 2), 'own')
    // With the place goes the session: what is not written by then never is, and what is written is told by the next.
    await step('the end of the business', () => isDoneBy(endMs, this.#closeTerm()))
    this.#term?.halt()
    this.#term = null
    void this.#open.giveUp('own')
    await step('handing the place over', async () => this.#leadership?.resign(lastMs))
    // Of those that wait for the next leader.
    await this.#open.drain(endMs, 'all')
    await step('leaving the database', async () => this.#leadership?.close(lastMs))
    this.#forwarder?.close()
    this.#lineForwarder?.close()
    this.#http.closeAllConnections()
    await isDoneBy(Math.max(lastMs, performance.now() + LAST_MS), closed)
    return inOrder && !this.#failed
  }

  async #closeTerm(): Promise<void> {
    await this.#leading
    await this.#term?.close()
  }

  async #lead(session: PostgresSession): Promise<void> {
    if (this.#ending) return this.#giveBack()
    const { backend, environment, iceServers, log } = this.#options
    try {
      const mayTell = (): boolean => this.#leadership?.leads === true
      // Whoever has a room here is not of this network for it.
      const mayConnect = (address: string): boolean => isPublic(address) || isIn(environment.roomNetworks, address)
      const term = await Term.open({ session, backend: { config: { ...backend, mayConnect }, observer: this.#metrics, mayTell }, iceServers })
      this.#term = term
      // Asked to end meanwhile: whoever did closes it.
      if (this.#ending) return
      await this.#leadership?.announce()
      await term.start()
      await this.#leadership?.settled()
      log('info', 'the business is served here')
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error))
    }
  }

  /** The place was taken in the moment in which this instance was asked to end: nothing was done with it, and others wait for it. */
  async #giveBack(): Promise<void> {
    try {
      await this.#leadership?.resign(performance.now() + LAST_MS)
    } catch (error) {
      this.#options.log('warn', `the place was not handed over: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** Nothing that is in memory holds any more. Who waits for an answer is told so. */
  #fail(reason: string): void {
    if (this.#failed) return
    this.#failed = true
    this.#ending = true
    // Before anything else: another one speaks to IM now.
    this.#term?.halt()
    const told = this.#open.giveUp('all')
    // Whoever runs it starts it again; until then the others are there.
    this.#options.log('warn', `this instance ends: ${reason}`)
    this.#leadership?.standBack()
    this.#http.close()
    this.#stopped ??= isDoneBy(performance.now() + LAST_WORDS_MS, told).then(() => {
      this.#options.deposed()
      return false
    })
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.#operations.handle(request, response)) return
    const path = (request.url ?? '').split('?')[0] ?? ''
    const isForwarded = this.#takeOrigin(request)
    if (isForwarded && path === ANCHOR_SESSION_PATH) void this.#tellAnchorSession(request, response)
    else if (!isBusiness(path)) this.#pages(request, response)
    // Callbacks come by whatever name the cloud was given, and are signed.
    else if (!isForwarded && path !== CALLBACK_PATH && !this.#isAllowed(request)) this.#pages(request, response)
    else this.#business(request, response, isForwarded)
  }

  #business(request: IncomingMessage, response: ServerResponse, isForwarded: boolean): void {
    const term = this.#own
    this.#open.add(response, term !== null)
    if (this.#ending) response.setHeader('connection', 'close')
    if (term !== null) term.handle(request, response)
    // One that has lost its place knows nobody any more.
    else if (isForwarded || this.#failed) {
      response.setHeader(NOT_LEADING_HEADER, '1')
      refuse(request, response, 'server.changing')
    } else void this.#forwarder?.forward(request, response, originOf(request))
  }

  /** Of another instance, which has asked in its own name. */
  async #tellAnchorSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const term = this.#own
    if (term === null) {
      response.setHeader(NOT_LEADING_HEADER, '1')
      return refuse(request, response, 'server.changing')
    }
    this.#open.add(response, true)
    try {
      const session = await term.anchorSession(new URLSearchParams((request.url ?? '').split('?')[1] ?? '').get('nick') ?? '')
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(session))
    } catch (error) {
      this.#options.log('warn', `the anchor's session was not opened: ${error instanceof Error ? error.message : String(error)}`)
      if (!response.headersSent) response.writeHead(503, { 'retry-after': '1' }).end()
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.once('error', () => socket.destroy())
    const isForwarded = this.#takeOrigin(request)
    if (!isForwarded && !this.#isAllowed(request)) return refuseUpgrade(socket, '421 Misdirected Request')
    const term = this.#own
    if (term !== null) term.upgrade(request, socket, head)
    else if (isForwarded || this.#ending) refuseUpgrade(socket, '503 Service Unavailable')
    else void this.#lineForwarder?.forward(request, socket, head, originOf(request))
  }

  /** The business, while nobody else can have it. */
  get #own(): Term | null {
    return this.#leadership?.leads === true && !this.#ending ? this.#term : null
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
    if (this.#ending) return 'ending'
    if (this.#leadership?.databaseAnswers !== true) return 'the database does not answer'
    return isReady(this.#leadership.leader) ? null : 'nobody leads'
  }
}

function isReady(leader: Leader | null): boolean {
  return leader !== null && leader.address !== ''
}
