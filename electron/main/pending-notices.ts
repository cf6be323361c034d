import type { RichText } from '../shared/room-message'

/** Writing a notice means a round trip to the chat server; a longer silence is a hang. */
const DEADLINE_MS = 5_000

/** Who waits for the room server to have said a notice, by number. */
export class PendingNotices {
  readonly #waiting = new Map<string, { readonly resolve: (before: RichText | null) => void; readonly deadline: NodeJS.Timeout }>()
  #asked = 0

  /** @returns the notice before; null = it was not said, or not within 5 s */
  ask(send: (requestId: string) => void): Promise<RichText | null> {
    const requestId = String(++this.#asked)
    return new Promise((resolve) => {
      this.#waiting.set(requestId, { resolve, deadline: setTimeout(() => this.answered(requestId, null), DEADLINE_MS) })
      send(requestId)
    })
  }

  answered(requestId: string, before: RichText | null): void {
    const pending = this.#waiting.get(requestId)
    if (pending === undefined) return
    this.#waiting.delete(requestId)
    clearTimeout(pending.deadline)
    pending.resolve(before)
  }

  /** Nobody answers any more. */
  close(): void {
    for (const requestId of [...this.#waiting.keys()]) this.answered(requestId, null)
  }
}
