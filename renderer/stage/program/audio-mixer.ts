import type { AudioLevel } from '../../../electron/shared/program'
import { isSound, type Scene } from '../../../electron/shared/scene'
import { AAC_FRAME_SAMPLES, AUDIO_SAMPLE_RATE_HZ } from '../../../electron/shared/thresholds'
import { beepSample } from '../test-signal'
import { AudioLine } from './audio-line'
import { LevelMeter, toDb } from './level-meter'
import { Stereo } from './stereo'

/** How long the mix waits for samples that are on their way from the device. */
const LATENCY_US = 80_000
/** −12 dB: what a guest hears under the voice that is for him alone. */
const TALKBACK_DUCK = 0.25
const ANCHOR_VOICE = ''

export interface MixedBlock {
  /** Of the first sample, microseconds of the stage's clock. */
  readonly timestampUs: number
  readonly left: Float32Array<ArrayBuffer>
  readonly right: Float32Array<ArrayBuffer>
  /** By guest: what this one hears, mono. Everything but the own sound (mix-minus). */
  readonly returns: ReadonlyMap<string, Float32Array<ArrayBuffer>>
  /** Mean power of those who can be seen to speak: guests in the program by id, and the anchor's microphones under `''`. */
  readonly voices: ReadonlyMap<string, number>
}

/** A co-anchor's sound. */
export interface GuestSound {
  readonly id: string
  /** In the program, linear: 0 = neither viewers nor other guests hear it. */
  readonly gain: number
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
  #guests: readonly GuestSound[] = []
  #talkingTo: string | null = null

  setScene(scene: Scene): void {
    this.#scene = scene
    this.#forgetOthers()
  }

  /** Who else is heard, and hears. */
  setGuests(guests: readonly GuestSound[]): void {
    this.#guests = guests
    this.#forgetOthers()
  }

  /** The anchor's microphones go to this guest alone, over what the guest hears else; null = to everybody. */
  talkTo(id: string | null): void {
    this.#talkingTo = id
  }

  /** While paused viewers hear nothing; what the sources give is still taken in, so that the sound is back at once, and guests hear it. */
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

  #forgetOthers(): void {
    const ids = new Set([...this.#scene.sources.filter(isSound).map(({ id }) => id), ...this.#guests.map(({ id }) => id)])
    for (const id of [...this.#lines.keys(), ...this.#meters.keys()]) {
      if (ids.has(id)) continue
      this.#lines.delete(id)
      this.#meters.delete(id)
    }
  }

  #mix(fromAt: number): MixedBlock {
    const all = new Stereo()
    const voices = new Map<string, number>()
    /** The anchor's voice while it is for one alone. */
    const aside = this.#talkingTo === null ? null : new Stereo()
    for (const source of this.#scene.sources) {
      if (!isSound(source)) continue
      const gain = source.muted ? 0 : 10 ** (source.gainDb / 20)
      const offset = Math.round((source.syncOffsetMs * AUDIO_SAMPLE_RATE_HZ) / 1_000)
      const { left, right } = (source.kind === 'microphone' ? aside : null) ?? all
      const level =
        source.kind === 'test-card'
          ? beepInto(left, right, fromAt - offset, source.visible ? gain : 0)
          : this.#lines.get(source.id)?.mixInto(left, right, fromAt - offset, gain)
      this.#metered(source.id, level)
      if (source.kind === 'microphone') voices.set(ANCHOR_VOICE, (voices.get(ANCHOR_VOICE) ?? 0) + (level?.power ?? 0))
    }
    const guests = this.#guests.map(({ id, gain }) => {
      const own = new Stereo()
      const level = this.#lines.get(id)?.mixInto(own.left, own.right, fromAt, 1)
      this.#metered(id, level)
      if (gain > 0) voices.set(id, level?.power ?? 0)
      own.scale(gain)
      all.add(own)
      return { id, own }
    })
    const returns = new Map(guests.map(({ id, own }) => [id, id === this.#talkingTo ? all.without(own, TALKBACK_DUCK, aside) : all.without(own, 1, null)]))
    if (this.#paused) all.scale(0)
    const { peak, power } = all.limit()
    this.#program.add(peak, power)
    this.#peak = Math.max(this.#peak, peak)
    return { timestampUs: Math.round((fromAt * 1_000_000) / AUDIO_SAMPLE_RATE_HZ), left: all.left, right: all.right, returns, voices }
  }

  #metered(id: string, level: { peak: number; power: number } | undefined): void {
    let meter = this.#meters.get(id)
    if (meter === undefined) {
      meter = new LevelMeter()
      this.#meters.set(id, meter)
    }
    meter.add(level?.peak ?? 0, level?.power ?? 0)
    for (const peaks of this.#watched) peaks.set(id, Math.max(peaks.get(id) ?? 0, level?.peak ?? 0))
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
