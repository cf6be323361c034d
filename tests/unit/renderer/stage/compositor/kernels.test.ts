import { beforeAll, describe, expect, it } from 'vitest'
import { conversionFrom, yuvOf } from '../../../../../renderer/stage/compositor/colour'
import { createKernels, type KernelInstance } from '../../../../../renderer/stage/compositor/kernel-memory'
import { GuardedPlane } from './guarded'
import { randomBytes, randomFrom, worst } from './random'

let instance: KernelInstance
beforeAll(async () => {
  instance = await createKernels()
})

/** Sizes around the vector widths, odd ones, and the smallest. */
const SIZES = [
  [1, 1],
  [2, 2],
  [7, 3],
  [8, 8],
  [9, 5],
  [15, 16],
  [16, 2],
  [17, 9],
  [31, 7],
  [33, 12],
  [50, 21],
] as const

const half = (size: number): number => Math.ceil(size / 2)

describe.each(SIZES)('kernels on %i × %i', (width, height) => {
  const pixels = (seed: number): Uint8Array => randomBytes(width * height, seed)
  const plane = (seed: number): GuardedPlane => new GuardedPlane(instance, width, height, seed).write(pixels(seed))

  it('transpose', () => {
    const out = new GuardedPlane(instance, height, width, 2)
    const source = plane(1)
    instance.kernels.transpose(source.at, source.stride, width, height, out.at, out.stride)
    const want = Uint8Array.from({ length: width * height }, (_, at) => pixels(1)[(at % height) * width + Math.floor(at / height)] ?? 0)
    expect(out.read()).toEqual(want)
    expect(out.spilled()).toBe(0)
  })

  it.each([
    [true, true],
    [true, false],
    [false, true],
  ])('halve across x %s, y %s', (acrossX, acrossY) => {
    const source = plane(3)
    const out = new GuardedPlane(instance, acrossX ? half(width) : width, acrossY ? half(height) : height, 4)
    instance.kernels.halve(source.at, source.stride, width, height, out.at, out.stride, acrossX, acrossY)
    const want = Float64Array.from({ length: out.width * out.height }, (_, at) => {
      const [x, y] = [at % out.width, Math.floor(at / out.width)]
      const columns = acrossX ? [2 * x, Math.min(width - 1, 2 * x + 1)] : [x, x]
      const rows = acrossY ? [2 * y, Math.min(height - 1, 2 * y + 1)] : [y, y]
      return rows.flatMap((row) => columns.map((column) => pixels(3)[row * width + column] ?? 0)).reduce((sum, value) => sum + value, 0) / 4
    })
    expect(worst(out.read(), want)).toBeLessThanOrEqual(0.5)
    expect(out.spilled()).toBe(0)
  })

  it('copy and fill', () => {
    const [source, out] = [plane(5), plane(6)]
    instance.kernels.copy(source.at, source.stride, out.at, out.stride, width, height)
    expect(out.read()).toEqual(pixels(5))
    instance.kernels.fill(out.at, out.stride, width, height, 16)
    expect(out.read()).toEqual(new Uint8Array(width * height).fill(16))
    expect(out.spilled()).toBe(0)
  })

  it.each([1, 77, 128, 255, 256])('blendConstant at opacity %i', (opacity) => {
    const [source, out] = [plane(7), plane(8)]
    instance.kernels.blendConstant(out.at, out.stride, source.at, source.stride, width, height, opacity)
    const want = pixels(8).map((value, at) => (value * (256 - opacity) + (pixels(7)[at] ?? 0) * opacity + 128) >> 8)
    expect(out.read()).toEqual(want)
    expect(out.spilled()).toBe(0)
  })

  it.each([64, 256])('blendAlpha at opacity %i, with premultiply', (opacity) => {
    const [source, alpha, out] = [plane(9), plane(10), plane(11)]
    instance.kernels.premultiply(source.at, source.stride, alpha.at, alpha.stride, width, height)
    instance.kernels.blendAlpha(out.at, out.stride, source.at, source.stride, alpha.at, alpha.stride, width, height, opacity)
    const want = Float64Array.from(pixels(11), (value, at) => {
      const a = ((pixels(10)[at] ?? 0) / 255) * (opacity / 256)
      return value * (1 - a) + (pixels(9)[at] ?? 0) * a
    })
    expect(worst(out.read(), want)).toBeLessThanOrEqual(1.6)
    expect(source.spilled() + out.spilled()).toBe(0)
  })

  it('blendAlpha leaves what is under nothing, and replaces what is under everything', () => {
    const [source, alpha, out] = [plane(12), plane(13), plane(14)]
    const draw = (value: number): Uint8Array => {
      alpha.write(new Uint8Array(width * height).fill(value))
      source.write(value === 0 ? new Uint8Array(width * height) : pixels(12))
      instance.kernels.blendAlpha(out.at, out.stride, source.at, source.stride, alpha.at, alpha.stride, width, height, 256)
      return out.read()
    }
    expect(draw(0)).toEqual(pixels(14))
    expect(draw(255)).toEqual(pixels(12))
  })

  it('deinterleave', () => {
    const source = new GuardedPlane(instance, 2 * width, height, 15).write(randomBytes(2 * width * height, 15))
    const [u, v] = [plane(16), plane(17)]
    instance.kernels.deinterleave(source.at, source.stride, width, height, u.at, v.at, u.stride)
    const both = source.read()
    expect(u.read()).toEqual(both.filter((_, at) => at % 2 === 0))
    expect(v.read()).toEqual(both.filter((_, at) => at % 2 === 1))
    expect(u.spilled() + v.spilled()).toBe(0)
  })

  it.each([false, true])('rgbToI420, BGRA %s', (bgr) => {
    const rgba = randomBytes(4 * width * height, 18)
    const source = new GuardedPlane(instance, 4 * width, height, 18, 8).write(rgba)
    const [cw, ch] = [half(width), half(height)]
    const [y, u, v] = [new GuardedPlane(instance, width, height, 19), new GuardedPlane(instance, cw, ch, 20), new GuardedPlane(instance, cw, ch, 21)]
    instance.kernels.rgbToI420(source.at, source.stride, width, height, y.at, y.stride, u.at, v.at, u.stride, bgr)
    // The standard's weights, not the kernel's rounded ones.
    const luma = (r: number, g: number, b: number): number => 0.2126 * r + 0.7152 * g + 0.0722 * b
    const rgb = (x: number, row: number): [number, number, number] => {
      const at = 4 * (row * width + x)
      const [a, b, c] = [rgba[at] ?? 0, rgba[at + 1] ?? 0, rgba[at + 2] ?? 0]
      return bgr ? [c, b, a] : [a, b, c]
    }
    expect(
      worst(
        y.read(),
        Float64Array.from({ length: width * height }, (_, at) => 16 + (luma(...rgb(at % width, Math.floor(at / width))) * 219) / 255),
      ),
    ).toBeLessThanOrEqual(1.5)
    const chroma = (blue: boolean): Float64Array =>
      Float64Array.from({ length: cw * ch }, (_, at) => {
        const [cx, cy] = [at % cw, Math.floor(at / cw)]
        const block = [
          [0, 0],
          [1, 0],
          [0, 1],
          [1, 1],
        ]
          .map(([i = 0, j = 0]) => [2 * cx + i, 2 * cy + j] as const)
          .filter(([i, j]) => i < width && j < height)
        const mean = block
          .map(([i, j]) => rgb(i, j))
          .map(([r, g, b]) => (blue ? (b - luma(r, g, b)) / 1.8556 : (r - luma(r, g, b)) / 1.5748))
          .reduce((sum, value) => sum + value / block.length, 0)
        return 128 + (mean * 224) / 255
      })
    expect(worst(u.read(), chroma(true))).toBeLessThanOrEqual(1.6)
    expect(worst(v.read(), chroma(false))).toBeLessThanOrEqual(1.6)
    expect(y.spilled() + u.spilled() + v.spilled()).toBe(0)
  })

  it.each([
    { matrix: 'bt601', fullRange: false },
    { matrix: 'bt601', fullRange: true },
    { matrix: 'bt709', fullRange: true },
  ] as const)('convert from $matrix, full range $fullRange', (colour) => {
    const [cw, ch] = [half(width), half(height)]
    // Away from the ends: clipping there is the kernel's right, and not what is compared.
    const tame = (length: number, seed: number): Uint8Array => randomBytes(length, seed).map((value) => 70 + (value % 110))
    const [luma, blue, red] = [tame(width * height, 22), tame(cw * ch, 23), tame(cw * ch, 24)]
    const y = new GuardedPlane(instance, width, height, 25).write(luma)
    const u = new GuardedPlane(instance, cw, ch, 26).write(blue)
    const v = new GuardedPlane(instance, cw, ch, 27).write(red)
    const c = conversionFrom(colour)
    if (!c) throw new Error('no conversion')
    instance.kernels.convert(y.at, y.stride, u.at, v.at, u.stride, width, height, c.yGain, c.yAdd, c.yu, c.yv, c.uu, c.uv, c.vu, c.vv)
    // By way of RGB, in floating point.
    const [kr, kb] = colour.matrix === 'bt601' ? [0.299, 0.114] : [0.2126, 0.0722]
    const want = (cx: number, cy: number, at: number): number[] => {
      const luma0 = ((luma[at] ?? 0) - (colour.fullRange ? 0 : 16)) / (colour.fullRange ? 255 : 219)
      const range = colour.fullRange ? 255 : 224
      const [cb, cr] = [((blue[cy * cw + cx] ?? 0) - 128) / range, ((red[cy * cw + cx] ?? 0) - 128) / range]
      const [r, b] = [luma0 + 2 * (1 - kr) * cr, luma0 + 2 * (1 - kb) * cb]
      const g = (luma0 - kr * r - kb * b) / (1 - kr - kb)
      const out = 0.2126 * r + 0.7152 * g + 0.0722 * b
      return [16 + 219 * out, 128 + (224 * (b - out)) / 1.8556, 128 + (224 * (r - out)) / 1.5748]
    }
    const wantY = Float64Array.from(luma, (_, at) => want((at % width) >> 1, Math.floor(at / width) >> 1, at)[0] ?? 0)
    const wantChroma = (index: number): Float64Array =>
      Float64Array.from(blue, (_, at) => want(at % cw, Math.floor(at / cw), 2 * Math.floor(at / cw) * width + 2 * (at % cw))[index] ?? 0)
    expect(worst(y.read(), wantY)).toBeLessThanOrEqual(0.6)
    expect(worst(u.read(), wantChroma(1))).toBeLessThanOrEqual(0.6)
    expect(worst(v.read(), wantChroma(2))).toBeLessThanOrEqual(0.6)
    expect(y.spilled() + u.spilled() + v.spilled()).toBe(0)
  })
})

