import { BOUNDS } from '../limits'

/** What a revoke and the history need to know of a chat message. */
export interface ChatFacts {
  readonly msgSeq: number
  readonly from: string
  readonly tinyId: string
  readonly random: number
  readonly clientTime: number
  readonly atSec: number
}

export interface LogEntry {
  /** Rises through all rooms of the server, so that no client ever meets the same number twice. */
  readonly cursor: number
  /** `Event` of the item. */
  readonly event: number
  /** The item as JSON: made once, sent many times. */
  readonly json: string
  readonly chat: ChatFacts | null
}

/** What the members of one room are told, in order, for as long as somebody who was cut off may come back for it. */
export class RoomLog {
  #entries: LogEntry[] = []
  #bytes = 0
  readonly #revoked = new Set<number>()

  get lastCursor(): number {
    return this.#entries.at(-1)?.cursor ?? 0
  }

  /** Cursor of the oldest entry kept; 0 when empty. */
  get firstCursor(): number {
    return this.#entries[0]?.cursor ?? 0
  }

  /** Cursor of the entry that has `count` - 1 newer ones; of the oldest when there are fewer. */
  cursorOfLast(count: number): number {
    return this.#entries[Math.max(0, this.#entries.length - count)]?.cursor ?? this.lastCursor + 1
  }

  /** Returns the cursor below which entries were let go of; null when none were. */
  append(entry: LogEntry): number | null {
    this.#entries.push(entry)
    this.#bytes += entry.json.length
    if (this.#entries.length <= BOUNDS.logItems && this.#bytes <= BOUNDS.logBytes) return null
    // An eighth at once: shifting one by one would move the whole array each time.
    const gone = this.#entries.splice(0, Math.max(1, this.#entries.length >> 3))
    for (const { json, chat } of gone) {
      this.#bytes -= json.length
      if (chat !== null) this.#revoked.delete(chat.msgSeq)
    }
    return this.firstCursor
  }

  /** Entries from `cursor` on, at most one answer's worth. */
  from(cursor: number): readonly LogEntry[] {
    const start = this.#indexOf(cursor)
    let bytes = 0
    let end = start
    while (end < this.#entries.length && end - start < BOUNDS.pollItems) {
      bytes += this.#entries[end]?.json.length ?? 0
      if (bytes > BOUNDS.pollBytes && end > start) break
      end += 1
    }
    return this.#entries.slice(start, end)
  }

  find(msgSeq: number): ChatFacts | null {
    for (let index = this.#entries.length - 1; index >= 0; index -= 1) {
      const chat = this.#entries[index]?.chat
      if (chat?.msgSeq === msgSeq) return this.#revoked.has(msgSeq) ? null : chat
    }
    return null
  }

  revoke(msgSeq: number): void {
    this.#revoked.add(msgSeq)
  }

  /** The last chat messages that a newcomer is shown, oldest first. */
  history(count: number, sinceSec: number): readonly LogEntry[] {
    const found: LogEntry[] = []
    for (let index = this.#entries.length - 1; index >= 0 && found.length < count; index -= 1) {
      const entry = this.#entries[index]
      if (entry?.chat == null) continue
      if (entry.chat.atSec < sinceSec) break
      if (!this.#revoked.has(entry.chat.msgSeq)) found.unshift(entry)
    }
    return found
  }

  #indexOf(cursor: number): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#entries[middle]?.cursor ?? 0) < cursor) low = middle + 1
      else high = middle
    }
    return low
  }
}
