import { z } from 'zod'
import type { MediaAccess } from './checks'
import { CLOUD_RESTS, sdkAppIdSchema, secretKeySchema } from './cloud'
import { destinationSchema } from './destination'
import type { CssAddresses, ParsedPushUrl } from './destination'
import type { Result } from './errors'
import { ICE_TEXT_MAX, iceServerConfigSchema } from './ice-server'
import type { IceProbeResult } from './ice-server'
import { NICK_LIMIT_BYTES, utf8Bytes } from './notice-text'
import { overlayBannerSchema, overlayCommentsSchema, overlayIdsSchema, overlayPinSchema, overlayPkSchema, overlaySettingsSchema } from './overlay'
import { profileSchema } from './profile'
import { markerLabelSchema } from './marker'
import { REHEARSAL_SECONDS } from './rehearsal'
import type { RoomSession } from './room-api'
import { sourceSchema } from './scene'
import type { CaptureTarget } from './scene'
import { shortcutSettingsSchema } from './shortcuts'
import { giftSettingsSchema, languageSchema, panicSchema, themeSchema } from './settings'
import { showStatusSchema } from './show-status'
import { showSummarySchema, SUMMARY_FORMATS } from './show-summary'
import type { Snapshot, StatePatch } from './snapshot'

/**
 * The map of everything the studio window may ask of main: argument schema per verb, result by type. Main's gateway,
 * the preload bridge and the studio are all typed from it. Nothing here is synchronous and nothing is generic: verbs,
 * not channels. Every verb answers with a `Result`: expected failures are values.
 */

const id = z.string().min(1).max(64)
const nothing = z.undefined()

/** Fields of a source that may be edited; `kind` and `id` stay. Checked again against `sourceSchema` after merging. */
const sourcePatch = z.record(z.string().max(40), z.unknown())

