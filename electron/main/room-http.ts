import { z } from 'zod'
import { AnchorError } from '../shared/errors'

const ANSWER_MS = 8_000
const MAX_ANSWER_BYTES = 512 * 1_024
const refusalSchema = z.object({ code: z.string().max(64), message: z.string().max(500) })

export interface RoomRequest {
  /** Scheme, host and port. */
  readonly base: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly token?: string
  readonly body?: unknown
  /** The server's clock, as it dates its answer: UNIX seconds, and the moment in the middle of the request by the own one. */
  onDate?(serverSec: number, ownSec: number): void
}

/** The room server answered, and it was no. */
export class RoomRefusal extends Error {
  readonly status: number
  /** Of its API; '' = it said none. */
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'RoomRefusal'
    this.status = status
    this.code = code
  }

  /** Asking again does not help; what may pass is a session that ended, a server that waits, and one that is asked too often. */
  get isForGood(): boolean {
    return this.status >= 400 && this.status < 500 && ![401, 408, 429].includes(this.status)
  }
}

/**
 * One question to a room server's API. Its answer is bounded in time and size, and held against the schema.
 * @throws RoomRefusal
 * @throws AnchorError cloud.unreachable | cloud.not-a-server, both { host }
 */
export async function askRoom<T>(request: RoomRequest, answer: z.ZodType<T>): Promise<T> {
  const { base, method, path, token, body } = request
  const host = base.replace(/^https?:\/\//, '')
  const sentMs = Date.now()
  let response: Response
  let text: string
  try {
    response = await fetch(`${base}${path}`, {
      method,
      // The token is for this server and no other.
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    text = await boundedText(response)
  } catch (error) {
    // What fetch says may have the address in it, and the address a token.
    throw new AnchorError('cloud.unreachable', { context: { host }, cause: error instanceof Error ? error.name : undefined })
  }
  tellDate(response, sentMs, request)
  const json = readJson(text)
  if (!response.ok) {
    const refusal = refusalSchema.safeParse(json)
    if (!refusal.success && response.status >= 500) throw new AnchorError('cloud.unreachable', { context: { host } })
    if (!refusal.success) throw new AnchorError('cloud.not-a-server', { context: { host } })
    throw new RoomRefusal(response.status, refusal.data.code, refusal.data.message)
  }
  const parsed = answer.safeParse(json)
  if (!parsed.success) throw new AnchorError('cloud.not-a-server', { context: { host } })
  return parsed.data
}

function tellDate(response: Response, sentMs: number, { onDate }: RoomRequest): void {
  const dateMs = Date.parse(response.headers.get('date') ?? '')
  if (Number.isFinite(dateMs)) onDate?.(dateMs / 1_000, (sentMs + Date.now()) / 2_000)
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength
    if (length > MAX_ANSWER_BYTES) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
