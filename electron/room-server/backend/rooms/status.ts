import type { RoomStatus } from '../../../shared/room-message'

/**
 * What may follow what. An upcoming show may be called off; an ended one may be taken up again (ended by mistake), shown as a recording,
 * or followed by the next show in the same room. A recording never becomes live by itself.
 */
export const STATUS_TRANSITIONS = {
  upcoming: ['live', 'ended'],
  live: ['paused', 'ended'],
  paused: ['live', 'ended'],
  ended: ['live', 'playback', 'upcoming'],
  playback: ['ended', 'upcoming'],
} as const satisfies Record<RoomStatus, readonly RoomStatus[]>

/**
 * What the picture's coming and going does by itself. Anything else stays: an encoder left running must not open an ended show again,
 * and a pause of the anchor's own is a pause until pictures come.
 */
export const PROGRAM_TRANSITIONS = {
  published: { upcoming: 'live', paused: 'live' },
  unpublished: { live: 'paused' },
} as const satisfies Record<'published' | 'unpublished', Partial<Record<RoomStatus, RoomStatus>>>

export type TransitionResult =
  /** `changed` is false when the room already has the status: saying it twice does no harm. */
  { readonly ok: true; readonly changed: boolean } | { readonly ok: false; readonly allowed: readonly RoomStatus[] }

export function transition(from: RoomStatus, to: RoomStatus): TransitionResult {
  if (from === to) return { ok: true, changed: false }
  const allowed: readonly RoomStatus[] = STATUS_TRANSITIONS[from]
  return allowed.includes(to) ? { ok: true, changed: true } : { ok: false, allowed }
}

/** @returns the status that follows by itself when the program begins or stops to arrive; null = it stays */
export function programMoved(from: RoomStatus, program: 'published' | 'unpublished'): RoomStatus | null {
  const moves: Partial<Record<RoomStatus, RoomStatus>> = PROGRAM_TRANSITIONS[program]
  return moves[from] ?? null
}
