import { describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import { BAD_GROUP_ID, BAD_PARAMETER, MUTED, NO_GROUP, NO_PERMISSION, TAKEN, TAKEN_BY_OWNER } from './support/codes'
import type { RestAnswer } from './support/rest-client'
import { bytes, create, enter, fails, nextRoom, rest, room, useRestScene } from './support/rest-scene'
import { roomName } from './support/room-name'

useRestScene()

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
    nextRoom()
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
    nextRoom()
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
    nextRoom(roomName().padEnd(48, 'x'))
    expect(await create({})).toMatchObject({ ActionStatus: 'OK' })
  })

  it('puts nobody into a live room', async () => {
    nextRoom()
    fails(await create({ MemberList: [{ Member_Account: 'bob' }] }), NO_PERMISSION)
  })

  it.each([[{ Type: 'Fridge' }], [{ Type: undefined }], [{ Name: undefined }], [{ Name: 5 }]])('%j is refused', async (changes) => {
    nextRoom()
    fails(await create(changes), BAD_PARAMETER)
  })

  it('keeps fields of the app: keys of 16 bytes, values of 512', async () => {
    nextRoom()
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

it('destroy_group ends the room for all', async () => {
  const bob = await enter('bob')
  await rest.ok('destroy_group', { GroupId: room })
  await until(() => bob.items.find((one) => one.Event === 5) ?? null, 20_000, 'the notice')
  fails(await rest.call('destroy_group', { GroupId: room }), NO_GROUP)
  await expect(bob.send(room, 'hello?')).rejects.toMatchObject({ code: NO_GROUP })
  expect(await create({})).toMatchObject({ ActionStatus: 'OK' })
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
