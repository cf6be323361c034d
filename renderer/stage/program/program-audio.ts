import type { ErrorInfo } from '../../../electron/shared/errors'
import type { AudioMixer, MixedBlock } from './audio-mixer'
import { AudioOutput, type AudioOutputHandlers } from './audio-output'
import { nowUs } from './clock'
import { asError, type Log } from './log'
import type { ProgramSender } from './program-sender'
import { Tries } from './tries'

const MIX_EVERY_MS = 10
const TRIES = { limit: 3, delayMs: 500, stableAfterMs: 30_000 } as const
/** After that many it is said, and tried on at this pace: there is no other encoder, and no button that mends this one. */
const SLOW_RETRY_MS = 5_000

type Output = Pick<AudioOutput, 'engine' | 'encode' | 'close'>

export interface ProgramAudioOptions {
  readonly mixer: Pick<AudioMixer, 'due'>
  readonly sender: Pick<ProgramSender, 'setAudio' | 'audio'>
  /** Each block, before it is encoded. */
  onBlock(block: MixedBlock): void
  /** After each mix. */
  onMixed(): void
  /** One frame of silence, once. */
  onSilence(silence: Uint8Array): void
  /** The encoder was tried often enough to say so; null: it gives sound again. */
  onError(error: ErrorInfo | null): void
  readonly log: Log
  /** Tests bring their own encoder. */
  readonly open?: (handlers: AudioOutputHandlers) => Promise<Output>
}

/**
 * The mix as AAC. Encoded all the time: its parameters are known before anyone goes live, and its clock never jumps. Owns the
 * encoder and its timers.
 */
export class ProgramAudio {
  readonly #options: ProgramAudioOptions
  readonly #tries = new Tries(TRIES)
  readonly #pump: ReturnType<typeof setInterval>
  #output: Output | null = null
  #generation = 0
  #workingSinceMs: number | null = null
  #retry: ReturnType<typeof setTimeout> | null = null
  #error: ErrorInfo | null = null
  #silent = false

  constructor(options: ProgramAudioOptions) {
    this.#options = options
    this.#pump = setInterval(() => this.#mix(), MIX_EVERY_MS)
    void this.#open()
  }

  /** null while none runs. */
  get engine(): 'webcodecs' | 'wasm' | null {
    return this.#output?.engine ?? null
  }

  get error(): ErrorInfo | null {
    return this.#error
  }

  close(): void {
    clearInterval(this.#pump)
    this.#end()
  }

  #mix(): void {
    try {
      for (const block of this.#options.mixer.due(nowUs())) {
        this.#options.onBlock(block)
        this.#output?.encode(block)
      }
    } catch (error) {
      this.#fault(asError(error))
    }
    this.#options.onMixed()
  }

  async #open(): Promise<void> {
    const generation = ++this.#generation
    const current = (): boolean => generation === this.#generation
    try {
      const open = this.#options.open ?? ((handlers) => AudioOutput.open(handlers))
      const output = await open({
        onParameters: (parameters) => {
          if (current()) this.#options.sender.setAudio(parameters)
        },
        onFrame: (frame) => {
          if (current()) this.#frame(frame)
        },
        onError: (error) => {
          if (current()) this.#fault(error)
        },
      })
      if (current()) this.#output = output
      else output.close()
    } catch (error) {
      if (current()) this.#fault(asError(error))
    }
  }

  #frame(frame: { timestampUs: number; data: Uint8Array }): void {
    this.#workingSinceMs ??= performance.now()
    this.#setError(null)
    // The first frame is the encoder's own lead-in: silence whatever was put in.
    if (!this.#silent) {
      this.#silent = true
      this.#options.onSilence(frame.data)
    }
    this.#options.sender.audio(frame)
  }

  #fault(error: Error): void {
    this.#options.log('error', `audio encoder: ${error.message}`)
    const workedMs = this.#workingSinceMs === null ? 0 : performance.now() - this.#workingSinceMs
    this.#end()
    const retryAfterMs = this.#tries.failed(workedMs)
    if (retryAfterMs === null) this.#setError({ code: 'encoder.failed', context: { reason: `AAC: ${error.message}`.slice(0, 200) } })
    this.#retry = setTimeout(() => void this.#open(), retryAfterMs ?? SLOW_RETRY_MS)
  }

  #end(): void {
    this.#generation += 1
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#retry = null
    this.#workingSinceMs = null
    const output = this.#output
    this.#output = null
    output?.close()
  }

  #setError(error: ErrorInfo | null): void {
    if (error === null && this.#error === null) return
    this.#error = error
    this.#options.onError(error)
  }
}
