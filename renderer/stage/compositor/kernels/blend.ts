// Laying one plane over another. Alpha is 0–255 per byte, opacity 0–256. Pictures with alpha are premultiplied, which
// makes scaling them right at transparent edges and costs one multiplication less here.

/** dst = dst × (256 − opacity) + src × opacity. */
export function blendConstant(dst: usize, dstStride: i32, src: usize, srcStride: i32, width: i32, height: i32, opacity: i32): void {
  const a = i16x8.splat(<i16>opacity)
  const b = i16x8.splat(<i16>(256 - opacity))
  const half = i16x8.splat(128)
  for (let y = 0; y < height; y++) {
    let x = 0
    for (; x + 16 <= width; x += 16) {
      const d = v128.load(dst + x)
      const s = v128.load(src + x)
      const low = i16x8.add(i16x8.add(i16x8.mul(i16x8.extend_low_i8x16_u(d), b), i16x8.mul(i16x8.extend_low_i8x16_u(s), a)), half)
      const high = i16x8.add(i16x8.add(i16x8.mul(i16x8.extend_high_i8x16_u(d), b), i16x8.mul(i16x8.extend_high_i8x16_u(s), a)), half)
      v128.store(dst + x, i8x16.narrow_i16x8_u(i16x8.shr_u(low, 8), i16x8.shr_u(high, 8)))
    }
    for (; x < width; x++) {
      store<u8>(dst + x, <u8>((<u32>load<u8>(dst + x) * <u32>(256 - opacity) + <u32>load<u8>(src + x) * <u32>opacity + 128) >> 8))
    }
    dst += dstStride
    src += srcStride
  }
}

/** Exact x / 255, rounded, for x ≤ 65,025. */
@inline
function by255(x: v128): v128 {
  const t = i16x8.add(x, i16x8.splat(128))
  return i16x8.shr_u(i16x8.add(t, i16x8.shr_u(t, 8)), 8)
}

@inline
function by255Scalar(x: u32): u32 {
  const t = x + 128
  return (t + (t >> 8)) >> 8
}

/** dst = dst × (1 − alpha × opacity) + src × opacity; `src` is premultiplied. */
export function blendAlpha(dst: usize, dstStride: i32, src: usize, srcStride: i32, alpha: usize, alphaStride: i32, width: i32, height: i32, opacity: i32): void {
  const o = i16x8.splat(<i16>opacity)
  const half = i16x8.splat(128)
  const all = i16x8.splat(255)
  for (let y = 0; y < height; y++) {
    let x = 0
    for (; x + 8 <= width; x += 8) {
      const a = i16x8.shr_u(i16x8.add(i16x8.mul(v128.load8x8_u(alpha + x), o), half), 8)
      const s = i16x8.shr_u(i16x8.add(i16x8.mul(v128.load8x8_u(src + x), o), half), 8)
      const out = i16x8.add(s, by255(i16x8.mul(v128.load8x8_u(dst + x), i16x8.sub(all, a))))
      v128.store64_lane(dst + x, i8x16.narrow_i16x8_u(out, out), 0)
    }
    for (; x < width; x++) {
      const a = (<u32>load<u8>(alpha + x) * <u32>opacity + 128) >> 8
      const s = (<u32>load<u8>(src + x) * <u32>opacity + 128) >> 8
      const out = s + by255Scalar(<u32>load<u8>(dst + x) * (255 - a))
      store<u8>(dst + x, <u8>(out > 255 ? 255 : out))
    }
    dst += dstStride
    src += srcStride
    alpha += alphaStride
  }
}

/** plane = plane × alpha / 255, in place. */
export function premultiply(plane: usize, stride: i32, alpha: usize, alphaStride: i32, width: i32, height: i32): void {
  for (let y = 0; y < height; y++) {
    let x = 0
    for (; x + 8 <= width; x += 8) {
      const out = by255(i16x8.mul(v128.load8x8_u(plane + x), v128.load8x8_u(alpha + x)))
      v128.store64_lane(plane + x, i8x16.narrow_i16x8_u(out, out), 0)
    }
    for (; x < width; x++) store<u8>(plane + x, <u8>by255Scalar(<u32>load<u8>(plane + x) * load<u8>(alpha + x)))
    plane += stride
    alpha += alphaStride
  }
}
