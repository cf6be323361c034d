import { z } from 'zod'

/** Co-anchors of a room: who waits in the greenroom, who is on the air, and where. */

/** Places beside the anchor's own: a grid has nine. */
export const SEATS = 8
/** How the program is arranged: the anchor alone, two halves, a grid, a box in the corner, or whoever speaks large. */
export const LAYOUTS = ['solo', 'side-by-side', 'grid', 'picture-in-picture', 'speaker'] as const
export const layoutSchema = z.enum(LAYOUTS)
export type Layout = z.infer<typeof layoutSchema>

/** Of a co-anchor's sound in the program: 1 = as it comes. */
export const SEAT_VOLUME = { min: 0, max: 2 } as const

export const seatEntrySchema = z.strictObject({
  userId: z.string().min(1).max(64),
  /** 1 … 8; 0 = in the greenroom, neither seen nor heard by viewers. */
  seat: z.number().int().min(0).max(SEATS),
  /** Camera and microphone were chosen, and the person said so. */
  ready: z.boolean(),
  muted: z.boolean(),
  volume: z.number().min(SEAT_VOLUME.min).max(SEAT_VOLUME.max),
  /** Shown large, whoever speaks; one at most. */
  spotlight: z.boolean(),
})
export type SeatEntry = z.infer<typeof seatEntrySchema>

/** The anchor of another TRTC room: that room, and who he is there. TRTC takes 64 and 32 bytes. */
export const trtcUserSchema = z.strictObject({ roomId: z.string().min(1).max(64), userId: z.string().min(1).max(32) })
export type TrtcUser = z.infer<typeof trtcUserSchema>

/** All of a room's seats, as the crew sees them. `rev` grows with each change. `trtc`: where the media of this one come from, if he is the anchor of a connected TRTC room. */
export const seatTableSchema = z.strictObject({
  rev: z.number().int().nonnegative(),
  layout: layoutSchema,
  entries: z
    .array(seatEntrySchema.extend({ nick: z.string(), avatar: z.string(), level: z.number().int().nonnegative(), trtc: trtcUserSchema.optional() }))
    .max(SEATS),
})
export type SeatTableView = z.infer<typeof seatTableSchema>
