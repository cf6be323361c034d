import { Agent, createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * What stands before several instances: each request goes to the next one in turn. Where none listens it goes to the one after that; one that breaks
 * in the middle is a 502, as of any balancer's.
 */
export class Balancer {
  readonly #server: Server
  readonly #agent = new Agent({ keepAlive: false })
  readonly #targets: readonly (() => string | null)[]
  #turn = 0

  /** @param targets addresses of the instances, as they are when they are asked */
  constructor(targets: readonly (() => string | null)[]) {
    this.#targets = targets
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const first = (this.#turn += 1)
        const inTurn = this.#targets.map((_, index) => this.#targets[(first + index) % this.#targets.length]?.() ?? null)
        this.#pass(
          request,
          Buffer.concat(parts),
          response,
          inTurn.filter((target) => target !== null),
        )
      })
    })
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #pass(request: IncomingMessage, body: Buffer, response: ServerResponse, [target, ...others]: readonly string[]): void {
    if (target === undefined) {
      response.writeHead(502).end('{}')
      return
    }
    let sent = false
    const fail = (): void => {
      if (!sent) this.#pass(request, body, response, others)
      else if (!response.headersSent) response.writeHead(502).end('{}')
      else response.destroy()
    }
    const upstream = httpRequest(new URL(request.url ?? '/', target), { method: request.method ?? 'GET', headers: request.headers, agent: this.#agent })
    upstream.on('socket', (socket) => socket.once('connect', () => (sent = true)))
    upstream.on('error', fail)
    upstream.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('error', () => response.destroy())
      answer.pipe(response)
    })
    upstream.end(body)
  }
}
