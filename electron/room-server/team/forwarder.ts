import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import { ApiError, errorBody, type ApiErrorCode } from '../backend/api/api-error'
import type { RequestOrigin } from '../request-origin'
import { Allowance } from './allowance'
import { awaitChange, awaitLeader, type Leading, type ReadyLeader } from './await-leader'
import { FORWARDED_HEADER, signForwarded } from './forwarded-header'
import { holdBody } from './held-body'
import { DEPOSED_HEADER, endOf, endToEnd, NOT_LEADING_HEADER } from './hop'
import type { Forwarding } from './metrics'
import { isRead, isRepeatable } from './repeatable'

/** For a request that finds nobody who leads: longer than it takes until there is somebody. */
export const HOLD_MS = 8_000
/** The row of the leader is some moments old. */
const AGAIN_MS = 100
const ANSWER_MS = 15_000
/** How long a connection is kept that nobody uses: the leader's end closes it after 5 s, perhaps just when it is used again. */
const FREE_MS = 4_000
/** How long whoever asked may take to read the answer, which is held until then. */
const READ_MS = 30_000
/** What is held is in memory: how many requests, and how much of each part of them. */
export const FORWARDER_LIMITS = {
  underWay: 2_000,
  bodyBytes: 2 * 1_024 * 1_024,
  bodiesBytes: 32 * 1_024 * 1_024,
  answersBytes: 64 * 1_024 * 1_024,
} as const

/** The answer is held until it was read: `answersBytes` are given back then. It is so also where the leader refused. */
interface Answered {
  readonly kind: 'answered'
  readonly answer: IncomingMessage
  readonly body: Buffer
}
/** `untaken`: it was certainly not done. `broken`: nobody knows. `no-room`: it was answered, and the answer could not be held. */
type Attempt = Answered | { readonly kind: 'untaken' | 'broken' | 'no-room' }
type Refusal = Extract<ApiErrorCode, 'server.changing' | 'server.outcome-unknown' | 'request.too-large'>
type Asked = Pick<IncomingMessage, 'method' | 'url' | 'headers'>

export interface ForwarderOptions {
  readonly leadership: Leading
  /** Left out: `FORWARDER_LIMITS`. */
  readonly limits?: Readonly<Record<keyof typeof FORWARDER_LIMITS, number>>
  count(outcome: Forwarding): void
}

