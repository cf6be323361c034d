import { z } from 'zod'
import { coAnchorsSchema, iceServerSchema } from './co-anchor-line'
import { iceProbeSchema } from './ice-server'
import { overlayBannerSchema, overlayCommentsSchema, overlayIdsSchema, overlayStateSchema } from './overlay'
import { otherRoomStateSchema, roomLinkSchema, stageLineSchema } from './room-link'
import { profileSchema } from './profile'
import { devicesSchema, sceneSchema, sourceStatusSchema } from './scene'
import { cardSchema, MAX_STATUS_CHARS } from './show-status'
import { showEngineSchema } from './show-engine'

/** Commands and reports between main and the stage window. Low-rate; through the one gateway, checked with these schemas. */

export const errorInfoSchema = z.strictObject({
  code: z.string().max(64),
  context: z.record(z.string().max(64), z.union([z.string().max(2_000), z.number()])),
})

/** main → stage. The stage holds no settings: after a restart main says everything again. */
export const stageCommandSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('set-scene'), scene: sceneSchema }),
  z.strictObject({ type: z.literal('set-profile'), profile: profileSchema }),
  /** Encode and send. `title` and `language` are drawn on the slate. */
  z.strictObject({ type: z.literal('start-program'), title: z.string().max(200), language: z.enum(['en', 'zh-CN']) }),
  z.strictObject({ type: z.literal('stop-program') }),
  /** What is drawn over the scene. Comments are drawn only while `comments` is `program`. */
  z.strictObject({ type: z.literal('set-overlay'), overlay: overlayStateSchema }),
  z.strictObject({ type: z.literal('overlay-say'), comments: overlayCommentsSchema }),
  /** These comments are off the picture at once. */
  z.strictObject({ type: z.literal('overlay-take'), ids: overlayIdsSchema }),
  z.strictObject({ type: z.literal('overlay-banner'), banner: overlayBannerSchema }),
  /** Viewers get the card and silence instead of the scene; the encoders go on. */
  z.strictObject({ type: z.literal('set-paused'), paused: z.boolean(), card: cardSchema }),
  /** One line on the program, at its foot; '' = none. */
  z.strictObject({ type: z.literal('set-line'), text: z.string().max(MAX_STATUS_CHARS) }),
  z.strictObject({ type: z.literal('restart-source'), id: z.string().max(64) }),
  z.strictObject({ type: z.literal('refresh-devices') }),
  z.strictObject({ type: z.literal('run-checks'), requestId: z.string().max(64) }),
  /** Where the co-anchors are met; null = nowhere. The token is a secret. */
  z.strictObject({ type: z.literal('set-co-anchor-line'), line: stageLineSchema.nullable() }),
  /** Whether this STUN or TURN server answers; the credential is a secret. Answered by `ice-probe` within ICE_PROBE_MS. */
  z.strictObject({ type: z.literal('probe-ice-server'), requestId: z.string().max(64), server: iceServerSchema }),
  /** Which way the program goes: by TRTC the co-anchors' media is not the stage's. */
  z.strictObject({ type: z.literal('set-media-way'), way: showEngineSchema }),
  /** Another room; null = none (any more). The same one with other tokens goes on as it is. */
  z.strictObject({ type: z.literal('link-room'), link: roomLinkSchema.nullable() }),
  /** This one of the greenroom is heard by the anchor; null = nobody. */
  z.strictObject({ type: z.literal('hear'), userId: z.string().max(64).nullable() }),
  /** The anchor's microphones go to this co-anchor alone, and not on the air; null = to all again. */
  z.strictObject({ type: z.literal('talk-to'), userId: z.string().max(64).nullable() }),
])
export type StageCommand = z.infer<typeof stageCommandSchema>

