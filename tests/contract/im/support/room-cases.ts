import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../../support/until'
import { ChatClient, withCode, type ChatMessage, type OpenHost } from './chat-client'
import { customElement, newRandom, textElement } from './rest-client'
import type { RoomServerProcess } from './room-server-process'

const DEADLINE_MS = 5_000
/** Eight looks at rooms a second, of which a join is one. */
const ROOM_EVERY_MS = 200

/** What the cases need: filled in before they run. */
export interface Stage {
  server: RoomServerProcess
  openHost: OpenHost
}

interface Attributes {
  readonly groupID: string
  readonly groupAttributes: Readonly<Record<string, string>>
}
interface Signal {
  readonly inviteID: string
  readonly inviter?: string
  readonly invitee?: string
  readonly data?: string
  readonly inviteeList?: readonly string[]
}

let lastRoom = 0

/** A room of its own for each case: what happened in another one cannot be mistaken for this one's. */
export function roomName(prefix = 'room'): string {
  lastRoom += 1
  return `${prefix}_${process.pid}_${lastRoom}`
}

/**
 * Everything that an app does in a live room, by the real SDK: two and more users in any host, whatever way the server delivers.
 * Anna owns the rooms, Bob and Carol watch.
 */
export function roomCases(stage: Stage): void {
  let anna: ChatClient
  let bob: ChatClient
  let carol: ChatClient

  const open = async (userId: string): Promise<ChatClient> => {
    const client = await ChatClient.open(stage.server.wire, stage.openHost)
    await client.login(userId, stage.server.userSig(userId))
    return client
  }
  let openedAt = -Infinity
  /** A room of Anna's, all three inside; no more often than the SDK lets one client enter rooms (its error 2996). */
  const openRoom = async (): Promise<string> => {
    await until(() => (performance.now() - openedAt > ROOM_EVERY_MS ? true : null), DEADLINE_MS, 'the SDK to allow another room')
    openedAt = performance.now()
    const groupID = roomName()
    await stage.server.rest().openRoom(groupID, 'anna')
    for (const client of [anna, bob, carol]) expect(await client.join(groupID)).toBe('JoinedSuccess')
    return groupID
  }
  /** Everything that was sent to a client before has arrived when this has. */
  const barrier = async (groupID: string, from: ChatClient, to: readonly ChatClient[]): Promise<void> => {
    const text = `barrier ${newRandom()}`
    await from.say(groupID, text, { priority: 'High' })
    for (const client of to) await client.hear(text)
  }

  beforeAll(async () => {
    ;[anna, bob, carol] = (await Promise.all(['anna', 'bob', 'carol'].map(open))) as [ChatClient, ChatClient, ChatClient]
    await anna.call('updateMyProfile', { nick: 'Anna 安娜', avatar: 'https://example.com/anna.png' })
  })
  afterAll(async () => {
    await Promise.all([anna, bob, carol].map((client) => client.close()))
  })

  describe('the room', () => {
    it('is created, joined, joined once more, left and dismissed', async () => {
      const groupID = roomName()
      const { group } = await anna.call<{ group: Record<string, unknown> }>('createGroup', {
        type: 'AVChatRoom',
        groupID,
        name: 'Friday night',
        introduction: 'About it',
        notification: 'Be kind',
      })
      expect(group).toMatchObject({ groupID, name: 'Friday night', type: 'AVChatRoom', ownerID: 'anna' })
      expect(await anna.join(groupID)).toBe('JoinedSuccess')
      expect(await bob.join(groupID)).toBe('JoinedSuccess')
      await anna.tip(groupID, 1, (tip) => tip.payload.userIDList?.includes('bob') === true)
      expect(await bob.join(groupID)).toBe('AlreadyInGroup')
      await bob.call('quitGroup', groupID)
      await anna.tip(groupID, 2, (tip) => tip.payload.userIDList?.includes('bob') === true)
      await bob.join(groupID)
      await anna.call('dismissGroup', groupID)
      await until(
        () => bob.received().find((one) => one.to === groupID && one.payload.operationType === 5) ?? noticeOf(bob, groupID, 5),
        DEADLINE_MS,
        'the notice of the dismissal',
      )
      await expect(carol.join(groupID)).rejects.toMatchObject(withCode(10_010))
    })

    it('that is not there cannot be joined, a name that is taken not used', async () => {
      await expect(bob.join(roomName('nowhere'))).rejects.toMatchObject(withCode(10_010))
      const groupID = await openRoom()
      await expect(bob.call('createGroup', { type: 'AVChatRoom', groupID, name: 'Mine' })).rejects.toMatchObject(withCode(10_021))
    })

    it('gets a name of the server when none is given', async () => {
      const { group } = await anna.call<{ group: { groupID: string } }>('createGroup', { type: 'AVChatRoom', name: 'No name' })
      expect(group.groupID).toMatch(/^@TGS#/)
      expect(await bob.join(group.groupID)).toBe('JoinedSuccess')
    })

    it('only one at a time: joining another leaves the first', async () => {
      const first = await openRoom()
      const second = roomName()
      await carol.call('createGroup', { type: 'AVChatRoom', groupID: second, name: 'Other' })
      await bob.join(second)
      await anna.tip(first, 2, (tip) => tip.payload.userIDList?.includes('bob') === true)
      await anna.say(first, 'who is left?')
      await carol.hear('who is left?')
      await carol.join(second)
      await barrier(second, carol, [bob])
      expect(bob.texts(first)).not.toContain('who is left?')
    })
  })

  describe('messages', () => {
    let groupID: string
    beforeAll(async () => {
      groupID = await openRoom()
    })
    it('arrive whole, in order, and not at their sender', async () => {
      const sent: ChatMessage[] = []
      for (const text of ['one', 'two 二', 'three <b>&"\\']) sent.push(await anna.say(groupID, text, { cloudCustomData: '{"level":3}' }))
      const heard = await bob.hear('three <b>&"\\')
      expect(bob.texts(groupID)).toEqual(['one', 'two 二', 'three <b>&"\\'])
      expect(heard).toMatchObject({
        ID: sent[2]?.ID,
        from: 'anna',
        nick: 'Anna 安娜',
        avatar: 'https://example.com/anna.png',
        sequence: sent[2]?.sequence,
        time: sent[2]?.time,
        priority: 'Normal',
        cloudCustomData: '{"level":3}',
        isRevoked: false,
      })
      const sequences = bob.received().flatMap((one) => (one.to === groupID && one.type === 'TIMTextElem' ? [one.sequence] : []))
      expect([...sequences].sort((a, b) => a - b)).toEqual(sequences)
      await barrier(groupID, bob, [anna])
      expect(anna.texts(groupID)).not.toContain('one')
    })

    it.each(['High', 'Normal', 'Low', 'Lowest'] as const)('custom, of %s priority', async (priority) => {
      const payload = { data: '{"v":1,"kind":"gift"}', description: 'a gift', extension: `of ${priority} priority` }
      await bob.sayCustom(groupID, payload, { priority })
      const heard = await anna.next('the custom message', (one) => one.payload.extension === payload.extension)
      expect(heard).toMatchObject({ type: 'TIMCustomElem', from: 'bob', to: groupID, priority, payload })
    })

    it('larger than the limit is refused', async () => {
      await expect(bob.say(groupID, 'x'.repeat(13_000))).rejects.toMatchObject(withCode(80_002))
    })

    it('of outsiders are refused', async () => {
      const other = roomName()
      await stage.server.rest().openRoom(other, 'anna')
      await expect(bob.say(other, 'hello')).rejects.toBeInstanceOf(Error)
    })

    it('are revoked by their sender and by the owner, and by nobody else', async () => {
      const own = await bob.say(groupID, 'a slip')
      const rude = await bob.say(groupID, 'a rude word')
      await anna.hear('a rude word')
      await carol.hear('a rude word')
      await expect(carol.onMessage('revokeMessage', rude.ID)).rejects.toMatchObject(withCode(10_007))
      await bob.onMessage('revokeMessage', own.ID)
      await anna.onMessage('revokeMessage', rude.ID)
      for (const { ID } of [own, rude]) {
        await carol.event<readonly { ID: string }[]>('onMessageRevoked', (list) => list.some((one) => one.ID === ID))
      }
    })

    it('sent before joining are there for who joins: the newest twenty', async () => {
      const groupID = roomName()
      await anna.call('createGroup', { type: 'AVChatRoom', groupID, name: 'History' })
      await anna.join(groupID)
      for (let i = 1; i <= 23; i += 1) await anna.say(groupID, `h${i}`)
      await bob.join(groupID)
      await bob.hear('h23')
      await barrier(groupID, anna, [bob])
      expect(bob.texts(groupID).filter((text) => text.startsWith('h'))).toEqual(Array.from({ length: 20 }, (_, i) => `h${i + 4}`))
    })

    it('of the app itself: REST, broadcast and system notices arrive', async () => {
      const groupID = await openRoom()
      const rest = stage.server.rest()
      await rest.ok('send_group_msg', { GroupId: groupID, Random: newRandom(), MsgPriority: 'High', MsgBody: [customElement('{"v":1}', 'd', 'e')] })
      await rest.ok('send_group_msg', { GroupId: groupID, From_Account: 'carol', Random: newRandom(), MsgBody: [textElement('for Carol')] })
      await rest.ok('send_broadcast_msg', { From_Account: 'administrator', Random: newRandom(), MsgBody: [textElement('to all rooms')] })
      expect(await bob.next('the custom message', (one) => one.to === groupID && one.type === 'TIMCustomElem')).toMatchObject({
        from: 'administrator',
        priority: 'High',
        payload: { data: '{"v":1}', description: 'd', extension: 'e' },
      })
      expect((await bob.hear('for Carol')).from).toBe('carol')
      await bob.hear('to all rooms')
      await rest.ok('send_group_system_notification', { GroupId: groupID, Content: 'a system notice' })
      await bob.next('the system notice', (one) => one.type === 'TIMGroupSystemNoticeElem' && one.payload['userDefinedField'] === 'a system notice')
    })
  })

  describe('the profile', () => {
    it('of a room changes for all who are in', async () => {
      const groupID = await openRoom()
      await anna.call('updateGroupProfile', {
        groupID,
        name: 'Late night',
        introduction: 'i',
        notification: 'Back in five',
        avatar: 'https://example.com/a.png',
      })
      const tip = await bob.tip(groupID, 6)
      expect(tip.payload.newGroupProfile).toMatchObject({ groupName: 'Late night', notification: 'Back in five', introduction: 'i' })
      const { group } = await bob.call<{ group: Record<string, unknown> }>('getGroupProfile', { groupID })
      expect(group).toMatchObject({ name: 'Late night', introduction: 'i', notification: 'Back in five', avatar: 'https://example.com/a.png' })
    })

    it('is not for viewers to change', async () => {
      const groupID = await openRoom()
      await expect(bob.call('updateGroupProfile', { groupID, name: 'Mine now' })).rejects.toMatchObject(withCode(10_007))
    })

    it('of a user is seen by others', async () => {
      const dora = await open('dora')
      await dora.call('updateMyProfile', { nick: 'Dora', avatar: 'https://example.com/d.png' })
      const profiles = await carol.call<readonly Record<string, unknown>[]>('getUserProfile', { userIDList: ['dora'] })
      expect(profiles[0]).toMatchObject({ userID: 'dora', nick: 'Dora', avatar: 'https://example.com/d.png' })
      const groupID = await openRoom()
      await dora.join(groupID)
      await dora.say(groupID, 'a new name')
      expect(await carol.hear('a new name')).toMatchObject({ nick: 'Dora' })
      await dora.close()
    })
  })

  describe('attributes', () => {
    const seenBy = (client: ChatClient, groupID: string, wanted: Record<string, string>): Promise<Attributes> =>
      client.event<Attributes>(
        'groupAttributesUpdated',
        (data) => data.groupID === groupID && JSON.stringify(sorted(data.groupAttributes)) === JSON.stringify(sorted(wanted)),
      )
    const read = async (client: ChatClient, groupID: string): Promise<Readonly<Record<string, string>>> =>
      (await client.call<Attributes>('getGroupAttributes', { groupID, keyList: [] })).groupAttributes

    it('are set, changed, deleted and cleared, and everyone follows', async () => {
      const groupID = await openRoom()
      await anna.call('initGroupAttributes', { groupID, groupAttributes: { status: 'live', notice: 'hello' } })
      await seenBy(bob, groupID, { status: 'live', notice: 'hello' })
      await anna.call('setGroupAttributes', { groupID, groupAttributes: { status: 'paused', seat: '1' } })
      await seenBy(bob, groupID, { status: 'paused', notice: 'hello', seat: '1' })
      await anna.call('deleteGroupAttributes', { groupID, keyList: ['notice'] })
      await seenBy(bob, groupID, { status: 'paused', seat: '1' })
      expect(await read(carol, groupID)).toEqual({ status: 'paused', seat: '1' })
      await anna.call('deleteGroupAttributes', { groupID, keyList: [] })
      await seenBy(bob, groupID, {})
      expect(await read(bob, groupID)).toEqual({})
    })

    it('written by two at once: one is told to read again, nothing is lost', async () => {
      const groupID = await openRoom()
      await anna.call('initGroupAttributes', { groupID, groupAttributes: { a: '0' } })
      await seenBy(bob, groupID, { a: '0' })
      const outcomes = await Promise.allSettled([
        anna.call('setGroupAttributes', { groupID, groupAttributes: { a: 'anna' } }),
        bob.call('setGroupAttributes', { groupID, groupAttributes: { b: 'bob' } }),
      ])
      for (const one of outcomes) if (one.status === 'rejected') expect(one.reason).toMatchObject(withCode(10_056))
      await Promise.all([read(anna, groupID), read(bob, groupID)])
      if (outcomes[0].status === 'rejected') await anna.call('setGroupAttributes', { groupID, groupAttributes: { a: 'anna' } })
      if (outcomes[1].status === 'rejected') await bob.call('setGroupAttributes', { groupID, groupAttributes: { b: 'bob' } })
      await seenBy(carol, groupID, { a: 'anna', b: 'bob' })
    })

    it('set by the backend reach the room', async () => {
      const groupID = await openRoom()
      await stage.server.rest().ok('set_group_attr', { GroupId: groupID, GroupAttr: [{ key: 'status', value: 'live' }] })
      await seenBy(bob, groupID, { status: 'live' })
      await stage.server.rest().ok('modify_group_attr', { GroupId: groupID, GroupAttr: [{ key: 'notice', value: 'hi' }] })
      await seenBy(bob, groupID, { status: 'live', notice: 'hi' })
      await anna.call('setGroupAttributes', { groupID, groupAttributes: { status: 'paused' } })
      await seenBy(bob, groupID, { status: 'paused', notice: 'hi' })
    })

    it('are written by members only', async () => {
      const other = roomName()
      await stage.server.rest().openRoom(other, 'anna')
      await expect(bob.call('setGroupAttributes', { groupID: other, groupAttributes: { a: '1' } })).rejects.toMatchObject(withCode(10_007))
    })

    it('outgrow no limit', async () => {
      const groupID = await openRoom()
      const keys = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${i}`, 'v']))
      await anna.call('initGroupAttributes', { groupID, groupAttributes: keys })
      await expect(anna.call('setGroupAttributes', { groupID, groupAttributes: { one_more: 'v' } })).rejects.toBeInstanceOf(Error)
      await expect(anna.call('setGroupAttributes', { groupID, groupAttributes: { k0: 'x'.repeat(4_097) } })).rejects.toBeInstanceOf(Error)
      await expect(anna.call('setGroupAttributes', { groupID, groupAttributes: { ['k'.repeat(33)]: 'v' } })).rejects.toBeInstanceOf(Error)
      expect(await read(bob, groupID)).toEqual(keys)
    })
  })

  it('counters go up, down and where they are put, and everyone follows', async () => {
    const groupID = await openRoom()
    const seen = (key: string, value: number): Promise<unknown> =>
      bob.event<{ groupID: string; key: string; value: number }>(
        'onGroupCounterUpdated',
        (data) => data.groupID === groupID && data.key === key && data.value === value,
      )
    await anna.call('setGroupCounters', { groupID, counters: { likes: 5 } })
    await seen('likes', 5)
    await carol.call('increaseGroupCounter', { groupID, key: 'likes', value: 3 })
    await seen('likes', 8)
    await carol.call('decreaseGroupCounter', { groupID, key: 'likes', value: 2 })
    await seen('likes', 6)
    const { counters } = await anna.call<{ counters: Record<string, number> }>('getGroupCounters', { groupID, keyList: ['likes'] })
    expect(counters).toEqual({ likes: 6 })
  })

  describe('moderation', () => {
    it('mutes one, who may speak again when it is over', async () => {
      const groupID = await openRoom()
      await anna.call('setGroupMemberMuteTime', { groupID, userID: 'bob', muteTime: 600 })
      const tip = await bob.tip(groupID, 7)
      expect(tip.payload.memberList?.[0]).toMatchObject({ userID: 'bob', muteTime: 600 })
      await expect(bob.say(groupID, 'may I?')).rejects.toMatchObject(withCode(10_017))
      await carol.say(groupID, 'I may')
      await anna.call('setGroupMemberMuteTime', { groupID, userID: 'bob', muteTime: 0 })
      await bob.say(groupID, 'at last')
      await carol.hear('at last')
      await anna.call('setGroupMemberMuteTime', { groupID, userID: 'bob', muteTime: 1 })
      await until(() => bob.say(groupID, 'a second later').then(() => true as const, onlyCode(10_017)), 10_000, 'the mute to end')
      await expect(bob.call('setGroupMemberMuteTime', { groupID, userID: 'carol', muteTime: 60 })).rejects.toMatchObject(withCode(10_007))
    })

    it('a mute stays when one leaves and comes back', async () => {
      const groupID = await openRoom()
      await stage.server.rest().ok('forbid_send_msg', { GroupId: groupID, Members_Account: ['bob'], MuteTime: 600 })
      await bob.call('quitGroup', groupID)
      await bob.join(groupID)
      await expect(bob.say(groupID, 'me again')).rejects.toMatchObject(withCode(10_017))
    })

    it('mutes all but the owner', async () => {
      const groupID = await openRoom()
      await anna.call('updateGroupProfile', { groupID, muteAllMembers: true })
      await bob.tip(groupID, 6)
      await expect(bob.say(groupID, 'hello?')).rejects.toMatchObject(withCode(10_017))
      await anna.say(groupID, 'a word from me')
      await bob.hear('a word from me')
      await anna.call('updateGroupProfile', { groupID, muteAllMembers: false })
      await bob.say(groupID, 'thank you')
      await carol.hear('thank you')
    })

    it('bans: out at once, no way back, until let in again', async () => {
      const groupID = await openRoom()
      await anna.call('deleteGroupMember', { groupID, userIDList: ['bob'], reason: 'rude', duration: 600 })
      await until(() => noticeOf(bob, groupID, 21), DEADLINE_MS, 'the notice of the ban')
      await carol.tip(groupID, 10, (tip) => tip.payload.userIDList?.includes('bob') === true)
      await expect(bob.join(groupID)).rejects.toMatchObject({ code: expect.any(Number) as unknown })
      await stage.server.rest().ok('unban_group_member', { GroupId: groupID, Members_Account: ['bob'] })
      await carol.tip(groupID, 11)
      expect(await bob.join(groupID)).toBe('JoinedSuccess')
      await expect(bob.call('deleteGroupMember', { groupID, userIDList: ['carol'], duration: 60 })).rejects.toMatchObject(withCode(10_007))
    })
  })

  it('lists and counts who is there', async () => {
    const groupID = await openRoom()
    // The SDK answers from what the last tip of a join said.
    await anna.tip(groupID, 1, (tip) => tip.payload.userIDList?.includes('carol') === true)
    const { memberCount } = await anna.call<{ memberCount: number }>('getGroupOnlineMemberCount', groupID)
    expect(memberCount).toBe(3)
    const { memberList } = await anna.call<{ memberList: readonly { userID: string; nick: string }[] }>('getGroupMemberList', { groupID, count: 30, offset: 0 })
    expect(memberList.map((one) => one.userID).sort()).toEqual(['anna', 'bob', 'carol'])
    expect(memberList.find((one) => one.userID === 'anna')?.nick).toBe('Anna 安娜')
  })

  it('tells one user something privately', async () => {
    await anna.tell('bob', 'only for you')
    const heard = await bob.hear('only for you')
    expect(heard).toMatchObject({ from: 'anna', to: 'bob' })
    await bob.tell('anna', 'thank you, Anna')
    await anna.hear('thank you, Anna')
    expect(carol.received().filter((one) => one.payload.text === 'only for you')).toEqual([])
  })

  it('does not carry private words of who is muted everywhere', async () => {
    await stage.server.rest().ok('openconfigsvr/setnospeaking', { Set_Account: 'carol', C2CmsgNospeakingTime: 600 })
    await expect(carol.tell('bob', 'psst')).rejects.toMatchObject(withCode(20_012))
    await stage.server.rest().ok('openconfigsvr/setnospeaking', { Set_Account: 'carol', C2CmsgNospeakingTime: 0 })
    await carol.tell('bob', 'psst again')
    await bob.hear('psst again')
  })

  describe('signaling', () => {
    const invite = (data: string, timeout = 30): Promise<string> => anna.invite({ userID: 'bob', data, timeout })
    const heard = (client: ChatClient, name: string, inviteID: string): Promise<Signal> => client.event<Signal>(name, (data) => data.inviteID === inviteID)

    it('invites and is accepted', async () => {
      const inviteID = await invite('{"seat":1}')
      expect(await heard(bob, 'newInvitationReceived', inviteID)).toMatchObject({ inviter: 'anna', data: '{"seat":1}', inviteeList: ['bob'] })
      await bob.call('accept', { inviteID, data: 'coming' })
      expect(await heard(anna, 'ts_invitee_accepted', inviteID)).toMatchObject({ invitee: 'bob', data: 'coming' })
    })

    it('invites and is rejected', async () => {
      const inviteID = await invite('again')
      await heard(bob, 'newInvitationReceived', inviteID)
      await bob.call('reject', { inviteID, data: 'not now' })
      expect(await heard(anna, 'ts_invitee_rejected', inviteID)).toMatchObject({ invitee: 'bob', data: 'not now' })
    })

    it('invites and thinks better of it', async () => {
      const inviteID = await invite('third time')
      await heard(bob, 'newInvitationReceived', inviteID)
      await anna.call('cancel', { inviteID, data: 'sorry' })
      expect(await heard(bob, 'ts_invitation_cancelled', inviteID)).toMatchObject({ inviter: 'anna', data: 'sorry' })
    })

    it('invites and hears nothing', async () => {
      const inviteID = await invite('anybody?', 1)
      await heard(bob, 'newInvitationReceived', inviteID)
      await heard(anna, 'ts_invitation_timeout', inviteID)
    })
  })

  it('a user is sent out by the backend', async () => {
    const client = await open('kicked')
    await stage.server.rest().ok('im_open_login_svc/kick', { UserID: 'kicked' })
    expect(await client.event<{ type: string }>('kickedOut')).toMatchObject({ type: 'REST_API_Kick' })
    await client.event('sdkStateNotReady')
    await client.close()
  })

  it('a user who logs in elsewhere is out here', async () => {
    const first = await open('dave')
    const second = await open('dave')
    expect(await first.event<{ type: string }>('kickedOut')).toMatchObject({ type: 'multipleAccount' })
    await first.event('sdkStateNotReady')
    const groupID = roomName()
    await second.call('createGroup', { type: 'AVChatRoom', groupID, name: 'Still here' })
    await Promise.all([first.close(), second.close()])
  })

  it('one instance can change its user', async () => {
    const client = await open('erin')
    const groupID = await openRoom()
    await client.join(groupID)
    await client.say(groupID, 'I am Erin')
    await client.logout()
    await anna.tip(groupID, 2, (tip) => tip.payload.userIDList?.includes('erin') === true)
    await client.login('frank', stage.server.userSig('frank'))
    await client.join(groupID)
    await client.say(groupID, 'I am Frank')
    expect((await bob.hear('I am Erin')).from).toBe('erin')
    expect((await bob.hear('I am Frank')).from).toBe('frank')
    await client.close()
  })
}

/** The system notice of a room: the SDK puts the room into the payload. */
function noticeOf(client: ChatClient, groupID: string, operationType: number): ChatMessage | null {
  const ofRoom = (one: ChatMessage): boolean => JSON.stringify(one.payload).includes(groupID)
  return client.received().find((one) => one.type === 'TIMGroupSystemNoticeElem' && one.payload.operationType === operationType && ofRoom(one)) ?? null
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Null for that code, for `until`; anything else is an error. */
export function onlyCode(code: number): (error: unknown) => null {
  return (error) => {
    expect(error).toMatchObject(withCode(code))
    return null
  }
}
