import { assertNever, type ErrorInfo } from '../../electron/shared/errors'
import type { TrtcUser } from '../../electron/shared/seats'
import { listen } from './cloud-events'
import { NO_OTHER_ROOM, otherRoomDueAtMs, otherRoomState, stepOtherRoom, type OtherRoomEvent } from './other-room-machine'
import type { PageTime } from './page-time'
import type { Cloud } from './sdk'

export interface OtherRoomOptions {
  readonly cloud: Cloud
  readonly time: PageTime
  readonly onState: (state: ReturnType<typeof otherRoomState>, error: ErrorInfo | null) => void
}

/** The connection with another anchor's room: the calls and events of its machine. Owns its timer. */
export class OtherRoom {
  readonly #options: OtherRoomOptions
  readonly #stopListening: () => void
  #state = NO_OTHER_ROOM
  #told = JSON.stringify(['none', null])
  #cancelTimer: () => void = () => undefined

  constructor(options: OtherRoomOptions) {
    this.#options = options
    this.#stopListening = listen(options.cloud, {
      onConnectOtherRoom: (userId, code) => this.#step({ type: 'answered', userId, code }),
      onDisconnectOtherRoom: () => this.#step({ type: 'disconnected' }),
      onRemoteUserEnterRoom: (userId) => this.#step({ type: 'user-entered', userId }),
      onRemoteUserLeaveRoom: (userId) => this.#step({ type: 'user-left', userId }),
    })
  }

  /** null = with none (any more). */
  connect(other: TrtcUser | null): void {
    this.#step({ type: 'want', other })
  }

  setInRoom(inRoom: boolean): void {
    this.#step({ type: 'in-room', inRoom })
  }

  tryNow(): void {
    this.#step({ type: 'try-now' })
  }

  close(): void {
    this.#stopListening()
    this.#cancelTimer()
  }

  #step(event: OtherRoomEvent): void {
    const { cloud, time } = this.#options
    const { state, effects } = stepOtherRoom(this.#state, event, time.nowMs())
    this.#state = state
    for (const effect of effects) {
      switch (effect.type) {
        case 'connect':
          cloud.connectOtherRoom(JSON.stringify({ strRoomId: effect.other.roomId, userId: effect.other.userId }))
          break
        case 'disconnect':
          cloud.disconnectOtherRoom()
          break
        default:
          assertNever(effect)
      }
    }
    this.#setTimer()
    const told = otherRoomState(state)
    const key = JSON.stringify([told, state.error])
    if (key === this.#told) return
    this.#told = key
    this.#options.onState(told, state.error)
  }

  #setTimer(): void {
    const { time } = this.#options
    this.#cancelTimer()
    const dueAtMs = otherRoomDueAtMs(this.#state)
    this.#cancelTimer = dueAtMs === null ? () => undefined : time.after(Math.max(0, dueAtMs - time.nowMs()), () => this.#step({ type: 'time' }))
  }
}
