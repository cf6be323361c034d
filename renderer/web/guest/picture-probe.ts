const WIDTH = 32
const HEIGHT = 18

/** Looks at the own picture: whether frames come, and whether they are black. */
export class PictureProbe {
  readonly #context: CanvasRenderingContext2D | null
  #lastTime = -1
  #lastAtMs: number | null = null

  constructor(canvas = document.createElement('canvas')) {
    canvas.width = WIDTH
    canvas.height = HEIGHT
    this.#context = canvas.getContext('2d', { willReadFrequently: true })
  }

  /** @returns milliseconds since the last frame (null = none yet), and the mean luma, 0 … 255 */
  look(video: HTMLVideoElement, nowMs: number): { readonly quietMs: number | null; readonly luma: number } {
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.currentTime !== this.#lastTime) {
      this.#lastTime = video.currentTime
      this.#lastAtMs = nowMs
    }
    return { quietMs: this.#lastAtMs === null ? null : nowMs - this.#lastAtMs, luma: this.#luma(video) }
  }

  /** Another camera. */
  reset(): void {
    this.#lastTime = -1
    this.#lastAtMs = null
  }

  #luma(video: HTMLVideoElement): number {
    if (this.#context === null || this.#lastAtMs === null) return 0
    this.#context.drawImage(video, 0, 0, WIDTH, HEIGHT)
    const { data } = this.#context.getImageData(0, 0, WIDTH, HEIGHT)
    let sum = 0
    for (let at = 0; at < data.length; at += 4) sum += 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0)
    return sum / (WIDTH * HEIGHT)
  }
}
