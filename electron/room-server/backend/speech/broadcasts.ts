import { randomInt } from 'node:crypto'
import type { RoomMessageOf } from '../../../shared/room-message'
import { broadcastMessage } from '../chat/calls'
import { ChatRestError, type ChatRest } from '../chat/chat-rest'
import type { Outbox } from '../chat/outbox'
import type { BackendConfig } from '../config'
import { imFailure } from '../identity/people'
import type { Rooms } from '../rooms/rooms'

/** No permission, not in this edition, no such call (im:34348, im:49440). */
const NOT_IN_EDITION: ReadonlySet<number> = new Set([10007, 10059, 60009, 10003])

/** A word of the house to all rooms: IM's own broadcast where the edition has it, else a message to each room (the guide's note). */
export class Broadcasts {
  readonly #rest: ChatRest
  readonly #outbox: Outbox
  readonly #rooms: Rooms
  readonly #config: BackendConfig

  constructor(rest: ChatRest, outbox: Outbox, rooms: Rooms, config: BackendConfig) {
    this.#rest = rest
    this.#outbox = outbox
    this.#rooms = rooms
    this.#config = config
  }

  /** @returns how it went out @throws ApiError im.unavailable | im.refused */
  async send(text: string): Promise<'broadcast' | 'each-room'> {
    const message: RoomMessageOf<'broadcast'> = { v: 1, kind: 'broadcast', text }
    if (this.#config.chat.edition.broadcastsPerSecond > 0) {
      const { command, body } = broadcastMessage(this.#config.chat.admin, message, randomInt(4_294_967_295))
      try {
        await this.#rest.insist(command, body)
        return 'broadcast'
      } catch (error) {
        if (!(error instanceof ChatRestError) || !NOT_IN_EDITION.has(error.code)) throw imFailure(error)
      }
    }
    await this.#outbox.change(async (write) => {
      for (const room of this.#rooms.all()) await write.say(room.room_id, message)
    })
    return 'each-room'
  }
}
