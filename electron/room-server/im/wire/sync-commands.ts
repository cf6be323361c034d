import { z } from 'zod'
import { IMAGE_TAG, NICK_TAG } from '../domain/accounts'
import { COUNTS } from '../limits'
import { CODES, ImError } from '../codes'
import { command, type Commands } from './command'
import { profileItemSchema, userIdSchema } from './fields'

const anySchema = z.looseObject({})
const profilesSchema = z.object({
  From_Account: userIdSchema.optional(),
  UserItem: z
    .array(z.object({ To_Account: userIdSchema }))
    .max(COUNTS.profilesAtOnce)
    .optional(),
  To_Account: z.array(userIdSchema).max(COUNTS.profilesAtOnce).optional(),
  TagList: z.array(z.string()).optional(),
})
const setSchema = z.object({ ProfileItem: z.array(profileItemSchema).min(1).max(64) })

/**
 * What the SDK asks for after a login. This server keeps profiles; friends, blocks and conversation lists are empty, and say so in the way
 * that ends the SDK's paging (without `StartIndex` or `CompleteFlag` it asks for ever).
 */
export const SYNC_COMMANDS: Commands = {
  'profile.portrait_get_all': command(profilesSchema, ({ context, caller, body }) => {
    const wanted = body.UserItem?.map(({ To_Account }) => To_Account) ?? body.To_Account ?? [caller.userId]
    return {
      UserProfileItem: wanted.map((userId) => {
        const account = context.accounts.get(userId)
        if (account === undefined) return { To_Account: userId, ProfileItem: [], ResultCode: CODES.PROFILE_NO_SUCH_ACCOUNT, ResultInfo: 'no such account' }
        const items = new Map([[NICK_TAG, ''] as [string, string | number], [IMAGE_TAG, ''], ...account.profile])
        return { To_Account: userId, ProfileItem: [...items].map(([Tag, Value]) => ({ Tag, Value })), ResultCode: 0, ResultInfo: '' }
      }),
    }
  }),

  'profile.portrait_set': command(setSchema, async ({ context, caller, body }) => {
    const account = context.accounts.get(caller.userId)
    if (account === undefined) throw new ImError(CODES.PROFILE_NO_SUCH_ACCOUNT, 'no such account')
    await context.accounts.setProfile(account, body.ProfileItem)
    return {}
  }),

  'sns.black_list_get': command(anySchema, () => ({ StartIndex: 0, BlackListItem: [], CurruentSequence: 0 })),
  'sns.friend_get': command(anySchema, () => ({ UserDataItem: [], CompleteFlag: 1 })),
  'sns.group_get': command(anySchema, () => ({ ResultItem: [] })),
  'sns.pendency_get': command(anySchema, () => ({ PendencyItem: [], UnreadPendencyCount: 0 })),
  'recentcontact.get_contact_group': command(anySchema, () => ({})),
  'recentcontact.search_contact_group': command(anySchema, () => ({})),
  'group_open_http_svc.get_joined_group_list': command(anySchema, () => ({ TotalCount: 0, GroupIdList: [] })),
  'million_group_open_http_svc.get_joined_group_list': command(anySchema, () => ({ TotalCount: 0, GroupIdList: [] })),
}
