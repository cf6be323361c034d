import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draw, seedHash } from '../../../../../electron/room-server/backend/draws/draw'
import { LEVEL_CURVE, LEVEL_WEIGHTS } from '../../../../../electron/room-server/backend/levels/level'
import { POPULARITY_DECAY, POPULARITY_WEIGHTS } from '../../../../../electron/room-server/backend/levels/popularity'
import type { DrawProof, Member } from '../../../../../electron/shared/crew-api'
import { peopleEn, peopleZh } from '../../../../../renderer/studio/locales/people'
import { faultsOf } from '../../../../../renderer/studio/room/people/draw-proof'
import { faultyFields, FIRST_SETUP } from '../../../../../renderer/studio/room/people/draw-setup'
import { found } from '../../../../../renderer/studio/room/people/member-filter'
import { trendOf } from '../../../../../renderer/studio/room/people/trend'

const SEED = 'ab'.repeat(32)
const SETUP = { drawId: 'd-1', keyword: 'me', opensAtMs: 0, closesAtMs: 1, winners: 2, conditions: {}, seedSha256: seedHash(SEED) }
const proofOf = (entries: readonly string[], winners = 2): DrawProof => {
  const proof = draw({ ...SETUP, winners }, SEED, entries)
  return { ...proof, entries: [...proof.entries], winners: [...proof.winners] }
}

describe('the proof of a draw', () => {
  it('holds for whatever the room draws', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), (entries, winners) => {
        expect(faultsOf(proofOf(entries, winners), SETUP.seedSha256)).toEqual([])
      }),
    )
  })

  it('names what was tampered with', () => {
    const proof = proofOf(['ann', 'bo', 'cy'])
    expect(faultsOf(proof, seedHash('cd'.repeat(32)))).toEqual(['seed'])
    expect(faultsOf({ ...proof, seed: 'no seed' }, SETUP.seedSha256)).toEqual(['seed'])
    expect(faultsOf({ ...proof, winners: [...proof.winners].reverse() }, SETUP.seedSha256)).toEqual(['winners'])
    expect(faultsOf({ ...proof, entries: [...proof.entries, 'ann'] }, SETUP.seedSha256)).toContain('entries')
  })
})

describe('the set-up of a draw', () => {
  it('is held to what the room takes', () => {
    const good = { ...FIRST_SETUP, keyword: '好运' }
    expect(faultyFields(good, false).size).toBe(0)
    expect([...faultyFields(FIRST_SETUP, true)]).toEqual([])
    expect([...faultyFields(FIRST_SETUP, false)]).toEqual(['keyword'])
    expect([...faultyFields({ ...good, title: '奖'.repeat(34), keyword: 'k'.repeat(33), seconds: 2, winners: 0, minLevel: 101 }, true)]).toEqual([
      'title',
      'keyword',
      'seconds',
      'winners',
      'minLevel',
    ])
    // What an emptied number field gives.
    expect([...faultyFields({ ...good, winners: '' as unknown as number }, false)]).toEqual(['winners'])
  })
})

describe('the trend', () => {
  it.each([
    [[], null],
    [[[10, 0]], null],
    [[[null, 0], [null, 1_000]], null], // prettier-ignore
    [[[10, 0], [12, 60_000]], 'up'], // prettier-ignore
    [[[3, 0], [2, 60_000]], 'down'], // prettier-ignore
    [[[10, 0], [10, 60_000]], 'same'], // prettier-ignore
    [[[1_000, 0], [1_010, 60_000]], 'same'], // prettier-ignore
    [[[5, 0], [10, 200_000], [10, 210_000]], 'same'], // prettier-ignore
  ] as const)('%j is %s', (counts, trend) => {
    expect(trendOf(counts.map(([value, atMs]) => ({ value, atMs })))).toBe(trend)
  })
})

describe('the list', () => {
  const member = (nick: string, change: Partial<Member> = {}): Member => ({
    userId: `g_${nick.toLowerCase()}`,
    nick,
    avatar: '',
    level: 1,
    role: 'viewer',
    joinedAt: 0,
    muted: false,
    follows: false,
    member: false,
    ...change,
  })
  const all = [member('Ann', { role: 'producer' }), member('Bo', { follows: true }), member('Cy', { member: true, muted: true }), member('ＤＩ')]
  const names = (...args: [Parameters<typeof found>[1], string]): string[] => found(all, ...args).map(({ nick }) => nick)

  it('is filtered and searched', () => {
    expect(names('all', '')).toHaveLength(4)
    expect(names('crew', '')).toEqual(['Ann'])
    expect(names('fans', '')).toEqual(['Bo', 'Cy'])
    expect(names('muted', '')).toEqual(['Cy'])
    expect(names('all', ' di ')).toEqual(['ＤＩ'])
    expect(names('all', 'G_AN')).toEqual(['Ann'])
  })
})

it('what is said of levels and popularity is what is counted', () => {
  const { message, like, giftCoin, join, viewer } = POPULARITY_WEIGHTS
  expect([message, like, giftCoin, join, POPULARITY_DECAY.halfLifeMs / 60_000, viewer]).toEqual(peopleEn.energy.howText.match(/\d+/g)?.map(Number))
  expect([message, like, giftCoin, join, POPULARITY_DECAY.halfLifeMs / 60_000, viewer]).toEqual(peopleZh.energy.howText.match(/\d+/g)?.map(Number))
  expect(LEVEL_WEIGHTS).toEqual({ onlineMinute: 1, message: 2, tenLikes: 1, giftCoin: 1, memberPercent: 120 })
  expect(LEVEL_CURVE.step).toBe(50)
})
