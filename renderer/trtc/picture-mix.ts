import { pixels } from './publish-plan'
import type { Placed } from './mix-arrangement'

/** One I420 picture, planes packed Y, U, V without padding; width and height are even. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

export interface PlacedPicture extends Pick<Placed, 'box' | 'fit'> {
  readonly picture: Picture
  readonly mirrored: boolean
}

const BLACK = { y: 16, uv: 128 }

/**
 * Draws the pictures into one, bottom first: what the cloud's mix will look like, for the anchor's eyes. Nearest pixels: it is small, and often.
 * @param target width × height × 3 / 2 bytes
 */
export function mixPictures(pictures: readonly PlacedPicture[], width: number, height: number, target: Uint8Array): Uint8Array {
  target.fill(BLACK.y, 0, width * height)
  target.fill(BLACK.uv, width * height)
  for (const { picture, box, fit, mirrored } of pictures) {
    if (picture.width < 2 || picture.height < 2 || picture.data.length < (picture.width * picture.height * 3) / 2) continue
    const rect = pixels(box, width, height)
    if (rect !== null) draw(picture, fitted(picture, rect, fit), mirrored, width, height, target)
  }
  return target
}

interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Where the picture goes, and which part of it. */
function fitted(picture: Picture, rect: { left: number; top: number; right: number; bottom: number }, fit: Placed['fit']): { to: Area; from: Area } {
  const width = rect.right - rect.left
  const height = rect.bottom - rect.top
  const even = (value: number): number => Math.max(2, Math.floor(value / 2) * 2)
  const scale = fit === 'contain' ? Math.min(width / picture.width, height / picture.height) : Math.max(width / picture.width, height / picture.height)
  const toWidth = Math.min(width, even(picture.width * scale))
  const toHeight = Math.min(height, even(picture.height * scale))
  const fromWidth = Math.min(picture.width, toWidth / scale)
  const fromHeight = Math.min(picture.height, toHeight / scale)
  return {
    to: { left: rect.left + Math.floor((width - toWidth) / 4) * 2, top: rect.top + Math.floor((height - toHeight) / 4) * 2, width: toWidth, height: toHeight },
    from: { left: (picture.width - fromWidth) / 2, top: (picture.height - fromHeight) / 2, width: fromWidth, height: fromHeight },
  }
}

function draw(picture: Picture, { to, from }: { to: Area; from: Area }, mirrored: boolean, width: number, height: number, target: Uint8Array): void {
  const planes = (w: number, h: number): readonly (readonly [offset: number, width: number, share: number])[] => [
    [0, w, 1],
    [w * h, w / 2, 2],
    [w * h * 1.25, w / 2, 2],
  ]
  const source = planes(picture.width, picture.height)
  planes(width, height).forEach(([offset, stride, share], plane) => {
    const [sourceOffset, sourceStride] = source[plane] ?? [0, 0]
    const columns = columnsOf(to.width / share, from.left / share, from.width / share, sourceStride, mirrored)
    const lines = to.height / share
    for (let y = 0; y < lines; y += 1) {
      const sourceLine = Math.min(picture.height / share - 1, Math.floor(from.top / share + ((y + 0.5) * from.height) / share / lines))
      const row = sourceOffset + sourceLine * sourceStride
      const at = offset + (to.top / share + y) * stride + to.left / share
      for (let x = 0; x < columns.length; x += 1) target[at + x] = picture.data[row + (columns[x] ?? 0)] ?? 0
    }
  })
}

function columnsOf(count: number, from: number, width: number, limit: number, mirrored: boolean): Uint16Array {
  const columns = new Uint16Array(count)
  for (let x = 0; x < count; x += 1) {
    const at = mirrored ? count - 1 - x : x
    columns[x] = Math.min(limit - 1, Math.floor(from + ((at + 0.5) * width) / count))
  }
  return columns
}

/** How much there is to see: the luma's variance over a coarse grid; 0 = one flat colour. */
export function lumaVariance({ width, height, data }: Picture): number {
  let sum = 0
  let squares = 0
  let count = 0
  for (let y = 0; y < height; y += 8)
    for (let x = 0; x < width; x += 8) {
      const value = data[y * width + x] ?? 0
      sum += value
      squares += value * value
      count += 1
    }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2
}
