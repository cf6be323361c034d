import type { Slate } from '../shared/program'
import { SLATE_AFTER_MS } from '../shared/thresholds'
import { SlatePlayer, type SlateFrame } from './slate-player'

/**
 * Decides between program and slate. The slate stands in for a program that was there and stays away; it never begins a
 * show. Pure; milliseconds of one monotonic clock.
 */
export class SlateKeeper {
  #slate: Slate | null = null
  #player: SlatePlayer | null = null
  #lastVideoAtMs: number | null = null
  #lastAudioAtMs: number | null = null

  get onAir(): boolean {
    return this.#player !== null
  }

  /** The one that plays goes on to its end; the next time it is this one. */
  setSlate(slate: Slate): void {
    this.#slate = slate
  }

  /** Another program has other pictures (size, title): its slate is still to come. One that plays goes on until then. */
  newProgram(): void {
    this.#slate = null
    if (this.#player === null) this.#lastVideoAtMs = null
  }

  /** The show is over: the next one begins with its own program. */
  reset(): void {
    this.#player = null
    this.#lastVideoAtMs = null
    this.#lastAudioAtMs = null
  }

  /** A picture of the program came. False: it cannot be shown, because a key frame is needed first. */
  programVideo(keyFrame: boolean, nowMs: number): boolean {
    this.#lastVideoAtMs = nowMs
    // From the slate back to the program only at a key frame: anything else would be garbage on the screen.
    if (this.#player !== null && !keyFrame) return false
    this.#player = null
    return true
  }

  programAudio(nowMs: number): void {
    this.#lastAudioAtMs = nowMs
  }

  /** What of the slate is due. @param nowUs output time of now, microseconds */
  due(nowMs: number, nowUs: number): readonly SlateFrame[] {
    if (this.#player === null) {
      if (this.#slate === null || this.#lastVideoAtMs === null || nowMs - this.#lastVideoAtMs < SLATE_AFTER_MS) return []
      this.#player = new SlatePlayer(this.#slate, nowUs)
    }
    const withAudio = this.#lastAudioAtMs === null || nowMs - this.#lastAudioAtMs > SLATE_AFTER_MS
    return this.#player.due(nowUs, withAudio)
  }

  /** The pictures that play: their parameters differ from the program's. */
  get playing(): Slate | null {
    return this.#player?.slate ?? null
  }
}
