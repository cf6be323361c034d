import { PROGRAM_COLOUR_SPACE } from './colour'
import { PictureError, type Item, type ProgramEngine } from './engine'
import type { KernelInstance } from './kernel-memory'
import { PlanarLayer } from './planar-layer'
import { PlaneBlock, SourcePlanes, type Planes } from './planes'
import { contains, intersect, union, type Rect } from './rect'
import { planPlane } from './resample-plan'
import { Resampler, type Plane } from './resampler'
import { regionOf } from './region'

const UPRIGHT = { transpose: false, flipX: false, flipY: false } as const

/** Black in limited range. */
const BLACK = { luma: 16, chroma: 128 } as const

interface Preview {
  readonly width: number
  readonly height: number
  readonly luma: Resampler
  readonly chroma: Resampler
  readonly block: PlaneBlock
}

/**
 * The program as I420 planes in kernel memory. Only what changed is drawn again: a layer that got a new picture, came or
 * went damages its own rectangle, one that moved also the one where it was, a changed order the whole program.
 */
export class PlanarEngine implements ProgramEngine {
  readonly engine = 'planar'
  readonly #instance: KernelInstance
  readonly #program: PlaneBlock
  readonly #sources = new Map<string, SourcePlanes>()
  readonly #layers = new Map<string, PlanarLayer>()
  #width: number
  #height: number
  #painted: readonly Item[] | null = null
  #preview: Preview | null = null

  constructor(instance: KernelInstance, width: number, height: number) {
    this.#instance = instance
    this.#program = new PlaneBlock(instance)
    this.#width = width
    this.#height = height
  }

  setSize(width: number, height: number): void {
    this.#width = width
    this.#height = height
    this.#painted = null
    this.#dropPreview()
    for (const id of [...this.#layers.keys()]) this.#dropLayer(id)
  }

  async paint(items: readonly Item[]): Promise<void> {
    const damage = this.#damage(items)
    const before = this.#painted
    if (!damage) return
    // Half-drawn planes must not pass for a picture if something below throws.
    this.#painted = null
    const seen = new Set(items.map(({ id }) => id))
    for (const id of [...this.#layers.keys()]) if (!seen.has(id)) this.#dropLayer(id)

    const program = this.#programPlanes()
    const bottom = items.reduce((found, item, index) => (item.opaque && contains(item.placement.clip, damage) ? index : found), -1)
    if (bottom < 0) this.#fill(program, damage)
    for (const item of items.slice(Math.max(0, bottom))) {
      const part = intersect(item.placement.clip, damage)
      if (!part) continue
      const unchanged = before?.some(({ id, stored }) => id === item.id && stored.version === item.stored.version) ?? false
      try {
        await this.#layer(item).draw(item, this.#source(item.id), program, part, unchanged)
      } catch (cause) {
        throw new PictureError(item.id, cause)
      }
    }
    this.#painted = items
  }

  frame(timestampUs: number): VideoFrame {
    const { at, size } = this.#programPlanes()
    return new VideoFrame(this.#instance.memory.view(at, size), {
      format: 'I420',
      codedWidth: this.#width,
      codedHeight: this.#height,
      timestamp: timestampUs,
      colorSpace: PROGRAM_COLOUR_SPACE,
    })
  }

  preview(width: number, height: number, into: Uint8Array<ArrayBuffer>): void {
    if (!this.#painted) this.#fill(this.#programPlanes(), { x: 0, y: 0, width: this.#width, height: this.#height })
    const program = this.#programPlanes()
    const { luma, chroma, block } = this.#previewFor(width, height)
    const out = block.shape(width, height, false)
    luma.run(program.y, out.y.at, out.y.stride)
    chroma.run(program.u, out.u.at, out.u.stride)
    chroma.run(program.v, out.v.at, out.v.stride)
    into.set(this.#instance.memory.view(out.at, out.size))
  }

  forget(id: string): void {
    this.#dropLayer(id)
    this.#sources.get(id)?.free()
    this.#sources.delete(id)
  }

  dispose(): void {
    for (const id of [...this.#sources.keys(), ...this.#layers.keys()]) this.forget(id)
    this.#dropPreview()
    this.#program.free()
    this.#painted = null
  }

  /** What has to be drawn again; null = nothing. */
  #damage(items: readonly Item[]): Rect | null {
    const before = this.#painted
    const whole: Rect = { x: 0, y: 0, width: this.#width, height: this.#height }
    if (!before) return whole
    let damage: Rect | null = null
    const add = ({ placement }: Item): void => {
      damage = damage ? union(damage, placement.clip) : placement.clip
    }
    const gone = new Map(before.map((item, index) => [item.id, { item, index }]))
    let last = -1
    for (const item of items) {
      const old = gone.get(item.id)
      gone.delete(item.id)
      if (old && old.index < last) return whole
      last = old?.index ?? last
      if (!old || old.item.key !== item.key || old.item.stored.version !== item.stored.version) add(item)
      if (old && old.item.key !== item.key) add(old.item)
    }
    for (const { item } of gone.values()) add(item)
    return damage
  }

  #programPlanes(): Planes & { readonly at: number; readonly size: number } {
    return this.#program.shape(this.#width, this.#height, false)
  }

  #fill(program: Planes, rect: Rect): void {
    const { kernels } = this.#instance
    const fill = ({ at, stride, width, height }: Plane, value: number): void => kernels.fill(at, stride, width, height, value)
    const { y, u, v } = regionOf(program, rect)
    fill(y, BLACK.luma)
    fill(u, BLACK.chroma)
    fill(v, BLACK.chroma)
  }

  #layer({ id }: Item): PlanarLayer {
    const existing = this.#layers.get(id)
    if (existing) return existing
    const layer = new PlanarLayer(this.#instance)
    this.#layers.set(id, layer)
    return layer
  }

  #source(id: string): SourcePlanes {
    const existing = this.#sources.get(id)
    if (existing) return existing
    const source = new SourcePlanes(this.#instance)
    this.#sources.set(id, source)
    return source
  }

  #dropLayer(id: string): void {
    this.#layers.get(id)?.dispose()
    this.#layers.delete(id)
  }

  #previewFor(width: number, height: number): Preview {
    const old = this.#preview
    if (old && old.width === width && old.height === height) return old
    this.#dropPreview()
    const make = (from: { width: number; height: number }, to: { width: number; height: number }): Resampler =>
      new Resampler(this.#instance, planPlane(from, { x: 0, y: 0, ...from }, UPRIGHT, to, { x: 0, y: 0, ...to }))
    this.#preview = {
      width,
      height,
      luma: make({ width: this.#width, height: this.#height }, { width, height }),
      chroma: make({ width: this.#width / 2, height: this.#height / 2 }, { width: width / 2, height: height / 2 }),
      block: new PlaneBlock(this.#instance),
    }
    return this.#preview
  }

  #dropPreview(): void {
    this.#preview?.luma.dispose()
    this.#preview?.chroma.dispose()
    this.#preview?.block.free()
    this.#preview = null
  }
}
