import type { AudioLevel } from '../../../electron/shared/program'
import { isSound, type Scene } from '../../../electron/shared/scene'
import { AAC_FRAME_SAMPLES, AUDIO_SAMPLE_RATE_HZ } from '../../../electron/shared/thresholds'
import { beepSample } from '../test-signal'
import { AudioLine } from './audio-line'
import { LevelMeter, toDb } from './level-meter'

/** How long the mix waits for samples that are on their way from the device. */
const LATENCY_US = 80_000

export interface MixedBlock {
  /** Of the first sample, microseconds of the stage's clock. */
  readonly timestampUs: number
  readonly left: Float32Array<ArrayBuffer>
  readonly right: Float32Array<ArrayBuffer>
}

/**
 * Mixes all sound sources into blocks of one AAC frame, on the clock of the pictures. It needs no sound device to run:
 * the clock drives it. Pure: samples in, blocks out.
 */
export class AudioMixer {
  readonly #lines = new Map<string, AudioLine>()
  readonly #meters = new Map<string, LevelMeter>()
  readonly #program = new LevelMeter()
  #scene: Scene = { sources: [] }
  /** Peaks of the sources for those who measure at the moment. */
  readonly #watched = new Set<Map<string, number>>()
  #nextAt: number | null = null
  #peak = 0
  #paused = false

  setScene(scene: Scene): void {
    this.#scene = scene
    const ids = new Set(scene.sources.filter(isSound).map((source) => source.id))
    for (const id of [...this.#lines.keys(), ...this.#meters.keys()]) {
      if (ids.has(id)) continue
      this.#lines.delete(id)
      this.#meters.delete(id)
    }
  }

  /** While paused every source is silent; what they give is still taken in, so that the sound is back at once. */
  setPaused(paused: boolean): void {
    this.#paused = paused
  }

  push(id: string, left: Float32Array, right: Float32Array, arrivedUs: number): void {
    let line = this.#lines.get(id)
    if (line === undefined) {
      line = new AudioLine(AUDIO_SAMPLE_RATE_HZ)
      this.#lines.set(id, line)
    }
    line.push(left, right, arrivedUs)
  }

  drop(id: string): void {
    this.#lines.delete(id)
  }

  /** All blocks that are complete by now. After a long pause it goes on from here instead of catching up. */
  due(nowUs: number): MixedBlock[] {
    const readyAt = Math.floor(((nowUs - LATENCY_US) * AUDIO_SAMPLE_RATE_HZ) / 1_000_000)
    if (this.#nextAt === null || readyAt - this.#nextAt > AUDIO_SAMPLE_RATE_HZ) this.#nextAt = readyAt - AAC_FRAME_SAMPLES
    const blocks: MixedBlock[] = []
    while (this.#nextAt + AAC_FRAME_SAMPLES <= readyAt) {
      blocks.push(this.#mix(this.#nextAt))
      this.#nextAt += AAC_FRAME_SAMPLES
    }
    return blocks
  }

  /** Peak of the program since the last call, dBFS; null when the scene has no sound source or is paused. */
  takePeakDb(): number | null {
    const peakDb = toDb(this.#peak)
    this.#peak = 0
    return !this.#paused && this.#scene.sources.some(isSound) ? peakDb : null
  }

  /** Collects each source's peak from now on. The function that it returns ends that and gives them, dBFS by source id. */
  watchPeaks(): () => Record<string, number> {
    const peaks = new Map<string, number>()
    this.#watched.add(peaks)
    return () => {
      this.#watched.delete(peaks)
      return Object.fromEntries([...peaks].map(([id, peak]) => [id, toDb(peak)]))
    }
  }

  /** Since the last call. */
  levels(): { sources: Record<string, AudioLevel>; program: AudioLevel } {
    const sources: Record<string, AudioLevel> = {}
    for (const [id, meter] of this.#meters) sources[id] = meter.take()
    const program = this.#program.take()
    return { sources, program }
  }

  #mix(fromAt: number): MixedBlock {
    const left = new Float32Array(AAC_FRAME_SAMPLES)
    const right = new Float32Array(AAC_FRAME_SAMPLES)
    for (const source of this.#scene.sources) {
      if (!isSound(source)) continue
      const gain = source.muted || this.#paused ? 0 : 10 ** (source.gainDb / 20)
      const offset = Math.round((source.syncOffsetMs * AUDIO_SAMPLE_RATE_HZ) / 1_000)
      const level =
        source.kind === 'test-card'
          ? beepInto(left, right, fromAt - offset, source.visible ? gain : 0)
          : this.#lines.get(source.id)?.mixInto(left, right, fromAt - offset, gain)
      let meter = this.#meters.get(source.id)
      if (meter === undefined) {
        meter = new LevelMeter()
        this.#meters.set(source.id, meter)
      }
      meter.add(level?.peak ?? 0, level?.power ?? 0)
      for (const peaks of this.#watched) peaks.set(source.id, Math.max(peaks.get(source.id) ?? 0, level?.peak ?? 0))
    }
    let peak = 0
    let power = 0
    for (let i = 0; i < left.length; i++) {
      const l = Math.max(-1, Math.min(1, left[i] ?? 0))
      const r = Math.max(-1, Math.min(1, right[i] ?? 0))
      left[i] = l
      right[i] = r
      peak = Math.max(peak, Math.abs(l), Math.abs(r))
      power += (l * l + r * r) / 2
    }
    this.#program.add(peak, power / left.length)
    this.#peak = Math.max(this.#peak, peak)
    return { timestampUs: Math.round((fromAt * 1_000_000) / AUDIO_SAMPLE_RATE_HZ), left, right }
  }
}

function beepInto(left: Float32Array, right: Float32Array, fromAt: number, gain: number): { peak: number; power: number } {
  let peak = 0
  let power = 0
  for (let i = 0; i < left.length; i++) {
    const sample = beepSample(((fromAt + i) * 1_000_000) / AUDIO_SAMPLE_RATE_HZ) * gain
    if (sample === 0) continue
    left[i] = (left[i] ?? 0) + sample
    right[i] = (right[i] ?? 0) + sample
    peak = Math.max(peak, Math.abs(sample))
    power += sample * sample
  }
  return { peak, power: power / left.length }
}
