import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CallbackReceiver } from './support/callback-receiver'
import { roomName } from './support/room-name'
import { newRandom, textElement, type RestClient } from './support/rest-client'
import { RoomServerProcess } from './support/room-server-process'
import { WireClient } from './support/wire-client'

const NO_PERMISSION = 10_007
const TOO_FAST = 10_023
const NOT_IN_EDITION = 10_059
const BASIC_LIST = 30

let receiver: CallbackReceiver
let server: RoomServerProcess
let rest: RestClient
let room: string
const clients: WireClient[] = []

const startEdition = (edition: string): void => {
  beforeAll(async () => {
    receiver = new CallbackReceiver()
    server = await RoomServerProcess.start({ callbackUrl: await receiver.listen(), args: ['--edition', edition] })
    rest = server.rest()
  })
  afterAll(async () => {
    await server.close()
    await receiver.close()
  })
  beforeEach(async () => {
    room = roomName()
    await rest.openRoom(room)
    receiver.reset()
  })
  afterEach(() => {
    for (const client of clients.splice(0)) client.close()
  })
}
const enter = async (userId: string): Promise<WireClient> => {
  const client = new WireClient(userId)
  clients.push(client)
  await client.connect(server.wire)
  await client.login(server.userSig(userId))
  await client.join(room)
  return client
}
const crowd = async (count: number): Promise<string[]> => {
  const names = Array.from({ length: count }, (_, i) => `viewer_${i}`)
  for (const name of names) await enter(name)
  return names
}
const listed = async (): Promise<string[]> => {
  const { MemberList } = await rest.ok<{ MemberList: readonly { Member_Account: string }[] }>('group_open_avchatroom_http_svc/get_members', {
    GroupId: room,
    Timestamp: 0,
  })
  return MemberList.map((one) => one.Member_Account)
}

describe.each(['trial', 'standard'])('the %s edition', (edition) => {
  startEdition(edition)

  it('lists the newest thirty members, and counts all', async () => {
    const names = await crowd(BASIC_LIST + 3)
    expect((await listed()).sort()).toEqual(names.slice(-BASIC_LIST).sort())
    expect(await rest.ok('get_online_member_num', { GroupId: room })).toMatchObject({ OnlineMemberNum: BASIC_LIST + 3 })
  })

  it('gives newcomers no history', async () => {
    await rest.ok('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('before')] })
    const bob = await enter('bob')
    await rest.ok('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('after')] })
    await bob.hear('after')
    expect(bob.texts()).toEqual(['after'])
  })

  it('has no bans, marks, broadcasts, counters and news of presence', async () => {
    const bob = await enter('bob')
    expect(await rest.call('ban_group_member', { GroupId: room, Members_Account: ['bob'], Duration: 60, Description: '' })).toMatchObject({
      ErrorCode: NOT_IN_EDITION,
    })
    const marks = { GroupId: room, CommandType: 1, MemberList: [{ Member_Account: 'bob', Marks: [1_000] }] }
    expect(await rest.call('group_open_avchatroom_http_svc/modify_user_info', marks)).toMatchObject({ ErrorCode: NOT_IN_EDITION })
    expect(await rest.call('update_group_counter', { GroupId: room, GroupCounter: [{ Key: 'k', Value: 1 }], Mode: 'Set' })).toMatchObject({
      ErrorCode: NOT_IN_EDITION,
    })
    const broadcast = { From_Account: 'administrator', Random: newRandom(), MsgBody: [textElement('x')] }
    expect(await rest.call('send_broadcast_msg', broadcast)).toMatchObject({ ErrorCode: NO_PERMISSION })
    await bob.request('group_open_http_svc.quit_group', { GroupId: room })
    await receiver.next('Group.CallbackAfterMemberExit')
    expect(receiver.of('Group.CallbackOnMemberStateChange')).toEqual([])
  })
})

describe('the pro edition', () => {
  startEdition('pro')

  it('lists more than thirty', async () => {
    const names = await crowd(BASIC_LIST + 3)
    expect((await listed()).sort()).toEqual(names.sort())
  })

  it('broadcasts once a second', async () => {
    // More than one second may pass over them.
    const broadcasts = Array.from({ length: 20 }, () =>
      rest.call('send_broadcast_msg', { From_Account: 'administrator', Random: newRandom(), MsgBody: [textElement('x')] }),
    )
    expect(new Set((await Promise.all(broadcasts)).map((one) => one.ErrorCode))).toEqual(new Set([0, TOO_FAST]))
  })
})
