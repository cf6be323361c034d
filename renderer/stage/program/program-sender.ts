import { programFeedbackSchema, type AudioParameters, type ProgramMessage, type Slate, type VideoParameters } from '../../../electron/shared/program'

export interface ProgramSenderHandlers {
  onKeyFrameWanted(): void
  onBitrateAdvice(videoKbps: number): void
  /** The publisher said something that is no feedback. */
  onUnreadable(): void
}

/**
 * The stage's end of the way to the publisher. What a publisher must know first (parameters, slate) is kept and said
 * again on a new port: a publisher that was killed knows nothing.
 */
export class ProgramSender {
  readonly #handlers: ProgramSenderHandlers
  #port: MessagePort | null = null
  #programId: string | null = null
  #video: VideoParameters | null = null
  #audio: AudioParameters | null = null
  #slate: Slate | null = null
  #introduced = false

  constructor(handlers: ProgramSenderHandlers) {
    this.#handlers = handlers
  }

  attach(port: MessagePort): void {
    this.#port?.close()
    this.#port = port
    this.#introduced = false
    port.onmessage = (event: MessageEvent<unknown>) => {
      const parsed = programFeedbackSchema.safeParse(event.data)
      if (!parsed.success) this.#handlers.onUnreadable()
      else if (parsed.data.type === 'key-frame-wanted') this.#handlers.onKeyFrameWanted()
      else this.#handlers.onBitrateAdvice(parsed.data.videoKbps)
    }
    this.#introduce()
    this.#handlers.onKeyFrameWanted()
  }

  close(): void {
    this.#port?.close()
    this.#port = null
  }

  begin(programId: string): void {
    this.#programId = programId
    this.#video = null
    this.#slate = null
    this.#introduced = false
  }

  end(): void {
    this.#programId = null
    this.#introduced = false
  }

  /** Both kinds of parameters are known: chunks flow. */
  get introduced(): boolean {
    return this.#introduced
  }

  setAudio(audio: AudioParameters): void {
    this.#audio = audio
    this.#introduce()
  }

  setVideo(video: VideoParameters): void {
    const changed = this.#introduced
    this.#video = video
    if (changed) this.#post({ type: 'video-parameters', video })
    else this.#introduce()
  }

  setSlate(slate: Slate): void {
    this.#slate = slate
    this.#post({ type: 'slate', slate })
  }

  video(chunk: { timestampUs: number; keyFrame: boolean; data: Uint8Array }): void {
    if (this.#introduced) this.#post({ type: 'video', ...chunk })
  }

  audio(frame: { timestampUs: number; data: Uint8Array }): void {
    if (this.#introduced) this.#post({ type: 'audio', ...frame })
  }

  #introduce(): void {
    if (this.#introduced || this.#port === null || this.#programId === null || this.#video === null || this.#audio === null) return
    this.#introduced = true
    this.#post({ type: 'program', programId: this.#programId, video: this.#video, audio: this.#audio })
    if (this.#slate !== null) this.#post({ type: 'slate', slate: this.#slate })
  }

  /** No transfer list: transferred buffers arrive as null in a utility process. */
  #post(message: ProgramMessage): void {
    this.#port?.postMessage(message)
  }
}
