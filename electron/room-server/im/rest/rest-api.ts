import type { IncomingMessage, ServerResponse } from 'node:http'
import { USERSIG_REFUSED, verifyUserSig } from '../../usersig'
import type { Caller } from '../caller'
import { CODES, ImError } from '../codes'
import { Bucket } from '../../bucket'
import { BOUNDS } from '../limits'
import type { ImContext } from '../service/context'
import { ACCOUNT_CALLS } from './account-calls'
import { BOARD_CALLS } from './board-calls'
import { GROUP_CALLS } from './group-calls'
import { MEMBER_CALLS } from './member-calls'
import { MESSAGE_CALLS } from './message-calls'
import type { RestAnswer, RestCommands } from './rest-command'

const CALLS: RestCommands = { ...ACCOUNT_CALLS, ...GROUP_CALLS, ...MEMBER_CALLS, ...MESSAGE_CALLS, ...BOARD_CALLS }
const BODY_DEADLINE_MS = 10_000

/**
 * Tencent's REST API, version 4 (im:34620): `POST /v4/<service>/<command>?sdkappid&identifier&usersig&random&contenttype=json`.
 * The status is 200 whatever happens; `ActionStatus` and `ErrorCode` tell. Only administrators of the app may call.
 */
export class RestApi {
  readonly #context: ImContext
  /** 200 calls a second for each command (im:34620). */
  readonly #rates = new Map<string, Bucket>()

  constructor(context: ImContext) {
    this.#context = context
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#answer(request)
      .then((answer) => this.#send(response, { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0, ...answer }))
      .catch((error: unknown) => {
        if (!(error instanceof ImError)) this.#context.config.log('warn', `a REST call failed: ${error instanceof Error ? error.message : String(error)}`)
        const known = error instanceof ImError ? error : new ImError(CODES.INTERNAL, 'internal error')
        this.#send(response, { ActionStatus: 'FAIL', ErrorInfo: known.message, ErrorCode: known.code, ...known.fields })
      })
  }

  async #answer(request: IncomingMessage): Promise<RestAnswer> {
    const url = new URL(request.url ?? '/', 'http://rest')
    if (request.method !== 'POST') {
      request.resume()
      throw new ImError(CODES.BAD_URL, 'REST calls are POST requests')
    }
    // Read first, whatever is wrong: a connection that is kept must not be left in the middle of a body.
    const text = await readBody(request)
    const caller = this.#authenticate(url, request.socket.remoteAddress ?? '')
    const name = url.pathname.slice('/v4/'.length)
    const call = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined
    if (call === undefined) throw new ImError(CODES.NO_SUCH_COMMAND, `no such call: ${name.slice(0, 80)}`)
    this.#checkRate(name)
    return call.run({ context: this.#context, caller, body: parseBody(text) })
  }

  /** @throws ImError 60004 | 60006 | 60010 | 60012 | 70001 | 70003 | 70009 | 70013 | 70014 */
  #authenticate(url: URL, address: string): Caller {
    const { config } = this.#context
    const query = (name: string): string => url.searchParams.get(name) ?? ''
    if (query('sdkappid') === '') throw new ImError(CODES.NO_APP_IN_URL, 'sdkappid is missing')
    if (query('sdkappid') !== String(config.sdkAppId)) throw new ImError(CODES.WRONG_APP, 'this server is of another SDKAppID')
    const userId = query('identifier')
    if (userId === '' || query('usersig') === '') throw new ImError(CODES.BAD_ACCOUNT_IN_URL, 'identifier and usersig are needed')
    const check = verifyUserSig(query('usersig'), {
      sdkAppId: config.sdkAppId,
      key: config.secretKey,
      userId,
      nowSec: this.#context.nowSec(),
    })
    if (!check.ok) throw new ImError(USERSIG_REFUSED[check.reason], `the UserSig is refused: ${check.reason}`)
    if (!config.admins.includes(userId)) throw new ImError(CODES.NOT_ADMIN, 'this call needs an administrator of the app')
    return { userId, admin: true, platform: 'RESTAPI', clientIp: address.replace('::ffff:', '') }
  }

  /** @throws ImError 60007 */
  #checkRate(name: string): void {
    const now = this.#context.nowMs()
    const bucket = this.#rates.get(name) ?? new Bucket(BOUNDS.restPerSecond, BOUNDS.restPerSecond, now)
    this.#rates.set(name, bucket)
    if (!bucket.take(now)) throw new ImError(CODES.REST_TOO_FREQUENT, `more than ${BOUNDS.restPerSecond} calls a second`)
  }

  #send(response: ServerResponse, body: RestAnswer): void {
    const text = Buffer.from(JSON.stringify(body))
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': text.length, 'Cache-Control': 'no-store' })
    response.end(text)
  }
}

/** @throws ImError 60002 when it is too long or does not come */
function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    const timer = setTimeout(() => {
      reject(new ImError(CODES.BAD_URL, 'the body did not come'))
      request.destroy()
    }, BODY_DEADLINE_MS)
    const fail = (info: string): void => {
      clearTimeout(timer)
      reject(new ImError(CODES.BAD_URL, info))
    }
    request.on('data', (part: Buffer) => {
      size += part.length
      if (size <= BOUNDS.restBodyBytes) parts.push(part)
      else {
        parts.length = 0
        fail(`a body has at most ${BOUNDS.restBodyBytes} bytes`)
      }
    })
    request.on('error', () => fail('the body was cut'))
    request.on('close', () => fail('the body was cut'))
    request.on('end', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(parts).toString('utf8'))
    })
  })
}

/** @throws ImError 60003 */
function parseBody(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw new ImError(CODES.BAD_JSON, 'the body is no JSON')
    throw error
  }
}
