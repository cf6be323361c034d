import { z } from 'zod'
import { pkResultSchema, pkStateSchema } from './pk'
import { layoutSchema, SEATS } from './seats'

/**
 * What a room is told: JSON in the `Data` of a custom element, `{"v":1,"kind":…}`. The backend is the only writer of all kinds but `like`. A kind
 * that is not known here is from a newer server and is ignored. Times are UNIX seconds, coins whole numbers.
 */
export const ROOM_MESSAGE_VERSION = 1

/** The five states of a room (the guide's table). */
export const ROOM_STATUSES = ['upcoming', 'live', 'paused', 'ended', 'playback'] as const
export const roomStatusSchema = z.enum(ROOM_STATUSES)
export type RoomStatus = z.infer<typeof roomStatusSchema>

export const ROLES = ['anchor', 'producer', 'coanchor', 'viewer'] as const
export const roleSchema = z.enum(ROLES)
/** Who somebody is in a room. */
export type Role = z.infer<typeof roleSchema>

const id = z.string().min(1).max(64)
const count = z.number().int().nonnegative()
const seconds = z.number().int().nonnegative()
const message = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.object({ v: z.literal(ROOM_MESSAGE_VERSION), kind: z.literal(kind), ...shape })

/** Somebody as shown beside what they said or gave. */
export const personSchema = z.object({ userId: id, nick: z.string().max(500), avatar: z.string().max(500), level: count, role: roleSchema })
export type Person = z.infer<typeof personSchema>

/** Notice and introduction: plain text, or text with pictures. Always shown as text, never as HTML. */
export const richTextSchema = z.union([
  z.object({ form: z.literal('plain'), text: z.string() }),
  z.object({ form: z.literal('rich'), text: z.string(), images: z.array(z.string()).max(8) }),
])
export type RichText = z.infer<typeof richTextSchema>

/** The room's status; `rev` grows with each change, so that an older word never replaces a newer one. */
export const statusMessageSchema = message('status', {
  status: roomStatusSchema,
  previous: roomStatusSchema,
  /** Number of the show: grows when a room goes live anew. */
  show: count,
  rev: count,
  at: seconds,
})
/** Title, cover (https) and the scheduled start (0 = none). */
export const profileMessageSchema = message('profile', { title: z.string(), cover: z.string(), startsAt: seconds, rev: count })
export const noticeMessageSchema = message('notice', { notice: richTextSchema, rev: count })
export const introductionMessageSchema = message('introduction', { introduction: richTextSchema, rev: count })

/**
 * A gift, or a run of the same gift by one person. `seq` has no gaps in a room: whoever misses one asks for what it missed. `total` is how many
 * of the combo are told so far, this message included.
 */
export const giftMessageSchema = message('gift', {
  seq: count,
  show: count,
  from: personSchema,
  giftId: id,
  count: z.number().int().positive(),
  coins: count,
  combo: z.string().max(64),
  total: count,
  at: seconds,
})
/** A gift that was taken back; in the same numbering as gifts. */
export const refundMessageSchema = message('refund', { seq: count, show: count, userId: id, giftId: id, count: count, coins: count, at: seconds })

/** A client's own: likes since its last, merged. Sent with priority Low. */
export const likeMessageSchema = message('like', { count: z.number().int().min(1).max(1_000_000) })

/** The audience in numbers. `giftSeq` lets a client that missed the last gift know it. */
export const countersMessageSchema = message('counters', { online: count, likes: count, popularity: count, giftSeq: count, at: seconds })

export const MUTE_SCOPES = ['timed', 'show', 'forever'] as const
/** Somebody may not speak. `until` 0 = not at a known time. */
export const muteMessageSchema = message('mute', { userId: id, scope: z.enum(MUTE_SCOPES), until: seconds, reason: z.string().max(200) })
export const unmuteMessageSchema = message('unmute', { userId: id })
/** Nobody but the crew may speak, or may again. */
export const muteAllMessageSchema = message('mute-all', { on: z.boolean() })
/** Seconds between two messages of one viewer; 0 = off. */
export const slowModeMessageSchema = message('slow-mode', { seconds })
/** These people leave at once: their clients leave the group. */
export const removeMessageSchema = message('remove', { userIds: z.array(id).max(100), reason: z.string().max(200) })
/** They may come in again. */
export const unblockMessageSchema = message('unblock', { userIds: z.array(id).max(100) })
/** A message is taken off every screen. */
export const retractMessageSchema = message('retract', { msgSeq: count, by: z.enum(['crew', 'review']) })

