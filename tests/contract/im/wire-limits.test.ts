import { describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import { ATTRIBUTE_CONFLICT, BAD_PARAMETER, NO_PERMISSION, SERVICE_TOO_FAST, TOO_FAST, TOO_LONG } from './support/codes'
import { textElement } from './support/rest-client'
import { connect, enter, rest, room, useRestScene } from './support/rest-scene'

/** Limits and codes of a client, by a client that keeps no limit of its own (the SDK holds itself back before the server would). */
useRestScene()

const GROUP = 'group_open_http_svc'
const ONLINE_NUMBER_S = 10

const codeOf = (request: Promise<unknown>): Promise<number> =>
  request.then(
    () => 0,
    (error: unknown) => (error as { code: number }).code,
  )

/** The codes of a burst, which is repeated until one of it is refused: a server that is slow answers the first as if each had come by itself. */
async function codesUntil(refusal: number, burst: () => readonly Promise<unknown>[]): Promise<Set<number>> {
  const codes = new Set<number>()
  await until(
    async () => {
      for (const code of await Promise.all(burst().map(codeOf))) codes.add(code)
      return codes.has(refusal) ? true : null
    },
    30_000,
    `code ${refusal}`,
  )
  return codes
}

describe('too fast', () => {
  it('are 31 joins in ten seconds: 60022', async () => {
    const bob = await connect('bob')
    const codes = await Promise.all(Array.from({ length: 60 }, () => codeOf(bob.request(`${GROUP}.apply_join_group`, { GroupId: room }))))
    expect(new Set(codes)).toEqual(new Set([0, SERVICE_TOO_FAST]))
    expect(codes.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 0))
  })

  it('is more than any robot asks: 60022', async () => {
    const bob = await connect('bob')
    const codes = await codesUntil(SERVICE_TOO_FAST, () => Array.from({ length: 2_600 }, () => bob.request('im_open_status.wshello', {})))
    expect(codes).toEqual(new Set([0, SERVICE_TOO_FAST]))
  })

  it('is more than a room delivers many times over: 10023', async () => {
    const bob = await enter('bob')
    const codes = await codesUntil(TOO_FAST, () => Array.from({ length: 1_000 }, () => bob.send(room, 'a flood', 'Lowest')))
    expect(codes).toEqual(new Set([0, TOO_FAST]))
  })
})

it('attributes written by an old number are refused: 10056', async () => {
  const bob = await enter('bob')
  const write = (command: string, key: string, seq: number, AttrMainSeq: number): Promise<number> =>
    codeOf(bob.request(`${GROUP}.${command}`, { GroupId: room, GroupAttr: [{ key, value: 'v', seq }], AttrMainSeq, AttrControl: ['RaceConflict'] }))
  await rest.ok('set_group_attr', { GroupId: room, GroupAttr: [{ key: 'a', value: '1' }] })
  expect(await write('modify_group_attr', 'a', 0, 0)).toBe(ATTRIBUTE_CONFLICT)
  expect(await write('set_group_attr', 'b', 0, 0)).toBe(ATTRIBUTE_CONFLICT)
  expect(await write('modify_group_attr', 'a', 1, 1)).toBe(0)
})

it('a message between two has its size: 80002', async () => {
  const bob = await connect('bob')
  const tell = (text: string): Promise<number> =>
    codeOf(bob.request('openim.sendmsg', { To_Account: 'carol', MsgSeq: 1, MsgRandom: 1, MsgBody: [textElement(text)] }))
  expect(await tell('x'.repeat(12_000))).toBe(0)
  expect(await tell('x'.repeat(12_400))).toBe(TOO_LONG)
})

describe('the owner', () => {
  it('bans 20 at once', async () => {
    const owner = await enter('owner')
    const ban = (count: number): Promise<number> =>
      codeOf(owner.request(`${GROUP}.ban_group_member`, { GroupId: room, Members_Account: Array.from({ length: count }, (_, i) => `u${i}`), Duration: 60 }))
    expect(await ban(21)).toBe(BAD_PARAMETER)
    expect(await ban(20)).toBe(0)
  })

  it('alone changes, marks, bans and ends', async () => {
    const bob = await enter('bob')
    const asked: readonly (readonly [string, object])[] = [
      [`${GROUP}.modify_group_base_info`, { Name: 'Mine' }],
      [`${GROUP}.modify_group_member_info`, { Member_Account: 'carol', ShutUpTime: 60 }],
      [`${GROUP}.ban_group_member`, { Members_Account: ['carol'], Duration: 60 }],
      [`${GROUP}.unban_group_member`, { Members_Account: ['carol'] }],
      ['group_open_avchatroom_http_svc.modify_user_info', { CommandType: 1, MemberList: [{ Member_Account: 'bob', Marks: [1_000] }] }],
      [`${GROUP}.destroy_group`, {}],
    ]
    for (const [command, body] of asked) expect(await codeOf(bob.request(command, { GroupId: room, ...body })), command).toBe(NO_PERMISSION)
  })
})

it('the number of those online says how long it holds: ten seconds', async () => {
  const bob = await enter('bob')
  expect(await bob.request(`${GROUP}.get_online_member_num`, { GroupId: room })).toMatchObject({ OnlineMemberNum: 1, ExpireTime: ONLINE_NUMBER_S })
})
