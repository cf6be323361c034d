import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import { roomName } from './support/room-cases'
import { customElement, newRandom, textElement, type MessageElement, type RestAnswer, type RestClient } from './support/rest-client'
import { RoomServerProcess } from './support/room-server-process'
import { nowS } from './support/user-sig'
import { WireClient } from './support/wire-client'

/** Codes of Tencent's documents. */
const BAD_PARAMETER = 10_004
const TOO_MANY_ACCOUNTS = 10_005
const NO_PERMISSION = 10_007
const NO_GROUP = 10_010
const BAD_GROUP_ID = 10_015
const MUTED = 10_017
const TAKEN = 10_021
const TAKEN_BY_OWNER = 10_025
const TOO_FAST = 10_023
const ATTRIBUTES_TOO_FAST = 10_049
const ATTRIBUTE_CONFLICT = 10_056
const NO_MESSAGE = 10_030
const TOO_LONG = 80_002
const FOREVER = 4_294_967_295

let server: RoomServerProcess
let rest: RestClient
let room: string
const clients: WireClient[] = []

beforeAll(async () => {
  server = await RoomServerProcess.start()
  rest = server.rest()
  await rest.importAccounts('owner', 'somebody_else', 'bob', 'carol', 'dave', 'never_here')
})
afterAll(async () => {
  await server.close()
})
beforeEach(async () => {
  room = roomName()
  await rest.openRoom(room)
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

const create = (changes: object): Promise<RestAnswer & { GroupId?: string }> =>
  rest.call('create_group', { Owner_Account: 'owner', Type: 'AVChatRoom', Name: 'Friday night', GroupId: room, ...changes })
const enter = async (userId: string): Promise<WireClient> => {
  const client = new WireClient(userId)
  clients.push(client)
  await client.connect(server.wire)
  await client.login(server.userSig(userId))
  await client.join(room)
  return client
}
const fails = (answer: RestAnswer, code: number): void => {
  expect(answer).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: code, ErrorInfo: expect.any(String) as unknown })
}
/** A string of exactly so many bytes, most of them in characters of three. */
const bytes = (count: number): string => '文'.repeat(Math.floor(count / 3)) + 'x'.repeat(count % 3)

interface GroupInfo {
  readonly GroupId: string
  readonly Type?: string
  readonly Name?: string
  readonly Introduction?: string
  readonly Notification?: string
  readonly FaceUrl?: string
  readonly Owner_Account?: string
  readonly MuteAllMember?: string
  readonly AppDefinedData?: readonly { readonly Key: string; readonly Value: string }[]
  readonly ErrorCode?: number
}
const info = async (filter: object = {}): Promise<GroupInfo> => {
  const { GroupInfo: list } = await rest.ok<{ GroupInfo: readonly GroupInfo[] }>('get_group_info', { GroupIdList: [room], ...filter })
  const [first] = list
  if (first === undefined) throw new Error('no group in the answer')
  return first
}

describe('the form', () => {
  it('answers 200 with a status, a code and a text, whatever happens', async () => {
    for (const body of ['{}', 'not json', '', '[]', 'null', '"text"']) {
      const response = await rest.post('create_group', body)
      expect(response.status, body).toBe(200)
      expect(await response.json(), body).toMatchObject({
        ActionStatus: 'FAIL',
        ErrorCode: expect.any(Number) as unknown,
        ErrorInfo: expect.any(String) as unknown,
      })
    }
    expect(await rest.ok('get_group_info', { GroupIdList: [room] })).toMatchObject({ ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '' })
  })

  it('knows no other commands', async () => {
    for (const command of ['group_open_http_svc/no_such_command', 'no_such_service/create_group']) {
      const answer = await rest.call(command, {})
      expect(answer.ActionStatus, command).toBe('FAIL')
      expect(answer.ErrorCode, command).not.toBe(0)
    }
  })
})

