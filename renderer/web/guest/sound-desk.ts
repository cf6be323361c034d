import { heardTones, TONES_HZ } from './tone'

const FFT = 2_048
const FLOOR_DB = -100
/** Each tone, and as long of silence before: milliseconds. */
const TONE_MS = 700
/** Of the tones, 0 … 1: heard well, and startles nobody. */
const TONE_GAIN = 0.2

/** What the own microphone hears. Owns its audio context. */
export class SoundDesk {
  readonly #context: AudioContext
  readonly #analyser: AnalyserNode
  readonly #samples = new Float32Array(FFT)
  #source: MediaStreamAudioSourceNode | null = null

  constructor(context = new AudioContext()) {
    this.#context = context
    this.#analyser = context.createAnalyser()
    this.#analyser.fftSize = FFT
  }

  /** False until somebody has touched the page: browsers want it so. */
  get running(): boolean {
    return this.#context.state === 'running'
  }

  /** To be called from a gesture. */
  async resume(): Promise<void> {
    if (this.#context.state === 'suspended') await this.#context.resume()
  }

  listen(track: MediaStreamTrack | null): void {
    this.#source?.disconnect()
    this.#source = track === null ? null : this.#context.createMediaStreamSource(new MediaStream([track]))
    this.#source?.connect(this.#analyser)
  }

  /** The loudest of the last 40 ms, dBFS, -100 … 0. */
  levelDb(): number {
    if (this.#source === null) return FLOOR_DB
    this.#analyser.getFloatTimeDomainData(this.#samples)
    const peak = this.#samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
    return peak === 0 ? FLOOR_DB : Math.max(FLOOR_DB, 20 * Math.log10(peak))
  }

  /** Plays two tones. @returns whether the microphone heard them; null = the browser plays nothing, or there is no microphone */
  async echoes(speaker: string): Promise<boolean | null> {
    await this.resume()
    if (!this.running || this.#source === null) return null
    if (speaker !== '' && 'setSinkId' in this.#context) await (this.#context as AudioContext & { setSinkId(id: string): Promise<void> }).setSinkId(speaker)
    const gain = this.#context.createGain()
    gain.gain.value = 0
    gain.connect(this.#context.destination)
    const tones = TONES_HZ.map((frequency) => {
      const tone = this.#context.createOscillator()
      tone.frequency.value = frequency
      tone.connect(gain)
      tone.start()
      return tone
    })
    try {
      const quiet = await this.#strengths(TONE_MS)
      gain.gain.setTargetAtTime(TONE_GAIN, this.#context.currentTime, 0.02)
      const loud = await this.#strengths(TONE_MS)
      gain.gain.setTargetAtTime(0, this.#context.currentTime, 0.02)
      return heardTones(quiet, loud)
    } finally {
      for (const tone of tones) tone.stop(this.#context.currentTime + 0.1)
    }
  }

  async close(): Promise<void> {
    this.listen(null)
    await this.#context.close()
  }

  /** Of each tone the median over a time. */
  async #strengths(forMs: number): Promise<readonly number[]> {
    const found: number[][] = TONES_HZ.map(() => [])
    const bins = new Float32Array(this.#analyser.frequencyBinCount)
    const endsAt = this.#context.currentTime + forMs / 1_000
    while (this.#context.currentTime < endsAt) {
      await nextFrame()
      if (!this.running) break
      this.#analyser.getFloatFrequencyData(bins)
      TONES_HZ.forEach((frequency, at) => found[at]?.push(bins[Math.round((frequency * FFT) / this.#context.sampleRate)] ?? FLOOR_DB))
    }
    return found.map((values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? FLOOR_DB)
  }
}

/** Goes on in a page that nobody sees too. */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30))
}
