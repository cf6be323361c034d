import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { signUserSig } from '../../usersig'
import { nowSec, type Clock } from '../clock'
import type { ChatTarget } from '../config'

const answerSchema = z.looseObject({ ActionStatus: z.string(), ErrorCode: z.number().int(), ErrorInfo: z.string().default('') })
export type RestAnswer = z.infer<typeof answerSchema>

const MAX_RANDOM = 4_294_967_295
const TIMEOUT_MS = 5_000
const SIG_LIFE_SEC = 3_600
const MAX_ANSWER_CHARS = 1_024 * 1_024

/** Codes after which the same call may succeed: too many calls, or an error inside of the service (error code tables im:34348). */
const PASSING_CODES: ReadonlySet<number> = new Set([10002, 10006, 10023, 10049, 20004, 60002, 60007, 60008, 60022, 80000, 90994, 91000])

/** A call to IM that did not succeed. `passing`: the same call may succeed later. */
export class ChatRestError extends Error {
  readonly command: string
  /** Tencent's code; 0 = there was no answer. */
  readonly code: number
  readonly passing: boolean

  constructor(command: string, code: number, info: string, options: { passing: boolean; cause?: unknown }) {
    super(`${command}: ${code} ${info}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ChatRestError'
    this.command = command
    this.code = code
    this.passing = options.passing
  }
}

/** Delays before a call is made again. Only calls that do no harm twice are. */
const RETRY_DELAYS_MS = [50, 200, 800] as const

/** Tencent's REST API, version 4, as an app's own server calls it (im:34620). The status is 200 whatever happens: `ErrorCode` tells. */
export class ChatRest {
  readonly #target: ChatTarget
  readonly #clock: Clock
  readonly #mayTell: () => boolean
  #sig: { readonly text: string; readonly untilSec: number } | null = null
  readonly #stop = new AbortController()

  /** @param mayTell asked before each call; none is made while it may not be */
  constructor(target: ChatTarget, clock: Clock, mayTell: () => boolean = () => true) {
    this.#target = target
    this.#clock = clock
    this.#mayTell = mayTell
  }

  /** @throws ChatRestError */
  async call(command: string, body: object): Promise<RestAnswer> {
    const response = await this.#post(command, JSON.stringify(body))
    const parsed = answerSchema.safeParse(response)
    if (!parsed.success) throw new ChatRestError(command, 0, 'the answer is none of REST v4', { passing: true })
    const { ErrorCode: code, ErrorInfo: info, ActionStatus: status } = parsed.data
    if (status !== 'OK' || code !== 0) throw new ChatRestError(command, code, info, { passing: PASSING_CODES.has(code) })
    return parsed.data
  }

  /** As `call`, and again after failures that pass. For calls that may be made twice. @throws ChatRestError */
  async insist(command: string, body: object): Promise<RestAnswer> {
    for (const delayMs of RETRY_DELAYS_MS) {
      try {
        return await this.call(command, body)
      } catch (error) {
        if (!(error instanceof ChatRestError) || !error.passing || this.#stop.signal.aborted) throw error
        await this.#pause(delayMs)
      }
    }
    return this.call(command, body)
  }

  /** Calls that are under way are cut off, and none is made any more. */
  close(): void {
    this.#stop.abort()
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#stop.signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, delayMs)
      this.#stop.signal.addEventListener('abort', done)
    })
  }

  async #post(command: string, body: string): Promise<unknown> {
    if (this.#stop.signal.aborted) throw new ChatRestError(command, 0, 'IM is not spoken to any more', { passing: true })
    if (!this.#mayTell()) throw new ChatRestError(command, 0, 'IM may not be spoken to now', { passing: true })
    const { sdkAppId, admin } = this.#target
    const query = new URLSearchParams({
      sdkappid: String(sdkAppId),
      identifier: admin,
      usersig: this.#adminSig(),
      random: String(randomInt(MAX_RANDOM)),
      contenttype: 'json',
    })
    // `AbortSignal.any` is not there yet in Electron 25's Node.
    const abort = new AbortController()
    const stop = (): void => abort.abort()
    const timer = setTimeout(stop, TIMEOUT_MS)
    this.#stop.signal.addEventListener('abort', stop)
    try {
      const response = await fetch(`${this.#target.restBase()}/v4/${command}?${query.toString()}`, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/json' },
        redirect: 'error',
        signal: abort.signal,
      })
      const text = await response.text()
      if (response.status !== 200) throw new ChatRestError(command, 0, `HTTP ${response.status}`, { passing: response.status >= 500 })
      if (text.length > MAX_ANSWER_CHARS) throw new ChatRestError(command, 0, 'the answer is too long', { passing: false })
      return JSON.parse(text)
    } catch (error) {
      if (error instanceof ChatRestError) throw error
      // Only the kind of failure: fetch puts the address, and with it the signature, into some of its texts.
      throw new ChatRestError(command, 0, `IM did not answer (${reasonOf(error)})`, { passing: true, cause: error instanceof Error ? error.name : undefined })
    } finally {
      clearTimeout(timer)
      this.#stop.signal.removeEventListener('abort', stop)
    }
  }

  #adminSig(): string {
    const now = nowSec(this.#clock)
    if (this.#sig === null || this.#sig.untilSec - now < SIG_LIFE_SEC / 4) {
      const { sdkAppId, secretKey, admin } = this.#target
      this.#sig = { text: signUserSig({ sdkAppId, key: secretKey, userId: admin, expireSec: SIG_LIFE_SEC, nowSec: now }), untilSec: now + SIG_LIFE_SEC }
    }
    return this.#sig.text
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const cause = error.cause as { code?: unknown } | undefined
  return typeof cause?.code === 'string' ? cause.code : error.name
}
