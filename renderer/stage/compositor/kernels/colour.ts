// Into BT.709 limited range. Chroma sits in the middle of its four luma samples, as libyuv (and with it Chromium) has it.

/** Separates the interleaved chroma of NV12. */
export function deinterleave(src: usize, srcStride: i32, width: i32, height: i32, u: usize, v: usize, dstStride: i32): void {
  for (let y = 0; y < height; y++) {
    let x = 0
    for (; x + 16 <= width; x += 16) {
      const a = v128.load(src + 2 * x)
      const b = v128.load(src + 2 * x, 16)
      v128.store(u + x, v128.shuffle<u8>(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30))
      v128.store(v + x, v128.shuffle<u8>(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31))
    }
    for (; x < width; x++) {
      store<u8>(u + x, load<u8>(src + 2 * x))
      store<u8>(v + x, load<u8>(src + 2 * x, 1))
    }
    src += srcStride
    u += dstStride
    v += dstStride
  }
}

@inline
function clampByte(x: i32): u8 {
  return <u8>(x < 0 ? 0 : x > 255 ? 255 : x)
}

// Rounds like i16x8.q15mulr_sat_s, so that the tail of a row equals its middle.
@inline
function q15(a: i32, b: i32): i32 {
  return (a * b + 0x4000) >> 15
}

@inline
function convertLuma(at: usize, change: v128, yGain: v128, yAdd: v128): void {
  const y = v128.load(at)
  const low = i16x8.shl(i16x8.extend_low_i8x16_u(y), 6)
  const high = i16x8.shl(i16x8.extend_high_i8x16_u(y), 6)
  const changeLow = v128.shuffle<u16>(change, change, 0, 0, 1, 1, 2, 2, 3, 3)
  const changeHigh = v128.shuffle<u16>(change, change, 4, 4, 5, 5, 6, 6, 7, 7)
  const outLow = i16x8.add(i16x8.add(low, i16x8.q15mulr_sat_s(low, yGain)), i16x8.add(changeLow, yAdd))
  const outHigh = i16x8.add(i16x8.add(high, i16x8.q15mulr_sat_s(high, yGain)), i16x8.add(changeHigh, yAdd))
  v128.store(at, i8x16.narrow_i16x8_u(i16x8.shr_s(outLow, 6), i16x8.shr_s(outHigh, 6)))
}

/**
 * Y += yGain·Y + yAdd + yu·u + yv·v; U += uu·u + uv·v; V += vu·u + vv·v, where u = U − 128 and v = V − 128; in place.
 * Gains are Q15, `yAdd` is in 64ths and includes the rounding half. Width and height are the luma's; chroma has half, rounded up.
 */
