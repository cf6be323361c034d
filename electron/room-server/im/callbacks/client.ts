import { createHash } from 'node:crypto'
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { z } from 'zod'
import type { Caller } from '../caller'
import type { ImConfig } from '../config'
import { BOUNDS, TIMES } from '../limits'
import { WITHOUT_ORIGIN, type Callback } from './payloads'

/** What an app may answer. Other fields (MsgBody, CloudCustomData) are read by whoever asked. */
const answerSchema = z.looseObject({ ErrorCode: z.number().int().default(0), ErrorInfo: z.string().default('') })
export type CallbackAnswer = z.infer<typeof answerSchema>

const SAME_FAILURE_MS = 10_000
const MAX_ANSWER_BYTES = 128 * 1_024

/** `Sign` of a callback (im:34354). */
export function callbackSign(token: string, requestTimeSec: number): string {
  return createHash('sha256').update(`${token}${requestTimeSec}`).digest('hex')
}

/**
 * Tells the app's own server what happens, and asks it beforehand. Two seconds at most, unless it is set otherwise: who does not answer has no objection (im:34354).
 * Notices afterwards keep their order of start and are never repeated.
 */
export class CallbackClient {
  readonly #config: ImConfig
  /** Apart, so that questions never queue behind news. */
  readonly #asking: HttpAgent | HttpsAgent
  readonly #telling: HttpAgent | HttpsAgent
  readonly #queue: { callback: Callback; caller: Caller | null }[] = []
  #running = 0
  /** What went wrong since it was last logged, and when that was. */
  readonly #failures = new Map<string, { count: number; atMs: number }>()

  constructor(config: ImConfig) {
    this.#config = config
    const agent = (maxSockets: number): HttpAgent | HttpsAgent => {
      const options = { keepAlive: true, maxSockets, maxFreeSockets: BOUNDS.callbackTellers }
      return config.callback?.url.startsWith('https:') === true ? new HttpsAgent(options) : new HttpAgent(options)
    }
    this.#asking = agent(BOUNDS.callbackAskers)
    this.#telling = agent(BOUNDS.callbackTellers)
  }

  get enabled(): boolean {
    return this.#config.callback !== null
  }

  /** Asks first. Null = no objection: no callback is set, no answer within the time, or one that cannot be read. */
  async ask(callback: Callback, caller: Caller): Promise<CallbackAnswer | null> {
    if (!this.enabled) return null
    try {
      return await this.#post(callback, caller, this.#asking)
    } catch (error) {
      this.#failed(`${callback.command} was let pass: ${reason(error)}`)
      return null
    }
  }

  /** Tells afterwards. */
  tell(callback: Callback, caller: Caller | null): void {
    if (!this.enabled) return
    if (this.#queue.length >= BOUNDS.callbackQueue) {
      this.#queue.shift()
      this.#failed('a callback was lost: they are not taken fast enough')
    }
    this.#queue.push({ callback, caller })
    this.#pump()
  }

  /** Tells what is left to tell, for two seconds at most. */
  async close(): Promise<void> {
    const deadline = Date.now() + TIMES.callbackMs
    while (this.#running > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10))
    this.#queue.length = 0
    this.#asking.destroy()
    this.#telling.destroy()
  }

  /** Logs the first of a kind at once and then one line for many: an app that is down must not fill the log. */
  #failed(what: string): void {
    const now = Date.now()
    const known = this.#failures.get(what)
    if (known !== undefined && now - known.atMs < SAME_FAILURE_MS) {
      known.count += 1
      return
    }
    const more = known === undefined || known.count === 0 ? '' : ` (and ${known.count} times before)`
    this.#failures.set(what, { count: 0, atMs: now })
    this.#config.log('warn', `${what}${more}`)
  }

  #pump(): void {
    while (this.#running < BOUNDS.callbackTellers) {
      const next = this.#queue.shift()
      if (next === undefined) return
      this.#running += 1
      void this.#post(next.callback, next.caller, this.#telling)
        .catch((error: unknown) => this.#failed(`${next.callback.command} was not taken: ${reason(error)}`))
        .finally(() => {
          this.#running -= 1
          this.#pump()
        })
    }
  }

  #post(callback: Callback, caller: Caller | null, agent: HttpAgent | HttpsAgent): Promise<CallbackAnswer> {
    const target = this.#config.callback
    if (target === null) return Promise.reject(new Error('no callback address'))
    const url = new URL(target.url)
    url.searchParams.set('SdkAppid', String(this.#config.sdkAppId))
    url.searchParams.set('CallbackCommand', callback.command)
    url.searchParams.set('contenttype', 'json')
    if (!WITHOUT_ORIGIN.has(callback.command)) {
      url.searchParams.set('ClientIP', caller?.clientIp ?? '127.0.0.1')
      url.searchParams.set('OptPlatform', caller?.platform ?? 'Unknown')
    }
    if (target.token !== null) {
      const requestTime = Math.floor(Date.now() / 1_000)
      url.searchParams.set('Sign', callbackSign(target.token, requestTime))
      url.searchParams.set('RequestTime', String(requestTime))
    }
    return this.#exchange(url, JSON.stringify(callback.body), agent)
  }

  #exchange(url: URL, body: string, agent: HttpAgent | HttpsAgent): Promise<CallbackAnswer> {
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest
      const request = send(
        url,
        { method: 'POST', agent, headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) } },
        (response) => {
          const parts: Buffer[] = []
          let size = 0
          response.on('data', (part: Buffer) => {
            size += part.length
            if (size > MAX_ANSWER_BYTES) request.destroy(new Error('the answer is too long'))
            else parts.push(part)
          })
          response.on('error', reject)
          response.on('end', () => {
            clearTimeout(timer)
            if (response.statusCode !== 200) reject(new Error(`HTTP ${response.statusCode ?? 0}`))
            else resolve(readAnswer(Buffer.concat(parts).toString('utf8'), reject))
          })
        },
      )
      // A deadline for all of it: a timeout of the socket would start anew with each byte.
      const timer = setTimeout(() => request.destroy(new Error('no answer in time')), this.#config.callbackMs ?? TIMES.callbackMs)
      request.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer)
        // A kept connection that the other side had just closed: nothing was taken, so it is asked on a fresh one.
        if (request.reusedSocket && error.code === 'ECONNRESET') resolve(this.#exchange(url, body, agent))
        else reject(error)
      })
      request.end(body)
    })
  }
}

function readAnswer(text: string, reject: (error: Error) => void): CallbackAnswer {
  const fallback: CallbackAnswer = { ErrorCode: 0, ErrorInfo: '' }
  if (text.trim() === '') return fallback
  try {
    const parsed = answerSchema.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    reject(new Error('the answer is not one of a callback'))
  } catch (error) {
    reject(new Error('the answer is no JSON', { cause: error }))
  }
  return fallback
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
