import { lookup } from 'node:dns'
import { Agent, request as requestHttp, type IncomingMessage } from 'node:http'
import { Agent as TlsAgent, request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'

/** A connection that nobody used for so long is closed: sooner than servers do, so that none is used in the moment in which they do. */
const IDLE_MS = 2_500

/** May the server at this address be spoken to? */
export type MayConnect = (address: string) => boolean

export interface PlainRequest {
  readonly url: string
  readonly method: 'GET' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly maxBytes: number
  readonly signal: AbortSignal
}

/** More than was wanted. */
export class TooLongError extends Error {}

class AddressError extends Error {}

/**
 * HTTP with one origin, over connections of its own, that goes nowhere else: no redirect is followed, and the very address that is connected to is the one that was looked at. A name that
 * means another address a moment later gets nobody in. (`fetch` tells nobody which address it takes.)
 */
export class PlainHttp {
  readonly #host: string
  readonly #agent: Agent
  readonly #request: typeof requestHttp
  readonly #mayConnect: MayConnect

  constructor(origin: string, mayConnect: MayConnect) {
    const { protocol, hostname } = new URL(origin)
    this.#host = hostname.replace(/^\[|\]$/g, '')
    this.#mayConnect = mayConnect
    const look: LookupFunction = (host, options, done) =>
      lookup(host, options, (error, address, family) => {
        const all = typeof address === 'string' ? [address] : (address ?? []).map((one) => one.address)
        if (error === null && !all.every(mayConnect)) done(new AddressError(`${host} is at an address that is not connected to`), '', 0)
        else done(error, address, family)
      })
    const options = { keepAlive: true, timeout: IDLE_MS, lookup: look }
    this.#agent = protocol === 'https:' ? new TlsAgent(options) : new Agent(options)
    this.#request = protocol === 'https:' ? requestHttps : requestHttp
  }

  /** Whether the host's addresses are such that may be connected to. A name that is not known is at none that may not. */
  mayConnect(): Promise<boolean> {
    if (isIP(this.#host) !== 0) return Promise.resolve(this.#mayConnect(this.#host))
    return new Promise((resolve) =>
      lookup(this.#host, { all: true }, (_error, found) => resolve((found ?? []).every(({ address }) => this.#mayConnect(address)))),
    )
  }

  /** @throws Error of Node (with its code) | TooLongError */
  async ask({ url, method, headers, body, maxBytes, signal }: PlainRequest): Promise<{ readonly status: number; readonly text: string }> {
    // Node looks up names only.
    if (isIP(this.#host) !== 0 && !this.#mayConnect(this.#host)) throw new AddressError(`${this.#host} is not connected to`)
    const length = body === null ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = this.#request(url, { method, headers: { ...headers, ...length }, agent: this.#agent, signal }, resolve)
      request.on('error', reject)
      request.end(body ?? undefined)
    })
    const parts: Buffer[] = []
    let size = 0
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length
      // Leaving the loop ends the connection.
      if (size > maxBytes) throw new TooLongError(`more than ${maxBytes} bytes`)
      parts.push(part)
    }
    return { status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }
  }

  close(): void {
    this.#agent.destroy()
  }
}
