import { z } from 'zod'
import { drawOpenMessageSchema, MUTE_SCOPES, pkMessageSchema, richTextSchema, roleSchema, roomStatusSchema, seatsMessageSchema } from './room-message'

/** Answers of the room API that the pages read. The API checks what it answers with these same schemas. Times are UNIX seconds. */

const count = z.number().int().nonnegative()

/** A session: a bearer token for the API, and a UserSig with which the Chat SDK signs in. Both are secrets of this person. */
export const sessionSchema = z.object({
  token: z.string(),
  expiresAt: count,
  userId: z.string(),
  role: roleSchema,
  /** '*' = all rooms of this server. */
  roomId: z.string(),
  nick: z.string(),
  avatar: z.string(),
  sdkAppId: count,
  userSig: z.string(),
  userSigExpiresAt: count,
  /** In whose name the backend speaks in rooms: what anybody else says there is no word of the house. */
  admin: z.string(),
  /** What the SDK's `proxyServer` takes; null = the SDK's own addresses (Tencent's cloud). */
  wire: z.string().nullable(),
})
export type RoomSession = z.infer<typeof sessionSchema>

/** Random text by which somebody who came in by an invitation is known again at it. A secret, as a token is. */
export const claimSchema = z.string().regex(/^[\w-]{22,64}$/)

/** What everybody may know of a room, also without a session. */
export const publicRoomSchema = z.object({
  roomId: z.string(),
  title: z.string(),
  cover: z.string(),
  startsAt: count,
  status: roomStatusSchema,
  show: count,
  liveSince: count,
  rev: count,
  /** Null = not known. */
  online: count.nullable(),
})
export type PublicRoom = z.infer<typeof publicRoomSchema>

export const giftSchema = z.object({
  giftId: z.string(),
  name: z.object({ en: z.string(), 'zh-CN': z.string() }),
  /** Price of one, in coins. */
  coins: z.number().int().positive(),
  /** A sign that shows it where there is no picture. */
  emoji: z.string(),
  /** How much is made of it on the screen. */
  effect: z.enum(['small', 'medium', 'large']),
})
export type Gift = z.infer<typeof giftSchema>

export const muteStateSchema = z.object({ scope: z.enum(MUTE_SCOPES), until: count, reason: z.string() })

/** A message of the last 24 hours, for whoever comes in. `tag` is what `readMessageTag` reads. */
export const historyMessageSchema = z.object({ msgSeq: count, userId: z.string(), text: z.string(), tag: z.string(), at: count })

/** All that a page needs to draw the room; from then on room messages change it. */
export const snapshotSchema = z.object({
  room: publicRoomSchema,
  notice: richTextSchema,
  introduction: richTextSchema,
  muteAll: z.boolean(),
  slowModeSec: count,
  likes: count,
  popularity: count,
  /** Number of the latest gift message: what a page has beyond is news, what it lacks it asks for. */
  giftSeq: count,
  gifts: z.array(giftSchema),
  history: z.array(historyMessageSchema),
  draw: drawOpenMessageSchema.nullable(),
  seats: seatsMessageSchema,
  /** The latest word about a PK, also where it says `none`; null = the room never had one. */
  pk: pkMessageSchema.nullable(),
  /** Whom to ask for the mic, by the Chat SDK's signaling. */
  anchor: z.string(),
  me: z.object({
    userId: z.string(),
    role: roleSchema,
    nick: z.string(),
    avatar: z.string(),
    level: count,
    coins: count,
    member: z.boolean(),
    follows: z.boolean(),
    mute: muteStateSchema.nullable(),
  }),
  /** Whether IM's callbacks arrive: without them likes, levels, filter and losses are not kept. 'unknown' = nothing has been said yet. */
  callbacks: z.enum(['arriving', 'missing', 'unknown']),
})
export type RoomSnapshot = z.infer<typeof snapshotSchema>

/** A viewer's wallet after an order. */
export const orderSchema = z.object({
  orderId: z.string(),
  state: z.enum(['pending', 'paid', 'failed', 'refunded']),
  giftId: z.string(),
  count: z.number().int().positive(),
  coins: count,
  balance: count,
})
export type GiftOrder = z.infer<typeof orderSchema>
