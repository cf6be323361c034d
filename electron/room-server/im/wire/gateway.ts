import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { isSameOrigin, refuseUpgrade, type Upgrades } from '../../upgrades'
import { BOUNDS } from '../limits'
import { Connection, type ConnectionHooks } from './connection'

export interface GatewayOptions {
  /** Origins of pages elsewhere that may use this server. */
  readonly allowedOrigins: readonly string[]
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])
const SWEEP_MS = 5_000

/** Lets sockets in: `/binfo` speaks in binary frames, `/info` (the SDK's devMode) in text frames. */
export class WireGateway {
  readonly #hooks: ConnectionHooks
  readonly #options: GatewayOptions
  readonly #sockets: WebSocketServer
  readonly #connections = new Set<Connection>()
  readonly #perAddress = new Map<string, number>()
  readonly #sweep: NodeJS.Timeout
  #closed = false

  constructor(hooks: ConnectionHooks, options: GatewayOptions) {
    this.#hooks = hooks
    this.#options = options
    // Deflating each frame for each client would cost more than loopback and LAN gain by it.
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: BOUNDS.frameBytes, perMessageDeflate: false, clientTracking: false })
    this.#sweep = setInterval(() => {
      const now = hooks.context.nowMs()
      for (const connection of this.#connections) connection.sweep(now)
    }, SWEEP_MS)
  }

  get connections(): number {
    return this.#connections.size
  }

  serveOn(upgrades: Upgrades): void {
    upgrades.serve('/binfo', (request, socket, head) => this.#upgrade(request, socket, head, true))
    upgrades.serve('/info', (request, socket, head) => this.#upgrade(request, socket, head, false))
  }

  /** Ends every connection; who comes back is told that nobody is here any more, and does not keep the HTTP server open. */
  close(): void {
    this.#closed = true
    clearInterval(this.#sweep)
    for (const connection of this.#connections) connection.close()
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, binary: boolean): void {
    if (!this.#allowedOrigin(request)) return refuseUpgrade(socket, '403 Forbidden')
    const address = request.socket.remoteAddress ?? ''
    const count = this.#perAddress.get(address) ?? 0
    const limit = LOOPBACK.has(address) ? BOUNDS.socketsOfLoopback : BOUNDS.socketsPerAddress
    if (this.#closed || count >= limit || this.#connections.size >= BOUNDS.sockets) return refuseUpgrade(socket, '503 Service Unavailable')
    this.#perAddress.set(address, count + 1)
    socket.once('close', () => this.#gone(address))
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(webSocket, binary, address.replace('::ffff:', ''), this.#hooks)
      this.#connections.add(connection)
      webSocket.once('close', () => this.#connections.delete(connection))
    })
  }

  /** A page of a stranger must not speak for whoever looks at it. Programs send no Origin; the app's own pages are `app://`. */
  #allowedOrigin(request: IncomingMessage): boolean {
    const { origin } = request.headers
    if (origin === undefined || origin.startsWith('app://')) return true
    return isSameOrigin(request) || this.#options.allowedOrigins.includes(origin)
  }

  #gone(address: string): void {
    const left = (this.#perAddress.get(address) ?? 1) - 1
    if (left <= 0) this.#perAddress.delete(address)
    else this.#perAddress.set(address, left)
  }
}
