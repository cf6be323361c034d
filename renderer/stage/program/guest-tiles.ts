import type { PreviewSender } from './preview-sender'

const TILE = { width: 256, height: 144, everyMs: 200 } as const

/** Small pictures of those in the greenroom, for the studio. */
export class GuestTiles {
  readonly #preview: Pick<PreviewSender, 'wantsTiles' | 'sendTile'>
  readonly #sentAtMs = new Map<string, number>()
  #canvas: OffscreenCanvasRenderingContext2D | null = null

  constructor(preview: Pick<PreviewSender, 'wantsTiles' | 'sendTile'>) {
    this.#preview = preview
  }

  /** The frame stays the caller's. */
  show(userId: string, frame: VideoFrame): void {
    const now = performance.now()
    if (!this.#preview.wantsTiles || now - (this.#sentAtMs.get(userId) ?? -Infinity) < TILE.everyMs) return
    this.#sentAtMs.set(userId, now)
    this.#canvas ??= new OffscreenCanvas(TILE.width, TILE.height).getContext('2d', { willReadFrequently: true })
    const context = this.#canvas
    if (context === null) return
    context.fillRect(0, 0, TILE.width, TILE.height)
    const scale = Math.min(TILE.width / frame.displayWidth, TILE.height / frame.displayHeight)
    const [width, height] = [frame.displayWidth * scale, frame.displayHeight * scale]
    context.drawImage(frame, (TILE.width - width) / 2, (TILE.height - height) / 2, width, height)
    const { data } = context.getImageData(0, 0, TILE.width, TILE.height)
    this.#preview.sendTile({ userId, width: TILE.width, height: TILE.height, data: new Uint8Array(data.buffer) })
  }

  forget(userId: string): void {
    this.#sentAtMs.delete(userId)
  }
}
