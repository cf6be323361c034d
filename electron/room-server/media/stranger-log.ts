/** One line an address within this. */
const WINDOW_MS = 10_000
const MAX_ADDRESSES = 256
/** So many addresses at once share one line. */
const OTHERS = 'others'

/** Lets strangers into the log without letting them fill it: further lines of an address are counted, not written. */
export class StrangerLog {
  readonly #now: () => number
  readonly #log: (message: string) => void
  readonly #addresses = new Map<string, { sinceMs: number; unsaid: number }>()

  constructor(now: () => number, log: (message: string) => void) {
    this.#now = now
    this.#log = log
  }

  note(address: string, message: string): void {
    const now = this.#now()
    const key = this.#addresses.has(address) || this.#room(now) ? address : OTHERS
    const entry = this.#addresses.get(key)
    if (entry !== undefined && now - entry.sinceMs < WINDOW_MS) {
      entry.unsaid += 1
      return
    }
    this.#addresses.set(key, { sinceMs: now, unsaid: 0 })
    this.#log(`${key}: ${message}${entry === undefined || entry.unsaid === 0 ? '' : ` (${entry.unsaid} more before)`}`)
  }

  #room(now: number): boolean {
    if (this.#addresses.size < MAX_ADDRESSES) return true
    for (const [address, entry] of this.#addresses) if (now - entry.sinceMs >= WINDOW_MS) this.#addresses.delete(address)
    return this.#addresses.size < MAX_ADDRESSES
  }
}
