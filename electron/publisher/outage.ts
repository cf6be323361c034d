import { PUBLISH } from '../shared/thresholds'
import type { ReconnectPolicy } from './reconnect-policy'

/** How long a destination has been off and how often it was tried since. Pure; milliseconds of one monotonic clock. */
export class Outage {
  readonly #policy: ReconnectPolicy
  #attempts = 0
  #sinceMs: number | null = null
  #attemptAtMs = 0

  constructor(policy: ReconnectPolicy) {
    this.#policy = policy
  }

  /** Something went wrong since it last was stable. */
  get running(): boolean {
    return this.#attempts > 0
  }

  /** Delays begin at 0 again: what was wrong may be over. */
  restart(): void {
    this.#attempts = 0
  }

  /** @returns how long the server has to answer */
  attemptBegins(nowMs: number): number {
    this.#attemptAtMs = nowMs
    return this.#policy.reachTimeoutMs(this.#sinceMs === null ? 0 : nowMs - this.#sinceMs)
  }

  /**
   * The connection or the attempt is gone.
   * @param acceptedAtMs null = the server never took it
   * @param publishedAtMs null = nothing arrived
   * @returns how long to wait before the next attempt
   */
  lost(nowMs: number, acceptedAtMs: number | null, publishedAtMs: number | null, random: number): number {
    // Only after a while, else a server that takes and drops each connection would be hammered.
    if (publishedAtMs !== null && nowMs - publishedAtMs > PUBLISH.stableAfterMs) {
      this.#attempts = 0
      this.#sinceMs = null
    }
    this.#attempts += 1
    this.#sinceMs ??= nowMs
    const pauseMs = this.#policy.delayMs(this.#attempts, nowMs - this.#sinceMs, random)
    // An attempt that waited in vain has been pause enough; one that the server took and dropped has not.
    return acceptedAtMs === null ? Math.max(0, pauseMs - (nowMs - this.#attemptAtMs)) : pauseMs
  }
}
