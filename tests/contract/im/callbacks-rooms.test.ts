import { describe, expect, it } from 'vitest'
import type { ReceivedCallback } from './support/callback-receiver'
import {
  connect,
  enter,
  expectBody,
  expectSigned,
  expectTransport,
  MS_TEXT,
  next,
  nextRoom,
  ofRoom,
  receiver,
  REFUSED_BY_APP,
  rest,
  room,
  startAsTheCloud,
  useCallbackScene,
} from './support/callback-scene'
import { ADMIN } from './support/room-server-process'

useCallbackScene()

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
    [120_001, 120_001],
    [130_000, 130_000],
  ])('is refused by %i', async (ErrorCode, code) => {
    receiver.reply('Group.CallbackBeforeApplyJoinGroup', { ActionStatus: 'OK', ErrorCode, ErrorInfo: 'blocked' })
    const bob = await connect('bob')
    await expect(bob.join(room)).rejects.toMatchObject({ code })
    expect(await rest.ok('get_online_member_num', { GroupId: room })).toMatchObject({ OnlineMemberNum: 0 })
    receiver.reply('Group.CallbackBeforeApplyJoinGroup', null)
    await bob.join(room)
  })

  it('is let pass when nobody answers', async () => {
    const asTheCloud = await startAsTheCloud()
    receiver.reply('Group.CallbackBeforeApplyJoinGroup', 'hang')
    await enter('bob', asTheCloud)
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
      expectSigned(callback)
      expectBody(callback, { GroupId: room, EventType, EventCause, MemberList: [{ Member_Account: 'bob' }], EventTime: expect.anything() as unknown })
    }
  })
})

describe('the room', () => {
  it('created and destroyed', async () => {
    nextRoom()
    await rest.openRoom(room)
    const callback = await next('Group.CallbackAfterCreateGroup')
    expectTransport(callback, 'RESTAPI')
    const facts = { GroupId: room, Type: 'AVChatRoom', Owner_Account: 'owner', Name: 'Friday night', EventTime: MS_TEXT }
    expectBody(callback, { ...facts, Operator_Account: ADMIN, MemberList: [] })
    await enter('bob')
    await rest.ok('destroy_group', { GroupId: room })
    const destroyed = await next('Group.CallbackAfterGroupDestroyed')
    expectTransport(destroyed, 'RESTAPI')
    expectBody(destroyed, { ...facts, MemberList: [{ Member_Account: 'bob' }] })
  })

  it('created and destroyed by a client: its platform is told', async () => {
    nextRoom()
    const bob = await connect('bob')
    await bob.request('group_open_http_svc.create_group', { Type: 'AVChatRoom', GroupId: room, Name: 'Mine' })
    await bob.request('group_open_http_svc.destroy_group', { GroupId: room })
    const [created, destroyed] = [await next('Group.CallbackAfterCreateGroup'), await next('Group.CallbackAfterGroupDestroyed')]
    const facts = { GroupId: room, Type: 'AVChatRoom', Owner_Account: 'bob', Name: 'Mine', MemberList: [], EventTime: MS_TEXT }
    for (const callback of [created, destroyed]) expectTransport(callback, 'Web')
    expectBody(created, { ...facts, Operator_Account: 'bob' })
    expectBody(destroyed, facts)
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

  it('changed: picture, introduction and fields of the app', async () => {
    const AppDefinedData = [{ Key: 'status', Value: 'live' }]
    await rest.ok('modify_group_base_info', { GroupId: room, FaceUrl: 'https://example.com/f.png', Introduction: 'About it', AppDefinedData })
    expectBody(await next('Group.CallbackAfterGroupInfoChanged'), {
      GroupId: room,
      Type: 'AVChatRoom',
      Operator_Account: ADMIN,
      FaceUrl: 'https://example.com/f.png',
      Introduction: 'About it',
      UserDefinedDataList: AppDefinedData,
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
    ['clear_group_attr', 'clear', []],
  ] as const)('%s: the attributes', async (command, OptionType, GroupAttr) => {
    await rest.ok('set_group_attr', { GroupId: room, GroupAttr: [{ key: 'a', value: '0' }] })
    await next('Group.CallbackAfterGroupAttrChanged')
    receiver.reset()
    await rest.ok(command, { GroupId: room, GroupAttr })
    const callback = await next('Group.CallbackAfterGroupAttrChanged')
    expectTransport(callback, 'RESTAPI')
    expectBody(callback, { GroupId: room, Type: 'AVChatRoom', Operator_Account: ADMIN, OptionType, GroupAttr, EventTime: MS_TEXT })
  })

  it('attributes of a client: who wrote them is told', async () => {
    const bob = await enter('bob')
    const GroupAttr = [{ key: 'a', value: '1' }]
    await bob.request('group_open_http_svc.set_group_attr', { GroupId: room, GroupAttr })
    const callback = await next('Group.CallbackAfterGroupAttrChanged')
    expectTransport(callback, 'Web')
    expectBody(callback, { GroupId: room, Type: 'AVChatRoom', Operator_Account: 'bob', OptionType: 'set', GroupAttr, EventTime: MS_TEXT })
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

  it('names the device that a second login signs out', async () => {
    await connect('stateful')
    await state('Login', 'Register')
    receiver.reset()
    await connect('stateful')
    expectBody(await state('Login', 'Register'), {
      EventTime: expect.any(Number) as unknown,
      Info: { Action: 'Login', To_Account: 'stateful', Reason: 'Register' },
      KickedDevice: [{ Platform: 'Web' }],
    })
  })
})
