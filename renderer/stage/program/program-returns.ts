import { intoBt601, type Compositor } from '../compositor'
import type { Box } from '../../../electron/shared/seat-layout'
import { AUDIO_SAMPLE_RATE_HZ } from '../../../electron/shared/thresholds'
import type { MixedBlock } from './audio-mixer'
import { asError, type Log } from './log'

/** What co-anchors see of the program: enough to follow it, cheap enough for eight of them. */
const PICTURE = { width: 640, height: 360 } as const
/** Pictures a second: each of them costs an encoding of its own. */
const RATE = { fps: 15, manyFps: 10, many: 4 } as const
/** Pictures and blocks of sound that may wait for whoever sends them on; what comes then is left out. A page's hiccup must not be heard. */
const WAITING = { pictures: 1, sounds: 25 } as const

/** What co-anchors get back: the program's picture, and for each the sound of everybody else. Owns the writers. */
export class ProgramReturns {
  readonly #log: Log
  readonly #sounds = new Map<string, WritableStreamDefaultWriter<AudioData>>()
  #pictures: WritableStreamDefaultWriter<VideoFrame> | null = null
  #picturedAtMs = -Infinity
  #writing = false
  #scene: WritableStreamDefaultWriter<VideoFrame> | null = null

  constructor(log: Log) {
    this.#log = log
  }

  /** Pictures a second that somebody waits for. */
  get fps(): number {
    if ((this.#pictures === null && this.#scene === null) || this.#sounds.size === 0) return 0
    return this.#sounds.size > RATE.many ? RATE.manyFps : RATE.fps
  }

  pictures(frames: WritableStream<VideoFrame>): void {
    this.#pictures = frames.getWriter()
    // A sink that is gone is replaced; until then nobody looks.
    this.#pictures.closed.catch((error: unknown) => this.#log('info', `the program's return ended: ${asError(error).message}`))
  }

  scene(frames: WritableStream<VideoFrame>): void {
    this.#scene = frames.getWriter()
    this.#scene.closed.catch((error: unknown) => this.#log('info', `the scene's return ended: ${asError(error).message}`))
  }

  /** The anchor's part of the program's picture, for other rooms. Cut out, not copied. The frame stays the caller's. */
  sendScene(frame: VideoFrame, box: Box): void {
    if (this.#scene === null || this.#sounds.size === 0 || !hasRoom(this.#scene, WAITING.pictures)) return
    const even = (share: number, side: number): number => 2 * Math.round((share * side) / 2)
    const rect = {
      x: even(box.x, frame.codedWidth),
      y: even(box.y, frame.codedHeight),
      width: even(box.width, frame.codedWidth),
      height: even(box.height, frame.codedHeight),
    }
    const cut = new VideoFrame(frame, { timestamp: frame.timestamp, visibleRect: rect })
    this.#scene.write(cut).catch(() => cut.close())
  }

  sound(id: string, samples: WritableStream<AudioData>): void {
    this.end(id)
    const writer = samples.getWriter()
    this.#sounds.set(id, writer)
    writer.closed.catch(() => {
      if (this.#sounds.get(id) === writer) this.#sounds.delete(id)
    })
  }

  end(id: string): void {
    const writer = this.#sounds.get(id)
    this.#sounds.delete(id)
    writer?.close().catch((error: unknown) => this.#log('info', `a return ended: ${asError(error).message}`))
  }

  mixed({ timestampUs, returns }: MixedBlock): void {
    for (const [id, writer] of this.#sounds) {
      const data = returns.get(id)
      if (data === undefined || !hasRoom(writer, WAITING.sounds)) continue
      const sound = new AudioData({
        format: 'f32-planar',
        sampleRate: AUDIO_SAMPLE_RATE_HZ,
        numberOfChannels: 1,
        numberOfFrames: data.length,
        timestamp: timestampUs,
        data,
      })
      // A guest whose line is bad loses sound there; nothing here waits for it. `closed` tells of a sink that is gone.
      writer.write(sound).catch(() => sound.close())
    }
  }

  /** The program's last picture, if it is time for it. */
  async sendPicture(compositor: Pick<Compositor, 'preview'>, timestampUs: number): Promise<void> {
    const now = performance.now()
    // Half a frame early is on time: the program's own rate decides which frames there are.
    if (
      this.#pictures === null ||
      !hasRoom(this.#pictures, WAITING.pictures) ||
      this.#writing ||
      this.fps === 0 ||
      now - this.#picturedAtMs < 1_000 / this.fps - 8
    )
      return
    this.#writing = true
    this.#picturedAtMs = now
    try {
      const data = await compositor.preview(PICTURE.width, PICTURE.height)
      intoBt601(data, PICTURE.width, PICTURE.height)
      const frame = new VideoFrame(data, {
        format: 'I420',
        codedWidth: PICTURE.width,
        codedHeight: PICTURE.height,
        timestamp: timestampUs,
      })
      this.#pictures.write(frame).catch(() => frame.close())
    } finally {
      this.#writing = false
    }
  }

  close(): void {
    for (const id of [...this.#sounds.keys()]) this.end(id)
    this.#pictures?.close().catch((error: unknown) => this.#log('info', `the program's return ended: ${asError(error).message}`))
    this.#pictures = null
    this.#scene?.close().catch((error: unknown) => this.#log('info', `the scene's return ended: ${asError(error).message}`))
    this.#scene = null
  }
}

/** Its sink takes what is written, or is not far behind. An errored one has no size: writing tells of it. */
function hasRoom({ desiredSize }: WritableStreamDefaultWriter, waiting: number): boolean {
  return desiredSize === null || desiredSize > -waiting
}
