import { z } from 'zod'
import { drawOpenMessageSchema, giftMessageSchema, MUTE_SCOPES, personSchema, refundMessageSchema, richTextSchema, roleSchema } from './room-message'
import { publicRoomSchema } from './room-api'

/** Answers of the room API that the crew reads beside those of everybody (room-api.ts). Times are UNIX seconds unless said otherwise. */

const count = z.number().int().nonnegative()

/** A signed link for one person. `expiresAt`: who has not come by it until then comes no more. `path`: of the page, with the token, a secret, after the sign. */
export const inviteSchema = z.object({ inviteId: z.string(), role: roleSchema, expiresAt: count, token: z.string(), path: z.string() })
export type Invite = z.infer<typeof inviteSchema>

export const AUDITED = ['mute', 'unmute', 'mute-all', 'slow-mode', 'remove', 'unblock', 'delete-message', 'review', 'undo'] as const
export type Audited = (typeof AUDITED)[number]

export const penaltySchema = z.object({ userId: z.string(), scope: z.enum(MUTE_SCOPES), until: count, reason: z.string() })
export type Penalty = z.infer<typeof penaltySchema>
/** What those are called whose ids an answer has. */
const namesSchema = z.record(z.string(), z.string())
/** All that holds in a room now. */
export const penaltiesSchema = z.object({
  mutes: z.array(penaltySchema),
  blocks: z.array(penaltySchema),
  names: namesSchema,
  muteAll: z.boolean(),
  slowModeSec: count,
})
export type Penalties = z.infer<typeof penaltiesSchema>

/** A measure was taken. `entry`: its number in the audit log, by which it is undone. */
export const measureSchema = z.object({ entry: count })
export const mutedSchema = penaltySchema.extend(measureSchema.shape)
export type Muted = z.infer<typeof mutedSchema>

/** Somebody as the crew sees them, whether or not they are in the list of members. */
export const personCardSchema = personSchema.extend({
  member: z.boolean(),
  follows: z.boolean(),
  /** UNIX seconds; null = not in the list of those who are here. */
  joinedAt: count.nullable(),
  mute: penaltySchema.nullable(),
  block: penaltySchema.nullable(),
})
export type PersonCard = z.infer<typeof personCardSchema>

export const auditEntrySchema = z.object({
  id: count,
  action: z.enum(AUDITED),
  by: z.string(),
  /** User ids with commas; '' = the room, or a message whose author is not in the history any more. */
  target: z.string(),
  reason: z.string(),
  /** '' = it holds. */
  undoneBy: z.string(),
  at: count,
})
export type AuditEntry = z.infer<typeof auditEntrySchema>
/** Entries of one page of the audit log; fewer = it is the last. */
export const AUDIT_PAGE = 100
export const auditPageSchema = z.object({ entries: z.array(auditEntrySchema), names: namesSchema })
export type AuditPage = z.infer<typeof auditPageSchema>

/** Longest word of the list, characters. */
export const MAX_WORD_CHARS = 64
export const wordSchema = z.strictObject({ word: z.string().trim().min(1).max(MAX_WORD_CHARS), action: z.enum(['refuse', 'mask', 'drop']) })
export type Word = z.infer<typeof wordSchema>
export const wordsSchema = z.object({ words: z.array(wordSchema) })
/** `unusable`: words of which nothing is left that could be looked for. */
export const wordsReplacedSchema = z.object({ words: count, unusable: z.array(z.string()) })
/** Longest text that is tried against the list, characters: IM takes no longer message. */
export const MAX_TRIED_CHARS = 8_000
/**
 * What would become of a message of this text. `shown`: as the room would see it; '' where it would not be seen at all. `matches`: the words of the
 * list that were found, with where, in UTF-16 offsets of the text, end exclusive.
 */
export const wordTestSchema = z.object({
  verdict: z.enum(['pass', 'refuse', 'mask', 'drop']),
  shown: z.string(),
  matches: z.array(z.object({ word: z.string(), action: wordSchema.shape.action, start: count, end: count })),
})
export type WordTest = z.infer<typeof wordTestSchema>

/**
 * `complete` is false where callbacks do not tell, or where the edition's list is shorter than the room; `limit` is how many that list has at
 * most, the newest. `follows`: the anchor; `member`: pays for it.
 */
export const membersSchema = z.object({
  online: count.nullable(),
  complete: z.boolean(),
  limit: count,
  members: z.array(personSchema.extend({ joinedAt: count, muted: z.boolean(), follows: z.boolean(), member: z.boolean() })),
})
export type Members = z.infer<typeof membersSchema>
export type Member = Members['members'][number]

/** The audience of the running show over time, oldest first; the last is of now. Empty while no show is on. Times are UNIX milliseconds. */
export const energySchema = z.object({
  show: count,
  samples: z.array(z.object({ atMs: count, online: count.nullable(), popularity: count })),
})
export type Energy = z.infer<typeof energySchema>
export type EnergySample = Energy['samples'][number]

