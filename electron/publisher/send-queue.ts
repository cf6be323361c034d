import type { MediaItem } from './media-item'

export interface DropReport {
  readonly video: number
  readonly audio: number
}

/**
 * What waits for one connection. It begins at a key frame, drops whole groups of pictures and never sound that can
 * still be heard in time. Pure: no clock, no socket.
 */
export class SendQueue {
  #items: MediaItem[] = []
  #waitingForKeyFrame = true

  /** Nothing is taken until a key frame comes. */
  get waitingForKeyFrame(): boolean {
    return this.#waitingForKeyFrame
  }

  get length(): number {
    return this.#items.length
  }

  /** Span of the media that waits. */
  get queueMs(): number {
    const first = this.#items[0]
    const last = this.#items.at(-1)
    return first === undefined || last === undefined ? 0 : Math.max(0, last.outMs - first.outMs)
  }

  /** Returns false when a frame was not taken (it depends on one that was dropped). */
  push(item: MediaItem): boolean {
    if (item.kind === 'video' && this.#waitingForKeyFrame) {
      if (!item.keyFrame) return false
      this.#waitingForKeyFrame = false
    }
    this.#items.push(item)
    return true
  }

  peek(): MediaItem | undefined {
    return this.#items[0]
  }

  shift(): MediaItem | undefined {
    return this.#items.shift()
  }

  /** The next sound in line, past pictures that may not be sent yet. */
  shiftAudio(): MediaItem | undefined {
    const index = this.#items.findIndex((item) => item.kind === 'audio')
    return index < 0 ? undefined : this.#items.splice(index, 1)[0]
  }

  /** Drops pictures up to the newest key frame that waits; without one, all of them, and waits for the next. */
  dropPictures(): DropReport {
    const newestKey = this.#items.reduce((found, item, index) => (item.kind === 'video' && item.keyFrame ? index : found), -1)
    // A key frame at the very front would free nothing.
    const firstVideo = this.#items.findIndex((item) => item.kind === 'video')
    const keepFrom = newestKey > firstVideo ? newestKey : this.#items.length
    const before = this.#items.length
    this.#items = this.#items.filter((item, index) => item.kind === 'audio' || index >= keepFrom)
    if (keepFrom === before) this.#waitingForKeyFrame = true
    return { video: before - this.#items.length, audio: 0 }
  }

  /** For a line that does not even carry the sound: everything older than `maxMs` goes. */
  dropStale(maxMs: number): DropReport {
    const newest = this.#items.at(-1)?.outMs ?? 0
    let audio = 0
    let video = 0
    this.#items = this.#items.filter((item) => {
      if (newest - item.outMs <= maxMs) return true
      if (item.kind === 'audio') audio += 1
      else video += 1
      return false
    })
    if (video > 0) {
      const rest = this.dropPictures()
      return { video: video + rest.video, audio }
    }
    return { video, audio }
  }

  clear(): DropReport {
    let video = 0
    let audio = 0
    for (const item of this.#items) {
      if (item.kind === 'video') video += 1
      else audio += 1
    }
    this.#items = []
    this.#waitingForKeyFrame = true
    return { video, audio }
  }
}
