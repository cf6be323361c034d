import { z } from 'zod'
import { iceServerProblem, MAX_ICE_SERVERS } from './ice-server'
import { SEATS, seatEntrySchema, seatTableSchema } from './seats'
import { showEngineSchema } from './show-engine'

/**
 * The line between the stage and each co-anchor: WebRTC's signalling and what goes with it, over a WebSocket of the room server. JSON in text
 * frames. The co-anchor's page makes every offer, the stage answers; a `call` names one RTCPeerConnection of the page, so that what is late for an earlier one is known.
 * Whoever has no place in the room's seats has no line.
 */

/** `ws://…/line?room=<room>` */
export const LINE_PATH = '/line'
/** Of one message; an SDP with many candidates has about 10 KiB. */
export const LINE_MESSAGE_MAX_BYTES = 64 * 1024
/**
 * A line on which `alive` was said, and then nothing for so long, is dead, milliseconds: a page sees no pings, and learns of a lost connection only when
 * it says something itself. Room servers of earlier versions never say it.
 */
export const LINE_SILENT_MS = 25_000
/** A co-anchor whose line is gone for so long loses the place, milliseconds. */
export const SEAT_KEPT_MS = 20_000
/** Somebody who was just let in may be here before the seats say so: a page that is told `not-admitted` tries again for so long. */
export const ADMISSION_GRACE_MS = 10_000

const userId = z.string().min(1).max(64)
const call = z.string().min(1).max(64)

export const signalSchema = z.union([
  z.strictObject({ description: z.strictObject({ type: z.enum(['offer', 'answer']), sdp: z.string().max(60_000) }) }),
  /** null = there are no more. */
  z.strictObject({
    candidate: z
      .strictObject({
        candidate: z.string().max(1_024),
        sdpMid: z.string().max(64).nullable(),
        sdpMLineIndex: z.number().int().min(0).max(64).nullable(),
        usernameFragment: z.string().max(256).nullable(),
      })
      .nullable(),
  }),
])
export type Signal = z.infer<typeof signalSchema>

const verdictSchema = z.enum(['pass', 'warn', 'unknown'])
/** What the co-anchor's page found out about itself. */
export const guestChecksSchema = z.strictObject({ camera: verdictSchema, microphone: verdictSchema, echo: verdictSchema, line: verdictSchema })
export type GuestChecks = z.infer<typeof guestChecksSchema>

/** The largest picture that the other side has a use for. */
export const wishSchema = z.strictObject({ maxHeight: z.number().int().min(90).max(1_080), maxFps: z.number().int().min(5).max(60) })
export type Wish = z.infer<typeof wishSchema>

/** Page → room server. `to`, `talk` and `way` are the stage's. */
export const lineRequestSchema = z.discriminatedUnion('type', [
  /** The first word, within 5 s. `stage` is the anchor's alone. `room`: a co-anchor who is the anchor of another room, and wants this one's scene instead of the program. */
  z.strictObject({
    type: z.literal('hello'),
    token: z.string().max(2_048),
    as: z.enum(['stage', 'co-anchor', 'room']),
    /** The stage's; left out = `stage`. */
    way: showEngineSchema.optional(),
  }),
  z.strictObject({ type: z.literal('signal'), to: userId.nullable(), call, signal: signalSchema }),
  z.strictObject({ type: z.literal('checks'), checks: guestChecksSchema }),
  /** `to` null: what another room's stage has a use for, to the stage. */
  z.strictObject({ type: z.literal('wish'), to: userId.nullable(), wish: wishSchema }),
  /** The stage's: the program goes another way from now on. */
  z.strictObject({ type: z.literal('way'), way: showEngineSchema }),
  /** The anchor speaks to this one alone, or no longer. */
  z.strictObject({ type: z.literal('talk'), to: userId, on: z.boolean() }),
])
export type LineRequest = z.infer<typeof lineRequestSchema>

/** Why a line ended for good; a line that just breaks is opened again. `full` and `blocked` are said to whoever came by a co-anchor's link. */
export const LINE_ENDS = ['bad-token', 'not-admitted', 'full', 'blocked', 'removed', 'replaced', 'malformed', 'too-fast'] as const

export const iceServerSchema = z.strictObject({
  urls: z.array(z.string().max(512)).min(1).max(8),
  username: z.string().max(512).optional(),
  credential: z.string().max(512).optional(),
})
export type IceServer = z.infer<typeof iceServerSchema>

