import { assertNever, type ErrorInfo } from '../../electron/shared/errors'
import type { TrtcUser } from '../../electron/shared/seats'
import { meaningOf } from './codes'

/**
 * The connection with another anchor's room (connectOtherRoom), as a pure machine. Times are UNIX milliseconds.
 *
 * out → asking → on → resting → … → out. It stands while this room is entered, and is made anew with the next entry. One request is under way at a time. What may
 * stand in the cloud is ended there before it is asked for again.
 */
export interface OtherRoomMachine {
  readonly wanted: TrtcUser | null
  readonly inRoom: boolean
  /** `out`: the SDK was asked for nothing · `asking` · `on` · `leaving`: disconnectOtherRoom is under way · `resting`: until it is tried again. */
  readonly phase: 'out' | 'asking' | 'on' | 'leaving' | 'resting'
  readonly asked: TrtcUser | null
  /** It was on, with the one that is wanted. */
  readonly wasOn: boolean
  /** The cloud may still hold it, though nothing comes. */
  readonly held: boolean
  readonly failures: number
  readonly error: ErrorInfo | null
  /** null = not by itself. */
  readonly retryAtMs: number | null
  /** Until when an answer may come. */
  readonly answerByMs: number | null
}

export type OtherRoomEvent =
  | { readonly type: 'want'; readonly other: TrtcUser | null }
  | { readonly type: 'in-room'; readonly inRoom: boolean }
  /** onConnectOtherRoom. */
  | { readonly type: 'answered'; readonly userId: string; readonly code: number }
  /** onDisconnectOtherRoom: the answer to one's own, or the cloud's word that it is over. */
  | { readonly type: 'disconnected' }
  | { readonly type: 'user-entered'; readonly userId: string }
  | { readonly type: 'user-left'; readonly userId: string }
  | { readonly type: 'try-now' }
  | { readonly type: 'time' }

export type OtherRoomEffect = { readonly type: 'connect'; readonly other: TrtcUser } | { readonly type: 'disconnect' }

export interface OtherRoomStep {
  readonly state: OtherRoomMachine
  readonly effects: readonly OtherRoomEffect[]
}

export const OTHER_ROOM = {
  answerTimeoutMs: 10_000,
  goodbyeMs: 2_000,
  retryDelaysMs: [1_000, 2_000, 5_000, 10_000, 15_000],
} as const
/** ERR_ROOM_REQUEST_CONN_ROOM_TIMEOUT */
const TIMED_OUT = -3326

export const NO_OTHER_ROOM: OtherRoomMachine = {
  wanted: null,
  inRoom: false,
  phase: 'out',
  asked: null,
  wasOn: false,
  held: false,
  failures: 0,
  error: null,
  retryAtMs: null,
  answerByMs: null,
}

export function stepOtherRoom(state: OtherRoomMachine, event: OtherRoomEvent, nowMs: number): OtherRoomStep {
  switch (event.type) {
    case 'want':
      if (same(state.wanted, event.other)) return stay(state)
      return go({ ...state, wanted: event.other, wasOn: false, failures: 0, error: null, retryAtMs: null }, nowMs)
    case 'in-room':
      if (event.inRoom === state.inRoom) return stay(state)
      // With the room the connection is gone.
      return go({ ...state, inRoom: event.inRoom, phase: 'out', asked: null, held: false, failures: 0, error: null, retryAtMs: null, answerByMs: null }, nowMs)
    case 'answered':
      if (state.phase !== 'asking' || event.userId !== state.asked?.userId) return stay(state)
      return event.code === 0 ? stay(on(state)) : stay(rest(state, event.code, false, nowMs))
    case 'disconnected':
      if (state.phase === 'leaving') return go({ ...state, phase: 'out', asked: null, held: false, answerByMs: null }, nowMs)
      return state.phase === 'on' ? stay(absent(state, false, nowMs)) : stay(state)
    case 'user-entered':
      return state.phase === 'resting' && event.userId === state.asked?.userId ? stay(on(state)) : stay(state)
    case 'user-left':
      return state.phase === 'on' && event.userId === state.asked?.userId ? stay(absent(state, true, nowMs)) : stay(state)
    case 'try-now':
      return state.phase === 'resting' ? go({ ...state, failures: 0, retryAtMs: nowMs }, nowMs) : stay(state)
    case 'time':
      return time(state, nowMs)
    default:
      return assertNever(event)
  }
}

