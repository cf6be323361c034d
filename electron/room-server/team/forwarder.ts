import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { Duplex } from 'node:stream'
import { ApiError, errorBody, type ApiErrorCode } from '../backend/api/api-error'
import type { RequestOrigin } from '../request-origin'
import { refuseUpgrade } from '../upgrades'
import { FORWARDED_HEADER, signForwarded } from './forwarded-header'
import type { Leader, Leadership } from './leadership'
import type { Forwarding } from './metrics'
import { isRepeatable } from './repeatable'

/** Stands in the answer of an instance that was taken for the leader and is not: it has done nothing. */
export const NOT_LEADING_HEADER = 'x-anchordesk-not-leading'
/** Stands in the answer of a leader that lost its place in the middle of the request: it may be done or not. */
export const DEPOSED_HEADER = 'x-anchordesk-deposed'
/** For a request that finds nobody who leads: longer than it takes until there is somebody. */
const HOLD_MS = 8_000
/** The row of the leader is some moments old. */
const AGAIN_MS = 100
const ANSWER_MS = 15_000
/** Of one body, of all together, and of how many at once: what is held is in memory. */
const BODY_BYTES = 2 * 1_024 * 1_024
const HELD_BYTES = 64 * 1_024 * 1_024
const MAX_UNDER_WAY = 2_000
/** Of one connection, and not of what goes over it. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
  FORWARDED_HEADER,
  NOT_LEADING_HEADER,
  DEPOSED_HEADER,
])

/** `answered` also where the leader refused. `untaken`: it was certainly not done. `broken`: nobody knows. */
type Attempt = { readonly kind: 'answered'; readonly answer: IncomingMessage; readonly body: Buffer } | { readonly kind: 'untaken' | 'broken' }

export interface ForwarderOptions {
  readonly leadership: Pick<Leadership, 'leader' | 'secret' | 'onChange'>
  count(outcome: Forwarding): void
}

