import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import { CallbackReceiver, type CallbackAnswer, type ReceivedCallback } from './support/callback-receiver'
import { roomName } from './support/room-cases'
import { customElement, newRandom, textElement, type RestAnswer, type RestClient } from './support/rest-client'
import { ADMIN, RoomServerProcess, SDK_APP_ID } from './support/room-server-process'
import { nowS } from './support/user-sig'
import { WireClient } from './support/wire-client'

const TOKEN = 'xxxxyyyy'
const REFUSED_BY_APP = 10_016
const CLOCK_SLACK_S = 5

let receiver: CallbackReceiver
let server: RoomServerProcess
let rest: RestClient
let room: string
const clients: WireClient[] = []

beforeAll(async () => {
  receiver = new CallbackReceiver()
  server = await RoomServerProcess.start({ callbackUrl: await receiver.listen(), callbackToken: TOKEN })
  rest = server.rest()
  await rest.importAccounts('carol')
})
afterAll(async () => {
  await server.close()
  await receiver.close()
})
beforeEach(async () => {
  room = roomName()
  await rest.openRoom(room)
})
afterEach(() => {
  receiver.reset()
  for (const client of clients.splice(0)) client.close()
})

const connect = async (userId: string): Promise<WireClient> => {
  const client = new WireClient(userId)
  clients.push(client)
  await client.connect(server.wire)
  await client.login(server.userSig(userId))
  return client
}
const enter = async (userId: string): Promise<WireClient> => {
  const client = await connect(userId)
  await client.join(room)
  return client
}
const sendByRest = (changes: object = {}): Promise<RestAnswer & { MsgSeq: number; MsgTime: number }> =>
  rest.call('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('hello')], ...changes })
const ofRoom = (callback: ReceivedCallback): boolean => callback.body['GroupId'] === room
const next = (command: string): Promise<ReceivedCallback> => receiver.next(command, ofRoom)

const anyText = expect.any(String) as unknown
const MS_TEXT = expect.stringMatching(/^\d{13}$/) as unknown

/** The body is as documented: every field of it, and no other than those that the documents call later additions. */
function expectBody(callback: ReceivedCallback, documented: Record<string, unknown>, optional: readonly string[] = []): void {
  const body = Object.fromEntries(Object.entries(callback.body).filter(([name]) => !optional.includes(name)))
  expect(body).toEqual({ CallbackCommand: callback.command, ...documented })
}

function expectTransport(callback: ReceivedCallback, platform: string): void {
  const requestTime = callback.query['RequestTime'] ?? ''
  expect(callback.method).toBe('POST')
  expect(callback.path).toBe('/im/callback')
  expect(callback.query).toEqual({
    SdkAppid: String(SDK_APP_ID),
    CallbackCommand: callback.command,
    contenttype: 'json',
    ClientIP: '127.0.0.1',
    OptPlatform: platform,
    RequestTime: expect.stringMatching(/^\d{10}$/) as unknown,
    Sign: signature(TOKEN, requestTime),
  })
  expect(Math.abs(Number(requestTime) - nowS())).toBeLessThanOrEqual(CLOCK_SLACK_S)
}

function signature(token: string, requestTime: string): string {
  return createHash('sha256').update(`${token}${requestTime}`).digest('hex')
}

it('the signature of these tests is the documented one', () => {
  expect(signature('xxxxyyyy', '1669872112')).toBe('17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061')
})

describe('before and after a message', () => {
  const message = { GroupId: '', Type: 'AVChatRoom', Random: expect.any(Number) as unknown, EventTime: MS_TEXT }
  const LATER = ['MsgId', 'RequestId', 'RequestID', 'MsgPriority', 'OnlineOnlyFlag', 'CloudCustomData', 'Topic_ID']

  it('of REST: documented body, query and signature', async () => {
    const Random = newRandom()
    const { MsgSeq, MsgTime } = await sendByRest({
      Random,
      From_Account: 'carol',
      MsgBody: [textElement('a'), customElement('b', 'c', 'd')],
      CloudCustomData: 'mine',
    })
    const before = await next('Group.CallbackBeforeSendMsg')
    const after = await next('Group.CallbackAfterSendMsg')
    const documented = {
      ...message,
      GroupId: room,
      From_Account: 'carol',
      Operator_Account: ADMIN,
      Random,
      MsgBody: [textElement('a'), customElement('b', 'c', 'd')],
    }
    expectBody(before, documented, LATER)
    expectBody(after, { ...documented, MsgSeq, MsgTime }, LATER)
    for (const one of [before, after]) {
      expectTransport(one, 'RESTAPI')
      expect(one.body['CloudCustomData']).toBe('mine')
    }
    expect(before.body['OnlineOnlyFlag']).toBe(0)
  })

  it('of a client: its platform is told', async () => {
    const bob = await enter('bob')
    const { MsgSeq } = await bob.send(room, 'hi')
    for (const command of ['Group.CallbackBeforeSendMsg', 'Group.CallbackAfterSendMsg']) {
      const callback = await next(command)
      expectTransport(callback, 'Web')
      expect(callback.body).toMatchObject({ GroupId: room, From_Account: 'bob', Operator_Account: 'bob', MsgBody: [textElement('hi')] })
    }
    expect((await next('Group.CallbackAfterSendMsg')).body['MsgSeq']).toBe(MsgSeq)
  })

  it('are left out where REST forbids them', async () => {
    await sendByRest({ MsgBody: [textElement('quiet')], ForbidCallbackControl: ['ForbidBeforeSendMsgCallback', 'ForbidAfterSendMsgCallback'] })
    await sendByRest({ MsgBody: [textElement('no before')], ForbidCallbackControl: ['ForbidBeforeSendMsgCallback'] })
    await sendByRest({ MsgBody: [textElement('loud')] })
    await receiver.next('Group.CallbackAfterSendMsg', (one) => JSON.stringify(one.body).includes('loud'))
    const texts = (command: string): unknown[] => receiver.of(command).map((one) => one.body['MsgBody'])
    expect(texts('Group.CallbackBeforeSendMsg')).toEqual([[textElement('loud')]])
    await until(() => (texts('Group.CallbackAfterSendMsg').length === 2 ? true : null), 5_000, 'two of them')
    expect(texts('Group.CallbackAfterSendMsg')).toEqual([[textElement('no before')], [textElement('loud')]])
  })
})

describe('the answer before a message', () => {
  const answerWith = (reply: CallbackAnswer): void => receiver.reply('Group.CallbackBeforeSendMsg', reply)
  /** Sends, then something that passes: when that has arrived, the first would have too. */
  const heardAfter = async (listener: WireClient): Promise<string[]> => {
    receiver.reply('Group.CallbackBeforeSendMsg', null)
    await sendByRest({ MsgBody: [textElement('barrier')] })
    await listener.hear('barrier')
    return listener.texts().filter((text) => text !== 'barrier')
  }

  it.each([
    [1, '', REFUSED_BY_APP],
    [10_100, 'too rude', 10_100],
    [10_200, 'not today', 10_200],
  ])('%i refuses', async (ErrorCode, ErrorInfo, code) => {
    const listener = await enter('listener')
    const bob = await enter('bob')
    answerWith({ ActionStatus: 'OK', ErrorCode, ErrorInfo })
    await expect(bob.send(room, 'refused')).rejects.toMatchObject({ code, message: expect.stringContaining(ErrorInfo) as unknown })
    expect(await sendByRest({ MsgBody: [textElement('refused too')] })).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: code })
    expect(await heardAfter(listener)).toEqual([])
    expect(receiver.of('Group.CallbackAfterSendMsg').filter((one) => JSON.stringify(one.body).includes('refused'))).toEqual([])
  })

  it('2 drops, and the sender does not know', async () => {
    const listener = await enter('listener')
    const bob = await enter('bob')
    answerWith({ ActionStatus: 'OK', ErrorCode: 2, ErrorInfo: '' })
    await bob.send(room, 'dropped')
    expect(await sendByRest({ MsgBody: [textElement('dropped too')] })).toMatchObject({ ActionStatus: 'OK' })
    expect(await heardAfter(listener)).toEqual([])
  })

  it('0 passes, as it was or rewritten', async () => {
    const listener = await enter('listener')
    const bob = await enter('bob')
    receiver.reply('Group.CallbackBeforeSendMsg', (callback) => ({
      ActionStatus: 'OK',
      ErrorCode: 0,
      ErrorInfo: '',
      MsgBody: [textElement('**** you'), customElement('level 3')],
      CloudCustomData: `from ${String(callback.body['From_Account'])}`,
    }))
    await bob.send(room, 'rude you')
    const item = await until(() => listener.items.find((one) => one.Event === 3) ?? null, 5_000, 'the message')
    expect(item).toMatchObject({ MsgBody: [textElement('**** you'), customElement('level 3')], CloudCustomData: 'from bob' })
    expect((await next('Group.CallbackAfterSendMsg')).body['MsgBody']).toEqual([textElement('**** you'), customElement('level 3')])
  })

  it.each([
    ['none within two seconds', 'hang' as const],
    ['HTTP 500', { status: 500, text: 'oops' }],
    ['no JSON', { status: 200, text: 'oops' }],
    ['JSON of another kind', { status: 200, text: '[1]' }],
    ['a code out of the range', { ActionStatus: 'OK', ErrorCode: 99_999, ErrorInfo: '' }],
    ['a rewritten body that is none', { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', MsgBody: [{ MsgType: 5 }] }],
  ])('%s lets the message pass', async (_what, reply) => {
    const listener = await enter('listener')
    receiver.reply('Group.CallbackBeforeSendMsg', reply)
    expect(await sendByRest({ MsgBody: [textElement('passes')] })).toMatchObject({ ActionStatus: 'OK' })
    await listener.hear('passes')
  })

  it('that is slow holds up nobody else', async () => {
    const listener = await enter('listener')
    receiver.reply('Group.CallbackBeforeSendMsg', (callback) =>
      JSON.stringify(callback.body).includes('slow') ? 'hang' : { ActionStatus: 'OK', ErrorCode: 0 },
    )
    const slow = sendByRest({ MsgBody: [textElement('slow')] })
    await sendByRest({ MsgBody: [textElement('quick')] })
    await listener.hear('quick')
    expect(listener.texts()).toEqual(['quick'])
    await slow
    await listener.hear('slow')
  })
})

describe('joining', () => {
  it('is asked for first, told of afterwards', async () => {
    await enter('bob')
    const before = await next('Group.CallbackBeforeApplyJoinGroup')
    expectTransport(before, 'Web')
    expectBody(before, { GroupId: room, Type: 'AVChatRoom', Requestor_Account: 'bob', EventTime: MS_TEXT }, ['RequestId', 'RequestID'])
    const after = await next('Group.CallbackAfterNewMemberJoin')
    expectTransport(after, 'Web')
    expectBody(after, {
      GroupId: room,
      Type: 'AVChatRoom',
      JoinType: 'Apply',
      Operator_Account: 'bob',
      NewMemberList: [{ Member_Account: 'bob' }],
      EventTime: MS_TEXT,
    })
  })

  it.each([
    [1, REFUSED_BY_APP],
    [10_150, 10_150],
  ])('is refused by %i', async (ErrorCode, code) => {
    receiver.reply('Group.CallbackBeforeApplyJoinGroup', { ActionStatus: 'OK', ErrorCode, ErrorInfo: 'blocked' })
    const bob = await connect('bob')
    await expect(bob.join(room)).rejects.toMatchObject({ code })
    expect(await rest.ok('get_online_member_num', { GroupId: room })).toMatchObject({ OnlineMemberNum: 0 })
    receiver.reply('Group.CallbackBeforeApplyJoinGroup', null)
    await bob.join(room)
  })

  it('is let pass when nobody answers', async () => {
    receiver.reply('Group.CallbackBeforeApplyJoinGroup', 'hang')
    await enter('bob')
  })
})

describe('leaving', () => {
  const left = (ExitType: string, Operator_Account: string): Record<string, unknown> => ({
    GroupId: room,
    Type: 'AVChatRoom',
    ExitType,
    Operator_Account,
    ExitMemberList: [{ Member_Account: 'bob' }],
    EventTime: MS_TEXT,
  })

  it('by oneself', async () => {
    const bob = await enter('bob')
    await bob.request('group_open_http_svc.quit_group', { GroupId: room })
    const callback = await next('Group.CallbackAfterMemberExit')
    expectTransport(callback, 'Web')
    expectBody(callback, left('Quit', 'bob'))
  })

  it('by a ban', async () => {
    await enter('bob')
    await rest.ok('ban_group_member', { GroupId: room, Members_Account: ['bob'], Duration: 60, Description: '' })
    const callback = await next('Group.CallbackAfterMemberExit')
    expectTransport(callback, 'RESTAPI')
    expectBody(callback, left('Kicked', ADMIN))
  })
})

describe('presence', () => {
  it('is told as people come and go, without address and platform', async () => {
    const bob = await enter('bob')
    const online = await receiver.next('Group.CallbackOnMemberStateChange', (one) => ofRoom(one) && one.body['EventType'] === 'Online')
    await bob.request('group_open_http_svc.quit_group', { GroupId: room })
    const offline = await receiver.next('Group.CallbackOnMemberStateChange', (one) => ofRoom(one) && one.body['EventType'] === 'Offline')
    for (const [callback, EventType, EventCause] of [
      [online, 'Online', 'Join'],
      [offline, 'Offline', 'Quit'],
    ] as const) {
      expect(callback.query).not.toHaveProperty('ClientIP')
      expect(callback.query).not.toHaveProperty('OptPlatform')
      expect(callback.query['Sign']).toBe(signature(TOKEN, callback.query['RequestTime'] ?? ''))
      expectBody(callback, { GroupId: room, EventType, EventCause, MemberList: [{ Member_Account: 'bob' }], EventTime: expect.anything() as unknown })
    }
  })
})

describe('the room', () => {
  it('created and destroyed', async () => {
    room = roomName()
    await rest.openRoom(room)
    const callback = await next('Group.CallbackAfterCreateGroup')
    expectTransport(callback, 'RESTAPI')
    expect(callback.body).toMatchObject({
      CallbackCommand: 'Group.CallbackAfterCreateGroup',
      GroupId: room,
      Type: 'AVChatRoom',
      Owner_Account: 'owner',
      Operator_Account: ADMIN,
      Name: 'Friday night',
    })
    await rest.ok('destroy_group', { GroupId: room })
    const destroyed = await next('Group.CallbackAfterGroupDestroyed')
    expectTransport(destroyed, 'RESTAPI')
    expect(destroyed.body).toMatchObject({ CallbackCommand: 'Group.CallbackAfterGroupDestroyed', GroupId: room, Type: 'AVChatRoom', Owner_Account: 'owner' })
  })

  it('changed: only what did', async () => {
    await rest.ok('modify_group_base_info', { GroupId: room, Notification: 'Back in five', Name: 'Late night' })
    const callback = await next('Group.CallbackAfterGroupInfoChanged')
    expectTransport(callback, 'RESTAPI')
    expectBody(callback, {
      GroupId: room,
      Type: 'AVChatRoom',
      Operator_Account: ADMIN,
      Notification: 'Back in five',
      Name: 'Late night',
      EventTime: MS_TEXT,
    })
  })

  it('muted as a whole: nothing is told', async () => {
    await rest.ok('modify_group_base_info', { GroupId: room, MuteAllMember: 'On' })
    await rest.ok('modify_group_base_info', { GroupId: room, Introduction: 'afterwards' })
    await receiver.next('Group.CallbackAfterGroupInfoChanged', (one) => ofRoom(one) && one.body['Introduction'] === 'afterwards')
    expect(receiver.of('Group.CallbackAfterGroupInfoChanged').filter(ofRoom)).toHaveLength(1)
  })

  it.each([
    ['set_group_attr', 'set', [{ key: 'a', value: '1' }]],
    ['modify_group_attr', 'modify', [{ key: 'b', value: '2' }]],
    ['delete_group_attr', 'delete', [{ key: 'a' }]],
    ['clear_group_attr', 'clear', undefined],
  ] as const)('%s: the attributes', async (command, OptionType, GroupAttr) => {
    await rest.ok('set_group_attr', { GroupId: room, GroupAttr: [{ key: 'a', value: '0' }] })
    await next('Group.CallbackAfterGroupAttrChanged')
    receiver.reset()
    await rest.ok(command, { GroupId: room, ...(GroupAttr && { GroupAttr }) })
    const callback = await next('Group.CallbackAfterGroupAttrChanged')
    expectTransport(callback, 'RESTAPI')
    expect(callback.body).toMatchObject({ CallbackCommand: callback.command, GroupId: room, OptionType, EventTime: anyText })
    if (OptionType === 'set' || OptionType === 'modify') expect(callback.body['GroupAttr']).toEqual(GroupAttr)
  })
})

describe('the state of a user', () => {
  const state = (Action: string, Reason: string): Promise<ReceivedCallback> =>
    receiver.next('State.StateChange', ({ body }) => {
      const info = body['Info'] as { Action?: string; To_Account?: string; Reason?: string } | undefined
      return info?.To_Account === 'stateful' && info.Action === Action && info.Reason === Reason
    })

  it('is told: in, out, and gone', async () => {
    const first = await connect('stateful')
    const login = await state('Login', 'Register')
    expectTransport(login, 'Web')
    expectBody(login, { EventTime: expect.any(Number) as unknown, Info: { Action: 'Login', To_Account: 'stateful', Reason: 'Register' } }, ['KickedDevice'])
    await first.request('im_open_status.wslogout', { wslogout_type: 0 })
    await state('Logout', 'Unregister')
    const second = await connect('stateful')
    // A page that is closed says so; a line that breaks does not.
    second.socket.close(1_001)
    await state('Disconnect', 'LinkClose')
  })
})

it('nothing is signed without a token', async () => {
  room = roomName()
  const plain = await RoomServerProcess.start({ callbackUrl: receiver.url })
  await plain.rest().openRoom(room)
  const callback = await next('Group.CallbackAfterCreateGroup')
  expect(callback.query).not.toHaveProperty('Sign')
  expect(callback.query).not.toHaveProperty('RequestTime')
  await plain.close()
})
