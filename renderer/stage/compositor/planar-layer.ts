import type { Item } from './engine'
import type { KernelInstance } from './kernel-memory'
import { untouched } from './layout'
import { isStill } from './picture-store'
import { convertColour, frameColour, PlaneBlock, type Planes, type SourcePlanes } from './planes'
import { sameRect, type Rect } from './rect'
import { regionOf } from './region'
import { planPlane } from './resample-plan'
import { Resampler, type Plane } from './resampler'

interface Geometry {
  readonly key: string
  readonly luma: Resampler
  readonly chroma: Resampler
}

/**
 * Draws one layer and keeps what can be used again: the tables of its geometry, and its scaled planes once a picture is
 * drawn a second time. A source that changes with every frame is scaled straight into the program and keeps nothing.
 */
export class PlanarLayer {
  readonly #instance: KernelInstance
  readonly #kept: PlaneBlock
  #keptVersion = 0
  #geometry: Geometry | null = null

  constructor(instance: KernelInstance) {
    this.#instance = instance
    this.#kept = new PlaneBlock(instance)
  }

  /**
   * A picture that is shown pixel for pixel needs no tables, wherever it moves.
   * @param part what of the layer's clip is drawn
   * @param unchanged the same picture was drawn before: keeping it pays
   */
  async draw(item: Item, source: SourcePlanes, program: Planes, part: Rect, unchanged: boolean): Promise<void> {
    const { stored, placement } = item
    const whole = sameRect(part, placement.clip)
    if (item.opaque && whole && !unchanged) {
      const target = regionOf(program, part)
      if (await this.#copyStraight(item, source, program, part)) return
      const { planes, colour } = await source.load(stored, false)
      this.#resample(this.#settled(item), planes, target)
      convertColour(this.#instance, target, colour)
      return
    }
    const from = await this.#ready(item, source, part)
    this.#lay(from, regionOf(program, part), item)
  }

  dispose(): void {
    this.#kept.free()
    this.#keptVersion = 0
    this.#geometry?.luma.dispose()
    this.#geometry?.chroma.dispose()
    this.#geometry = null
  }

  #settled({ stored, placement }: Item): Geometry {
    const { source, orientation, target, clip } = placement
    const inside: Rect = { ...clip, x: clip.x - target.x, y: clip.y - target.y }
    const key = JSON.stringify([stored.width, stored.height, source, orientation, target.width, target.height, inside])
    if (this.#geometry?.key === key) return this.#geometry
    this.dispose()
    const half = (rect: Rect): Rect => ({
      x: rect.x / 2,
      y: rect.y / 2,
      width: rect.width / 2,
      height: rect.height / 2,
    })
    const chroma = { width: (stored.width + 1) >> 1, height: (stored.height + 1) >> 1 }
    return (this.#geometry = {
      key,
      luma: new Resampler(this.#instance, planPlane(stored, source, orientation, target, inside)),
      chroma: new Resampler(this.#instance, planPlane(chroma, half(source), orientation, half(target), half(inside))),
    })
  }

  /** A frame that fits pixel for pixel goes from the browser's memory into the program at once. */
  async #copyStraight({ stored, placement }: Item, source: SourcePlanes, program: Planes, part: Rect): Promise<boolean> {
    const { picture, width, height } = stored
    const shift = untouched(placement)
    if (isStill(picture) || picture.format !== 'I420' || source.holds(stored)) return false
    if (shift?.dx !== 0 || shift.dy !== 0 || part.width !== width || part.height !== height) return false
    const target = regionOf(program, part)
    const planes = [target.y, target.u, target.v]
    // `copyTo` wants room for whole rows, also behind the last one; it writes no more than the picture.
    const end = Math.max(...planes.map((plane) => plane.at + plane.height * plane.stride))
    if (end > this.#instance.memory.sizeBytes) return false
    const layout = planes.map(({ at, stride }) => ({ offset: at - target.y.at, stride }))
    await picture.copyTo(this.#instance.memory.view(target.y.at, end - target.y.at), { layout })
    convertColour(this.#instance, target, frameColour(picture))
    return true
  }

  /** The layer's pixels for `part`, in the program's size and colour, in planes that stay. */
  async #ready(item: Item, source: SourcePlanes, part: Rect): Promise<Planes> {
    const { stored, placement } = item
    const { clip } = placement
    const inClip: Rect = { ...part, x: part.x - clip.x, y: part.y - clip.y }
    const shift = untouched(placement)
    if (shift) {
      const { planes } = await source.load(stored, true)
      return regionOf(planes, { ...inClip, x: inClip.x + shift.dx, y: inClip.y + shift.dy })
    }
    const geometry = this.#settled(item)
    const kept = this.#kept.shape(clip.width, clip.height, !stored.opaque)
    if (this.#keptVersion !== stored.version) {
      this.#keptVersion = 0
      const { planes, colour } = await source.load(stored, false)
      this.#resample(geometry, planes, kept)
      convertColour(this.#instance, kept, colour)
      this.#keptVersion = stored.version
    }
    return regionOf(kept, inClip)
  }

  #resample({ luma, chroma }: Geometry, from: Planes, to: Planes): void {
    luma.run(from.y, to.y.at, to.y.stride)
    chroma.run(from.u, to.u.at, to.u.stride)
    chroma.run(from.v, to.v.at, to.v.stride)
    if (!from.alpha || !to.alpha) return
    luma.run(from.alpha.luma, to.alpha.luma.at, to.alpha.luma.stride)
    chroma.run(from.alpha.chroma, to.alpha.chroma.at, to.alpha.chroma.stride)
  }

  #lay(from: Planes, to: Planes, { opaque, opacity }: Item): void {
    const { kernels } = this.#instance
    const lay = (source: Plane, target: Plane, alpha: Plane | null): void => {
      const { width, height } = target
      if (opaque) kernels.copy(source.at, source.stride, target.at, target.stride, width, height)
      else if (alpha) kernels.blendAlpha(target.at, target.stride, source.at, source.stride, alpha.at, alpha.stride, width, height, opacity)
      else kernels.blendConstant(target.at, target.stride, source.at, source.stride, width, height, opacity)
    }
    lay(from.y, to.y, from.alpha?.luma ?? null)
    lay(from.u, to.u, from.alpha?.chroma ?? null)
    lay(from.v, to.v, from.alpha?.chroma ?? null)
  }
}