/** Hands on to the leader what only the leader can answer. */
export class Forwarder {
  readonly #options: ForwarderOptions
  readonly #limits: Readonly<Record<keyof typeof FORWARDER_LIMITS, number>>
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 64, timeout: FREE_MS })
  readonly #bodies: Allowance
  readonly #answers: Allowance
  #underWay = 0

  constructor(options: ForwarderOptions) {
    this.#options = options
    this.#limits = options.limits ?? FORWARDER_LIMITS
    this.#bodies = new Allowance(this.#limits.bodiesBytes)
    this.#answers = new Allowance(this.#limits.answersBytes)
  }

  /** Answers in any case. Resolves when whoever asked has the answer, or is gone. */
  async forward(request: IncomingMessage, response: ServerResponse, origin: RequestOrigin): Promise<void> {
    if (Number(request.headers['content-length'] ?? 0) > this.#limits.bodyBytes) return refuse(request, response, 'request.too-large')
    if (this.#underWay >= this.#limits.underWay) {
      this.#options.count('full')
      return refuse(request, response, 'server.changing')
    }
    this.#underWay += 1
    try {
      const outcome = await this.#outcome(request, response, origin)
      if (outcome === 'gone') response.destroy()
      else if (typeof outcome === 'string') refuse(request, response, outcome)
      else await this.#pass(outcome, response)
    } catch (error) {
      // A request that cannot be made, such as one with a path that Node does not send.
      if (error instanceof Error) response.destroy()
      else throw error
    } finally {
      this.#underWay -= 1
    }
  }

  /** Asks the leader something of this instance's own, which may be asked twice. @returns the answer's text; null = there is none */
  async ask(method: string, url: string): Promise<string | null> {
    const outcome = await this.#insist({ method, url, headers: {} }, { address: '', secure: false }, Buffer.alloc(0), {
      isRepeatable: true,
      isGone: () => false,
    })
    if (typeof outcome === 'string') return null
    this.#answers.give(outcome.body.length)
    return outcome.answer.statusCode === 200 ? outcome.body.toString('utf8') : null
  }

  close(): void {
    this.#agent.destroy()
  }

  async #outcome(request: IncomingMessage, response: ServerResponse, origin: RequestOrigin): Promise<Answered | Refusal | 'gone'> {
    const held = await holdBody(request, this.#limits.bodyBytes, this.#bodies)
    if (held.kind !== 'held') {
      if (held.kind === 'no-room') this.#options.count('full')
      return held.kind === 'broken' ? 'gone' : held.kind === 'too-large' ? 'request.too-large' : 'server.changing'
    }
    try {
      const repeatable = isRepeatable(request.method ?? '', request.url ?? '', held.body)
      return await this.#insist(request, origin, held.body, { isRepeatable: repeatable, isGone: () => response.destroyed })
    } finally {
      this.#bodies.give(held.body.length)
    }
  }

  /** Asks until there is an answer, as far as it may be asked again. */
  async #insist(
    asked: Asked,
    origin: RequestOrigin,
    body: Buffer,
    { isRepeatable: mayRepeat, isGone }: { readonly isRepeatable: boolean; isGone(): boolean },
  ): Promise<Answered | Refusal | 'gone'> {
    const endMs = performance.now() + HOLD_MS
    const { count, leadership } = this.#options
    let isUnknown = false
    for (let attempt = 1; !isGone(); attempt += 1) {
      const leader = await awaitLeader(leadership, endMs)
      if (leader === null) {
        count('nobody-leads')
        return isUnknown ? 'server.outcome-unknown' : 'server.changing'
      }
      const outcome = await this.#attempt(leader, asked, origin, body)
      if (outcome.kind === 'answered') {
        count(attempt === 1 ? 'answered' : 'repeated')
        return outcome
      }
      if (outcome.kind !== 'untaken') isUnknown ||= !isRead(asked.method ?? '')
      if (outcome.kind === 'no-room' || (outcome.kind === 'broken' && !mayRepeat)) {
        count(outcome.kind === 'no-room' ? 'full' : 'outcome-unknown')
        return isUnknown ? 'server.outcome-unknown' : 'server.changing'
      }
      await awaitChange(leadership, AGAIN_MS)
    }
    return 'gone'
  }

  #pass({ answer, body }: Answered, response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => response.destroy(), READ_MS)
      const done = (): void => {
        clearTimeout(timer)
        this.#answers.give(body.length)
        resolve()
      }
      // Its close has been, or it was refused meanwhile, because this instance ends.
      if (response.destroyed || response.headersSent) return done()
      response.once('close', done)
      response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers))
      response.end(body)
    })
  }

  #attempt({ epoch, address, secret }: ReadyLeader, asked: Asked, origin: RequestOrigin, body: Buffer): Promise<Attempt> {
    const { leadership } = this.#options
    return new Promise((resolve) => {
      let sent = false
      const headers = endToEnd(asked.headers)
      if (body.length > 0) headers['content-length'] = String(body.length)
      headers[FORWARDED_HEADER] = signForwarded(secret, asked, origin, Date.now())
      // Letter by letter what was signed: an address that is made anew of it could be another.
      const upstream = httpRequest({
        ...endOf(address),
        path: asked.url ?? '/',
        method: asked.method ?? 'GET',
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
      // Also of what `destroy` ends before there is an answer.
      upstream.on('error', () => settle({ kind: sent ? 'broken' : 'untaken' }))
      upstream.on('response', (answer) => {
        const isUntaken = answer.headers[NOT_LEADING_HEADER] !== undefined
        if (isUntaken || answer.headers[DEPOSED_HEADER] !== undefined) {
          answer.resume()
          settle({ kind: isUntaken ? 'untaken' : 'broken' })
          return
        }
        void holdBody(answer, Number.MAX_SAFE_INTEGER, this.#answers).then((held) => {
          if (held.kind === 'held') settle({ kind: 'answered', answer, body: held.body })
          else {
            upstream.destroy()
            settle({ kind: held.kind === 'broken' ? 'broken' : 'no-room' })
          }
        })
      })
      upstream.end(body)
    })
  }
}

/** An answer of this instance itself, in the form of the API's. */
export function refuse(request: IncomingMessage, response: ServerResponse, code: Refusal): void {
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
