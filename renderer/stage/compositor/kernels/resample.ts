// Scaling. Bilinear with 7-bit weights, in two passes per output row: blend two source rows over the span that is
// needed, then pick left and right neighbours with a byte swizzle. Eight output pixels need at most sixteen source
// bytes as long as the step is at most 2, so a step of 2 or more is halved (a box average) first, which bilinear alone
// would alias. The tables come from `resample.ts` of the engine; strides and positions are bytes.

/** Bytes of one entry of the row table: offset of the upper row, offset of the lower row, weight of the lower row 0–127. */
const ROW_ENTRY: usize = 16
/** Bytes of one entry of the column table: source offset, output offset, then left, right (swizzle) and weights. */
const COLUMN_ENTRY: usize = 64

@inline
function mix(a: v128, b: v128, weight: v128): v128 {
  return i16x8.add(a, i16x8.shr_s(i16x8.add(i16x8.mul(i16x8.sub(b, a), weight), i16x8.splat(64)), 7))
}

function mixRows(upper: usize, lower: usize, weight: i32, out: usize, span: i32): void {
  const w = i16x8.splat(<i16>weight)
  for (let x: usize = 0; x < <usize>span; x += 16) {
    const a = v128.load(upper + x)
    const b = v128.load(lower + x)
    v128.store(
      out + x,
      i8x16.narrow_i16x8_u(
        mix(i16x8.extend_low_i8x16_u(a), i16x8.extend_low_i8x16_u(b), w),
        mix(i16x8.extend_high_i8x16_u(a), i16x8.extend_high_i8x16_u(b), w),
      ),
    )
  }
}

/**
 * Scales one plane. `groups` = 0: columns map one to one, `width` bytes are copied. Otherwise `width` ≥ 8 is covered
 * by groups of eight (the last one overlaps), `width` < 8 by one group of which `width` bytes are written.
 * `line` has room for `span` + 16 bytes.
 */
export function scale(src: usize, rowTable: usize, rows: i32, columnTable: usize, groups: i32, width: i32, span: i32, line: usize, dst: usize, dstStride: i32): void {
  for (let y = 0; y < rows; y++) {
    const upper = src + load<u32>(rowTable)
    const weight = load<i32>(rowTable, 8)
    let row = upper
    if (weight != 0) {
      mixRows(upper, src + load<u32>(rowTable, 4), weight, line, span)
      row = line
    }
    if (groups == 0) {
      memory.copy(dst, row, width)
    } else {
      let entry = columnTable
      for (let g = 0; g < groups; g++) {
        const bytes = v128.load(row + load<u32>(entry))
        const out = mix(i8x16.swizzle(bytes, v128.load(entry, 16)), i8x16.swizzle(bytes, v128.load(entry, 32)), v128.load(entry, 48))
        const packed = i8x16.narrow_i16x8_u(out, out)
        const to = dst + load<u32>(entry, 4)
        if (width >= 8) {
          v128.store64_lane(to, packed, 0)
        } else {
          let rest = i64x2.extract_lane(packed, 0)
          for (let i = 0; i < width; i++) {
            store<u8>(to + i, <u8>rest)
            rest = rest >> 8
          }
        }
        entry += COLUMN_ENTRY
      }
    }
    rowTable += ROW_ENTRY
    dst += dstStride
  }
}

/** Averages pairs of columns and rows (`acrossX`, `acrossY`: which). The last odd column or row is averaged with itself. */
export function halve(src: usize, srcStride: i32, width: i32, height: i32, dst: usize, dstStride: i32, acrossX: bool, acrossY: bool): void {
  const outHeight = acrossY ? (height + 1) >> 1 : height
  const full = acrossX ? width >> 1 : width
  for (let y = 0; y < outHeight; y++) {
    const upper = src + (acrossY ? 2 * y : y) * srcStride
    const lower = acrossY && 2 * y + 1 < height ? upper + srcStride : upper
    let x = 0
    if (acrossX) {
      const two = i16x8.splat(2)
      for (; x + 8 <= full; x += 8) {
        const sum = i16x8.add(i16x8.extadd_pairwise_i8x16_u(v128.load(upper + 2 * x)), i16x8.extadd_pairwise_i8x16_u(v128.load(lower + 2 * x)))
        const out = i16x8.shr_u(i16x8.add(sum, two), 2)
        v128.store64_lane(dst + x, i8x16.narrow_i16x8_u(out, out), 0)
      }
      for (; x < full; x++) {
        store<u8>(dst + x, <u8>((<u32>load<u8>(upper + 2 * x) + load<u8>(upper + 2 * x, 1) + load<u8>(lower + 2 * x) + load<u8>(lower + 2 * x, 1) + 2) >> 2))
      }
      if (width & 1) store<u8>(dst + x, <u8>((<u32>load<u8>(upper + 2 * x) + load<u8>(lower + 2 * x) + 1) >> 1))
    } else {
      for (; x + 16 <= full; x += 16) v128.store(dst + x, i8x16.avgr_u(v128.load(upper + x), v128.load(lower + x)))
      for (; x < full; x++) store<u8>(dst + x, <u8>((<u32>load<u8>(upper + x) + load<u8>(lower + x) + 1) >> 1))
    }
    dst += dstStride
  }
}

