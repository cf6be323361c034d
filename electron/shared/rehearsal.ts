import { z } from 'zod'

/** A show of a minute for nobody: the real path from camera to chat, with a room and viewers that exist for it alone. */

/** Lengths that can be asked for, seconds. */
export const REHEARSAL_SECONDS = { min: 8, usual: 60, max: 300 } as const
/** Viewers that come. */
export const REHEARSAL_VIEWERS = 10
/** So long nothing is let into the ingest when the line is cut. */
export const REHEARSAL_CUT_MS = 3_000

const count = z.number().int().nonnegative()

/** What the rehearsal's own room counted. Null: it did not. */
export const rehearsalFiguresSchema = z.strictObject({
  viewersPeak: count.nullable(),
  messages: count.nullable(),
  likes: count.nullable(),
  gifts: z.number(),
  coins: z.number(),
  /** Messages of the anchor that the viewers could read. */
  anchorMessages: count,
})
export type RehearsalFigures = z.infer<typeof rehearsalFiguresSchema>

export interface RehearsalResult {
  /** It was not stopped before its end. */
  readonly completed: boolean
  /** The cut of the line: the show came back, it did not, or it was over before. */
  readonly cut: 'survived' | 'not-survived' | 'not-reached'
  /** How long viewers saw nothing new, ms. */
  readonly outageMs: number | null
  /** Loudest sound of the program, dBFS; null = nothing was measured. */
  readonly loudestDb: number | null
  /** Null: the room of the rehearsal went away. */
  readonly figures: RehearsalFigures | null
}

export type RehearsalState =
  | { readonly name: 'off' }
  | { readonly name: 'opening' }
  /** UNIX ms. */
  | { readonly name: 'running'; readonly endsAtMs: number }
  | { readonly name: 'ending' }
  | { readonly name: 'over'; readonly result: RehearsalResult }
