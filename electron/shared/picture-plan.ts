import type { Wish } from './co-anchor-line'

/** Before the other side has said what it has a use for. */
export const FIRST_WISH: Wish = { maxHeight: 360, maxFps: 30 }

const BITS_AT_360P30 = 800_000
const LEAST_BITS = 150_000
const MOST_BITS = 2_500_000

export interface PicturePlan {
  /** 1 … : how much smaller than the camera's picture. */
  readonly scaleResolutionDownBy: number
  readonly maxFramerate: number
  /** Bits a second. */
  readonly maxBitrate: number
}

/** What is sent of a picture. @param height of the picture, pixels; 0 = not known yet */
export function picturePlan({ maxHeight, maxFps }: Wish, height: number): PicturePlan {
  const sent = height > 0 ? Math.min(height, maxHeight) : maxHeight
  // More pixels need fewer bits each.
  const bits = BITS_AT_360P30 * Math.pow(sent / 360, 1.4) * (maxFps / 30)
  return {
    scaleResolutionDownBy: height > maxHeight ? height / maxHeight : 1,
    maxFramerate: maxFps,
    maxBitrate: Math.round(Math.min(MOST_BITS, Math.max(LEAST_BITS, bits))),
  }
}
