import type { Wish } from '../../../electron/shared/co-anchor-line'

/** What is asked of a camera, so that no more is captured than is sent. */
export function cameraSize({ maxHeight, maxFps }: Wish): { readonly width: number; readonly height: number; readonly fps: number } {
  const [width, height] = maxHeight > 360 ? [1_280, 720] : [640, 360]
  return { width, height, fps: Math.min(30, maxFps) }
}
