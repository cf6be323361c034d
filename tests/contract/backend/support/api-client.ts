import { randomBytes } from 'node:crypto'
import type { RoomSession, RoomSnapshot } from '../../../../electron/shared/room-api'

export interface ApiAnswer<T = Record<string, unknown>> {
  readonly status: number
  readonly body: T
  /** 0 = no need to wait. */
  readonly retryAfterMs: number
}

/** Somebody with a token, or nobody. */
export class ApiClient {
  readonly base: string
  readonly session: RoomSession | null

  constructor(base: string, session: RoomSession | null = null) {
    this.base = base
    this.session = session
  }

  get userId(): string {
    if (this.session === null) throw new Error('there is no session')
    return this.session.userId
  }

  /** As `once`, and again when the answer says how long to wait. */
  async ask<T = Record<string, unknown>>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer<T>> {
    for (;;) {
      const answer = await this.once<T>(method, path, body, headers)
      if (answer.retryAfterMs === 0) return answer
      await new Promise((resolve) => setTimeout(resolve, answer.retryAfterMs))
    }
  }

  async once<T = Record<string, unknown>>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer<T>> {
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: {
        ...(this.session === null ? {} : { authorization: `Bearer ${this.session.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const retryAfterMs = response.status === 429 ? Number(response.headers.get('retry-after')) * 1_000 : 0
    return { status: response.status, body: (await response.json()) as T, retryAfterMs }
  }

  /** As `ask`, for what has to succeed. */
  async ok<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.ask<T>(method, path, body)
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  /** The code of a refusal. */
  async refused(method: string, path: string, body?: unknown): Promise<string> {
    const answer = await this.ask<{ code: string; message: string; remedy: string }>(method, path, body)
    if (answer.status === 200) throw new Error(`${method} ${path} was not refused`)
    if (answer.body.message === '' || answer.body.remedy === '') throw new Error(`${answer.body.code} says nothing`)
    return answer.body.code
  }

  async guest(room: string, nick: string): Promise<ApiClient> {
    return new ApiClient(this.base, await new ApiClient(this.base).ok<RoomSession>('POST', `/api/rooms/${room}/sessions`, { nick }))
  }

  snapshot(room: string): Promise<RoomSnapshot> {
    return this.ok<RoomSnapshot>('GET', `/api/rooms/${room}/snapshot`)
  }
}

export function newOrderId(): string {
  return randomBytes(9).toString('hex')
}
