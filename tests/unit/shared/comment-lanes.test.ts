import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CommentLanes, type MovingLine } from '../../../electron/shared/comment-lanes'

interface Line {
  readonly id: string
  readonly width: number
}
const OPTIONS = { lanes: 3, width: 100, gap: 5, maxLines: 10 }
const widthOf = ({ width }: Line): number => width
const ids = (lanes: CommentLanes<Line>): string[] => lanes.moving.map(({ line }) => line.id)

/** Two lines of one lane that share a place, or stand closer than the gap. */
function collisions(moving: readonly MovingLine<Line>[], gap: number): number {
  let count = 0
  for (const [index, one] of moving.entries()) {
    for (const other of moving.slice(index + 1)) {
      const [first, second] = one.x <= other.x ? [one, other] : [other, one]
      if (one.lane === other.lane && first.x + first.width + gap > second.x + 1e-9) count += 1
    }
  }
  return count
}

describe('the lanes', () => {
  const step = fc.record({
    say: fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 4 }),
    distance: fc.double({ min: 0, max: 60, noNaN: true }),
    take: fc.option(fc.nat({ max: 30 })),
  })
  const options = fc.record({
    lanes: fc.integer({ min: 1, max: 6 }),
    width: fc.constant(100),
    gap: fc.integer({ min: 0, max: 20 }),
    maxLines: fc.integer({ min: 1, max: 12 }),
  })

  it('never let two lines of a lane meet, hold no more than they may, and lose everybody in the end, at whatever speed', () => {
    fc.assert(
      fc.property(options, fc.array(step, { maxLength: 60 }), (made, steps) => {
        const lanes = new CommentLanes<Line>(made)
        let last = 0
        for (const { say, distance, take } of steps) {
          for (const width of say) lanes.say({ id: String(last++), width })
          if (take !== null) lanes.take(new Set([String(take)]))
          lanes.step(distance, widthOf)
          const { moving } = lanes
          expect(collisions(moving, made.gap)).toBe(0)
          expect(moving.length).toBeLessThanOrEqual(made.maxLines)
          for (const { lane, x, width } of moving) {
            expect(lane).toBeLessThan(made.lanes)
            expect(x).toBeLessThanOrEqual(made.width)
            expect(x + width).toBeGreaterThan(0)
          }
          if (take !== null) expect(ids(lanes)).not.toContain(String(take))
        }
        // The longest way: every line that waits behind every other in one lane.
        for (let count = 0; count < 2 * made.maxLines + 2 && !lanes.isEmpty; count++) lanes.step(made.width + 150 + made.gap, widthOf)
        expect(lanes.isEmpty).toBe(true)
      }),
    )
  })

  it('let one in with each step, from the top', () => {
    const lanes = new CommentLanes<Line>(OPTIONS)
    for (const id of ['a', 'b', 'c', 'd']) lanes.say({ id, width: 20 })
    lanes.step(0, widthOf)
    expect(lanes.moving).toEqual([{ line: { id: 'a', width: 20 }, lane: 0, width: 20, x: 100 }])
    lanes.step(1, widthOf)
    lanes.step(1, widthOf)
    expect(lanes.moving.map(({ lane, x }) => [lane, x])).toEqual([
      [0, 98],
      [1, 99],
      [2, 100],
    ])
    // The fourth waits until the first is in with its tail and the gap.
    lanes.step(22, widthOf)
    expect(ids(lanes)).toEqual(['a', 'b', 'c'])
    lanes.step(1, widthOf)
    expect(lanes.moving.at(-1)).toMatchObject({ line: { id: 'd' }, lane: 0, x: 100 })
  })

  it('prefer the newest when more is said than there is room for', () => {
    const lanes = new CommentLanes<Line>({ ...OPTIONS, lanes: 1, maxLines: 3 })
    for (let id = 0; id < 20; id++) lanes.say({ id: String(id), width: 10 })
    const seen = new Set<string>()
    while (!lanes.isEmpty) {
      lanes.step(50, widthOf)
      for (const id of ids(lanes)) seen.add(id)
    }
    expect([...seen]).toEqual(['17', '18', '19'])
  })

  it('take lines off the picture and out of the queue', () => {
    const lanes = new CommentLanes<Line>({ ...OPTIONS, lanes: 1 })
    for (const id of ['a', 'b', 'c']) lanes.say({ id, width: 10 })
    lanes.step(0, widthOf)
    lanes.take(new Set(['a', 'b']))
    expect(ids(lanes)).toEqual([])
    lanes.step(1, widthOf)
    expect(ids(lanes)).toEqual(['c'])
  })
})
