import { z } from 'zod'
import { cloudCustomDataSchema, messageBodySchema } from '../domain/message'
import { recallC2c, sendC2c } from '../service/c2c'
import { BOUNDS } from '../limits'
import type { ImContext } from '../service/context'
import { command, type Answer, type Commands } from './command'
import { userIdSchema } from './fields'

const numberSchema = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

const sendSchema = z.object({
  To_Account: userIdSchema,
  MsgSeq: numberSchema,
  MsgRandom: numberSchema,
  MsgBody: messageBodySchema,
  CloudCustomData: cloudCustomDataSchema.default(''),
  MsgClientTime: numberSchema.optional(),
  /** 0: only for who is online. */
  MsgLifeTime: numberSchema.optional(),
  SendMsgControl: z.array(z.string().max(64)).max(16).default([]),
})
const syncSchema = z.object({ Cookie: z.string().max(64).default(''), SyncFlag: z.number().int().default(0) })
const historySchema = z.object({ Peer_Account: userIdSchema, MaxCnt: z.number().int().min(1).max(100).default(15), MsgKey: z.string().max(128).default('') })
const withdrawSchema = z.object({
  MsgInfo: z.object({ From_Account: userIdSchema, To_Account: userIdSchema, MsgSeq: numberSchema, MsgRandom: numberSchema, MsgTimeStamp: numberSchema }),
})
const readSchema = z.object({
  C2CMsgReaded: z.object({
    Cookie: z.string().optional(),
    C2CMsgReadedItem: z.array(z.object({ To_Account: userIdSchema, LastedMsgTime: numberSchema })).max(100),
  }),
})
const statusSchema = z.object({ To_Account: z.array(userIdSchema).max(500) })

/** One-to-one messages: sent by push to who is there, fetched by cookie by who was not. */
export const C2C_COMMANDS: Commands = {
  'openim.sendmsg': command(sendSchema, async ({ context, caller, connection, body }) => {
    connection.checkSendRate()
    const sent = await sendC2c(context, {
      from: caller.userId,
      to: body.To_Account,
      seq: body.MsgSeq,
      random: body.MsgRandom,
      body: body.MsgBody,
      cloudCustomData: body.CloudCustomData,
      clientTime: body.MsgClientTime ?? null,
      onlineOnly: body.MsgLifeTime === 0,
      control: body.SendMsgControl,
    })
    return { MsgTime: sent.msgTime, MsgKey: sent.msgKey }
  }),

  // The cookie is the number of the last message that the client has; none means a page that was just opened.
  'openim.getmsg': command(syncSchema, async ({ context, caller, body }) => {
    const known = /^\d{1,15}$/.test(body.Cookie) ? Number(body.Cookie) : null
    if (known !== null) await context.c2c.fetched(caller.userId, known)
    const page = await context.c2c.after(caller.userId, known, context.nowSec())
    const last = page.at(-1)?.id ?? known ?? (await context.c2c.newest(caller.userId))
    const unread = known === null ? await context.c2c.conversations(caller.userId) : []
    return {
      Cookie: String(last),
      SyncFlag: page.length === BOUNDS.c2cPage ? 1 : 2,
      MsgList: page.map(({ item }): unknown => JSON.parse(item)),
      C2CPairUnreadCount: unread.filter((entry) => entry.unread > 0).map((entry) => ({ From_Account: entry.peer, UnreadCount: entry.unread })),
    }
  }),

  'openim.getroammsg': command(historySchema, async ({ context, caller, body }) => {
    const page = await context.c2c.history(caller.userId, body.Peer_Account, body.MsgKey, body.MaxCnt)
    const oldest = page.at(-1)
    return {
      Complete: page.length < body.MaxCnt ? 1 : 0,
      MsgCnt: page.length,
      LastMsgTime: oldest?.at_sec ?? 0,
      MsgKey: oldest?.key ?? '',
      MsgList: [...page].reverse().map(({ item }): unknown => JSON.parse(item)),
    }
  }),

  'openim.msgwithdraw': command(withdrawSchema, async ({ context, caller, body: { MsgInfo } }) => {
    await recallC2c(context, caller, {
      from: MsgInfo.From_Account,
      to: MsgInfo.To_Account,
      seq: MsgInfo.MsgSeq,
      random: MsgInfo.MsgRandom,
      atSec: MsgInfo.MsgTimeStamp,
    })
    return {}
  }),

  'openim.msgreaded': command(readSchema, async ({ context, caller, body }) => {
    for (const { To_Account, LastedMsgTime } of body.C2CMsgReaded.C2CMsgReadedItem) await context.c2c.read(caller.userId, To_Account, LastedMsgTime)
    return {}
  }),
  // The SDK forgets a conversation with unread messages that is not listed here.
  'recentcontact.page_get': command(z.looseObject({}), async ({ context, caller }) => ({
    CompleteFlag: 1,
    SessionItem: (await context.c2c.conversations(caller.userId)).map(({ peer, item, unread }) => conversation(context, peer, item, unread)),
  })),
  'recentcontact.batch_delete': command(z.looseObject({}), () => ({})),
  'openim.get_peer_read_time': command(z.object({ To_Account: z.array(userIdSchema).max(100) }), ({ body }) => ({ ReadTime: body.To_Account.map(() => 0) })),
  'openim.get_c2c_peer_mute_notifications': command(z.looseObject({}), () => ({ MuteNotificationsList: [] })),
  'openim.ws_msg_push_ack': command(z.looseObject({}), () => ({})),

  'im_open_status.ws_get_user_status': command(statusSchema, ({ context, body }) => ({
    UserStatusList: body.To_Account.filter((userId) => context.accounts.get(userId) !== undefined).map((userId) => ({
      To_Account: userId,
      // 1 online, 2 offline, as the SDK's USER_STATUS_* count.
      Status: context.sessions.connected(userId) ? 1 : 2,
      CustomStatus: '',
    })),
    ErrorList: body.To_Account.filter((userId) => context.accounts.get(userId) === undefined).map((userId) => ({ Invalid_Account: userId, ErrorCode: 70_107 })),
  })),
}

interface MailItem {
  readonly From_Account?: string
  readonly MsgSeq?: number
  readonly MsgTimeStamp?: number
  readonly MsgBody?: unknown
  readonly CloudCustomData?: string
}

function conversation(context: ImContext, peer: string, item: string, unread: number): Answer {
  const { nick, image } = context.accounts.person(peer)
  const last = JSON.parse(item) as MailItem
  return {
    Type: 1,
    To_Account: peer,
    PeerNick: nick,
    PeerAvatar: image,
    MsgTimeStamp: last.MsgTimeStamp ?? 0,
    MsgSeq: last.MsgSeq ?? 0,
    LastC2CMsgFrom_Account: last.From_Account ?? '',
    LastMsgFlags: 0,
    LastMsg: { MsgBody: last.MsgBody ?? [], CloudCustomData: last.CloudCustomData ?? '' },
    UnreadMsgCount: unread,
    C2cPeerReadTime: 0,
    TopFlags: 0,
    MsgRecvOption: 0,
  }
}
