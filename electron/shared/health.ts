import { HEALTH } from './thresholds'

/**
 * One light for the health of the broadcast: the worst of its inputs, with hysteresis (ux.md §4). Types; the judgement
 * itself stands below.
 */

export type HealthLevel = 'good' | 'fair' | 'poor' | 'unknown'

export type HealthInput = 'dropped-frames' | 'encoder-fps' | 'frame-time' | 'sent-fps' | 'queue' | 'cpu' | 'rtt' | 'microphone' | 'source' | 'connection'

/** One click mends it, where something can be done from here. */
export type Remedy = 'lower-profile' | 'reconnect-now' | 'restart-source' | 'choose-microphone' | 'close-programs' | 'use-cable' | 'none'

/** One sample, every 2 s. null = not known, never 0. */
export interface HealthSample {
  readonly atMs: number
  readonly sentKbps: number | null
  readonly ackedKbps: number | null
  readonly wantedKbps: number | null
  /** What the encoder was last told by the congestion control; null = its own bitrate. */
  readonly advisedKbps: number | null
  readonly queueMs: number | null
  readonly rttMs: number | null
  readonly fps: number | null
  readonly targetFps: number | null
  readonly sentFps: number | null
  readonly frameTimeMs: number | null
  /** From handing a frame to the encoder to its chunk, median. */
  readonly encodeMs: number | null
  /** Share of frames dropped or skipped in the last 60 s. */
  readonly droppedShare: number | null
  /** Of the whole machine, 0–100. */
  readonly cpuPercent: number | null
  /** Of one core, the publisher's process. */
  readonly publisherCpuPercent: number | null
  /** Peak of the program's sound over the sample, dBFS; null where no microphone is to be heard. */
  readonly audioPeakDb: number | null
  readonly viewers: number | null
  /** Destinations wanted and publishing. */
  readonly wanted: number
  readonly publishing: number
  /** Ids of sources that are to be seen or heard and do not give what they should. */
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

const ORDER = { unknown: 0, good: 1, fair: 2, poor: 3 } as const satisfies Record<HealthLevel, number>

const REMEDIES: Readonly<Record<HealthInput, Remedy>> = {
  connection: 'reconnect-now',
  'dropped-frames': 'lower-profile',
  'encoder-fps': 'lower-profile',
  'frame-time': 'lower-profile',
  'sent-fps': 'lower-profile',
  queue: 'lower-profile',
  cpu: 'close-programs',
  rtt: 'use-cable',
  microphone: 'choose-microphone',
  source: 'restart-source',
}

export const UNKNOWN_HEALTH: Health = { level: 'unknown', cause: null, remedy: 'none', context: {}, levels: {} }

/**
 * The light from the newest samples, oldest first, one every HEALTH.sampleEveryMs. It falls after 2 worse samples in a row
 * and rises after 5 better ones; what nobody knows is `unknown`, never good.
 * One bad sample is no judgement of a show that has just begun either.
 */
export function judgeHealth(samples: readonly HealthSample[], previous: Health): Health {
  const newest = samples.at(-1)
  if (newest === undefined) return UNKNOWN_HEALTH
  const levels: Partial<Record<HealthInput, HealthLevel>> = {}
  for (const input of Object.keys(REMEDIES) as HealthInput[]) levels[input] = settled(input, samples, previous.levels[input])
  let level: HealthLevel = 'unknown'
  let cause: HealthInput | null = null
  for (const [input, one] of Object.entries(levels) as [HealthInput, HealthLevel][]) {
    if (ORDER[one] <= ORDER[level]) continue
    level = one
    cause = input
  }
  if (level === 'unknown' || level === 'good' || cause === null) return { level, cause: null, remedy: 'none', context: {}, levels }
  return { level, cause, remedy: REMEDIES[cause], context: contextOf(cause, newest), levels }
}

function settled(input: HealthInput, samples: readonly HealthSample[], before: HealthLevel | undefined): HealthLevel {
  if (input === 'microphone') return microphoneLevel(samples)
  const newest = samples.at(-1)
  const current = newest === undefined ? 'unknown' : levelOf(input, newest)
  if (current === 'unknown' || current === before) return current
  const isFirst = before === undefined || before === 'unknown'
  if (isFirst && current === 'good') return current
  const from = isFirst ? 'good' : before
  const worse = ORDER[current] > ORDER[from]
  const needed = worse ? HEALTH.worseSamples : HEALTH.betterSamples
  const recent = samples.slice(-needed)
  const agreed =
    recent.length === needed && recent.every((sample) => (worse ? ORDER[levelOf(input, sample)] > ORDER[from] : ORDER[levelOf(input, sample)] < ORDER[from]))
  return agreed ? current : (before ?? 'unknown')
}

const SILENT_SAMPLES = HEALTH.micSilentForMs / HEALTH.sampleEveryMs

/** Silence is a pause in speech until it lasts; one word ends it. */
function microphoneLevel(samples: readonly HealthSample[]): HealthLevel {
  const peaks = samples.slice(-SILENT_SAMPLES).map((sample) => sample.audioPeakDb)
  if (peaks.at(-1) == null) return 'unknown'
  if (peaks.some((peak) => peak !== null && peak >= HEALTH.micSilenceDb.fair)) return 'good'
  return peaks.length === SILENT_SAMPLES && !peaks.includes(null) ? 'fair' : 'unknown'
}

function above(value: number | null, limits: { fair: number; poor: number }): HealthLevel {
  if (value === null) return 'unknown'
  return value > limits.poor ? 'poor' : value > limits.fair ? 'fair' : 'good'
}

function below(value: number | null, limits: { fair: number; poor: number }): HealthLevel {
  if (value === null) return 'unknown'
  return value < limits.poor ? 'poor' : value < limits.fair ? 'fair' : 'good'
}

function share(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole
}

function levelOf(input: Exclude<HealthInput, 'microphone'>, sample: HealthSample): HealthLevel {
  switch (input) {
    case 'dropped-frames':
      return above(sample.droppedShare, HEALTH.droppedShare)
    case 'encoder-fps':
      return below(share(sample.fps, sample.targetFps), HEALTH.encoderFpsShare)
    case 'frame-time':
      return above(sample.targetFps === null || sample.frameTimeMs === null ? null : (sample.frameTimeMs * sample.targetFps) / 1_000, HEALTH.frameTimeShare)
    case 'sent-fps':
      return below(sample.sentFps, HEALTH.sentFps)
    case 'queue':
      return above(sample.queueMs, HEALTH.queueMs)
    case 'cpu':
      return above(sample.cpuPercent, HEALTH.cpuPercent)
    case 'rtt':
      return above(sample.rttMs, HEALTH.rttMs)
    case 'source':
      return sample.brokenSources.length > 0 ? 'fair' : 'good'
    case 'connection':
      if (sample.wanted === 0) return 'unknown'
      return sample.publishing === 0 ? 'poor' : sample.publishing < sample.wanted ? 'fair' : 'good'
  }
}

function contextOf(input: HealthInput, sample: HealthSample): Readonly<Record<string, string | number>> {
  const percent = (value: number | null): number => Math.round((value ?? 0) * 1_000) / 10
  switch (input) {
    case 'dropped-frames':
      return { percent: percent(sample.droppedShare) }
    case 'encoder-fps':
      return { fps: Math.round(sample.fps ?? 0), targetFps: Math.round(sample.targetFps ?? 0) }
    case 'frame-time':
      return { ms: Math.round(sample.frameTimeMs ?? 0) }
    case 'sent-fps':
      return { fps: Math.round(sample.sentFps ?? 0) }
    case 'queue':
      return {
        seconds: Math.round((sample.queueMs ?? 0) / 100) / 10,
        sentKbps: Math.round(sample.ackedKbps ?? sample.sentKbps ?? 0),
        wantedKbps: Math.round(sample.wantedKbps ?? 0),
      }
    case 'cpu':
      return { percent: Math.round(sample.cpuPercent ?? 0) }
    case 'rtt':
      return { ms: Math.round(sample.rttMs ?? 0) }
    case 'microphone':
      return { db: Math.round(sample.audioPeakDb ?? -100) }
    case 'source':
      return { sourceId: sample.brokenSources[0] ?? '' }
    case 'connection':
      return { publishing: sample.publishing, wanted: sample.wanted }
  }
}