/** A draw begins. `commitment` is the SHA-256 of the seed that will choose the winners. */
export const drawOpenMessageSchema = message('draw-open', {
  drawId: id,
  title: z.string(),
  keyword: z.string(),
  winners: z.number().int().positive(),
  minLevel: count,
  followersOnly: z.boolean(),
  until: seconds,
  commitment: z.string(),
})
export const drawResultMessageSchema = message('draw-result', { drawId: id, seed: z.string(), entries: count, winners: z.array(personSchema) })
export const drawCancelledMessageSchema = message('draw-cancelled', { drawId: id })
/** Who is on the air beside the anchor, by seat from 1 on, and how the program is arranged. `rev` grows with each change of the room's seats. */
export const seatsMessageSchema = message('seats', {
  rev: count,
  layout: layoutSchema,
  seats: z
    .array(z.object({ seat: z.number().int().min(1).max(SEATS), userId: id, nick: z.string().max(500), muted: z.boolean(), spotlight: z.boolean() }))
    .max(SEATS),
})
/**
 * The PK with another room: its sums in coins, and its result. `rev` grows with each change. Told at most once a second, from the run on: an offer is the
 * crew's. `none`: what was shown is put away. `endsAt` is by this room's clock. `result` is null until it is over and, then, where nobody can tell it.
 */
export const pkMessageSchema = message('pk', {
  rev: count,
  pkId: z.string().max(64),
  state: pkStateSchema,
  other: z.object({ nick: z.string().max(500) }),
  own: count,
  others: count,
  endsAt: seconds,
  result: pkResultSchema.nullable(),
})
/** A word of the house to all rooms. */
export const broadcastMessageSchema = message('broadcast', { text: z.string() })

export const roomMessageSchema = z.discriminatedUnion('kind', [
  statusMessageSchema,
  profileMessageSchema,
  noticeMessageSchema,
  introductionMessageSchema,
  giftMessageSchema,
  refundMessageSchema,
  likeMessageSchema,
  countersMessageSchema,
  muteMessageSchema,
  unmuteMessageSchema,
  muteAllMessageSchema,
  slowModeMessageSchema,
  removeMessageSchema,
  unblockMessageSchema,
  retractMessageSchema,
  drawOpenMessageSchema,
  drawResultMessageSchema,
  drawCancelledMessageSchema,
  seatsMessageSchema,
  pkMessageSchema,
  broadcastMessageSchema,
])
export type RoomMessage = z.infer<typeof roomMessageSchema>
export type RoomMessageKind = RoomMessage['kind']
export type RoomMessageOf<Kind extends RoomMessageKind> = Extract<RoomMessage, { kind: Kind }>

export type MessagePriority = 'High' | 'Normal' | 'Low'

/** With what priority each kind travels: above 40 a second the lowest are dropped first. */
export const MESSAGE_PRIORITY: Readonly<Record<RoomMessageKind, MessagePriority>> = {
  status: 'High',
  profile: 'High',
  notice: 'High',
  introduction: 'Normal',
  gift: 'High',
  refund: 'High',
  like: 'Low',
  counters: 'Low',
  mute: 'High',
  unmute: 'High',
  'mute-all': 'High',
  'slow-mode': 'High',
  remove: 'High',
  unblock: 'High',
  retract: 'High',
  'draw-open': 'High',
  'draw-result': 'High',
  'draw-cancelled': 'High',
  seats: 'High',
  pk: 'High',
  broadcast: 'High',
}

/** The kinds that a client may send; all others are the backend's alone. */
export const CLIENT_KINDS: ReadonlySet<RoomMessageKind> = new Set(['like'])

/** What the backend adds to each message of a person (`CloudCustomData`, under `live`), so that every page shows the same. */
export const messageTagSchema = z.object({
  v: z.literal(ROOM_MESSAGE_VERSION),
  level: count,
  role: roleSchema,
  nick: z.string(),
  avatar: z.string(),
  /** The word list covered a part of it. */
  masked: z.literal(true).optional(),
})
export type MessageTag = z.infer<typeof messageTagSchema>

/** Reads the `Data` of a custom element; null = none of ours, of another version, or of a kind that is not known here. */
export function readRoomMessage(data: string): RoomMessage | null {
  if (data.length > 16_384) return null
  const parsed = roomMessageSchema.safeParse(readJson(data))
  return parsed.success ? parsed.data : null
}

/** Reads what the backend added to a message; null = nothing. */
export function readMessageTag(cloudCustomData: string): MessageTag | null {
  const parsed = z.object({ live: messageTagSchema }).safeParse(readJson(cloudCustomData))
  return parsed.success ? parsed.data.live : null
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // Whatever a stranger sends.
    if (error instanceof SyntaxError) return null
    throw error
  }
}
