import type { ErrorInfo } from '../shared/errors'
import { HEALTH } from '../shared/thresholds'

/** Reports of half a second each, in a row: behind, not just starting. */
const BEHIND_REPORTS = 4
/** It takes longer to be believed again than to be doubted: an encoder at its limit does not flap. */
const RECOVERED_REPORTS = 10

/** Says whether the encoder keeps up, with hysteresis. */
export class EncoderJudge {
  #inARow = 0
  #behind: ErrorInfo | null = null

  reset(): void {
    this.#inARow = 0
    this.#behind = null
  }

  /** @returns why it is impaired; null = it keeps up */
  report({ fps, targetFps }: { readonly fps: number; readonly targetFps: number }): ErrorInfo | null {
    if (targetFps === 0) return this.#behind
    const { poor, fair } = HEALTH.encoderFpsShare
    const disagrees = this.#behind === null ? fps < targetFps * poor : fps > targetFps * fair
    this.#inARow = disagrees ? this.#inARow + 1 : 0
    if (this.#inARow >= (this.#behind === null ? BEHIND_REPORTS : RECOVERED_REPORTS)) {
      this.#inARow = 0
      this.#behind = this.#behind === null ? { code: 'encoder.overloaded', context: { fps: Math.round(fps), targetFps } } : null
    }
    return this.#behind
  }
}