/** Hands on to the leader what only the leader can answer. */
export class Forwarder {
  readonly #options: ForwarderOptions
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 64 })
  readonly #lines = new Set<Duplex>()
  #underWay = 0
  #heldBytes = 0

  constructor(options: ForwarderOptions) {
    this.#options = options
  }

  /** Answers in any case. */
  async forward(request: IncomingMessage, response: ServerResponse, origin: RequestOrigin): Promise<void> {
    if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES) return refuse(request, response, 'request.too-large')
    if (this.#underWay >= MAX_UNDER_WAY || this.#heldBytes >= HELD_BYTES) return refuse(request, response, 'server.changing')
    const parts: Buffer[] = []
    let size = 0
    this.#underWay += 1
    try {
      for await (const part of request) {
        const bytes = part as Buffer
        size += bytes.length
        this.#heldBytes += bytes.length
        if (size > BODY_BYTES) throw new Error('the body is longer than anything that is asked for here')
        parts.push(bytes)
      }
      await this.#forward(request, response, origin, Buffer.concat(parts))
    } catch (error) {
      // Whoever asked is gone in the middle of the question, or asks without an end.
      if (error instanceof Error) response.destroy()
      else throw error
    } finally {
      this.#underWay -= 1
      this.#heldBytes -= size
    }
  }

  /** Joins the two ends of a WebSocket. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, origin: RequestOrigin): Promise<void> {
    const leader = await this.#leader(performance.now() + HOLD_MS)
    const { secret } = this.#options.leadership
    if (socket.destroyed) return
    if (leader === null || secret === null) return refuseUpgrade(socket, '503 Service Unavailable')
    const { host, port } = endOf(leader.address)
    const upstream = connect(port, host)
    for (const end of [socket, upstream]) {
      this.#lines.add(end)
      end.on('error', () => end.destroy())
      end.on('close', () => {
        this.#lines.delete(end)
        socket.destroy()
        upstream.destroy()
      })
    }
    upstream.once('connect', () => {
      this.#options.count('line')
      const lines = [`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/1.1`]
      for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
        const name = request.rawHeaders[at] ?? ''
        if (name.toLowerCase() !== FORWARDED_HEADER && !isProxied(name.toLowerCase())) lines.push(`${name}: ${request.rawHeaders[at + 1] ?? ''}`)
      }
      lines.push(`${FORWARDED_HEADER}: ${signForwarded(secret, request, origin, Date.now())}`)
      upstream.write(`${lines.join('\r\n')}\r\n\r\n`)
      upstream.write(head)
      socket.pipe(upstream).pipe(socket)
    })
  }

  close(): void {
    this.#agent.destroy()
    for (const end of this.#lines) end.destroy()
  }

  async #forward(request: IncomingMessage, response: ServerResponse, origin: RequestOrigin, body: Buffer): Promise<void> {
    const endMs = performance.now() + HOLD_MS
    const { count } = this.#options
    for (let attempt = 1; !response.destroyed; attempt += 1) {
      const leader = await this.#leader(endMs)
      if (leader === null) {
        count('nobody-leads')
        return refuse(request, response, 'server.changing')
      }
      const outcome = await this.#attempt(leader, request, origin, body)
      if (outcome.kind === 'answered') {
        count(attempt === 1 ? 'answered' : 'repeated')
        response.writeHead(outcome.answer.statusCode ?? 502, endToEnd(outcome.answer.headers))
        response.end(outcome.body)
        return
      }
      if (outcome.kind === 'broken' && !isRepeatable(request.method ?? '', request.url ?? '', body)) {
        count('outcome-unknown')
        return refuse(request, response, 'server.outcome-unknown')
      }
      await this.#change(AGAIN_MS)
    }
  }

  /** Waits for one. Null: there was none until then. */
  async #leader(endMs: number): Promise<Leader | null> {
    for (;;) {
      const { leader, secret } = this.#options.leadership
      if (performance.now() >= endMs) return null
      if (leader !== null && leader.address !== '' && secret !== null) return leader
      await this.#change(endMs - performance.now())
    }
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        stop()
        resolve()
      }
      const timer = setTimeout(done, ms)
      const stop = this.#options.leadership.onChange(done)
    })
  }

  #attempt({ epoch, address }: Leader, request: IncomingMessage, origin: RequestOrigin, body: Buffer): Promise<Attempt> {
    const { leadership } = this.#options
    return new Promise((resolve) => {
      let sent = false
      const headers = endToEnd(request.headers)
      if (body.length > 0) headers['content-length'] = String(body.length)
      headers[FORWARDED_HEADER] = signForwarded(leadership.secret ?? '', request, origin, Date.now())
      // Letter by letter what was signed: an address that is made anew of it could be another.
      const upstream = httpRequest({
        ...endOf(address),
        path: request.url ?? '/',
        method: request.method ?? 'GET',
        headers,
        agent: this.#agent,
        timeout: ANSWER_MS,
      })
      const stop = leadership.onChange(() => {
        // A leader that stands still does not answer any more; there is another one now.
        if (leadership.leader?.epoch !== epoch) upstream.destroy()
      })
      const settle = (attempt: Attempt): void => {
        stop()
        resolve(attempt)
      }
      upstream.on('socket', (socket) => {
        // One that was open before may have taken it already.
        if (socket.connecting) socket.once('connect', () => (sent = true))
        else sent = true
      })
      upstream.on('timeout', () => upstream.destroy())
      // Also of what `destroy` ends, with or without an answer.
      upstream.on('error', () => settle({ kind: sent ? 'broken' : 'untaken' }))
      upstream.on('response', (answer) => {
        const isUntaken = answer.headers[NOT_LEADING_HEADER] !== undefined
        if (isUntaken || answer.headers[DEPOSED_HEADER] !== undefined) {
          answer.resume()
          settle({ kind: isUntaken ? 'untaken' : 'broken' })
          return
        }
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () => settle({ kind: 'answered', answer, body: Buffer.concat(parts) }))
        answer.on('error', () => settle({ kind: 'broken' }))
      })
      upstream.end(body)
    })
  }
}

/** An answer of this instance itself, in the form of the API's. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  code: Extract<ApiErrorCode, 'server.changing' | 'server.outcome-unknown' | 'request.too-large'>,
): void {
  const text = JSON.stringify(errorBody(new ApiError(code), request.headers['accept-language'] ?? ''))
  if (response.headersSent || response.destroyed) return
  const isPassing = code !== 'request.too-large'
  response.writeHead(isPassing ? 503 : 413, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(isPassing ? { 'retry-after': '1' } : { connection: 'close' }),
  })
  response.end(text)
}

function endOf(address: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(address)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port === '' ? 80 : port) }
}

/** From whom it is, the signed header says alone. */
function isProxied(name: string): boolean {
  return name === 'forwarded' || name.startsWith('x-forwarded-')
}

function endToEnd(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined && !HOP_BY_HOP.has(name) && !isProxied(name)) kept[name] = value
  return kept
}