export function convert(
  yPlane: usize, yStride: i32, uPlane: usize, vPlane: usize, cStride: i32, width: i32, height: i32,
  yGain: i32, yAdd: i32, yu: i32, yv: i32, uu: i32, uv: i32, vu: i32, vv: i32,
): void {
  const gain = i16x8.splat(<i16>yGain)
  const add = i16x8.splat(<i16>yAdd)
  const kyu = i16x8.splat(<i16>yu)
  const kyv = i16x8.splat(<i16>yv)
  const kuu = i16x8.splat(<i16>uu)
  const kuv = i16x8.splat(<i16>uv)
  const kvu = i16x8.splat(<i16>vu)
  const kvv = i16x8.splat(<i16>vv)
  const middle = i16x8.splat(128)
  const chromaWidth = (width + 1) >> 1
  const chromaHeight = (height + 1) >> 1
  const wide = width >> 1 & ~7
  for (let cy = 0; cy < chromaHeight; cy++) {
    const rows = min(2, height - 2 * cy)
    let x = 0
    for (; x < wide; x += 8) {
      const u = i16x8.shl(i16x8.sub(v128.load8x8_u(uPlane + x), middle), 8)
      const v = i16x8.shl(i16x8.sub(v128.load8x8_u(vPlane + x), middle), 8)
      const change = i16x8.shr_s(i16x8.add(i16x8.q15mulr_sat_s(u, kyu), i16x8.q15mulr_sat_s(v, kyv)), 2)
      convertLuma(yPlane + 2 * x, change, gain, add)
      if (rows == 2) convertLuma(yPlane + 2 * x + yStride, change, gain, add)
      const changeU = i16x8.add(i16x8.q15mulr_sat_s(u, kuu), i16x8.q15mulr_sat_s(v, kuv))
      const changeV = i16x8.add(i16x8.q15mulr_sat_s(u, kvu), i16x8.q15mulr_sat_s(v, kvv))
      const outU = i16x8.add(i16x8.add(i16x8.shr_s(u, 8), middle), i16x8.shr_s(i16x8.add(changeU, middle), 8))
      const outV = i16x8.add(i16x8.add(i16x8.shr_s(v, 8), middle), i16x8.shr_s(i16x8.add(changeV, middle), 8))
      const packed = i8x16.narrow_i16x8_u(outU, outV)
      v128.store64_lane(uPlane + x, packed, 0)
      v128.store64_lane(vPlane + x, packed, 1)
    }
    for (; x < chromaWidth; x++) {
      const u = (<i32>load<u8>(uPlane + x) - 128) << 8
      const v = (<i32>load<u8>(vPlane + x) - 128) << 8
      const change = (q15(u, yu) + q15(v, yv)) >> 2
      const columns = min(2, width - 2 * x)
      for (let j = 0; j < rows; j++) {
        for (let i = 0; i < columns; i++) {
          const at = yPlane + j * yStride + 2 * x + i
          const y = <i32>load<u8>(at) << 6
          store<u8>(at, clampByte((y + q15(y, yGain) + change + yAdd) >> 6))
        }
      }
      store<u8>(uPlane + x, clampByte((u >> 8) + 128 + ((q15(u, uu) + q15(v, uv) + 128) >> 8)))
      store<u8>(vPlane + x, clampByte((v >> 8) + 128 + ((q15(u, vu) + q15(v, vv) + 128) >> 8)))
    }
    yPlane += 2 * yStride
    uPlane += cStride
    vPlane += cStride
  }
}

// BT.709 limited range from 8-bit RGB, in 256ths. The chroma rows sum to 0 so that grey stays grey.
const Y_R = 47, Y_G = 157, Y_B = 16
const U_R = -26, U_G = -86, U_B = 112
const V_R = 112, V_G = -102, V_B = -10

@inline
function lumaOf(first: v128, second: v128, third: v128, kFirst: v128, kThird: v128): v128 {
  const sum = i16x8.add(i16x8.add(i16x8.mul(first, kFirst), i16x8.mul(second, i16x8.splat(<i16>Y_G))), i16x8.mul(third, kThird))
  return i16x8.add(i16x8.shr_u(i16x8.add(sum, i16x8.splat(128)), 8), i16x8.splat(16))
}

@inline
function chromaOf(first: v128, second: v128, third: v128, kFirst: v128, kSecond: v128, kThird: v128): v128 {
  const sum = i16x8.add(i16x8.add(i16x8.mul(first, kFirst), i16x8.mul(second, kSecond)), i16x8.mul(third, kThird))
  return i16x8.add(i16x8.shr_s(i16x8.add(sum, i16x8.splat(128)), 8), i16x8.splat(128))
}

