/** How many numbers are set aside on disk at once. */
const BLOCK = 4_096

/**
 * Numbers that only rise, over restarts too: message numbers and log cursors of all rooms. A block is set aside on disk before any of it is
 * given out, so that a killed process never gives a number twice.
 */
export class Sequence {
  #next: number
  #reserved: number
  readonly #reserve: (upTo: number) => void

  /** `reserve` must put the number on disk no later than whatever uses a number below it. */
  constructor(reservedBefore: number, reserve: (upTo: number) => void) {
    this.#next = reservedBefore + 1
    this.#reserved = reservedBefore
    this.#reserve = reserve
  }

  next(): number {
    if (this.#next > this.#reserved) {
      this.#reserved = this.#next + BLOCK
      this.#reserve(this.#reserved)
    }
    const given = this.#next
    this.#next += 1
    return given
  }
}
