import type { SourceReading } from '../worker-protocol'

/** Reads one source's frames as they come. Owns the reader; every frame is handed on or closed. */
export class FrameIntake {
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>
  readonly #onFrame: (frame: VideoFrame) => void
  #delayUs = 0
  #frames = 0
  #width = 0
  #height = 0
  #lastAtMs: number | null = null
  #timers = new Set<ReturnType<typeof setTimeout>>()
  #closed = false

  constructor(frames: ReadableStream<VideoFrame>, onFrame: (frame: VideoFrame) => void) {
    this.#reader = frames.getReader()
    this.#onFrame = onFrame
    void this.#read()
  }

  setDelay(ms: number): void {
    this.#delayUs = ms * 1_000
  }

  /** Since the last call, `elapsedMs` ago. */
  reading(elapsedMs: number): SourceReading {
    const fps = elapsedMs === 0 ? 0 : (this.#frames * 1_000) / elapsedMs
    this.#frames = 0
    return { fps, width: this.#width, height: this.#height, ageMs: this.#lastAtMs === null ? null : performance.now() - this.#lastAtMs }
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
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
      this.#frames += 1
      this.#width = value.displayWidth
      this.#height = value.displayHeight
      this.#lastAtMs = performance.now()
      if (this.#delayUs === 0) this.#onFrame(value)
      else void this.#later(value)
    }
  }

  /** The device lends only a few frames: one that has to wait is copied. */
  async #later(frame: VideoFrame): Promise<void> {
    const { format, codedWidth, codedHeight, timestamp } = frame
    if (format === null) {
      this.#onFrame(frame)
      return
    }
    const copy = new Uint8Array(frame.allocationSize())
    const layout = await frame.copyTo(copy)
    const { width, height } = frame.visibleRect ?? { width: codedWidth, height: codedHeight }
    frame.close()
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (!this.#closed) this.#onFrame(new VideoFrame(copy, { format, codedWidth: width, codedHeight: height, timestamp, layout }))
    }, this.#delayUs / 1_000)
    this.#timers.add(timer)
  }
}
