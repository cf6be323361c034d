import { z } from 'zod'
import { verifyUserSig, USERSIG_REFUSED } from '../../usersig'
import { stateChange } from '../callbacks/payloads'
import { CODES, ImError } from '../codes'
import { TIMES } from '../limits'
import type { ImContext } from '../service/context'
import { quitAll } from '../service/membership'
import { command, type Answer, type Commands } from './command'
import type { Connection } from './connection'
import type { WireHead } from './frame'

/** All features that the SDK asks for by bit are on; what an edition lacks the server refuses by itself. */
const PURCHASE_BITS = '1'.repeat(64)

/** What the SDK is told of its own behaviour; every value is text (protocol notes: docs/chat-server.md). */
const SDK_CONFIG = JSON.stringify({
  polling_interval: '50',
  polling_interval_plus: '0',
  cmd_frequency_limit: JSON.stringify([{ cmd: 'modify_group_attr', interval: 5, count: 10 }]),
  evt_rpt_threshold: '1000',
  evt_rpt_waiting: '600',
  q_rpt_interval: '3600',
})

const anySchema = z.looseObject({})

export const LOGIN_COMMANDS: Commands = {
  'heartbeat.alive': command(anySchema, () => ({})),
  'im_open_status.wslogin': command(anySchema, ({ context, connection, head }) => signIn(context, connection, head)),
  'im_open_status.wslogout': command(z.looseObject({ wslogout_type: z.number().int().default(0) }), async ({ context, connection, head, body }) => {
    await signOut(context, connection, head, body.wslogout_type)
    return {}
  }),
  'im_open_status.wshello': command(anySchema, () => ({})),
  'im_sdk_config_mgr.fetch_config': command(anySchema, () => ({
    int32_error_code: 0,
    str_error_message: '',
    uint32_expired_time: 3_600,
    uint64_version: 1,
    str_json_config: SDK_CONFIG,
  })),
  'im_sdk_config_mgr.fetch_imsdk_purchase_bitsv2': command(anySchema, () => ({
    int32_error_code: 0,
    str_error_message: '',
    str_purchase_bits: PURCHASE_BITS,
    uint32_expired_time: 3_600,
  })),
  'imopenstat.tim_web_report_v2': command(anySchema, () => ({})),
}

/** Commands that carry no A2 key, or one that may be over. */
export const OPEN_COMMANDS: ReadonlySet<string> = new Set([
  'heartbeat.alive',
  'im_open_status.wslogin',
  'im_open_status.wslogout',
  'imopenstat.tim_web_report_v2',
  'im_sdk_config_mgr.fetch_config',
])

/**
 * By UserSig: a new login, which ends the one before (a web user has one). By A2 key: the same login on a new socket.
 * @throws ImError 70001 | 70003 | 70009 | 70013 | 70014, 1002 when another login has taken its place
 */
async function signIn(context: ImContext, connection: Connection, head: WireHead): Promise<Answer> {
  const { config } = context
  if (head.sdkappid !== undefined && Number(head.sdkappid) !== config.sdkAppId)
    throw new ImError(USERSIG_REFUSED['other-app'], 'this server is of another SDKAppID')
  if (head.usersig === undefined || head.usersig === '') return resume(context, connection, head)
  const userId = head.identifier ?? ''
  const check = verifyUserSig(head.usersig, { sdkAppId: config.sdkAppId, key: config.secretKey, userId, nowSec: context.nowSec() })
  if (!check.ok) throw new ImError(USERSIG_REFUSED[check.reason], `the UserSig is refused: ${check.reason}`)
  const account = await context.accounts.ensure(userId, context.nowSec())
  const instance = await context.accounts.nextInstance(account)
  const replaced = context.sessions.peersOf(userId).filter((peer) => peer !== connection)
  const a2 = context.keys.make({ userId, instance, expiresAtSec: Math.min(check.expiresAtSec, context.nowSec() + TIMES.a2LifeSec) })
  connection.attach(userId, instance, a2, head.platform, false)
  for (const peer of replaced) {
    if (peer.instance === instance) continue
    peer.kick(1)
    peer.signedOut()
  }
  context.callbacks.tell(stateChange('Login', userId, 'Register', replaced.length > 0, context.nowMs()), connection.caller(userId))
  return welcome(context, userId, account.tinyId, instance, a2)
}

function resume(context: ImContext, connection: Connection, head: WireHead): Answer {
  const claims = context.keys.read(head.a2 ?? '')
  if (claims === null || claims.expiresAtSec <= context.nowSec()) throw new ImError(CODES.SIGNATURE_EXPIRED, 'sign in again')
  const account = context.accounts.get(claims.userId)
  if (account === undefined) throw new ImError(CODES.SIGNATURE_EXPIRED, 'sign in again')
  if (account.instance !== claims.instance) throw new ImError(CODES.KICKED, 'signed in elsewhere', { KickType: 1 })
  connection.attach(claims.userId, claims.instance, head.a2 ?? '', head.platform, true)
  return welcome(context, claims.userId, account.tinyId, claims.instance, head.a2 ?? '')
}

function welcome(context: ImContext, userId: string, tinyId: string, instance: number, a2: string): Answer {
  return {
    A2Key: a2,
    TinyId: tinyId,
    TimeStamp: context.nowSec(),
    HelloInterval: TIMES.helloIntervalSec,
    // Never 0: the SDK then ignores that it was signed out.
    InstId: 1_000 + instance,
    Identifier: userId,
    CustomStatus: '',
    PurchaseBits: PURCHASE_BITS,
  }
}

/** Type 1 is the echo of having been signed out: its login is none any more. */
async function signOut(context: ImContext, connection: Connection, head: WireHead, type: number): Promise<void> {
  const claims = context.keys.read(head.a2 ?? '')
  connection.signedOut()
  if (claims === null || type !== 0 || context.accounts.get(claims.userId)?.instance !== claims.instance) return
  // A socket from before a reconnect may linger: it is of the same login.
  for (const peer of context.sessions.peersOf(claims.userId)) peer.signedOut()
  context.sessions.forget(claims.userId)
  const caller = connection.caller(claims.userId)
  await quitAll(context, caller)
  context.callbacks.tell(stateChange('Logout', claims.userId, 'Unregister', false, context.nowMs()), caller)
}
