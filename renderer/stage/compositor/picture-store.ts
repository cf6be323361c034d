import type { Picture } from './contract'

export interface StoredPicture {
  readonly picture: Picture
  /** Grows with every picture of any source: equal versions = the same pixels. */
  readonly version: number
  /** Visible pixels. */
  readonly width: number
  readonly height: number
  readonly opaque: boolean
}

export function isStill(picture: Picture): picture is Exclude<Picture, VideoFrame> {
  return 'kind' in picture
}

function isOpaque(picture: Picture): boolean {
  if (!isStill(picture)) return picture.format !== 'I420A'
  for (let at = 3; at < picture.data.length; at += 4) if (picture.data[at] !== 255) return false
  return true
}

function release(picture: Picture): void {
  if (!isStill(picture)) picture.close()
}

/**
 * The newest picture of each source. New ones wait until `settle`: a frame must not be closed while a compose that is
 * under way still reads it.
 */
export class PictureStore {
  readonly #current = new Map<string, StoredPicture>()
  readonly #waiting = new Map<string, Picture | null>()
  #versions = 0

  set(id: string, picture: Picture): void {
    this.#replaceWaiting(id, picture)
  }

  remove(id: string): void {
    this.#replaceWaiting(id, null)
  }

  has(id: string): boolean {
    const waiting = this.#waiting.get(id)
    return waiting === undefined ? this.#current.has(id) : waiting !== null
  }

  get(id: string): StoredPicture | null {
    return this.#current.get(id) ?? null
  }

  /** Also one that still waits. */
  newest(id: string): Picture | null {
    const waiting = this.#waiting.get(id)
    return waiting === undefined ? (this.#current.get(id)?.picture ?? null) : waiting
  }

  /** Drops the current picture; one that waits comes in all the same. */
  discard(id: string): void {
    const old = this.#current.get(id)
    if (old) release(old.picture)
    this.#current.delete(id)
  }

  /** Lets the waiting pictures in and closes those they replace. Returns the ids that are gone. */
  settle(): string[] {
    const gone: string[] = []
    for (const [id, picture] of this.#waiting) {
      const old = this.#current.get(id)
      if (old) release(old.picture)
      if (picture === null) {
        this.#current.delete(id)
        gone.push(id)
        continue
      }
      const size = isStill(picture) ? picture : picture.visibleRect
      // A frame that its owner closed in the meantime has no pixels any more.
      if (!size) {
        this.#current.delete(id)
        continue
      }
      this.#versions += 1
      this.#current.set(id, {
        picture,
        version: this.#versions,
        width: size.width,
        height: size.height,
        opaque: isOpaque(picture),
      })
    }
    this.#waiting.clear()
    return gone
  }

  dispose(): void {
    this.settle()
    for (const { picture } of this.#current.values()) release(picture)
    this.#current.clear()
  }

  #replaceWaiting(id: string, picture: Picture | null): void {
    const old = this.#waiting.get(id)
    if (old && old !== picture) release(old)
    this.#waiting.set(id, picture)
  }
}
