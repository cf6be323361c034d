import { beforeAll, describe, expect, it } from 'vitest'
import { createKernels, type KernelInstance } from '../../../../../renderer/stage/compositor/kernel-memory'
import type { Rect } from '../../../../../renderer/stage/compositor/rect'
import { COLUMN_ENTRY, planPlane } from '../../../../../renderer/stage/compositor/resample-plan'
import { Resampler } from '../../../../../renderer/stage/compositor/resampler'
import { GuardedPlane } from './guarded'
import { randomBytes, randomFrom, worst } from './random'

let instance: KernelInstance
beforeAll(async () => {
  instance = await createKernels()
})

interface Case {
  readonly plane: { readonly width: number; readonly height: number }
  readonly source: Rect
  readonly orientation: { readonly transpose: boolean; readonly flipX: boolean; readonly flipY: boolean }
  readonly target: { readonly width: number; readonly height: number }
  readonly part: Rect
}

/** Bilinear in floating point, straight from the definition. Good for steps below 2. */
function reference(pixels: Uint8Array, { plane, source, orientation, target, part }: Case): Float64Array {
  const { transpose, flipX, flipY } = orientation
  const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value))
  const edge = {
    left: Math.floor(source.x + 1e-6),
    top: Math.floor(source.y + 1e-6),
    right: Math.ceil(source.x + source.width - 1e-6) - 1,
    bottom: Math.ceil(source.y + source.height - 1e-6) - 1,
  }
  return Float64Array.from({ length: part.width * part.height }, (_, at) => {
    let u = (part.x + (at % part.width) + 0.5) / target.width
    let v = (part.y + Math.floor(at / part.width) + 0.5) / target.height
    if (flipX) u = 1 - u
    if (flipY) v = 1 - v
    const [s, t] = transpose ? [v, u] : [u, v]
    const x = clamp(source.x + s * source.width - 0.5, edge.left, Math.min(plane.width - 1, edge.right))
    const y = clamp(source.y + t * source.height - 0.5, edge.top, Math.min(plane.height - 1, edge.bottom))
    const [x0, y0] = [Math.floor(x), Math.floor(y)]
    const pixel = (column: number, row: number): number => pixels[Math.min(row, plane.height - 1) * plane.width + Math.min(column, plane.width - 1)] ?? 0
    const [fx, fy] = [x - x0, y - y0]
    return (pixel(x0, y0) * (1 - fx) + pixel(x0 + 1, y0) * fx) * (1 - fy) + (pixel(x0, y0 + 1) * (1 - fx) + pixel(x0 + 1, y0 + 1) * fx) * fy
  })
}

function run({ plane, source, orientation, target, part }: Case, pixels: Uint8Array): { out: Uint8Array; spilled: number } {
  const from = new GuardedPlane(instance, plane.width, plane.height, 1).write(pixels)
  const to = new GuardedPlane(instance, part.width, part.height, 2)
  const resampler = new Resampler(instance, planPlane(plane, source, orientation, target, part))
  resampler.run(from, to.at, to.stride)
  resampler.dispose()
  return { out: to.read(), spilled: to.spilled() + from.spilled() }
}

function randomCase(seed: number, maxStep: number): Case {
  const random = randomFrom(seed)
  const plane = { width: 1 + random(60), height: 1 + random(60) }
  const fraction = random(2) / 2
  const width = Math.max(1, random(plane.width) + fraction)
  const height = Math.max(1, random(plane.height) + fraction)
  const source: Rect = {
    x: Math.min(plane.width - width, random(9) / 4),
    y: Math.min(plane.height - height, random(9) / 4),
    width,
    height,
  }
  const orientation = { transpose: random(2) === 0, flipX: random(2) === 0, flipY: random(2) === 0 }
  const [w, h] = orientation.transpose ? [height, width] : [width, height]
  const target = { width: Math.ceil(w / maxStep) + 1 + random(50), height: Math.ceil(h / maxStep) + 1 + random(50) }
  const x = random(target.width)
  const y = random(target.height)
  return {
    plane,
    source,
    orientation,
    target,
    part: { x, y, width: 1 + random(target.width - x), height: 1 + random(target.height - y) },
  }
}

const UPRIGHT = { transpose: false, flipX: false, flipY: false }

