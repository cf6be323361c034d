import { previewRequestSchema, type PreviewMessage } from '../../../electron/shared/program'
import type { Compositor } from '../compositor'
import type { AudioMixer } from './audio-mixer'
import { FaultLog } from './fault-log'
import type { Log } from './log'

const LEVELS_EVERY_MS = 66
const MAX_SIDE = 1_920
const MAX_FPS = 60

/** Sends the studio what it shows: one picture under way at a time, no larger than asked. */
export class PreviewSender {
  readonly #unreadable: FaultLog
  #port: MessagePort | null = null
  #width = 0
  #height = 0
  #fps = 0
  #drawn = true
  #tiles = false
  /** Reused: the port copies what is posted. */
  #picture = new Uint8Array(0)
  #lastAtMs = -Infinity
  #levelsAtMs = -Infinity

  constructor(log: Log) {
    this.#unreadable = new FaultLog('preview', log)
  }

  attach(port: MessagePort): void {
    this.close()
    this.#port = port
    this.#drawn = true
    port.onmessage = (event: MessageEvent<unknown>) => this.#asked(event.data)
  }

  close(): void {
    this.#port?.close()
    this.#port = null
    this.#width = 0
    this.#height = 0
    this.#fps = 0
    this.#tiles = false
  }

  /** Frames a second that somebody looks at; 0 = nobody. */
  get fps(): number {
    return this.#port === null || this.#width === 0 || this.#height === 0 ? 0 : this.#fps
  }

  /** Whether somebody looks at the greenroom. */
  get wantsTiles(): boolean {
    return this.#port !== null && this.#tiles
  }

  sendTile(tile: Omit<Extract<PreviewMessage, { type: 'tile' }>, 'type'>): void {
    if (this.#port !== null && this.#tiles) post(this.#port, { type: 'tile', ...tile })
  }

  /** The program's last picture, if it is time for it. Rejects with what the compositor says; the next is then due as ever. */
  async sendPicture(compositor: Pick<Compositor, 'preview'>): Promise<void> {
    const port = this.#port
    const now = performance.now()
    // Half a frame early is on time: the program's own rate decides which frames there are.
    if (port === null || this.fps === 0 || !this.#drawn || now - this.#lastAtMs < 1_000 / this.#fps - 8) return
    this.#drawn = false
    this.#lastAtMs = now
    const width = this.#width
    const height = this.#height
    const bytes = (width * height * 3) / 2
    if (this.#picture.length !== bytes) this.#picture = new Uint8Array(bytes)
    try {
      post(port, { type: 'frame', width, height, data: await compositor.preview(width, height, this.#picture) })
    } catch (error) {
      this.#drawn = true
      throw error
    }
  }

  sendLevels(mixer: Pick<AudioMixer, 'levels'>): void {
    const now = performance.now()
    if (this.#port === null || now - this.#levelsAtMs < LEVELS_EVERY_MS) return
    this.#levelsAtMs = now
    post(this.#port, { type: 'levels', ...mixer.levels() })
  }

  #asked(message: unknown): void {
    const parsed = previewRequestSchema.safeParse(message)
    if (!parsed.success) {
      this.#unreadable.fault('the studio asked for what cannot be')
      return
    }
    const request = parsed.data
    if (request.type === 'tiles') {
      this.#tiles = request.wanted
      return
    }
    if (request.type === 'drawn') {
      this.#drawn = true
      return
    }
    const side = (value: number): number => Math.min(MAX_SIDE, Math.floor(value / 2) * 2)
    this.#width = side(request.width)
    this.#height = side(request.height)
    this.#fps = Math.min(MAX_FPS, request.fps)
  }
}

function post(port: MessagePort, message: PreviewMessage): void {
  port.postMessage(message)
}
