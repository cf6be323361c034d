import { chromaSize, colourOf, conversionFrom, PROGRAM_COLOUR, stillToI420A, type Colour } from './colour'
import type { Still } from './contract'
import type { KernelInstance } from './kernel-memory'
import { isStill, type StoredPicture } from './picture-store'
import type { Plane } from './resampler'

export interface Planes {
  readonly y: Plane
  readonly u: Plane
  readonly v: Plane
  /** At luma and at chroma resolution; the other planes are then premultiplied. */
  readonly alpha: { readonly luma: Plane; readonly chroma: Plane } | null
}

/** One block of kernel memory laid out as packed planes Y, U, V and, if asked, both alphas. Reused while the size stays. */
export class PlaneBlock {
  readonly #instance: KernelInstance
  #planes: (Planes & { at: number; size: number }) | null = null

  constructor(instance: KernelInstance) {
    this.#instance = instance
  }

  /** Contents are kept only if neither the size nor `withAlpha` changed. */
  shape(width: number, height: number, withAlpha: boolean): Planes & { readonly at: number; readonly size: number } {
    const old = this.#planes
    if (old && old.y.width === width && old.y.height === height && (old.alpha !== null) === withAlpha) return old
    this.free()
    const chromaWidth = chromaSize(width)
    const chromaHeight = chromaSize(height)
    const luma = width * height
    const chroma = chromaWidth * chromaHeight
    const size = luma + 2 * chroma + (withAlpha ? luma + chroma : 0)
    const at = this.#instance.memory.allocate(size)
    const plane = (offset: number, w: number, h: number): Plane => ({ at: at + offset, stride: w, width: w, height: h })
    this.#planes = {
      at,
      size,
      y: plane(0, width, height),
      u: plane(luma, chromaWidth, chromaHeight),
      v: plane(luma + chroma, chromaWidth, chromaHeight),
      alpha: withAlpha
        ? {
            luma: plane(luma + 2 * chroma, width, height),
            chroma: plane(2 * luma + 2 * chroma, chromaWidth, chromaHeight),
          }
        : null,
    }
    return this.#planes
  }

  free(): void {
    if (this.#planes) this.#instance.memory.free(this.#planes.at)
    this.#planes = null
  }
}

/** Brings a region of planes into the program's colour. Position and size are even (or reach the picture's edge). */
export function convertColour({ kernels }: KernelInstance, { y, u, v }: Planes, colour: Colour): void {
  const c = conversionFrom(colour)
  if (c) kernels.convert(y.at, y.stride, u.at, v.at, u.stride, y.width, y.height, c.yGain, c.yAdd, c.yu, c.yv, c.uu, c.uv, c.vu, c.vv)
}

/** Colour of what `copyTo` gives for this frame. */
export function frameColour(frame: VideoFrame): Colour {
  return colourOf(frame.colorSpace, frame.visibleRect?.height ?? frame.codedHeight)
}

const evenUp = (size: number): number => size + (size & 1)

/**
 * What to ask `copyTo` for. Chrome 114 refuses subsampled frames with an odd visible size (windows are captured so) unless
 * the rectangle is rounded to whole chroma samples; later ones take them as they are.
 */
export function copyRect({ visibleRect, codedWidth, codedHeight, format }: VideoFrame): { rect?: DOMRectInit } {
  if (!visibleRect || (format !== 'I420' && format !== 'I420A' && format !== 'NV12')) return {}
  const x = visibleRect.x & ~1
  const y = visibleRect.y & ~1
  const width = evenUp(visibleRect.x + visibleRect.width) - x
  const height = evenUp(visibleRect.y + visibleRect.height) - y
  return x + width <= codedWidth && y + height <= codedHeight ? { rect: { x, y, width, height } } : {}
}

/** The planes of a source's newest picture, made when first needed. */
export class SourcePlanes {
  readonly #instance: KernelInstance
  readonly #block: PlaneBlock
  #version = 0
  #colour: Colour = PROGRAM_COLOUR

  constructor(instance: KernelInstance) {
    this.#instance = instance
    this.#block = new PlaneBlock(instance)
  }

  holds(stored: StoredPicture): boolean {
    return this.#version === stored.version
  }

