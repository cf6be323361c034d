import { cpus } from 'node:os'
import type { DestinationStatus } from '../shared/destination'
import { judgeHealth, UNKNOWN_HEALTH, type Health, type HealthSample } from '../shared/health'
import { isPicture, type Scene, type Source, type SourceStatus } from '../shared/scene'
import type { Snapshot } from '../shared/snapshot'
import type { StageStats } from '../shared/stage'
import { HEALTH } from '../shared/thresholds'

/** What the sampler looks at, as it stands. */
export interface HealthFacts {
  readonly destinations: readonly DestinationStatus[]
  readonly stage: StageStats | null
  readonly scene: Scene
  readonly sources: Readonly<Record<string, SourceStatus>>
  readonly viewers: number | null
  readonly wantedKbps: number
  readonly publisher: Snapshot['publisher']
  readonly onAir: boolean
}

const WINDOW_SAMPLES = 60_000 / HEALTH.sampleEveryMs
const SETTLED_MS = 3_000
/** A share of fewer samples is chance: what an encoder leaves out while it warms up is little of a minute and much of 2 s. */
const SHARE_SAMPLES = 5
const HISTORY_SAMPLES = (HEALTH.historyMinutes * 60_000) / HEALTH.sampleEveryMs

/** Takes a sample of the show's health every 2 s and keeps 10 minutes of them. */
export class HealthSampler {
  #history: HealthSample[] = []
  #health: Health = UNKNOWN_HEALTH
  #cpu = cpuTimes()
  #counters: { frames: number; dropped: number }[] = []

  sample(facts: HealthFacts, nowMs: number): { health: Health; history: readonly HealthSample[] } {
    const sample = this.#take(facts, nowMs)
    this.#history = [...this.#history, sample].slice(-HISTORY_SAMPLES)
    this.#health = facts.onAir ? judgeHealth(this.#history, this.#health) : UNKNOWN_HEALTH
    return { health: this.#health, history: this.#history }
  }

  #take(facts: HealthFacts, nowMs: number): HealthSample {
    const { stage, destinations, onAir } = facts
    const stats = destinations.map((one) => one.stats).filter((one) => one !== null)
    const publishing = destinations.filter((one) => one.state === 'publishing')
    // The rates are of the last 2 s: one that has just begun is not slow but young.
    const live = publishing
      .filter((one) => nowMs - one.sinceMs > SETTLED_MS)
      .map((one) => one.stats)
      .filter((one) => one !== null)
    const worst = <T>(values: readonly (T | null)[], pick: (a: T, b: T) => T): T | null =>
      values.reduce<T | null>((found, value) => (value === null ? found : found === null ? value : pick(found, value)), null)
    const before = this.#cpu
    this.#cpu = cpuTimes()
    const total = this.#cpu.total - before.total
    return {
      atMs: nowMs,
      sentKbps: worst(
        live.map((one) => one.sentKbps),
        Math.min,
      ),
      ackedKbps: worst(
        live.map((one) => one.ackedKbps),
        Math.min,
      ),
      wantedKbps: onAir ? facts.wantedKbps : null,
      advisedKbps: onAir ? facts.publisher.advisedVideoKbps : null,
      queueMs: worst(
        live.map((one) => one.queueMs),
        Math.max,
      ),
      // The acknowledgement's delay holds every buffer on the way; on a free line it is the round trip.
      rttMs: worst(
        live.map((one) => one.rttMs),
        Math.max,
      ),
      fps: onAir ? (stage?.fps ?? null) : null,
      targetFps: stage?.targetFps ?? null,
      sentFps: worst(
        live.map((one) => one.sentFps),
        Math.min,
      ),
      frameTimeMs: stage === null ? null : Math.max(stage.composeMsP95, stage.encodeMsP50),
      encodeMs: onAir ? (stage?.encodeMsP50 ?? null) : null,
      droppedShare: this.#droppedShare(
        stats.reduce((sum, one) => sum + one.droppedVideoFrames, 0) + (stage?.skippedFrames ?? 0),
        stage?.encodedFrames ?? 0,
        onAir,
      ),
      cpuPercent: total === 0 ? null : Math.max(0, Math.min(100, ((this.#cpu.busy - before.busy) / total) * 100)),
      publisherCpuPercent: onAir ? facts.publisher.cpuPercent : null,
      audioPeakDb: onAir && facts.scene.sources.some((source) => source.kind === 'microphone' && !source.muted) ? (stage?.audioPeakDb ?? null) : null,
      viewers: facts.viewers,
      wanted: onAir ? destinations.length : 0,
      publishing: publishing.length,
      brokenSources: facts.scene.sources.filter((source) => isWanted(source) && isBroken(facts.sources[source.id])).map((source) => source.id),
    }
  }

  #droppedShare(dropped: number, frames: number, onAir: boolean): number | null {
    if (!onAir) {
      this.#counters = []
      return null
    }
    // A stage that was made anew, or another engine, counts from the beginning.
    if (frames < (this.#counters.at(-1)?.frames ?? 0)) this.#counters = []
    this.#counters = [...this.#counters, { frames, dropped }].slice(-WINDOW_SAMPLES)
    const first = this.#counters[0]
    if (first === undefined || this.#counters.length <= SHARE_SAMPLES || frames <= first.frames) return null
    return Math.max(0, dropped - first.dropped) / (frames - first.frames)
  }
}

/** To be seen or heard. */
function isWanted(source: Source): boolean {
  return isPicture(source) ? source.visible : !source.muted
}

function isBroken(status: SourceStatus | undefined): boolean {
  return status !== undefined && status.state !== 'active' && status.state !== 'starting'
}

function cpuTimes(): { busy: number; total: number } {
  let busy = 0
  let total = 0
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq
    total += all
    busy += all - times.idle
  }
  return { busy, total }
}
