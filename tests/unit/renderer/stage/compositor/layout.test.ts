import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FULL_FRAME, transformSchema, type Transform } from '../../../../../electron/shared/scene'
import { orientationOf, place, placementKey, untouched } from '../../../../../renderer/stage/compositor/layout'

const HD = { width: 1_920, height: 1_080 }
const at = (change: Partial<Transform>): Transform => ({ ...FULL_FRAME, ...change })

describe('a picture that is used as it is', () => {
  const of = (change: Partial<Transform>, picture = { width: 200, height: 40 }): unknown => {
    const placed = place(at({ fit: 'fill', width: 200 / HD.width, height: 40 / HD.height, ...change }), picture, HD)
    return placed && untouched(placed)
  }

  it('is one that is neither scaled nor turned, wherever it stands', () => {
    expect(of({})).toEqual({ dx: 0, dy: 0 })
    expect(of({ x: -100 / HD.width, y: 1_060 / HD.height })).toEqual({ dx: 100, dy: 0 })
    expect(of({ x: 30 / HD.width, y: -10 / HD.height })).toEqual({ dx: 0, dy: 10 })
    expect(of({ width: 0.5 })).toBeNull()
    expect(of({ mirrorX: true })).toBeNull()
    expect(of({ rotation: 180 })).toBeNull()
    expect(of({}, { width: 201, height: 40 })).toBeNull()
  })
})

describe('place', () => {
  it('a picture of the program’s size fills it pixel for pixel', () => {
    expect(place(FULL_FRAME, HD, HD)).toEqual({
      source: { x: 0, y: 0, ...HD },
      orientation: { transpose: false, flipX: false, flipY: false },
      target: { x: 0, y: 0, ...HD },
      clip: { x: 0, y: 0, ...HD },
    })
  })

  it('contain: bars at the sides of a narrow picture, above and below a wide one', () => {
    expect(place(FULL_FRAME, { width: 640, height: 480 }, HD)?.target).toEqual({
      x: 240,
      y: 0,
      width: 1_440,
      height: 1_080,
    })
    expect(place(FULL_FRAME, { width: 1_920, height: 540 }, HD)?.target).toEqual({
      x: 0,
      y: 270,
      width: 1_920,
      height: 540,
    })
    expect(place(at({ rotation: 90 }), { width: 1_080, height: 1_920 }, HD)?.target).toEqual({ x: 0, y: 0, ...HD })
  })

  it('cover: the middle of the picture, in the whole box', () => {
    const placed = place(at({ fit: 'cover' }), { width: 640, height: 480 }, HD)
    expect(placed?.target).toEqual({ x: 0, y: 0, ...HD })
    expect(placed?.source).toEqual({ x: 0, y: 60, width: 640, height: 360 })
    expect(place(at({ fit: 'cover', rotation: 270 }), HD, { width: 1_000, height: 1_000 })?.source).toEqual({
      x: 420,
      y: 0,
      width: 1_080,
      height: 1_080,
    })
  })

  it('fill: stretched; crop: shares of the source', () => {
    const placed = place(at({ fit: 'fill', x: 0.5, width: 0.25, crop: { left: 0.25, top: 0, right: 0.25, bottom: 0.5 } }), { width: 400, height: 200 }, HD)
    expect(placed?.target).toEqual({ x: 960, y: 0, width: 480, height: 1_080 })
    expect(placed?.source).toEqual({ x: 100, y: 0, width: 200, height: 100 })
  })

  it('is nothing when all is cut away, transparent or beside the program', () => {
    expect(place(at({ crop: { left: 0.6, top: 0, right: 0.5, bottom: 0 } }), HD, HD)).toBeNull()
    expect(place(at({ opacity: 0 }), HD, HD)).toBeNull()
    expect(place(at({ x: 1.5 }), HD, HD)).toBeNull()
    expect(place(at({ y: -1 }), HD, HD)).toBeNull()
  })

  it('positions are even and inside, the source lies inside the picture: for any transform that the schema lets through', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    const place0 = fc.double({ min: -4, max: 5, noNaN: true })
    const extent = fc.double({ min: 0.01, max: 4, noNaN: true })
    const transform: fc.Arbitrary<Transform> = fc.record({
      x: place0,
      y: place0,
      width: extent,
      height: extent,
      fit: fc.constantFrom('contain', 'cover', 'fill'),
      crop: fc.record({ left: share, top: share, right: share, bottom: share }),
      rotation: fc.constantFrom(0, 90, 180, 270),
      mirrorX: fc.boolean(),
      mirrorY: fc.boolean(),
      opacity: share,
    })
    const size = fc.record({ width: fc.integer({ min: 1, max: 4_000 }), height: fc.integer({ min: 1, max: 4_000 }) })
    let seen = 0
    fc.assert(
      fc.property(transform, size, (value, picture) => {
        expect(transformSchema.safeParse(value).success).toBe(true)
        const placed = place(value, picture, HD)
        if (!placed) return
        seen += 1
        const { source, target, clip } = placed
        for (const number of [...Object.values(target), ...Object.values(clip)]) expect(Math.abs(number % 2)).toBe(0)
        expect(clip.x).toBeGreaterThanOrEqual(0)
        expect(clip.y).toBeGreaterThanOrEqual(0)
        expect(clip.x + clip.width).toBeLessThanOrEqual(HD.width)
        expect(clip.y + clip.height).toBeLessThanOrEqual(HD.height)
        expect(Math.min(target.width, target.height, clip.width, clip.height)).toBeGreaterThanOrEqual(2)
        expect(source.x).toBeGreaterThan(-1e-6)
        expect(source.y).toBeGreaterThan(-1e-6)
        expect(source.x + source.width).toBeLessThan(picture.width + 1e-6)
        expect(source.y + source.height).toBeLessThan(picture.height + 1e-6)
        expect(placementKey(placed)).not.toContain('NaN')
      }),
      { numRuns: 500 },
    )
    expect(seen).toBeGreaterThan(20)
  })
})

describe('orientationOf', () => {
  it('equals mirroring first and turning clockwise then, for all sixteen', () => {
    for (const rotation of [0, 90, 180, 270] as const) {
      for (const mirrorX of [false, true]) {
        for (const mirrorY of [false, true]) {
          // A corner of the source, from −1 to 1 with y down, by way of rotation matrices.
          const angle = (rotation * Math.PI) / 180
          const turn = (x: number, y: number): [number, number] => [
            Math.round(Math.cos(angle) * x - Math.sin(angle) * y),
            Math.round(Math.sin(angle) * x + Math.cos(angle) * y),
          ]
          const { transpose, flipX, flipY } = orientationOf({ rotation, mirrorX, mirrorY })
          for (const [x, y] of [
            [-1, -1],
            [1, -1],
            [-1, 1],
            [1, 1],
          ] as const) {
            const want = turn(mirrorX ? -x : x, mirrorY ? -y : y)
            const [a, b] = transpose ? [y, x] : [x, y]
            expect(
              [flipX ? -a : a, flipY ? -b : b].map((value) => value + 0),
              `${rotation} ${mirrorX} ${mirrorY}`,
            ).toEqual(want.map((value) => value + 0))
          }
        }
      }
    }
  })
})
