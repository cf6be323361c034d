import type { Slate } from '../shared/program'
import { AAC_FRAME_SAMPLES, AUDIO_SAMPLE_RATE_HZ } from '../shared/thresholds'

const AUDIO_FRAME_US = (AAC_FRAME_SAMPLES * 1_000_000) / AUDIO_SAMPLE_RATE_HZ

export interface SlateFrame {
  readonly kind: 'video' | 'audio'
  readonly outUs: number
  readonly keyFrame: boolean
  readonly data: Uint8Array
}

/** Plays the slate in a loop on the output clock. Pure: ask it what is due. */
export class SlatePlayer {
  readonly slate: Slate
  readonly #beginUs: number
  #videoCount = 0
  #audioCount = 0

  constructor(slate: Slate, beginUs: number) {
    this.slate = slate
    this.#beginUs = beginUs
  }

  /** All frames up to `nowUs`, by time. At most one second's worth a call: after a pause it goes on, it does not catch up. */
  due(nowUs: number, withAudio: boolean): SlateFrame[] {
    const frames: SlateFrame[] = []
    const frameUs = 1_000_000 / this.slate.fps
    for (;;) {
      const videoUs = this.#beginUs + this.#videoCount * frameUs
      const audioUs = this.#beginUs + this.#audioCount * AUDIO_FRAME_US
      if (Math.min(videoUs, audioUs) > nowUs || frames.length > 128) return frames
      if (videoUs <= audioUs) {
        const frame = this.slate.frames[this.#videoCount % this.slate.frames.length]
        if (frame === undefined) return frames
        frames.push({ kind: 'video', outUs: videoUs, keyFrame: frame.keyFrame, data: frame.data })
        this.#videoCount += 1
      } else {
        if (withAudio) frames.push({ kind: 'audio', outUs: audioUs, keyFrame: false, data: this.slate.silence })
        this.#audioCount += 1
      }
    }
  }
}
