import { z } from 'zod'
import { askApi } from '../../room/api-request'

/** What a co-anchor may do about the own place. All methods throw RoomApiError. */
export interface SeatApi {
  /** Ready for the air or not yet; with a link also the way into the greenroom. */
  ready(token: string, ready: boolean): Promise<void>
  leave(token: string): Promise<void>
}

export class HttpSeatApi implements SeatApi {
  readonly #path: string

  constructor(roomId: string) {
    this.#path = `/api/rooms/${encodeURIComponent(roomId)}/seats/me`
  }

  async ready(token: string, ready: boolean): Promise<void> {
    await askApi({ base: '', method: 'PUT', path: this.#path, token, answer: z.object({}), body: { ready } })
  }

  async leave(token: string): Promise<void> {
    await askApi({ base: '', method: 'DELETE', path: this.#path, token, answer: z.object({}) })
  }
}
