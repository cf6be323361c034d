import { z } from 'zod'

/** What is drawn over the picture: moving comments, one pinned message, one gift banner. */

export const OVERLAY = {
  /** Comments that move or wait at once. */
  maxLines: 40,
  textChars: 200,
  nameChars: 60,
  /** Comments that go out in any second, and in one message. The newest win. */
  commentsPerSecond: 10,
  /** Banners that wait behind the one that is seen. */
  maxBanners: 4,
} as const

/** Seconds in which the head of a line crosses the picture. */
export const CROSSING_SECONDS = { slow: 14, normal: 9, fast: 6 } as const
/** The font's size as a share of the picture's height. */
export const COMMENT_SIZE = { small: 0.035, normal: 0.045, large: 0.06 } as const
/** Share of the picture's height, from the top, that comments cross. */
export const COMMENT_AREA = { quarter: 0.25, half: 0.5, whole: 0.96 } as const

const id = z.string().min(1).max(128)
const name = z.string().max(OVERLAY.nameChars)
const text = z.string().max(OVERLAY.textChars)

export const OVERLAY_MODES = ['off', 'preview', 'program'] as const

/**
 * How comments are shown, saved. `comments`: nowhere, to the anchor alone, or to viewers too. A pinned message and gift banners are for viewers
 * unless the mode is `preview`.
 */
export const overlaySettingsSchema = z.strictObject({
  comments: z.enum(OVERLAY_MODES),
  speed: z.enum(['slow', 'normal', 'fast']),
  size: z.enum(['small', 'normal', 'large']),
  area: z.enum(['quarter', 'half', 'whole']),
  /** With the names of those who wrote. */
  names: z.boolean(),
  /** Banners for big gifts. */
  gifts: z.boolean(),
})
export type OverlaySettings = z.infer<typeof overlaySettingsSchema>
export type OverlayMode = OverlaySettings['comments']

export const DEFAULT_OVERLAY: OverlaySettings = { comments: 'off', speed: 'normal', size: 'normal', area: 'quarter', names: true, gifts: true }

/** One comment. `id` is how it is taken back. */
export const overlayCommentSchema = z.strictObject({ id, name, text })
export type OverlayComment = z.infer<typeof overlayCommentSchema>
export const overlayCommentsSchema = z.array(overlayCommentSchema).max(OVERLAY.commentsPerSecond)

/** `userId` and `msgSeq` (0 = not known) tell whose it is: when that is taken back, so is the pin. */
export const overlayPinSchema = z.strictObject({ userId: z.string().max(64), msgSeq: z.number().int().nonnegative(), name, text })
export type OverlayPin = z.infer<typeof overlayPinSchema>

/** A banner with the id of the one that is seen replaces its words. */
export const overlayBannerSchema = z.strictObject({ id, name, text })
export type OverlayBanner = z.infer<typeof overlayBannerSchema>

export const PK_RESULTS = ['won', 'lost', 'drawn', 'stopped'] as const
const pkSide = z.strictObject({ name, coins: z.number().int().nonnegative().max(1e12) })
/** The score of a PK, for viewers: the own side and the other room's. */
export const overlayPkSchema = z.strictObject({
  own: pkSide,
  other: pkSide,
  /** UNIX milliseconds; null = it is over. */
  endsAtMs: z.number().nullable(),
  /** null = it runs, or the sums are still being compared. */
  result: z.enum(PK_RESULTS).nullable(),
})
export type OverlayPk = z.infer<typeof overlayPkSchema>

export const overlayIdsSchema = z.array(id).max(100)

/** What the stage is told. */
export const overlayStateSchema = overlaySettingsSchema.extend({ pinned: overlayPinSchema.nullable(), pk: overlayPkSchema.nullable() })
export type OverlayState = z.infer<typeof overlayStateSchema>

/** Whether a pinned message and banners are for viewers. */
export function bannersOnProgram({ comments }: Pick<OverlaySettings, 'comments'>): boolean {
  return comments !== 'preview'
}

/** What turns the direction of the letters after it, since a name must not reorder what stands beside it; and lone halves of characters. */
const UNSHOWN = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\p{Cs}]/gu

/** Anybody's words as one line: no control characters, no line feeds, no turned directions, no lone halves of characters, at most `maxChars` UTF-16 units and no half character. */
export function plainLine(words: string, maxChars: number): string {
  return words
    .replace(UNSHOWN, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, maxChars)
    .replace(/[\ud800-\udbff]$/, '')
}
