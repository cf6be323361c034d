/** Why there is no media by TRTC, or not all of it. Each has a text with cause and remedy. */
export const TRTC_TROUBLES = [
  /** The page's part for TRTC did not load. */
  'load',
  /** The browser has no WebRTC that TRTC can use. */
  'browser',
  /** The room server gives no ticket (any more). */
  'ticket',
  /** Tencent does not take the ticket. */
  'refused',
  /** Tencent's servers are not reached, or media does not get through. */
  'network',
  /** The same person came into the TRTC room from elsewhere. */
  'elsewhere',
  /** Sent out of the TRTC room, or the room was dissolved. */
  'sent-out',
  /** The anchor's account with Tencent has run out, or lacks a service. */
  'account',
  /** Picture or sound is not taken by the SDK. */
  'media',
  /** The browser cannot decode what comes. */
  'decode',
  'failed',
] as const
export type TrtcTrouble = (typeof TRTC_TROUBLES)[number]

/** What the SDK throws, as far as it is looked at: RtcError, or anything else. */
interface SdkError {
  readonly code: number
  readonly extraCode: number
}

function codesOf(error: unknown): SdkError {
  const of = (key: string): number => {
    const value: unknown = typeof error === 'object' && error !== null ? (error as Readonly<Record<string, unknown>>)[key] : undefined
    return typeof value === 'number' ? value : 0
  }
  return { code: of('code'), extraCode: of('extraCode') }
}

/** TRTC.ERROR_CODE (trtc-sdk-v5 5.17.1), and its extra codes that have a meaning of their own. */
const CODES: ReadonlyMap<number, TrtcTrouble> = new Map([
  [5200, 'browser'],
  [5201, 'browser'],
  [5202, 'browser'],
  [5203, 'browser'],
  [5204, 'browser'],
  [5300, 'media'],
  [5400, 'refused'],
  [5401, 'account'],
  [5501, 'network'],
  [5502, 'network'],
  // EVENT_HANDLER_ERROR and VIDEO_CONTEXT_ERROR: the page's own, or the browser's.
  [5503, 'failed'],
  [5504, 'failed'],
  [5505, 'media'],
  [5506, 'media'],
  [5507, 'decode'],
  [5508, 'decode'],
  // Of Tencent's servers.
  [-100013, 'account'],
])
/** OPERATION_ABORT: another call took its place; nothing is wrong. */
const ABORTED = 5998

/** @returns null: it was called off by a later call */
export function troubleOf(error: unknown): TrtcTrouble | null {
  const { code, extraCode } = codesOf(error)
  if (code === ABORTED) return null
  const known = CODES.get(extraCode) ?? CODES.get(code)
  if (known !== undefined) return known
  // OPERATION_FAILED without more, while a room is entered: nobody answered.
  return code === 5500 ? 'network' : 'failed'
}

/** MICROPHONE_RECOVER_FAILED, FIREWALL_RESTRICTION (the SDK keeps trying), and what concerns one picture or sound, but not the stay. */
const GOES_ON: ReadonlySet<number> = new Set([5309, 5501, 5503, 5504, 5505, 5506, 5507, 5508])

/** @returns the SDK's error event does not end the stay; REJOIN_FAILED and the rest it cannot repair */
export function goesOn(error: unknown): boolean {
  return GOES_ON.has(codesOf(error).extraCode)
}

/** Trying again by itself does not help. */
export function isLasting(trouble: TrtcTrouble): boolean {
  return trouble === 'browser'
}
