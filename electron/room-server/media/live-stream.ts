import { FLV_TAG, flvHeader, flvTag, isAudioSequenceHeader, videoBodyKind } from '../../shared/rtmp/flv'
import { INGEST } from '../../shared/thresholds'

/** One media tag of the stream, as FLV bytes that all viewers share. `timestamp` is on the stream's own timeline, ms. */
export interface StreamTag {
  readonly type: number
  readonly timestamp: number
  readonly body: Uint8Array
  readonly keyFrame: boolean
  readonly header: boolean
}

/** Somebody who receives the stream. */
export interface StreamListener {
  /** A new publisher, or new parameters: everything needed to begin. */
  onStart(): void
  onTag(tag: StreamTag): void
  onEnd(): void
}

/**
 * One named live stream: what the publisher sent last (headers, the running group of pictures) and who listens. When a
 * publisher comes back its time starts at 0 again; listeners get one timeline that goes on.
 */
export class LiveStream {
  readonly #listeners = new Set<StreamListener>()
  #metadata: Uint8Array | null = null
  #videoHeader: StreamTag | null = null
  #audioHeader: StreamTag | null = null
  #gop: StreamTag[] = []
  #gopBytes = 0
  #publishing = false
  #offset = 0
  #last = 0
  #rebase = false
  #lastAtMs = 0

  get publishing(): boolean {
    return this.#publishing
  }

  get listeners(): number {
    return this.#listeners.size
  }

  /** Frames from the last key frame on, with the headers before them. */
  get begin(): readonly StreamTag[] {
    return [this.#videoHeader, this.#audioHeader, ...this.#gop].filter((tag) => tag !== null)
  }

  get metadata(): Uint8Array | null {
    return this.#metadata
  }

  start(nowMs: number): void {
    this.#publishing = true
    this.#metadata = null
    this.#gop = []
    this.#gopBytes = 0
    this.#videoHeader = null
    this.#audioHeader = null
    // The time nobody published passes on the listeners' timeline too.
    this.#rebase = true
    this.#last += this.#lastAtMs === 0 ? 0 : Math.max(1, Math.min(nowMs - this.#lastAtMs, 60_000))
    for (const listener of this.#listeners) listener.onStart()
  }

  setMetadata(body: Uint8Array): void {
    this.#metadata = body
  }

  push(type: number, timestamp: number, body: Uint8Array, nowMs: number): void {
    if (body.length === 0) return
    const video = type === FLV_TAG.video
    const kind = video ? videoBodyKind(body) : null
    const header = kind?.sequenceHeader ?? isAudioSequenceHeader(body)
    const keyFrame = kind !== null && kind.keyFrame && !kind.sequenceHeader
    if (this.#rebase && !header) {
      this.#offset = this.#last - timestamp
      this.#rebase = false
    }
    const tag: StreamTag = { type, timestamp: Math.max(0, timestamp + this.#offset) >>> 0, body, keyFrame, header }
    this.#lastAtMs = nowMs
    if (header) {
      if (video) this.#videoHeader = tag
      else this.#audioHeader = tag
    } else {
      this.#last = Math.max(this.#last, tag.timestamp)
      this.#remember(tag)
    }
    for (const listener of this.#listeners) listener.onTag(tag)
  }

  end(): void {
    if (!this.#publishing) return
    this.#publishing = false
    this.#gop = []
    this.#gopBytes = 0
    for (const listener of this.#listeners) listener.onEnd()
  }

  listen(listener: StreamListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #remember(tag: StreamTag): void {
    if (tag.keyFrame) {
      this.#gop = []
      this.#gopBytes = 0
    }
    if (this.#gop.length === 0 && !tag.keyFrame && this.#videoHeader !== null) return
    this.#gop.push(tag)
    this.#gopBytes += tag.body.length
    // A publisher that never sends a key frame must not fill the memory.
    if (this.#gopBytes > INGEST.gopCacheMaxBytes || this.#gop.length > 5_000) {
      this.#gop = []
      this.#gopBytes = 0
    }
  }
}

export function flvStart(metadata: Uint8Array | null, timestamp: number): Uint8Array[] {
  return metadata === null ? [flvHeader()] : [flvHeader(), flvTag(FLV_TAG.script, timestamp, metadata)]
}