describe('resampling', () => {
  it('equals bilinear from the definition, for 400 random crops, sizes, parts and orientations, and writes nowhere else', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const one = randomCase(seed, 2)
      const pixels = randomBytes(one.plane.width * one.plane.height, seed)
      const { out, spilled } = run(one, pixels)
      // Two roundings and weights of 1/128: at most 2 steps on noise.
      expect(worst(out, reference(pixels, one)), JSON.stringify({ seed, ...one })).toBeLessThanOrEqual(3)
      expect(spilled, JSON.stringify({ seed, ...one })).toBe(0)
    }
  })

  it('never lets in pixels from outside the crop', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const one = randomCase(seed, 12)
      const { plane, source } = one
      const pixels = randomBytes(plane.width * plane.height, seed)
      const changed = pixels.map((value, at) => {
        const [x, y] = [at % plane.width, Math.floor(at / plane.width)]
        const inside = x > source.x - 1 && x < source.x + source.width && y > source.y - 1 && y < source.y + source.height
        return inside ? value : 255 - value
      })
      expect(run(one, changed).out, JSON.stringify({ seed, ...one })).toEqual(run(one, pixels).out)
    }
  })

  it('copies exactly when nothing is scaled', () => {
    const pixels = randomBytes(40 * 30, 7)
    const one: Case = {
      plane: { width: 40, height: 30 },
      source: { x: 4, y: 6, width: 20, height: 10 },
      orientation: UPRIGHT,
      target: { width: 20, height: 10 },
      part: { x: 2, y: 4, width: 8, height: 6 },
    }
    const { out } = run(one, pixels)
    expect(out).toEqual(Uint8Array.from({ length: 48 }, (_, at) => pixels[(10 + Math.floor(at / 8)) * 40 + 6 + (at % 8)] ?? 0))
  })

  it('flips exactly', () => {
    const pixels = randomBytes(21 * 9, 8)
    const whole = { x: 0, y: 0, width: 21, height: 9 }
    const { out } = run(
      {
        plane: whole,
        source: whole,
        orientation: { transpose: false, flipX: true, flipY: true },
        target: whole,
        part: whole,
      },
      pixels,
    )
    expect(out).toEqual(pixels.slice().reverse())
  })

  it.each([2, 3, 4, 5.5, 9, 16])('does not alias when scaled down by %d: one-pixel stripes become grey', (factor) => {
    const plane = { width: 320, height: 160 }
    const stripes = Uint8Array.from({ length: plane.width * plane.height }, (_, at) => ((at % plane.width) % 2) * 200)
    const target = { width: Math.round(plane.width / factor), height: Math.round(plane.height / factor) }
    const { out } = run({ plane, source: { x: 0, y: 0, ...plane }, orientation: UPRIGHT, target, part: { x: 0, y: 0, ...target } }, stripes)
    expect(worst(out, new Uint8Array(out.length).fill(100))).toBeLessThanOrEqual(1)
  })

  it('keeps a gradient a gradient when scaled down by 9', () => {
    const plane = { width: 450, height: 90 }
    const target = { width: 50, height: 10 }
    const ramp = Uint8Array.from({ length: plane.width * plane.height }, (_, at) => Math.floor((at % plane.width) / 2))
    const { out } = run({ plane, source: { x: 0, y: 0, ...plane }, orientation: UPRIGHT, target, part: { x: 0, y: 0, ...target } }, ramp)
    const want = Float64Array.from(out, (_, at) => (((at % 50) + 0.5) * 9 - 0.5) / 2 - 0.25)
    expect(worst(out, want)).toBeLessThanOrEqual(1.5)
  })

  it('its tables never point beyond a vector of sixteen bytes or beyond the span', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const { plane, source, orientation, target, part } = randomCase(seed, 30)
      const plan = planPlane(plane, source, orientation, target, part)
      const table = new DataView(plan.columns.buffer)
      for (let group = 0; group < plan.groups; group++) {
        const at = group * COLUMN_ENTRY
        const base = table.getUint32(at, true)
        expect(table.getUint32(at + 4, true) + Math.min(8, part.width)).toBeLessThanOrEqual(part.width)
        for (let lane = 0; lane < 8; lane++) {
          const right = table.getUint8(at + 32 + 2 * lane)
          expect(right).toBeLessThan(16)
          expect(base + right).toBeLessThan(plan.span)
        }
      }
    }
  })
})
