import { assertNever } from '../../../../electron/shared/errors'
import { isLasting, type TrtcTrouble } from './trtc-trouble'

/**
 * A co-anchor's stay in the show's TRTC room, as a pure machine.
 *
 * out → preparing (SDK and a fresh ticket) → entering → in → leaving → out. Each entry that was begun is paired with an exit, and the next one waits for it; only who was sent
 * out, or not let in, has none to make. What failed waits (`waiting`) and begins with a fresh ticket, or stays so (`failed`). While the connection is away the stay goes on: the SDK
 * reconnects by itself.
 */
export interface TrtcStay {
  readonly phase: 'out' | 'preparing' | 'entering' | 'in' | 'leaving' | 'waiting' | 'failed'
  readonly wanted: boolean
  /** In the room, and the connection is away. */
  readonly away: boolean
  /** In a row. */
  readonly failures: number
  readonly trouble: TrtcTrouble | null
}

export const OUTSIDE: TrtcStay = { phase: 'out', wanted: false, away: false, failures: 0, trouble: null }

export type StayEvent =
  | { readonly type: 'want'; readonly wanted: boolean }
  | { readonly type: 'prepared' }
  | { readonly type: 'entered' }
  /** Of the preparation or the entry; or what ended the stay. */
  | { readonly type: 'failed'; readonly trouble: TrtcTrouble }
  /** By others: the room is left already. */
  | { readonly type: 'sent-out'; readonly trouble: TrtcTrouble }
  | { readonly type: 'left' }
  | { readonly type: 'connection'; readonly away: boolean }
  /** Something is wrong that does not end the stay; null = not any more. */
  | { readonly type: 'trouble'; readonly trouble: TrtcTrouble | null }
  /** The wait is over, or there is a reason not to wait. */
  | { readonly type: 'again' }

export type StayEffect = { readonly type: 'prepare' | 'enter' | 'exit' } | { readonly type: 'wait'; readonly ms: number }

export interface StayStep {
  readonly state: TrtcStay
  readonly effects: readonly StayEffect[]
}

/** Pauses between two entries, milliseconds; the last one goes on: in a room with advanced permissions nobody comes in before the anchor. */
export const AGAIN_MS = [500, 1_000, 2_000, 4_000] as const

export function stepStay(state: TrtcStay, event: StayEvent): StayStep {
  switch (event.type) {
    case 'want':
      return want(state, event.wanted)
    case 'prepared':
      return state.phase === 'preparing' ? step({ ...state, phase: 'entering' }, { type: 'enter' }) : step(state)
    case 'entered':
      return state.phase === 'entering' ? step({ ...state, phase: 'in', away: false, failures: 0, trouble: null }) : step(state)
    case 'failed':
      if (state.phase === 'preparing' || state.phase === 'entering') return outside(failed(state, event.trouble))
      return state.phase === 'in' ? step({ ...failed(state, event.trouble), phase: 'leaving' }, { type: 'exit' }) : step(state)
    case 'sent-out':
      return state.phase === 'in' || state.phase === 'entering' ? outside(failed(state, event.trouble)) : step(state)
    case 'left':
      return state.phase === 'leaving' ? outside(state) : step(state)
    case 'connection':
      return state.phase === 'in' ? step({ ...state, away: event.away }) : step(state)
    case 'trouble':
      return state.phase === 'in' ? step({ ...state, trouble: event.trouble }) : step(state)
    case 'again':
      return state.phase === 'waiting' || (state.phase === 'failed' && state.wanted) ? prepare(state) : step(state)
    default:
      return assertNever(event)
  }
}

function want(state: TrtcStay, wanted: boolean): StayStep {
  const next: TrtcStay = { ...state, wanted }
  if (wanted) return state.phase === 'out' ? prepare(next) : step(next)
  switch (state.phase) {
    case 'entering':
    case 'in':
      return step({ ...next, phase: 'leaving', away: false, failures: 0, trouble: null }, { type: 'exit' })
    case 'leaving':
      return step({ ...next, failures: 0, trouble: null })
    default:
      return step(OUTSIDE)
  }
}

function failed(state: TrtcStay, trouble: TrtcTrouble): TrtcStay {
  return { ...state, away: false, failures: state.failures + 1, trouble }
}

/** The room is left, or was never entered: what comes now? */
function outside(state: TrtcStay): StayStep {
  if (!state.wanted) return step(OUTSIDE)
  if (state.trouble === null) return prepare(state)
  if (isLasting(state.trouble)) return step({ ...state, phase: 'failed' })
  const ms = AGAIN_MS[Math.min(state.failures, AGAIN_MS.length) - 1] ?? AGAIN_MS[0]
  return step({ ...state, phase: 'waiting' }, { type: 'wait', ms })
}

function prepare(state: TrtcStay): StayStep {
  return step({ ...state, phase: 'preparing' }, { type: 'prepare' })
}

function step(state: TrtcStay, ...effects: readonly StayEffect[]): StayStep {
  return { state, effects }
}
