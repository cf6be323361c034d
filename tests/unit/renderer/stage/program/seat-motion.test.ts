import { expect, it } from 'vitest'
import { arrange, WHOLE } from '../../../../../electron/shared/seat-layout'
import { SeatMotion } from '../../../../../renderer/stage/program/seat-motion'

const one = [{ userId: 'u1', spotlight: false }]
const two = [...one, { userId: 'u2', spotlight: false }]

it('moves everybody smoothly to where they belong', () => {
  const motion = new SeatMotion()
  expect(motion.at(0).anchor).toEqual(WHOLE)
  motion.set(arrange('side-by-side', one, null), 1_000_000)
  const widths = [0, 75_000, 150_000, 225_000, 300_000, 9_000_000].map((afterUs) => motion.at(1_000_000 + afterUs).anchor.width)
  expect(widths).toEqual([...widths].sort((a, b) => b - a))
  expect([widths[0], widths[2], widths.at(-1)]).toEqual([1, 0.75, 0.5])
})

it('who is new stands there at once; a change in mid-move goes on from there', () => {
  const motion = new SeatMotion()
  motion.set(arrange('side-by-side', one, null), 0)
  expect(motion.at(0).seats.get('u1')).toEqual({ x: 0.5, y: 0.25, width: 0.5, height: 0.5 })
  const halfWay = motion.at(150_000).anchor
  motion.set(arrange('grid', two, null), 150_000)
  expect(motion.at(150_000).anchor).toEqual(halfWay)
  expect([...motion.at(150_000).seats.keys()]).toEqual(['u1', 'u2'])
  motion.set(arrange('grid', one, null), 160_000)
  expect([...motion.at(160_000).seats.keys()]).toEqual(['u1'])
})
