import { assertNever, type ErrorInfo } from '../../electron/shared/errors'
import type { PublishPlan } from './publish-plan'

/**
 * The one publishing task in the cloud (startPublishMediaStream), as a pure machine. Times are UNIX milliseconds.
 *
 * none → starting → running ⇄ updating → stopping → none. One request is under way at a time; what changes meanwhile is sent when it is answered. A task is
 * never stopped and started to change it: viewers would see a break.
 */
export type RelayPhase = 'none' | 'starting' | 'running' | 'updating' | 'stopping'

export interface UrlState {
  readonly state: 'connecting' | 'publishing' | 'reconnecting' | 'stopping'
  readonly error: ErrorInfo | null
  /** The cloud gave up on it (state 4): an update makes it try again. */
  readonly gaveUp: boolean
  readonly failures: number
  readonly retryAtMs: number | null
  readonly faultSinceMs: number | null
  readonly outageMs: number | null
}

export interface RelayState {
  readonly phase: RelayPhase
  /** What is to be published; null = nothing. */
  readonly wanted: PublishPlan | null
  /** What the cloud was last told. */
  readonly told: PublishPlan | null
  /** '' until the cloud names it. */
  readonly taskId: string
  /** By URL. */
  readonly urls: ReadonlyMap<string, UrlState>
  /** Starts or updates that failed in a row. */
  readonly failures: number
  readonly error: ErrorInfo | null
  /** When a request that failed is made again. */
  readonly retryAtMs: number | null
  /** Until when an answer may come. */
  readonly answerByMs: number | null
}

export const NO_RELAY: RelayState = {
  phase: 'none',
  wanted: null,
  told: null,
  taskId: '',
  urls: new Map(),
  failures: 0,
  error: null,
  retryAtMs: null,
  answerByMs: null,
}

export type RelayEvent =
  /** null = nothing (any more): the show ends, or no destination is left. */
  | { readonly type: 'want'; readonly plan: PublishPlan | null }
  | { readonly type: 'started'; readonly taskId: string; readonly code: number }
  | { readonly type: 'updated'; readonly taskId: string; readonly code: number }
  | { readonly type: 'stopped'; readonly taskId: string; readonly code: number }
  /** onCdnStreamStateChanged. */
  | { readonly type: 'cdn'; readonly url: string; readonly status: number; readonly code: number }
  /** The room was left: whatever ran there ends by itself. */
  | { readonly type: 'room-left' }
  | { readonly type: 'try-now' }
  | { readonly type: 'time' }

export type RelayEffect =
  | { readonly type: 'start'; readonly plan: PublishPlan }
  | { readonly type: 'update'; readonly taskId: string; readonly plan: PublishPlan }
  /** '' = all of this user's. */
  | { readonly type: 'stop'; readonly taskId: string }

export interface RelayStep {
  readonly state: RelayState
  readonly effects: readonly RelayEffect[]
}

export const RELAY = {
  answerTimeoutMs: 10_000,
  /** The show does not wait longer for the goodbye: the cloud ends the task when the room is empty. */
  stopTimeoutMs: 2_000,
  retryDelaysMs: [1_000, 2_000, 5_000, 10_000, 15_000],
} as const

export function stepRelay(state: RelayState, event: RelayEvent, nowMs: number): RelayStep {
  switch (event.type) {
    case 'want':
      return want({ ...state, wanted: event.plan }, nowMs)
    case 'started':
      return started(state, event.taskId, event.code, nowMs)
    case 'updated':
      return updated(state, event.taskId, event.code, nowMs)
    case 'stopped':
      return state.phase === 'stopping' ? ended(state, nowMs) : stay(state)
    case 'cdn':
      return stay(cdn(state, event, nowMs))
    case 'room-left':
      return stay({ ...NO_RELAY, urls: forget(state.urls, nowMs) })
    case 'try-now':
      return go({ ...state, retryAtMs: null, failures: 0, urls: mapUrls(state.urls, (url) => (url.gaveUp ? { ...url, retryAtMs: nowMs } : url)) }, nowMs)
    case 'time':
      return time(state, nowMs)
    default:
      return assertNever(event)
  }
}