/** The next moment at which `time` does something; null = none. */
export function otherRoomDueAtMs({ answerByMs, retryAtMs }: OtherRoomMachine): number | null {
  const times = [answerByMs, retryAtMs].filter((at) => at !== null)
  return times.length === 0 ? null : Math.min(...times)
}

/** What main is told. `failed` and `lost` are tried again, unless the error is for good. */
export function otherRoomState({ wanted, phase, asked, wasOn, error }: OtherRoomMachine): 'none' | 'connecting' | 'connected' | 'lost' | 'failed' {
  if (wanted === null) return 'none'
  if (phase === 'on' && same(asked, wanted)) return 'connected'
  if (wasOn) return 'lost'
  return error === null ? 'connecting' : 'failed'
}

/** Makes the request that is due, if none is under way. */
function go(state: OtherRoomMachine, nowMs: number): OtherRoomStep {
  const { wanted, inRoom, phase, asked, held, retryAtMs } = state
  if (!inRoom) return stay(state)
  switch (phase) {
    case 'out':
      if (wanted === null) return stay(state)
      return {
        state: { ...state, phase: 'asking', asked: wanted, retryAtMs: null, answerByMs: nowMs + OTHER_ROOM.answerTimeoutMs },
        effects: [{ type: 'connect', other: wanted }],
      }
    case 'asking':
    case 'on':
      return same(asked, wanted) ? stay(state) : leave(state, nowMs)
    case 'leaving':
      return stay(state)
    case 'resting':
      if (same(asked, wanted) && (retryAtMs === null || retryAtMs > nowMs)) return stay(state)
      return held ? leave(state, nowMs) : go({ ...state, phase: 'out', asked: null, retryAtMs: null }, nowMs)
    default:
      return assertNever(phase)
  }
}

function leave(state: OtherRoomMachine, nowMs: number): OtherRoomStep {
  return { state: { ...state, phase: 'leaving', retryAtMs: null, answerByMs: nowMs + OTHER_ROOM.goodbyeMs }, effects: [{ type: 'disconnect' }] }
}

function on(state: OtherRoomMachine): OtherRoomMachine {
  return { ...state, phase: 'on', wasOn: true, held: true, failures: 0, error: null, retryAtMs: null, answerByMs: null }
}

function rest(state: OtherRoomMachine, code: number, held: boolean, nowMs: number): OtherRoomMachine {
  const { error, permanent } = meaningOf(code)
  return resting(state, error, held, permanent ? null : nowMs)
}

/** The other anchor is not there any more. */
function absent(state: OtherRoomMachine, held: boolean, nowMs: number): OtherRoomMachine {
  return resting(state, { code: 'trtc.other-anchor-absent', context: { code: 0 } }, held, nowMs)
}

function resting(state: OtherRoomMachine, error: ErrorInfo, held: boolean, againFromMs: number | null): OtherRoomMachine {
  const failures = state.failures + 1
  const delayMs = OTHER_ROOM.retryDelaysMs[Math.min(failures, OTHER_ROOM.retryDelaysMs.length) - 1] ?? 0
  return { ...state, phase: 'resting', held, failures, error, retryAtMs: againFromMs === null ? null : againFromMs + delayMs, answerByMs: null }
}

function time(state: OtherRoomMachine, nowMs: number): OtherRoomStep {
  if (state.answerByMs !== null && nowMs >= state.answerByMs) {
    // It may stand all the same.
    if (state.phase === 'asking') return stay(rest(state, TIMED_OUT, true, nowMs))
    return go({ ...state, phase: 'out', asked: null, held: false, answerByMs: null }, nowMs)
  }
  return go(state, nowMs)
}

function stay(state: OtherRoomMachine): OtherRoomStep {
  return { state, effects: [] }
}

function same(a: TrtcUser | null, b: TrtcUser | null): boolean {
  return a === b || (a !== null && b !== null && a.roomId === b.roomId && a.userId === b.userId)
}
