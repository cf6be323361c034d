import { z } from 'zod'
import type { ErrorInfo } from './errors'

/**
 * Where the room is when it is not the one of this machine: on a team's room server, or in Tencent's cloud with an app of one's own. Secrets (the
 * session's token, the app's key) are not here: main keeps them in the SecretStore.
 */

/** Of the team's session, and of the own app's key, among main's secrets. */
export const CLOUD_SESSION_SECRET = '@cloud'
export const CLOUD_KEY_SECRET = '@cloud-app'

/** The path of a sign-in link. */
export const ANCHOR_LINK_PATH = '/anchor/'
/** Where Tencent's Chat REST API is, by the region in which an app was made (im:34620). */
export const CLOUD_RESTS = {
  cn: 'https://console.tim.qq.com',
  sgp: 'https://adminapisgp.im.qcloud.com',
  kr: 'https://adminapikr.im.qcloud.com',
  jpn: 'https://adminapijpn.im.qcloud.com',
  ger: 'https://adminapiger.im.qcloud.com',
  usa: 'https://adminapiusa.im.qcloud.com',
  idn: 'https://adminapiidn.im.qcloud.com',
} as const
export const CLOUD_REST = CLOUD_RESTS.cn
/**
 * What TRTC's SDK for browsers (5.17.1) asks: its dispatchers are built in, and name hosts of the documented domains; and where it reports how well it works. Media itself is no
 * matter of a Content-Security-Policy.
 */
export const CLOUD_TRTC_SOURCES = ['rtc.qq.com', 'rtc.tencentcloud.com', 'cloud-rtc.com', 'cloud-rtc.net', 'rtc-web.com', 'rtc-web.io', 'my-imcloud.com']
  .flatMap((domain) => [`https://*.${domain}`, `wss://*.${domain}`])
  .concat('wss://webrtc.qq.com', 'https://yun.tim.qq.com')
  .join(' ')
/** Addresses that the Chat SDK has built in (3.6.6), as a Content-Security-Policy names them. */
export const CLOUD_CHAT_SOURCES =
  'wss://*.im.qcloud.com wss://*.my-imcloud.com wss://wss.tim.qq.com https://*.im.qcloud.com https://*.my-imcloud.com https://web.sdk.qcloud.com'

const roomId = z.string().regex(/^[\w-]{1,48}$/)
/** UTF-8 text of Tencent's console; used as it stands. */
export const secretKeySchema = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{8,256}$/)
export const sdkAppIdSchema = z.number().int().positive().max(4_294_967_295)

export const cloudSettingsSchema = z.discriminatedUnion('kind', [
  /** `server`: scheme, host and port; http for this machine alone. `cloudChat`: its rooms are in Tencent's Chat, not on it. */
  z.strictObject({ kind: z.literal('team'), server: z.string().max(300).refine(isServerOrigin), roomId, cloudChat: z.boolean() }),
  /** `restBase`: of the region in which the app was made. */
  z.strictObject({ kind: z.literal('own-app'), sdkAppId: sdkAppIdSchema, restBase: z.string().max(300).refine(isServerOrigin).default(CLOUD_REST) }),
])
export type CloudSettings = z.infer<typeof cloudSettingsSchema>

/**
 * `signing-in`: the first word is not there yet. `ready`: it can be used. `unreachable`: it was, and does not answer now; it is tried again by itself.
 * `ended`: the session is over, and a new link is needed.
 */
export type CloudState = 'off' | 'signing-in' | 'ready' | 'unreachable' | 'ended'

/** What the studio is told. */
export interface CloudView {
  readonly kind: 'none' | CloudSettings['kind']
  readonly state: CloudState
  /** Host and port of the team's server; null = another kind. */
  readonly host: string | null
  readonly roomId: string | null
  /** null = not known. */
  readonly sdkAppId: number | null
  readonly error: ErrorInfo | null
  /** How far the server's clock is before this one's, where that is more than `MAX_CLOCK_SKEW_SEC`. */
  readonly clockSkewSec: number | null
  /** UNIX seconds by the server's clock when the session ends unless it is renewed. */
  readonly expiresAt: number | null
}

export const NO_CLOUD: CloudView = { kind: 'none', state: 'off', host: null, roomId: null, sdkAppId: null, error: null, clockSkewSec: null, expiresAt: null }

/** A larger difference of clocks makes signatures fail. */
export const MAX_CLOCK_SKEW_SEC = 60

/** The room that the app is in: of this machine, of a rehearsal, or of a team's server. */
export interface RoomPlace {
  /** Base of the room API: scheme, host and port. */
  readonly http: string
  /** Base of the co-anchors' line, and of the chat where that is not Tencent's: ws or wss. */
  readonly wire: string
  readonly roomId: string
  /** The watch page. */
  readonly watch: string
  readonly local: boolean
}

/** Where an anchor pushes the room's stream to at CSS, signed by the room server. `push` is a secret. */
export const pushUrlSchema = z.object({
  push: z.string(),
  /** null = the server names no domain for players. */
  play: z.object({ flv: z.string(), hls: z.string(), rtmp: z.string(), webrtc: z.string() }).nullable(),
  /** UNIX seconds. */
  expiresAt: z.number().int(),
})
export type PushUrl = z.infer<typeof pushUrlSchema>

const cloudTaskSchema = z.object({ since: z.number().int(), by: z.string() }).nullable()
/** What Tencent's cloud does with a room: null = it does not. */
export const cloudTasksSchema = z.object({ recording: cloudTaskSchema, relay: cloudTaskSchema })
export type CloudTasks = z.infer<typeof cloudTasksSchema>

export interface SignInLink {
  /** Scheme, host and port. */
  readonly server: string
  readonly host: string
  readonly roomId: string
  readonly invite: string
  /** False: plain HTTP to another machine, where everybody on the way can read the session. */
  readonly safe: boolean
}

/** As it may stand in an address and in a Content-Security-Policy: nothing in it ends either. */
const HOST = '(?:[a-z0-9-]+(?:\\.[a-z0-9-]+)*|\\[[0-9a-f:.]+\\])(?::\\d{1,5})?'
const LINK = new RegExp(`^(https?)://(${HOST})/anchor/?\\?room=([\\w-]{1,48})#invite=([\\w.~-]{1,1024})$`, 'i')
const ORIGIN = new RegExp(`^https://${HOST}$`)
const MAX_CHARS = 2_048

/** @returns null: it is no sign-in link */
export function parseSignInLink(text: string): SignInLink | null {
  const [, scheme, host, room, invite] = (text.length > MAX_CHARS ? null : LINK.exec(text.trim())) ?? []
  if (scheme === undefined || host === undefined || room === undefined || invite === undefined) return null
  const server = `${scheme}://${host}`.toLowerCase()
  return { server, host: host.toLowerCase(), roomId: room, invite, safe: isServerOrigin(server) }
}

/** https to anywhere, http to this machine. */
export function isServerOrigin(text: string): boolean {
  return ORIGIN.test(text) || /^http:\/\/127\.0\.0\.1(:\d{1,5})?$/.test(text)
}
