import type { MessageBody } from '../domain/message'
import { GROUP_TYPE } from '../domain/group'

/** Bodies of callbacks, field by field as documented (im:34374 ff.). Group callbacks give `EventTime` as text, State.StateChange as a number. */

export interface MessageFacts {
  readonly groupId: string
  readonly from: string
  readonly operator: string
  readonly random: number
  readonly msgId: string
  readonly body: MessageBody
  readonly cloudCustomData: string
}

export type CallbackCommand =
  | 'Group.CallbackBeforeSendMsg'
  | 'Group.CallbackAfterSendMsg'
  | 'Group.CallbackSendMsgException'
  | 'Group.CallbackBeforeApplyJoinGroup'
  | 'Group.CallbackAfterNewMemberJoin'
  | 'Group.CallbackAfterMemberExit'
  | 'Group.CallbackOnMemberStateChange'
  | 'Group.CallbackAfterGroupInfoChanged'
  | 'Group.CallbackAfterGroupAttrChanged'
  | 'Group.CallbackAfterCreateGroup'
  | 'Group.CallbackAfterGroupDestroyed'
  | 'State.StateChange'

/** Commands whose query has no ClientIP and OptPlatform (im:48734). */
export const WITHOUT_ORIGIN: ReadonlySet<CallbackCommand> = new Set(['Group.CallbackOnMemberStateChange'])

export interface Callback {
  readonly command: CallbackCommand
  readonly body: Readonly<Record<string, unknown>>
}

export function messageBody(facts: MessageFacts, nowMs: number): Readonly<Record<string, unknown>> {
  return {
    GroupId: facts.groupId,
    Type: GROUP_TYPE,
    From_Account: facts.from,
    Operator_Account: facts.operator,
    Random: facts.random,
    MsgId: facts.msgId,
    // An AVChatRoom knows no messages for those online only: the flag is 0, whatever was asked (im:49462).
    OnlineOnlyFlag: 0,
    MsgBody: facts.body,
    CloudCustomData: facts.cloudCustomData,
    EventTime: String(nowMs),
  }
}

export function beforeSend(facts: MessageFacts, nowMs: number): Callback {
  return { command: 'Group.CallbackBeforeSendMsg', body: named('Group.CallbackBeforeSendMsg', messageBody(facts, nowMs)) }
}

export function afterSend(facts: MessageFacts, msgSeq: number, msgTime: number, nowMs: number): Callback {
  return {
    command: 'Group.CallbackAfterSendMsg',
    body: named('Group.CallbackAfterSendMsg', { ...messageBody(facts, nowMs), MsgSeq: msgSeq, MsgTime: msgTime }),
  }
}

export function sendException(facts: MessageFacts, code: number, info: string, nowMs: number): Callback {
  const command = 'Group.CallbackSendMsgException'
  return { command, body: named(command, { ...messageBody(facts, nowMs), ErrorCode: code, ErrorInfo: info }) }
}

export function beforeJoin(groupId: string, userId: string, nowMs: number): Callback {
  return groupCallback('Group.CallbackBeforeApplyJoinGroup', groupId, { Requestor_Account: userId }, nowMs)
}

export function afterJoin(groupId: string, userId: string, nowMs: number): Callback {
  return groupCallback(
    'Group.CallbackAfterNewMemberJoin',
    groupId,
    { JoinType: 'Apply', Operator_Account: userId, NewMemberList: [{ Member_Account: userId }] },
    nowMs,
  )
}

export function afterExit(groupId: string, exit: 'Kicked' | 'Quit', operator: string, userIds: readonly string[], nowMs: number): Callback {
  return groupCallback(
    'Group.CallbackAfterMemberExit',
    groupId,
    { ExitType: exit, Operator_Account: operator, ExitMemberList: userIds.map((userId) => ({ Member_Account: userId })) },
    nowMs,
  )
}

export function memberState(
  groupId: string,
  event: 'Offline' | 'Online',
  cause: 'HeartbeatInterrupt' | 'HeartbeatRecover' | 'Join' | 'Quit',
  userIds: readonly string[],
  nowMs: number,
): Callback {
  const command = 'Group.CallbackOnMemberStateChange'
  return {
    command,
    body: named(command, {
      GroupId: groupId,
      EventType: event,
      EventCause: cause,
      MemberList: userIds.map((userId) => ({ Member_Account: userId })),
      EventTime: String(nowMs),
    }),
  }
}

export function groupCallback(command: CallbackCommand, groupId: string, fields: Readonly<Record<string, unknown>>, nowMs: number): Callback {
  return { command, body: named(command, { GroupId: groupId, Type: GROUP_TYPE, ...fields, EventTime: String(nowMs) }) }
}

export function stateChange(action: 'Login' | 'Logout' | 'Disconnect', userId: string, reason: string, kicked: boolean, nowMs: number): Callback {
  const command = 'State.StateChange'
  return {
    command,
    body: named(command, {
      EventTime: nowMs,
      Info: { Action: action, To_Account: userId, Reason: reason },
      ...(kicked ? { KickedDevice: [{ Platform: 'Web' }] } : {}),
    }),
  }
}

function named(command: CallbackCommand, fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { CallbackCommand: command, ...fields }
}
