import type { PreviewMessage, PreviewRequest } from '../../../electron/shared/program'
import type { Compositor } from '../compositor'
import type { AudioMixer } from './audio-mixer'

const LEVELS_EVERY_MS = 66
const MAX_SIDE = 1_920

/** Sends the studio what it shows: one picture under way at a time, no larger than asked. */
export class PreviewSender {
  #port: MessagePort | null = null
  #width = 0
  #height = 0
  #fps = 0
  #drawn = true
  /** Reused: the port copies what is posted. */
  #picture = new Uint8Array(0)
  #lastAtMs = -Infinity
  #levelsAtMs = -Infinity

  attach(port: MessagePort): void {
    this.#port?.close()
    this.#port = port
    this.#drawn = true
    this.#width = 0
    this.#height = 0
    port.onmessage = (event: MessageEvent<PreviewRequest>) => {
      const request = event.data
      if (request.type === 'drawn') this.#drawn = true
      else {
        const side = (value: number): number => Math.max(0, Math.min(MAX_SIDE, Math.floor(value / 2) * 2))
        this.#width = side(request.width)
        this.#height = side(request.height)
        this.#fps = Math.max(0, Math.min(60, request.fps))
      }
    }
  }

  /** Frames a second that somebody looks at; 0 = nobody. */
  get fps(): number {
    return this.#port === null || this.#width === 0 || this.#height === 0 ? 0 : this.#fps
  }

  async sendPicture(compositor: Compositor): Promise<void> {
    const now = performance.now()
    // Half a frame early is on time: the program's own rate decides which frames there are.
    if (this.fps === 0 || !this.#drawn || now - this.#lastAtMs < 1_000 / this.#fps - 8) return
    this.#drawn = false
    this.#lastAtMs = now
    const width = this.#width
    const height = this.#height
    const bytes = (width * height * 3) / 2
    if (this.#picture.length !== bytes) this.#picture = new Uint8Array(bytes)
    this.#post({ type: 'frame', width, height, data: await compositor.preview(width, height, this.#picture) })
  }

  sendLevels(mixer: AudioMixer): void {
    const now = performance.now()
    if (this.#port === null || now - this.#levelsAtMs < LEVELS_EVERY_MS) return
    this.#levelsAtMs = now
    this.#post({ type: 'levels', ...mixer.levels() })
  }

  #post(message: PreviewMessage): void {
    this.#port?.postMessage(message)
  }
}
