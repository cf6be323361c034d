import type { WebSocket } from 'ws'
import { platformName, type Caller } from '../caller'
import { CODES, ImError } from '../codes'
import { Bucket } from '../../bucket'
import { BOUNDS, TIMES } from '../limits'
import type { ImContext } from '../service/context'
import type { Peer } from '../service/session-book'
import { answerFrame, pushFrame, readRequest, type WireHead, type WireRequest } from './frame'
import type { Answer, Commands } from './command'

export interface ConnectionHooks {
  readonly context: ImContext
  readonly commands: Commands
  /** Commands that work before a login. */
  readonly open: ReadonlySet<string>
  /** A login counts on this connection from now on, or no more. */
  attached(connection: Connection, resumed: boolean): void
  /** `closed`: the page said that it closes. */
  detached(connection: Connection, closed: boolean): void
}

/** Codes of a page that closes: by itself, by going away, without a word. A line that breaks is 1006. */
const SAID_GOODBYE: ReadonlySet<number> = new Set([1_000, 1_001, 1_005])

/** One socket of a client. Each request is judged by the key it carries: after a reconnect requests may come before the login does. */
export class Connection implements Peer {
  readonly clientIp: string
  readonly #hooks: ConnectionHooks
  readonly #socket: WebSocket
  readonly #binary: boolean
  readonly #bucket: Bucket
  readonly #joins: Bucket
  readonly #sends: Bucket
  readonly #attributes: Bucket
  #refused = 0
  #waiting = 0
  #lastHeardMs: number
  #a2 = ''
  #userId = ''
  #instance = 0
  #platform = 'Web'
  #attached = false
  /** What ends with the login on this socket; by name, since each poll replaces the one before. */
  #endings = new Map<string, () => void>()

