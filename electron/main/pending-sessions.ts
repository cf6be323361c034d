import { AnchorError } from '../shared/errors'
import type { RoomSession } from '../shared/room-api'

/** The room server answers from memory; a longer silence is a hang. */
const DEADLINE_MS = 5_000

interface Pending {
  resolve(session: RoomSession): void
  reject(error: AnchorError): void
  readonly deadline: NodeJS.Timeout
}

/** Who waits for a session of the anchor. Sessions are alike, so the next answer is everybody's. */
export class PendingSessions {
  readonly #waiting = new Set<Pending>()

  /** @throws AnchorError room.unavailable when there is no chat here, or no answer within 5 s */
  ask(send: () => void): Promise<RoomSession> {
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        resolve,
        reject,
        deadline: setTimeout(() => {
          this.#waiting.delete(pending)
          reject(new AnchorError('room.unavailable'))
        }, DEADLINE_MS),
      }
      this.#waiting.add(pending)
      send()
    })
  }

  /** @param session null: there is none to be had */
  answered(session: RoomSession | null): void {
    for (const { resolve, reject, deadline } of this.#waiting) {
      clearTimeout(deadline)
      if (session === null) reject(new AnchorError('room.unavailable'))
      else resolve(session)
    }
    this.#waiting.clear()
  }
}
