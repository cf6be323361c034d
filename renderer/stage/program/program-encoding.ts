import type { ErrorInfo } from '../../../electron/shared/errors'
import type { Profile } from '../../../electron/shared/profile'
import { wishOf, type EncoderChoice, type EncoderChoices } from './encoder-choice'
import { asError, type Log } from './log'
import type { ProgramSender } from './program-sender'
import { encodeSlate } from './slate-encoder'
import { Tries } from './tries'
import { VideoOutput, type VideoOutputHandlers } from './video-output'

const TRIES = { limit: 5, delayMs: 500, stableAfterMs: 30_000 } as const

/** What is drawn on the slate. */
export interface Show {
  readonly title: string
  readonly language: 'en' | 'zh-CN'
}

/** `opening`: chosen, opened or tried again. `failed`: given up until the profile or the show is another. */
export type EncodingState = { readonly name: 'off' | 'opening' | 'on' } | { readonly name: 'failed'; readonly error: ErrorInfo }

type Output = Pick<VideoOutput, keyof VideoOutput>

export interface ProgramEncodingOptions {
  readonly profile: Profile
  readonly choices: Pick<EncoderChoices, 'best' | 'distrustHardware'>
  readonly sender: Pick<ProgramSender, 'setVideo' | 'video' | 'setSlate'>
  onState(state: EncodingState): void
  readonly log: Log
  /** The browser's encoders; tests bring their own. */
  readonly open?: (choice: EncoderChoice, handlers: VideoOutputHandlers) => Output
  readonly encodeSlate?: typeof encodeSlate
}

/**
 * The video encoder of a show: which one, at which profile and bitrate, what happens when it breaks, and the slate that is
 * encoded like the program. Whatever is awaited belongs to a generation; an answer from an older one is dropped. No method rejects.
 */
export class ProgramEncoding {
  readonly #options: ProgramEncodingOptions
  readonly #open: NonNullable<ProgramEncodingOptions['open']>
  readonly #encodeSlate: typeof encodeSlate
  readonly #tries = new Tries(TRIES)
  #profile: Profile
  #show: Show | null = null
  #state: EncodingState = { name: 'off' }
  #generation = 0
  #slateGeneration = 0
  #video: Output | null = null
  #openedAtMs = 0
  #retry: ReturnType<typeof setTimeout> | null = null
  /** Why an encoder broke: where none is left in software, that is the cause. */
  #broken: Error | null = null
  #advisedKbps: number | null = null
  #silence: Uint8Array | null = null
  /** Of the encoders of this show that are closed. */
  #encodedBefore = 0
  #skippedBefore = 0

  constructor(options: ProgramEncodingOptions) {
    this.#options = options
    this.#profile = options.profile
    this.#open = options.open ?? ((choice, handlers) => new VideoOutput(choice, handlers))
    this.#encodeSlate = options.encodeSlate ?? encodeSlate
  }

  get state(): EncodingState {
    return this.#state
  }

  /** The encoder that runs. */
  get video(): Pick<Output, 'codec' | 'hardware' | 'bitrateKbps' | 'queue' | 'takeEncodeMs'> | null {
    return this.#video
  }

  /** Since the show started. */
  get encodedFrames(): number {
    return this.#encodedBefore + (this.#video?.encodedFrames ?? 0)
  }

  /** Since the show started: the encoder was behind. */
  get skippedFrames(): number {
    return this.#skippedBefore + (this.#video?.skippedFrames ?? 0)
  }

  /** Also the remedy for an encoder that was given up: it is tried anew. */
  setProfile(profile: Profile): void {
    this.#profile = profile
    this.#advisedKbps = null
    this.#tries.reset()
    void this.#apply()
  }

  start(show: Show): void {
    this.#closeVideo()
    this.#show = show
    this.#advisedKbps = null
    this.#encodedBefore = 0
    this.#skippedBefore = 0
    this.#tries.reset()
    void this.#apply()
  }

  stop(): void {
    this.#show = null
    this.#advisedKbps = null
    this.#generation += 1
    this.#slateGeneration += 1
    this.#closeVideo()
    this.#set({ name: 'off' })
  }

  /** Does not close the frame. */
  encode(frame: VideoFrame): void {
    this.#video?.encode(frame)
  }

  wantKeyFrame(): void {
    this.#video?.wantKeyFrame()
  }

  /** What the line carries, kbit/s; null = nobody knows (a new publisher). Never more than the profile's is used. */
  advise(kbps: number | null): void {
    this.#advisedKbps = kbps
    this.#video?.setBitrate(this.#bitrateKbps())
  }