describe('create_group', () => {
  it('gives the name that was asked for, or one of its own', async () => {
    room = roomName()
    expect(await create({})).toMatchObject({ ActionStatus: 'OK', GroupId: room })
    const { GroupId } = await rest.ok<{ GroupId: string }>('create_group', { Owner_Account: 'owner', Type: 'AVChatRoom', Name: 'n' })
    expect(GroupId).toMatch(/^@TGS#/)
  })

  it('knows whose name it is', async () => {
    fails(await create({ Owner_Account: 'somebody_else' }), TAKEN)
    fails(await create({}), TAKEN_BY_OWNER)
  })

  it.each([
    ['Name', 30],
    ['Introduction', 240],
    ['Notification', 300],
    ['FaceUrl', 100],
  ])('%s has up to %i bytes', async (field, limit) => {
    room = roomName()
    fails(await create({ [field]: bytes(limit + 1) }), BAD_PARAMETER)
    expect(await create({ [field]: bytes(limit) })).toMatchObject({ ActionStatus: 'OK' })
    expect(await info()).toMatchObject({ [field]: bytes(limit) })
  })

  it.each(['x'.repeat(49), '@TGS#mine', 'größe', 'tab\there'])('%j is no name', async (GroupId) => {
    const answer = await create({ GroupId })
    expect(answer.ActionStatus).toBe('FAIL')
    expect([BAD_PARAMETER, BAD_GROUP_ID]).toContain(answer.ErrorCode)
  })

  it('takes a name of 48 bytes', async () => {
    room = roomName().padEnd(48, 'x')
    expect(await create({})).toMatchObject({ ActionStatus: 'OK' })
  })

  it('puts nobody into a live room', async () => {
    room = roomName()
    fails(await create({ MemberList: [{ Member_Account: 'bob' }] }), NO_PERMISSION)
  })

  it.each([[{ Type: 'Fridge' }], [{ Type: undefined }], [{ Name: undefined }], [{ Name: 5 }]])('%j is refused', async (changes) => {
    room = roomName()
    fails(await create(changes), BAD_PARAMETER)
  })

  it('keeps fields of the app: keys of 16 bytes, values of 512', async () => {
    room = roomName()
    const AppDefinedData = [{ Key: 'k'.repeat(16), Value: 'v'.repeat(512) }]
    fails(await create({ AppDefinedData: [{ Key: 'k'.repeat(17), Value: 'v' }] }), BAD_PARAMETER)
    fails(await create({ AppDefinedData: [{ Key: 'k', Value: 'v'.repeat(513) }] }), BAD_PARAMETER)
    expect(await create({ AppDefinedData })).toMatchObject({ ActionStatus: 'OK' })
    expect(await info()).toMatchObject({ AppDefinedData })
  })
})

describe('modify_group_base_info and get_group_info', () => {
  const modify = (changes: object): Promise<RestAnswer> => rest.call('modify_group_base_info', { GroupId: room, ...changes })

  it('change only what is sent, and tell all of it', async () => {
    await modify({ Name: 'Late night', Notification: 'Back in five' })
    await modify({ Introduction: 'About it', FaceUrl: 'https://example.com/f.png' })
    expect(await info()).toMatchObject({
      GroupId: room,
      Type: 'AVChatRoom',
      Name: 'Late night',
      Introduction: 'About it',
      Notification: 'Back in five',
      FaceUrl: 'https://example.com/f.png',
      Owner_Account: 'owner',
      MuteAllMember: 'Off',
    })
    await modify({ Notification: '' })
    expect(await info()).toMatchObject({ Name: 'Late night', Notification: '' })
  })

  it.each([
    ['Name', 30],
    ['Introduction', 240],
    ['Notification', 300],
    ['FaceUrl', 100],
  ])('%s has up to %i bytes', async (field, limit) => {
    fails(await modify({ [field]: bytes(limit + 1) }), BAD_PARAMETER)
    expect(await modify({ [field]: bytes(limit) })).toMatchObject({ ActionStatus: 'OK' })
    expect(await info()).toMatchObject({ [field]: bytes(limit) })
  })

  it.each(['MuteAllMember', 'ShutUpAllMember'])('%s mutes the whole room', async (field) => {
    const bob = await enter('bob')
    await modify({ [field]: 'On' })
    await expect(bob.send(room, 'hello?')).rejects.toMatchObject({ code: MUTED })
    expect(await info()).toMatchObject({ MuteAllMember: 'On' })
    await modify({ [field]: 'Off' })
    await bob.send(room, 'thank you')
    fails(await modify({ [field]: 'Perhaps' }), BAD_PARAMETER)
  })

  it('keep fields of the app', async () => {
    await modify({ AppDefinedData: [{ Key: 'status', Value: 'live' }] })
    await modify({ AppDefinedData: [{ Key: 'seat', Value: '1' }] })
    const { AppDefinedData } = await info()
    expect([...(AppDefinedData ?? [])].sort((a, b) => a.Key.localeCompare(b.Key))).toEqual([
      { Key: 'seat', Value: '1' },
      { Key: 'status', Value: 'live' },
    ])
  })

  it('give only what a filter asks for', async () => {
    const filtered = await info({ ResponseFilter: { GroupBaseInfoFilter: ['Name', 'Notification'] } })
    expect(filtered).toMatchObject({ GroupId: room, Name: 'Friday night' })
    expect(filtered).not.toHaveProperty('Introduction')
    expect(filtered).not.toHaveProperty('Owner_Account')
  })

  it('say for each group that is not there', async () => {
    const answer = await rest.call<{ GroupInfo: readonly GroupInfo[] }>('get_group_info', { GroupIdList: [room, 'nowhere'] })
    expect(answer.GroupInfo.map((one) => [one.GroupId, one.ErrorCode])).toEqual([
      [room, 0],
      ['nowhere', expect.toSatisfy((code: number) => [NO_GROUP, BAD_GROUP_ID].includes(code))],
    ])
    fails(await rest.call('modify_group_base_info', { GroupId: 'nowhere', Name: 'n' }), NO_GROUP)
  })
})

describe('send_group_msg', () => {
  const send = (changes: object = {}): Promise<RestAnswer & { MsgTime: number; MsgSeq: number }> =>
    rest.call('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('hello')], ...changes })

  it('delivers, with time and number', async () => {
    const bob = await enter('bob')
    const answer = await send({
      From_Account: 'carol',
      MsgPriority: 'High',
      CloudCustomData: 'mine',
      MsgBody: [textElement('a'), customElement('b', 'c', 'd')],
    })
    expect(answer).toMatchObject({ ActionStatus: 'OK', MsgTime: expect.any(Number) as unknown, MsgSeq: expect.any(Number) as unknown })
    const item = await until(() => bob.items.find((one) => one.MsgSeq === answer.MsgSeq) ?? null, 5_000, 'the message')
    expect(item).toMatchObject({
      Event: 3,
      From_Account: 'carol',
      ToGroupId: room,
      MsgPriority: 'High',
      MsgTimeStamp: answer.MsgTime,
      CloudCustomData: 'mine',
      MsgBody: [textElement('a'), customElement('b', 'c', 'd')],
    })
  })

  it('is Normal unless said, and case matters', async () => {
    const bob = await enter('bob')
    const { MsgSeq } = await send()
    expect(await until(() => bob.items.find((one) => one.MsgSeq === MsgSeq) ?? null, 5_000, 'the message')).toMatchObject({ MsgPriority: 'Normal' })
    fails(await send({ MsgPriority: 'high' }), BAD_PARAMETER)
  })

  it('drops what has the same Random within five minutes', async () => {
    const bob = await enter('bob')
    const Random = newRandom()
    await send({ Random, MsgBody: [textElement('first')] })
    await send({ Random, MsgBody: [textElement('second')] })
    await send({ MsgBody: [textElement('last')] })
    await bob.hear('last')
    expect(bob.texts()).toEqual(['first', 'last'])
  })

  it('knows its rooms, its senders and its sizes', async () => {
    fails(await send({ GroupId: 'nowhere' }), NO_GROUP)
    const bad = await send({ GroupId: 'größe' })
    expect([NO_GROUP, BAD_GROUP_ID, BAD_PARAMETER]).toContain(bad.ErrorCode)
    fails(await send({ MsgBody: [textElement('x'.repeat(13_000))] }), TOO_LONG)
    expect(await send({ MsgBody: [textElement('x'.repeat(7_900))] })).toMatchObject({ ActionStatus: 'OK' })
  })

  it.each<[string, object]>([
    ['no body', { MsgBody: undefined }],
    ['an empty body', { MsgBody: [] }],
    ['a body that is no list', { MsgBody: textElement('x') }],
    ['an element without a type', { MsgBody: [{ MsgContent: { Text: 'x' } }] }],
    ['an element without content', { MsgBody: [{ MsgType: 'TIMTextElem' }] }],
    ['an element of no known type', { MsgBody: [{ MsgType: 'TIMFridgeElem', MsgContent: {} }] }],
    ['a text that is none', { MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 5 } }] }],
    ['no Random', { Random: undefined }],
  ])('refuses %s', async (_what, changes) => {
    fails(await send(changes), BAD_PARAMETER)
  })
})