export const stageStatsSchema = z.strictObject({
  /** `trtc`: the SDK composes and encodes. */
  engine: z.enum(['planar', 'webgl2', 'trtc']),
  /** null while none runs. */
  encoder: z.strictObject({ codec: z.string().max(64), hardware: z.boolean(), audio: z.enum(['webcodecs', 'wasm', 'trtc']) }).nullable(),
  /** Pictures a second that are wanted: the profile's while live, what the preview asks for while not. */
  targetFps: z.number(),
  /** Pictures a second since the last report: while live those that came out of the encoder, while not those that were composed. */
  fps: z.number(),
  composeMsP50: z.number(),
  composeMsP95: z.number(),
  /** From handing a frame to the encoder to its chunk. */
  encodeMsP50: z.number(),
  encodeQueue: z.number().int(),
  /** Frames not encoded because the encoder or the compositor was behind, or the encoder above its bitrate, since the program started. */
  skippedFrames: z.number().int(),
  /** Since the program started, all encoders together. */
  encodedFrames: z.number().int(),
  bitrateKbps: z.number(),
  /** Of the mix since the last report, dBFS; null when no sound source is in the scene, and while the program is paused. */
  audioPeakDb: z.number().nullable(),
})
export type StageStats = z.infer<typeof stageStatsSchema>

/** What the stage measured for the checks of the go-live sheet; verdicts are drawn by `checks.ts`. */
export const stageChecksSchema = z.strictObject({
  pictures: z
    .array(
      z.strictObject({
        id: z.string().max(64),
        kind: z.enum(['camera', 'screen', 'window']),
        askedFps: z.number(),
        fps: z.number(),
        /** Luma variance of the newest frame, 0 = one flat colour; null without a frame. */
        variance: z.number().nullable(),
        error: errorInfoSchema.nullable(),
      }),
    )
    .max(32),
  microphones: z.array(z.strictObject({ id: z.string().max(64), peakDb: z.number(), muted: z.boolean(), error: errorInfoSchema.nullable() })).max(32),
  encoder: z.strictObject({ ok: z.boolean(), hardware: z.boolean(), fps: z.number(), error: errorInfoSchema.nullable() }),
})
export type StageChecks = z.infer<typeof stageChecksSchema>

/** stage → main. */
export const stageReportSchema = z.discriminatedUnion('type', [
  /** The program's worker is open: commands and ports are taken from here on. */
  z.strictObject({ type: z.literal('ready') }),
  /** The program's worker did not open or has died; the page alone is of no use. Main ends and restarts the stage. */
  z.strictObject({ type: z.literal('failed'), reason: z.string().max(2_000) }),
  z.strictObject({ type: z.literal('devices'), devices: devicesSchema }),
  z.strictObject({ type: z.literal('sources'), sources: z.record(z.string().max(64), sourceStatusSchema) }),
  z.strictObject({ type: z.literal('stats'), stats: stageStatsSchema }),
  z.strictObject({ type: z.literal('program'), state: z.enum(['off', 'starting', 'on', 'failed']), error: errorInfoSchema.nullable() }),
  z.strictObject({ type: z.literal('checks'), requestId: z.string().max(64), checks: stageChecksSchema }),
  z.strictObject({ type: z.literal('co-anchors'), coAnchors: coAnchorsSchema }),
  z.strictObject({ type: z.literal('other-room'), state: otherRoomStateSchema }),
  /** In one of the linked rooms readiness has to be said (again). */
  z.strictObject({ type: z.literal('other-room-unready') }),
  /** The room server does not take the token any more. */
  z.strictObject({ type: z.literal('line-refused') }),
  /** null = it could not be tried. */
  z.strictObject({ type: z.literal('ice-probe'), requestId: z.string().max(64), result: iceProbeSchema.nullable() }),
  /** A line for the log: the stage has no file of its own. */
  z.strictObject({ type: z.literal('log'), level: z.enum(['debug', 'info', 'warn', 'error']), message: z.string().max(2_000) }),
])
export type StageReport = z.infer<typeof stageReportSchema>

/** The bridge that the stage's preload puts on `window.stageHost`. */
export interface StageHost {
  report(report: StageReport): void
  onCommand(listener: (command: StageCommand) => void): () => void
  /** desktopCapturer id of the screen or window that a source means; null = gone. */
  resolveCapture(
    query: { kind: 'screen'; displayId: string | null } | { kind: 'window'; captureId: string | null; windowTitle: string },
  ): Promise<{ captureId: string; title: string } | null>
}

/**
 * Ports arrive in the page's main world as `window.postMessage({ type: 'anchordesk-port', use }, [port])` from the
 * preload; a new one replaces the old one of the same use. Stage: 'program' (to the publisher) and 'preview' (to the
 * studio). Studio: 'preview'.
 */
export interface PortMessage {
  readonly type: 'anchordesk-port'
  readonly use: 'program' | 'preview'
}