/** Opaque RGBA (`bgr` = false) or BGRA to I420. Chroma is the mean of the two-by-two block, at odd edges of what there is. */
export function rgbToI420(src: usize, srcStride: i32, width: i32, height: i32, yPlane: usize, yStride: i32, uPlane: usize, vPlane: usize, cStride: i32, bgr: bool): void {
  const y1 = bgr ? Y_B : Y_R, y3 = bgr ? Y_R : Y_B
  const u1 = bgr ? U_B : U_R, u3 = bgr ? U_R : U_B
  const v1 = bgr ? V_B : V_R, v3 = bgr ? V_R : V_B
  const ky1 = i16x8.splat(<i16>y1), ky3 = i16x8.splat(<i16>y3)
  const ku1 = i16x8.splat(<i16>u1), ku2 = i16x8.splat(<i16>U_G), ku3 = i16x8.splat(<i16>u3)
  const kv1 = i16x8.splat(<i16>v1), kv2 = i16x8.splat(<i16>V_G), kv3 = i16x8.splat(<i16>v3)
  const two = i16x8.splat(2)
  for (let cy = 0; cy < (height + 1) >> 1; cy++) {
    const rows = min(2, height - 2 * cy)
    const top = src + 2 * cy * srcStride
    const yRow = yPlane + 2 * cy * yStride
    const uRow = uPlane + cy * cStride
    const vRow = vPlane + cy * cStride
    let x = 0
    for (; x + 16 <= width; x += 16) {
      let sum1 = i16x8.splat(0), sum2 = i16x8.splat(0), sum3 = i16x8.splat(0)
      for (let j = 0; j < 2; j++) {
        const line = min(j, rows - 1)
        const at = top + line * srcStride + 4 * x
        const p0 = v128.load(at), p1 = v128.load(at, 16), p2 = v128.load(at, 32), p3 = v128.load(at, 48)
        // Transposes sixteen pixels into channels: pairs first, then halves.
        const a = v128.shuffle<u8>(p0, p1, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29)
        const b = v128.shuffle<u8>(p2, p3, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29)
        const c = v128.shuffle<u8>(p0, p1, 2, 6, 10, 14, 18, 22, 26, 30, 2, 6, 10, 14, 18, 22, 26, 30)
        const d = v128.shuffle<u8>(p2, p3, 2, 6, 10, 14, 18, 22, 26, 30, 2, 6, 10, 14, 18, 22, 26, 30)
        const low = lumaOf(i16x8.extend_low_i8x16_u(a), i16x8.extend_high_i8x16_u(a), i16x8.extend_low_i8x16_u(c), ky1, ky3)
        const high = lumaOf(i16x8.extend_low_i8x16_u(b), i16x8.extend_high_i8x16_u(b), i16x8.extend_low_i8x16_u(d), ky1, ky3)
        v128.store(yRow + line * yStride + x, i8x16.narrow_i16x8_u(low, high))
        sum1 = i16x8.add(sum1, i16x8.extadd_pairwise_i8x16_u(v128.shuffle<u64>(a, b, 0, 2)))
        sum2 = i16x8.add(sum2, i16x8.extadd_pairwise_i8x16_u(v128.shuffle<u64>(a, b, 1, 3)))
        sum3 = i16x8.add(sum3, i16x8.extadd_pairwise_i8x16_u(v128.shuffle<u64>(c, d, 0, 2)))
      }
      const m1 = i16x8.shr_u(i16x8.add(sum1, two), 2)
      const m2 = i16x8.shr_u(i16x8.add(sum2, two), 2)
      const m3 = i16x8.shr_u(i16x8.add(sum3, two), 2)
      const packed = i8x16.narrow_i16x8_u(chromaOf(m1, m2, m3, ku1, ku2, ku3), chromaOf(m1, m2, m3, kv1, kv2, kv3))
      v128.store64_lane(uRow + (x >> 1), packed, 0)
      v128.store64_lane(vRow + (x >> 1), packed, 1)
    }
    for (; x < width; x += 2) {
      const columns = min(2, width - x)
      let s1 = 0, s2 = 0, s3 = 0
      for (let j = 0; j < rows; j++) {
        for (let i = 0; i < columns; i++) {
          const at = top + j * srcStride + 4 * (x + i)
          const c1 = <i32>load<u8>(at), c2 = <i32>load<u8>(at, 1), c3 = <i32>load<u8>(at, 2)
          store<u8>(yRow + j * yStride + x + i, <u8>(((c1 * y1 + c2 * Y_G + c3 * y3 + 128) >> 8) + 16))
          s1 += c1
          s2 += c2
          s3 += c3
        }
      }
      const n = rows * columns
      s1 = (s1 + (n >> 1)) / n
      s2 = (s2 + (n >> 1)) / n
      s3 = (s3 + (n >> 1)) / n
      store<u8>(uRow + (x >> 1), <u8>(((s1 * u1 + s2 * U_G + s3 * u3 + 128) >> 8) + 128))
      store<u8>(vRow + (x >> 1), <u8>(((s1 * v1 + s2 * V_G + s3 * v3 + 128) >> 8) + 128))
    }
  }
}
