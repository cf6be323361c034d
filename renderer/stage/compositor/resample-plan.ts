import type { Orientation } from './layout'
import type { Rect } from './rect'

/** Bytes per entry of the tables that `kernels/resample.ts` reads. */
export const ROW_ENTRY = 16
export const COLUMN_ENTRY = 64

/** Weights are in 128ths. */
const ONE = 128

/** One output position of an axis: the two source positions and the share of the second, 0–127. */
interface Tap {
  readonly first: number
  readonly second: number
  readonly weight: number
}

/** A box average before the bilinear step: over pairs of columns, of rows, or both. */
export interface Halving {
  readonly acrossX: boolean
  readonly acrossY: boolean
}

/** How one plane gets from the source to the program; numbers only, made once per geometry. */
export interface PlanePlan {
  /** Whole source pixels that are read. */
  readonly region: Rect
  readonly halvings: readonly Halving[]
  readonly transpose: boolean
  /** Output pixels. */
  readonly width: number
  readonly height: number
  /** First column of the (halved, transposed) region that the tables refer to, and how many from there on. */
  readonly spanStart: number
  readonly span: number
  /** 0 = columns map one to one. */
  readonly groups: number
  readonly columns: Uint8Array<ArrayBuffer>
  /** Row offsets in rows, still to be multiplied by the stride: the stride is known when the plan is loaded. */
  readonly rows: readonly Tap[]
}

interface Axis {
  /** Of the part that is shown, in pixels of the (halved) region. */
  readonly start: number
  readonly end: number
  /** Pixels the region has. */
  readonly size: number
  readonly flip: boolean
  /** Output size of the whole box, and the part of it that is made. */
  readonly total: number
  readonly from: number
  readonly count: number
}

/** Pixel centres of the output mapped to the source; positions beyond the shown part repeat its edge. */
function taps({ start, end, size, flip, total, from, count }: Axis): Tap[] {
  const step = (end - start) / total
  return Array.from({ length: count }, (_, index) => {
    const place = (from + index + 0.5) * step
    const position = Math.min(size - 1, Math.max(0, (flip ? end - place : start + place) - 0.5))
    let first = Math.floor(position)
    let weight = Math.round((position - first) * ONE)
    if (weight === ONE) {
      first += 1
      weight = 0
    }
    return { first, second: weight === 0 ? first : first + 1, weight }
  })
}

function columnTable(columns: readonly Tap[], spanStart: number): Uint8Array<ArrayBuffer> {
  const width = columns.length
  const groups = Math.ceil(width / 8)
  const table = new DataView(new ArrayBuffer(groups * COLUMN_ENTRY))
  for (let group = 0; group < groups; group++) {
    // The last group overlaps the one before, so that all eight lanes are real pixels.
    const x = width < 8 ? 0 : Math.min(group * 8, width - 8)
    const lanes = columns.slice(x, x + 8)
    const base = lanes.reduce((least, tap) => Math.min(least, tap.first), Infinity)
    const at = group * COLUMN_ENTRY
    table.setUint32(at, base - spanStart, true)
    table.setUint32(at + 4, x, true)
    for (let lane = 0; lane < 8; lane++) {
      const tap = lanes[lane]
      // Index 255 is out of range for the swizzle, which then gives 0: the high byte of each 16-bit lane.
      table.setUint16(at + 16 + 2 * lane, 0xff00 | (tap ? tap.first - base : 0), true)
      table.setUint16(at + 32 + 2 * lane, 0xff00 | (tap ? tap.second - base : 0), true)
      table.setInt16(at + 48 + 2 * lane, tap?.weight ?? 0, true)
    }
  }
  return new Uint8Array(table.buffer)
}

function isShift(list: readonly Tap[]): boolean {
  const start = list[0]?.first ?? 0
  return list.every((tap, index) => tap.weight === 0 && tap.first === start + index)
}

/**
 * @param plane size of the source plane
 * @param source what is shown of it, in its own pixels
 * @param target size of the whole box in output pixels of this plane
 * @param part what of the box is made, relative to it
 */
export function planPlane(
  plane: { readonly width: number; readonly height: number },
  source: Rect,
  orientation: Orientation,
  target: { readonly width: number; readonly height: number },
  part: Rect,
): PlanePlan {
  const left = Math.min(plane.width - 1, Math.max(0, Math.floor(source.x + 1e-6)))
  const top = Math.min(plane.height - 1, Math.max(0, Math.floor(source.y + 1e-6)))
  const region: Rect = {
    x: left,
    y: top,
    width: Math.min(plane.width, Math.max(left + 1, Math.ceil(source.x + source.width - 1e-6))) - left,
    height: Math.min(plane.height, Math.max(top + 1, Math.ceil(source.y + source.height - 1e-6))) - top,
  }
  let shown: Rect = { ...source, x: source.x - left, y: source.y - top }
  let { width, height } = region
  const outWidth = orientation.transpose ? target.height : target.width
  const outHeight = orientation.transpose ? target.width : target.height
  const halvings: Halving[] = []
  for (;;) {
    // At exactly 2 the average is what bilinear would give, and cheaper.
    const acrossX = shown.width / outWidth >= 2
    const acrossY = shown.height / outHeight >= 2
    if (!acrossX && !acrossY) break
    halvings.push({ acrossX, acrossY })
    if (acrossX) {
      shown = { ...shown, x: shown.x / 2, width: shown.width / 2 }
      width = (width + 1) >> 1
    }
    if (acrossY) {
      shown = { ...shown, y: shown.y / 2, height: shown.height / 2 }
      height = (height + 1) >> 1
    }
  }
  const across = { start: shown.x, end: shown.x + shown.width, size: width }
  const down = { start: shown.y, end: shown.y + shown.height, size: height }
  const columns = taps({
    ...(orientation.transpose ? down : across),
    flip: orientation.flipX,
    total: target.width,
    from: part.x,
    count: part.width,
  })
  const rows = taps({
    ...(orientation.transpose ? across : down),
    flip: orientation.flipY,
    total: target.height,
    from: part.y,
    count: part.height,
  })
  const spanStart = columns.reduce((least, tap) => Math.min(least, tap.first), Infinity)
  const spanEnd = columns.reduce((most, tap) => Math.max(most, tap.second), 0) + 1
  const table = isShift(columns) ? new Uint8Array(0) : columnTable(columns, spanStart)
  return {
    region,
    halvings,
    transpose: orientation.transpose,
    width: part.width,
    height: part.height,
    spanStart,
    span: spanEnd - spanStart,
    groups: table.length / COLUMN_ENTRY,
    columns: table,
    rows,
  }
}

export function rowTable(rows: readonly Tap[], stride: number): Uint8Array<ArrayBuffer> {
  const table = new DataView(new ArrayBuffer(rows.length * ROW_ENTRY))
  rows.forEach((tap, index) => {
    table.setUint32(index * ROW_ENTRY, tap.first * stride, true)
    table.setUint32(index * ROW_ENTRY + 4, tap.second * stride, true)
    table.setInt32(index * ROW_ENTRY + 8, tap.weight, true)
  })
  return new Uint8Array(table.buffer)
}
