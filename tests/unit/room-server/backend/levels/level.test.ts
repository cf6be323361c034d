import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addActivity,
  LEVEL_CURVE,
  LEVEL_WEIGHTS,
  levelOf,
  NO_STANDING,
  points,
  pointsOfLevel,
  recompute,
  type Activity,
  type Standing,
} from '../../../../../electron/room-server/backend/levels/level'

const count = fc.integer({ min: 1, max: 500 })
const atMs = fc.integer({ min: 0, max: 10_000_000 })
const activity: fc.Arbitrary<Activity> = fc.oneof(
  atMs.map((at): Activity => ({ kind: 'online', atMs: at })),
  atMs.map((at): Activity => ({ kind: 'offline', atMs: at })),
  fc.constant<Activity>({ kind: 'message' }),
  count.map((likes): Activity => ({ kind: 'likes', count: likes })),
  count.map((coins): Activity => ({ kind: 'gift', coins })),
  count.map((coins): Activity => ({ kind: 'refund', coins })),
  fc.boolean().map((member): Activity => ({ kind: 'member', member })),
)
const NOW = 20_000_000

/** Another way to the same: each source by itself, from the whole list. */
function pointsByHand(activities: readonly Activity[]): number {
  const sum = (kind: Activity['kind'], of: (one: Activity) => number): number =>
    activities.filter((one) => one.kind === kind).reduce((all, one) => all + of(one), 0)
  const likes = sum('likes', (one) => (one.kind === 'likes' ? one.count : 0))
  const coins = sum('gift', (one) => (one.kind === 'gift' ? one.coins : 0)) - sum('refund', (one) => (one.kind === 'refund' ? one.coins : 0))
  const visits = activities.filter((one) => one.kind === 'online' || one.kind === 'offline')
  const starts = visits.filter((one, at) => one.kind === 'online' && visits[at - 1]?.kind !== 'online')
  const ms = starts.reduce((all, start) => {
    const end = visits.slice(visits.indexOf(start)).find((one) => one.kind === 'offline')
    return all + Math.max(0, (end?.atMs ?? NOW) - start.atMs)
  }, 0)
  const all = Math.floor(ms / 60_000) + sum('message', () => 1) * LEVEL_WEIGHTS.message + Math.floor(likes / 10) + Math.max(0, coins)
  const isMember = activities.filter((one) => one.kind === 'member').at(-1)
  return isMember?.kind === 'member' && isMember.member ? Math.floor((all * LEVEL_WEIGHTS.memberPercent) / 100) : all
}

describe('points', () => {
  it('live, stored on the way and recomputed from the raw facts are equal', () => {
    fc.assert(
      fc.property(fc.array(activity, { maxLength: 60 }), fc.nat({ max: 60 }), (activities, cut) => {
        let live: Standing = NO_STANDING
        activities.forEach((one, at) => {
          // A restart in the middle: what was added up goes through the database.
          if (at === cut) live = JSON.parse(JSON.stringify(live)) as Standing
          live = addActivity(live, one)
        })
        expect(live).toEqual(recompute(activities))
        expect(points(live, NOW)).toBe(pointsByHand(activities))
      }),
    )
  })

  it.each<[string, Activity[], number]>([
    ['nothing', [], 0],
    ['a minute here', [{ kind: 'online', atMs: NOW - 60_000 }], LEVEL_WEIGHTS.onlineMinute],
    ['almost a minute', [{ kind: 'online', atMs: NOW - 59_999 }], 0],
    [
      'two devices are one viewer',
      [
        { kind: 'online', atMs: 0 },
        { kind: 'online', atMs: 60_000 },
        { kind: 'offline', atMs: 120_000 },
        { kind: 'offline', atMs: 180_000 },
      ],
      2,
    ],
    [
      'two half minutes are one',
      [
        { kind: 'online', atMs: 0 },
        { kind: 'offline', atMs: 30_000 },
        { kind: 'online', atMs: 90_000 },
        { kind: 'offline', atMs: 120_000 },
      ],
      1,
    ],
    [
      'a clock that went back',
      [
        { kind: 'online', atMs: 5_000 },
        { kind: 'offline', atMs: 0 },
      ],
      0,
    ],
    ['nine likes', [{ kind: 'likes', count: 9 }], 0],
    [
      'nine likes and one',
      [
        { kind: 'likes', count: 9 },
        { kind: 'likes', count: 1 },
      ],
      LEVEL_WEIGHTS.tenLikes,
    ],
    [
      'a gift taken back',
      [
        { kind: 'gift', coins: 99 },
        { kind: 'refund', coins: 99 },
      ],
      0,
    ],
    [
      'a refund stored first',
      [
        { kind: 'refund', coins: 99 },
        { kind: 'gift', coins: 100 },
      ],
      1,
    ],
    [
      'a member',
      [
        { kind: 'gift', coins: 100 },
        { kind: 'member', member: true },
      ],
      120,
    ],
    [
      'no member any more',
      [
        { kind: 'member', member: true },
        { kind: 'gift', coins: 100 },
        { kind: 'member', member: false },
      ],
      100,
    ],
  ])('%s', (_name, activities, expected) => {
    expect(points(recompute(activities), NOW)).toBe(expected)
  })
})

describe('the curve', () => {
  it('begins each level exactly at its points', () => {
    for (let level = 1; level <= LEVEL_CURVE.highest; level += 1) {
      expect(levelOf(pointsOfLevel(level))).toBe(level)
      if (level > 1) expect(levelOf(pointsOfLevel(level) - 1)).toBe(level - 1)
    }
  })

  it('never falls, and stays in its range', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), fc.nat({ max: 2 ** 40 }), (a, b) => {
        expect(levelOf(Math.max(a, b))).toBeGreaterThanOrEqual(levelOf(Math.min(a, b)))
        expect(levelOf(a)).toBeGreaterThanOrEqual(1)
        expect(levelOf(a)).toBeLessThanOrEqual(LEVEL_CURVE.highest)
      }),
    )
    expect(levelOf(Number.MAX_SAFE_INTEGER)).toBe(LEVEL_CURVE.highest)
  })
})