/** What browsers take of what a room server names: they refuse to make any connection with one that is wrong. */
export function usableIceServers(servers: readonly IceServer[]) {
  return servers.flatMap(({ urls, username = '', credential = '' }) => {
    const usable = urls.filter((url) => iceServerProblem({ url, username }, credential !== '') === null)
    if (usable.length === 0) return []
    return [{ urls: usable, ...(username === '' ? {} : { username }), ...(credential === '' ? {} : { credential }) }]
  })
}

/** Room server → page. The pages check it too: the server may be another version. */
export const lineNewsSchema = z.discriminatedUnion('type', [
  /** First of all, and once more when the servers are others. */
  z.strictObject({ type: z.literal('welcome'), userId, iceServers: z.array(iceServerSchema).max(MAX_ICE_SERVERS) }),
  /** Every few seconds to everybody, so that silence means something. */
  z.strictObject({ type: z.literal('alive') }),
  /** To the co-anchors: whether there is a stage to call. A call to an earlier stage is void. */
  z.strictObject({ type: z.literal('stage'), present: z.boolean() }),
  /** To the co-anchors: which way their media goes, before `stage` and when it changes. Nothing is said of it while no stage ever was there. */
  z.strictObject({ type: z.literal('way'), way: showEngineSchema }),
  /** To the co-anchors while media goes by TRTC: who is the anchor, and who else is heard by viewers. Whoever else is in the TRTC room is not for them to hear. */
  z.strictObject({ type: z.literal('company'), anchor: userId, heard: z.array(userId).max(SEATS) }),
  /** To the co-anchor: the own entry. */
  z.strictObject({ type: z.literal('seat'), entry: seatEntrySchema }),
  z.strictObject({ type: z.literal('talk'), on: z.boolean() }),
  /** `from`: to the stage, by the stage of another room. */
  z.strictObject({ type: z.literal('wish'), from: userId.optional(), wish: wishSchema }),
  /** To the stage: everybody's places, at once and with each change. */
  z.strictObject({ type: z.literal('seats'), table: seatTableSchema }),
  /** To the stage: this one's page is there, or is not since then (UNIX milliseconds). `room`: it is the stage of another room. */
  z.strictObject({ type: z.literal('line'), userId, open: z.boolean(), sinceMs: z.number(), room: z.boolean() }),
  z.strictObject({ type: z.literal('checks'), from: userId, checks: guestChecksSchema }),
  z.strictObject({ type: z.literal('signal'), from: userId.nullable(), call, signal: signalSchema }),
  z.strictObject({ type: z.literal('bye'), reason: z.enum(LINE_ENDS) }),
])
export type LineNews = z.infer<typeof lineNewsSchema>

/** What a socket gave. @returns null: it is no news */
export function readLineNews(data: unknown): LineNews | null {
  if (typeof data !== 'string' || data.length > LINE_MESSAGE_MAX_BYTES) return null
  try {
    const parsed = lineNewsSchema.safeParse(JSON.parse(data))
    return parsed.success ? parsed.data : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** A co-anchor's media as the stage has it. */
export const coAnchorMediaSchema = z.strictObject({
  /** `waiting`: the page is not there yet · `connecting` · `connected` · `lost`: it was there, and its place is kept for a while. */
  state: z.enum(['waiting', 'connecting', 'connected', 'lost']),
  /** UNIX milliseconds since when it is lost; null while it is not. */
  lostAtMs: z.number().nullable(),
  width: z.number().int().nonnegative(),
  height: z.number().int().nonnegative(),
  fps: z.number().nonnegative(),
  /** Of the line, milliseconds there and back; null = not known. */
  rttMs: z.number().nonnegative().nullable(),
  /** Share of the packets that were lost of late, 0 … 1; null = not known. */
  loss: z.number().min(0).max(1).nullable(),
  checks: guestChecksSchema.nullable(),
})
export type CoAnchorMedia = z.infer<typeof coAnchorMediaSchema>

/** What the studio knows of the co-anchors, from the stage. */
export const coAnchorsSchema = z.strictObject({
  /** null = the stage has no line to the room. */
  table: seatTableSchema.nullable(),
  /** By user id. */
  media: z.record(z.string().max(64), coAnchorMediaSchema),
  /** In the greenroom, heard by the anchor alone; null = nobody. */
  hearing: userId.nullable(),
  /** To whom alone the anchor speaks. */
  talkingTo: userId.nullable(),
})
export type CoAnchors = z.infer<typeof coAnchorsSchema>

export const NO_CO_ANCHORS: CoAnchors = { table: null, media: {}, hearing: null, talkingTo: null }

/** Under this key a co-anchor's picture, sound and level stand among those of the scene's sources. */
export function coAnchorSource(id: string): string {
  return `co-anchor:${id}`
}
