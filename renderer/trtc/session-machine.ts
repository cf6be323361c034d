import { assertNever, type ErrorInfo } from '../../electron/shared/errors'
import type { TrtcTicket } from '../../electron/shared/trtc'
import { meaningOf } from './codes'

/**
 * The stay in the one TRTC room, as a pure machine. Times are UNIX milliseconds.
 *
 * out → entering → in → leaving → out. Each entry is paired with an exit, and the next entry waits for onExitRoom. What failed waits (`waiting`)
 * and is tried again, or waits for a person (`failed`). While the connection is lost the stay goes on (`in`, `lostAtMs`): the SDK reconnects by itself.
 */
export type SessionPhase = 'out' | 'entering' | 'in' | 'leaving' | 'waiting' | 'failed'

export interface SessionState {
  readonly phase: SessionPhase
  /** Where to be; null = nowhere. */
  readonly wanted: TrtcTicket | null
  /** With what the room was entered, while the phase is entering, in or leaving. */
  readonly used: TrtcTicket | null
  /** Media of this stay went out. */
  readonly sent: boolean
  readonly lostAtMs: number | null
  /** Since when viewers have seen nothing after they once did, or an entry failed. */
  readonly faultSinceMs: number | null
  /** How long the last fault lasted, while media goes out after it. */
  readonly outageMs: number | null
  /** Failures in a row. */
  readonly failures: number
  readonly error: ErrorInfo | null
  /** What comes when the room is left. */
  readonly next: 'out' | 'again' | 'failed'
  /** When `time` is due; null = never. */
  readonly dueAtMs: number | null
  /** Media went out again after a fault, since the show began. */
  readonly reconnects: number
}

export const OUT: SessionState = {
  phase: 'out',
  wanted: null,
  used: null,
  sent: false,
  lostAtMs: null,
  faultSinceMs: null,
  outageMs: null,
  failures: 0,
  error: null,
  next: 'out',
  dueAtMs: null,
  reconnects: 0,
}

export type SessionEvent =
  /** The room to be in, with a fresh ticket too. */
  | { readonly type: 'want'; readonly ticket: TrtcTicket | null }
  /** onEnterRoom: milliseconds taken, or an error code below 0. */
  | { readonly type: 'entered'; readonly result: number }
  /** onExitRoom: 0 by ourselves, 1 sent out, 2 the room was dissolved. */
  | { readonly type: 'exited'; readonly reason: number }
  /** onSendFirstLocalVideoFrame, or onSendFirstLocalAudioFrame where there is only sound. */
  | { readonly type: 'media-sent' }
  | { readonly type: 'connection-lost' }
  | { readonly type: 'recovered' }
  /** onError with a code about the room. */
  | { readonly type: 'error'; readonly code: number }
  /** The SDK says that it takes this user for one of the audience (warning 6001). */
  | { readonly type: 'taken-for-audience' }
  | { readonly type: 'try-now' }
  | { readonly type: 'time' }

export type SessionEffect =
  | { readonly type: 'enter'; readonly ticket: TrtcTicket }
  | { readonly type: 'exit' }
  /** switchRole to anchor. */
  | { readonly type: 'be-anchor'; readonly privateMapKey: string }
  /** The room is not left in time. */
  | { readonly type: 'stuck' }

export interface SessionStep {
  readonly state: SessionState
  readonly effects: readonly SessionEffect[]
}

export const SESSION = {
  /** The SDK's own time-outs are shorter; this one catches an answer that never comes. */
  enterTimeoutMs: 20_000,
  exitTimeoutMs: 10_000,
  /** The SDK reconnects by itself; after so long a new entry, with the newest ticket, finds what it does not. */
  lostTimeoutMs: 90_000,
  /** So long on air, and the next failure is a first one again. */
  stableAfterMs: 5_000,
  retryDelaysMs: [500, 1_000, 2_000, 4_000, 8_000, 15_000],
} as const

