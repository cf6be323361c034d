import { z } from 'zod'
import { CODES, ImError, invalid } from '../codes'
import { imageOf, nickOf } from '../domain/accounts'
import { COUNTS, SIZES } from '../limits'
import { listedMembers, markMembers } from '../service/group-admin'
import { banMembers, unbanMembers } from '../service/membership'
import { muteMembers, mutedMembers } from '../service/muting'
import { groupIdSchema, secondsSchema, textSchema, userIdSchema } from '../wire/fields'
import { markSchema } from '../wire/member-commands'
import { restCommand, type RestCommands } from './rest-command'

const SERVICE = 'group_open_http_svc'

const groupSchema = z.object({ GroupId: groupIdSchema })
const muteSchema = z
  .object({
    GroupId: groupIdSchema,
    Members_Account: z.array(userIdSchema).min(1).max(2_000),
    MuteTime: secondsSchema.optional(),
    ShutUpTime: secondsSchema.optional(),
  })
  // `ShutUpTime` in the older documents.
  .transform(({ MuteTime, ShutUpTime, ...rest }) => ({ ...rest, seconds: MuteTime ?? ShutUpTime }))
const banSchema = z.object({
  GroupId: groupIdSchema,
  Members_Account: z.array(userIdSchema).min(1).max(2_000),
  Duration: secondsSchema,
  Description: textSchema.default(''),
})
const unbanSchema = z.object({ GroupId: groupIdSchema, Members_Account: z.array(userIdSchema).min(1).max(2_000) })
const banListSchema = z.object({ GroupId: groupIdSchema, Limit: z.number().int().min(1), Offset: z.number().int().min(0).default(0) })
const listSchema = z.object({ GroupId: groupIdSchema, Timestamp: z.number().int().min(0).default(0), Mark: z.number().int().optional() })

/** Members, as an app's own server sees and treats them (im:34951, im:34964, im:50293, im:50295 ff.). */
export const MEMBER_CALLS: RestCommands = {
  [`${SERVICE}/forbid_send_msg`]: restCommand(muteSchema, async ({ context, caller, body }) => {
    if (body.seconds === undefined) invalid('MuteTime is missing')
    await muteMembers(context, context.rooms.require(body.GroupId), caller, body.Members_Account, body.seconds)
    return {}
  }),

  [`${SERVICE}/get_group_muted_account`]: restCommand(groupSchema, ({ context, body }) => ({
    MutedAccountList: mutedMembers(context, context.rooms.require(body.GroupId)).map(({ userId, untilSec }) => ({
      Member_Account: userId,
      MutedUntil: untilSec,
    })),
  })),
  // Its name in the older documents.
  [`${SERVICE}/get_group_shutted_uin`]: restCommand(groupSchema, ({ context, body }) => ({
    ShuttedUinList: mutedMembers(context, context.rooms.require(body.GroupId)).map(({ userId, untilSec }) => ({
      Member_Account: userId,
      ShuttedUntil: untilSec,
    })),
  })),

  [`${SERVICE}/delete_group_member`]: restCommand(groupSchema, ({ context, body }) => {
    context.rooms.require(body.GroupId)
    return invalid('members of an AVChatRoom are not deleted: ban them')
  }),

  [`${SERVICE}/ban_group_member`]: restCommand(banSchema, async ({ context, caller, body }) => {
    checkBanned(body.Members_Account)
    if (Buffer.byteLength(body.Description) > SIZES.banDescription) invalid(`Description has at most ${SIZES.banDescription} bytes`)
    await banMembers(context, context.rooms.require(body.GroupId), caller, body.Members_Account, body.Duration, body.Description)
    return {}
  }),

  [`${SERVICE}/unban_group_member`]: restCommand(unbanSchema, async ({ context, caller, body }) => {
    checkBanned(body.Members_Account)
    await unbanMembers(context, context.rooms.require(body.GroupId), caller, body.Members_Account)
    return {}
  }),

  [`${SERVICE}/get_group_ban_member`]: restCommand(banListSchema, ({ context, body }) => {
    if (body.Limit > COUNTS.banPage) invalid(`Limit is at most ${COUNTS.banPage}`)
    const now = context.nowSec()
    const all = [...context.rooms.require(body.GroupId).group.bans].filter(([, { untilSec }]) => untilSec > now)
    const page = all.slice(body.Offset, body.Offset + body.Limit)
    return {
      BannedAccountList: page.map(([userId, { untilSec }]) => ({ Member_Account: userId, BannedUntil: untilSec })),
      NextOffset: body.Offset + page.length < all.length ? body.Offset + page.length : 0,
    }
  }),

  [`${SERVICE}/get_online_member_num`]: restCommand(groupSchema, ({ context, body }) => ({
    OnlineMemberNum: context.rooms.require(body.GroupId).group.present,
  })),

  'group_open_avchatroom_http_svc/get_members': restCommand(listSchema, ({ context, body }) => {
    const members = listedMembers(context, context.rooms.require(body.GroupId), body.Mark ?? null)
    const page = members.slice(body.Timestamp, body.Timestamp + COUNTS.memberPage)
    const next = body.Timestamp + page.length
    return {
      MemberList: page.map(({ userId, joinedSec, marks }) => ({
        Member_Account: userId,
        NickName: nickOf(context.accounts.get(userId)),
        Avatar: imageOf(context.accounts.get(userId)),
        JoinTime: joinedSec,
        Marks: marks,
      })),
      NextTimestamp: next < members.length ? next : 0,
    }
  }),

  'group_open_avchatroom_http_svc/modify_user_info': restCommand(markSchema, async ({ context, body }) => {
    const room = context.rooms.require(body.GroupId)
    for (const { Member_Account, Marks } of body.MemberList)
      for (const mark of Marks) await markMembers(context, room, mark, [Member_Account], body.CommandType === 1)
    return { CommandType: body.CommandType, MemberList: body.MemberList }
  }),
}

/** @throws ImError 10004: at most 20 at once (im:50296) */
function checkBanned(userIds: readonly string[]): void {
  if (userIds.length > COUNTS.bannedAtOnce) throw new ImError(CODES.INVALID_PARAMETER, `at most ${COUNTS.bannedAtOnce} members at once`)
}
