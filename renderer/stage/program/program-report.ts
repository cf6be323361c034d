import type { Profile } from '../../../electron/shared/profile'
import { isPicture, isSound } from '../../../electron/shared/scene'
import type { StageStats } from '../../../electron/shared/stage'
import type { Compositor } from '../compositor'
import type { Measurement, SourceReading } from '../worker-protocol'
import type { AudioMixer } from './audio-mixer'
import { toDb } from './level-meter'
import type { Log } from './log'
import type { ProgramAudio } from './program-audio'
import { wishOf, type EncoderChoices } from './encoder-choice'
import type { ProgramEncoding } from './program-encoding'
import type { ProgramGuests } from './program-guests'
import type { ProgramSources } from './program-sources'

const REPORT_EVERY_MS = 500

export interface ProgramReportOptions {
  readonly compositor: Pick<Compositor, 'engine' | 'variance'>
  readonly sources: Pick<ProgramSources, 'readings' | 'received' | 'scene'>
  readonly guests: Pick<ProgramGuests, 'readings'>
  readonly encoding: Pick<ProgramEncoding, 'video' | 'encodedFrames' | 'skippedFrames'>
  readonly choices: Pick<EncoderChoices, 'bestOrNone'>
  readonly log: Log
  readonly audio: Pick<ProgramAudio, 'engine'>
  readonly mixer: Pick<AudioMixer, 'takePeakDb' | 'watchPeaks'>
  /** As it is now. */
  now(): { readonly live: boolean; readonly targetFps: number; readonly profile: Profile }
  onStats(stats: StageStats, sources: Record<string, SourceReading>, guests: Record<string, SourceReading>): void
}

/** Counts what the program does and says so twice a second; measures for the checks. Owns its timers. */
export class ProgramReport {
  readonly #options: ProgramReportOptions
  readonly #timer: ReturnType<typeof setInterval>
  readonly #waits = new Set<ReturnType<typeof setTimeout>>()
  #composeMs: number[] = []
  #encodedBefore = 0
  #missed = 0
  #reportedAtMs = performance.now()

  constructor(options: ProgramReportOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#report(), REPORT_EVERY_MS)
  }

  /** A picture was put together in this time. */
  composed(tookMs: number): void {
    this.#composeMs.push(tookMs)
  }

  /** Pictures of the show that were due and could not be made. */
  missed(count: number): void {
    if (this.#options.now().live) this.#missed += count
  }

  /** A show starts: what is counted since its start begins at 0. */
  restart(): void {
    this.#missed = 0
    this.#encodedBefore = 0
  }

  close(): void {
    clearInterval(this.#timer)
    for (const wait of this.#waits) clearTimeout(wait)
    this.#waits.clear()
  }

  /** What each source gives during `forMs`, and what the encoder can do. */
  async measure(forMs: number): Promise<Measurement> {
    const { sources, mixer, choices, compositor, log } = this.#options
    const before = sources.received()
    const takePeaks = mixer.watchPeaks()
    const startedAt = performance.now()
    const choice = await choices.bestOrNone(wishOf(this.#options.now().profile), log)
    await this.#wait(forMs)
    const seconds = (performance.now() - startedAt) / 1_000
    const after = sources.received()
    const peaksDb = takePeaks()
    const pictures: Record<string, { fps: number; variance: number | null }> = {}
    for (const source of sources.scene.sources) {
      if (isSound(source)) peaksDb[source.id] ??= toDb(0)
      if (!isPicture(source)) continue
      // A device that was opened anew in between counts from 0 again.
      const frames = Math.max(0, (after.get(source.id) ?? 0) - (before.get(source.id) ?? 0))
      pictures[source.id] = { fps: frames / seconds, variance: await compositor.variance(source.id) }
    }
    return { pictures, peaksDb, encoder: { ok: choice !== null, hardware: choice?.hardware ?? false, fps: choice?.fps ?? 0 } }
  }

  #report(): void {
    const { compositor, encoding, audio, mixer, sources, now, onStats } = this.#options
    const nowMs = performance.now()
    const elapsedMs = nowMs - this.#reportedAtMs
    this.#reportedAtMs = nowMs
    const composeMs = this.#composeMs.sort((a, b) => a - b)
    this.#composeMs = []
    const at = (share: number): number => composeMs[Math.min(composeMs.length - 1, Math.floor(share * composeMs.length))] ?? 0
    const { live, targetFps, profile } = now()
    const { video, encodedFrames, skippedFrames } = encoding
    const pictures = live ? Math.max(0, encodedFrames - this.#encodedBefore) : composeMs.length
    this.#encodedBefore = encodedFrames
    onStats(
      {
        engine: compositor.engine,
        encoder: video === null ? null : { codec: video.codec, hardware: video.hardware, audio: audio.engine ?? 'wasm' },
        targetFps,
        fps: elapsedMs === 0 ? 0 : (pictures * 1_000) / elapsedMs,
        composeMsP50: at(0.5),
        composeMsP95: at(0.95),
        encodeMsP50: video?.takeEncodeMs() ?? 0,
        encodeQueue: video?.queue ?? 0,
        skippedFrames: skippedFrames + this.#missed,
        encodedFrames,
        bitrateKbps: video?.bitrateKbps ?? profile.bitrateKbps,
        audioPeakDb: mixer.takePeakDb(),
      },
      sources.readings(elapsedMs),
      this.#options.guests.readings(elapsedMs),
    )
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waits.delete(timer)
        resolve()
      }, ms)
      this.#waits.add(timer)
    })
  }
}
