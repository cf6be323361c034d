import { shallowRef } from 'vue'
import { z } from 'zod'
import type { GiftEntry } from '../../../../electron/shared/crew-api'
import type { CountedGift } from '../../../room/gift-store'

/** What outlives a reload: the last gift message that this window took in, and those that came while nobody looked. */
const seenSchema = z.object({ seq: z.number(), away: z.boolean(), late: z.array(z.number()).max(500) })
type Seen = z.infer<typeof seenSchema>
const KEY = 'gifts-seen'
const KEPT = 500

/**
 * Which gifts the anchor may not have noticed: they came while this window was closed, or the chat did not bring them. By the numbers of gift
 * messages, which have no gaps in a room.
 */
export class MissedGifts {
  readonly #storage: Storage
  readonly late = shallowRef<ReadonlySet<number>>(new Set())
  /** The window was away for some of them; false: the chat lost them. */
  readonly away = shallowRef(false)
  /** As an earlier life of this window left it; null = there was none. */
  #earlier: Seen | null = null
  /** Gifts up to here came before this window listened; null = not known yet. */
  #baseline: number | null = null
  #seenSeq = 0
  #judged = false

  constructor(storage: Storage) {
    this.#storage = storage
  }

  open(): void {
    this.#earlier = this.#read()
    this.late.value = new Set()
    this.#baseline = null
    this.#seenSeq = 0
    this.#judged = false
  }

  hear({ event, late }: CountedGift): void {
    this.#baseline ??= event.seq - 1
    this.#seenSeq = event.seq
    if (late && event.kind === 'gift') this.late.value = new Set([...this.late.value, event.seq])
    this.#keep()
  }

  /** The ledger was read: what came between an earlier life of this window and this one was not seen. @param seq of the room's latest gift message */
  judge(entries: readonly GiftEntry[], seq: number): void {
    if (this.#judged) return
    this.#judged = true
    const until = (this.#baseline ??= seq)
    const earlier = this.#earlier
    this.#seenSeq = Math.max(this.#seenSeq, until)
    // A lower number than before is that of another room.
    if (earlier !== null && earlier.seq <= this.#seenSeq) {
      const unseen = entries.filter((entry) => entry.seq > earlier.seq && entry.seq <= until).map((entry) => entry.seq)
      this.away.value ||= unseen.length > 0 || (earlier.away && earlier.late.length > 0)
      this.late.value = new Set([...earlier.late, ...unseen, ...this.late.value])
    }
    this.#keep()
  }

  /** They have been looked at. */
  acknowledge(): void {
    this.late.value = new Set()
    this.away.value = false
    this.#keep()
  }

  #keep(): void {
    // Until it is judged, what the earlier life left has to stay.
    if (this.#judged) this.#storage.setItem(KEY, JSON.stringify({ seq: this.#seenSeq, away: this.away.value, late: [...this.late.value].slice(-KEPT) }))
  }

  #read(): Seen | null {
    try {
      const parsed = seenSchema.safeParse(JSON.parse(this.#storage.getItem(KEY) ?? 'null'))
      return parsed.success ? parsed.data : null
    } catch (error) {
      if (error instanceof SyntaxError) return null
      throw error
    }
  }
}
