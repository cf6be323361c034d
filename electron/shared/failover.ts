import type { DestinationStatus } from './destination'
import type { ErrorCode, ErrorInfo } from './errors'

/** From TRTC to RTMP, when TRTC does not carry the show (any more) and there is another way to the viewers. Times are UNIX milliseconds. */
export const FAILOVER = {
  /** Trouble that lasts so long is not waited out any longer. */
  afterMs: 60_000,
  /** A line that holds for less is not mended: the trouble goes on. */
  settledMs: 10_000,
} as const

export interface Failover {
  /** When the trouble began that goes on now; null = there is none. */
  readonly troubleSinceMs: number | null
  /** The program goes out while the trouble is not over yet; null = it does not. */
  readonly goodSinceMs: number | null
  /** The anchor is to be asked, or it happens by itself. */
  readonly due: boolean
}

export const NO_TROUBLE: Failover = { troubleSinceMs: null, goodSinceMs: null, due: false }

/** A person's decision: the show must not go around it by itself. */
const DECIDED: readonly ErrorCode[] = ['trtc.kicked', 'trtc.room-dissolved']

/**
 * One look at the TRTC room of a show on air.
 * @param room what is said of it; null = nothing yet, or its process is gone
 */
export function watchFailover(before: Failover, room: Pick<DestinationStatus, 'state'> | null, nowMs: number): Failover {
  if (room?.state === 'publishing') {
    if (before.troubleSinceMs === null) return NO_TROUBLE
    const goodSinceMs = before.goodSinceMs ?? nowMs
    return nowMs - goodSinceMs >= FAILOVER.settledMs ? NO_TROUBLE : { ...before, goodSinceMs }
  }
  const troubleSinceMs = before.troubleSinceMs ?? nowMs
  // What has failed does not try again: there is nothing to wait for.
  const due = before.due || room?.state === 'failed' || nowMs - troubleSinceMs >= FAILOVER.afterMs
  return { troubleSinceMs, goodSinceMs: null, due }
}

/** Whether it happens without a question. */
export function failsOverByItself(failover: Failover, mode: 'ask' | 'automatic', error: ErrorInfo | null): boolean {
  return failover.due && failover.goodSinceMs === null && mode === 'automatic' && !(error !== null && DECIDED.includes(error.code))
}
