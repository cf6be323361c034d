import { z } from 'zod'

/** Bodies of callbacks, as documented (tencent-facts §6.2). Unknown fields are passed over: the cloud adds some now and then. */

const account = z.string().min(1).max(256)
const groupId = z.string().min(1).max(256)
const members = z.array(z.object({ Member_Account: account })).max(1_000)
/** UNIX ms: text in group callbacks, a number in State.StateChange. */
const eventTime = z.union([z.string().max(20), z.number()]).optional()

export const messageElementSchema = z.looseObject({ MsgType: z.string().max(64), MsgContent: z.looseObject({}) })
export type MessageElement = z.infer<typeof messageElementSchema>

export const groupMessageSchema = z.object({
  GroupId: groupId,
  From_Account: account,
  Operator_Account: account.optional(),
  Random: z.union([z.number(), z.string().max(20)]),
  MsgId: z.string().max(256).optional(),
  MsgSeq: z.number().optional(),
  MsgTime: z.number().optional(),
  MsgBody: z.array(messageElementSchema).max(64),
  CloudCustomData: z.string().max(16_384).optional(),
  EventTime: eventTime,
})
export type GroupMessageCallback = z.infer<typeof groupMessageSchema>

export const beforeJoinSchema = z.object({ GroupId: groupId, Requestor_Account: account, EventTime: eventTime })
export const afterJoinSchema = z.object({ GroupId: groupId, NewMemberList: members, EventTime: eventTime })
export const afterExitSchema = z.object({ GroupId: groupId, ExitMemberList: members, ExitType: z.string().max(32).optional(), EventTime: eventTime })
export const memberStateSchema = z.object({
  GroupId: groupId,
  EventType: z.enum(['Online', 'Offline']),
  EventCause: z.string().max(64).optional(),
  MemberList: members,
  EventTime: eventTime,
})
export const stateChangeSchema = z.object({
  EventTime: eventTime,
  Info: z.object({ Action: z.string().max(32), To_Account: account, Reason: z.string().max(64).optional() }),
})

export const attributesSchema = z.object({
  GroupId: groupId,
  Operator_Account: account.optional(),
  OptionType: z.enum(['set', 'modify', 'clear', 'delete']),
  GroupAttr: z
    .array(z.object({ key: z.string().max(256), value: z.string().max(16_384).default('') }))
    .max(64)
    .default([]),
  EventTime: eventTime,
})
export type AttributesCallback = z.infer<typeof attributesSchema>

/** What a callback is answered. */
export interface CallbackAnswer {
  readonly ActionStatus: 'OK'
  readonly ErrorCode: number
  readonly ErrorInfo: string
  readonly MsgBody?: readonly MessageElement[]
  readonly CloudCustomData?: string
}

export const PASS: CallbackAnswer = { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '' }
/** Gone without a trace: the sender sees success (im:34374). */
export const DROP: CallbackAnswer = { ActionStatus: 'OK', ErrorCode: 2, ErrorInfo: '' }

/** Codes of our own, which the sender's client is given (10100 to 10200 pass through). `ErrorInfo` is JSON: `{"reason":…}`. */
export const REFUSAL = {
  blocked: 10_101,
  muted: 10_102,
  'slow-mode': 10_103,
  'sensitive-word': 10_104,
  forged: 10_105,
  'too-many-likes': 10_106,
  'not-allowed': 10_107,
} as const
export type Refusal = keyof typeof REFUSAL

export function refuse(reason: Refusal, detail: Readonly<Record<string, string | number>> = {}): CallbackAnswer {
  return { ActionStatus: 'OK', ErrorCode: REFUSAL[reason], ErrorInfo: JSON.stringify({ reason, ...detail }) }
}
