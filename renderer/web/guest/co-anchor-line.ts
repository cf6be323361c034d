import { LINE_SILENT_MS, readLineNews, type LineNews, type LineRequest } from '../../../electron/shared/co-anchor-line'

/** Pauses before it is opened again, milliseconds; the last one goes on. */
const RETRIES_MS = [500, 1_000, 2_000, 4_000] as const
/** Nobody has said welcome for so long: this socket leads nowhere. */
const WELCOME_MS = 6_000

export interface LineHandlers {
  /** @returns a token that is good. Whatever it rejects with, it is asked again later. */
  token(): Promise<string>
  /** What is said by the room server, but its signs of life; after a `bye` this line is not opened again by itself. */
  onNews(news: LineNews): void
  /** `open` = welcomed. */
  onState(state: 'closed' | 'connecting' | 'open'): void
}

/** The part of a WebSocket that is needed here. */
export type LineSocket = Pick<WebSocket, 'send' | 'close' | 'readyState' | 'addEventListener'>

/** The co-anchor's line to the room server. Opens itself again until it is closed, or told `bye`. Owns its socket, its timers and its listener. */
export class CoAnchorLine {
  readonly #url: string
  readonly #handlers: LineHandlers
  readonly #connect: (url: string) => LineSocket
  #socket: LineSocket | null = null
  #timer: ReturnType<typeof setTimeout> | null = null
  #attempt = 0
  #welcome = false
  /** This room server says that it lives. */
  #isAlive = false
  #wanted = false
  readonly #online = (): void => {
    if (this.#wanted && this.#socket === null) this.#dial()
  }

  /** @param url `ws://…/line?room=…` */
  constructor(url: string, handlers: LineHandlers, connect: (url: string) => LineSocket = (address) => new WebSocket(address)) {
    this.#url = url
    this.#handlers = handlers
    this.#connect = connect
  }

  open(): void {
    if (this.#wanted) return
    this.#wanted = true
    this.#attempt = 0
    window.addEventListener('online', this.#online)
    this.#dial()
  }

  /** @returns false: nobody hears it, say it again after the next welcome */
  send(request: LineRequest): boolean {
    if (this.#socket === null || !this.#welcome) return false
    this.#socket.send(JSON.stringify(request))
    return true
  }

  /** It looks open and is not: what should have been answered was not. */
  renew(): void {
    if (!this.#wanted) return
    this.#attempt = 0
    this.#dial()
  }

  close(): void {
    this.#wanted = false
    window.removeEventListener('online', this.#online)
    this.#drop()
    this.#handlers.onState('closed')
  }

  #dial(): void {
    this.#drop()
    this.#handlers.onState('connecting')
    this.#timer = setTimeout(() => this.#again(), WELCOME_MS)
    const socket = this.#connect(this.#url)
    this.#socket = socket
    const current = (): boolean => this.#socket === socket
    socket.addEventListener('open', () => {
      this.#handlers.token().then(
        (token) => (current() ? socket.send(JSON.stringify({ type: 'hello', token, as: 'co-anchor' } satisfies LineRequest)) : undefined),
        () => (current() ? this.#again() : undefined),
      )
    })
    socket.addEventListener('message', (event: Event) => {
      if (current() && event instanceof MessageEvent) this.#hear(event.data)
    })
    socket.addEventListener('close', () => {
      if (current()) this.#again()
    })
  }

  #hear(data: unknown): void {
    const news = readLineNews(data)
    if (news === null) return
    if (news.type === 'bye') {
      this.#wanted = false
      window.removeEventListener('online', this.#online)
      this.#drop()
    }
    if (news.type === 'welcome') {
      this.#stopTimer()
      this.#attempt = 0
      this.#welcome = true
      this.#handlers.onState('open')
    }
    this.#isAlive ||= news.type === 'alive'
    if (this.#isAlive && this.#welcome) {
      this.#stopTimer()
      this.#timer = setTimeout(() => this.renew(), LINE_SILENT_MS)
    }
    if (news.type !== 'alive') this.#handlers.onNews(news)
  }

  #again(): void {
    this.#drop()
    if (!this.#wanted) return
    this.#handlers.onState('connecting')
    const ms = RETRIES_MS[Math.min(this.#attempt, RETRIES_MS.length - 1)] ?? 4_000
    this.#attempt += 1
    this.#timer = setTimeout(() => this.#dial(), ms)
  }

  #drop(): void {
    this.#stopTimer()
    this.#welcome = false
    this.#isAlive = false
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
