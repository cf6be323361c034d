import { describe, expect, it } from 'vitest'
import { ATTRIBUTES_TOO_FAST, ATTRIBUTE_CONFLICT, BAD_PARAMETER, NO_GROUP } from './support/codes'
import type { RestAnswer } from './support/rest-client'
import { enter, fails, rest, room, useRestScene } from './support/rest-scene'

useRestScene()

describe('attributes', () => {
  type Pairs = readonly { readonly key: string; readonly value: string }[]
  const write = (command: string, GroupAttr?: readonly object[]): Promise<RestAnswer> => rest.call(command, { GroupId: room, ...(GroupAttr && { GroupAttr }) })
  const read = async (): Promise<Record<string, string>> => {
    const { GroupAttrAry } = await rest.ok<{ GroupAttrAry: Pairs }>('group_open_attr_http_svc/get_group_attr', { GroupId: room })
    return Object.fromEntries(GroupAttrAry.map(({ key, value }) => [key, value]))
  }

  it('are set, modified, deleted and cleared', async () => {
    await write('set_group_attr', [
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ])
    await write('modify_group_attr', [
      { key: 'b', value: '3' },
      { key: 'c', value: '4' },
    ])
    expect(await read()).toEqual({ a: '1', b: '3', c: '4' })
    await write('delete_group_attr', [{ key: 'a' }])
    expect(await read()).toEqual({ b: '3', c: '4' })
    await write('set_group_attr', [{ key: 'd', value: '5' }])
    expect(await read()).toEqual({ d: '5' })
    await write('clear_group_attr')
    expect(await read()).toEqual({})
  })

  it('are 16, of 32 and 4,096 bytes, 16 KiB in all', async () => {
    const many = (count: number, size: number): Pairs => Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: 'v'.repeat(size) }))
    for (const command of ['set_group_attr', 'modify_group_attr']) {
      for (const wrong of [many(17, 1), [{ key: 'k'.repeat(33), value: 'v' }], many(1, 4_097), many(5, 4_000)]) {
        const answer = await write(command, wrong)
        expect(answer.ActionStatus).toBe('FAIL')
        expect(await read()).toEqual({})
      }
    }
    expect(await write('set_group_attr', many(16, 1))).toMatchObject({ ActionStatus: 'OK' })
    const seventeenth = await write('modify_group_attr', [{ key: 'one_more', value: 'v' }])
    expect(seventeenth.ActionStatus).toBe('FAIL')
    expect(await write('set_group_attr', many(4, 4_000))).toMatchObject({ ActionStatus: 'OK' })
    expect(await write('set_group_attr', [{ key: 'k'.repeat(32), value: 'v'.repeat(4_096) }])).toMatchObject({ ActionStatus: 'OK' })
  })

  it('want a room and a list', async () => {
    for (const command of ['set_group_attr', 'modify_group_attr', 'delete_group_attr', 'clear_group_attr', 'group_open_attr_http_svc/get_group_attr']) {
      fails(await rest.call(command, { GroupId: 'nowhere', GroupAttr: [{ key: 'a', value: '1' }] }), NO_GROUP)
    }
    for (const wrong of [undefined, [{ key: 5, value: 'v' }], [{ value: 'v' }], [{ key: 'a', value: {} }]]) {
      fails(await write('modify_group_attr', wrong), BAD_PARAMETER)
    }
  })
})

it('attributes written too fast by one client are refused', async () => {
  const bob = await enter('bob')
  const write = (value: number): Promise<number> =>
    bob
      .request('group_open_http_svc.modify_group_attr', { GroupId: room, GroupAttr: [{ key: `k${value % 10}`, value: String(value), seq: 0 }], AttrMainSeq: 0 })
      .then(
        () => 0,
        (error: unknown) => (error as { code: number }).code,
      )
  const codes = await Promise.all(Array.from({ length: 60 }, (_, i) => write(i)))
  expect(codes).toContain(ATTRIBUTES_TOO_FAST)
  expect(codes.filter((code) => ![0, ATTRIBUTES_TOO_FAST, ATTRIBUTE_CONFLICT].includes(code))).toEqual([])
})

describe('counters', () => {
  const update = (Mode: string, Key: string, Value: number): Promise<RestAnswer> =>
    rest.call('update_group_counter', { GroupId: room, GroupCounter: [{ Key, Value }], Mode })
  const read = async (keys: readonly string[]): Promise<unknown> =>
    (await rest.ok<{ GroupCounter: unknown }>('get_group_counter', { GroupId: room, GroupCounterKeys: keys })).GroupCounter

  it('are set, raised, lowered and deleted', async () => {
    await update('Set', 'likes', 5)
    await update('Increase', 'likes', 3)
    await update('Decrease', 'likes', 1)
    expect(await read(['likes'])).toEqual([{ Key: 'likes', Value: 7 }])
    await rest.ok('delete_group_counter', { GroupId: room, GroupCounterKeys: ['likes'] })
    expect(await read([])).toEqual([])
  })
})
