import { MESSAGE_PRIORITY, type RoomMessage } from '../../../shared/room-message'

/** Bodies of the REST calls that the business makes, as documented (tencent-facts §5.2). */

export interface ChatCall {
  readonly command: string
  readonly body: Readonly<Record<string, unknown>>
}

const GROUP = 'group_open_http_svc'

export const COMMAND = {
  createGroup: `${GROUP}/create_group`,
  modifyGroup: `${GROUP}/modify_group_base_info`,
  sendMessage: `${GROUP}/send_group_msg`,
  broadcast: `${GROUP}/send_broadcast_msg`,
  recall: `${GROUP}/group_msg_recall`,
  mute: `${GROUP}/forbid_send_msg`,
  ban: `${GROUP}/ban_group_member`,
  unban: `${GROUP}/unban_group_member`,
  setAttributes: `${GROUP}/modify_group_attr`,
  getAttributes: 'group_open_attr_http_svc/get_group_attr',
  onlineNumber: `${GROUP}/get_online_member_num`,
  members: 'group_open_avchatroom_http_svc/get_members',
  updateCounter: `${GROUP}/update_group_counter`,
  importAccount: 'im_open_login_svc/account_import',
} as const

/** A room's message. `random` is what IM knows a repeat by: the same for 5 minutes is the same message. */
export function sendMessage(groupId: string, admin: string, message: RoomMessage, random: number): ChatCall {
  return {
    command: COMMAND.sendMessage,
    body: {
      GroupId: groupId,
      From_Account: admin,
      Random: random,
      MsgPriority: MESSAGE_PRIORITY[message.kind],
      MsgBody: [{ MsgType: 'TIMCustomElem', MsgContent: { Data: JSON.stringify(message), Desc: message.kind, Ext: '' } }],
    },
  }
}

export function broadcastMessage(admin: string, message: RoomMessage, random: number): ChatCall {
  return {
    command: COMMAND.broadcast,
    body: {
      From_Account: admin,
      Random: random,
      MsgBody: [{ MsgType: 'TIMCustomElem', MsgContent: { Data: JSON.stringify(message), Desc: message.kind, Ext: '' } }],
    },
  }
}

/** `seconds` 0 gives speech back. */
export function muteMembers(groupId: string, userIds: readonly string[], seconds: number): ChatCall {
  return { command: COMMAND.mute, body: { GroupId: groupId, Members_Account: userIds, MuteTime: seconds } }
}

export function banMembers(groupId: string, userIds: readonly string[], seconds: number, reason: string): ChatCall {
  return { command: COMMAND.ban, body: { GroupId: groupId, Members_Account: userIds, Duration: seconds, Description: reason } }
}

export function unbanMembers(groupId: string, userIds: readonly string[]): ChatCall {
  return { command: COMMAND.unban, body: { GroupId: groupId, Members_Account: userIds } }
}

export function recallMessages(groupId: string, msgSeqs: readonly number[], reason: string): ChatCall {
  return { command: COMMAND.recall, body: { GroupId: groupId, MsgSeqList: msgSeqs.map((MsgSeq) => ({ MsgSeq })), Reason: reason } }
}

export interface GroupProfileChange {
  readonly name?: string
  readonly introduction?: string
  readonly notification?: string
  readonly faceUrl?: string
  readonly muteAll?: boolean
  /** Custom fields of the group: what those who look from outside read. */
  readonly appData?: Readonly<Record<string, string>>
}

export function modifyGroup(groupId: string, change: GroupProfileChange): ChatCall {
  return { command: COMMAND.modifyGroup, body: { GroupId: groupId, ...profileFields(change) } }
}

export function createGroup(groupId: string, owner: string, change: GroupProfileChange): ChatCall {
  return { command: COMMAND.createGroup, body: { Owner_Account: owner, Type: 'AVChatRoom', GroupId: groupId, ...profileFields(change) } }
}

function profileFields(change: GroupProfileChange): Readonly<Record<string, unknown>> {
  return {
    ...(change.name === undefined ? {} : { Name: change.name }),
    ...(change.introduction === undefined ? {} : { Introduction: change.introduction }),
    ...(change.notification === undefined ? {} : { Notification: change.notification }),
    ...(change.faceUrl === undefined ? {} : { FaceUrl: change.faceUrl }),
    ...(change.muteAll === undefined ? {} : { MuteAllMember: change.muteAll ? 'On' : 'Off' }),
    ...(change.appData === undefined ? {} : { AppDefinedData: Object.entries(change.appData).map(([Key, Value]) => ({ Key, Value })) }),
  }
}