it('send_group_system_notification reaches who is there', async () => {
  const bob = await enter('bob')
  await rest.ok('send_group_system_notification', { GroupId: room, Content: 'a notice' })
  await until(() => bob.items.find((one) => one.Event === 5 && JSON.stringify(one.MsgBody).includes('a notice')) ?? null, 5_000, 'the notice')
  fails(await rest.call('send_group_system_notification', { GroupId: 'nowhere', Content: 'x' }), NO_GROUP)
})

describe('mutes', () => {
  const mute = (accounts: readonly string[], MuteTime: number): Promise<RestAnswer> =>
    rest.call('forbid_send_msg', { GroupId: room, Members_Account: accounts, MuteTime })
  const muted = async (command = 'get_group_muted_account'): Promise<readonly { Member_Account: string; MutedUntil: number }[]> =>
    (await rest.ok<{ MutedAccountList: readonly { Member_Account: string; MutedUntil: number }[] }>(command, { GroupId: room })).MutedAccountList

  it('have an end, or none, and are lifted', async () => {
    const bob = await enter('bob')
    const from = nowS()
    await mute(['bob', 'carol'], 600)
    await mute(['dave'], FOREVER)
    await expect(bob.send(room, 'hello?')).rejects.toMatchObject({ code: MUTED })
    const list = new Map((await muted()).map((one) => [one.Member_Account, one.MutedUntil]))
    expect([...list.keys()].sort()).toEqual(['bob', 'carol', 'dave'])
    expect(list.get('bob')).toBeGreaterThanOrEqual(from + 600)
    expect(list.get('bob')).toBeLessThanOrEqual(nowS() + 600)
    expect(list.get('dave')).toBeGreaterThan(from + 86_400 * 365)
    await mute(['bob', 'carol'], 0)
    await bob.send(room, 'thank you')
    expect((await muted()).map((one) => one.Member_Account)).toEqual(['dave'])
  })

  it('are set by the older field too', async () => {
    const bob = await enter('bob')
    await rest.ok('forbid_send_msg', { GroupId: room, Members_Account: ['bob'], ShutUpTime: 600 })
    await expect(bob.send(room, 'hello?')).rejects.toMatchObject({ code: MUTED })
  })

  it('are listed under the older names too', async () => {
    await mute(['bob'], 600)
    const { ShuttedUinList } = await rest.ok<{ ShuttedUinList: readonly object[] }>('get_group_shutted_uin', { GroupId: room })
    expect(ShuttedUinList).toEqual([{ Member_Account: 'bob', ShuttedUntil: expect.any(Number) as unknown }])
  })

  it('take 500 accounts at a time', async () => {
    const accounts = Array.from({ length: 501 }, (_, i) => `user_${i}`)
    fails(await mute(accounts, 60), TOO_MANY_ACCOUNTS)
    expect(await mute(accounts.slice(1), 60)).toMatchObject({ ActionStatus: 'OK' })
    expect(await muted()).toHaveLength(500)
  })

  it('want a room, accounts and a time', async () => {
    fails(await rest.call('forbid_send_msg', { GroupId: 'nowhere', Members_Account: ['bob'], MuteTime: 60 }), NO_GROUP)
    fails(await rest.call('get_group_muted_account', { GroupId: 'nowhere' }), NO_GROUP)
    fails(await rest.call('forbid_send_msg', { GroupId: room, Members_Account: [], MuteTime: 60 }), BAD_PARAMETER)
    fails(await rest.call('forbid_send_msg', { GroupId: room, Members_Account: ['bob'] }), BAD_PARAMETER)
    fails(await mute(['bob'], -1), BAD_PARAMETER)
    fails(await mute(['bob'], FOREVER + 1), BAD_PARAMETER)
  })
})

