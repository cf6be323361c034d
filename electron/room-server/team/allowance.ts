/** Of what is held in memory for one purpose there is so much at a time, and no more. */
export class Allowance {
  #left: number

  /** @param bytes for all together */
  constructor(bytes: number) {
    this.#left = bytes
  }

  /** False: there is not so much left, and nothing was taken. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }

  /** What was taken is needed no more. */
  give(bytes: number): void {
    this.#left += bytes
  }
}
