import { describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import { BAD_PARAMETER, MUTED, NO_GROUP, TOO_MANY_ACCOUNTS } from './support/codes'
import { newRandom, textElement, type RestAnswer } from './support/rest-client'
import { bytes, enter, fails, rest, room, useRestScene } from './support/rest-scene'
import { nowS } from './support/user-sig'

useRestScene()

const FOREVER = 4_294_967_295

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
    await until(() => bob.items.find((one) => one.Event === 5) ?? null, 20_000, 'the notice')
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
      30_000,
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

it('setnospeaking mutes one user in all rooms', async () => {
  const bob = await enter('global_bob')
  await rest.ok('openconfigsvr/setnospeaking', { Set_Account: 'global_bob', GroupmsgNospeakingTime: 600 })
  await expect(bob.send(room, 'hello?')).rejects.toMatchObject({ code: MUTED })
  fails(await rest.call('send_group_msg', { GroupId: room, From_Account: 'global_bob', Random: newRandom(), MsgBody: [textElement('x')] }), MUTED)
  await rest.ok('openconfigsvr/setnospeaking', { Set_Account: 'global_bob', GroupmsgNospeakingTime: 0 })
  await bob.send(room, 'thank you')
})
