import { INGEST } from '../../shared/thresholds'
import type { LiveStream, StreamTag } from './live-stream'

/** Where a viewer's tags go. `queuedBytes`: what was taken but not yet handed to the system. */
export interface ViewerSink {
  readonly queuedBytes: number
  begin(metadata: Uint8Array | null): void
  write(tag: StreamTag, timestamp: number): void
}

/**
 * One viewer: begins at the newest key frame with time 0 and skips to the next key frame when the line does not keep
 * up, so that a slow viewer never grows the memory.
 */
export class ViewerFeed {
  readonly #stream: LiveStream
  readonly #sink: ViewerSink
  readonly #leave: () => void
  #begun = false
  #skipping = false
  #baseMs: number | null = null
  #skips = 0

  constructor(stream: LiveStream, sink: ViewerSink) {
    this.#stream = stream
    this.#sink = sink
    this.#leave = stream.listen({ onStart: () => undefined, onTag: (tag) => this.#tag(tag), onEnd: () => undefined })
    if (stream.begin.some((tag) => tag.keyFrame)) for (const tag of stream.begin) this.#send(tag)
  }

  /** How often pictures were left out for this viewer. */
  get skips(): number {
    return this.#skips
  }

  close(): void {
    this.#leave()
  }

  #tag(tag: StreamTag): void {
    if (!this.#begun) {
      // Nothing before the first picture: a player that starts with sound alone guesses that there is none.
      if (!tag.keyFrame) return
      for (const first of this.#stream.begin) this.#send(first)
      return
    }
    if (this.#sink.queuedBytes > INGEST.viewerHighWaterBytes && !this.#skipping) {
      this.#skipping = true
      this.#skips += 1
    }
    if (this.#skipping && !tag.header) {
      if (!tag.keyFrame || this.#sink.queuedBytes > INGEST.viewerHighWaterBytes / 2) return
      this.#skipping = false
    }
    this.#send(tag)
  }

  #send(tag: StreamTag): void {
    if (!this.#begun) {
      this.#begun = true
      this.#sink.begin(this.#stream.metadata)
    }
    if (this.#baseMs === null && !tag.header) this.#baseMs = tag.timestamp
    const timestamp = tag.timestamp - (this.#baseMs ?? tag.timestamp)
    // Sound that comes a little after its picture may be older than the key frame this viewer begins with.
    if (timestamp < 0 && !tag.header) return
    this.#sink.write(tag, Math.max(0, timestamp))
  }
}