  /** `colour` tells what the planes mean; with `convert` they are brought into the program's. */
  async load(stored: StoredPicture, convert: boolean): Promise<{ planes: Planes; colour: Colour }> {
    // What is read may be a column and a row more than what is shown.
    const { width = stored.width, height = stored.height } = isStill(stored.picture) ? {} : (copyRect(stored.picture).rect ?? {})
    const planes = this.#block.shape(width, height, !stored.opaque)
    if (!this.holds(stored)) {
      this.#version = 0
      this.#colour = await this.#read(stored, planes)
      this.#version = stored.version
    }
    if (convert) {
      convertColour(this.#instance, planes, this.#colour)
      this.#colour = PROGRAM_COLOUR
    }
    return { planes, colour: this.#colour }
  }

  free(): void {
    this.#block.free()
    this.#version = 0
  }

  async #read({ picture }: StoredPicture, planes: Planes & { at: number; size: number }): Promise<Colour> {
    if (isStill(picture)) {
      this.#readStill(picture, planes)
      return PROGRAM_COLOUR
    }
    switch (picture.format) {
      case 'I420':
      case 'I420A':
        return this.#readPlanar(picture, planes)
      case 'NV12':
        return this.#readSemiPlanar(picture, planes)
      case 'RGBA':
      case 'RGBX':
        return this.#readRgb(picture, planes, false)
      case 'BGRA':
      case 'BGRX':
        return this.#readRgb(picture, planes, true)
      default:
        return this.#readThroughCanvas(picture, planes)
    }
  }

  async #readPlanar(frame: VideoFrame, planes: Planes & { at: number; size: number }): Promise<Colour> {
    const colour = frameColour(frame)
    const { y, u, v, alpha } = planes
    const layout = [y, u, v, ...(alpha ? [alpha.luma] : [])].map(({ at, stride }) => ({
      offset: at - planes.at,
      stride,
    }))
    await frame.copyTo(this.#instance.memory.view(planes.at, planes.size), { layout, ...copyRect(frame) })
    if (!alpha) return colour
    const { kernels } = this.#instance
    convertColour(this.#instance, planes, colour)
    kernels.halve(alpha.luma.at, alpha.luma.stride, y.width, y.height, alpha.chroma.at, alpha.chroma.stride, true, true)
    kernels.premultiply(y.at, y.stride, alpha.luma.at, alpha.luma.stride, y.width, y.height)
    for (const plane of [u, v]) {
      kernels.premultiply(plane.at, plane.stride, alpha.chroma.at, alpha.chroma.stride, plane.width, plane.height)
    }
    return PROGRAM_COLOUR
  }

  async #readSemiPlanar(frame: VideoFrame, { y, u, v }: Planes): Promise<Colour> {
    const { memory, kernels } = this.#instance
    const chroma = memory.allocate(2 * u.width * u.height)
    try {
      // One view over everything, because copyTo wants both planes in one destination.
      const from = Math.min(y.at, chroma)
      const end = Math.max(y.at + y.width * y.height, chroma + 2 * u.width * u.height)
      const layout = [
        { offset: y.at - from, stride: y.stride },
        { offset: chroma - from, stride: 2 * u.width },
      ]
      await frame.copyTo(memory.view(from, end - from), { layout, ...copyRect(frame) })
      kernels.deinterleave(chroma, 2 * u.width, u.width, u.height, u.at, v.at, u.stride)
    } finally {
      memory.free(chroma)
    }
    return frameColour(frame)
  }

  async #readRgb(frame: VideoFrame, { y, u, v }: Planes, bgr: boolean): Promise<Colour> {
    const { memory, kernels } = this.#instance
    const pixels = memory.allocate(4 * y.width * y.height)
    try {
      await frame.copyTo(memory.view(pixels, 4 * y.width * y.height), { layout: [{ offset: 0, stride: 4 * y.width }] })
      kernels.rgbToI420(pixels, 4 * y.width, y.width, y.height, y.at, y.stride, u.at, v.at, u.stride, bgr)
    } finally {
      memory.free(pixels)
    }
    return PROGRAM_COLOUR
  }

  /** I422, I444, 10-bit and textures that `copyTo` does not give out: any format that can be drawn. */
  #readThroughCanvas(frame: VideoFrame, planes: Planes): Colour {
    const { y } = planes
    const context = new OffscreenCanvas(y.width, y.height).getContext('2d', { willReadFrequently: true, alpha: false })
    if (!context) throw new Error('no 2D canvas')
    context.drawImage(frame, 0, 0, y.width, y.height)
    const { data } = context.getImageData(0, 0, y.width, y.height)
    this.#fromPixels(data, planes)
    return PROGRAM_COLOUR
  }

  #readStill({ data }: Still, planes: Planes): void {
    const { y, u, v, alpha } = planes
    if (!alpha) {
      this.#fromPixels(data, planes)
      return
    }
    const views = (plane: Plane): Uint8Array => this.#instance.memory.view(plane.at, plane.width * plane.height)
    const alphas = { a: views(alpha.luma), chromaAlpha: views(alpha.chroma) }
    stillToI420A(data, y.width, y.height, { y: views(y), u: views(u), v: views(v), ...alphas })
  }

  /** Opaque RGBA. */
  #fromPixels(data: Uint8ClampedArray, { y, u, v }: Planes): void {
    const { memory, kernels } = this.#instance
    const pixels = memory.allocate(data.length)
    memory.view(pixels, data.length).set(data)
    kernels.rgbToI420(pixels, 4 * y.width, y.width, y.height, y.at, y.stride, u.at, v.at, u.stride, false)
    memory.free(pixels)
  }
}