  constructor(socket: WebSocket, binary: boolean, clientIp: string, hooks: ConnectionHooks) {
    this.#socket = socket
    this.#binary = binary
    this.clientIp = clientIp
    this.#hooks = hooks
    this.#lastHeardMs = hooks.context.nowMs()
    this.#bucket = new Bucket(BOUNDS.requestsPerSecond, BOUNDS.requestBurst, this.#lastHeardMs)
    this.#joins = new Bucket(BOUNDS.joinsPer10s / 10, BOUNDS.joinsPer10s, this.#lastHeardMs)
    this.#sends = new Bucket(BOUNDS.sendsPerSecond, BOUNDS.sendBurst, this.#lastHeardMs)
    this.#attributes = new Bucket(BOUNDS.attributeWritesPerSecond, 2 * BOUNDS.attributeWritesPerSecond, this.#lastHeardMs)
    socket.on('message', (data: Buffer) => void this.#heard(data))
    socket.on('close', (code) => this.detach(SAID_GOODBYE.has(code)))
    // ws closes the socket by itself after an error; 'close' follows.
    socket.on('error', () => socket.terminate())
  }

  get userId(): string {
    return this.#userId
  }

  get instance(): number {
    return this.#instance
  }

  get platform(): string {
    return this.#platform
  }

  get a2(): string {
    return this.#a2
  }

  send(frame: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    // Whoever does not read is cut: what it misses it can ask for again.
    if (this.#socket.bufferedAmount > BOUNDS.unsentBytes) this.#socket.terminate()
    else this.#socket.send(frame, { binary: this.#binary })
  }

  /** @throws ImError 60022 when somebody hops from room to room */
  checkJoinRate(): void {
    if (!this.#joins.take(this.#hooks.context.nowMs())) throw new ImError(CODES.SERVICE_TOO_FREQUENT, 'too many joins')
  }

  /** @throws ImError 10023 */
  checkSendRate(): void {
    if (!this.#sends.take(this.#hooks.context.nowMs())) throw new ImError(CODES.SENT_TOO_FAST, 'too many messages')
  }

  /** @throws ImError 10049 */
  checkAttributeRate(): void {
    if (!this.#attributes.take(this.#hooks.context.nowMs())) throw new ImError(CODES.ATTRIBUTES_TOO_FAST, 'too many writes of attributes')
  }

  /** Runs when the login on this socket ends. One per name. */
  onDetach(name: string, ending: () => void): void {
    // The socket may have closed while the request was worked on.
    if (this.#attached) this.#endings.set(name, ending)
    else ending()
  }

  /** Answers a request later on: a parked poll. */
  answer(head: WireHead, body: Answer): void {
    this.send(answerFrame(head, body))
  }

  signedOut(): void {
    this.detach()
    this.#a2 = ''
    this.#userId = ''
  }

  /** `resumed`: by a key of an earlier socket, not by signing in. */
  attach(userId: string, instance: number, a2: string, platform: number | undefined, resumed: boolean): void {
    if (this.#attached && this.#userId === userId && this.#instance === instance) return
    this.detach()
    // Its end has been told already: nobody would ever detach it again.
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#userId = userId
    this.#instance = instance
    this.#a2 = a2
    this.#platform = platformName(platform ?? 7)
    this.#attached = true
    this.#hooks.attached(this, resumed)
  }

  detach(closed = false): void {
    if (!this.#attached) return
    this.#attached = false
    const endings = [...this.#endings.values()]
    this.#endings = new Map()
    for (const ending of endings) ending()
    this.#hooks.detached(this, closed)
  }

  kick(type: number): void {
    this.send(
      pushFrame('im_open_status.stat_forceoffline', {
        EventArray: [{ Event: 10, C2cNotifyMsgArray: [{ KickoutMsgNotify: { KickType: type, NewInstInfo: {} } }] }],
      }),
    )
  }

  /** Closes a socket that has been silent too long. */
  sweep(nowMs: number): void {
    if (nowMs - this.#lastHeardMs > TIMES.silentSocketMs) this.#socket.terminate()
  }

  close(): void {
    this.#socket.terminate()
  }

  caller(userId: string): Caller {
    return { userId, admin: this.#hooks.context.config.admins.includes(userId), platform: this.#platform, clientIp: this.clientIp }
  }

  async #heard(data: Buffer): Promise<void> {
    const now = this.#hooks.context.nowMs()
    this.#lastHeardMs = now
    const taken = this.#bucket.take(now)
    if (!taken) {
      this.#refused += 1
      if (this.#refused > BOUNDS.refusedTooMany) {
        this.#socket.close(1008, 'too many requests')
        return
      }
    } else this.#refused = Math.max(0, this.#refused - 1)
    const request = readRequest(data.toString('utf8'))
    // There is nobody to answer: it has no number.
    if (request === null) return
    if (!taken || this.#waiting >= BOUNDS.waitingRequests) {
      this.answer(request.head, refusal(new ImError(CODES.SERVICE_TOO_FREQUENT, 'too many requests')))
      return
    }
    this.#waiting += 1
    try {
      const answer = await this.#run(request)
      if (answer !== null) this.answer(request.head, { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', ...answer })
    } catch (error) {
      this.answer(request.head, refusal(error))
      if (!(error instanceof ImError)) this.#hooks.context.config.log('warn', `${request.head.servcmd} failed: ${String(error)}`)
    } finally {
      this.#waiting -= 1
    }
  }

  async #run({ head, body }: WireRequest): Promise<Answer | null> {
    const { context, commands, open } = this.#hooks
    const command = Object.hasOwn(commands, head.servcmd) ? commands[head.servcmd] : undefined
    if (open.has(head.servcmd)) {
      if (command === undefined) return {}
      return command.run({ context, caller: this.caller(this.#userId), connection: this, head, body })
    }
    const userId = this.#authenticate(head)
    if (command === undefined) throw new ImError(CODES.UNKNOWN_COMMAND, `${head.servcmd} is not served here`)
    return command.run({ context, caller: this.caller(userId), connection: this, head, body })
  }

  /** @throws ImError 70001 for a key that is none of ours or too old, 1002 when a later login has replaced it */
  #authenticate(head: WireHead): string {
    const { context } = this.#hooks
    if (head.a2 !== undefined && head.a2 !== '' && head.a2 === this.#a2 && this.#attached) return this.#userId
    const claims = context.keys.read(head.a2 ?? '')
    if (claims === null || claims.expiresAtSec <= context.nowSec()) throw new ImError(CODES.SIGNATURE_EXPIRED, 'sign in again')
    const account = context.accounts.get(claims.userId)
    if (account === undefined) throw new ImError(CODES.SIGNATURE_EXPIRED, 'sign in again')
    if (account.instance !== claims.instance) throw new ImError(CODES.KICKED, 'signed in elsewhere', { KickType: 1 })
    this.attach(claims.userId, claims.instance, head.a2 ?? '', head.platform, true)
    return claims.userId
  }
}

function refusal(error: unknown): Answer {
  if (error instanceof ImError) return { ActionStatus: 'FAIL', ErrorCode: error.code, ErrorInfo: error.message, ...error.fields }
  return { ActionStatus: 'FAIL', ErrorCode: CODES.INTERNAL, ErrorInfo: 'internal error' }
}
