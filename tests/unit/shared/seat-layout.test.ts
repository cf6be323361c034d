import { describe, expect, it } from 'vitest'
import { arrange, largestPlace, WHOLE, type Box } from '../../../electron/shared/seat-layout'
import { LAYOUTS, SEATS } from '../../../electron/shared/seats'

const people = (count: number, spotlight = ''): { userId: string; spotlight: boolean }[] =>
  Array.from({ length: count }, (_, at) => ({ userId: `u${at + 1}`, spotlight: `u${at + 1}` === spotlight }))
const overlap = (a: Box, b: Box): boolean =>
  Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 1e-9 && Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > 1e-9
const isWhole = (box: Box): boolean => box.width === 1 && box.height === 1

describe('where everybody stands', () => {
  const counts = Array.from({ length: SEATS + 1 }, (_, count) => count)
  it.each(LAYOUTS.flatMap((layout) => counts.map((count) => [layout, count] as const)))(
    '%s with %i co-anchors: inside, in proportion, nobody over another',
    (layout, count) => {
      for (const [spotlight, speaker] of [
        ['', null],
        ['u2', null],
        ['', 'u1'],
      ] as const) {
        const { anchor, seats } = arrange(layout, people(count, spotlight), speaker)
        const boxes = [anchor, ...seats.values()]
        expect(seats.size).toBe(layout === 'solo' ? 0 : count)
        for (const box of boxes) {
          expect(box.width).toBeCloseTo(box.height, 9)
          expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(-1e-9)
          expect(Math.max(box.x + box.width, box.y + box.height)).toBeLessThanOrEqual(1 + 1e-9)
        }
        const small = boxes.filter((box) => !isWhole(box))
        for (const [at, box] of small.entries()) for (const other of small.slice(at + 1)) expect(overlap(box, other)).toBe(false)
        // One at most fills the picture, and only where the others stand over it.
        if (boxes.length - small.length > 0 && count > 0 && layout !== 'solo') expect([layout, boxes.length - small.length]).toEqual(['picture-in-picture', 1])
      }
    },
  )

  it('alone, the scene is the picture', () => {
    for (const layout of LAYOUTS) expect(arrange(layout, [], null)).toEqual({ anchor: WHOLE, seats: new Map() })
  })

  it('side by side, two are as large as each other', () => {
    const { anchor, seats } = arrange('side-by-side', people(1), null)
    expect([anchor, seats.get('u1')]).toEqual([
      { x: 0, y: 0.25, width: 0.5, height: 0.5 },
      { x: 0.5, y: 0.25, width: 0.5, height: 0.5 },
    ])
  })

  it('picture in picture: who is in the spotlight fills it, and the anchor is the small one', () => {
    const { anchor, seats } = arrange('picture-in-picture', people(2, 'u2'), null)
    expect(seats.get('u2')).toEqual(WHOLE)
    expect(anchor.width).toBeLessThan(0.3)
  })

  it('speaker: large is who speaks, unless somebody is in the spotlight', () => {
    expect(arrange('speaker', people(3), 'u2').seats.get('u2')?.width).toBe(0.75)
    expect(arrange('speaker', people(3), null).anchor.width).toBe(0.75)
    expect(arrange('speaker', people(3, 'u3'), 'u2').seats.get('u3')?.width).toBe(0.75)
    expect(arrange('speaker', people(3), 'somebody who left').anchor.width).toBe(0.75)
  })
})

describe('the largest place of a co-anchor', () => {
  const seated = (count: number): { readonly userId: string; readonly spotlight: boolean }[] =>
    Array.from({ length: count }, (_, at) => ({ userId: `u${at}`, spotlight: false }))

  it.each([
    ['grid', 0, 0],
    ['grid', 1, 1 / 2],
    ['grid', 3, 1 / 2],
    ['grid', 8, 1 / 3],
    ['solo', 3, 0],
    ['picture-in-picture', 2, 0.22],
    ['speaker', 2, 3 / 4],
  ] as const)('%s of %i', (layout, count, share) => {
    expect(largestPlace(layout, seated(count))).toBeCloseTo(share, 5)
  })
})