/** The next moment at which `time` does something; null = none. */
export function relayDueAtMs(state: RelayState): number | null {
  const urls = state.phase === 'running' && state.retryAtMs === null ? [...state.urls.values()].map(({ retryAtMs }) => retryAtMs) : []
  const times = [state.answerByMs, state.retryAtMs, ...urls].filter((at) => at !== null)
  return times.length === 0 ? null : Math.min(...times)
}

function want(state: RelayState, nowMs: number): RelayStep {
  const urls = new Map<string, UrlState>()
  for (const { rtmpUrl } of state.wanted?.target.cdnUrlList ?? []) urls.set(rtmpUrl, state.urls.get(rtmpUrl) ?? CONNECTING)
  // The show does not wait for the whole time that an answer may take.
  const answerByMs =
    state.wanted === null && state.answerByMs !== null && state.phase !== 'stopping'
      ? Math.min(state.answerByMs, nowMs + RELAY.stopTimeoutMs)
      : state.answerByMs
  return go({ ...state, answerByMs, urls: state.wanted === null ? state.urls : urls }, nowMs)
}

/** Makes the request that is due, if none is under way. */
function go(state: RelayState, nowMs: number): RelayStep {
  const { phase, wanted, told, taskId } = state
  if (phase === 'none') {
    if (wanted === null || wanted.target.cdnUrlList.length === 0) return stay({ ...NO_RELAY, wanted, urls: wanted === null ? state.urls : NO_RELAY.urls })
    if (state.retryAtMs !== null) return stay(state)
    return { state: { ...state, phase: 'starting', told: wanted, answerByMs: nowMs + RELAY.answerTimeoutMs }, effects: [{ type: 'start', plan: wanted }] }
  }
  if (phase !== 'running') return stay(state)
  if (wanted === null || wanted.target.cdnUrlList.length === 0) return stop(state, nowMs)
  const due = [...state.urls.values()].some(({ retryAtMs }) => retryAtMs !== null && retryAtMs <= nowMs)
  const changed = told === null || JSON.stringify(told) !== JSON.stringify(wanted)
  if ((!changed && !due) || (state.retryAtMs !== null && state.retryAtMs > nowMs)) return stay(state)
  return {
    state: {
      ...state,
      phase: 'updating',
      told: wanted,
      retryAtMs: null,
      answerByMs: nowMs + RELAY.answerTimeoutMs,
      urls: mapUrls(state.urls, (url) => (url.retryAtMs !== null && url.retryAtMs <= nowMs ? { ...url, retryAtMs: null, gaveUp: false } : url)),
    },
    effects: [{ type: 'update', taskId, plan: wanted }],
  }
}

function stop(state: RelayState, nowMs: number): RelayStep {
  return {
    state: {
      ...state,
      phase: 'stopping',
      retryAtMs: null,
      answerByMs: nowMs + RELAY.stopTimeoutMs,
      urls: mapUrls(state.urls, (url) => ({ ...url, state: 'stopping', error: null, retryAtMs: null, gaveUp: false })),
    },
    effects: [{ type: 'stop', taskId: state.taskId }],
  }
}

function started(state: RelayState, taskId: string, code: number, nowMs: number): RelayStep {
  if (state.phase !== 'starting') return stay(state)
  if (code === 0) return go({ ...state, phase: 'running', taskId, failures: 0, error: null, answerByMs: null }, nowMs)
  // Started already, by an earlier stay of ours: the answer is a failure with the id of that task. It is ours, and told what is wanted now.
  if (taskId !== '') return go({ ...state, phase: 'running', taskId, told: null, failures: 0, error: null, answerByMs: null }, nowMs)
  return again({ ...state, phase: 'none', told: null, taskId: '' }, code, nowMs)
}

function updated(state: RelayState, taskId: string, code: number, nowMs: number): RelayStep {
  if (state.phase !== 'updating' || taskId !== state.taskId) return stay(state)
  if (code === 0) return go({ ...state, phase: 'running', failures: 0, error: null, answerByMs: null }, nowMs)
  return again({ ...state, phase: 'running', told: null }, code, nowMs)
}

