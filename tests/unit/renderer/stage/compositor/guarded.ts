import type { KernelInstance } from '../../../../../renderer/stage/compositor/kernel-memory'
import { randomBytes } from './random'

const MARGIN = 64

/** A plane in kernel memory with a known pattern all around it and in the gap between its rows. */
export class GuardedPlane {
  readonly at: number
  readonly stride: number
  readonly width: number
  readonly height: number
  readonly #instance: KernelInstance
  readonly #block: number
  readonly #pattern: Uint8Array

  constructor(instance: KernelInstance, width: number, height: number, seed: number, padding = 5) {
    this.#instance = instance
    this.width = width
    this.height = height
    this.stride = width + padding
    this.#pattern = randomBytes(this.stride * height + 2 * MARGIN, seed ^ 0x5a5a)
    this.#block = instance.memory.allocate(this.#pattern.length)
    this.at = this.#block + MARGIN
    instance.memory.view(this.#block, this.#pattern.length).set(this.#pattern)
  }

  write(pixels: ArrayLike<number>): this {
    const view = this.#instance.memory.view(this.at, this.stride * this.height)
    for (let y = 0; y < this.height; y++) for (let x = 0; x < this.width; x++) view[y * this.stride + x] = pixels[y * this.width + x] ?? 0
    return this
  }

  read(): Uint8Array {
    const view = this.#instance.memory.view(this.at, this.stride * this.height)
    const out = new Uint8Array(this.width * this.height)
    for (let y = 0; y < this.height; y++) out.set(view.subarray(y * this.stride, y * this.stride + this.width), y * this.width)
    return out
  }

  /** Bytes outside the picture that are no longer what they were. */
  spilled(): number {
    const now = this.#instance.memory.view(this.#block, this.#pattern.length)
    let count = 0
    for (const [index, value] of this.#pattern.entries()) {
      const offset = index - MARGIN
      const inside = offset >= 0 && offset < this.stride * this.height && offset % this.stride < this.width
      if (!inside && now[index] !== value) count += 1
    }
    return count
  }
}
