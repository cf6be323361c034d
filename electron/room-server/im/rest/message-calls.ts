import { z } from 'zod'
import { CODES, ImError, invalid } from '../codes'
import { PRIORITIES } from '../domain/delivery'
import { messageBodySchema } from '../domain/message'
import { COUNTS } from '../limits'
import { broadcast } from '../service/broadcast'
import { recallC2c, sendC2c } from '../service/c2c'
import { random31, type ImContext } from '../service/context'
import { recallMessages, sendToRoom } from '../service/messaging'
import { groupIdSchema, userIdSchema } from '../wire/fields'
import { restCommand, type RestCommands } from './rest-command'

const SERVICE = 'group_open_http_svc'

const randomSchema = z.number().int().min(0).max(4_294_967_295)
const dataSchema = z.string().max(16_384).default('')
const forbidSchema = z.array(z.string().max(64)).max(8).default([])
const bodySchema = z.array(z.unknown()).min(1).max(16)

const sendSchema = z.object({
  GroupId: groupIdSchema,
  From_Account: userIdSchema.optional(),
  Random: randomSchema,
  MsgPriority: z.enum(PRIORITIES).default('Normal'),
  MsgBody: bodySchema,
  CloudCustomData: dataSchema,
  ForbidCallbackControl: forbidSchema,
})
const broadcastSchema = z.object({ From_Account: userIdSchema.optional(), Random: randomSchema, MsgBody: bodySchema, CloudCustomData: dataSchema })
const recallSchema = z.object({
  GroupId: groupIdSchema,
  MsgSeqList: z
    .array(z.object({ MsgSeq: z.number().int().min(0) }))
    .min(1)
    .max(200),
  Reason: z.string().max(1_024).default(''),
})
const c2cSchema = z.object({
  From_Account: userIdSchema.optional(),
  To_Account: userIdSchema,
  MsgSeq: randomSchema.optional(),
  MsgRandom: randomSchema,
  MsgBody: bodySchema,
  CloudCustomData: dataSchema,
  MsgLifeTime: z.number().int().min(0).optional(),
  OnlineOnlyFlag: z.number().int().default(0),
})
const batchSchema = c2cSchema.extend({ To_Account: z.array(userIdSchema).min(1).max(500) })
const withdrawSchema = z.object({ From_Account: userIdSchema, To_Account: userIdSchema, MsgKey: z.string().regex(/^\d+_\d+_\d+$/) })

/** Messages of an app's own server (im:34959, im:49440, im:34965, im:34919). */
export const MESSAGE_CALLS: RestCommands = {
  [`${SERVICE}/send_group_msg`]: restCommand(sendSchema, async ({ context, caller, body }) => {
    const sent = await sendToRoom(context, context.rooms.require(body.GroupId), caller, {
      from: body.From_Account ?? caller.userId,
      random: body.Random,
      priority: body.MsgPriority,
      body: readBody(body.MsgBody, CODES.INVALID_PARAMETER),
      cloudCustomData: body.CloudCustomData,
      clientTime: null,
      clientSeq: 0,
      askBefore: !body.ForbidCallbackControl.includes('ForbidBeforeSendMsgCallback'),
      tellAfter: !body.ForbidCallbackControl.includes('ForbidAfterSendMsgCallback'),
    })
    return { MsgTime: sent.msgTime, MsgSeq: sent.msgSeq }
  }),

  [`${SERVICE}/send_broadcast_msg`]: restCommand(broadcastSchema, async ({ context, caller, body }) => ({
    MsgSeq: await broadcast(context, {
      from: body.From_Account ?? caller.userId,
      random: body.Random,
      body: readBody(body.MsgBody, CODES.INVALID_PARAMETER),
      cloudCustomData: body.CloudCustomData,
    }),
  })),

  [`${SERVICE}/group_msg_recall`]: restCommand(recallSchema, async ({ context, caller, body }) => {
    if (body.MsgSeqList.length > COUNTS.recalledAtOnce) invalid(`at most ${COUNTS.recalledAtOnce} messages at once`)
    const seqs = body.MsgSeqList.map(({ MsgSeq }) => MsgSeq)
    return { RecallRetList: await recallMessages(context, context.rooms.require(body.GroupId), caller, seqs, body.Reason) }
  }),

  'openim/modify_group_msg': restCommand(z.object({ GroupId: groupIdSchema }), ({ context, body }) => {
    context.rooms.require(body.GroupId)
    return invalid('messages of an AVChatRoom are not modified')
  }),

  'openim/sendmsg': restCommand(
    c2cSchema,
    async ({ context, caller, body }) => {
      const sent = await sendOne(context, caller.userId, body, body.To_Account)
      return { MsgTime: sent.msgTime, MsgKey: sent.msgKey, MsgId: sent.msgId }
    },
    CODES.OPENIM_BAD_BODY,
  ),

  'openim/batchsendmsg': restCommand(
    batchSchema,
    async ({ context, caller, body }) => {
      const failed: { To_Account: string; ErrorCode: number }[] = []
      let key = ''
      for (const to of body.To_Account) {
        if (context.accounts.get(to) === undefined) failed.push({ To_Account: to, ErrorCode: CODES.ACCOUNT_NOT_IMPORTED })
        else key = (await sendOne(context, caller.userId, body, to)).msgKey
      }
      return { MsgKey: key, ErrorList: failed }
    },
    CODES.OPENIM_BAD_BODY,
  ),

  'openim/admin_msgwithdraw': restCommand(
    withdrawSchema,
    async ({ context, caller, body }) => {
      const [seq = 0, random = 0, atSec = 0] = body.MsgKey.split('_').map(Number)
      await recallC2c(context, caller, { from: body.From_Account, to: body.To_Account, seq, random, atSec })
      return {}
    },
    CODES.OPENIM_BAD_BODY,
  ),
}

async function sendOne(context: ImContext, admin: string, body: Omit<z.infer<typeof c2cSchema>, 'To_Account'>, to: string): ReturnType<typeof sendC2c> {
  const from = body.From_Account ?? admin
  if (from === admin) await context.accounts.ensure(admin, context.nowSec())
  if (context.accounts.get(from) === undefined) throw new ImError(CODES.OPENIM_BAD_SENDER, 'the sender has no account')
  if (context.accounts.get(to) === undefined) throw new ImError(CODES.OPENIM_NO_SUCH_RECEIVER, 'the receiver has no account')
  return sendC2c(context, {
    from,
    to,
    seq: body.MsgSeq ?? random31(context),
    random: body.MsgRandom,
    body: readBody(body.MsgBody, CODES.OPENIM_BAD_BODY),
    cloudCustomData: body.CloudCustomData,
    clientTime: null,
    onlineOnly: body.OnlineOnlyFlag === 1 || body.MsgLifeTime === 0,
    control: [],
  })
}

function readBody(body: readonly unknown[], code: number): z.infer<typeof messageBodySchema> {
  const parsed = messageBodySchema.safeParse(body)
  if (!parsed.success) throw new ImError(code, `MsgBody: ${parsed.error.issues[0]?.message ?? 'not one of a message'}`)
  return parsed.data
}
