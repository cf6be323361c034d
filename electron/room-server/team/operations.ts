import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isLoopback } from '../addresses'

export interface OperationsOptions {
  /** Null: /metrics is for this machine alone. A secret. */
  readonly metricsToken: string | null
  /** Null: it is ready; else what is missing. */
  notReady(): string | null
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
}

/** What those ask who run the server: is it up, is it ready, how is it. Answers are for balancers and Prometheus, not for people. */
export class Operations {
  readonly #options: OperationsOptions

  constructor(options: OperationsOptions) {
    this.#options = options
  }

  /** False: the request is for somebody else. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = (request.url ?? '').split('?')[0]
    if (path === '/healthz') answer(request, response, 200, 'ok\n')
    else if (path === '/readyz') {
      const missing = this.#options.notReady()
      answer(request, response, missing === null ? 200 : 503, `${missing ?? 'ready'}\n`)
    } else if (path === '/metrics') {
      // As if there were nothing: a stranger learns no more.
      if (!this.#mayRead(request)) answer(request, response, 404, 'Not found.\n')
      else
        this.#options.metrics().then(
          ({ contentType, text }) => answer(request, response, 200, text, contentType),
          (error: unknown) => answer(request, response, 500, `${error instanceof Error ? error.name : 'failed'}\n`),
        )
    } else return false
    return true
  }

  #mayRead({ headers, socket }: IncomingMessage): boolean {
    const { metricsToken } = this.#options
    if (metricsToken !== null) return sameSecret(headers.authorization ?? '', `Bearer ${metricsToken}`)
    // A proxy on this machine comes from here too, but not for itself.
    const isProxied = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined || headers.via !== undefined
    return !isProxied && isLoopback((socket.remoteAddress ?? '').replace('::ffff:', ''))
  }
}

function answer(request: IncomingMessage, response: ServerResponse, status: number, text: string, contentType = 'text/plain; charset=utf-8'): void {
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  response.writeHead(isRead ? status : 405, { 'content-type': contentType, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  response.end(isRead && request.method !== 'HEAD' ? text : undefined)
}

function sameSecret(given: string, wanted: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(wanted))
}
