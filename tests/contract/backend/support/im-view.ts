import type { RestClient } from '../../im/support/rest-client'

/** A room as IM shows it to those who look from outside, read over REST v4. */
export interface GroupView {
  readonly profile: Readonly<Record<string, unknown>>
  /** Custom fields. */
  readonly fields: ReadonlyMap<string, string>
  readonly attributes: ReadonlyMap<string, string>
}

interface Pair {
  readonly Key: string
  readonly Value: string
}

export async function groupOf(rest: RestClient, groupId: string): Promise<GroupView> {
  const { GroupInfo } = await rest.ok<{ GroupInfo: (Record<string, unknown> & { AppDefinedData: Pair[] })[] }>('get_group_info', { GroupIdList: [groupId] })
  const { GroupAttrAry } = await rest.ok<{ GroupAttrAry: { key: string; value: string }[] }>('group_open_attr_http_svc/get_group_attr', { GroupId: groupId })
  const [profile] = GroupInfo
  if (profile === undefined) throw new Error(`IM says nothing of ${groupId}`)
  return {
    profile,
    fields: new Map(profile.AppDefinedData.map(({ Key, Value }) => [Key, Value])),
    attributes: new Map(GroupAttrAry.map(({ key, value }) => [key, value])),
  }
}

export async function countersOf(rest: RestClient, groupId: string): Promise<ReadonlyMap<string, number>> {
  const { GroupCounter } = await rest.ok<{ GroupCounter: { Key: string; Value: number }[] }>('get_group_counter', { GroupId: groupId })
  return new Map(GroupCounter.map(({ Key, Value }) => [Key, Value]))
}

/** The name that IM shows for an account. */
export async function nickOf(rest: RestClient, userId: string): Promise<string> {
  const { UserProfileItem } = await rest.ok<{ UserProfileItem: { ProfileItem: { Tag: string; Value: string }[] }[] }>('profile/portrait_get', {
    To_Account: [userId],
    TagList: ['Tag_Profile_IM_Nick'],
  })
  return UserProfileItem[0]?.ProfileItem.find(({ Tag }) => Tag === 'Tag_Profile_IM_Nick')?.Value ?? ''
}
