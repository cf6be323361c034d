import { z } from 'zod'
import { CODES, ImError } from '../codes'
import { SIZES } from '../limits'
import type { ChatFacts } from './room-log'

/** The body of a message: elements, each of a kind with content of its own. Unknown kinds pass: the receiver decides. */
const elementSchema = z.discriminatedUnion('MsgType', [
  z.object({ MsgType: z.literal('TIMTextElem'), MsgContent: z.object({ Text: z.string() }) }),
  z.object({
    MsgType: z.literal('TIMCustomElem'),
    MsgContent: z.object({ Data: z.string().optional(), Desc: z.string().optional(), Ext: z.string().optional(), Sound: z.string().optional() }),
  }),
  ...(['TIMFaceElem', 'TIMLocationElem', 'TIMImageElem', 'TIMSoundElem', 'TIMFileElem', 'TIMVideoFileElem', 'TIMRelayElem'] as const).map((type) =>
    z.object({ MsgType: z.literal(type), MsgContent: z.record(z.string(), z.unknown()) }),
  ),
])
export const messageBodySchema = z.array(elementSchema).min(1).max(16)
export type MessageBody = z.infer<typeof messageBodySchema>

export const cloudCustomDataSchema = z.string().max(SIZES.cloudCustomData)

/** @throws ImError 80002 */
export function checkMessageSize(body: MessageBody, cloudCustomData: string, limit: number = SIZES.message): void {
  const bytes = Buffer.byteLength(JSON.stringify(body)) + Buffer.byteLength(cloudCustomData)
  if (bytes > limit) throw new ImError(CODES.MESSAGE_TOO_LONG, `a message has at most ${limit} bytes, this one has ${bytes}`)
}

export interface ChatMessage {
  readonly groupId: string
  readonly groupName: string
  readonly from: string
  readonly nick: string
  readonly image: string
  readonly priority: string
  readonly body: MessageBody
  readonly cloudCustomData: string
  readonly clientSeq: number
}

/** A chat message as members get it (Event 3). `Random`, client time and TinyId are the sender's: by them its client knows its own echo. */
export function chatItem(message: ChatMessage, facts: ChatFacts, event = 3): string {
  return JSON.stringify({
    Event: event,
    From_Account: message.from,
    From_AccountNick: message.nick,
    From_AccountHeadurl: message.image,
    TinyId: facts.tinyId,
    ToGroupId: message.groupId,
    MsgSeq: facts.msgSeq,
    MsgRandom: facts.random,
    MsgTimeStamp: facts.atSec,
    MsgClientTime: facts.clientTime,
    ClientSeq: message.clientSeq,
    MsgPriority: message.priority,
    CloudCustomData: message.cloudCustomData,
    MsgBody: message.body,
    IsSystemMsg: 0,
    GroupInfo: { GroupId: message.groupId, GroupType: 'AVChatRoom', GroupName: message.groupName },
  })
}
