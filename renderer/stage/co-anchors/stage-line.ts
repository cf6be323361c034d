import { LINE_PATH, LINE_SILENT_MS, readLineNews, type LineNews, type LineRequest } from '../../../electron/shared/co-anchor-line'
import type { StageLine as Address } from '../../../electron/shared/room-link'
import type { ShowEngine } from '../../../electron/shared/show-engine'

/** After a line that broke, milliseconds; the last one again and again. */
const AGAIN_MS = [250, 500, 1_000, 2_000] as const
/** A room server says far less; another one is not to keep the stage busy. */
const NEWS_PER_SECOND = 500

export interface StageLineOptions {
  readonly address: Address
  /** What the stage is there: the room's own, a co-anchor, or another room's. */
  readonly as?: Extract<LineRequest, { type: 'hello' }>['as']
  /** Said with each hello: which way the program goes. Left out = by the stage. */
  way?(): ShowEngine
  /** All but the signs of life. */
  onNews(news: Exclude<LineNews, { type: 'alive' }>): void
  /** It broke, and is opened again by itself. */
  onBroken(): void
  /** The room server does not want this stage: a newer one is there, or the token does not hold. */
  onEnded(reason: Extract<LineNews, { type: 'bye' }>['reason']): void
  log(message: string): void
  /** Another socket in tests. */
  readonly socket?: (url: string) => WebSocket
}

/** The stage's line to the room server: opened, said hello on, opened again when it breaks or falls silent. Owns the socket and its timers. */
export class StageLine {
  readonly #options: StageLineOptions
  #token: string
  #socket: WebSocket | null = null
  #timer: ReturnType<typeof setTimeout> | null = null
  #silence: ReturnType<typeof setTimeout> | null = null
  /** This room server says that it lives. */
  #isAlive = false
  #tries = 0
  #closed = false
  #second = 0
  #newsInSecond = 0

  constructor(options: StageLineOptions) {
    this.#options = options
    this.#token = options.address.token
    this.#open()
  }

  /** What cannot be sent now is lost: the other side begins anew with a line that broke. */
  send(request: LineRequest): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request))
  }

  /** For when it is opened again: a line that stands outlives its token. */
  setToken(token: string): void {
    this.#token = token
  }

  /** Nothing comes by it any more, though it looks open. */
  renew(): void {
    const dead = this.#socket
    if (dead === null) return
    // The close of a dead one is answered by nobody: it would be waited for.
    this.#broke()
    dead.close()
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#stopSilence()
    this.#socket?.close()
    this.#socket = null
  }

  #open(): void {
    const { wire, room } = this.#options.address
    const url = `${wire}${LINE_PATH}?room=${encodeURIComponent(room)}`
    const socket = (this.#options.socket ?? ((at) => new WebSocket(at)))(url)
    this.#socket = socket
    this.#isAlive = false
    this.#waitForNews()
    socket.onopen = () => this.#hello()
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (socket === this.#socket) this.#heard(event.data)
    }
    // An error is always followed by a close.
    socket.onclose = () => {
      if (socket === this.#socket) this.#broke()
    }
  }

  #hello(): void {
    const { as = 'stage', way } = this.#options
    // A room server of an earlier version does not know the word: where it is not needed, it is not said.
    this.send({ type: 'hello', token: this.#token, as, ...(way?.() === 'trtc' ? { way: 'trtc' } : {}) })
  }

  #heard(data: unknown): void {
    const second = Math.floor(performance.now() / 1_000)
    this.#newsInSecond = second === this.#second ? this.#newsInSecond + 1 : 1
    this.#second = second
    if (this.#newsInSecond > NEWS_PER_SECOND) {
      this.close()
      this.#options.onEnded('too-fast')
      return
    }
    const news = readLineNews(data)
    if (news === null) {
      this.#options.log('the room server said what is no news of co-anchors')
      return
    }
    if (news.type === 'bye') {
      this.close()
      this.#options.onEnded(news.reason)
      return
    }
    this.#tries = 0
    this.#isAlive ||= news.type === 'alive'
    if (this.#isAlive) this.#waitForNews()
    else this.#stopSilence()
    if (news.type !== 'alive') this.#options.onNews(news)
  }

  #waitForNews(): void {
    this.#stopSilence()
    this.#silence = setTimeout(() => {
      this.#options.log('nothing is heard of the room server any more')
      this.renew()
    }, LINE_SILENT_MS)
  }

  #stopSilence(): void {
    if (this.#silence !== null) clearTimeout(this.#silence)
    this.#silence = null
  }

  #broke(): void {
    this.#socket = null
    this.#stopSilence()
    if (this.#closed) return
    this.#options.onBroken()
    const waitMs = AGAIN_MS[Math.min(this.#tries, AGAIN_MS.length - 1)]
    this.#tries += 1
    this.#timer = setTimeout(() => this.#open(), waitMs)
  }
}