describe('colours by name', () => {
  it('the primaries of BT.601 become those of BT.709', () => {
    const bars = {
      red: [
        [81, 90, 240],
        [63, 102, 240],
      ],
      green: [
        [145, 54, 34],
        [173, 42, 26],
      ],
      blue: [
        [41, 240, 110],
        [32, 240, 118],
      ],
      white: [
        [235, 128, 128],
        [235, 128, 128],
      ],
    }
    for (const [name, [from = [], to = []]] of Object.entries(bars)) {
      const [y, u, v] = [0, 1, 2].map((index) => new GuardedPlane(instance, index === 0 ? 2 : 1, index === 0 ? 2 : 1, index))
      if (!y || !u || !v) throw new Error('no planes')
      y.write(Array.from({ length: 4 }, () => from[0] ?? 0))
      u.write([from[1] ?? 0])
      v.write([from[2] ?? 0])
      const c = conversionFrom({ matrix: 'bt601', fullRange: false })
      if (!c) throw new Error('no conversion')
      instance.kernels.convert(y.at, y.stride, u.at, v.at, u.stride, 2, 2, c.yGain, c.yAdd, c.yu, c.yv, c.uu, c.uv, c.vu, c.vv)
      const have = [y.read()[0] ?? 0, u.read()[0] ?? 0, v.read()[0] ?? 0]
      expect(worst(have, to), `${name}: ${have.join(' ')}`).toBeLessThanOrEqual(1)
    }
  })

  it('grey has no colour, and black and white are at the ends of the range', () => {
    const random = randomFrom(1)
    for (let count = 0; count < 20; count++) {
      const grey = random(256)
      expect(yuvOf(grey, grey, grey).slice(1)).toEqual([128, 128])
    }
    expect(Math.round(yuvOf(0, 0, 0)[0])).toBe(16)
    expect(Math.round(yuvOf(255, 255, 255)[0])).toBe(235)
  })
})
