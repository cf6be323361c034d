import { z } from 'zod'
import { pkWordSchema, type ConnectionFault, type PkWord } from '../../../shared/pk'
import type { Timers } from '../clock'
import type { Score } from './pk-machine'
import { PlainHttp, TooLongError, type MayConnect } from './plain-request'

const TIMEOUT_MS = 3_000
const MAX_ANSWER_BYTES = 64 * 1_024
/** What Node says of a certificate that it does not trust. */
const CERTIFICATE = /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/
const refusalSchema = z.object({ code: z.string().max(64) })

export interface OtherRoomAddress {
  /** Scheme, host and port: an origin. */
  readonly base: string
  readonly room: string
  /** Of the session there. A secret. */
  readonly token: string
}

/** The other room's server did not do it. `code`: of its API; '' = it said none. */
export class OtherRoomError extends Error {
  readonly fault: ConnectionFault
  readonly code: string

  constructor(fault: ConnectionFault, code: string, cause?: unknown) {
    super(code === '' ? fault : `${fault} (${code})`, { cause })
    this.name = 'OtherRoomError'
    this.fault = fault
    this.code = code
  }
}

/** The API of another room's server, as far as a PK needs it. All methods throw OtherRoomError. */
export class OtherRoom {
  readonly address: OtherRoomAddress
  readonly #timers: Timers
  readonly #mayTell: () => boolean
  readonly #stop = new AbortController()
  readonly #http: PlainHttp

  /** @param mayTell asked before each request; none is made while it may not be @param mayConnect left out: to any address */
  constructor(address: OtherRoomAddress, timers: Timers, mayTell: () => boolean, mayConnect: MayConnect = () => true) {
    this.address = address
    this.#http = new PlainHttp(address.base, mayConnect)
    this.#timers = timers
    this.#mayTell = mayTell
  }

  /** Whether its server is at an address that may be connected to. */
  mayConnect(): Promise<boolean> {
    return this.#http.mayConnect()
  }

  word(): Promise<PkWord> {
    return this.#ask('GET', '')
  }

  answer(pkId: string, accept: boolean): Promise<PkWord> {
    return this.#ask('PUT', '/answer', { pkId, accept })
  }

  async score({ pkId, coins, final }: Score): Promise<PkWord> {
    try {
      return await this.#ask('PUT', '/score', { pkId, coins, final })
    } catch (error) {
      // It is over there, and put away.
      if (error instanceof OtherRoomError && error.code === 'pk.none') return this.word()
      throw error
    }
  }

  /** Requests that are on their way fail. */
  close(): void {
    this.#stop.abort()
    this.#http.close()
  }

  async #ask(method: 'GET' | 'PUT', path: string, body?: object): Promise<PkWord> {
    if (!this.#mayTell()) throw new OtherRoomError('unreachable', '')
    const { base, room, token } = this.address
    const text = body === undefined ? null : JSON.stringify(body)
    // `AbortSignal.any` is not there yet in Electron 25's Node.
    const abort = new AbortController()
    const stop = (): void => abort.abort()
    const cancel = this.#timers.after(TIMEOUT_MS, stop)
    this.#stop.signal.addEventListener('abort', stop)
    if (this.#stop.signal.aborted) stop()
    try {
      const answer = await this.#http.ask({
        url: `${base}/api/rooms/${encodeURIComponent(room)}/pk/other-room${path}`,
        method,
        headers: { Authorization: `Bearer ${token}`, ...(text === null ? {} : { 'Content-Type': 'application/json' }) },
        body: text,
        maxBytes: MAX_ANSWER_BYTES,
        signal: abort.signal,
      })
      return read(answer.status, answer.text)
    } catch (error) {
      if (error instanceof OtherRoomError) throw error
      if (error instanceof TooLongError) throw new OtherRoomError('not-a-room', '', error)
      throw new OtherRoomError(isCertificate(error) ? 'certificate' : 'unreachable', '', error)
    } finally {
      cancel()
      this.#stop.signal.removeEventListener('abort', stop)
    }
  }
}

function read(status: number, text: string): PkWord {
  const value = readJson(text)
  if (status === 200) {
    const word = pkWordSchema.safeParse(value)
    if (!word.success) throw new OtherRoomError('not-a-room', '')
    return word.data
  }
  const refusal = refusalSchema.safeParse(value)
  const code = refusal.success ? refusal.data.code : ''
  if (status === 401 || status === 403 || status === 409) throw new OtherRoomError('refused', code)
  // Where it leads is not asked: the token is for this server and no other.
  const isElsewhere = status >= 300 && status < 400
  throw new OtherRoomError(isElsewhere || status === 429 || status >= 500 ? 'unreachable' : 'not-a-room', code)
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // A page of some other server.
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function isCertificate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && CERTIFICATE.test(error.code)
}
