import { AUDIO_SAMPLE_RATE_HZ } from '../../../electron/shared/thresholds'
import { nowUs } from './clock'
import { asError, type Log } from './log'

export interface SampleIntakeOptions {
  onSamples(left: Float32Array, right: Float32Array, arrivedUs: number): void
  readonly log: Log
}

/** Reads one source's sound, brings it to stereo at the program's rate, and hands it on with the time it arrived. */
export class SampleIntake {
  readonly #reader: ReadableStreamDefaultReader<AudioData>
  #closed = false

  constructor(samples: ReadableStream<AudioData>, options: SampleIntakeOptions) {
    this.#reader = samples.getReader()
    void this.#read(options).catch((error: unknown) => options.log('warn', `samples ended: ${asError(error).message}`))
  }

  close(): void {
    this.#closed = true
    void this.#reader.cancel().catch(() => undefined)
  }

  async #read({ onSamples }: SampleIntakeOptions): Promise<void> {
    while (!this.#closed) {
      const { done, value } = await this.#reader.read()
      if (done || value === undefined) return
      if (this.#closed) {
        value.close()
        return
      }
      const { sampleRate } = value
      let channels: readonly [Float32Array, Float32Array?]
      try {
        channels = planes(value)
      } finally {
        value.close()
      }
      const left = resample(channels[0], sampleRate)
      onSamples(left, channels[1] === undefined ? left : resample(channels[1], sampleRate), nowUs())
    }
  }
}

function planes(data: AudioData): [Float32Array, Float32Array?] {
  const plane = (planeIndex: number): Float32Array => {
    const samples = new Float32Array(data.numberOfFrames)
    data.copyTo(samples, { planeIndex, format: 'f32-planar' })
    return samples
  }
  return data.numberOfChannels > 1 ? [plane(0), plane(1)] : [plane(0)]
}

/** Linear: devices are asked for 48 kHz and nearly all give it; this is for the rest. */
export function resample(samples: Float32Array, rate: number): Float32Array {
  if (rate === AUDIO_SAMPLE_RATE_HZ) return samples
  const length = Math.round((samples.length * AUDIO_SAMPLE_RATE_HZ) / rate)
  const result = new Float32Array(length)
  for (let i = 0; i < length; i++) {
    const at = (i * rate) / AUDIO_SAMPLE_RATE_HZ
    const before = Math.floor(at)
    const a = samples[before] ?? 0
    const b = samples[Math.min(before + 1, samples.length - 1)] ?? a
    result[i] = a + (b - a) * (at - before)
  }
  return result
}
