import { z } from 'zod'

/**
 * A PK: two rooms of two installations, whose anchors are on one another's air, hold the gifts of so many seconds against each other. The room that
 * lets the other one in is the host: its clock and its sums decide. Coins are whole numbers.
 */

/** How long a run may be, seconds. */
export const PK_SECONDS = { min: 10, max: 1_800 } as const
/** How long the other room may think about an offer. */
export const PK_OFFER_MS = 30_000
/** After the end: so long the host waits for the last sum of the other room. */
export const PK_FINAL_WAIT_MS = 5_000
/** A result is shown until the next PK, until it is put away, or so long. */
export const PK_RESULT_KEPT_MS = 24 * 3_600_000
/** More than any room takes in half an hour: what is above is no sum. */
export const MAX_PK_COINS = 1_000_000_000_000

/** `offered` is the crew's to know, never the viewers'. */
export const PK_STATES = ['none', 'offered', 'running', 'ended'] as const
export const pkStateSchema = z.enum(PK_STATES)
export type PkState = z.infer<typeof pkStateSchema>

/** How it went for the room that is told. `stopped`: ended before its time, by the host; nobody won. */
export const PK_RESULTS = ['won', 'lost', 'drawn', 'stopped'] as const
export const pkResultSchema = z.enum(PK_RESULTS)
export type PkResult = z.infer<typeof pkResultSchema>

const count = z.number().int().nonnegative()
export const pkCoinsSchema = count.max(MAX_PK_COINS)
export const pkIdSchema = z.string().regex(/^[0-9a-f]{16}$/, '16 hex digits')

/** What the crew of a room sees. */
export const pkViewSchema = z.object({
  /** As in the room's messages of the kind `pk`; grows with each change. */
  rev: count,
  /** '' = there is none. */
  pkId: z.string(),
  state: pkStateSchema,
  /** `guest`: the other room runs it. Null = there is none. */
  side: z.enum(['host', 'guest']).nullable(),
  /** The other room's anchor, as a co-anchor of this room; '' = this room is the guest, or there is none. */
  userId: z.string(),
  other: z.object({ nick: z.string() }),
  /** Coins of this room and of the other. */
  own: count,
  others: count,
  /** How long the run is to be, seconds. */
  seconds: count,
  /** Until the offer lapses or the run is over; 0 after that. */
  remainingMs: count,
  /** The run's end, UNIX seconds of this room's clock; 0 = it has not begun. */
  endsAt: count,
  /** Null = not yet or, where it has ended, not known: the other room was not there to tell. */
  result: pkResultSchema.nullable(),
  /** The other room has not been heard of for some seconds. The run goes on. */
  otherAway: z.boolean(),
  /** User ids of those on this room's air who are rooms of their own: they can be offered a PK. */
  rooms: z.array(z.string()),
})
export type PkView = z.infer<typeof pkViewSchema>

/** What the host tells the other room's server, from that room's side: `own` is the guest's sum, as the host has it. */
export const pkWordSchema = z.object({
  pkId: z.union([z.literal(''), pkIdSchema]),
  state: pkStateSchema,
  /** What the host's anchor is called. */
  nick: z.string().max(60),
  own: pkCoinsSchema,
  others: pkCoinsSchema,
  seconds: count.max(PK_SECONDS.max),
  /** Since the run began, and until it is over or the offer lapses: spans, so that the clocks of the two need not agree. */
  elapsedMs: count.max(PK_RESULT_KEPT_MS),
  remainingMs: count.max(PK_SECONDS.max * 1_000),
  result: pkResultSchema.nullable(),
})
export type PkWord = z.infer<typeof pkWordSchema>

export const CONNECTION_STATES = ['connected', 'lost'] as const
/** Why it is lost: nobody answers, what answers is no room, its certificate is not trusted, or the link that we came by has ended. */
export const CONNECTION_FAULTS = ['unreachable', 'not-a-room', 'certificate', 'refused'] as const
export type ConnectionFault = (typeof CONNECTION_FAULTS)[number]

/** The other room that this room's server speaks to. Lives in memory: after a restart of the server it has to be made anew. */
export const connectionSchema = z.object({
  /** Null = there is none. */
  connection: z
    .object({
      /** Scheme, host and port. */
      base: z.string(),
      room: z.string(),
      /** What the other room's anchor is called. */
      nick: z.string(),
      /** `lost`: it is tried again until somebody disconnects. */
      state: z.enum(CONNECTION_STATES),
      fault: z.enum(CONNECTION_FAULTS).nullable(),
      /** UNIX seconds: since when it is in this state. */
      since: count,
    })
    .nullable(),
})
export type ConnectionView = z.infer<typeof connectionSchema>