export function stepSession(state: SessionState, event: SessionEvent, nowMs: number): SessionStep {
  switch (event.type) {
    case 'want':
      return want(state, event.ticket, nowMs)
    case 'entered':
      return entered(state, event.result, nowMs)
    case 'exited':
      return exited(state, event.reason, nowMs)
    case 'media-sent':
      return mediaSent(state, nowMs)
    case 'connection-lost':
      if (state.phase !== 'in' || state.lostAtMs !== null) return stay(state)
      return stay({
        ...state,
        lostAtMs: nowMs,
        faultSinceMs: state.faultSinceMs ?? nowMs,
        outageMs: null,
        error: { code: 'trtc.connection-lost', context: { seconds: 0 } },
        dueAtMs: nowMs + SESSION.lostTimeoutMs,
      })
    case 'recovered':
      return recovered(state, nowMs)
    case 'error':
      return roomError(state, event.code, nowMs)
    case 'taken-for-audience':
      if (state.phase !== 'in' || state.used === null) return stay(state)
      return { state, effects: [{ type: 'be-anchor', privateMapKey: (state.wanted ?? state.used).privateMapKey }] }
    case 'try-now':
      return tryNow(state, nowMs)
    case 'time':
      return state.dueAtMs === null || nowMs < state.dueAtMs ? stay(state) : timeUp(state, nowMs)
    default:
      return assertNever(event)
  }
}

/** The same user in the same room: another ticket for it is kept for the next entry. */
function samePlace(a: TrtcTicket, b: TrtcTicket): boolean {
  return a.sdkAppId === b.sdkAppId && a.userId === b.userId && a.roomId === b.roomId
}

function sameTicket(a: TrtcTicket, b: TrtcTicket): boolean {
  return samePlace(a, b) && a.userSig === b.userSig && a.privateMapKey === b.privateMapKey
}

function isDecided({ error }: SessionState): boolean {
  return error?.code === 'trtc.kicked' || error?.code === 'trtc.room-dissolved'
}

function want(state: SessionState, ticket: TrtcTicket | null, nowMs: number): SessionStep {
  if (ticket === null) {
    switch (state.phase) {
      case 'entering':
      case 'in':
        return leave({ ...state, wanted: null, error: null }, 'out', nowMs)
      case 'leaving':
        return stay({ ...state, wanted: null, next: 'out' })
      default:
        return stay(OUT)
    }
  }
  const moved = state.wanted === null || !samePlace(state.wanted, ticket)
  const next: SessionState = { ...state, wanted: ticket }
  switch (state.phase) {
    case 'out':
      return enter({ ...next, reconnects: 0 }, ticket, nowMs)
    case 'failed':
      // Who was sent out does not come back because a permission was renewed.
      if (!moved && (isDecided(state) || (state.wanted !== null && sameTicket(state.wanted, ticket)))) return stay(next)
      return enter({ ...next, failures: 0 }, ticket, nowMs)
    case 'waiting':
      return moved || state.error?.code === 'trtc.signature-expired' ? enter(next, ticket, nowMs) : stay(next)
    case 'entering':
    case 'in':
      return state.used !== null && samePlace(state.used, ticket) ? stay(next) : leave({ ...next, failures: 0, error: null }, 'again', nowMs)
    case 'leaving':
      return stay({ ...next, next: state.next === 'failed' && !moved ? 'failed' : 'again' })
    default:
      return assertNever(state.phase)
  }
}

function entered(state: SessionState, result: number, nowMs: number): SessionStep {
  if (state.phase !== 'entering') return stay(state)
  if (result >= 0) return stay({ ...state, phase: 'in', sent: false, lostAtMs: null, dueAtMs: null })
  const { error, permanent } = meaningOf(result)
  return fail(state, error, permanent, nowMs)
}

function exited(state: SessionState, reason: number, nowMs: number): SessionStep {
  if (state.phase === 'leaving') return left(state, nowMs)
  if (state.phase !== 'in' && state.phase !== 'entering') return stay(state)
  const gone: SessionState = { ...state, used: null, sent: false, lostAtMs: null, faultSinceMs: state.faultSinceMs ?? nowMs, outageMs: null }
  switch (reason) {
    case 1:
      return left({ ...gone, next: 'failed', error: { code: 'trtc.kicked', context: { reason: 'sent out' } } }, nowMs)
    case 2:
      return left({ ...gone, next: 'failed', error: { code: 'trtc.room-dissolved', context: {} } }, nowMs)
    default:
      // Not asked for, and no reason given: as a connection that broke.
      return left({ ...gone, next: 'again', failures: state.failures + 1, error: { code: 'trtc.connection-lost', context: { seconds: 0 } } }, nowMs)
  }
}

