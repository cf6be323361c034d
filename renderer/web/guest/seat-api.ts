import { z } from 'zod'
import { trtcTicketSchema, type TrtcTicket } from '../../../electron/shared/trtc-ticket'
import { askApi } from '../../room/api-request'

/** What a co-anchor may do about the own place. All methods throw RoomApiError. */
export interface SeatApi {
  /** Ready for the air or not yet; with a link also the way into the greenroom. */
  ready(token: string, ready: boolean): Promise<void>
  leave(token: string): Promise<void>
  /** What lets this person into the show's TRTC room: a secret of theirs, for one entry. */
  ticket(token: string): Promise<TrtcTicket>
}

export class HttpSeatApi implements SeatApi {
  readonly #room: string
  readonly #path: string

  constructor(roomId: string) {
    this.#room = `/api/rooms/${encodeURIComponent(roomId)}`
    this.#path = `${this.#room}/seats/me`
  }

  async ready(token: string, ready: boolean): Promise<void> {
    await askApi({ base: '', method: 'PUT', path: this.#path, token, answer: z.object({}), body: { ready } })
  }

  async leave(token: string): Promise<void> {
    await askApi({ base: '', method: 'DELETE', path: this.#path, token, answer: z.object({}) })
  }

  ticket(token: string): Promise<TrtcTicket> {
    return askApi({ base: '', method: 'POST', path: `${this.#room}/trtc-ticket`, token, answer: trtcTicketSchema, body: {} })
  }
}
