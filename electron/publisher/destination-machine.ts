import { AnchorError, assertNever, isPermanent, type ErrorInfo } from '../shared/errors'

/**
 * One destination's life as a pure machine. Times are UNIX milliseconds.
 *
 * off → connecting → publishing ⇄ reconnecting → … ; failed waits for a person; stopping ends in off.
 */
export type MachineState =
  | { readonly name: 'off' }
  | {
      readonly name: 'connecting'
      readonly attempt: number
      readonly faultSinceMs: number | null
      readonly lastError: ErrorInfo | null
      readonly rejections: number
    }
  | { readonly name: 'publishing'; readonly sinceMs: number; readonly outageMs: number | null }
  | {
      readonly name: 'reconnecting'
      readonly attempt: number
      readonly faultSinceMs: number
      readonly nextRetryAtMs: number
      readonly error: ErrorInfo
      readonly rejections: number
    }
  | { readonly name: 'failed'; readonly error: ErrorInfo }
  | { readonly name: 'stopping' }

export type MachineEvent =
  | { readonly type: 'start' }
  /** Media was acknowledged. */
  | { readonly type: 'acknowledged' }
  /** `rejected`: the server said Publish.Start and hung up soon after, and nothing ever was on air here. */
  | { readonly type: 'closed'; readonly error: ErrorInfo; readonly rejected: boolean; readonly delayMs: number }
  | { readonly type: 'retry-due' }
  | { readonly type: 'reconnect-now' }
  | { readonly type: 'network-online' }
  | { readonly type: 'stop' }
  | { readonly type: 'stopped' }

export type MachineEffect =
  | { readonly type: 'connect' }
  /** With a goodbye; `stopped` follows. */
  | { readonly type: 'disconnect' }
  /** Without one: the connection is not worth waiting for. */
  | { readonly type: 'abandon' }
  /** Find out soon whether the connection is dead. */
  | { readonly type: 'probe' }
  | { readonly type: 'retry-at'; readonly atMs: number }
  | { readonly type: 'cancel-retry' }

export interface MachineStep {
  readonly state: MachineState
  readonly effects: readonly MachineEffect[]
}

/** A CDN with a wrong or expired key says Publish.Start and hangs up (Tencent CSS). So often in a row and it is the key. */
const REJECTIONS_ARE_FINAL = 3

export function stepDestination(state: MachineState, event: MachineEvent, nowMs: number): MachineStep {
  switch (event.type) {
    case 'start':
      if (state.name !== 'off' && state.name !== 'failed') return stay(state)
      return connect({ attempt: 1, faultSinceMs: null, lastError: null, rejections: 0 })
    case 'acknowledged':
      if (state.name !== 'connecting') return stay(state)
      return { state: { name: 'publishing', sinceMs: nowMs, outageMs: state.faultSinceMs === null ? null : nowMs - state.faultSinceMs }, effects: [] }
    case 'closed':
      return closed(state, event, nowMs)
    case 'retry-due':
      if (state.name !== 'reconnecting') return stay(state)
      return again(state)
    case 'reconnect-now':
      if (state.name === 'failed') return connect({ attempt: 1, faultSinceMs: null, lastError: null, rejections: 0 })
      return afresh(state)
    case 'network-online':
      return afresh(state)
    case 'stop':
      if (state.name === 'off' || state.name === 'stopping') return stay(state)
      if (state.name === 'failed') return { state: { name: 'off' }, effects: [] }
      if (state.name === 'reconnecting') return { state: { name: 'off' }, effects: [{ type: 'cancel-retry' }] }
      return { state: { name: 'stopping' }, effects: [{ type: 'disconnect' }] }
    case 'stopped':
      return state.name === 'stopping' ? { state: { name: 'off' }, effects: [] } : stay(state)
    default:
      return assertNever(event)
  }
}

function stay(state: MachineState): MachineStep {
  return { state, effects: [] }
}

function connect(fields: Omit<Extract<MachineState, { name: 'connecting' }>, 'name'>): MachineStep {
  return { state: { name: 'connecting', ...fields }, effects: [{ type: 'connect' }] }
}

function again(state: Extract<MachineState, { name: 'reconnecting' }>): MachineStep {
  const { attempt, faultSinceMs, error, rejections } = state
  return {
    state: { name: 'connecting', attempt, faultSinceMs, lastError: error, rejections },
    effects: [{ type: 'cancel-retry' }, { type: 'connect' }],
  }
}

/** Whatever is under way may hang on a network that is gone: try again now, look again at what seems to work. */
function afresh(state: MachineState): MachineStep {
  if (state.name === 'reconnecting') return again({ ...state, attempt: 1 })
  if (state.name === 'connecting') return { state: { ...state, attempt: 1 }, effects: [{ type: 'abandon' }, { type: 'connect' }] }
  if (state.name === 'publishing') return { state, effects: [{ type: 'probe' }] }
  return stay(state)
}

function closed(state: MachineState, event: Extract<MachineEvent, { type: 'closed' }>, nowMs: number): MachineStep {
  if (state.name === 'stopping') return { state: { name: 'off' }, effects: [] }
  if (state.name !== 'connecting' && state.name !== 'publishing') return stay(state)
  if (isPermanent(event.error)) return { state: { name: 'failed', error: event.error }, effects: [] }
  // The first attempt had no fault before it: the outage is counted from now on.
  const faultSinceMs = state.name === 'connecting' && state.faultSinceMs !== null ? state.faultSinceMs : nowMs
  const rejections = state.name === 'connecting' && event.rejected ? state.rejections + 1 : 0
  if (rejections >= REJECTIONS_ARE_FINAL) {
    const error = new AnchorError('publish.rejected', { context: { times: rejections } }).toInfo()
    return { state: { name: 'failed', error }, effects: [] }
  }
  const attempt = state.name === 'connecting' ? state.attempt + 1 : 1
  const nextRetryAtMs = nowMs + event.delayMs
  return {
    state: { name: 'reconnecting', attempt, faultSinceMs, nextRetryAtMs, error: event.error, rejections },
    effects: [{ type: 'retry-at', atMs: nextRetryAtMs }],
  }
}