function mediaSent(state: SessionState, nowMs: number): SessionStep {
  if (state.phase !== 'in' || state.sent) return stay(state)
  if (state.lostAtMs !== null) return stay({ ...state, sent: true })
  return stay(onAir({ ...state, sent: true }, nowMs))
}

function recovered(state: SessionState, nowMs: number): SessionStep {
  if (state.phase !== 'in' || state.lostAtMs === null) return stay(state)
  const back: SessionState = { ...state, lostAtMs: null, error: null, dueAtMs: null }
  return stay(state.sent ? onAir(back, nowMs) : back)
}

function onAir(state: SessionState, nowMs: number): SessionState {
  const again = state.faultSinceMs !== null
  return {
    ...state,
    error: null,
    outageMs: state.faultSinceMs === null ? null : nowMs - state.faultSinceMs,
    faultSinceMs: null,
    reconnects: state.reconnects + (again ? 1 : 0),
    dueAtMs: nowMs + SESSION.stableAfterMs,
  }
}

/** While entering, onEnterRoom says the same and decides; in the room the SDK goes on by itself unless it cannot. */
function roomError(state: SessionState, code: number, nowMs: number): SessionStep {
  const { error, permanent } = meaningOf(code)
  if (state.phase !== 'in' || !permanent) return stay(state)
  return fail(state, error, permanent, nowMs)
}

function tryNow(state: SessionState, nowMs: number): SessionStep {
  if (state.wanted === null) return stay(state)
  if (state.phase === 'waiting') return enter(state, state.wanted, nowMs)
  if (state.phase === 'failed') return enter({ ...state, failures: 0 }, state.wanted, nowMs)
  if (state.phase === 'in' && state.lostAtMs !== null) return leave({ ...state, failures: 0 }, 'again', nowMs)
  if (state.phase === 'leaving') return stay({ ...state, next: 'again', failures: 0 })
  return stay(state)
}

function timeUp(state: SessionState, nowMs: number): SessionStep {
  switch (state.phase) {
    case 'entering':
      return fail(state, { code: 'trtc.timeout', context: { code: 0 } }, false, nowMs)
    case 'leaving':
      // An entry before onExitRoom has effects that nobody knows: only a fresh process helps.
      return { state: { ...state, dueAtMs: null }, effects: [{ type: 'stuck' }] }
    case 'waiting':
      return state.wanted === null ? stay(OUT) : enter(state, state.wanted, nowMs)
    case 'in':
      if (state.lostAtMs !== null) return leave({ ...state, failures: state.failures + 1 }, 'again', nowMs)
      return stay({ ...state, failures: 0, dueAtMs: null })
    default:
      return stay({ ...state, dueAtMs: null })
  }
}

function stay(state: SessionState): SessionStep {
  return { state, effects: [] }
}

function enter(state: SessionState, ticket: TrtcTicket, nowMs: number): SessionStep {
  return {
    state: { ...state, phase: 'entering', used: ticket, sent: false, lostAtMs: null, next: 'out', dueAtMs: nowMs + SESSION.enterTimeoutMs },
    effects: [{ type: 'enter', ticket }],
  }
}

function fail(state: SessionState, error: ErrorInfo, permanent: boolean, nowMs: number): SessionStep {
  const failed: SessionState = { ...state, error, failures: state.failures + 1, faultSinceMs: state.faultSinceMs ?? nowMs, outageMs: null }
  return leave(failed, permanent ? 'failed' : 'again', nowMs)
}

/** Also after an entry that failed: the SDK wants each one paired. */
function leave(state: SessionState, next: SessionState['next'], nowMs: number): SessionStep {
  return {
    state: { ...state, phase: 'leaving', sent: false, lostAtMs: null, next, dueAtMs: nowMs + SESSION.exitTimeoutMs },
    effects: [{ type: 'exit' }],
  }
}

function left(state: SessionState, nowMs: number): SessionStep {
  const outside: SessionState = { ...state, used: null, sent: false, lostAtMs: null, dueAtMs: null }
  if (state.wanted === null || state.next === 'out') return stay(OUT)
  if (state.next === 'failed') return stay({ ...outside, phase: 'failed' })
  if (state.failures === 0) return enter(outside, state.wanted, nowMs)
  const delayMs = SESSION.retryDelaysMs[Math.min(state.failures, SESSION.retryDelaysMs.length) - 1] ?? 0
  return stay({ ...outside, phase: 'waiting', dueAtMs: nowMs + delayMs })
}
