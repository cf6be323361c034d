import type { AttributeChange } from './attributes'
import { ATTRIBUTE_OP_TYPES } from './attributes'

/** What a room tells its members besides chat. Shapes as the SDK reads them (protocol notes: docs/chat-server.md). */

export interface Person {
  readonly userId: string
  readonly nick: string
  readonly image: string
}

export interface ItemFrame {
  readonly groupId: string
  readonly groupName: string
  readonly cursor: number
  readonly random: number
  readonly atSec: number
}

/** Event numbers of items. */
export const EVENT = { chat: 3, tip: 4, notice: 5, groupInfo: 6, broadcast: 17, revoke: 20 } as const

/** `ReportType` of notices. */
export const NOTICE = { kicked: 4, dismissed: 5, banned: 21, custom: 255 } as const

export type Tip =
  | { readonly kind: 'joined' | 'left'; readonly person: Person; readonly members: number }
  | {
      readonly kind: 'profile'
      readonly operator: Person
      readonly name?: string
      readonly introduction?: string
      readonly notification?: string
      readonly faceUrl?: string
      readonly muteAll?: boolean
    }
  | { readonly kind: 'muted'; readonly operator: Person; readonly people: readonly (Person & { readonly seconds: number })[] }
  | { readonly kind: 'banned'; readonly operator: Person; readonly people: readonly Person[]; readonly seconds: number; readonly description: string }
  | { readonly kind: 'unbanned'; readonly operator: Person; readonly people: readonly Person[] }

export function tipItem(frame: ItemFrame, tip: Tip): string {
  return JSON.stringify({ ...head(EVENT.tip, frame), MsgBody: tipBody(tip) })
}

export function noticeItem(frame: ItemFrame, reportType: number, operator: Person, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    ...head(EVENT.notice, frame),
    MsgBody: { ReportType: reportType, Operator_Account: operator.userId, MsgOperatorMemberExtraInfo: extra(operator), ...more },
  })
}

export function attributeItem(
  frame: ItemFrame,
  change: AttributeChange,
  mainSeq: number,
  changed: readonly { readonly key: string; readonly value: string; readonly seq: number }[],
): string {
  return JSON.stringify({
    ...head(EVENT.groupInfo, frame),
    MsgBody: {
      OpType: 6,
      MsgGroupNewInfo: {
        GroupAttrOption: {
          GroupAttrSeq: mainSeq,
          PushChangedAttrValFlag: 1,
          OpType: ATTRIBUTE_OP_TYPES[change],
          GroupAttrInfo: changed.map(({ key, value, seq }) => ({ key, value, SubKeySeq: seq })),
        },
      },
    },
  })
}

export function counterItem(frame: ItemFrame, seq: number, counters: readonly { readonly key: string; readonly value: number }[]): string {
  return JSON.stringify({
    ...head(EVENT.groupInfo, frame),
    MsgBody: {
      OpType: 6,
      GroupCounterInfo: [{ Type: 0, GroupCounterSeq: seq, GroupCounter: counters.map(({ key, value }) => ({ Key: key, Value: value })) }],
    },
  })
}

export interface Revoked {
  readonly msgSeq: number
  readonly tinyId: string
  readonly clientTime: number
  readonly random: number
}

export function revokeItem(frame: ItemFrame, revoker: string, reason: string, revoked: readonly Revoked[]): string {
  return JSON.stringify({
    ...head(EVENT.revoke, frame),
    RevokerInfo: { Revoker_Account: revoker, Reason: reason },
    MsgBody: {
      RevokeMsgList: revoked.map(({ msgSeq, tinyId, clientTime, random }) => ({
        TinyId: tinyId,
        MsgClientTime: clientTime,
        MsgRandom: random,
        MsgSeq: msgSeq,
      })),
      // What the push form of a revoke reads; harmless in the other.
      GroupWithdrawInfoArray: revoked.map(({ msgSeq, tinyId, clientTime, random }) => ({
        GroupId: frame.groupId,
        TinyId: tinyId,
        MsgClientTime: clientTime,
        MsgRandom: random,
        MsgSeq: msgSeq,
      })),
    },
  })
}

function head(event: number, frame: ItemFrame): Readonly<Record<string, unknown>> {
  return {
    Event: event,
    From_Account: '@TIM#SYSTEM',
    IsSystemMsg: 1,
    ToGroupId: frame.groupId,
    MsgSeq: frame.cursor,
    // The SDK tells items of the system apart by it alone: all have one TinyId.
    MsgRandom: frame.random,
    MsgTimeStamp: frame.atSec,
    MsgClientTime: frame.atSec,
    ClientSeq: 0,
    GroupInfo: { GroupId: frame.groupId, GroupType: 'AVChatRoom', GroupName: frame.groupName },
  }
}

function tipBody(tip: Tip): Readonly<Record<string, unknown>> {
  switch (tip.kind) {
    case 'joined':
    case 'left':
      return {
        OpType: tip.kind === 'joined' ? 1 : 2,
        ...operator(tip.person),
        List_Account: [tip.person.userId],
        GroupJoinType: tip.kind === 'joined' ? 1 : 0,
        MemberNum: tip.members,
        MsgMemberExtraInfo: [extra(tip.person)],
        OnlineInf: { Num: tip.members, ET: 10 },
      }
    case 'profile':
      return {
        OpType: 6,
        ...operator(tip.operator),
        MsgGroupNewInfo: {
          ...(tip.name === undefined ? {} : { GroupName: tip.name }),
          ...(tip.introduction === undefined ? {} : { GroupIntroduction: tip.introduction }),
          ...(tip.notification === undefined ? {} : { GroupNotification: tip.notification }),
          ...(tip.faceUrl === undefined ? {} : { GroupFaceUrl: tip.faceUrl }),
          ...(tip.muteAll === undefined ? {} : { ShutupAll: tip.muteAll ? 1 : 0 }),
        },
      }
    case 'muted':
      return {
        OpType: 7,
        ...operator(tip.operator),
        MsgMemberInfo: tip.people.map((person) => ({ User_Account: person.userId, ShutupTime: person.seconds })),
        MsgMemberExtraInfo: tip.people.map(extra),
      }
    case 'banned':
      return { OpType: 10, ...operator(tip.operator), ...list(tip.people), BanDuration: tip.seconds, BanDescription: tip.description }
    case 'unbanned':
      return { OpType: 11, ...operator(tip.operator), ...list(tip.people) }
  }
}

function operator(person: Person): Readonly<Record<string, unknown>> {
  return { Operator_Account: person.userId, MsgOperatorMemberExtraInfo: extra(person) }
}

function list(people: readonly Person[]): Readonly<Record<string, unknown>> {
  return { List_Account: people.map(({ userId }) => userId), MsgMemberExtraInfo: people.map(extra) }
}

function extra(person: Person): Readonly<Record<string, unknown>> {
  return { User_Account: person.userId, NickName: person.nick, ImageUrl: person.image }
}
