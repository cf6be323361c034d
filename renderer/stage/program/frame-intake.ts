import type { SourceReading } from '../worker-protocol'
import { asError, type Log } from './log'

export interface FrameIntakeOptions {
  /** Takes the frame over. */
  onFrame(frame: VideoFrame): void
  readonly log: Log
}

/** Reads one source's frames as they come. Owns the reader; every frame is handed on or closed. */
export class FrameIntake {
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>
  readonly #options: FrameIntakeOptions
  #delayUs = 0
  #received = 0
  #reported = 0
  #width = 0
  #height = 0
  #lastAtMs: number | null = null
  /** Frames that wait for their sync offset. */
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  #closed = false

  constructor(frames: ReadableStream<VideoFrame>, options: FrameIntakeOptions) {
    this.#reader = frames.getReader()
    this.#options = options
    // The keeper of the device sees by the frames' age that none come any more.
    void this.#read().catch((error: unknown) => options.log('warn', `frames ended: ${asError(error).message}`))
  }

  /** Frames so far. */
  get received(): number {
    return this.#received
  }

  setDelay(ms: number): void {
    this.#delayUs = ms * 1_000
  }

  /** Since the last call, `elapsedMs` ago. */
  reading(elapsedMs: number): SourceReading {
    const fps = elapsedMs === 0 ? 0 : ((this.#received - this.#reported) * 1_000) / elapsedMs
    this.#reported = this.#received
    return { fps, width: this.#width, height: this.#height, ageMs: this.#lastAtMs === null ? null : performance.now() - this.#lastAtMs }
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    void this.#reader.cancel().catch(() => undefined)
  }

  async #read(): Promise<void> {
    while (!this.#closed) {
      const { done, value } = await this.#reader.read()
      if (done || value === undefined) return
      if (this.#closed) {
        value.close()
        return
      }
      this.#received += 1
      this.#width = value.displayWidth
      this.#height = value.displayHeight
      this.#lastAtMs = performance.now()
      if (this.#delayUs === 0) this.#options.onFrame(value)
      else void this.#later(value).catch((error: unknown) => this.#options.log('warn', `a frame could not be held: ${asError(error).message}`))
    }
  }

  /** The device lends only a few frames: one that has to wait is copied. */
  async #later(frame: VideoFrame): Promise<void> {
    const { format, timestamp } = frame
    // Opaque pixels cannot be copied: this frame comes early rather than never.
    if (format === null) {
      this.#options.onFrame(frame)
      return
    }
    const delayMs = this.#delayUs / 1_000
    const { codedWidth, codedHeight } = frame.visibleRect === null ? frame : { codedWidth: frame.visibleRect.width, codedHeight: frame.visibleRect.height }
    const { primaries, transfer, matrix, fullRange } = frame.colorSpace
    let copy: Uint8Array<ArrayBuffer>
    let layout: PlaneLayout[]
    try {
      copy = new Uint8Array(frame.allocationSize())
      layout = await frame.copyTo(copy)
    } finally {
      frame.close()
    }
    if (this.#closed) return
    const colorSpace = { primaries, transfer, matrix, fullRange }
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#options.onFrame(new VideoFrame(copy, { format, codedWidth, codedHeight, timestamp, layout, colorSpace }))
    }, delayMs)
    this.#timers.add(timer)
  }
}
