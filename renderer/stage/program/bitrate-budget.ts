/** How far ahead of its bitrate an encoder may be: a key frame at a low bitrate can be more than a second's worth by itself. */
const AHEAD_S = 2

/**
 * Keeps account of what an encoder gave against what it was asked for. Software encoders go above their bitrate when even the coarsest
 * quantizer gives too much (noise, confetti); leaving out pictures is then the only way to hold it. Pure: times come from outside.
 */
export class BitrateBudget {
  #debtBytes = 0
  #atUs: number | null = null

  /** A frame of `bytes` came out. @param bitsPerSecond what it was asked for */
  spend(bytes: number, atUs: number, bitsPerSecond: number): void {
    this.#settle(atUs, bitsPerSecond)
    this.#debtBytes += bytes
  }

  /** True while more came out than the line was promised. */
  isSpent(atUs: number, bitsPerSecond: number): boolean {
    this.#settle(atUs, bitsPerSecond)
    return this.#debtBytes > (AHEAD_S * bitsPerSecond) / 8
  }

  #settle(atUs: number, bitsPerSecond: number): void {
    const elapsedS = this.#atUs === null ? 0 : Math.max(0, atUs - this.#atUs) / 1e6
    this.#atUs = Math.max(this.#atUs ?? atUs, atUs)
    this.#debtBytes = Math.max(0, this.#debtBytes - (elapsedS * bitsPerSecond) / 8)
  }
}
