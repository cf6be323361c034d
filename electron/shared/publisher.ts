import { z } from 'zod'
import { destinationStatsSchema } from './destination'
import { errorInfoSchema } from './stage'

/** Messages between main and the publisher process. Schemas are checked on arrival at both ends. */

/** main → publisher. Idempotent: after a restart main says it all again. */
export const publisherCommandSchema = z.discriminatedUnion('type', [
  /** With one port in the message: the stage's end of `ProgramMessage`. Replaces the former port. */
  z.strictObject({ type: z.literal('attach-program') }),
  /**
   * The whole wanted list. New ones connect, missing ones are stopped, an id with another URL is reconnected; where fresh
   * URLs are asked for, one that differs in its signature alone is kept for the next reconnect. [] = stop all.
   */
  z.strictObject({
    type: z.literal('set-destinations'),
    destinations: z
      .array(z.strictObject({ id: z.string().max(64), url: z.string().max(4_096), /** Ask for a fresh URL before each reconnect. */ refreshUrl: z.boolean() }))
      .max(16),
  }),
  /** The answer to `url-wanted`. */
  z.strictObject({ type: z.literal('fresh-url'), id: z.string().max(64), url: z.string().max(4_096) }),
  /** null = all. What waits, has failed or is still connecting is tried anew; a line that publishes is looked at again. */
  z.strictObject({ type: z.literal('reconnect-now'), id: z.string().max(64).nullable() }),
  /** The system says the network is back: as `reconnect-now` for all but failed ones, delays start again from 0. */
  z.strictObject({ type: z.literal('network-online') }),
  /** The most the encoder may be advised: the profile's video bitrate. */
  z.strictObject({ type: z.literal('set-bitrate'), videoKbps: z.number().int().positive() }),
  /** Stop all within PUBLISH.stopTimeoutMs and exit. */
  z.strictObject({ type: z.literal('shut-down') }),
])
export type PublisherCommand = z.infer<typeof publisherCommandSchema>

export const destinationStatusSchema = z.strictObject({
  id: z.string().max(64),
  state: z.enum(['off', 'connecting', 'publishing', 'reconnecting', 'failed', 'stopping']),
  sinceMs: z.number(),
  error: errorInfoSchema.nullable(),
  attempt: z.number().int().nonnegative(),
  nextRetryAtMs: z.number().nullable(),
  outageMs: z.number().nullable(),
  stats: destinationStatsSchema.nullable(),
})

/** publisher → main. */
export const publisherReportSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  /** Twice a second while any destination is wanted, and at once when a state changes. Who is stopped is in it until the goodbye is said. */
  z.strictObject({
    type: z.literal('status'),
    destinations: z.array(destinationStatusSchema).max(16),
    /** Which program the viewers get. */
    onAir: z.enum(['nothing', 'program', 'slate']),
    /** What the encoder was last told; null = its own bitrate. */
    advisedVideoKbps: z.number().nullable(),
    /** Of one core, by process.cpuUsage over the last second. */
    cpuPercent: z.number(),
  }),
  z.strictObject({ type: z.literal('url-wanted'), id: z.string().max(64) }),
  /** Everything wanted was stopped, the last goodbye is sent. The last counters stood in the `status` before. */
  z.strictObject({ type: z.literal('stopped') }),
  z.strictObject({ type: z.literal('log'), level: z.enum(['debug', 'info', 'warn', 'error']), message: z.string().max(2_000) }),
])
export type PublisherReport = z.infer<typeof publisherReportSchema>
