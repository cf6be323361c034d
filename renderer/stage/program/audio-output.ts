import { AudioSample, AudioSampleSource, canEncodeAudio, NullTarget, Output, AdtsOutputFormat } from 'mediabunny'
import { registerAacEncoder } from '@mediabunny/aac-encoder'
import type { AudioParameters } from '../../../electron/shared/program'
import { AAC_FRAME_SAMPLES, AUDIO_BITRATE_KBPS, AUDIO_CHANNELS, AUDIO_SAMPLE_RATE_HZ } from '../../../electron/shared/thresholds'
import type { MixedBlock } from './audio-mixer'
import { toBytes } from './video-output'

export interface AudioOutputHandlers {
  onParameters(parameters: AudioParameters): void
  onFrame(frame: { timestampUs: number; data: Uint8Array }): void
  onError(error: Error): void
}

/** AAC-LC of the mix. `webcodecs` where the platform encodes AAC, else FFmpeg's encoder as WebAssembly (mediabunny). */
export class AudioOutput {
  readonly engine: 'webcodecs' | 'wasm'
  readonly #handlers: AudioOutputHandlers
  readonly #source: AudioSampleSource
  readonly #output: Output
  #baseUs: number | null = null
  #described = false
  #closed = false

  static async open(handlers: AudioOutputHandlers): Promise<AudioOutput> {
    const native = await canEncodeAudio('aac', { numberOfChannels: AUDIO_CHANNELS, sampleRate: AUDIO_SAMPLE_RATE_HZ, bitrate: AUDIO_BITRATE_KBPS * 1_000 })
    if (!native) registerAacEncoder()
    const audio = new AudioOutput(native ? 'webcodecs' : 'wasm', handlers)
    audio.#output.addAudioTrack(audio.#source)
    await audio.#output.start()
    return audio
  }

  private constructor(engine: 'webcodecs' | 'wasm', handlers: AudioOutputHandlers) {
    this.engine = engine
    this.#handlers = handlers
    this.#output = new Output({ format: new AdtsOutputFormat(), target: new NullTarget() })
    this.#source = new AudioSampleSource({
      codec: 'aac',
      bitrate: AUDIO_BITRATE_KBPS * 1_000,
      onEncodedPacket: (packet, metadata) => {
        const description = metadata?.decoderConfig?.description
        if (description !== undefined && !this.#described) {
          this.#described = true
          handlers.onParameters({ sampleRateHz: AUDIO_SAMPLE_RATE_HZ, channels: AUDIO_CHANNELS, bitrateKbps: AUDIO_BITRATE_KBPS, asc: toBytes(description) })
        }
        if (this.#baseUs !== null) handlers.onFrame({ timestampUs: this.#baseUs + Math.round(packet.timestamp * 1e6), data: packet.data })
      },
    })
  }

  /** Blocks follow each other without a gap. */
  encode(block: MixedBlock): void {
    if (this.#closed) return
    // The encoder counts from 0: seconds since 1970 would lose precision in its floats.
    this.#baseUs ??= block.timestampUs
    const data = new Float32Array(AAC_FRAME_SAMPLES * AUDIO_CHANNELS)
    for (let i = 0; i < AAC_FRAME_SAMPLES; i++) {
      data[i * 2] = block.left[i] ?? 0
      data[i * 2 + 1] = block.right[i] ?? 0
    }
    const sample = new AudioSample({
      data,
      format: 'f32',
      numberOfChannels: AUDIO_CHANNELS,
      sampleRate: AUDIO_SAMPLE_RATE_HZ,
      timestamp: (block.timestampUs - this.#baseUs) / 1e6,
    })
    this.#source
      .add(sample)
      .catch((error: unknown) => {
        if (!this.#closed) this.#handlers.onError(error instanceof Error ? error : new Error(String(error)))
      })
      .finally(() => sample.close())
  }

  close(): void {
    this.#closed = true
    void this.#output.cancel()
  }
}
