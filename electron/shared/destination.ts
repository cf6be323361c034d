import { z } from 'zod'
import type { ErrorInfo } from './errors'

/** So many can be saved, and so many can one show have with those of the command line. */
export const MAX_DESTINATIONS = 16

/** '@' begins the names of main's own secrets. */
const id = z.string().min(1).max(64).regex(/^[^@]/)
const name = z.string().max(80)

/** CSS stream names: at most 255 characters (Tencent CSS 267/32720). */
const streamName = z.string().regex(/^[A-Za-z0-9._-]{1,255}$/)

/**
 * One place the program is pushed to, as it is saved. Secrets (stream key, signing key) are not in it: they are
 * kept by main under the destination's id. `local` is the ingest of this machine and always there.
 */
export const destinationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('local'), id: z.literal('local'), name, enabled: z.boolean() }),
  /** `server`: rtmp(s)://host[:port]/app without the key. The secret is the rest: stream name with its query. */
  z.strictObject({ kind: z.literal('rtmp'), id, name, enabled: z.boolean(), server: z.string().min(8).max(1_024) }),
  /** The secret is the domain's push key; null secret = authentication is off for the domain. */
  z.strictObject({
    kind: z.literal('css'),
    id,
    name,
    enabled: z.boolean(),
    protocol: z.enum(['rtmp', 'rtmps']),
    pushDomain: z.string().min(1).max(253),
    appName: streamName,
    streamName,
    playDomain: z.string().max(253).nullable(),
    /** How long a freshly signed push URL holds. Tencent recommends 12–24 h. */
    validityHours: z
      .number()
      .int()
      .min(1)
      .max(24 * 30),
  }),
  /** An address that the room's own backend gives and renews: CSS with the team's keys, or RTMP into the room's TRTC room. No secret is kept for it. */
  z.strictObject({ kind: z.literal('cloud'), id, name, enabled: z.boolean(), way: z.enum(['css', 'trtc']) }),
  /**
   * The TRTC room that belongs to the live room: lowest delay, by Tencent's cloud. What else is switched on and is no ingest of this machine is then
   * pushed from the cloud's mix (relayed). Its credentials come from the room's backend; no secret is kept for it.
   */
  z.strictObject({
    kind: z.literal('trtc'),
    id,
    name,
    enabled: z.boolean(),
    /** After a minute of trouble the program goes by RTMP from this machine: by itself, or when the anchor says so. */
    failover: z.enum(['ask', 'automatic']),
  }),
])
export type Destination = z.infer<typeof destinationSchema>
export type CloudWay = Extract<Destination, { kind: 'cloud' }>['way']

export type DestinationState = 'off' | 'connecting' | 'publishing' | 'reconnecting' | 'failed' | 'stopping'

/** Twice a second. null = not known, never 0. */
export const destinationStatsSchema = z.strictObject({
  /** Payload bytes written, over the last 2 s. */
  sentKbps: z.number().nonnegative(),
  /** Acknowledged by the server over the last 2 s; null where the server never acknowledges. */
  ackedKbps: z.number().nonnegative().nullable(),
  /** Media waiting in our own queue. */
  queueMs: z.number().nonnegative(),
  unackedBytes: z.number().nonnegative().nullable(),
  rttMs: z.number().nonnegative().nullable(),
  sentFps: z.number().nonnegative(),
  /** Counted since the session started. */
  sentVideoFrames: z.number().int().nonnegative(),
  sentAudioFrames: z.number().int().nonnegative(),
  droppedVideoFrames: z.number().int().nonnegative(),
  droppedAudioFrames: z.number().int().nonnegative(),
  sentBytes: z.number().nonnegative(),
  reconnects: z.number().int().nonnegative(),
})
export type DestinationStats = z.infer<typeof destinationStatsSchema>

/** What the publisher says of one destination. Times are UNIX milliseconds. */
export interface DestinationStatus {
  readonly id: string
  readonly state: DestinationState
  readonly sinceMs: number
  /** Why it is `reconnecting` or `failed`. */
  readonly error: ErrorInfo | null
  /** The number of the running or coming attempt, from 1. 0 while publishing. */
  readonly attempt: number
  readonly nextRetryAtMs: number | null
  /** How long viewers saw nothing, told once when it is back. */
  readonly outageMs: number | null
  readonly stats: DestinationStats | null
}

/** What a pasted push URL says. Times in UNIX seconds. */
export interface ParsedPushUrl {
  readonly server: string
  /** Stream name with its query: a secret. */
  readonly streamKey: string
  readonly host: string
  readonly port: number
  readonly app: string
  readonly streamName: string
  readonly tls: boolean
  readonly expiresAtSec: number | null
}

/** The addresses of a CSS stream, ready to copy. */
export interface CssAddresses {
  readonly push: string
  readonly obsServer: string
  readonly obsStreamKey: string
  readonly expiresAtSec: number | null
  /** null where no play domain is given. */
  readonly play: { readonly flv: string; readonly hls: string; readonly rtmp: string; readonly webrtc: string } | null
}
