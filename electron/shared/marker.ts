import { z } from 'zod'

/** Longest label, characters. */
export const MAX_MARKER_LABEL_CHARS = 80
export const MAX_MARKERS = 200

/** One line; '' = it has no label yet. */
export const markerLabelSchema = z.string().trim().max(MAX_MARKER_LABEL_CHARS)

/** A moment of the show that the anchor wants to find again. */
export interface Marker {
  /** Unique within a show. */
  readonly id: number
  /** UNIX ms. */
  readonly atMs: number
  readonly label: string
}