it('delete_group_member is not for live rooms', async () => {
  await enter('bob')
  fails(await rest.call('delete_group_member', { GroupId: room, MemberToDel_Account: ['bob'], Silence: 0, Reason: '' }), BAD_PARAMETER)
})

describe('bans', () => {
  const ban = (accounts: readonly string[], changes: object = {}): Promise<RestAnswer> =>
    rest.call('ban_group_member', { GroupId: room, Members_Account: accounts, Duration: 3_600, Description: 'rude', ...changes })
  interface Banned {
    readonly BannedAccountList: readonly { readonly Member_Account: string; readonly BannedUntil: number }[]
    readonly NextOffset: number
  }
  const banned = (page: object = { Limit: 100, Offset: 0 }): Promise<Banned & RestAnswer> => rest.call('get_group_ban_member', { GroupId: room, ...page })

  it('remove, keep out, are listed and lifted', async () => {
    const bob = await enter('bob')
    const from = nowS()
    await ban(['bob', 'never_here'])
    await until(() => bob.items.find((one) => one.Event === 5) ?? null, 5_000, 'the notice')
    await expect(bob.join(room)).rejects.toMatchObject({ code: expect.any(Number) as unknown })
    await expect(bob.send(room, 'hello?')).rejects.toMatchObject({ code: expect.any(Number) as unknown })
    const { BannedAccountList } = await banned()
    expect(BannedAccountList.map((one) => one.Member_Account).sort()).toEqual(['bob', 'never_here'])
    expect(BannedAccountList[0]?.BannedUntil).toBeGreaterThanOrEqual(from + 3_600)
    await rest.ok('unban_group_member', { GroupId: room, Members_Account: ['bob'] })
    expect((await banned()).BannedAccountList.map((one) => one.Member_Account)).toEqual(['never_here'])
    await bob.join(room)
  })

  it('end by themselves', async () => {
    const bob = await enter('bob')
    await ban(['bob'], { Duration: 1 })
    await until(
      () =>
        bob.join(room).then(
          () => true as const,
          () => null,
        ),
      10_000,
      'the way back',
    )
    expect((await banned()).BannedAccountList).toEqual([])
  })

  it('take 20 accounts at a time, and 1,000 bytes of why', async () => {
    const accounts = Array.from({ length: 21 }, (_, i) => `user_${i}`)
    for (const answer of [await ban(accounts), await rest.call('unban_group_member', { GroupId: room, Members_Account: accounts })]) {
      expect(answer.ActionStatus).toBe('FAIL')
      expect([BAD_PARAMETER, TOO_MANY_ACCOUNTS]).toContain(answer.ErrorCode)
    }
    fails(await ban(['bob'], { Description: bytes(1_001) }), BAD_PARAMETER)
    expect(await ban(accounts.slice(1), { Description: bytes(1_000) })).toMatchObject({ ActionStatus: 'OK' })
  })

  it('are listed in pages of up to 100', async () => {
    const accounts = Array.from({ length: 45 }, (_, i) => `user_${String(i).padStart(2, '0')}`)
    for (let at = 0; at < accounts.length; at += 20) await ban(accounts.slice(at, at + 20))
    const seen: string[] = []
    let offset = 0
    do {
      const page = await banned({ Limit: 20, Offset: offset })
      expect(page.BannedAccountList.length).toBeLessThanOrEqual(20)
      seen.push(...page.BannedAccountList.map((one) => one.Member_Account))
      offset = page.NextOffset
    } while (offset !== 0)
    expect(seen.sort()).toEqual(accounts)
    fails(await banned({ Limit: 101, Offset: 0 }), BAD_PARAMETER)
  })

  it('want a room', async () => {
    for (const command of ['ban_group_member', 'unban_group_member', 'get_group_ban_member']) {
      fails(await rest.call(command, { GroupId: 'nowhere', Members_Account: ['bob'], Duration: 60, Limit: 20, Offset: 0 }), NO_GROUP)
    }
  })
})

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