@inline
function transpose8(src: usize, srcStride: i32, dst: usize, dstStride: i32): void {
  const r0 = v128.load64_zero(src)
  const r1 = v128.load64_zero(src + srcStride)
  const r2 = v128.load64_zero(src + 2 * srcStride)
  const r3 = v128.load64_zero(src + 3 * srcStride)
  const r4 = v128.load64_zero(src + 4 * srcStride)
  const r5 = v128.load64_zero(src + 5 * srcStride)
  const r6 = v128.load64_zero(src + 6 * srcStride)
  const r7 = v128.load64_zero(src + 7 * srcStride)
  const a0 = v128.shuffle<u8>(r0, r1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
  const a1 = v128.shuffle<u8>(r2, r3, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
  const a2 = v128.shuffle<u8>(r4, r5, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
  const a3 = v128.shuffle<u8>(r6, r7, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
  const b0 = v128.shuffle<u16>(a0, a1, 0, 8, 1, 9, 2, 10, 3, 11)
  const b1 = v128.shuffle<u16>(a0, a1, 4, 12, 5, 13, 6, 14, 7, 15)
  const b2 = v128.shuffle<u16>(a2, a3, 0, 8, 1, 9, 2, 10, 3, 11)
  const b3 = v128.shuffle<u16>(a2, a3, 4, 12, 5, 13, 6, 14, 7, 15)
  const c0 = v128.shuffle<u32>(b0, b2, 0, 4, 1, 5)
  const c1 = v128.shuffle<u32>(b0, b2, 2, 6, 3, 7)
  const c2 = v128.shuffle<u32>(b1, b3, 0, 4, 1, 5)
  const c3 = v128.shuffle<u32>(b1, b3, 2, 6, 3, 7)
  v128.store64_lane(dst, c0, 0)
  v128.store64_lane(dst + dstStride, c0, 1)
  v128.store64_lane(dst + 2 * dstStride, c1, 0)
  v128.store64_lane(dst + 3 * dstStride, c1, 1)
  v128.store64_lane(dst + 4 * dstStride, c2, 0)
  v128.store64_lane(dst + 5 * dstStride, c2, 1)
  v128.store64_lane(dst + 6 * dstStride, c3, 0)
  v128.store64_lane(dst + 7 * dstStride, c3, 1)
}

/** dst(y, x) = src(x, y). `width` and `height` are the source's. */
export function transpose(src: usize, srcStride: i32, width: i32, height: i32, dst: usize, dstStride: i32): void {
  const wide = width & ~7
  const high = height & ~7
  for (let y = 0; y < high; y += 8) {
    for (let x = 0; x < wide; x += 8) transpose8(src + y * srcStride + x, srcStride, dst + x * dstStride + y, dstStride)
  }
  for (let y = 0; y < height; y++) {
    for (let x = y < high ? wide : 0; x < width; x++) store<u8>(dst + x * dstStride + y, load<u8>(src + y * srcStride + x))
  }
}

export function copy(src: usize, srcStride: i32, dst: usize, dstStride: i32, width: i32, height: i32): void {
  for (let y = 0; y < height; y++) {
    memory.copy(dst, src, width)
    src += srcStride
    dst += dstStride
  }
}

export function fill(dst: usize, dstStride: i32, width: i32, height: i32, value: i32): void {
  for (let y = 0; y < height; y++) {
    memory.fill(dst, <u8>value, width)
    dst += dstStride
  }
}
