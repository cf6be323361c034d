/**
 * One light for the health of the broadcast: the worst of its inputs, with hysteresis (ux.md §4). Types; the judgement
 * itself stands below.
 */

export type HealthLevel = 'good' | 'fair' | 'poor' | 'unknown'

export type HealthInput =
  | 'dropped-frames'
  | 'encoder-fps'
  | 'frame-time'
  | 'sent-fps'
  | 'queue'
  | 'cpu'
  | 'rtt'
  | 'microphone'
  | 'source'
  | 'connection'

/** One click mends it, where something can be done from here. */
export type Remedy = 'lower-profile' | 'reconnect-now' | 'restart-source' | 'unmute' | 'close-programs' | 'use-cable' | 'none'

/** One sample, every 2 s. null = not known, never 0. */
export interface HealthSample {
  readonly atMs: number
  readonly sentKbps: number | null
  readonly ackedKbps: number | null
  readonly wantedKbps: number | null
  readonly queueMs: number | null
  readonly rttMs: number | null
  readonly fps: number | null
  readonly targetFps: number | null
  readonly sentFps: number | null
  readonly frameTimeMs: number | null
  /** Share of frames dropped or skipped in the last 60 s. */
  readonly droppedShare: number | null
  /** Of the whole machine, 0–100. */
  readonly cpuPercent: number | null
  /** Peak of the program's sound over the sample, dBFS. */
  readonly audioPeakDb: number | null
  readonly viewers: number | null
  /** Destinations wanted and publishing. */
  readonly wanted: number
  readonly publishing: number
  /** Ids of visible sources that do not give what they should. */
  readonly brokenSources: readonly string[]
}

export interface Health {
  readonly level: HealthLevel
  /** The input that decides the light; null when good or unknown. */
  readonly cause: HealthInput | null
  readonly remedy: Remedy
  /** Numbers for the sentence: { value, limit, sourceId? … } */
  readonly context: Readonly<Record<string, string | number>>
  readonly levels: Readonly<Partial<Record<HealthInput, HealthLevel>>>
}
