import { kbps, RateMeter } from '../shared/rate-meter'
import { PUBLISH } from '../shared/thresholds'
import type { LineReading } from './congestion'

/** What a connection knows of its line. Bytes since it was opened. */
export interface Line {
  readonly sentBytes: number
  /** null until the first acknowledgement. */
  readonly ackedBytes: number | null
  /** Bytes that have left this process. */
  readonly drainedBytes: number
  /** Bytes that the socket took but the system did not. */
  readonly queuedBytes: number
}

/** A server that does not acknowledge is believed after its line took media for this long. */
const SILENT_SERVER_MS = 1_000
const SILENT_SERVER_QUEUE_BYTES = 64 * 1024
/** So many acknowledgements of media tell how often a server acknowledges. */
const STEPS_TO_LEARN = 4
const STEPS_KEPT = 8
/** A server that acknowledges at least this often lets its line be seen by it. */
const PROMPT_BYTES = 128 * 1024

/**
 * Judges one line by what was acknowledged; where a server acknowledges rarely or never, by what the system took from the
 * socket. Servers are asked for an acknowledgement every PUBLISH.windowAckSizeBytes, but some go by a window of their own
 * (2.5 MB is common): how often they do it is learnt, so that a line is never held for an acknowledgement that is not due.
 * Pure: times come from outside, in milliseconds of one monotonic clock.
 */
export class LineMonitor {
  readonly #line: Line
  readonly #carriedNow = new RateMeter(1_000)
  readonly #carriedRate = new RateMeter(2_000)
  #steps: number[] = []
  #ackedBytes = 0
  #drainedBytes: number
  #ackedAtMs: number
  #drainedAtMs: number
  #mediaStart: { bytes: number; atMs: number } | null = null

  constructor(line: Line, nowMs: number) {
    this.#line = line
    this.#drainedBytes = line.drainedBytes
    this.#ackedAtMs = nowMs
    this.#drainedAtMs = nowMs
  }

  /** The first media is about to be sent. */
  mediaBegins(nowMs: number): void {
    this.#mediaStart = { bytes: this.#line.sentBytes, atMs: nowMs }
    this.#ackedAtMs = nowMs
    this.#drainedAtMs = nowMs
  }

  /** Sees what the line has carried since the last look. To be called at each acknowledgement and drain, and now and then. */
  observe(nowMs: number): void {
    const acked = this.#line.ackedBytes ?? 0
    const ackedMore = acked - this.#ackedBytes
    this.#ackedBytes = acked
    const drainedMore = this.#line.drainedBytes - this.#drainedBytes
    this.#drainedBytes = this.#line.drainedBytes
    if (ackedMore > 0) this.#ackedAtMs = nowMs
    if (drainedMore > 0) this.#drainedAtMs = nowMs
    const carried = this.prompt ? ackedMore : drainedMore
    if (carried > 0) {
      this.#carriedNow.add(nowMs, carried)
      this.#carriedRate.add(nowMs, carried)
    }
    if (ackedMore > 0 && this.#mediaStart !== null && acked > this.#mediaStart.bytes) {
      this.#steps.push(ackedMore)
      if (this.#steps.length > STEPS_KEPT) this.#steps.shift()
    }
  }

  /** How many bytes the server lets pass between acknowledgements, at most; null while that is not known. */
  get ackIntervalBytes(): number | null {
    return this.#steps.length < STEPS_TO_LEARN ? null : Math.max(...this.#steps)
  }

  /** Acknowledgements come often enough to judge the line by them. */
  get prompt(): boolean {
    const interval = this.ackIntervalBytes
    return interval !== null && interval <= PROMPT_BYTES
  }

  /** Media has arrived: acknowledged, or taken without delay by a server that has not acknowledged any yet. */
  believed(nowMs: number): boolean {
    if (this.#mediaStart === null) return false
    if ((this.#line.ackedBytes ?? 0) > this.#mediaStart.bytes) return true
    return nowMs - this.#mediaStart.atMs > SILENT_SERVER_MS && this.#line.queuedBytes === 0
  }

  /** @param mediaKbps what picture and sound together are meant to have */
  mayTakeVideo(mediaKbps: number, nowMs: number): boolean {
    const interval = this.ackIntervalBytes
    // Not known (yet) to acknowledge, or rarely: what the socket could not hand on is what can be seen.
    if (!this.prompt) {
      const room = this.#line.sentBytes > PUBLISH.unackedMinBytes * 4 ? SILENT_SERVER_QUEUE_BYTES : PUBLISH.unackedMinBytes
      if (this.#line.queuedBytes >= room) return false
    }
    return interval === null || this.#unackedBytes < this.#limitBytes(interval, mediaKbps, nowMs)
  }

  /**
   * Nothing has moved since `sinceMs` for `deadlineMs` although something should have: bytes wait in the socket, or more
   * is un-acknowledged than the server has ever let pass.
   */
  stalled(nowMs: number, deadlineMs: number, sinceMs = -Infinity): boolean {
    if (this.#mediaStart === null) return false
    if (this.#line.queuedBytes > 0 && nowMs - Math.max(this.#drainedAtMs, sinceMs) > deadlineMs) return true
    // One acknowledgement is enough here: waiting for more of them would miss a line that dies in its first moments.
    if (this.#steps.length === 0) return false
    const overdue = Math.max(PUBLISH.windowAckSizeBytes * 2, Math.max(...this.#steps) * 1.5)
    return this.#unackedBytes > overdue && nowMs - Math.max(this.#ackedAtMs, sinceMs) > deadlineMs
  }

  /** Carried over the last two seconds; null unless the server acknowledges often enough to tell. */
  ackedKbps(nowMs: number): number | null {
    return this.prompt ? kbps(this.#carriedRate, nowMs) : null
  }

  reading(queueMs: number, nowMs: number): LineReading {
    const rate = kbps(this.#carriedNow, nowMs)
    return { queueMs, throughputKbps: rate > 0 ? rate : null }
  }

  get #unackedBytes(): number {
    return Math.max(0, this.#line.sentBytes - this.#ackedBytes)
  }

  /** One second's worth of what the line carries, and always enough for the next acknowledgement to come. */
  #limitBytes(interval: number, mediaKbps: number, nowMs: number): number {
    const carried = kbps(this.#carriedNow, nowMs)
    const useful = (carried === 0 ? mediaKbps : Math.min(mediaKbps, carried)) * 1.25
    return Math.max(PUBLISH.unackedMinBytes, (useful * 1_000) / 8, interval * 2)
  }
}
