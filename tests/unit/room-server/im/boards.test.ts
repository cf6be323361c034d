import { describe, expect, it } from 'vitest'
import { NO_ATTRIBUTES, writeAttributes, type AttributeSet } from '../../../../electron/room-server/im/domain/attributes'
import { writeCounters } from '../../../../electron/room-server/im/domain/counters'
import { setTags, isUserId, tinyIdOf } from '../../../../electron/room-server/im/domain/accounts'
import { checkOwnGroupId, checkProfile } from '../../../../electron/room-server/im/domain/group'

const code = (run: () => unknown): unknown => {
  let thrown: unknown = null
  expect(() => {
    try {
      run()
    } catch (error) {
      thrown = (error as { code?: unknown }).code
      throw error
    }
  }).toThrow()
  return thrown
}
const modify = (set: AttributeSet, pairs: Record<string, string>, seqs: Record<string, number> = {}, expected: number | null = set.mainSeq): AttributeSet =>
  writeAttributes(set, { change: 'modify', items: Object.entries(pairs).map(([key, value]) => ({ key, value, seq: seqs[key] ?? 0 })), expected }).next

describe('attributes', () => {
  const one = modify(NO_ATTRIBUTES, { status: 'live' })

  it('count every write, and every write of a key', () => {
    expect(one.mainSeq).toBe(1)
    expect(one.values.get('status')).toEqual({ value: 'live', seq: 1 })
    const two = modify(one, { status: 'paused' }, { status: 1 })
    expect(two.values.get('status')).toEqual({ value: 'paused', seq: 2 })
  })

  it('let the second of two writers of one key know', () => {
    expect(code(() => modify(one, { status: 'ended' }, { status: 0 }))).toBe(10056)
    expect(code(() => modify(one, { status: 'ended' }, { status: 2 }))).toBe(10056)
    expect(modify(one, { other: 'x' }).values.size).toBe(2)
  })

  it('let a writer of the whole set know when anything changed', () => {
    const whole = (expected: number | null) => writeAttributes(one, { change: 'set', items: [{ key: 'a', value: '1', seq: null }], expected })
    expect(code(() => whole(0))).toBe(10056)
    expect([...whole(1).next.values.keys()]).toEqual(['a'])
    expect([...whole(null).next.values.keys()]).toEqual(['a'])
    expect(code(() => writeAttributes(one, { change: 'clear', items: [], expected: 0 }))).toBe(10056)
    expect(writeAttributes(one, { change: 'clear', items: [], expected: 1 }).next.values.size).toBe(0)
  })

  it('cannot delete what is not there', () => {
    expect(code(() => writeAttributes(one, { change: 'delete', items: [{ key: 'x', value: '', seq: null }], expected: null }))).toBe(10050)
  })

  it.each([
    ['17 keys', Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, '']))],
    ['a key of 33 bytes', { ['k'.repeat(33)]: '' }],
    ['a key of 33 bytes in 11 characters', { ['直'.repeat(11)]: '' }],
    ['a value above 4 KB', { k: 'v'.repeat(4_097) }],
    ['more than 16 KB', Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`k${index}`, 'v'.repeat(4_000)]))],
    ['an empty key', { '': 'v' }],
  ])('refuse %s', (_what, pairs) => {
    expect(code(() => modify(NO_ATTRIBUTES, pairs))).toBe(10004)
  })

  it('take what is just within the limits', () => {
    expect(modify(NO_ATTRIBUTES, { ['k'.repeat(32)]: 'v'.repeat(4_096) }).values.size).toBe(1)
    expect(modify(NO_ATTRIBUTES, Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`k${index}`, '']))).values.size).toBe(16)
  })
})

describe('counters', () => {
  it('are set, raised and lowered; a new one starts at 0', () => {
    const set = writeCounters(new Map(), [{ key: 'like', value: 5n }], 'Set')
    expect(writeCounters(set, [{ key: 'like', value: 2n }], 'Increase').get('like')).toBe(7n)
    expect(writeCounters(set, [{ key: 'gift', value: 2n }], 'Decrease').get('gift')).toBe(-2n)
  })

  it('stay within 64 bits, 20 keys and 128 bytes', () => {
    expect(code(() => writeCounters(new Map([['a', 2n ** 63n - 1n]]), [{ key: 'a', value: 1n }], 'Increase'))).toBe(10004)
    expect(code(() => writeCounters(new Map(), [{ key: 'k'.repeat(129), value: 1n }], 'Set'))).toBe(10004)
    expect(
      code(() =>
        writeCounters(
          new Map(),
          Array.from({ length: 21 }, (_, index) => ({ key: `k${index}`, value: 1n })),
          'Set',
        ),
      ),
    ).toBe(10004)
  })
})

describe('names and profiles', () => {
  it.each([['@TGS#mine'], [''], ['x'.repeat(49)], ['直播间'], ['tab\t']])('refuse the group id %j', (groupId) => {
    expect(code(() => checkOwnGroupId(groupId))).toBe(10004)
  })

  it.each([
    [{ name: '直'.repeat(11) }],
    [{ introduction: 'x'.repeat(241) }],
    [{ notification: 'x'.repeat(301) }],
    [{ faceUrl: 'x'.repeat(101) }],
    [{ appData: new Map([['k'.repeat(17), '']]) }],
    [{ appData: new Map([['k', 'v'.repeat(513)]]) }],
  ])('refuse the profile %#, counted in bytes', (change) => {
    expect(code(() => checkProfile(change))).toBe(10004)
  })

  it('take what fits', () => {
    checkProfile({ name: '直'.repeat(10), introduction: 'x'.repeat(240), notification: '播'.repeat(100), faceUrl: 'x'.repeat(100) })
    checkOwnGroupId('live_1')
    expect(isUserId('user-1')).toBe(true)
    expect([isUserId(''), isUserId('x'.repeat(33)), isUserId('主播')]).toEqual([false, false, false])
    expect(tinyIdOf(7)).toBe('144115000000000007')
  })

  it('know the tags of a profile', () => {
    const profile = new Map<string, string | number>()
    setTags(profile, [{ Tag: 'Tag_Profile_IM_Nick', Value: 'Al' }])
    setTags(profile, [{ Tag: 'Tag_Profile_Custom_Level', Value: 3 }])
    expect(profile.size).toBe(2)
    expect(code(() => setTags(profile, [{ Tag: 'Tag_Profile_IM_Nonsense', Value: '' }]))).toBe(40004)
    expect(code(() => setTags(profile, [{ Tag: 'Tag_Profile_IM_Nick', Value: 'x'.repeat(501) }]))).toBe(40001)
  })
})
