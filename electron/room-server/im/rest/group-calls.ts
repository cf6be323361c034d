import { z } from 'zod'
import { CODES, ImError, invalid } from '../codes'
import { GROUP_TYPE } from '../domain/group'
import { EVENT, NOTICE, noticeItem } from '../domain/tips'
import { COUNTS } from '../limits'
import { changeProfile, createGroup, groupInfo } from '../service/group-admin'
import { dismissRoom } from '../service/membership'
import { appDataSchema, groupIdSchema, onOffSchema, textSchema, userIdSchema, userListSchema } from '../wire/fields'
import { profileChange } from '../wire/group-commands'
import { restCommand, type RestCommands } from './rest-command'

const SERVICE = 'group_open_http_svc'

const profileFields = {
  Name: textSchema.optional(),
  Introduction: textSchema.optional(),
  Notification: textSchema.optional(),
  FaceUrl: textSchema.optional(),
  ShutUpAllMember: onOffSchema.optional(),
  MuteAllMember: onOffSchema.optional(),
  AppDefinedData: appDataSchema.optional(),
}
const createSchema = z.object({
  Type: z.string(),
  Owner_Account: userIdSchema.optional(),
  GroupId: groupIdSchema.optional(),
  ...profileFields,
  Name: textSchema,
  MemberList: z.array(z.unknown()).max(500).optional(),
})
const modifySchema = z.object({ GroupId: groupIdSchema, ...profileFields })
const infoSchema = z.object({
  GroupIdList: z.array(groupIdSchema).min(1).max(COUNTS.groupsAtOnce),
  ResponseFilter: z
    .object({ GroupBaseInfoFilter: z.array(z.string()).max(64).optional(), AppDefinedDataFilter_Group: z.array(z.string()).max(64).optional() })
    .optional(),
})
const listSchema = z.object({
  Limit: z.number().int().min(1).max(10_000).default(1_000),
  Next: z.number().int().min(0).default(0),
  GroupType: z.string().optional(),
})
const noticeSchema = z.object({ GroupId: groupIdSchema, ToMembers_Account: userListSchema.optional(), Content: textSchema })

/** Always given, filter or not. */
const UNFILTERED = new Set(['GroupId', 'ErrorCode', 'ErrorInfo'])

/** Groups, as an app's own server makes, changes and ends them (im:34895, im:34962, im:34961). */
export const GROUP_CALLS: RestCommands = {
  [`${SERVICE}/create_group`]: restCommand(createSchema, async ({ context, caller, body }) => {
    if (body.Type !== GROUP_TYPE) invalid(`only ${GROUP_TYPE} groups are served here`)
    // An AVChatRoom begins empty: whoever wants in joins (im:34895).
    if (body.MemberList !== undefined && body.MemberList.length > 0) throw new ImError(CODES.NO_PERMISSION, 'an AVChatRoom takes no MemberList')
    const owner = body.Owner_Account ?? caller.userId
    if (owner === caller.userId) await context.accounts.ensure(owner, context.nowSec())
    const room = await createGroup(context, caller, {
      groupId: body.GroupId === undefined || body.GroupId === '' ? null : body.GroupId,
      owner,
      profile: {
        name: body.Name,
        introduction: body.Introduction ?? '',
        notification: body.Notification ?? '',
        faceUrl: body.FaceUrl ?? '',
        appData: new Map((body.AppDefinedData ?? []).map(({ Key, Value }) => [Key, Value])),
        muteAll: (body.MuteAllMember ?? body.ShutUpAllMember) === 'On',
      },
    })
    return { GroupId: room.group.groupId, Type: GROUP_TYPE }
  }),

  [`${SERVICE}/modify_group_base_info`]: restCommand(modifySchema, async ({ context, caller, body }) => {
    await changeProfile(context, context.rooms.require(body.GroupId), caller, profileChange(body))
    return {}
  }),

  [`${SERVICE}/get_group_info`]: restCommand(infoSchema, ({ context, body }) => {
    const base = body.ResponseFilter?.GroupBaseInfoFilter
    const custom = body.ResponseFilter?.AppDefinedDataFilter_Group
    return {
      GroupInfo: body.GroupIdList.map((groupId) => {
        const room = context.rooms.get(groupId)
        if (room === undefined) return { GroupId: groupId, ErrorCode: CODES.NO_SUCH_GROUP, ErrorInfo: 'no such group' }
        const info: Record<string, unknown> = { ...groupInfo(room), ErrorCode: 0, ErrorInfo: '' }
        const data = [...room.group.profile.appData].filter(([key]) => custom === undefined || custom.includes(key))
        info['AppDefinedData'] = data.map(([Key, Value]) => ({ Key, Value }))
        if (base === undefined) return info
        const kept = Object.entries(info).filter(([name]) => base.includes(name) || UNFILTERED.has(name) || (name === 'AppDefinedData' && custom !== undefined))
        return Object.fromEntries(kept)
      }),
    }
  }),

  [`${SERVICE}/get_appid_group_list`]: restCommand(listSchema, ({ context, body }) => {
    const all = [...context.rooms.all()].map(({ group }) => ({ GroupId: group.groupId }))
    const page = all.slice(body.Next, body.Next + body.Limit)
    return { TotalCount: all.length, GroupIdList: page, Next: body.Next + page.length < all.length ? body.Next + page.length : 0 }
  }),

  [`${SERVICE}/destroy_group`]: restCommand(z.object({ GroupId: groupIdSchema }), async ({ context, caller, body }) => {
    await dismissRoom(context, context.rooms.require(body.GroupId), caller)
    return {}
  }),

  [`${SERVICE}/send_group_system_notification`]: restCommand(noticeSchema, async ({ context, caller, body }) => {
    if (body.ToMembers_Account !== undefined && body.ToMembers_Account.length > 0) invalid('in an AVChatRoom a notice goes to everybody')
    const room = context.rooms.require(body.GroupId)
    const frame = context.feed.frame(room)
    const item = noticeItem(frame, NOTICE.custom, context.accounts.person(caller.userId), { UserDefinedField: body.Content })
    await context.feed.append(room, frame.cursor, EVENT.notice, item, null)
    return {}
  }),
}
