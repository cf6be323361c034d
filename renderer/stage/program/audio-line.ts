/** How far arrivals may wander from the sample clock before the line is set right. */
const MAX_DRIFT_US = 60_000
/** Longest that is kept: sync offset (2 s) and what has not been mixed yet. */
const MAX_BUFFER_US = 3_000_000

/**
 * One sound source on the stage's clock: samples go in as they arrive, blocks come out by time. A gap comes out as
 * silence, never as a hole; a device whose clock runs differently is set right in one small jump. Pure: no audio API.
 * Stereo, floats −1 … 1.
 */
export class AudioLine {
  readonly #rate: number
  readonly #capacity: number
  readonly #left: Float32Array
  readonly #right: Float32Array
  /** Sample number (rate × clock) of the next sample to come; null until the first. */
  #writeAt: number | null = null
  #oldestAt = 0

  constructor(rate: number) {
    this.#rate = rate
    this.#capacity = Math.ceil((MAX_BUFFER_US * rate) / 1_000_000)
    this.#left = new Float32Array(this.#capacity)
    this.#right = new Float32Array(this.#capacity)
  }

  /** @param arrivedUs when the last of these samples was heard */
  push(left: Float32Array, right: Float32Array, arrivedUs: number): void {
    const endAt = Math.round((arrivedUs * this.#rate) / 1_000_000)
    const tolerance = (MAX_DRIFT_US * this.#rate) / 1_000_000
    let start = this.#writeAt
    if (start === null || Math.abs(start + left.length - endAt) > tolerance) {
      const fresh = endAt - left.length
      if (start !== null && fresh > start) this.#silence(start, Math.min(fresh - start, this.#capacity))
      else if (start === null) this.#oldestAt = fresh
      start = fresh
    }
    for (let i = 0; i < left.length; i++) {
      const slot = this.#slot(start + i)
      this.#left[slot] = left[i] ?? 0
      this.#right[slot] = right[i] ?? 0
    }
    this.#writeAt = start + left.length
    this.#oldestAt = Math.max(this.#oldestAt, this.#writeAt - this.#capacity)
  }

  /**
   * Adds `length` samples from sample number `fromAt` on to the mix, times `gain`. What is not there is silence.
   * @returns highest absolute sample, after the gain
   */
  mixInto(left: Float32Array, right: Float32Array, fromAt: number, gain: number): { peak: number; power: number } {
    let peak = 0
    let power = 0
    const end = this.#writeAt
    if (end === null) return { peak, power }
    const first = Math.max(fromAt, this.#oldestAt)
    const last = Math.min(fromAt + left.length, end)
    for (let at = first; at < last; at++) {
      const slot = this.#slot(at)
      const l = (this.#left[slot] ?? 0) * gain
      const r = (this.#right[slot] ?? 0) * gain
      const to = at - fromAt
      left[to] = (left[to] ?? 0) + l
      right[to] = (right[to] ?? 0) + r
      peak = Math.max(peak, Math.abs(l), Math.abs(r))
      power += (l * l + r * r) / 2
    }
    return { peak, power: power / left.length }
  }

  #silence(fromAt: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const slot = this.#slot(fromAt + i)
      this.#left[slot] = 0
      this.#right[slot] = 0
    }
  }

  #slot(at: number): number {
    return ((at % this.#capacity) + this.#capacity) % this.#capacity
  }
}