function again(state: RelayState, code: number, nowMs: number): RelayStep {
  const failures = state.failures + 1
  const waiting: RelayState = {
    ...state,
    failures,
    error: { code: 'trtc.relay-failed', context: { code } },
    retryAtMs: nowMs + delayMs(failures),
    answerByMs: null,
  }
  return state.wanted === null ? go({ ...waiting, retryAtMs: null }, nowMs) : stay(waiting)
}

function ended(state: RelayState, nowMs: number): RelayStep {
  const { wanted } = state
  return wanted === null ? stay(NO_RELAY) : want({ ...NO_RELAY, wanted }, nowMs)
}

function cdn(state: RelayState, { url, status, code }: Extract<RelayEvent, { type: 'cdn' }>, nowMs: number): RelayState {
  const before = state.urls.get(url)
  if (before === undefined) return state
  return { ...state, urls: new Map(state.urls).set(url, urlStep(before, status, code, nowMs)) }
}

const CONNECTING: UrlState = { state: 'connecting', error: null, gaveUp: false, failures: 0, retryAtMs: null, faultSinceMs: null, outageMs: null }

function urlStep(before: UrlState, status: number, code: number, nowMs: number): UrlState {
  switch (status) {
    case 1:
      // Told each five seconds: what has failed before goes on being that.
      return { ...before, state: before.faultSinceMs === null ? 'connecting' : 'reconnecting', gaveUp: false, retryAtMs: null }
    case 2:
      return {
        ...CONNECTING,
        state: 'publishing',
        outageMs: before.faultSinceMs === null ? before.outageMs : nowMs - before.faultSinceMs,
      }
    case 3:
      return { ...before, state: 'reconnecting', error: relayError(code), gaveUp: false, faultSinceMs: before.faultSinceMs ?? nowMs, outageMs: null }
    case 4: {
      const failures = before.failures + 1
      return {
        ...before,
        state: 'reconnecting',
        error: relayError(code),
        gaveUp: true,
        failures,
        retryAtMs: nowMs + delayMs(failures),
        faultSinceMs: before.faultSinceMs ?? nowMs,
        outageMs: null,
      }
    }
    default:
      return { ...before, state: 'stopping', retryAtMs: null, gaveUp: false }
  }
}

function time(state: RelayState, nowMs: number): RelayStep {
  if (state.answerByMs !== null && nowMs >= state.answerByMs) {
    switch (state.phase) {
      case 'starting':
        if (state.wanted === null) return stop(state, nowMs)
        // It may run all the same: another start is answered with its id.
        return again({ ...state, phase: 'none', told: null }, 0, nowMs)
      case 'updating':
        return again({ ...state, phase: 'running', told: null }, 0, nowMs)
      case 'stopping':
        return ended(state, nowMs)
      default:
        return stay({ ...state, answerByMs: null })
    }
  }
  return go(state.retryAtMs !== null && nowMs >= state.retryAtMs ? { ...state, retryAtMs: null } : state, nowMs)
}

function stay(state: RelayState): RelayStep {
  return { state, effects: [] }
}

function delayMs(failures: number): number {
  return RELAY.retryDelaysMs[Math.min(failures, RELAY.retryDelaysMs.length) - 1] ?? 0
}

function relayError(code: number): ErrorInfo {
  return { code: 'trtc.relay-failed', context: { code } }
}

function mapUrls(urls: ReadonlyMap<string, UrlState>, change: (url: UrlState) => UrlState): ReadonlyMap<string, UrlState> {
  return new Map([...urls].map(([url, one]) => [url, change(one)]))
}

/** What was pushing when the room was lost is missed from then on. */
function forget(urls: ReadonlyMap<string, UrlState>, nowMs: number): ReadonlyMap<string, UrlState> {
  return mapUrls(urls, (url) => ({
    ...CONNECTING,
    faultSinceMs: url.faultSinceMs ?? (url.state === 'publishing' ? nowMs : null),
    state: url.faultSinceMs !== null || url.state === 'publishing' ? 'reconnecting' : 'connecting',
  }))
}
