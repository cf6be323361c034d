import { z } from 'zod'
import { giftMessageSchema, refundMessageSchema } from '../../electron/shared/room-message'
import { orderSchema, sessionSchema, snapshotSchema, type GiftOrder, type RoomSession, type RoomSnapshot } from '../../electron/shared/room-api'

const refusalSchema = z.object({ code: z.string(), message: z.string(), remedy: z.string(), context: z.record(z.string(), z.union([z.string(), z.number()])) })
const giftPageSchema = z.object({ latest: z.number(), events: z.array(z.discriminatedUnion('kind', [giftMessageSchema, refundMessageSchema])) })
export type GiftPage = z.infer<typeof giftPageSchema>
export type GiftEvent = GiftPage['events'][number]

/**
 * A request that was not answered with success. `unreachable` = nobody answered; `not-served` = there is no room API at this address;
 * `refused` = the API said no, in the language of the browser.
 */
export class RoomApiError extends Error {
  readonly kind: 'unreachable' | 'not-served' | 'refused'
  /** The API's code; '' where it said none. */
  readonly code: string
  readonly remedy: string
  /** Why one was removed, with `auth.blocked`; '' = nothing was said. */
  readonly reason: string
  /** What a later attempt may bring: no answer, a busy server, or one with a fault. */
  readonly passing: boolean

  constructor(
    kind: RoomApiError['kind'],
    facts: { code?: string; message?: string; remedy?: string; reason?: string; passing?: boolean; cause?: unknown } = {},
  ) {
    super(facts.message ?? kind, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'RoomApiError'
    this.kind = kind
    this.code = facts.code ?? ''
    this.remedy = facts.remedy ?? ''
    this.reason = facts.reason ?? ''
    this.passing = facts.passing ?? kind === 'unreachable'
  }
}

export interface OrderRequest {
  readonly orderId: string
  readonly giftId: string
  readonly count: number
  /** More clicks may follow, and are told together. */
  readonly combo: boolean
}

/** The room API as pages use it. All methods throw RoomApiError. */
export interface RoomApi {
  open(request: { readonly nick: string; readonly invite?: string }, earlierToken: string | null): Promise<RoomSession>
  renew(token: string): Promise<RoomSession>
  rename(token: string, nick: string): Promise<void>
  snapshot(token: string): Promise<RoomSnapshot>
  order(token: string, order: OrderRequest): Promise<GiftOrder>
  /** Gift messages after a number, a page of them at most. */
  giftsAfter(token: string, seq: number): Promise<GiftPage>
}

/** The room API over HTTP. */
export class HttpRoomApi implements RoomApi {
  readonly #base: string
  readonly #room: string

  /** @param base '' = the server that the page came from */
  constructor(base: string, roomId: string) {
    this.#base = base
    this.#room = `/api/rooms/${encodeURIComponent(roomId)}`
  }

  open(request: { readonly nick: string; readonly invite?: string }, earlierToken: string | null): Promise<RoomSession> {
    return this.#ask('POST', `${this.#room}/sessions`, earlierToken, sessionSchema, request)
  }

  renew(token: string): Promise<RoomSession> {
    return this.#ask('POST', '/api/session/renew', token, sessionSchema, {})
  }

  async rename(token: string, nick: string): Promise<void> {
    await this.#ask('PUT', '/api/session/profile', token, z.object({}), { nick })
  }

  snapshot(token: string): Promise<RoomSnapshot> {
    return this.#ask('GET', `${this.#room}/snapshot`, token, snapshotSchema)
  }

  order(token: string, order: OrderRequest): Promise<GiftOrder> {
    return this.#ask('POST', `${this.#room}/gifts`, token, orderSchema, order)
  }

  giftsAfter(token: string, seq: number): Promise<GiftPage> {
    return this.#ask('GET', `${this.#room}/gifts?after=${seq}`, token, giftPageSchema)
  }

  async #ask<T>(method: string, path: string, token: string | null, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    let response: Response
    let value: unknown
    try {
      response = await fetch(`${this.#base}${path}`, {
        method,
        cache: 'no-store',
        headers: { ...(token === null ? {} : { Authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      value = readJson(await response.text())
    } catch (error) {
      throw new RoomApiError('unreachable', { cause: error })
    }
    if (!response.ok) throw refusalOf(response.status, value)
    const parsed = schema.safeParse(value)
    if (!parsed.success) throw new RoomApiError('not-served', { cause: parsed.error })
    return parsed.data
  }
}

function refusalOf(status: number, value: unknown): RoomApiError {
  const passing = status === 429 || status >= 500
  const parsed = refusalSchema.safeParse(value)
  if (!parsed.success) return new RoomApiError(status === 404 ? 'not-served' : 'refused', { passing })
  const { code, message, remedy, context } = parsed.data
  return new RoomApiError('refused', { code, message, remedy, passing, reason: String(context['reason'] ?? '') })
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // A page of a proxy, or of a server without the API.
    if (error instanceof SyntaxError) return null
    throw error
  }
}
