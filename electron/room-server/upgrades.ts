import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

/** Whoever was refused has so long to close too. */
const REFUSED_CLOSE_MS = 2_000

/** Takes a request to speak WebSocket from here on; its Host is one of ours, its Origin has not been looked at. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** Brings each request for a WebSocket to whom its path belongs: the parts behind them do not know of each other. */
export class Upgrades {
  readonly #handlers = new Map<string, UpgradeHandler>()

  readonly #allowedHost: (host: string) => boolean

  /** @param allowedHost is this Host header a name under which the server may be asked? */
  constructor(allowedHost: (host: string) => boolean) {
    this.#allowedHost = allowedHost
  }

  listenOn(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Nobody else listens yet: an error without a listener would end the process.
      socket.once('error', () => socket.destroy())
      if (!this.#allowedHost(request.headers.host ?? '') && this.#handlers.has(pathOf(request))) refuseUpgrade(socket, '421 Misdirected Request')
      else this.take(request, socket, head)
    })
  }

  /** Gives the request to whom its path belongs. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const handler = this.#handlers.get(pathOf(request))
    if (handler === undefined) refuseUpgrade(socket, '404 Not Found')
    else handler(request, socket, head)
  }

  serve(path: string, handler: UpgradeHandler): void {
    this.#handlers.set(path, handler)
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?')[0] ?? ''
}

/** Answers and closes; a peer that keeps its side open does not keep the socket. @param status code and reason, as they stand in the answer's first line */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  // Whatever else it says is thrown away; unread, its end would not be seen either.
  socket.resume()
  const timer = setTimeout(() => socket.destroy(), REFUSED_CLOSE_MS)
  socket.once('close', () => clearTimeout(timer))
}

/** The page that asks came from this server. */
export function isSameOrigin({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin === `http://${host ?? ''}` || origin === `https://${host ?? ''}`
}