describe('who is there', () => {
  it('is counted', async () => {
    await enter('bob')
    await enter('carol')
    expect(await rest.ok('get_online_member_num', { GroupId: room })).toMatchObject({ OnlineMemberNum: 2 })
    fails(await rest.call('get_online_member_num', { GroupId: 'nowhere' }), NO_GROUP)
  })

  it('is listed in pages', async () => {
    for (let at = 0; at < 5; at += 1) await enter(`user_${at}`)
    const seen: string[] = []
    let Timestamp = 0
    do {
      const page = await rest.ok<{ MemberList: readonly { Member_Account: string }[]; NextTimestamp: number }>('group_open_avchatroom_http_svc/get_members', {
        GroupId: room,
        Timestamp,
      })
      seen.push(...page.MemberList.map((one) => one.Member_Account))
      Timestamp = page.NextTimestamp
    } while (Timestamp !== 0)
    expect(seen.sort()).toEqual(['user_0', 'user_1', 'user_2', 'user_3', 'user_4'])
  })

  it('is marked and listed by the mark', async () => {
    await enter('bob')
    await enter('carol')
    await rest.ok('group_open_avchatroom_http_svc/modify_user_info', {
      GroupId: room,
      CommandType: 1,
      MemberList: [{ Member_Account: 'bob', Marks: [1_000] }],
    })
    const { MemberList } = await rest.ok<{ MemberList: readonly { Member_Account: string }[] }>('group_open_avchatroom_http_svc/get_members', {
      GroupId: room,
      Timestamp: 0,
      Mark: 1_000,
    })
    expect(MemberList.map((one) => one.Member_Account)).toEqual(['bob'])
  })
})

