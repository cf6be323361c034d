import type { Caller } from '../caller'
import { CODES, ImError } from '../codes'
import { checkMessageSize, type MessageBody } from '../domain/message'
import { TIMES } from '../limits'
import type { ImContext } from './context'

/** One-to-one messages. The SDK's signaling (invite, accept, reject, cancel) is custom messages of this kind. */

export interface C2cMessage {
  readonly from: string
  readonly to: string
  readonly seq: number
  readonly random: number
  readonly body: MessageBody
  readonly cloudCustomData: string
  readonly clientTime: number | null
  /** Not kept for whoever is away. */
  readonly onlineOnly: boolean
  readonly control: readonly string[]
}

export interface C2cSent {
  readonly msgTime: number
  readonly msgKey: string
  readonly msgId: string
}

/** @throws ImError 20003 | 20012 | 80002 */
export async function sendC2c(context: ImContext, message: C2cMessage): Promise<C2cSent> {
  checkMessageSize(message.body, message.cloudCustomData)
  const sender = context.accounts.get(message.from)
  if (sender === undefined || context.accounts.get(message.to) === undefined) throw new ImError(CODES.C2C_INVALID_ACCOUNT, 'no such account')
  const atSec = context.nowSec()
  if (sender.c2cMutedUntilSec > atSec) throw new ImError(CODES.C2C_MUTED, 'muted by the app')
  const key = c2cKey(message.seq, message.random, atSec)
  const clientTime = message.clientTime ?? atSec
  const { nick, image } = context.accounts.person(message.from)
  const item = JSON.stringify({
    From_Account: message.from,
    To_Account: message.to,
    From_AccountNick: nick,
    From_AccountHeadurl: image,
    TinyId: sender.tinyId,
    MsgSeq: message.seq,
    MsgRandom: message.random,
    MsgTimeStamp: atSec,
    MsgClientTime: clientTime,
    MsgKey: key,
    MsgBody: message.body,
    CloudCustomData: message.cloudCustomData,
    SendMsgControl: message.control,
    ...(message.onlineOnly ? { MsgLifeTime: 0 } : {}),
    IsNeedReadReceipt: 0,
    IsPeerRead: 0,
  })
  if (!message.onlineOnly) await context.c2c.put({ from: message.from, to: message.to, item, key, atSec })
  pushTo(context, [message.to], `{"Event":9,"C2cMsgArray":[${item}]}`)
  return { msgTime: atSec, msgKey: key, msgId: `${sender.tinyId}-${clientTime}-${message.random}` }
}

/** @throws ImError 20001 | 20016 | 20022 */
export async function recallC2c(
  context: ImContext,
  caller: Caller,
  message: { from: string; to: string; seq: number; random: number; atSec: number },
): Promise<void> {
  if (!caller.admin && message.from !== caller.userId) throw new ImError(CODES.C2C_NO_PERMISSION, 'not your message')
  if (!caller.admin && context.nowSec() - message.atSec > TIMES.recallWithinSec)
    throw new ImError(CODES.C2C_RECALL_TOO_LATE, 'a message can be taken back for two minutes')
  if (!(await context.c2c.remove(message.from, message.to, c2cKey(message.seq, message.random, message.atSec))))
    throw new ImError(CODES.C2C_NO_SUCH_MESSAGE, 'no such message')
  const revoked = JSON.stringify({
    From_Account: message.from,
    To_Account: message.to,
    MsgSeq: message.seq,
    MsgRandom: message.random,
    MsgTimeStamp: message.atSec,
    TinyId: context.accounts.get(message.from)?.tinyId ?? '',
    RevokerInfo: { Revoker_Account: caller.userId, Reason: '' },
  })
  pushTo(context, [message.to], `{"Event":10,"C2cNotifyMsgArray":[{"WithdrawC2cMsgNotify":{"C2cWithdrawInfoArray":[${revoked}]}}]}`)
}

export function c2cKey(seq: number, random: number, atSec: number): string {
  return `${seq}_${random}_${atSec}`
}

function pushTo(context: ImContext, userIds: readonly string[], event: string): void {
  const frame = Buffer.from(`{"head":{"servcmd":"im_open_push.msg_push","seq":1},"body":{"EventArray":[${event}]}}`)
  for (const userId of userIds) for (const peer of context.sessions.peersOf(userId)) peer.send(frame)
}