const lossCountSchema = z.object({ sent: count, delivered: count, lost: count, waiting: count })
const lossesSchema = z.object({ High: lossCountSchema, Normal: lossCountSchema, Low: lossCountSchema, Lowest: lossCountSchema })
/** Messages that the room did not get. `recent`: of the last minute. */
export const lossReportSchema = z.discriminatedUnion('known', [
  z.object({ known: z.literal(false), reason: z.string() }),
  z.object({ known: z.literal(true), total: lossesSchema, recent: lossesSchema }),
])
export type LossReport = z.infer<typeof lossReportSchema>

/** What a draw may be. Bytes are of UTF-8. */
export const DRAW_LIMITS = { titleBytes: 100, keywordChars: 32, windowSec: { min: 3, max: 3_600 }, winners: 100, minLevel: 100 } as const

export const drawProofSchema = z.object({
  v: z.literal(1),
  algorithm: z.string(),
  drawId: z.string(),
  keyword: z.string(),
  opensAtMs: z.number(),
  closesAtMs: z.number(),
  winnersWanted: z.number(),
  seedSha256: z.string(),
  seed: z.string(),
  entries: z.array(z.string()),
  winners: z.array(z.string()),
})
export type DrawProof = z.infer<typeof drawProofSchema>
export const drawListSchema = z.object({
  current: drawOpenMessageSchema.nullable(),
  /** People who are in the open draw so far. */
  entries: count,
  draws: z.array(z.object({ drawId: z.string(), title: z.string(), keyword: z.string(), state: z.string(), openedAt: z.number() })),
})
export type DrawList = z.infer<typeof drawListSchema>
/** A draw that is over: the winners as people, in their places, and what anybody checks it with. */
export const drawOverSchema = z.object({ title: z.string(), winners: z.array(personSchema), proof: drawProofSchema })
export type DrawOver = z.infer<typeof drawOverSchema>
export const drawStartedSchema = z.object({ drawId: z.string(), closesAtMs: z.number(), seedSha256: z.string() })
export type DrawStarted = z.infer<typeof drawStartedSchema>

export const textHistorySchema = z.object({ entries: z.array(z.object({ text: richTextSchema, by: z.string(), at: count })) })
export type TextHistory = z.infer<typeof textHistorySchema>
export const quickNoticesSchema = z.object({ notices: z.array(z.object({ id: count, text: richTextSchema })) })
export type QuickNotices = z.infer<typeof quickNoticesSchema>

export const giftPageSchema = z.object({ latest: count, events: z.array(z.discriminatedUnion('kind', [giftMessageSchema, refundMessageSchema])) })
export const giftTotalsSchema = z.object({
  show: count,
  coins: z.number(),
  gifts: z.number(),
  givers: count,
  top: z.array(z.object({ userId: z.string(), nick: z.string(), avatar: z.string(), coins: z.number(), gifts: z.number() })),
})
export type GiftTotals = z.infer<typeof giftTotalsSchema>

/** Longest word to all rooms, characters. */
export const MAX_BROADCAST_CHARS = 1_000
/** How it went: by IM's own broadcast, or as a message to each room. */
export const broadcastSchema = z.object({ by: z.enum(['broadcast', 'each-room']) })
export type BroadcastBy = z.infer<typeof broadcastSchema>['by']
/** A gift as the ledger has it: paid for, or taken back. */
export const giftEntrySchema = z.object({
  orderId: z.string(),
  userId: z.string(),
  nick: z.string(),
  avatar: z.string(),
  giftId: z.string(),
  count: z.number().int().positive(),
  coins: count,
  state: z.enum(['paid', 'refunded']),
  /** Number of the gift message that told the room; 0 = not told yet. */
  seq: count,
  /** The series of clicks that it was told with; '' = not told yet. */
  combo: z.string(),
  /** 0 = not thanked for. */
  thankedAt: count,
  /** Milliseconds of UNIX time: clicks of one second have their order. */
  atMs: count,
})
export type GiftEntry = z.infer<typeof giftEntrySchema>
/** A page of a show's gifts, newest first. `more`: there are older ones. */
export const giftEntriesSchema = z.object({ show: count, orders: z.array(giftEntrySchema), more: z.boolean() })
export type GiftEntries = z.infer<typeof giftEntriesSchema>
/** Orders that one request may tick. */
export const MAX_THANKED = 500
/** `orderIds`: those of the request that are in the room's ledger. */
export const giftsThankedSchema = z.object({ orderIds: z.array(z.string()), thankedAt: count })
export type GiftsThanked = z.infer<typeof giftsThankedSchema>
/** What a show came to. Null: nobody counted it, which is not the same as none. */
export const showReportSchema = z.object({
  show: count,
  beganAt: count.nullable(),
  /** Null while it is on air, too. */
  endedAt: count.nullable(),
  messages: count.nullable(),
  likes: count.nullable(),
  /** Messages that the room did not get. */
  lost: count.nullable(),
  gifts: z.number(),
  coins: z.number(),
  givers: count,
  viewersPeak: count.nullable(),
  viewersMean: z.number().nonnegative().nullable(),
  newFollowers: count.nullable(),
})
export type ShowReport = z.infer<typeof showReportSchema>

export const roomListSchema = z.object({ program: z.string(), rooms: z.array(publicRoomSchema) })
