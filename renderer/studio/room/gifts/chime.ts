import { GIFTS } from '../../../../electron/shared/thresholds'
import type { GiftTier } from './gift-tier'

/** Notes in Hz, one after the other. */
const NOTES: Readonly<Partial<Record<GiftTier, readonly number[]>>> = { 3: [659.26, 987.77], 4: [659.26, 830.61, 987.77, 1_318.51] }
const NOTE_EVERY_SEC = 0.11
const NOTE_SEC = 0.7
const ATTACK_SEC = 0.008
/** How often a voice is listened for while the chime sounds, and how quickly the chime steps back, milliseconds and seconds. */
const WATCH_MS = 50
const DUCK_SEC = 0.03
/** Of full scale, at volume 1: the chime is heard beside music, not above it. */
const PEAK = 0.25

export interface ChimeOptions {
  makeContext(): AudioContext
  /** 0–1; 0 = silent. Asked anew while it sounds. */
  volume(): number
  /** The anchor's voice is in the microphone now. */
  speaking(): boolean
}

/**
 * The sound of a big gift, made on the spot and played by this window's own speakers: it never enters the program. It steps back by 12 dB while
 * the anchor speaks. One at a time: a bigger gift's replaces a smaller one's. Owns its context and its timer.
 */
export class GiftChime {
  readonly #options: ChimeOptions
  #context: AudioContext | null = null
  #gain: GainNode | null = null
  #timer: ReturnType<typeof setInterval> | null = null
  #tier: GiftTier | 0 = 0
  #endsAtSec = 0

  constructor(options: ChimeOptions) {
    this.#options = options
  }

  play(tier: GiftTier): void {
    const notes = NOTES[tier]
    if (notes === undefined || this.#options.volume() === 0 || this.#tier >= tier) return
    this.#stop()
    const context = (this.#context ??= this.#options.makeContext())
    const gain = context.createGain()
    gain.gain.value = this.#level()
    gain.connect(context.destination)
    notes.forEach((hz, at) => sound(context, gain, hz, context.currentTime + at * NOTE_EVERY_SEC))
    this.#gain = gain
    this.#tier = tier
    this.#endsAtSec = context.currentTime + (notes.length - 1) * NOTE_EVERY_SEC + NOTE_SEC
    this.#timer = setInterval(() => this.#watch(), WATCH_MS)
  }

  close(): void {
    this.#stop()
    void this.#context?.close()
    this.#context = null
  }

  #watch(): void {
    const context = this.#context
    if (context === null || context.currentTime >= this.#endsAtSec) this.#stop()
    else this.#gain?.gain.setTargetAtTime(this.#level(), context.currentTime, DUCK_SEC)
  }

  #level(): number {
    const { volume, speaking } = this.#options
    return PEAK * volume() * (speaking() ? 10 ** (GIFTS.duckDb / 20) : 1)
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#gain?.disconnect()
    this.#gain = null
    this.#tier = 0
  }
}

function sound(context: AudioContext, into: AudioNode, hz: number, atSec: number): void {
  const note = context.createOscillator()
  const shape = context.createGain()
  note.frequency.value = hz
  shape.gain.setValueAtTime(0, atSec)
  shape.gain.linearRampToValueAtTime(1, atSec + ATTACK_SEC)
  shape.gain.exponentialRampToValueAtTime(0.001, atSec + NOTE_SEC)
  note.connect(shape).connect(into)
  note.start(atSec)
  note.stop(atSec + NOTE_SEC)
}
