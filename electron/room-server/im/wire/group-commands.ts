import { z } from 'zod'
import { CODES, ImError, invalid } from '../codes'
import { GROUP_TYPE, mutedUntil, presentMember, type ProfileChange } from '../domain/group'
import { COUNTS } from '../limits'
import { editionOf, type ImContext } from '../service/context'
import { changeProfile, createGroup, groupInfo, requireOwner } from '../service/group-admin'
import { dismissRoom, joinRoom, quitRoom } from '../service/membership'
import type { Room } from '../service/room-book'
import { command, type Answer, type Commands } from './command'
import { appDataSchema, groupIdSchema, onOffSchema, textSchema } from './fields'
import { startPush } from './poll'

const PREFIX = 'group_open_http_svc'

const profileFields = {
  Name: textSchema.optional(),
  Introduction: textSchema.optional(),
  Notification: textSchema.optional(),
  FaceUrl: textSchema.optional(),
  ShutUpAllMember: onOffSchema.optional(),
  AppDefinedData: appDataSchema.optional(),
}

const createSchema = z.object({ Type: z.string(), GroupId: groupIdSchema.optional(), ...profileFields })
const modifySchema = z.object({ GroupId: groupIdSchema, ...profileFields })
const oneGroupSchema = z.object({ GroupId: groupIdSchema })
const manyGroupsSchema = z.object({ GroupIdList: z.array(groupIdSchema).max(COUNTS.groupsAtOnce) })

/** Groups as a member sees them: making, joining, leaving, changing, ending. */
export const GROUP_COMMANDS: Commands = {
  [`${PREFIX}.create_group`]: command(createSchema, async ({ context, caller, body }) => {
    if (body.Type !== GROUP_TYPE) invalid(`only ${GROUP_TYPE} groups are served here`)
    const room = await createGroup(context, caller, {
      groupId: body.GroupId === undefined || body.GroupId === '' ? null : body.GroupId,
      owner: caller.userId,
      profile: {
        name: body.Name ?? '',
        introduction: body.Introduction ?? '',
        notification: body.Notification ?? '',
        faceUrl: body.FaceUrl ?? '',
        appData: new Map((body.AppDefinedData ?? []).map(({ Key, Value }) => [Key, Value])),
        muteAll: body.ShutUpAllMember === 'On',
      },
    })
    return { GroupId: room.group.groupId, Type: GROUP_TYPE, HugeGroupFlag: 1 }
  }),

  [`${PREFIX}.apply_join_group`]: command(oneGroupSchema, async ({ context, caller, connection, body }) => {
    connection.checkJoinRate()
    const room = context.rooms.require(body.GroupId)
    const history = historyOf(context, room)
    const startSeq = room.log.lastCursor + 1
    await joinRoom(context, room, caller)
    const answer = { JoinedStatus: 'JoinedSuccess', HugeGroupFlag: 1, AVChatRoomKey: context.keys.pollKey(body.GroupId), RspMsgList: history }
    if (context.config.delivery === 'poll') return { ...answer, LongPollingKey: context.keys.pollKey(body.GroupId), StartSeq: startSeq }
    startPush(context, room, connection, startSeq)
    return answer
  }),

  [`${PREFIX}.quit_group`]: command(oneGroupSchema, async ({ context, caller, body }) => {
    await quitRoom(context, context.rooms.require(body.GroupId), caller)
    return {}
  }),

  [`${PREFIX}.destroy_group`]: command(oneGroupSchema, async ({ context, caller, body }) => {
    const room = context.rooms.require(body.GroupId)
    requireOwner(room, caller)
    await dismissRoom(context, room, caller)
    return {}
  }),

  [`${PREFIX}.modify_group_base_info`]: command(modifySchema, async ({ context, caller, body }) => {
    const room = context.rooms.require(body.GroupId)
    requireOwner(room, caller)
    await changeProfile(context, room, caller, profileChange(body))
    return {}
  }),

  [`${PREFIX}.get_group_self_member_info`]: command(manyGroupsSchema, ({ context, caller, body }) => infos(context, body.GroupIdList, caller.userId)),
  [`${PREFIX}.get_group_info`]: command(manyGroupsSchema, ({ context, caller, body }) => infos(context, body.GroupIdList, caller.userId)),
  [`${PREFIX}.get_group_public_info`]: command(manyGroupsSchema, ({ context, caller, body }) => infos(context, body.GroupIdList, caller.userId)),
  'group_open_avchatroom_http_svc.get_group_info': command(manyGroupsSchema, ({ context, caller, body }) => infos(context, body.GroupIdList, caller.userId)),
}

function infos(context: ImContext, groupIds: readonly string[], userId: string): Answer {
  return {
    GroupInfo: groupIds.map((groupId) => {
      const room = context.rooms.get(groupId)
      if (room === undefined) return { GroupId: groupId, ErrorCode: CODES.NO_SUCH_GROUP, ErrorInfo: 'no such group, or it was dismissed' }
      const self = selfInfo(context, room, userId)
      return { ...groupInfo(room), ErrorCode: 0, ErrorInfo: '', ...(self === null ? {} : { SelfInfo: self }) }
    }),
  }
}

function selfInfo(context: ImContext, room: Room, userId: string): Answer | null {
  const member = presentMember(room.group, userId)
  if (member === null) return null
  return {
    Member_Account: userId,
    Role: room.group.owner === userId ? 'Owner' : 'Member',
    JoinTime: member.joinedSec,
    NameCard: '',
    MsgFlag: 'AcceptAndNotify',
    ShutUpUntil: mutedUntil(room.group, userId, context.nowSec()) ?? 0,
  }
}

function historyOf(context: ImContext, room: Room): readonly unknown[] {
  const { historyMessages, historyHours } = editionOf(context)
  if (historyMessages === 0) return []
  return room.log.history(historyMessages, context.nowSec() - historyHours * 3_600).map(({ json }): unknown => JSON.parse(json))
}

/** Only what changes. */
export function profileChange(body: {
  readonly Name?: string | undefined
  readonly Introduction?: string | undefined
  readonly Notification?: string | undefined
  readonly FaceUrl?: string | undefined
  readonly ShutUpAllMember?: 'On' | 'Off' | undefined
  readonly MuteAllMember?: 'On' | 'Off' | undefined
  readonly AppDefinedData?: readonly { readonly Key: string; readonly Value: string }[] | undefined
}): ProfileChange {
  const muteAll = body.MuteAllMember ?? body.ShutUpAllMember
  return {
    ...(body.Name === undefined ? {} : { name: body.Name }),
    ...(body.Introduction === undefined ? {} : { introduction: body.Introduction }),
    ...(body.Notification === undefined ? {} : { notification: body.Notification }),
    ...(body.FaceUrl === undefined ? {} : { faceUrl: body.FaceUrl }),
    ...(muteAll === undefined ? {} : { muteAll: muteAll === 'On' }),
    ...(body.AppDefinedData === undefined ? {} : { appData: new Map(body.AppDefinedData.map(({ Key, Value }) => [Key, Value])) }),
  }
}

/** @throws ImError 10010 | 10007 when the caller is not in the group (an admin always may) */
export function roomOfMember(context: ImContext, groupId: string, caller: { readonly userId: string; readonly admin: boolean }): Room {
  const room = context.rooms.require(groupId)
  if (!caller.admin && !isOwnerOrMember(room, caller.userId)) throw new ImError(CODES.NO_PERMISSION, 'only members may do this')
  return room
}

function isOwnerOrMember(room: Room, userId: string): boolean {
  return room.group.owner === userId || room.group.members.has(userId)
}
