import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../../support/until'
import { boardCases } from './board-cases'
import { roomName } from './room-name'
import { signalingCases } from './signaling-cases'
import { ChatClient, withCode, type ChatMessage, type OpenHost } from './chat-client'
import { customElement, newRandom, textElement } from './rest-client'
import type { RoomServerProcess } from './room-server-process'

const DEADLINE_MS = 20_000
/** Eight looks at rooms a second, of which a join is one. */
const ROOM_EVERY_MS = 200

/** What the cases need: filled in before they run. */
export interface Stage {
  server: RoomServerProcess
  openHost: OpenHost
}

/** Anna owns the rooms, Bob and Carol watch; there from the first case on. */
export interface Cast {
  readonly stage: Stage
  anna: ChatClient
  bob: ChatClient
  carol: ChatClient
  /** A room of Anna's, all three inside. */
  openRoom(): Promise<string>
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

  const cast = { stage, openRoom } as Cast
  beforeAll(async () => {
    ;[anna, bob, carol] = (await Promise.all(['anna', 'bob', 'carol'].map(open))) as [ChatClient, ChatClient, ChatClient]
    Object.assign(cast, { anna, bob, carol })
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

  boardCases(cast)

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
      await until(() => bob.say(groupID, 'a second later').then(() => true as const, onlyCode(10_017)), 20_000, 'the mute to end')
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
    // It keeps an earlier answer for ten seconds.
    await until(
      async () => ((await anna.call<{ memberCount: number }>('getGroupOnlineMemberCount', groupID)).memberCount === 3 ? true : null),
      3 * DEADLINE_MS,
      'three to be counted',
    )
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

  signalingCases(cast)

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

/** Null for that code, for `until`; anything else is an error. */
export function onlyCode(code: number): (error: unknown) => null {
  return (error) => {
    expect(error).toMatchObject(withCode(code))
    return null
  }
}
