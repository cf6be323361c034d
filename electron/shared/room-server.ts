import { z } from 'zod'
import { iceServerSchema } from './co-anchor-line'
import { MAX_ICE_SERVERS } from './ice-server'
import { sdkAppIdSchema, secretKeySchema } from './cloud'
import { rehearsalFiguresSchema } from './rehearsal'
import { sessionSchema } from './room-api'
import { richTextSchema } from './room-message'
import { showEngineSchema } from './show-engine'
import { errorInfoSchema } from './stage'

/** Messages between main and the room-server process (the same program runs headless with a command line). */

/** With their credentials: for this process, and by it for the room's co-anchors. */
const iceServers = z.array(iceServerSchema).max(MAX_ICE_SERVERS)

/** main → room server. */
export const roomServerCommandSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('listen'),
    /** '127.0.0.1', or '0.0.0.0' when the user shares on the network. A second `listen` moves to it. */
    host: z.string().max(64),
    /** 0 = any free. */
    httpPort: z.number().int().min(0).max(65_535),
    rtmpPort: z.number().int().min(0).max(65_535),
    /** When a port is taken: fall back to any free one, or fail with room-server.port-busy. */
    portFallback: z.boolean(),
    dataDir: z.string().max(4_096),
    /** Who may publish. */
    streamKey: z.string().min(16).max(128),
    /** Folder of the built web pages. */
    webRoot: z.string().max(4_096),
    title: z.string().max(200),
    iceServers,
    /** Tencent's IM instead of the one here, with an app of the user's own. Left out: the one here. */
    cloud: z
      .strictObject({
        sdkAppId: sdkAppIdSchema,
        secretKey: secretKeySchema,
        restBase: z.string().max(300).optional(),
        callbackToken: z.string().max(256).optional(),
      })
      .optional(),
  }),
  /** Other ones, from the next call on; nobody is cut off. */
  z.strictObject({ type: z.literal('set-ice-servers'), iceServers }),
  /** Asks for a session of the anchor of this machine; answered by `anchor-session`. */
  z.strictObject({ type: z.literal('open-anchor-session'), nick: z.string().min(1).max(60) }),
  z.strictObject({ type: z.literal('set-title'), title: z.string().max(200) }),
  /** How the anchor's show stands; the room's status and the pages follow. Nothing said: the room is as it was left. */
  z.strictObject({ type: z.literal('show'), state: z.enum(['live', 'paused', 'over']), engine: showEngineSchema.optional() }),
  /** Opens a room for a rehearsal; `show` and `open-anchor-session` concern it until it is over. Answered by `rehearsal-open` or `rehearsal-over`. */
  z.strictObject({
    type: z.literal('rehearse'),
    durationMs: z.number().int().min(1_000).max(600_000),
    language: z.enum(['en', 'zh-CN']),
    title: z.string().max(200),
  }),
  /** Answered by `rehearsal-over` when nothing of it is left. */
  z.strictObject({ type: z.literal('end-rehearsal') }),
  /** The program room's notice; answered by `notice-said`. */
  z.strictObject({
    type: z.literal('say-notice'),
    requestId: z.string().max(64),
    notice: richTextSchema,
    /** Only if the notice still has this text; null = in any case. */
    ifStill: z.string().max(1_000).nullable(),
  }),
  z.strictObject({ type: z.literal('shut-down') }),
])
export type RoomServerCommand = z.infer<typeof roomServerCommandSchema>
export type ShowState = Extract<RoomServerCommand, { type: 'show' }>['state']

/** Addresses a person can use. `ingest` ends in the stream key: a secret. */
export const roomServerAddressesSchema = z.strictObject({
  http: z.string(),
  /** What the Chat SDK's `proxyServer` takes. */
  wire: z.string(),
  watch: z.string(),
  play: z.string(),
  rtmp: z.string(),
  ingest: z.string(),
  /** The watch page's address for other machines; null unless shared. */
  shared: z.string().nullable(),
  /** The co-anchors' page for other machines, by HTTPS with a certificate that browsers warn of: over plain HTTP they give it no camera. Null as `shared`. */
  secureGuest: z.string().nullable(),
})
export type RoomServerAddresses = z.infer<typeof roomServerAddressesSchema>

/** room server → main. */
export const roomServerReportSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('listening'), addresses: roomServerAddressesSchema }),
  z.strictObject({ type: z.literal('failed'), error: errorInfoSchema }),
  /** On change, and once a second while anything streams. */
  z.strictObject({
    type: z.literal('stream'),
    publishing: z.boolean(),
    /** Program name of the publisher as it introduced itself (flashVer), cut to 64. */
    encoder: z.string().max(64),
    viewers: z.number().int().nonnegative(),
    inKbps: z.number().nonnegative(),
  }),
  /** The anchor's token and UserSig: secrets, for the studio alone. Null: there is no chat, or it did not answer. */
  z.strictObject({ type: z.literal('anchor-session'), session: sessionSchema.nullable() }),
  z.strictObject({ type: z.literal('rehearsal-open'), addresses: roomServerAddressesSchema }),
  /** Its line was cut now. */
  z.strictObject({ type: z.literal('rehearsal-cut') }),
  /** Its script is through; the show may end. */
  z.strictObject({ type: z.literal('rehearsal-done') }),
  z.strictObject({ type: z.literal('rehearsal-over'), figures: rehearsalFiguresSchema.nullable() }),
  /** `before`: the notice until then; null = it could not be said. */
  z.strictObject({ type: z.literal('notice-said'), requestId: z.string().max(64), before: richTextSchema.nullable() }),
  z.strictObject({ type: z.literal('log'), level: z.enum(['debug', 'info', 'warn', 'error']), message: z.string().max(2_000) }),
])
export type RoomServerReport = z.infer<typeof roomServerReportSchema>

/** The public name of the program's stream: rtmp://…/live/<streamKey> comes out at http://…/live/program.flv. */
export const STREAM_APP = 'live'
export const PROGRAM_STREAM = 'program'
/** The room that follows the program, unless the command line names another. */
export const PROGRAM_ROOM = 'program'
export const DEFAULT_HTTP_PORT = 8_360
export const DEFAULT_HTTPS_PORT = 8_361
export const DEFAULT_RTMP_PORT = 19_350

/** GET /api/stream on the room server, polled and pushed to the watch page. */
export const streamInfoSchema = z.strictObject({
  state: z.enum(['live', 'paused', 'offline']),
  title: z.string(),
  /** UNIX ms of the publish; null when not live. */
  sinceMs: z.number().nullable(),
  viewers: z.number().int().nonnegative(),
})
export type StreamInfo = z.infer<typeof streamInfoSchema>
