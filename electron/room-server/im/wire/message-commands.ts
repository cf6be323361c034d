import { z } from 'zod'
import { CODES, ImError } from '../codes'
import { PRIORITIES } from '../domain/delivery'
import { cloudCustomDataSchema, messageBodySchema } from '../domain/message'
import { COUNTS } from '../limits'
import { recallMessages, sendToRoom } from '../service/messaging'
import { command, type Commands } from './command'
import { groupIdSchema } from './fields'

const PREFIX = 'group_open_http_svc'

const sendSchema = z.object({
  GroupId: groupIdSchema,
  Random: z.number().int().min(0).max(4_294_967_295),
  ClientSeq: z.number().int().min(0).default(0),
  MsgPriority: z.enum(PRIORITIES).default('Normal'),
  MsgBody: messageBodySchema,
  CloudCustomData: cloudCustomDataSchema.default(''),
  MsgClientTime: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
})
const recallSchema = z.object({
  GroupId: groupIdSchema,
  MsgSeqList: z
    .array(z.object({ MsgSeq: z.number().int().min(0) }))
    .min(1)
    .max(COUNTS.recalledAtOnce),
  Reason: z.string().max(1_024).default(''),
})

/** What members say, and take back. */
export const MESSAGE_COMMANDS: Commands = {
  [`${PREFIX}.send_group_msg`]: command(sendSchema, async ({ context, caller, connection, body }) => {
    connection.checkSendRate()
    const sent = await sendToRoom(context, context.rooms.require(body.GroupId), caller, {
      // Never what the body says: nobody speaks for somebody else.
      from: caller.userId,
      random: body.Random,
      priority: body.MsgPriority,
      body: body.MsgBody,
      cloudCustomData: body.CloudCustomData,
      clientTime: body.MsgClientTime ?? null,
      clientSeq: body.ClientSeq,
      askBefore: true,
      tellAfter: true,
    })
    return { MsgTime: sent.msgTime, MsgSeq: sent.msgSeq }
  }),

  [`${PREFIX}.group_msg_recall`]: command(recallSchema, async ({ context, caller, body }) => {
    const room = context.rooms.require(body.GroupId)
    const results = await recallMessages(
      context,
      room,
      caller,
      body.MsgSeqList.map(({ MsgSeq }) => MsgSeq),
      body.Reason,
    )
    const [only] = results
    // One message refused is a refusal; the SDK always asks for one.
    if (results.length === 1 && only !== undefined && only.RetCode !== 0) throw new ImError(only.RetCode, recallText(only.RetCode))
    return { RecallRetList: results }
  }),
}

function recallText(code: number): string {
  if (code === CODES.RECALL_TOO_LATE) return 'a message can be taken back for two minutes'
  return code === CODES.NO_PERMISSION ? 'not your message' : 'no such message'
}
