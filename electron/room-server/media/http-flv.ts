import type { IncomingMessage, ServerResponse } from 'node:http'
import { flvTag } from '../../shared/rtmp/flv'
import { PROGRAM_STREAM, STREAM_APP } from '../../shared/room-server'
import { INGEST } from '../../shared/thresholds'
import { isAllowedHost } from '../web/host-check'
import { flvStart } from './live-stream'
import type { StreamRegistry } from './stream-registry'
import { ViewerFeed } from './viewer-feed'

export const FLV_PATH = `/${STREAM_APP}/${PROGRAM_STREAM}.flv`

/** HTTP-FLV: one endless answer a viewer. Owns the viewers' responses. */
export class HttpFlv {
  readonly #registry: StreamRegistry
  readonly #shared: boolean
  readonly #onChange: () => void
  readonly #names: readonly string[]
  readonly #viewers = new Map<ServerResponse, string>()

  /** @param shared other machines may come @param names under which it may be asked, beside its addresses */
  constructor(registry: StreamRegistry, shared: boolean, onChange: () => void, names: readonly string[] = []) {
    this.#registry = registry
    this.#shared = shared
    this.#onChange = onChange
    this.#names = names
  }

  get viewers(): number {
    return this.#viewers.size
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
    // Against DNS rebinding, as for the pages: a page of a stranger must not watch through a name of its own.
    if (!isAllowedHost(request.headers.host ?? '', this.#shared, this.#names)) {
      response.writeHead(421, { 'Content-Type': 'text/plain' }).end('This name is not served here.\n')
      return
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end()
      return
    }
    if (!this.#registry.stream.publishing) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Nobody is publishing.\n')
      return
    }
    const address = request.socket.remoteAddress ?? ''
    // By a public name all viewers come from the one proxy, whose limits these are then.
    const isByProxy = this.#names.length > 0
    if (!isByProxy && [...this.#viewers.values()].filter((one) => one === address).length >= INGEST.viewersPerAddress) {
      response.writeHead(429, { 'Content-Type': 'text/plain' }).end('Too many viewers from this address.\n')
      return
    }
    response.writeHead(200, { 'Content-Type': 'video/x-flv' })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    this.#serve(response, address)
  }

  close(): void {
    for (const response of this.#viewers.keys()) response.destroy()
  }

  #serve(response: ServerResponse, address: string): void {
    this.#viewers.set(response, address)
    response.socket?.setNoDelay(true)
    response.flushHeaders()
    const feed = new ViewerFeed(this.#registry.stream, {
      get queuedBytes() {
        return response.writableLength + (response.socket?.writableLength ?? 0)
      },
      begin: (metadata) => {
        for (const part of flvStart(metadata, 0)) response.write(part)
      },
      write: (tag, timestamp) => response.write(flvTag(tag.type, timestamp, tag.body)),
    })
    // The show is over for this viewer: the page asks again when it is back.
    const leave = this.#registry.stream.listen({ onStart: () => undefined, onTag: () => undefined, onEnd: () => response.end() })
    response.on('error', () => response.destroy())
    response.once('close', () => {
      feed.close()
      leave()
      this.#viewers.delete(response)
      this.#onChange()
    })
    this.#onChange()
  }
}