  /** One frame of silence in the program's own encoding: the slate's sound. */
  setSilence(silence: Uint8Array): void {
    this.#silence = silence
    if (this.#state.name === 'on') void this.#makeSlate()
  }

  #bitrateKbps(): number {
    return Math.min(this.#advisedKbps ?? Infinity, this.#profile.bitrateKbps)
  }

  /** Brings the encoder to what is wanted now: the running one to the profile, or a new one up. */
  async #apply(): Promise<void> {
    const generation = ++this.#generation
    this.#clearRetry()
    if (this.#show !== null && this.#video === null) this.#set({ name: 'opening' })
    let found: EncoderChoice | null
    try {
      found = await this.#options.choices.best(wishOf(this.#profile))
    } catch (error) {
      if (generation === this.#generation) this.#fault(asError(error), false)
      return
    }
    // Without a show it was tried ahead of need: going live must not wait for it.
    if (generation !== this.#generation || this.#show === null) return
    if (found === null) {
      // An encoder that runs goes on at the profile that it has.
      this.#set({ name: 'failed', error: this.#unsupported() })
      return
    }
    const choice = { ...found, config: { ...found.config, bitrate: Math.round(this.#bitrateKbps() * 1_000) } }
    try {
      if (this.#video === null) this.#openVideo(choice)
      else this.#reconfigure(this.#video, choice)
    } catch (error) {
      this.#fault(asError(error), true)
    }
  }

  #reconfigure(video: Output, choice: EncoderChoice): void {
    video.reconfigure(choice)
    if (this.#state.name === 'failed') this.#set({ name: 'on' })
    void this.#makeSlate()
  }

  #openVideo(choice: EncoderChoice): void {
    // An encoder that is let go may still speak.
    const current = (): boolean => this.#video === video
    let first = true
    const video = this.#open(choice, {
      onParameters: (parameters) => {
        if (current()) this.#options.sender.setVideo(parameters)
      },
      onChunk: (chunk) => {
        if (!current()) return
        this.#options.sender.video(chunk)
        if (!first) return
        first = false
        this.#set({ name: 'on' })
        void this.#makeSlate()
      },
      onError: (error) => {
        if (current()) this.#fault(error, true)
      },
    })
    this.#video = video
    this.#openedAtMs = performance.now()
  }

  /** Again after a pause. @param broke it was the encoder, not the search for one */
  #fault(error: Error, broke: boolean): void {
    this.#options.log('error', `video encoder: ${error.message}`)
    if (this.#show === null) return
    const workedMs = this.#state.name === 'on' ? performance.now() - this.#openedAtMs : 0
    if (broke) {
      this.#broken = error
      this.#options.choices.distrustHardware()
    }
    this.#generation += 1
    this.#closeVideo()
    const retryAfterMs = this.#tries.failed(workedMs)
    if (retryAfterMs === null) {
      this.#set({ name: 'failed', error: failed(error) })
      return
    }
    this.#set({ name: 'opening' })
    this.#retry = setTimeout(() => void this.#apply(), retryAfterMs)
  }

  #unsupported(): ErrorInfo {
    if (this.#broken !== null) return failed(this.#broken)
    const { width, height, fps } = wishOf(this.#profile)
    return { code: 'encoder.unsupported', context: { width, height, fps } }
  }

  async #makeSlate(): Promise<void> {
    const generation = ++this.#slateGeneration
    const [show, silence, video] = [this.#show, this.#silence, this.#video]
    if (show === null || silence === null || video === null) return
    try {
      const slate = await this.#encodeSlate(video.config, show.title, show.language, silence)
      if (generation !== this.#slateGeneration) return
      if (slate === null) this.#options.log('warn', 'the slate could not be encoded')
      else this.#options.sender.setSlate(slate)
    } catch (error) {
      this.#options.log('error', `slate: ${asError(error).message}`)
    }
  }

  #closeVideo(): void {
    this.#clearRetry()
    const video = this.#video
    if (video === null) return
    this.#video = null
    this.#encodedBefore += video.encodedFrames
    this.#skippedBefore += video.skippedFrames
    video.close()
  }

  #clearRetry(): void {
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#retry = null
  }

  #set(state: EncodingState): void {
    if (state.name === this.#state.name && state.name !== 'failed') return
    this.#state = state
    this.#options.onState(state)
  }
}

function failed(error: Error): ErrorInfo {
  return { code: 'encoder.failed', context: { reason: error.message.slice(0, 200) } }
}
