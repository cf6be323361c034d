import type { LineNews, LINE_ENDS } from '../../../electron/shared/co-anchor-line'
import type { SeatEntry } from '../../../electron/shared/seats'
import { NO_TRTC, type TrtcView } from './trtc/trtc-view'
import type { ShowEngine } from '../../../electron/shared/show-engine'

/**
 * Why there is no place for this person. `api`: in the words of the room server; the others have a text of their own. `gone`: there was a place, and it was given up
 * because the line was away for too long.
 */
export const REFUSALS = ['invalid', 'expired', 'ended', 'used', 'blocked', 'full', 'no-room', 'not-let-in', 'gone', 'version', 'api'] as const
export type RefusalCause = (typeof REFUSALS)[number]
export interface GuestRefusal {
  readonly cause: RefusalCause
  /** Of the room server, in the page's language; '' = none. */
  readonly message: string
  readonly remedy: string
}

export interface GuestState {
  readonly phase: 'naming' | 'entering' | 'inside' | 'refused' | 'removed' | 'replaced' | 'left'
  readonly refusal: GuestRefusal | null
  /** Nobody answers over HTTP; it is tried again. */
  readonly serverAway: boolean
  readonly line: 'closed' | 'connecting' | 'open'
  /** The line was open before: without it the place is kept for a while only. */
  readonly wasOpen: boolean
  readonly entry: SeatEntry | null
  readonly stage: boolean
  /** Which way the own media goes. */
  readonly way: ShowEngine
  readonly trtc: TrtcView
  readonly call: 'none' | 'connecting' | 'connected'
  /** The anchor speaks to this one alone. */
  readonly talk: boolean
}

export type GuestEvent =
  | { readonly type: 'name-wanted' }
  | { readonly type: 'entering' }
  | { readonly type: 'server-away' }
  /** The room server has given a place, or still has it. */
  | { readonly type: 'entered' }
  | { readonly type: 'refused'; readonly refusal: GuestRefusal }
  | { readonly type: 'line'; readonly state: GuestState['line'] }
  | { readonly type: 'call'; readonly state: GuestState['call'] }
  | { readonly type: 'trtc'; readonly view: TrtcView }
  | { readonly type: 'news'; readonly news: LineNews }
  | { readonly type: 'left' }

export const START: GuestState = {
  phase: 'naming',
  refusal: null,
  serverAway: false,
  line: 'closed',
  wasOpen: false,
  entry: null,
  stage: false,
  way: 'stage',
  trtc: NO_TRTC,
  call: 'none',
  talk: false,
}

/** What the page is after an event. Pure. */
export function nextState(state: GuestState, event: GuestEvent): GuestState {
  switch (event.type) {
    case 'name-wanted':
      return { ...START }
    case 'entering':
      return { ...state, phase: 'entering', refusal: null, serverAway: false }
    case 'server-away':
      return { ...state, serverAway: true }
    case 'entered':
      return { ...state, phase: 'inside', refusal: null, serverAway: false }
    case 'refused':
      return over(state, 'refused', event.refusal)
    case 'left':
      return over(state, 'left', null)
    case 'line':
      // Whether there is a stage is known only while the line is open.
      if (state.phase !== 'inside' && state.phase !== 'entering') return { ...state, line: 'closed' }
      return { ...state, line: event.state, wasOpen: state.wasOpen || event.state === 'open', stage: event.state === 'open' && state.stage }
    case 'call':
      return { ...state, call: event.state, talk: state.talk && event.state !== 'none' }
    case 'trtc':
      return { ...state, trtc: event.view }
    case 'news':
      return afterNews(state, event.news)
  }
}

function afterNews(state: GuestState, news: LineNews): GuestState {
  switch (news.type) {
    case 'stage':
      return { ...state, stage: news.present, talk: state.talk && news.present }
    case 'way':
      return { ...state, way: news.way }
    case 'seat':
      return { ...state, entry: news.entry }
    case 'talk':
      return { ...state, talk: news.on }
    case 'bye':
      return afterBye(state, news.reason)
    default:
      return state
  }
}

/** The other reasons are no end: the line's owner opens it again. */
function afterBye(state: GuestState, reason: (typeof LINE_ENDS)[number]): GuestState {
  if (reason === 'removed') return over(state, 'removed', null)
  if (reason === 'replaced') return over(state, 'replaced', null)
  if (reason === 'full' || reason === 'blocked') return over(state, 'refused', { cause: reason, message: '', remedy: '' })
  if (reason === 'malformed') return over(state, 'refused', { cause: 'version', message: '', remedy: '' })
  return state
}

function over(state: GuestState, phase: GuestState['phase'], refusal: GuestRefusal | null): GuestState {
  return { ...state, phase, refusal, line: 'closed', entry: null, stage: false, way: 'stage', trtc: NO_TRTC, call: 'none', talk: false, serverAway: false }
}

/** The page in one word. */
export type Shown = 'entering' | 'refused' | 'greenroom' | 'ready' | 'air' | 'lost' | 'removed' | 'replaced' | 'left'

export function shownOf({ phase, line, wasOpen, entry }: GuestState): Shown {
  switch (phase) {
    case 'naming':
    case 'entering':
      return wasOpen && entry !== null ? 'lost' : 'entering'
    case 'inside':
      if (line !== 'open' && wasOpen) return 'lost'
      if (entry === null) return 'greenroom'
      return entry.seat > 0 ? 'air' : entry.ready ? 'ready' : 'greenroom'
    default:
      return phase
  }
}

/** The way to the stage: `waiting` = there is none, or no line to it. By TRTC the anchor is waited for in the room. */
export function lineShown({ call, stage, way, trtc }: GuestState): 'waiting' | 'connecting' | 'connected' {
  if (way === 'trtc') {
    if (trtc.state === 'connecting') return 'connecting'
    return trtc.state === 'in' && trtc.anchor ? 'connected' : 'waiting'
  }
  if (call === 'connected') return 'connected'
  return call === 'connecting' || stage ? 'connecting' : 'waiting'
}
