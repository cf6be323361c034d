import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AudioParameters, ProgramMessage, Slate, VideoParameters } from '../../electron/shared/program'
import { FLV_TAG, isAudioSequenceHeader, readFlvTags, videoBodyKind } from '../../electron/shared/rtmp/flv'

type Chunk = Extract<ProgramMessage, { type: 'video' | 'audio' }>

/** A real encode (Debian's ffmpeg: H.264 without B-frames, AAC) in the form the stage hands to the publisher. */
export interface Clip {
  readonly video: VideoParameters
  readonly audio: AudioParameters
  readonly chunks: readonly Chunk[]
  readonly durationMs: number
}

/** Each second begins with a flash and a beep of a tenth, so that A/V offsets can be measured. */
export function makeClip(folder: string, options: { seconds: number; kbps: number; size?: string }): Clip {
  const file = join(folder, `clip-${options.kbps}.flv`)
  const picture = `testsrc2=s=${options.size ?? '640x360'}:r=30,drawbox=color=white:t=fill:enable='lt(mod(t,1),0.1)'`
  const sound = "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':s=48000"
  const input = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound]
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-bf', '0', '-g', '60', '-pix_fmt', 'yuv420p']
  const rate = [
    '-b:v',
    `${options.kbps}k`,
    '-minrate',
    `${options.kbps}k`,
    '-maxrate',
    `${options.kbps}k`,
    '-bufsize',
    `${options.kbps / 2}k`,
    '-x264-params',
    'nal-hrd=cbr',
  ]
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...input, ...video, ...rate, '-c:a', 'aac', '-b:a', '160k', '-ac', '2', '-t', String(options.seconds), file])
  const { tags } = readFlvTags(readFileSync(file), 13)
  let avcC: Uint8Array | null = null
  let asc: Uint8Array | null = null
  const chunks: Chunk[] = []
  for (const { type, timestamp, body } of tags) {
    const timestampUs = timestamp * 1_000
    if (type === FLV_TAG.video) {
      const kind = videoBodyKind(body)
      if (kind.sequenceHeader) avcC = body.slice(5)
      else if (body[1] === 1) chunks.push({ type: 'video', timestampUs, keyFrame: kind.keyFrame, data: body.slice(5) })
    } else if (type === FLV_TAG.audio) {
      if (isAudioSequenceHeader(body)) asc = body.slice(2)
      else chunks.push({ type: 'audio', timestampUs, data: body.slice(2) })
    }
  }
  if (avcC === null || asc === null) throw new Error('the clip has no headers')
  chunks.sort((a, b) => a.timestampUs - b.timestampUs)
  const [width = 640, height = 360] = (options.size ?? '640x360').split('x').map(Number)
  return {
    video: { codec: 'avc1.42c01f', width, height, fps: 30, bitrateKbps: options.kbps, avcC },
    audio: { sampleRateHz: 48_000, channels: 2, bitrateKbps: 160, asc },
    chunks,
    durationMs: options.seconds * 1_000,
  }
}

/** What looks like an encode to everybody but a decoder: a key frame a second, any bitrate, any size. */
export function syntheticClip(options: { kbps: number; width?: number; height?: number; mark?: number }): Clip {
  const { kbps, width = 1_280, height = 720, mark = 1 } = options
  const frameBytes = Math.round((kbps * 1_000) / 8 / 30)
  const chunks: Chunk[] = []
  for (let index = 0; index < 30; index++)
    chunks.push({ type: 'video', timestampUs: Math.round((index * 1_000_000) / 30), keyFrame: index === 0, data: new Uint8Array(frameBytes).fill(mark) })
  for (let index = 0; index < 47; index++) chunks.push({ type: 'audio', timestampUs: Math.round((index * 1_024_000_000) / 48_000), data: new Uint8Array(400) })
  return {
    video: { codec: 'avc1.42c01f', width, height, fps: 30, bitrateKbps: kbps, avcC: Uint8Array.of(1, mark) },
    audio: { sampleRateHz: 48_000, channels: 2, bitrateKbps: 160, asc: Uint8Array.of(17, 144) },
    chunks: chunks.sort((a, b) => a.timestampUs - b.timestampUs),
    durationMs: 1_000,
  }
}

/** A slate of the clip's own first group of pictures. */
export function slateOf(clip: Clip): Slate {
  const videos = clip.chunks.filter((chunk) => chunk.type === 'video')
  const second = videos.findIndex((chunk, index) => index > 0 && chunk.type === 'video' && chunk.keyFrame)
  const frames = videos.slice(0, second > 0 ? second : videos.length).map((chunk) => ({ keyFrame: chunk.type === 'video' && chunk.keyFrame, data: chunk.data }))
  const silence = clip.chunks.find((chunk) => chunk.type === 'audio')?.data ?? new Uint8Array([0])
  return { avcC: clip.video.avcC, frames, fps: 30, silence }
}

/** Longer between two ticks, and the process was held. */
const HELD_MS = 200

/** Plays clips into a publisher in real time, over and over, as the stage would. `choose` picks the clip of each new group of pictures. */
export class ProgramFeed {
  readonly #sink: (message: ProgramMessage) => void
  readonly #choose: () => Clip
  #timer: NodeJS.Timeout | null = null
  #clip: Clip
  #at = 0
  #roundUs = 0
  #startedAtMs = 0
  #tickedAtMs = 0
  #keyFrameWanted = false
  videoFrames = 0
  audioFrames = 0

  constructor(choose: () => Clip, sink: (message: ProgramMessage) => void) {
    this.#sink = sink
    this.#choose = choose
    this.#clip = choose()
  }

  start(programId = 'program-1'): void {
    const { video, audio } = this.#clip
    this.#sink({ type: 'program', programId, video, audio })
    this.#sink({ type: 'slate', slate: slateOf(this.#clip) })
    this.#startedAtMs = performance.now()
    this.#tickedAtMs = this.#startedAtMs
    this.#timer = setInterval(() => this.#tick(), 5)
  }

  /** The clip begins anew, as an encoder that was asked for a key frame. */
  keyFrame(): void {
    this.#keyFrameWanted = true
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  #tick(): void {
    const nowMs = performance.now()
    // A process that was held makes nothing meanwhile: a camera does not hand out what it missed either.
    const heldMs = nowMs - this.#tickedAtMs
    if (heldMs > HELD_MS) this.#startedAtMs += heldMs
    this.#tickedAtMs = nowMs
    const nowUs = (nowMs - this.#startedAtMs) * 1_000
    if (this.#keyFrameWanted) {
      this.#keyFrameWanted = false
      this.#roundUs = Math.round(nowUs)
      this.#at = 0
    }
    for (;;) {
      const chunk = this.#clip.chunks[this.#at]
      if (chunk === undefined) {
        this.#roundUs += this.#clip.durationMs * 1_000
        this.#at = 0
        const next = this.#choose()
        if (next !== this.#clip) this.#sink({ type: 'video-parameters', video: next.video })
        this.#clip = next
        continue
      }
      const timestampUs = this.#roundUs + chunk.timestampUs
      if (timestampUs > nowUs) return
      this.#at += 1
      if (chunk.type === 'video') this.videoFrames += 1
      else this.audioFrames += 1
      this.#sink({ ...chunk, timestampUs })
    }
  }
}
