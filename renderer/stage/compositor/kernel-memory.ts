import kernelsDataUrl from './kernels/kernels.wasm?url&inline'

/** The functions of `kernels/`; addresses and strides are bytes in `KernelMemory`. */
export interface Kernels {
  copy(src: number, srcStride: number, dst: number, dstStride: number, width: number, height: number): void
  fill(dst: number, dstStride: number, width: number, height: number, value: number): void
  halve(src: number, srcStride: number, width: number, height: number, dst: number, dstStride: number, acrossX: boolean, acrossY: boolean): void
  transpose(src: number, srcStride: number, width: number, height: number, dst: number, dstStride: number): void
  scale(
    src: number,
    rowTable: number,
    rows: number,
    columnTable: number,
    groups: number,
    width: number,
    span: number,
    line: number,
    dst: number,
    dstStride: number,
  ): void
  blendConstant(dst: number, dstStride: number, src: number, srcStride: number, width: number, height: number, opacity: number): void
  blendAlpha(
    dst: number,
    dstStride: number,
    src: number,
    srcStride: number,
    alpha: number,
    alphaStride: number,
    width: number,
    height: number,
    opacity: number,
  ): void
  premultiply(plane: number, stride: number, alpha: number, alphaStride: number, width: number, height: number): void
  convert(
    y: number,
    yStride: number,
    u: number,
    v: number,
    chromaStride: number,
    width: number,
    height: number,
    yGain: number,
    yAdd: number,
    yu: number,
    yv: number,
    uu: number,
    uv: number,
    vu: number,
    vv: number,
  ): void
  deinterleave(src: number, srcStride: number, width: number, height: number, u: number, v: number, dstStride: number): void
  rgbToI420(
    src: number,
    srcStride: number,
    width: number,
    height: number,
    y: number,
    yStride: number,
    u: number,
    v: number,
    chromaStride: number,
    bgr: boolean,
  ): void
}

const PAGE = 65_536
const ALIGN = 64
/** Kernels read whole vectors: what lies this far behind a block must still be memory. */
const SLACK = 64
/** Address 0 stays unused, so that a zero pointer can be told from a block. */
const FIRST = 4_096

interface Gap {
  readonly at: number
  readonly size: number
}

/** The linear memory that planes live in, given out in blocks. One owner per block, who frees it. */
export class KernelMemory {
  readonly #memory: WebAssembly.Memory
  readonly #sizes = new Map<number, number>()
  #gaps: Gap[] = []
  #end = FIRST

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory
  }

  get usedBytes(): number {
    let sum = 0
    for (const size of this.#sizes.values()) sum += size
    return sum
  }

  /** Of all the memory there is now. */
  get sizeBytes(): number {
    return this.#memory.buffer.byteLength
  }

  /** The bytes of a block, valid until the next `allocate` (growing moves the memory). */
  view(at: number, size: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer as ArrayBuffer, at, size)
  }

  /** Address of `size` bytes, 64-byte aligned, not cleared. Throws RangeError when the machine has no more. */
  allocate(size: number): number {
    const need = Math.ceil((size + SLACK) / ALIGN) * ALIGN
    const index = this.#gaps.findIndex((gap) => gap.size >= need)
    const gap = this.#gaps[index]
    let at: number
    if (gap) {
      at = gap.at
      if (gap.size === need) this.#gaps.splice(index, 1)
      else this.#gaps[index] = { at: gap.at + need, size: gap.size - need }
    } else {
      at = this.#end
      const missing = at + need - this.#memory.buffer.byteLength
      if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE))
      this.#end = at + need
    }
    this.#sizes.set(at, need)
    return at
  }

  free(at: number): void {
    const size = this.#sizes.get(at)
    if (size === undefined) throw new Error(`compositor memory: ${at} is not a block`)
    this.#sizes.delete(at)
    const merged: Gap[] = []
    for (const gap of [...this.#gaps, { at, size }].sort((a, b) => a.at - b.at)) {
      const last = merged[merged.length - 1]
      if (last && last.at + last.size === gap.at) merged[merged.length - 1] = { at: last.at, size: last.size + gap.size }
      else merged.push(gap)
    }
    const last = merged[merged.length - 1]
    if (last && last.at + last.size === this.#end) {
      this.#end = last.at
      merged.pop()
    }
    this.#gaps = merged
  }
}

export interface KernelInstance {
  readonly kernels: Kernels
  readonly memory: KernelMemory
}

let compiled: Promise<WebAssembly.Module> | null = null

/**
 * The bytes (6 KB) are part of the script: there is nothing to fetch, so neither connect-src nor a media type matter;
 * `script-src 'wasm-unsafe-eval'` is enough.
 */
async function compile(): Promise<WebAssembly.Module> {
  const base64 = kernelsDataUrl.slice(kernelsDataUrl.indexOf(',') + 1)
  return WebAssembly.compile(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
}

/** A fresh memory with the kernels bound to it. */
export async function createKernels(): Promise<KernelInstance> {
  compiled ??= compile()
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536 })
  const instance = await WebAssembly.instantiate(await compiled, { env: { memory } })
  return { kernels: instance.exports as unknown as Kernels, memory: new KernelMemory(memory) }
}