export const studioVerbs = {
  /** The whole state; also the answer to a gap in patch versions. */
  'state.get': nothing,

  'session.check': nothing,
  /** Goes through the checks' results of the last 10 minutes; refused with session.checks-stop. `anyway` passes overridable stops. */
  'session.goLive': z.strictObject({ anyway: z.boolean() }),
  /** Leaves checking or starting; no half-open room stays. */
  'session.cancel': nothing,
  /** Viewers get the pause card, or the program again. Nothing happens where the show cannot be paused or is not. */
  'session.setPaused': z.strictObject({ paused: z.boolean() }),
  'session.end': nothing,
  /** From `ended` back to `idle`. */
  'session.done': nothing,
  /** A show for nobody. Nothing happens while a show is on its way or on air, or waits to be resumed. @throws room.unavailable */
  'rehearsal.start': z.strictObject({ seconds: z.number().int().min(REHEARSAL_SECONDS.min).max(REHEARSAL_SECONDS.max) }),
  'rehearsal.stop': nothing,
  /** Its result was read. */
  'rehearsal.dismiss': nothing,
  /** Writes the summary of a show to a file that the user chooses; answers its name, null = cancelled. */
  'summary.export': z.strictObject({ format: z.enum(SUMMARY_FORMATS), summary: showSummarySchema }),
  'session.reconnectNow': z.strictObject({ destinationId: id.nullable() }),
  /** From TRTC to RTMP, in the running show. Nothing happens where there is no other way. */
  'trtc.failOver': nothing,
  /** Whether the TRTC library is on this machine now. */
  'trtc.lookAgain': nothing,
  'session.resume': z.strictObject({ accept: z.boolean() }),
  'session.setTitle': z.strictObject({ title: z.string().max(200) }),
  /** Card or line, notice and room status in one; saying the one that holds again says its notice again. */
  'session.setStatus': showStatusSchema,
  'session.endStatus': nothing,
  /** Takes back the last of the two. */
  'session.undoStatus': nothing,

  /** Sets a marker at this moment of the running show. Refused with marker.off-air and marker.limit. */
  'marker.add': z.strictObject({ label: markerLabelSchema }),
  'marker.rename': z.strictObject({ id: z.number().int(), label: markerLabelSchema }),
  'marker.remove': z.strictObject({ id: z.number().int() }),

  'source.add': z.strictObject({ source: sourceSchema }),
  'source.update': z.strictObject({ id, patch: sourcePatch }),
  'source.remove': z.strictObject({ id }),
  /** The full order, bottom first. */
  'source.reorder': z.strictObject({ ids: z.array(id).max(32) }),
  'source.restart': z.strictObject({ id }),
  'scene.undo': nothing,
  'scene.redo': nothing,
  /** Opens the system's file dialog, copies the picture into the data folder, answers its asset name; null = cancelled. */
  'source.chooseImage': nothing,
  'capture.targets': nothing,
  'devices.refresh': nothing,
  /** macOS: ask, or open the system's settings page. */
  'permission.ask': z.strictObject({ device: z.enum(['camera', 'microphone', 'screen']) }),

  /** What the system lets the app use. */
  'permission.states': nothing,

  'profile.set': profileSchema,
  /** The one-click remedy. */
  'profile.lower': nothing,

  /** Refused with destination.limit beyond MAX_DESTINATIONS. */
  'destination.save': z.strictObject({
    destination: destinationSchema,
    /** undefined = keep, null = forget. rtmp: stream key with its query; css: the domain's push key. */
    secret: z.string().max(4_096).nullable().optional(),
  }),
  'destination.remove': z.strictObject({ id }),
  'destination.parseUrl': z.strictObject({ url: z.string().max(4_096) }),
  /** With the stored key. Signed from now. */
  'destination.cssAddresses': z.strictObject({ id }),

  'preferences.set': z.strictObject({ language: languageSchema.optional(), theme: themeSchema.optional(), firstRunDone: z.boolean().optional() }),
  /** What the panic button will do. */
  'panic.set': panicSchema,
  /** A session of the anchor in the present room: token and UserSig are for this window alone. @throws room.unavailable | cloud.* */
  'room.session': nothing,
  /** Signs in to a team's room server, by a link of its administrator. @throws cloud.* */
  'cloud.signIn': z.strictObject({ link: z.string().max(2_048) }),
  /** An app of one's own in Tencent's cloud; its key stays on this machine. @throws cloud.on-air */
  'cloud.useOwnApp': z.strictObject({ sdkAppId: sdkAppIdSchema, secretKey: secretKeySchema, restBase: z.enum(CLOUD_RESTS) }),
  /** Back to the room of this machine. @throws cloud.on-air */
  'cloud.signOut': nothing,
  /** Somebody of the greenroom is heard in the studio; null = nobody. */
  'coAnchors.hear': z.strictObject({ userId: id.nullable() }),
  /** The anchor's microphones go to this co-anchor alone, while it holds; null = on the air again. */
  'coAnchors.talkTo': z.strictObject({ userId: id.nullable() }),
  /** Joins another show as a co-anchor, in a window of its own. Refused with co-anchor.bad-link. */
  'coAnchor.join': z.strictObject({ link: z.string().max(2_048) }),
  /** Links this room with the one of a co-anchor's link. Refused with co-anchor.bad-link, room-link.*. */
  'otherRoom.link': z.strictObject({ link: z.string().max(2_048) }),
  'otherRoom.unlink': nothing,
  /** The anchor's name in the room, at most 60 bytes of UTF-8; '' = the language's word for an anchor. */
  'room.setAnchorName': z.strictObject({
    name: z
      .string()
      .trim()
      .refine((name) => utf8Bytes(name) <= NICK_LIMIT_BYTES),
  }),
  /** All keys that differ from the defaults. */
  'shortcuts.set': shortcutSettingsSchema,
  'gifts.set': giftSettingsSchema,
  'room.share': z.strictObject({ shareOnNetwork: z.boolean() }),
  /** A STUN or TURN server, new or changed; calls that stand go on as they are. No credential = the one that is kept. Refused with ice-server.*. */
  'iceServer.save': z.strictObject({ server: iceServerConfigSchema, credential: z.string().min(1).max(ICE_TEXT_MAX).optional() }),
  /** Whether it answers, saved or not. No credential = the one that is kept. Refused with ice-server.*. */
  'iceServer.test': z.strictObject({ server: iceServerConfigSchema, credential: z.string().min(1).max(ICE_TEXT_MAX).optional() }),
  'iceServer.remove': z.strictObject({ id }),
  /** The true text goes to the clipboard; secrets are cleared from it after 60 s. */
  'copy.address': z.strictObject({ what: z.enum(['watch', 'play', 'shared', 'ingest', 'stream-key']) }),
  'copy.destination': z.strictObject({ id, what: z.enum(['push', 'obs-server', 'obs-stream-key', 'flv', 'hls', 'rtmp', 'webrtc']) }),
  'open.watchPage': nothing,
  /** Asks where to, and writes logs, health and settings there as a zip, without secrets. Answers the file's name; null = cancelled. */
  'diagnostics.export': nothing,
  'overlay.set': overlaySettingsSchema,
  /** null = unpin. */
  'overlay.pin': z.strictObject({ pinned: overlayPinSchema.nullable() }),
  /** Comments for viewers; nothing happens unless the overlay's mode is `program`. Above 10 a second the newest win. */
  'overlay.say': z.strictObject({ comments: overlayCommentsSchema }),
  /** Comments that were taken back. */
  'overlay.take': z.strictObject({ ids: overlayIdsSchema }),
  'overlay.banner': z.strictObject({ banner: overlayBannerSchema }),
  /** The score of a PK in the program; null = none. */
  'overlay.pk': z.strictObject({ pk: overlayPkSchema.nullable() }),
  /** A link of the chat, after the anchor said yes to it: https alone. @throws ipc.invalid */
  'open.link': z.strictObject({ url: z.string().max(2_048) }),
  'notice.dismiss': z.strictObject({ id: z.number().int() }),
} as const satisfies Record<string, z.ZodType>

export type StudioVerb = keyof typeof studioVerbs
export type VerbArgs<V extends StudioVerb> = z.infer<(typeof studioVerbs)[V]>

/** What a verb answers; the ones not named answer nothing. */
interface VerbValues {
  'state.get': Snapshot
  'source.chooseImage': { readonly asset: string; readonly name: string } | null
  'summary.export': string | null
  'permission.states': Readonly<Record<'camera' | 'microphone' | 'screen', MediaAccess>>
  'capture.targets': readonly CaptureTarget[]
  'destination.parseUrl': ParsedPushUrl
  'diagnostics.export': { readonly name: string } | null
  'room.session': RoomSession
  'destination.cssAddresses': CssAddresses
  'iceServer.test': IceProbeResult
}
export type VerbValue<V extends StudioVerb> = V extends keyof VerbValues ? VerbValues[V] : null

/** The bridge that the studio's preload puts on `window.anchor`. */
export interface AnchorBridge {
  call<V extends StudioVerb>(verb: V, ...args: VerbArgs<V> extends undefined ? [] : [VerbArgs<V>]): Promise<Result<VerbValue<V>>>
  onPatch(listener: (patch: StatePatch) => void): () => void
}
