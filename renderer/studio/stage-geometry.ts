import type { Transform } from '../../electron/shared/scene'

/** Which part of a box is held while it is dragged. */
export type Handle = 'move' | 'nw' | 'ne' | 'sw' | 'se'

const SMALLEST = 0.02
const SNAP = 0.012

/** The box after a drag of `dx`, `dy` (shares of the picture), with its edges caught by the picture's edges and middle. Pure. */
export function dragBox(start: Transform, handle: Handle, dx: number, dy: number, snapping: boolean): Pick<Transform, 'x' | 'y' | 'width' | 'height'> {
  let { x, y, width, height } = start
  if (handle === 'move') {
    x += dx
    y += dy
    if (snapping) {
      x = snapEdges(x, width)
      y = snapEdges(y, height)
    }
  } else {
    // A corner keeps the opposite one where it is, and the box in shape.
    const grow = handle.includes('e') ? dx : -dx
    const scale = Math.max(SMALLEST / Math.min(width, height), (width + grow) / width)
    if (handle.includes('w')) x += width - width * scale
    if (handle.includes('n')) y += height - height * scale
    width *= scale
    height *= scale
  }
  return { x: clamp(x, -4, 5), y: clamp(y, -4, 5), width: clamp(width, 0.01, 4), height: clamp(height, 0.01, 4) }
}

function snapEdges(position: number, size: number): number {
  for (const [edge, target] of [
    [position, 0],
    [position + size, 1],
    [position + size / 2, 0.5],
  ] as const) {
    if (Math.abs(edge - target) < SNAP) return position + target - edge
  }
  return position
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.round(value * 10_000) / 10_000))
}