it('marks: ten of them for a room, from 1,000 on', async () => {
  await enter('bob')
  const mark = (Marks: readonly number[], CommandType = 1): Promise<RestAnswer> =>
    rest.call('group_open_avchatroom_http_svc/modify_user_info', { GroupId: room, CommandType, MemberList: [{ Member_Account: 'bob', Marks }] })
  fails(await mark([999]), BAD_PARAMETER)
  const ten = Array.from({ length: 10 }, (_, i) => 1_000 + i)
  expect(await mark(ten)).toMatchObject({ ActionStatus: 'OK' })
  const eleventh = await mark([1_010])
  expect(eleventh.ActionStatus).toBe('FAIL')
})

describe('send_broadcast_msg', () => {
  const broadcast = (MsgBody: readonly MessageElement[]): Promise<RestAnswer & { MsgSeq: number }> =>
    rest.call('send_broadcast_msg', { From_Account: 'administrator', Random: newRandom(), MsgBody, CloudCustomData: 'to all' })

  it('reaches every room, up to five times a second', async () => {
    const bob = await enter('bob')
    room = roomName()
    await create({})
    const carol = await enter('carol')
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => broadcast([textElement(`news ${i}`)])))
    const codes = answers.map((one) => one.ErrorCode)
    expect(new Set(codes)).toEqual(new Set([0, TOO_FAST]))
    const delivered = codes.flatMap((code, i) => (code === 0 ? [`news ${i}`] : []))
    for (const client of [bob, carol]) {
      await until(() => (delivered.every((text) => client.texts().includes(text)) ? true : null), 5_000, 'the broadcasts')
    }
  })

  it('has its size', async () => {
    fails(await until(async () => notTooFast(await broadcast([textElement('x'.repeat(12_100))])), 5_000, 'an answer'), TOO_LONG)
  })

  const notTooFast = <T extends RestAnswer>(answer: T): T | null => (answer.ErrorCode === TOO_FAST ? null : answer)
})

