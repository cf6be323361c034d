import type { VideoParameters } from '../../../electron/shared/program'
import { KEY_FRAME_INTERVAL_MS } from '../../../electron/shared/thresholds'
import { BitrateBudget } from './bitrate-budget'
import type { EncoderChoice } from './encoder-choice'

/** More frames than this inside the encoder: it does not keep up, and the next one is left out. */
const MAX_QUEUE = 3

export interface VideoOutputHandlers {
  onParameters(parameters: VideoParameters): void
  onChunk(chunk: { timestampUs: number; keyFrame: boolean; data: Uint8Array }): void
  onError(error: Error): void
}

/** The running H.264 encoder. Bitrate, size and rate change while it runs; one error ends it and is told. */
export class VideoOutput {
  readonly #handlers: VideoOutputHandlers
  readonly #encoder: VideoEncoder
  #config: VideoEncoderConfig
  #avcC: Uint8Array | null = null
  readonly #budget = new BitrateBudget()
  #sinceKeyUs: number | null = null
  #keyFrameWanted = true
  #started = new Map<number, number>()
  #encodeMs: number[] = []
  encodedFrames = 0
  skippedFrames = 0
  hardware: boolean

  constructor(choice: EncoderChoice, handlers: VideoOutputHandlers) {
    this.#handlers = handlers
    this.#config = choice.config
    this.hardware = choice.hardware
    this.#encoder = new VideoEncoder({ output: (chunk, metadata) => this.#output(chunk, metadata), error: (error) => handlers.onError(error) })
    this.#encoder.configure(choice.config)
  }

  get config(): VideoEncoderConfig {
    return this.#config
  }

  get codec(): string {
    return this.#config.codec
  }

  get bitrateKbps(): number {
    return (this.#config.bitrate ?? 0) / 1_000
  }

  get queue(): number {
    return this.#encoder.state === 'configured' ? this.#encoder.encodeQueueSize : 0
  }

  /** Median since the last call. */
  takeEncodeMs(): number {
    const sorted = this.#encodeMs.sort((a, b) => a - b)
    this.#encodeMs = []
    return sorted[Math.floor(sorted.length / 2)] ?? 0
  }

  wantKeyFrame(): void {
    this.#keyFrameWanted = true
  }

  reconfigure(choice: EncoderChoice): void {
    this.#config = choice.config
    this.hardware = choice.hardware
    this.#keyFrameWanted = true
    if (this.#encoder.state === 'configured') this.#encoder.configure(this.#config)
  }

  setBitrate(kbps: number): void {
    if (this.#encoder.state !== 'configured' || Math.round(kbps * 1_000) === this.#config.bitrate) return
    this.#config = { ...this.#config, bitrate: Math.round(kbps * 1_000) }
    this.#encoder.configure(this.#config)
  }

  /** Does not close the frame. */
  encode(frame: VideoFrame): void {
    if (this.#encoder.state !== 'configured') return
    const { timestamp } = frame
    if (this.#encoder.encodeQueueSize >= MAX_QUEUE || this.#budget.isSpent(timestamp, this.#config.bitrate ?? Number.MAX_SAFE_INTEGER)) {
      this.skippedFrames += 1
      return
    }
    // A hair less than the interval, so that rounding never makes it one frame longer.
    const due = this.#sinceKeyUs === null || timestamp - this.#sinceKeyUs >= KEY_FRAME_INTERVAL_MS * 1_000 - 1_000
    const keyFrame = due || this.#keyFrameWanted
    if (keyFrame) {
      this.#sinceKeyUs = timestamp
      this.#keyFrameWanted = false
    }
    this.#started.set(timestamp, performance.now())
    this.#encoder.encode(frame, { keyFrame })
  }

  close(): void {
    if (this.#encoder.state !== 'closed') this.#encoder.close()
  }

  #output(chunk: EncodedVideoChunk, metadata: EncodedVideoChunkMetadata | undefined): void {
    const startedAt = this.#started.get(chunk.timestamp)
    this.#started.delete(chunk.timestamp)
    if (startedAt !== undefined) this.#encodeMs.push(performance.now() - startedAt)
    if (this.#started.size > 120) this.#started.clear()
    const description = metadata?.decoderConfig?.description
    if (description !== undefined) this.#describe(toBytes(description))
    const data = new Uint8Array(chunk.byteLength)
    chunk.copyTo(data)
    this.encodedFrames += 1
    this.#budget.spend(data.byteLength, chunk.timestamp, this.#config.bitrate ?? Number.MAX_SAFE_INTEGER)
    if (this.#avcC !== null) this.#handlers.onChunk({ timestampUs: chunk.timestamp, keyFrame: chunk.type === 'key', data })
  }

  #describe(avcC: Uint8Array): void {
    if (this.#avcC !== null && avcC.length === this.#avcC.length && avcC.every((byte, index) => byte === this.#avcC?.[index])) return
    this.#avcC = avcC
    const { codec, width, height, framerate, bitrate } = this.#config
    this.#handlers.onParameters({ codec, width, height, fps: framerate ?? 30, bitrateKbps: (bitrate ?? 0) / 1_000, avcC })
  }
}

export function toBytes(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer.slice(source.byteOffset, source.byteOffset + source.byteLength))
    : new Uint8Array(source.slice(0))
}
