import type { KernelInstance } from './kernel-memory'
import { rowTable, type PlanePlan } from './resample-plan'

/** A plane in kernel memory. */
export interface Plane {
  readonly at: number
  readonly stride: number
  readonly width: number
  readonly height: number
}

/** A plan with its tables in kernel memory; runs as often as there are frames. */
export class Resampler {
  readonly plan: PlanePlan
  readonly #instance: KernelInstance
  readonly #columnsAt: number
  #rowsAt: number | null = null
  #rowsStride = 0

  constructor(instance: KernelInstance, plan: PlanePlan) {
    this.plan = plan
    this.#instance = instance
    this.#columnsAt = instance.memory.allocate(plan.columns.length)
    instance.memory.view(this.#columnsAt, plan.columns.length).set(plan.columns)
  }

  /** Writes the plan's `width` × `height` pixels at `dst`. May allocate: views into the memory do not survive it. */
  run(source: Plane, dst: number, dstStride: number): void {
    const { kernels, memory } = this.#instance
    const { plan } = this
    const scratch: number[] = []
    let at = source.at + plan.region.y * source.stride + plan.region.x
    let { stride } = source
    let { width, height } = plan.region
    for (const { acrossX, acrossY } of plan.halvings) {
      const outWidth = acrossX ? (width + 1) >> 1 : width
      const outHeight = acrossY ? (height + 1) >> 1 : height
      const out = memory.allocate(outWidth * outHeight)
      scratch.push(out)
      kernels.halve(at, stride, width, height, out, outWidth, acrossX, acrossY)
      at = out
      stride = width = outWidth
      height = outHeight
    }
    if (plan.transpose) {
      const out = memory.allocate(width * height)
      scratch.push(out)
      kernels.transpose(at, stride, width, height, out, height)
      at = out
      stride = height
    }
    const line = memory.allocate(plan.span + 16)
    scratch.push(line)
    const rows = this.#rows(stride)
    kernels.scale(at + plan.spanStart, rows, plan.height, this.#columnsAt, plan.groups, plan.width, plan.span, line, dst, dstStride)
    for (const block of scratch) memory.free(block)
  }

  dispose(): void {
    this.#instance.memory.free(this.#columnsAt)
    if (this.#rowsAt !== null) this.#instance.memory.free(this.#rowsAt)
    this.#rowsAt = null
  }

  #rows(stride: number): number {
    if (this.#rowsAt !== null && this.#rowsStride === stride) return this.#rowsAt
    const { memory } = this.#instance
    if (this.#rowsAt !== null) memory.free(this.#rowsAt)
    const table = rowTable(this.plan.rows, stride)
    this.#rowsAt = memory.allocate(table.length)
    this.#rowsStride = stride
    memory.view(this.#rowsAt, table.length).set(table)
    return this.#rowsAt
  }
}
