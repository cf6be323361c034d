import { AAC_FRAME_SAMPLES } from '../../../electron/shared/thresholds'

/** One block of sound under way: floats that may leave −1 … 1 until they are limited. */
export class Stereo {
  readonly left = new Float32Array(AAC_FRAME_SAMPLES)
  readonly right = new Float32Array(AAC_FRAME_SAMPLES)

  scale(gain: number): void {
    if (gain === 1) return
    for (let i = 0; i < this.left.length; i++) {
      this.left[i] = (this.left[i] ?? 0) * gain
      this.right[i] = (this.right[i] ?? 0) * gain
    }
  }

  add({ left, right }: Stereo): void {
    for (let i = 0; i < this.left.length; i++) {
      this.left[i] = (this.left[i] ?? 0) + (left[i] ?? 0)
      this.right[i] = (this.right[i] ?? 0) + (right[i] ?? 0)
    }
  }

  /**
   * This without `part`, which was added to it, times `gain`, and with `over` on top at full.
   * @returns mono, −1 … 1
   */
  without(part: Stereo, gain: number, over: Stereo | null): Float32Array<ArrayBuffer> {
    const mono = new Float32Array(this.left.length)
    for (let i = 0; i < mono.length; i++) {
      const rest = ((this.left[i] ?? 0) - (part.left[i] ?? 0) + (this.right[i] ?? 0) - (part.right[i] ?? 0)) / 2
      const top = over === null ? 0 : ((over.left[i] ?? 0) + (over.right[i] ?? 0)) / 2
      mono[i] = limited(rest * gain + top)
    }
    return mono
  }

  /** Cut to −1 … 1. @returns peak and mean power of what is left */
  limit(): { peak: number; power: number } {
    let peak = 0
    let power = 0
    for (let i = 0; i < this.left.length; i++) {
      const l = limited(this.left[i] ?? 0)
      const r = limited(this.right[i] ?? 0)
      this.left[i] = l
      this.right[i] = r
      peak = Math.max(peak, Math.abs(l), Math.abs(r))
      power += (l * l + r * r) / 2
    }
    return { peak, power: power / this.left.length }
  }
}

function limited(sample: number): number {
  return Math.max(-1, Math.min(1, sample))
}
