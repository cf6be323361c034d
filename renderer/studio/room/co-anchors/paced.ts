/** Sends the newest of what comes, the first at once, and then not more often than every so many milliseconds. Owns its timer. */
export class Paced<T> {
  readonly #send: (value: T) => void
  readonly #everyMs: number
  #timer: ReturnType<typeof setTimeout> | null = null
  #next: { readonly value: T } | null = null

  constructor(everyMs: number, send: (value: T) => void) {
    this.#everyMs = everyMs
    this.#send = send
  }

  put(value: T): void {
    this.#next = { value }
    if (this.#timer === null) this.#turn()
  }

  /** What waits is sent. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const next = this.#next
    this.#next = null
    if (next !== null) this.#send(next.value)
  }

  #turn(): void {
    const next = this.#next
    this.#next = null
    this.#timer = next === null ? null : setTimeout(() => this.#turn(), this.#everyMs)
    if (next !== null) this.#send(next.value)
  }
}