describe('group_msg_recall', () => {
  it('recalls, message by message', async () => {
    const bob = await enter('bob')
    const { MsgSeq } = await rest.ok<{ MsgSeq: number }>('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('a slip')] })
    await bob.hear('a slip')
    const { RecallRetList } = await rest.ok<{ RecallRetList: unknown }>('group_msg_recall', {
      GroupId: room,
      MsgSeqList: [{ MsgSeq }, { MsgSeq: MsgSeq + 1_000 }],
      Reason: 'a slip',
    })
    expect(RecallRetList).toEqual([
      { MsgSeq, RetCode: 0 },
      { MsgSeq: MsgSeq + 1_000, RetCode: NO_MESSAGE },
    ])
    const late = await enter('late')
    await rest.ok('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('after it')] })
    await late.hear('after it')
    expect(late.texts()).toEqual(['after it'])
  })

  it('takes ten at a time', async () => {
    const list = Array.from({ length: 11 }, (_, i) => ({ MsgSeq: i + 1 }))
    const answer = await rest.call('group_msg_recall', { GroupId: room, MsgSeqList: list })
    expect(answer.ActionStatus).toBe('FAIL')
    fails(await rest.call('group_msg_recall', { GroupId: 'nowhere', MsgSeqList: [{ MsgSeq: 1 }] }), NO_GROUP)
  })
})

it('openim/modify_group_msg is not for live rooms', async () => {
  const { MsgSeq } = await rest.ok<{ MsgSeq: number }>('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('hello')] })
  const answer = await rest.call('openim/modify_group_msg', { GroupId: room, MsgSeq, MsgBody: [textElement('goodbye')] })
  expect(answer.ActionStatus).toBe('FAIL')
})

it('destroy_group ends the room for all', async () => {
  const bob = await enter('bob')
  await rest.ok('destroy_group', { GroupId: room })
  await until(() => bob.items.find((one) => one.Event === 5) ?? null, 5_000, 'the notice')
  fails(await rest.call('destroy_group', { GroupId: room }), NO_GROUP)
  await expect(bob.send(room, 'hello?')).rejects.toMatchObject({ code: NO_GROUP })
  expect(await create({})).toMatchObject({ ActionStatus: 'OK' })
})

it('setnospeaking mutes one user in all rooms', async () => {
  const bob = await enter('global_bob')
  await rest.ok('openconfigsvr/setnospeaking', { Set_Account: 'global_bob', GroupmsgNospeakingTime: 600 })
  await expect(bob.send(room, 'hello?')).rejects.toMatchObject({ code: MUTED })
  fails(await rest.call('send_group_msg', { GroupId: room, From_Account: 'global_bob', Random: newRandom(), MsgBody: [textElement('x')] }), MUTED)
  await rest.ok('openconfigsvr/setnospeaking', { Set_Account: 'global_bob', GroupmsgNospeakingTime: 0 })
  await bob.send(room, 'thank you')
})

describe('accounts and portraits', () => {
  it('are imported, set and read', async () => {
    await rest.ok('im_open_login_svc/account_import', { UserID: 'imported', Nick: 'Ina', FaceUrl: 'https://example.com/i.png' })
    await rest.ok('profile/portrait_set', { From_Account: 'imported', ProfileItem: [{ Tag: 'Tag_Profile_IM_Nick', Value: 'Ina 2' }] })
    const { UserProfileItem } = await rest.ok<{
      UserProfileItem: readonly { To_Account: string; ProfileItem: readonly { Tag: string; Value: unknown }[] }[]
    }>('profile/portrait_get', { To_Account: ['imported'], TagList: ['Tag_Profile_IM_Nick', 'Tag_Profile_IM_Image'] })
    expect(UserProfileItem[0]?.To_Account).toBe('imported')
    expect(UserProfileItem[0]?.ProfileItem).toEqual(
      expect.arrayContaining([
        { Tag: 'Tag_Profile_IM_Nick', Value: 'Ina 2' },
        { Tag: 'Tag_Profile_IM_Image', Value: 'https://example.com/i.png' },
      ]),
    )
  })
})
