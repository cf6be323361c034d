import { z } from 'zod'
import { giftPageSchema } from '../../electron/shared/crew-api'
import { orderSchema, sessionSchema, snapshotSchema, type GiftOrder, type RoomSession, type RoomSnapshot } from '../../electron/shared/room-api'
import { askApi, type ApiRequest } from './api-request'

export type GiftPage = z.infer<typeof giftPageSchema>
export type GiftEvent = GiftPage['events'][number]

export interface OrderRequest {
  readonly orderId: string
  readonly giftId: string
  readonly count: number
  /** More clicks may follow, and are told together. */
  readonly combo: boolean
}

export interface OpenRequest {
  readonly nick: string
  readonly invite?: string
  readonly claim?: string
}

/** The room API as pages use it. All methods throw RoomApiError. */
export interface RoomApi {
  open(request: OpenRequest, earlierToken: string | null): Promise<RoomSession>
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

  open(request: OpenRequest, earlierToken: string | null): Promise<RoomSession> {
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

  #ask<T>(method: ApiRequest<T>['method'], path: string, token: string | null, answer: z.ZodType<T>, body?: unknown): Promise<T> {
    return askApi({ base: this.#base, method, path, token, answer, body })
  }
}
