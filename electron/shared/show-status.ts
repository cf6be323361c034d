import { z } from 'zod'
import { NOTICE_LIMIT_BYTES, utf8Bytes } from './notice-text'
import { richTextSchema } from './room-message'

/**
 * A status of the show: a card in place of the program (or a line on it), a notice and the room's status, set and taken back together.
 * All but `last-10-minutes` cover the picture.
 */
export const STATUS_KINDS = ['be-right-back', 'starting-soon', 'last-10-minutes', 'custom'] as const
export type StatusKind = (typeof STATUS_KINDS)[number]

/** Longest text on a card or line, characters. */
export const MAX_STATUS_CHARS = 80

export const showStatusSchema = z
  .strictObject({
    kind: z.enum(STATUS_KINDS),
    /** On the card or line. '' = what the card says by itself; your own and the line need words. */
    text: z.string().trim().max(MAX_STATUS_CHARS),
    /** The room's notice while it lasts; '' = the notice stays as it is. */
    notice: z.string().refine((text) => utf8Bytes(text) <= NOTICE_LIMIT_BYTES.notification),
  })
  .refine(({ kind, text }) => text !== '' || kind === 'be-right-back' || kind === 'starting-soon', { error: 'this card says nothing by itself' })
export type ShowStatus = z.infer<typeof showStatusSchema>

/** A status that holds, with what it took the place of. Kept with the settings: it outlives a crash. */
export const heldStatusSchema = z.strictObject({
  status: showStatusSchema,
  /** The room said that it took the notice. */
  noticeSaid: z.boolean(),
  /** The notice before it; null = not known, or not touched. */
  noticeBefore: richTextSchema.nullable(),
  /** Whether the anchor had paused before it. */
  pausedBefore: z.boolean(),
})
export type HeldStatus = z.infer<typeof heldStatusSchema>

export function covers({ kind }: Pick<ShowStatus, 'kind'>): boolean {
  return kind !== 'last-10-minutes'
}

/** What viewers see apart from the scene. */
export interface Standing {
  readonly held: HeldStatus | null
  readonly paused: boolean
}

/** The show with another status. What was before the first of them is remembered until the last is over. */
export function withStatus({ held, paused }: Standing, status: ShowStatus): Standing {
  const covered = held !== null && covers(held.status)
  const pausedBefore = covered ? held.pausedBefore : paused
  // One without a notice of its own leaves that of the status before it.
  const notice = status.notice === '' ? (held?.status.notice ?? '') : status.notice
  const noticeSaid = status.notice === '' ? (held?.noticeSaid ?? true) : false
  return { held: { status: { ...status, notice }, noticeSaid, noticeBefore: held?.noticeBefore ?? null, pausedBefore }, paused: covers(status) || pausedBefore }
}

/** The show as it was before any status. */
export function withoutStatus({ held, paused }: Standing): Standing {
  return { held: null, paused: held !== null && covers(held.status) ? held.pausedBefore : paused }
}

/** What the card says, beside its own words. `pause` is the anchor's plain pause. */
export const cardSchema = z.strictObject({
  kind: z.enum(['pause', 'be-right-back', 'starting-soon', 'custom']),
  text: z.string().max(MAX_STATUS_CHARS),
})
export type Card = z.infer<typeof cardSchema>

export const PAUSE_CARD: Card = { kind: 'pause', text: '' }

export function cardOf(status: ShowStatus | null): Card {
  return status === null || status.kind === 'last-10-minutes' ? PAUSE_CARD : { kind: status.kind, text: status.text }
}

/** The line on the program; '' = none. */
export function lineOf(status: ShowStatus | null): string {
  return status?.kind === 'last-10-minutes' ? status.text : ''
}
