import { previewRequestSchema, type AudioLevel, type PreviewMessage } from '../../electron/shared/program'
import type { PageTime } from './page-time'

const MAX_SIDE = 1_920
const MAX_FPS = 60
const LEVELS_EVERY_MS = 66

/** The part of a MessagePort that is used. */
export interface PortLike {
  onmessage: ((event: MessageEvent<unknown>) => unknown) | null
  postMessage(message: unknown): void
  close(): void
}

/** Sends the studio what it shows, as the web stage does: one picture under way at a time, no larger than asked. */
export class PreviewPort {
  readonly #time: PageTime
  readonly #onUnreadable: () => void
  #port: PortLike | null = null
  #width = 0
  #height = 0
  #fps = 0
  #drawn = true
  #tiles = false
  #picture = new Uint8Array(0)
  #lastAtMs = -Infinity
  #levelsAtMs = -Infinity

  constructor(time: PageTime, onUnreadable: () => void) {
    this.#time = time
    this.#onUnreadable = onUnreadable
  }

  attach(port: PortLike): void {
    this.close()
    this.#port = port
    this.#drawn = true
    port.onmessage = (event) => this.#asked(event.data)
  }

  close(): void {
    this.#port?.close()
    this.#port = null
    this.#width = 0
    this.#height = 0
    this.#fps = 0
    this.#tiles = false
  }

  get wantsTiles(): boolean {
    return this.#port !== null && this.#tiles
  }

  /** Frames a second that somebody looks at; 0 = nobody. */
  get fps(): number {
    return this.#port === null || this.#width === 0 || this.#height === 0 ? 0 : this.#fps
  }

  /** Whether a picture would be sent now. */
  get due(): boolean {
    // Half a frame early is on time.
    return this.fps > 0 && this.#drawn && this.#time.nowMs() - this.#lastAtMs >= 1_000 / this.#fps - 8
  }

  /** @param draw fills the picture at the size asked for */
  sendPicture(draw: (width: number, height: number, target: Uint8Array) => Uint8Array): void {
    if (!this.due || this.#port === null) return
    this.#drawn = false
    this.#lastAtMs = this.#time.nowMs()
    const bytes = (this.#width * this.#height * 3) / 2
    if (this.#picture.length !== bytes) this.#picture = new Uint8Array(bytes)
    this.#post({ type: 'frame', width: this.#width, height: this.#height, data: draw(this.#width, this.#height, this.#picture) })
  }

  sendLevels(levels: () => { readonly sources: Readonly<Record<string, AudioLevel>>; readonly program: AudioLevel }): void {
    const nowMs = this.#time.nowMs()
    if (this.#port === null || nowMs - this.#levelsAtMs < LEVELS_EVERY_MS) return
    this.#levelsAtMs = nowMs
    this.#post({ type: 'levels', ...levels() })
  }

  sendTile(tile: Omit<Extract<PreviewMessage, { type: 'tile' }>, 'type'>): void {
    if (this.wantsTiles) this.#post({ type: 'tile', ...tile })
  }

  #post(message: PreviewMessage): void {
    this.#port?.postMessage(message)
  }

  #asked(message: unknown): void {
    const parsed = previewRequestSchema.safeParse(message)
    if (!parsed.success) {
      this.#onUnreadable()
      return
    }
    const request = parsed.data
    if (request.type === 'tiles') this.#tiles = request.wanted
    else if (request.type === 'drawn') this.#drawn = true
    else {
      const side = (value: number): number => Math.min(MAX_SIDE, Math.floor(value / 2) * 2)
      this.#width = side(request.width)
      this.#height = side(request.height)
      this.#fps = Math.min(MAX_FPS, request.fps)
    }
  }
}
