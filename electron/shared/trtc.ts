import { z } from 'zod'
import { MAX_DESTINATIONS } from './destination'
import { destinationStatusSchema } from './publisher'
import { seatTableSchema, trtcUserSchema } from './seats'
import { errorInfoSchema, stageCommandSchema, stageReportSchema } from './stage'
import { trtcTicketSchema, type TrtcTicket } from './trtc-ticket'

/**
 * The TRTC window: a stage and a publisher in one. The SDK captures, encodes and sends by itself, so that it takes a stage's commands, gives a
 * stage's reports and preview, and says of its destinations what the publisher says of its own. Checked on arrival at both ends.
 */

/** CDN addresses of one publishing task (startPublishMediaStream: at most 10, one transcoding charge). */
export const MAX_RELAYS = 10

/** startSpeedTest takes 10 … 5,000 kbit/s. */
export const SPEED_TEST_MAX_KBPS = 5_000

export { trtcTicketSchema, type TrtcTicket }

/** The one TRTC room of a show, and where Tencent's cloud pushes the mix of it. */
export const trtcTargetSchema = z.strictObject({
  /** Id of the TRTC destination. */
  id: z.string().max(64),
  ticket: trtcTicketSchema,
  relays: z
    .array(
      z.strictObject({
        id: z.string().max(64),
        /** The whole push URL, signed: a secret. rtmp or rtmps. */
        url: z.string().max(4_096),
        /** Tencent's own CSS (TRTCPublishCdnUrl.isInternalLine), as against another CDN. */
        internal: z.boolean(),
      }),
    )
    .max(MAX_RELAYS),
})
export type TrtcTarget = z.infer<typeof trtcTargetSchema>

/** main → TRTC window: a stage's commands, and these. Idempotent: after a restart main says everything again. */
export const trtcCommandSchema = z.discriminatedUnion('type', [
  ...stageCommandSchema.options,
  /** The first word. `folder`: the package trtc-electron-sdk with its native library; null = there is none on this machine. */
  z.strictObject({ type: z.literal('load-sdk'), folder: z.string().max(4_096).nullable() }),
  /**
   * Where the program goes while it runs (`start-program`); null = out of the room. With another ticket for the same room and user the show goes on
   * (it is used at the next entry); with other relays the publishing task is updated without a break.
   */
  z.strictObject({ type: z.literal('set-target'), target: trtcTargetSchema.nullable() }),
  /** Who of the room's co-anchors sits where, and under which name the anchor of a connected room comes; other remote users are not seen by viewers. null = not known. */
  z.strictObject({ type: z.literal('set-seats'), table: seatTableSchema.nullable() }),
  /** Tries at once what waits or has failed. */
  z.strictObject({ type: z.literal('reconnect-now') }),
  /** This side is to connect the rooms (connectOtherRoom: one call joins both, and one side makes it); null = none (any more). Who is seen and heard then is `set-seats`' to say. */
  z.strictObject({ type: z.literal('connect-room'), other: trtcUserSchema.nullable() }),
  /** Outside of a room, before going live. Answered by `speed`. */
  z.strictObject({
    type: z.literal('test-speed'),
    requestId: z.string().max(64),
    ticket: trtcTicketSchema,
    upKbps: z.number().int().min(10).max(SPEED_TEST_MAX_KBPS),
  }),
])
export type TrtcCommand = z.infer<typeof trtcCommandSchema>

/** What onSpeedTestResult said. null = not measured. */
export const speedResultSchema = z.strictObject({
  ok: z.boolean(),
  error: errorInfoSchema.nullable(),
  /** 0 unknown, 1 excellent … 5 very bad, 6 down. */
  quality: z.number().int().min(0).max(6),
  upLoss: z.number().min(0).max(1).nullable(),
  downLoss: z.number().min(0).max(1).nullable(),
  rttMs: z.number().nonnegative().nullable(),
  upKbps: z.number().nonnegative().nullable(),
  downKbps: z.number().nonnegative().nullable(),
})
export type SpeedResult = z.infer<typeof speedResultSchema>

/** TRTC window → main: a stage's reports, and these. */
export const trtcReportSchema = z.discriminatedUnion('type', [
  ...stageReportSchema.options,
  /** The answer to `load-sdk`. `version`: of the native SDK; null = it cannot be used, and `error` says why (trtc.not-installed, trtc.load-failed). */
  z.strictObject({ type: z.literal('sdk'), version: z.string().max(64).nullable(), error: errorInfoSchema.nullable() }),
  /**
   * The room and each relay, as the publisher tells its destinations: twice a second while any is wanted, and at once when a state changes. `publishing` is
   * said of the room when media went out (onSendFirstLocalVideoFrame), of a relay when the cloud pushes.
   */
  z.strictObject({
    type: z.literal('status'),
    destinations: z.array(destinationStatusSchema).max(MAX_DESTINATIONS),
    onAir: z.enum(['nothing', 'program', 'slate']),
    /** Of one core, the window's process; null = not known. */
    cpuPercent: z.number().nullable(),
  }),
  /** Nothing is wanted any more, and the room is left (onExitRoom). */
  z.strictObject({ type: z.literal('stopped') }),
  z.strictObject({ type: z.literal('speed'), requestId: z.string().max(64), result: speedResultSchema }),
  /** How it stands with the other room. What is `lost` or `failed` is tried again, unless its error is permanent. */
  z.strictObject({
    type: z.literal('room-connection'),
    state: z.enum(['none', 'connecting', 'connected', 'lost', 'failed']),
    error: errorInfoSchema.nullable(),
  }),
])
export type TrtcReport = z.infer<typeof trtcReportSchema>

/** The bridge of the TRTC window's preload, on `window.trtcHost`; preview ports come as to the stage (`PortMessage`). */
export interface TrtcHost {
  report(report: TrtcReport): void
  onCommand(listener: (command: TrtcCommand) => void): () => void
}
