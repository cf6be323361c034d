import { z } from 'zod'
import { ApiError } from '../backend/api/api-error'
import { readText } from '../backend/api/create-api'
import { nowSec, type Clock, type Timers } from '../backend/clock'
import { signTc3 } from './tc3'

/** Whose account the cloud's API is called for. Not the key of Chat and TRTC: these are of the account's access management (CAM). */
export interface CloudKeys {
  readonly secretId: string
  readonly secretKey: string
  /** Scheme, host and port; trtc.tencentcloudapi.com, or trtc.intl.tencentcloudapi.com for accounts of the international site. */
  readonly endpoint: string
  readonly region: string
}

const VERSION = '2019-07-22'
const SERVICE = 'trtc'
const CONTENT_TYPE = 'application/json; charset=utf-8'
const TIMEOUT_MS = 5_000
const MAX_ANSWER_BYTES = 64 * 1_024
/** Before the same call is made again. */
const RETRY_DELAYS_MS = [250, 500, 1_000] as const

const answerSchema = z.object({
  Response: z.looseObject({ RequestId: z.string().optional(), Error: z.object({ Code: z.string().max(128), Message: z.string().max(2_000) }).optional() }),
})

/** Why the cloud did not do it, by its code. */
export type CloudCause = 'keys' | 'clock' | 'not-allowed' | 'busy' | 'gone' | 'unavailable' | 'refused'

export class CloudApiError extends Error {
  readonly reason: CloudCause
  /** Tencent's code; '' = there was no answer. */
  readonly code: string

  constructor(action: string, reason: CloudCause, code: string, text: string) {
    super(`${action}: ${code} ${text}`.slice(0, 300))
    this.name = 'CloudApiError'
    this.reason = reason
    this.code = code
  }
}

/** What a code of API 3.0 means (its table of common errors, and those of TRTC). */
export function causeOf(code: string): CloudCause {
  if (code === 'AuthFailure.SignatureExpire') return 'clock'
  if (code.startsWith('AuthFailure')) return code === 'AuthFailure.UnauthorizedOperation' ? 'not-allowed' : 'keys'
  if (code.startsWith('UnauthorizedOperation')) return 'not-allowed'
  if (code.startsWith('RequestLimitExceeded')) return 'busy'
  if (code.startsWith('ResourceNotFound') || /(Task|Room)NotExist/.test(code)) return 'gone'
  if (code.startsWith('InternalError') || code === 'ServiceUnavailable') return 'unavailable'
  return 'refused'
}

/** TRTC's API of the cloud: signed, bounded in time and size, and made again where the cloud was too busy to begin. */
export class CloudApi {
  readonly #keys: CloudKeys
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #mayTell: () => boolean
  readonly #stop = new AbortController()

  /** @param mayTell asked before each call; none is made while it may not be */
  constructor(keys: CloudKeys, clock: Clock, timers: Timers, mayTell: () => boolean = () => true) {
    this.#keys = keys
    this.#clock = clock
    this.#timers = timers
    this.#mayTell = mayTell
  }

  /**
   * @param again it does no harm to do it twice: it is made again without an answer, too
   * @throws CloudApiError
   */
  async call<T>(action: string, body: object, answer: z.ZodType<T>, { again }: { readonly again: boolean }): Promise<T> {
    for (const delayMs of RETRY_DELAYS_MS) {
      try {
        return await this.#once(action, body, answer)
      } catch (error) {
        const passes = error instanceof CloudApiError && (error.reason === 'busy' || (again && error.reason === 'unavailable'))
        if (!passes || this.#stop.signal.aborted) throw error
        await this.#pause(delayMs)
      }
    }
    return this.#once(action, body, answer)
  }

  close(): void {
    this.#stop.abort()
  }

  async #once<T>(action: string, body: object, answer: z.ZodType<T>): Promise<T> {
    const text = await this.#post(action, JSON.stringify(body))
    const parsed = answerSchema.safeParse(readJson(text))
    if (!parsed.success) throw new CloudApiError(action, 'unavailable', '', 'the answer is none of API 3.0')
    const { Error: refusal, ...rest } = parsed.data.Response
    if (refusal !== undefined) throw new CloudApiError(action, causeOf(refusal.Code), refusal.Code, refusal.Message)
    const known = answer.safeParse(rest)
    if (!known.success) throw new CloudApiError(action, 'refused', '', 'the answer was not understood')
    return known.data
  }

  async #post(action: string, payload: string): Promise<string> {
    if (this.#stop.signal.aborted) throw new CloudApiError(action, 'unavailable', '', 'the cloud is not spoken to any more')
    if (!this.#mayTell()) throw new CloudApiError(action, 'unavailable', '', 'the cloud may not be spoken to now')
    const { secretId, secretKey, endpoint, region } = this.#keys
    const { host } = new URL(endpoint)
    const timestampSec = nowSec(this.#clock)
    // `AbortSignal.any` is not there yet in Electron 25's Node.
    const abort = new AbortController()
    const stop = (): void => abort.abort()
    const cancel = this.#timers.after(TIMEOUT_MS, stop)
    this.#stop.signal.addEventListener('abort', stop)
    try {
      const response = await fetch(`${endpoint}/`, {
        method: 'POST',
        headers: {
          Authorization: signTc3({ secretId, secretKey, service: SERVICE, host, contentType: CONTENT_TYPE, payload, timestampSec }),
          'Content-Type': CONTENT_TYPE,
          'X-TC-Action': action,
          'X-TC-Version': VERSION,
          'X-TC-Timestamp': String(timestampSec),
          'X-TC-Region': region,
        },
        body: payload,
        redirect: 'error',
        signal: abort.signal,
      })
      const text = await readText(response, MAX_ANSWER_BYTES)
      if (response.status === 429) throw new CloudApiError(action, 'busy', 'HTTP 429', '')
      if (response.status >= 500) throw new CloudApiError(action, 'unavailable', `HTTP ${response.status}`, '')
      return text
    } catch (error) {
      if (error instanceof CloudApiError) throw error
      if (error instanceof ApiError) throw new CloudApiError(action, 'refused', '', 'the answer is too large')
      throw new CloudApiError(action, 'unavailable', '', `no answer (${error instanceof Error ? error.name : 'unknown'})`)
    } finally {
      cancel()
      this.#stop.signal.removeEventListener('abort', stop)
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel()
        this.#stop.signal.removeEventListener('abort', done)
        resolve()
      }
      const cancel = this.#timers.after(delayMs, done)
      this.#stop.signal.addEventListener('abort', done)
    })
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
