import { describe, expect, it } from 'vitest'
import { DeliveryLimiter, type Candidate, type Priority } from '../../../../electron/room-server/im/domain/delivery'

const RATE = 40

/** Plays offers of (ms, priority) against a limiter that is looked at each millisecond; returns what became of them. */
function play(
  offers: readonly (readonly [number, Priority])[],
  untilMs: number,
): { delivered: { ms: number; candidate: Candidate<number> }[]; dropped: Candidate<number>[] } {
  let seed = 1
  const limiter = new DeliveryLimiter<number>(RATE, () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647)
  const delivered: { ms: number; candidate: Candidate<number> }[] = []
  const dropped: Candidate<number>[] = []
  let next = 0
  for (let ms = 0; ms <= untilMs; ms += 1) {
    const picked = limiter.pick(ms)
    delivered.push(...picked.deliver.map((candidate) => ({ ms, candidate })))
    dropped.push(...picked.dropped)
    for (; next < offers.length && (offers[next]?.[0] ?? 0) <= ms; next += 1) {
      const candidate = { message: next, priority: offers[next]?.[1] ?? 'Normal', acceptedMs: ms }
      const result = limiter.offer(candidate, ms)
      if (result.deliver) delivered.push({ ms, candidate })
      dropped.push(...result.dropped)
    }
  }
  expect(delivered.length + dropped.length + limiter.waiting).toBe(offers.length)
  return { delivered, dropped }
}

const count = (candidates: readonly Candidate<number>[], priority: Priority): number => candidates.filter((candidate) => candidate.priority === priority).length

describe('the delivery of a room', () => {
  it('lets everything pass at once up to its rate', () => {
    const offers = Array.from({ length: 400 }, (_, index) => [index * 25, 'Normal'] as const)
    const { delivered, dropped } = play(offers, 12_000)
    expect(dropped).toHaveLength(0)
    expect(delivered.every(({ ms, candidate }) => ms === candidate.acceptedMs)).toBe(true)
  })

  it('never delivers more than its rate within any second', () => {
    const offers = Array.from({ length: 2_000 }, (_, index) => [index * 5, (['High', 'Normal', 'Low', 'Lowest'] as const)[index % 4] ?? 'Low'] as const)
    const { delivered } = play(offers, 13_000)
    const times = delivered.map(({ ms }) => ms).sort((a, b) => a - b)
    for (let index = RATE; index < times.length; index += 1) expect((times[index] ?? 0) - (times[index - RATE] ?? 0)).toBeGreaterThanOrEqual(1_000)
  })

  it('loses no High while there are Low to lose: 200 a second mixed', () => {
    const kinds: Priority[] = ['High', 'Normal', 'Normal', 'Low', 'Low', 'Low', 'Low', 'Lowest', 'Lowest', 'Lowest']
    const offers = Array.from({ length: 1_000 }, (_, index) => [index * 5, kinds[index % kinds.length] ?? 'Low'] as const)
    const { delivered, dropped } = play(offers, 9_000)
    expect(count(dropped, 'High')).toBe(0)
    expect(delivered.length).toBeLessThanOrEqual(RATE * 9)
    expect(count(dropped, 'Lowest')).toBeGreaterThan(count(dropped, 'Normal'))
  })

  it('gives an important newcomer the place of an unimportant one', () => {
    const limiter = new DeliveryLimiter<string>(2, () => 0)
    const offer = (message: string, priority: Priority) => limiter.offer({ message, priority, acceptedMs: 0 }, 0)
    expect([offer('a', 'Low'), offer('b', 'Low')].map(({ deliver }) => deliver)).toEqual([true, true])
    expect(offer('c', 'Low').dropped).toEqual([])
    expect(offer('d', 'Lowest').dropped).toEqual([])
    expect(offer('e', 'High').dropped.map(({ message }) => message)).toEqual(['d'])
    expect(offer('f', 'High').dropped.map(({ message }) => message)).toEqual(['c'])
    expect(limiter.pick(999).deliver).toEqual([])
    expect(limiter.nextMs(999)).toBe(1)
    expect(limiter.pick(1_000).deliver.map(({ message }) => message)).toEqual(['e', 'f'])
    expect(limiter.nextMs(1_000)).toBeNull()
  })

  it('keeps nothing that has become old', () => {
    const limiter = new DeliveryLimiter<string>(1, () => 0)
    limiter.offer({ message: 'a', priority: 'High', acceptedMs: 0 }, 0)
    limiter.offer({ message: 'b', priority: 'Low', acceptedMs: 0 }, 0)
    expect(limiter.pick(5_000)).toMatchObject({ deliver: [], dropped: [{ message: 'b' }] })
  })
})
