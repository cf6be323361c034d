import { z } from 'zod'
import type { ErrorInfo } from './errors'
import { trtcUserSchema } from './seats'
import { showEngineSchema } from './show-engine'

/** The link of two rooms: each anchor has a place among the other's co-anchors. */

/** A place among the lines of a room (co-anchor-line.ts). */
export const stageLineSchema = z.strictObject({
  /** ws://<host>:<port> or wss://… of the room server. */
  wire: z.string().max(512),
  room: z.string().min(1).max(64),
  /** A secret. */
  token: z.string().max(2_048),
})
export type StageLine = z.infer<typeof stageLineSchema>

/** An anchor's TRTC room, and who he is there. Not secret. */
export const trtcRoomSchema = trtcUserSchema.extend({ sdkAppId: z.number().int().positive() })
export type TrtcRoom = z.infer<typeof trtcRoomSchema>

/** How a show goes, as far as the anchor of a linked room has to know it. */
export const showWaySchema = z.object({
  /** Live or paused. */
  onAir: z.boolean(),
  /** Which way it goes, or went. */
  engine: showEngineSchema,
  /** The TRTC room of the live room; null = it is none of Tencent's cloud. */
  trtc: trtcRoomSchema.nullable(),
})
export type ShowWay = z.infer<typeof showWaySchema>

export const roomLinkSchema = z.strictObject({
  /** By which way the anchors see each other. `trtc`: their TRTC rooms are connected; the stage keeps the places and makes no call. */
  media: showEngineSchema,
  /** The other room, where this app's anchor is a co-anchor. */
  there: stageLineSchema,
  /** The own room, in the name of the other anchor. */
  here: stageLineSchema,
  /** The other anchor's user id in the own room. */
  userId: z.string().min(1).max(64),
})
export type RoomLink = z.infer<typeof roomLinkSchema>

/**
 * `removed`: the other anchor sent this one away · `left`: the other one's place here was taken away · `refused`: the other room does not let this one in (any more) ·
 * `ended`: by what `error` says.
 */
export const OTHER_ROOM_STATES = ['connecting', 'connected', 'lost', 'removed', 'left', 'refused', 'ended'] as const
export const otherRoomStateSchema = z.enum(OTHER_ROOM_STATES)
export type OtherRoomState = z.infer<typeof otherRoomStateSchema>

/** As the studio sees it. */
export interface OtherRoom {
  /** Its title. */
  readonly title: string
  /** The other anchor among the own co-anchors. */
  readonly userId: string
  readonly state: OtherRoomState
  /** Why it has ended, or is not connected (again) yet; null = nothing is known of it. */
  readonly error: ErrorInfo | null
  /** Its session could not be renewed: what breaks now is not mended. */
  readonly isLast: boolean
}
