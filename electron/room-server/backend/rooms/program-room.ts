import type { ShowState } from '../../../shared/room-server'
import type { ShowEngine } from '../../../shared/show-engine'
import type { RoomStatus } from '../../../shared/room-message'
import type { BackendConfig } from '../config'
import type { Rooms } from './rooms'
import { stepsTo } from './show'

/** The room of the program follows the anchor's show and the stream. Moves keep their order; `close` waits for those on their way. */
export class ProgramRoom {
  readonly #rooms: Rooms
  readonly #config: Pick<BackendConfig, 'programRoom' | 'log'>
  #moves: Promise<void> = Promise.resolve()
  #show: ShowState | null = null

  constructor(rooms: Rooms, config: Pick<BackendConfig, 'programRoom' | 'log'>) {
    this.#rooms = rooms
    this.#config = config
  }

  /** The program stream came or went. While the anchor pauses, a stream that is back is no end of the pause. */
  stream(publishing: boolean): Promise<void> {
    return this.#move(async (roomId) => {
      if (!publishing || this.#show !== 'paused') await this.#rooms.media(roomId, publishing)
    })
  }

  /** The anchor's show, wherever it is pushed to. */
  show(state: ShowState, engine: ShowEngine): Promise<void> {
    this.#show = state
    return this.#move((roomId) => followShow(this.#rooms, roomId, state, engine))
  }

  async close(): Promise<void> {
    await this.#moves
  }

  #move(act: (roomId: string) => Promise<void>): Promise<void> {
    const { programRoom, log } = this.#config
    this.#moves = this.#moves
      .then(() => (this.#rooms.find(programRoom) === null ? undefined : act(programRoom)))
      .catch((error: unknown) => log('warn', `the room did not follow its show: ${error instanceof Error ? error.message : String(error)}`))
    return this.#moves
  }
}

/** The room goes where the anchor's show is. @throws ApiError room.not-found */
export async function followShow(rooms: Rooms, roomId: string, state: ShowState, engine: ShowEngine): Promise<void> {
  // First: whoever sees it go live asks by which.
  await rooms.setEngine(roomId, engine)
  for (const status of stepsTo(rooms.get(roomId).status, state)) await rooms.changeStatus(roomId, status, causeOf(status))
}

function causeOf(status: RoomStatus): 'crew' | '' {
  return status === 'paused' ? 'crew' : ''
}
