import { z } from 'zod'
import { CODES, ImError } from '../codes'
import { imageOf, nickOf } from '../domain/accounts'
import { mutedUntil } from '../domain/group'
import { COUNTS, SIZES, TIMES } from '../limits'
import { listedMembers, markMembers, requireOwner } from '../service/group-admin'
import { banMembers, unbanMembers } from '../service/membership'
import { muteMembers } from '../service/muting'
import { command, type Commands } from './command'
import { groupIdSchema, secondsSchema, textSchema, userIdSchema, userListSchema } from './fields'
import { roomOfMember } from './group-commands'

const PREFIX = 'group_open_http_svc'
/** `Role` of the AVChatRoom's member list. */
const ROLE = { owner: 400, member: 200 } as const

const membersSchema = z.object({ GroupId: groupIdSchema, Timestamp: z.number().int().min(0).default(0), Mark: z.number().int().optional() })
const memberPageSchema = z.object({
  GroupId: groupIdSchema,
  Limit: z.number().int().min(0).max(10_000).default(100),
  Offset: z.number().int().min(0).default(0),
  MemberList_Account: userListSchema.optional(),
})
const muteSchema = z.object({ GroupId: groupIdSchema, Member_Account: userIdSchema, ShutUpTime: secondsSchema.optional() })
const banSchema = z.object({
  GroupId: groupIdSchema,
  Members_Account: z.array(userIdSchema).min(1).max(COUNTS.bannedAtOnce),
  Duration: secondsSchema,
  Description: textSchema.optional(),
})
const unbanSchema = z.object({ GroupId: groupIdSchema, Members_Account: z.array(userIdSchema).min(1).max(COUNTS.bannedAtOnce) })
/** CommandType 1 sets marks, 2 takes them away. */
export const markSchema = z.object({
  GroupId: groupIdSchema,
  CommandType: z.union([z.literal(1), z.literal(2)]),
  MemberList: z
    .array(z.object({ Member_Account: userIdSchema, Marks: z.array(z.number().int()).min(1).max(10) }))
    .min(1)
    .max(500),
})
const groupSchema = z.object({ GroupId: groupIdSchema })

/** Members of a room: who is there, who may speak, who must go. */
export const MEMBER_COMMANDS: Commands = {
  [`${PREFIX}.get_online_member_num`]: command(groupSchema, ({ context, body }) => ({
    OnlineMemberNum: context.rooms.require(body.GroupId).group.present,
    ExpireTime: TIMES.onlineNumberSec,
  })),

  'group_open_avchatroom_http_svc.get_members': command(membersSchema, ({ context, caller, body }) => {
    const room = roomOfMember(context, body.GroupId, caller)
    const members = listedMembers(context, room, body.Mark ?? null)
    const page = members.slice(body.Timestamp, body.Timestamp + COUNTS.memberPage)
    const next = body.Timestamp + page.length
    return {
      MemberList: page.map(({ userId, joinedSec, marks }) => ({
        Member_Account: userId,
        NickName: nickOf(context.accounts.get(userId)),
        Avatar: imageOf(context.accounts.get(userId)),
        JoinTime: joinedSec,
        Role: userId === room.group.owner ? ROLE.owner : ROLE.member,
        Marks: marks,
      })),
      // The position goes back and forth under this name; 0 is the end.
      NextTimestamp: next < members.length ? next : 0,
    }
  }),

  [`${PREFIX}.get_group_member_info`]: command(memberPageSchema, ({ context, caller, body }) => {
    const room = roomOfMember(context, body.GroupId, caller)
    const all = listedMembers(context, room, null)
    const wanted = body.MemberList_Account === undefined ? all : all.filter(({ userId }) => body.MemberList_Account?.includes(userId))
    return {
      MemberNum: room.group.present,
      MemberList: wanted.slice(body.Offset, body.Offset + Math.min(body.Limit, COUNTS.memberPage)).map(({ userId, joinedSec }) => ({
        Member_Account: userId,
        Role: userId === room.group.owner ? 'Owner' : 'Member',
        JoinTime: joinedSec,
        NameCard: '',
        MsgFlag: 'AcceptAndNotify',
        ShutUpUntil: mutedUntil(room.group, userId, context.nowSec()) ?? 0,
        AppMemberDefinedData: [],
      })),
    }
  }),

  [`${PREFIX}.modify_group_member_info`]: command(muteSchema, async ({ context, caller, body }) => {
    const room = context.rooms.require(body.GroupId)
    requireOwner(room, caller)
    if (body.ShutUpTime === undefined) throw new ImError(CODES.INVALID_PARAMETER, 'only ShutUpTime can be changed in this kind of group')
    await muteMembers(context, room, caller, [body.Member_Account], body.ShutUpTime)
    return {}
  }),

  [`${PREFIX}.ban_group_member`]: command(banSchema, async ({ context, caller, body }) => {
    const room = context.rooms.require(body.GroupId)
    requireOwner(room, caller)
    if (Buffer.byteLength(body.Description ?? '') > SIZES.banDescription)
      throw new ImError(CODES.INVALID_PARAMETER, `Description has at most ${SIZES.banDescription} bytes`)
    await banMembers(context, room, caller, body.Members_Account, body.Duration, body.Description ?? '')
    return {}
  }),

  [`${PREFIX}.unban_group_member`]: command(unbanSchema, async ({ context, caller, body }) => {
    const room = context.rooms.require(body.GroupId)
    requireOwner(room, caller)
    await unbanMembers(context, room, caller, body.Members_Account)
    return {}
  }),

  'group_open_avchatroom_http_svc.modify_user_info': command(markSchema, async ({ context, caller, body }) => {
    const room = context.rooms.require(body.GroupId)
    requireOwner(room, caller)
    for (const { Member_Account, Marks } of body.MemberList)
      for (const mark of Marks) await markMembers(context, room, mark, [Member_Account], body.CommandType === 1)
    return { CommandType: body.CommandType, MemberList: body.MemberList }
  }),
}
