import type { Transform } from '../../../electron/shared/scene'
import type { Box } from '../../../electron/shared/seat-layout'
import { intersect, type Rect } from './rect'

export interface Size {
  readonly width: number
  readonly height: number
}

/**
 * One of the eight ways to lay a picture down. `transpose` comes first (x and y of the source change places), then the
 * flips, which are along the program's axes.
 */
export interface Orientation {
  readonly transpose: boolean
  readonly flipX: boolean
  readonly flipY: boolean
}

/** Where a layer stands: the part of the source that is seen, the way round, and its box in the program. */
export interface Placement {
  /** In source pixels, with fractions. */
  readonly source: Rect
  readonly orientation: Orientation
  /** Even; may reach outside the program. */
  readonly target: Rect
  /** What of `target` is seen. */
  readonly clip: Rect
}

const even = (value: number): number => 2 * Math.round(value / 2)

/** In the program, and even: chroma follows. */
function evenRect(box: Box, { width, height }: Size): Rect {
  const x = Math.max(0, even(box.x * width))
  const y = Math.max(0, even(box.y * height))
  return { x, y, width: Math.min(width, even((box.x + box.width) * width)) - x, height: Math.min(height, even((box.y + box.height) * height)) - y }
}

export function orientationOf({ rotation, mirrorX, mirrorY }: Pick<Transform, 'rotation' | 'mirrorX' | 'mirrorY'>): Orientation {
  // Mirrors are along the source's axes, before the rotation: after a quarter turn they act on the other axis.
  switch (rotation) {
    case 0:
      return { transpose: false, flipX: mirrorX, flipY: mirrorY }
    case 90:
      return { transpose: true, flipX: !mirrorY, flipY: mirrorX }
    case 180:
      return { transpose: false, flipX: !mirrorX, flipY: !mirrorY }
    case 270:
      return { transpose: true, flipX: mirrorY, flipY: !mirrorX }
  }
}

/** The part that `cover` keeps: the middle of `source` with the box's proportions. */
function coverSource(source: Rect, boxAspect: number): Rect {
  const aspect = source.width / source.height
  if (aspect > boxAspect) {
    const width = source.height * boxAspect
    return { ...source, x: source.x + (source.width - width) / 2, width }
  }
  const height = source.width / boxAspect
  return { ...source, y: source.y + (source.height - height) / 2, height }
}

/**
 * @param picture size of the source's visible pixels
 * @param within what of the program the layer may cover
 * @returns null when nothing of the layer can be seen
 */
export function place(transform: Transform, picture: Size, program: Size, within?: Box): Placement | null {
  const { crop } = transform
  let source: Rect = {
    x: crop.left * picture.width,
    y: crop.top * picture.height,
    width: (1 - crop.left - crop.right) * picture.width,
    height: (1 - crop.top - crop.bottom) * picture.height,
  }
  // Less than a pixel is nothing; half a pixel of tolerance keeps a 1 × 1 picture.
  if (source.width < 0.5 || source.height < 0.5 || transform.opacity <= 0) return null

  const orientation = orientationOf(transform)
  const box: Rect = {
    x: transform.x * program.width,
    y: transform.y * program.height,
    width: transform.width * program.width,
    height: transform.height * program.height,
  }
  let target = box
  const aspect = orientation.transpose ? source.height / source.width : source.width / source.height
  if (transform.fit === 'contain') {
    const width = Math.min(box.width, box.height * aspect)
    const height = Math.min(box.height, box.width / aspect)
    target = { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height }
  } else if (transform.fit === 'cover') {
    source = coverSource(source, orientation.transpose ? box.height / box.width : box.width / box.height)
  }

  const x = even(target.x)
  const y = even(target.y)
  const snapped: Rect = {
    x,
    y,
    width: Math.max(2, even(target.x + target.width) - x),
    height: Math.max(2, even(target.y + target.height) - y),
  }
  const clip = intersect(snapped, within === undefined ? { x: 0, y: 0, width: program.width, height: program.height } : evenRect(within, program))
  return clip && { source, orientation, target: snapped, clip }
}

/**
 * Where the picture's own pixels can be used as they are: pixel (x, y) of the clip is pixel (x + dx, y + dy) of the picture, at chroma resolution
 * too. null = something has to be turned or scaled.
 */
export function untouched({ source, orientation, target, clip }: Placement): { readonly dx: number; readonly dy: number } | null {
  const { transpose, flipX, flipY } = orientation
  if (transpose || flipX || flipY || source.width !== target.width || source.height !== target.height) return null
  if (source.x % 2 !== 0 || source.y % 2 !== 0) return null
  return { dx: source.x + clip.x - target.x, dy: source.y + clip.y - target.y }
}

/** Equal strings = equal geometry. */
export function placementKey({ source: s, orientation: o, target: t, clip: c }: Placement): string {
  return [s.x, s.y, s.width, s.height, t.x, t.y, t.width, t.height, c.x, c.y, c.width, c.height, o.transpose, o.flipX, o.flipY].join(' ')
}
