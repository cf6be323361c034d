import type { Wish } from '../../../../electron/shared/co-anchor-line'
import { picturePlan } from '../../../../electron/shared/picture-plan'

/** What of the own media is given to the SDK; a track is known by its id. */
export interface OwnPicture {
  readonly track: string
  readonly muted: boolean
  readonly wish: Wish
}
export interface OwnSound {
  readonly track: string
  readonly muted: boolean
}
export interface Given {
  readonly anchor: boolean
  readonly video: OwnPicture | null
  readonly audio: OwnSound | null
}

export const NOTHING_GIVEN: Given = { anchor: false, video: null, audio: null }

export type OwnCall =
  | { readonly type: 'be-anchor' | 'be-audience' | 'stop-video' | 'stop-audio' }
  | { readonly type: 'start-video' | 'update-video'; readonly video: OwnPicture }
  | { readonly type: 'start-audio' | 'update-audio'; readonly audio: OwnSound }

/** What a call is about: where it is refused, the others go on. */
export type CallKind = 'role' | 'audio' | 'video'

export function kindOf({ type }: OwnCall): CallKind {
  if (type === 'be-anchor' || type === 'be-audience') return 'role'
  return type.endsWith('audio') ? 'audio' : 'video'
}

/**
 * The next call that leads from what the SDK has to what it is to have, in an order that it allows: an anchor before anything is published, one of the audience when nothing is any more.
 * @param refused is not asked for now
 * @returns null: it has what it is to have, as far as that can be asked for
 */
export function nextCall(given: Given, wanted: Omit<Given, 'anchor'>, refused: ReadonlySet<CallKind> = new Set()): OwnCall | null {
  return callsFor(given, wanted).find((call) => !refused.has(kindOf(call))) ?? null
}

/** Each of them may be made now; the first that is due comes first. */
function callsFor(given: Given, wanted: Omit<Given, 'anchor'>): OwnCall[] {
  const calls: OwnCall[] = []
  const { audio, video } = wanted
  const publishes = audio !== null || video !== null
  if (publishes && !given.anchor) calls.push({ type: 'be-anchor' })
  if (given.audio !== null && audio === null) calls.push({ type: 'stop-audio' })
  if (given.video !== null && video === null) calls.push({ type: 'stop-video' })
  if (audio !== null && given.anchor && !same(given.audio, audio)) calls.push({ type: given.audio === null ? 'start-audio' : 'update-audio', audio })
  if (video !== null && given.anchor && !same(given.video, video)) calls.push({ type: given.video === null ? 'start-video' : 'update-video', video })
  if (!publishes && given.anchor && given.audio === null && given.video === null) calls.push({ type: 'be-audience' })
  return calls
}

/** What the SDK has after a call. */
export function afterCall(given: Given, call: OwnCall): Given {
  switch (call.type) {
    case 'be-anchor':
      return { ...given, anchor: true }
    case 'be-audience':
      return { ...given, anchor: false }
    case 'stop-video':
      return { ...given, video: null }
    case 'stop-audio':
      return { ...given, audio: null }
    case 'start-video':
    case 'update-video':
      return { ...given, video: call.video }
    case 'start-audio':
    case 'update-audio':
      return { ...given, audio: call.audio }
  }
}

function same(a: object | null, b: object | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The wish as a profile of the SDK: its bitrate is in kbit/s. */
export function profileOf({ maxHeight, maxFps }: Wish): { width: number; height: number; frameRate: number; bitrate: number } {
  const height = Math.min(maxHeight, 720)
  const { maxBitrate } = picturePlan({ maxHeight: height, maxFps }, height)
  return { width: Math.round((height * 16) / 18) * 2, height, frameRate: Math.min(maxFps, 30), bitrate: Math.round(maxBitrate / 1_000) }
}
