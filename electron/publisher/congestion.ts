import { PUBLISH } from '../shared/thresholds'

/** What one publishing destination says of its line. */
export interface LineReading {
  readonly queueMs: number
  /** Acknowledged (or, without acknowledgements, drained) over the last second; null = not known yet. */
  readonly throughputKbps: number | null
}

export interface CongestionState {
  /** What the encoder was told; null = its own bitrate. */
  readonly adviceKbps: number | null
  readonly changedAtMs: number
  /** Since when no queue has been worth mentioning. */
  readonly clearSinceMs: number | null
}

export const UNCONGESTED: CongestionState = { adviceKbps: null, changedAtMs: 0, clearSinceMs: null }

/** A measurement of the new rate needs this long after a change. */
const SETTLE_MS = 800
const CLEAR_QUEUE_MS = 150

/**
 * The bitrate to tell the encoder. Falls to 0.85 × what the line carries when a queue grows, rises by a tenth of the target
 * every 4 s when all queues are empty (OBS's step). The worst line decides, but one that cannot even carry
 * the lowest useful bitrate does not drag the others down: it drops pictures instead.
 *
 * @param targetKbps the profile's video bitrate
 */
export function stepCongestion(state: CongestionState, lines: readonly LineReading[], targetKbps: number, audioKbps: number, nowMs: number): CongestionState {
  const useful = lines.filter((line) => lines.length === 1 || line.throughputKbps === null || line.throughputKbps > PUBLISH.minVideoKbps + audioKbps)
  const worst = useful.reduce<LineReading | null>((found, line) => (found === null || line.queueMs > found.queueMs ? line : found), null)
  if (worst === null) return { ...state, clearSinceMs: null }
  const current = state.adviceKbps ?? targetKbps

  if (worst.queueMs > PUBLISH.queueAdaptMs) {
    if (worst.throughputKbps === null || nowMs - state.changedAtMs < SETTLE_MS) return { ...state, clearSinceMs: null }
    const carried = Math.round(worst.throughputKbps * PUBLISH.adaptFactor - audioKbps)
    const floor = Math.min(PUBLISH.minVideoKbps, targetKbps)
    const advice = Math.max(floor, Math.min(carried, Math.round(current * 0.95)))
    if (advice >= current) return { ...state, clearSinceMs: null }
    return { adviceKbps: advice, changedAtMs: nowMs, clearSinceMs: null }
  }

  if (state.adviceKbps === null || worst.queueMs > CLEAR_QUEUE_MS) return { ...state, clearSinceMs: null }
  const clearSinceMs = state.clearSinceMs ?? nowMs
  if (nowMs - Math.max(clearSinceMs, state.changedAtMs) < PUBLISH.recoverEveryMs) return { ...state, clearSinceMs }
  const advice = Math.round(state.adviceKbps + targetKbps * PUBLISH.recoverStep)
  return { adviceKbps: advice >= targetKbps ? null : advice, changedAtMs: nowMs, clearSinceMs: nowMs }
}
