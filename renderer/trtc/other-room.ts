import type { ErrorInfo } from '../../electron/shared/errors'
import { listen } from './cloud-events'
import { meaningOf } from './codes'
import type { OtherAnchor } from './mix-arrangement'
import type { Cloud } from './sdk'

export type OtherRoomState = 'none' | 'connecting' | 'connected' | 'failed'

export interface OtherRoomOptions {
  readonly cloud: Cloud
  readonly onState: (state: OtherRoomState, error: ErrorInfo | null) => void
}

/** The connection with another anchor's room (connectOtherRoom). It stands while this room is entered, and is made anew with the next entry. */
export class OtherRoom {
  readonly #options: OtherRoomOptions
  readonly #stopListening: () => void
  #wanted: OtherAnchor | null = null
  #asked: OtherAnchor | null = null
  #inRoom = false
  #state: OtherRoomState = 'none'

  constructor(options: OtherRoomOptions) {
    this.#options = options
    this.#stopListening = listen(options.cloud, {
      onConnectOtherRoom: (userId, code) => {
        if (userId !== this.#asked?.userId || this.#state !== 'connecting') return
        this.#tell(code === 0 ? 'connected' : 'failed', code === 0 ? null : meaningOf(code).error)
      },
    })
  }

  /** Connected, null = none. */
  get connected(): OtherAnchor | null {
    return this.#state === 'connected' ? this.#asked : null
  }

  connect(other: OtherAnchor | null): void {
    this.#wanted = other
    this.#apply()
  }

  setInRoom(inRoom: boolean): void {
    if (inRoom === this.#inRoom) return
    this.#inRoom = inRoom
    // With the room the connection is gone.
    if (!inRoom) this.#asked = null
    this.#apply()
  }

  close(): void {
    this.#stopListening()
  }

  #apply(): void {
    const { cloud } = this.#options
    const same = this.#asked !== null && this.#wanted !== null && this.#asked.roomId === this.#wanted.roomId && this.#asked.userId === this.#wanted.userId
    if (same && this.#state !== 'failed') return
    if (this.#asked !== null && this.#inRoom && this.#state !== 'failed') cloud.disconnectOtherRoom()
    this.#asked = this.#inRoom ? this.#wanted : null
    if (this.#wanted === null) {
      if (this.#state !== 'none') this.#tell('none', null)
      return
    }
    this.#tell('connecting', null)
    if (this.#asked !== null) cloud.connectOtherRoom(JSON.stringify({ strRoomId: this.#asked.roomId, userId: this.#asked.userId }))
  }

  #tell(state: OtherRoomState, error: ErrorInfo | null): void {
    this.#state = state
    this.#options.onState(state, error)
  }
}
