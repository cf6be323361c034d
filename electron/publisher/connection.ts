import type { ParsedPushUrl } from '../shared/destination'
import { AnchorError, type ErrorInfo } from '../shared/errors'
import type { AudioParameters } from '../shared/program'
import { kbps, RateMeter } from '../shared/rate-meter'
import { PUBLISH } from '../shared/thresholds'
import type { LineReading } from './congestion'
import { LineMonitor } from './line-monitor'
import type { MediaCounts } from './media-counts'
import type { MediaItem } from './media-item'
import { MediaSender } from './media-sender'
import { RtmpSession } from './rtmp/session'
import { SendQueue, type DropReport } from './send-queue'

/** Nothing older than this is worth sending, sound included. */
const STALE_MS = 4_000
/** After the network came back a line that moves nothing for so long is a dead one. */
const PROBE_MS = 2_500

export interface ConnectionOptions {
  readonly target: ParsedPushUrl
  readonly ca?: string
  /** For the server to answer at all; the rest of the way to publishing has PUBLISH.connectTimeoutMs. */
  readonly reachTimeoutMs: number
  /** The sound to come; null = not known yet. */
  readonly audio: AudioParameters | null
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Media has arrived, once. */
  onBelieved(): void
  onKeyFrameWanted(): void
  /** Once, however it ended, except by `stop` and `abandon`. */
  onClosed(error: ErrorInfo): void
}

/** One connection of a destination with all that belongs to it: session, queue, line and time base. Dropped whole. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #session: RtmpSession
  readonly #queue = new SendQueue()
  readonly #line: LineMonitor
  readonly #sender: MediaSender
  readonly #sentRate = new RateMeter(2_000)
  readonly #videoRate = new RateMeter(2_000)
  #acceptedAtMs: number | null = null
  #believedAtMs: number | null = null
  #probedAtMs: number | null = null
  #ended = false
  #dropped = { video: 0, audio: 0 }
  #sentBytes = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
    const { target, ca, reachTimeoutMs, now } = options
    this.#session = new RtmpSession({
      target,
      ...(ca === undefined ? {} : { ca }),
      reachTimeoutMs,
      now,
      onAccepted: () => {
        this.#acceptedAtMs = now()
        options.onKeyFrameWanted()
      },
      onProgress: () => {
        this.#observe()
        this.#pump()
      },
      onClosed: (error) => this.#close(error),
    })
    this.#line = new LineMonitor(this.#session, now())
    this.#sender = new MediaSender(this.#session, options.audio)
  }

  /** When the server said NetStream.Publish.Start. */
  get acceptedAtMs(): number | null {
    return this.#acceptedAtMs
  }

  /** Since when media is known to arrive. */
  get believedAtMs(): number | null {
    return this.#believedAtMs
  }

  get counts(): MediaCounts {
    const { sentVideo, sentAudio } = this.#sender
    return { sentVideo, sentAudio, droppedVideo: this.#dropped.video, droppedAudio: this.#dropped.audio, sentBytes: this.#sentBytes }
  }

  /** A frame of the program or the slate. Parameters may change from one to the next. */
  push(item: MediaItem): void {
    if (this.#acceptedAtMs === null || this.#ended) return
    if (!this.#sender.takes(item)) {
      if (!this.#sender.begun) this.#options.onKeyFrameWanted()
      return
    }
    if (!this.#queue.push(item)) {
      this.#dropped.video += 1
      return
    }
    if (this.#queue.queueMs > PUBLISH.queueMaxMs) this.#shed()
    this.#pump()
  }

  /** Called many times a second: deadlines, belief, stalls. */
  tick(): void {
    if (this.#acceptedAtMs === null || this.#ended) return
    const now = this.#options.now()
    this.#observe()
    if (this.#isStalled(now)) {
      this.#session.destroy()
      this.#close(new AnchorError('publish.stalled', { context: { seconds: Math.round(this.#stallMs / 1_000) } }).toInfo())
      return
    }
    if (this.#probedAtMs !== null && now - this.#probedAtMs > PROBE_MS * 2) this.#probedAtMs = null
    this.#pump()
  }

  /** The network went and came: is this line still one? */
  probe(): void {
    this.#probedAtMs ??= this.#options.now()
  }

  reading(): LineReading {
    return this.#line.reading(this.#queue.queueMs, this.#options.now())
  }

  stats(): { sentKbps: number; ackedKbps: number | null; queueMs: number; unackedBytes: number | null; rttMs: number | null; sentFps: number } {
    const now = this.#options.now()
    const { acks } = this.#session
    return {
      sentKbps: kbps(this.#sentRate, now),
      ackedKbps: this.#line.ackedKbps(now),
      queueMs: this.#queue.queueMs,
      unackedBytes: acks.unackedBytes,
      rttMs: this.#line.prompt ? acks.ackDelayMs : null,
      sentFps: this.#videoRate.perSecond(now),
    }
  }

  /** Says goodbye and ends within PUBLISH.stopTimeoutMs. */
  async stop(): Promise<void> {
    this.#end()
    await this.#session.stop()
  }

  /** Ends at once without a word. */
  abandon(): void {
    this.#end()
    this.#session.destroy()
  }

  #close(error: ErrorInfo): void {
    if (this.#ended) return
    this.#end()
    this.#options.onClosed(error)
  }

  /** What still waits is lost. */
  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#count(this.#queue.clear())
  }

  get #stallMs(): number {
    return this.#probedAtMs === null ? PUBLISH.stallTimeoutMs : PROBE_MS
  }

  #isStalled(now: number): boolean {
    if (this.#line.stalled(now, PUBLISH.stallTimeoutMs)) return true
    return this.#probedAtMs !== null && this.#line.stalled(now, PROBE_MS, this.#probedAtMs)
  }

  #observe(): void {
    const now = this.#options.now()
    this.#line.observe(now)
    if (this.#believedAtMs !== null || this.#ended || !this.#line.believed(now)) return
    this.#believedAtMs = now
    this.#options.onBelieved()
  }

  #pump(): void {
    if (this.#ended) return
    for (;;) {
      const next = this.#queue.peek()
      if (next === undefined) return
      if (next.kind === 'video' && !this.#line.mayTakeVideo(this.#sender.mediaKbps, this.#options.now())) {
        // Sound is small and must not wait behind pictures: it passes the limit.
        const audio = this.#queue.shiftAudio()
        if (audio === undefined) return
        this.#send(audio)
        continue
      }
      this.#queue.shift()
      this.#send(next)
    }
  }

  #send(item: MediaItem): void {
    const now = this.#options.now()
    const before = this.#session.sentBytes
    if (this.#sentBytes === 0) this.#line.mediaBegins(now)
    this.#sender.send(item)
    const bytes = this.#session.sentBytes - before
    this.#sentBytes += bytes
    this.#sentRate.add(now, bytes)
    if (item.kind === 'video') this.#videoRate.add(now, 1)
  }

  #shed(): void {
    this.#count(this.#queue.dropPictures())
    this.#count(this.#queue.dropStale(STALE_MS))
    if (this.#queue.waitingForKeyFrame) this.#options.onKeyFrameWanted()
  }

  #count(dropped: DropReport): void {
    this.#dropped.video += dropped.video
    this.#dropped.audio += dropped.audio
  }
}
