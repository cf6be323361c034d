import type { WebSocket } from 'ws'
import { lineRequestSchema, type LineNews, type LineRequest } from '../../shared/co-anchor-line'
import { SEATS } from '../../shared/seats'
import { Bucket } from '../bucket'
import { LINE_TERMS, type LineTime } from './line-time'
import type { LineEnd } from './seat-desk'

/** Messages of one line; a page that calls anew sends some thirty at once. */
const RATE = { perSecond: 50, burst: 100 } as const
/** Their bytes: what one page says is queued for the stage's, and must not look as if that did not read. */
const RATE_BYTES = { perSecond: 64 * 1024, burst: 256 * 1024 } as const
/** Whoever leaves so much unread does not read. */
const MAX_UNREAD_BYTES = 1024 * 1024

export interface LineHooks {
  heard(request: LineRequest): void
  /** Once, when nothing is said or heard any more. */
  gone(): void
  /** Once, when the socket is closed too. */
  closed(): void
}

/** One socket of a page: what it says is checked and bounded, and it has to show that it lives. Owns the socket and its timers. */
export class Line {
  readonly #socket: WebSocket
  readonly #time: LineTime
  readonly #hooks: LineHooks
  #messages: Bucket
  #bytes: Bucket
  #stopHello: () => void
  #stopPing: () => void
  #stopGoodbye: () => void = () => undefined
  #unanswered = 0
  #greeted = false
  #over = false

  constructor(socket: WebSocket, time: LineTime, hooks: LineHooks) {
    this.#socket = socket
    this.#time = time
    this.#hooks = hooks
    this.#messages = bucket(RATE, 1, time.nowMs())
    this.#bytes = bucket(RATE_BYTES, 1, time.nowMs())
    this.#stopHello = time.after(LINE_TERMS.helloMs, () => this.drop())
    this.#stopPing = time.after(LINE_TERMS.pingMs, () => this.#ping())
    socket.on('message', (data: Buffer, isBinary) => this.#take(data, isBinary))
    socket.on('pong', () => {
      this.#unanswered = 0
    })
    // Too large, no UTF-8, no WebSocket: ws has closed it with the reason.
    socket.on('error', () => this.drop())
    socket.once('close', () => {
      this.#stopGoodbye()
      this.#leave()
      hooks.closed()
    })
  }

  get over(): boolean {
    return this.#over
  }

  /** The hello came. */
  greeted(): void {
    this.#greeted = true
    this.#stopHello()
  }

  /** It is the stage's, which speaks to as many as there are seats, to all of them at once when it comes. */
  speaksToAll(): void {
    this.#messages = bucket(RATE, SEATS, this.#time.nowMs())
    this.#bytes = bucket(RATE_BYTES, SEATS, this.#time.nowMs())
  }

  say(news: LineNews): void {
    if (this.#over) return
    if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) this.drop()
    else this.#socket.send(JSON.stringify(news))
  }

  /** For good: the page is told why, and does not come back by itself. */
  end(reason: LineEnd): void {
    if (this.#over) return
    this.say({ type: 'bye', reason })
    this.#leave()
    this.#socket.close()
    this.#stopGoodbye = this.#time.after(LINE_TERMS.goodbyeMs, () => this.#socket.terminate())
  }

  /** Without a word: the page opens it again. */
  drop(): void {
    this.#leave()
    this.#socket.terminate()
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (this.#over) return
    const nowMs = this.#time.nowMs()
    if (!this.#messages.take(nowMs) || !this.#bytes.take(nowMs, data.length)) return this.end('too-fast')
    const request = isBinary ? null : read(data)
    if (request === null) this.end('malformed')
    else this.#hooks.heard(request)
  }

  #ping(): void {
    if (this.#unanswered >= 2) return this.drop()
    this.#unanswered += 1
    this.#socket.ping()
    if (this.#greeted) this.say({ type: 'alive' })
    // It did not read.
    if (this.#over) return
    this.#stopPing = this.#time.after(LINE_TERMS.pingMs, () => this.#ping())
  }

  #leave(): void {
    if (this.#over) return
    this.#over = true
    this.#stopHello()
    this.#stopPing()
    this.#hooks.gone()
  }
}

function bucket({ perSecond, burst }: { readonly perSecond: number; readonly burst: number }, times: number, nowMs: number): Bucket {
  return new Bucket(perSecond * times, burst * times, nowMs)
}

function read(data: Buffer): LineRequest | null {
  try {
    const parsed = lineRequestSchema.safeParse(JSON.parse(data.toString('utf8')))
    return parsed.success ? parsed.data : null
  } catch (error) {
    // Whatever a stranger sends.
    if (error instanceof SyntaxError || error instanceof RangeError) return null
    throw error
  }
}
