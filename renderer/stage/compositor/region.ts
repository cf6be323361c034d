import type { Planes } from './planes'
import type { Rect } from './rect'
import type { Plane } from './resampler'

function part({ at, stride }: Plane, rect: Rect): Plane {
  return { at: at + rect.y * stride + rect.x, stride, width: rect.width, height: rect.height }
}

/** The same memory, seen through a rectangle with even position and size. */
export function regionOf({ y, u, v, alpha }: Planes, rect: Rect): Planes {
  const half: Rect = { x: rect.x / 2, y: rect.y / 2, width: rect.width / 2, height: rect.height / 2 }
  return {
    y: part(y, rect),
    u: part(u, half),
    v: part(v, half),
    alpha: alpha && { luma: part(alpha.luma, rect), chroma: part(alpha.chroma, half) },
  }
}
