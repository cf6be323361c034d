import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChatClient, withCode } from './support/chat-client'
import { ATTRIBUTES_TOO_FAST, ATTRIBUTE_CONFLICT, BAD_PARAMETER, NO_PERMISSION } from './support/codes'
import { bytes } from './support/rest-scene'
import { roomName } from './support/room-name'
import { RoomServerProcess } from './support/room-server-process'

/** Limits and codes of the documents as an app meets them through the SDK: some it keeps itself, some it passes on. */
const NOT_IN_ROOM = 2_101
const NO_MODIFYING = 2_481
const NO_ADDING = 2_661
const NOT_IN_LIVE_ROOMS = 2_687
const OVER_FREQUENCY = 2_996

let server: RoomServerProcess
let anna: ChatClient
let bob: ChatClient
let groupID: string

beforeAll(async () => {
  server = await RoomServerProcess.start()
  const open = async (userId: string): Promise<ChatClient> => {
    const client = await ChatClient.open(server.wire)
    await client.login(userId, server.userSig(userId))
    return client
  }
  ;[anna, bob] = (await Promise.all(['anna', 'bob'].map(open))) as [ChatClient, ChatClient]
  groupID = roomName()
  await server.rest().openRoom(groupID, 'anna')
  for (const client of [anna, bob]) await client.join(groupID)
})
afterAll(async () => {
  await Promise.all([anna, bob].map((client) => client.close()))
  await server.close()
})

const codesOf = async (calls: readonly Promise<unknown>[]): Promise<(number | null)[]> =>
  (await Promise.allSettled(calls)).map((one) => (one.status === 'fulfilled' ? 0 : (one.reason as { code: number | null }).code))

describe('a room', () => {
  it('has a name of 30 bytes, an introduction of 240, a notice of 300, a picture of 100', async () => {
    const limits = { name: 30, introduction: 240, notification: 300, avatar: 100 }
    for (const [field, limit] of Object.entries(limits)) {
      await expect(anna.call('updateGroupProfile', { groupID, [field]: bytes(limit + 1) }), field).rejects.toMatchObject(withCode(BAD_PARAMETER))
    }
    const longest = Object.fromEntries(Object.entries(limits).map(([field, limit]) => [field, bytes(limit)]))
    await anna.call('updateGroupProfile', { groupID, ...longest })
    const { group } = await bob.call<{ group: Record<string, unknown> }>('getGroupProfile', { groupID })
    expect(group).toMatchObject(longest)
  })

  it.each(['x'.repeat(49), '@TGS#mine', 'größe'])('is not called %j', async (name) => {
    await expect(anna.call('createGroup', { type: 'AVChatRoom', groupID: name, name: 'n' })).rejects.toMatchObject(withCode(BAD_PARAMETER))
  })

  it('is joined, not added to', async () => {
    await expect(anna.call('addGroupMember', { groupID, userIDList: ['bob'] })).rejects.toMatchObject(withCode(NO_ADDING))
  })

  it('has no cards of its members', async () => {
    for (const [method, options] of [
      ['getGroupMemberProfile', { userIDList: ['bob'] }],
      ['setGroupMemberNameCard', { userID: 'bob', nameCard: 'B' }],
      ['setGroupMemberCustomField', { userID: 'bob', memberCustomField: [{ key: 'k', value: 'v' }] }],
    ] as const) {
      await expect(anna.call(method, { groupID, ...options }), method).rejects.toMatchObject(withCode(NOT_IN_LIVE_ROOMS))
    }
  })

  it('is spoken in by who is in', async () => {
    const other = roomName()
    await server.rest().openRoom(other, 'anna')
    await expect(bob.say(other, 'hello?')).rejects.toMatchObject(withCode(NOT_IN_ROOM))
  })

  it('keeps what was said as it was said', async () => {
    const { ID } = await bob.say(groupID, 'as it is')
    await expect(bob.onMessage('modifyMessage', ID)).rejects.toMatchObject(withCode(NO_MODIFYING))
  })
})

describe('too often', () => {
  it('are 21 reads of attributes in five seconds', async () => {
    // Before there are any: the SDK answers from what it has, once it has some.
    const codes = await codesOf(Array.from({ length: 24 }, () => bob.call('getGroupAttributes', { groupID, keyList: [] })))
    expect(codes).toContain(OVER_FREQUENCY)
    expect(codes).toContain(0)
  })

  it('are eleven writes of attributes in five seconds', async () => {
    const codes = await codesOf(Array.from({ length: 14 }, (_, i) => anna.call('setGroupAttributes', { groupID, groupAttributes: { [`k${i}`]: 'v' } })))
    expect(codes.slice(10)).toEqual([OVER_FREQUENCY, OVER_FREQUENCY, OVER_FREQUENCY, OVER_FREQUENCY])
    expect(codes.slice(0, 10).filter((code) => ![0, ATTRIBUTES_TOO_FAST, ATTRIBUTE_CONFLICT].includes(code ?? -1))).toEqual([])
  })

  it('are nine changes of a room in a second', async () => {
    const codes = await codesOf(Array.from({ length: 12 }, (_, i) => anna.call('updateGroupProfile', { groupID, name: `Room ${i}` })))
    expect(codes).toContain(OVER_FREQUENCY)
    expect(codes).toContain(0)
  })

  it('are five looks at the members in thirty seconds', async () => {
    const codes = await codesOf(Array.from({ length: 6 }, () => bob.call('getGroupMemberList', { groupID, count: 30, offset: 0 })))
    expect(codes).toContain(OVER_FREQUENCY)
    expect(codes).toContain(0)
  })
})

describe('marks', () => {
  const mark = (client: ChatClient, markType: number, enableMark = true): Promise<unknown> =>
    client.call('markGroupMemberList', { groupID, userIDList: ['bob'], markType, enableMark })
  const marked = async (): Promise<string[]> => {
    const { memberList } = await anna.call<{ memberList: readonly { userID: string }[] }>('getGroupMemberList', {
      groupID,
      count: 30,
      offset: 0,
      filter: 1_000,
    })
    return memberList.map((one) => one.userID)
  }

  it('are set by the owner, from 1,000 on, and tell members apart', async () => {
    await mark(anna, 1_000)
    expect(await marked()).toEqual(['bob'])
    await expect(mark(bob, 1_000)).rejects.toMatchObject(withCode(NO_PERMISSION))
    await expect(mark(anna, 999)).rejects.toBeInstanceOf(Error)
    await mark(anna, 1_000, false)
    expect(await marked()).toEqual([])
  })
})
