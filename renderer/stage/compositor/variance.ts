import type { Picture } from './contract'
import { yuvOf } from './colour'
import { isStill } from './picture-store'
import { copyRect } from './planes'

/** Samples per axis: enough to tell a black or covered camera from a picture. */
const GRID = 32

/** Positions in the middle of a grid's cells. */
function grid(size: number): number[] {
  const count = Math.min(GRID, size)
  return Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * size) / count))
}

function varianceOf(samples: readonly number[]): number {
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length
  return samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / samples.length
}

function ofRgba(data: ArrayLike<number>, width: number, height: number): number {
  const at = (x: number, y: number, channel: number): number => data[4 * (y * width + x) + channel] ?? 0
  return varianceOf(grid(height).flatMap((y) => grid(width).map((x) => yuvOf(at(x, y, 0), at(x, y, 1), at(x, y, 2))[0])))
}

/** Luma variance of a picture on a coarse grid, in squared 8-bit steps. */
export async function variance(picture: Picture): Promise<number> {
  if (isStill(picture)) return ofRgba(picture.data, picture.width, picture.height)
  const { width, height } = picture.visibleRect ?? { width: picture.codedWidth, height: picture.codedHeight }
  switch (picture.format) {
    case 'I420':
    case 'I420A':
    case 'NV12': {
      const options = copyRect(picture)
      const data = new Uint8Array(picture.allocationSize(options))
      // Read from a clone: the owner may close the frame in the meantime.
      const frame = picture.clone()
      const [luma] = await frame.copyTo(data, options).finally(() => frame.close())
      const { offset, stride } = luma ?? { offset: 0, stride: width }
      return varianceOf(grid(height).flatMap((y) => grid(width).map((x) => data[offset + y * stride + x] ?? 0)))
    }
    default: {
      // Every other format can at least be drawn.
      const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true, alpha: false })
      if (!context) throw new Error('no 2D canvas')
      context.drawImage(picture, 0, 0, width, height)
      return ofRgba(context.getImageData(0, 0, width, height).data, width, height)
    }
  }
}
