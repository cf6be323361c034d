import { timingSafeEqual } from 'node:crypto'
import { PROGRAM_STREAM } from '../../shared/room-server'
import { RateMeter } from '../../shared/rate-meter'
import { LiveStream } from './live-stream'

/** A connection that publishes. */
export interface PublisherHandle {
  /** Program name as the encoder introduced itself. */
  readonly encoder: string
  readonly lastMediaAtMs: number
  kick(): void
}

/** A publisher that has been silent this long gives its place to a new one: its line is dead, whatever TCP thinks. */
const SILENT_PUBLISHER_MS = 3_000

/** Who publishes what. One stream today: the program. */
export class StreamRegistry {
  readonly stream = new LiveStream()
  readonly #onChange: () => void
  readonly #rate = new RateMeter(2_000)
  #streamKey: string
  #publisher: PublisherHandle | null = null
  #sinceMs: number | null = null

  constructor(streamKey: string, onChange: () => void) {
    this.#streamKey = streamKey
    this.#onChange = onChange
  }

  get publisher(): PublisherHandle | null {
    return this.#publisher
  }

  /** UNIX ms. */
  get sinceMs(): number | null {
    return this.#sinceMs
  }

  setStreamKey(streamKey: string): void {
    this.#streamKey = streamKey
  }

  inKbps(nowMs: number): number {
    return (this.#rate.perSecond(nowMs) * 8) / 1_000
  }

  mayPublish(streamKey: string): boolean {
    return sameText(streamKey, this.#streamKey)
  }

  /** The stream behind a public name or the key; null where there is none. */
  find(name: string): LiveStream | null {
    return name === PROGRAM_STREAM || this.mayPublish(name) ? this.stream : null
  }

  /** Takes the place of publisher. False: another one holds it and is alive. */
  claim(handle: PublisherHandle, nowMs: number): boolean {
    const current = this.#publisher
    if (current !== null) {
      if (nowMs - current.lastMediaAtMs < SILENT_PUBLISHER_MS) return false
      current.kick()
    }
    this.#publisher = handle
    this.#sinceMs = Date.now()
    this.stream.start(nowMs)
    this.#onChange()
    return true
  }

  release(handle: PublisherHandle): void {
    if (this.#publisher !== handle) return
    this.#publisher = null
    this.#sinceMs = null
    this.stream.end()
    this.#onChange()
  }

  media(handle: PublisherHandle, type: number, timestamp: number, body: Uint8Array, nowMs: number): void {
    if (this.#publisher !== handle) return
    this.#rate.add(nowMs, body.length)
    this.stream.push(type, timestamp, body, nowMs)
  }
}

/** Without telling by its time how much of a key was right. */
function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
