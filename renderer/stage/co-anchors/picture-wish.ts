import type { Wish } from '../../../electron/shared/co-anchor-line'

/** From the best to the least that is asked of those on the air. */
const STEPS = [
  { maxHeight: 720, maxFps: 30 },
  { maxHeight: 360, maxFps: 30 },
  { maxHeight: 270, maxFps: 20 },
  { maxHeight: 180, maxFps: 15 },
] as const satisfies readonly Wish[]
const FIRST = 1
/** In the greenroom the anchor sees a small picture, and viewers none. */
const GREENROOM: Wish = { maxHeight: 180, maxFps: 15 }
/** Of the rate that is wanted, the program gives less for so long: the machine is at its end. */
const BEHIND = { share: 0.85, ms: 3_000 } as const
/** It gives all of it for so long: it can do more. Longer after each time that it could not. */
const AHEAD = { share: 0.97, ms: 20_000, mostMs: 300_000 } as const
/** The large picture is for a machine that has help, and for few people. */
const LARGE_FOR = 2

export interface ProgramPace {
  readonly fps: number
  /** 0 = nobody needs pictures now. */
  readonly targetFps: number
  /** Pictures are encoded by hardware. */
  readonly hardware: boolean
  /** Co-anchors on the air. */
  readonly onAir: number
  /** Of the largest place that one of them has in the program, lines; 0 = none has one. */
  readonly tileHeight: number
}

/**
 * How large the co-anchors' pictures are to be: the machine gives out here first, before the program's own rate, and sound never. Pure: time is
 * handed in.
 */
export class PictureWish {
  #step: number = FIRST
  /** The least that fills their places. */
  #enough = FIRST as number
  #behindSinceMs: number | null = null
  #aheadSinceMs: number | null = null
  #patienceMs: number = AHEAD.ms

  /** @returns whether what is wished of those on the air has changed */
  measured({ fps, targetFps, hardware, onAir, tileHeight }: ProgramPace, nowMs: number): boolean {
    const best = hardware && onAir <= LARGE_FOR ? 0 : FIRST
    const before = this.#wished
    this.#enough = onAir === 0 ? FIRST : Math.max(0, STEPS.filter(({ maxHeight }) => maxHeight >= tileHeight).length - 1)
    if (targetFps === 0 || onAir === 0) {
      this.#behindSinceMs = null
      this.#aheadSinceMs = null
    } else if (fps < targetFps * BEHIND.share) this.#behind(nowMs)
    else if (fps >= targetFps * AHEAD.share) this.#ahead(nowMs, best)
    else {
      this.#behindSinceMs = null
      this.#aheadSinceMs = null
    }
    this.#step = Math.max(best, this.#step)
    return this.#wished !== before
  }

  of(onAir: boolean): Wish {
    return onAir ? (STEPS[this.#wished] ?? GREENROOM) : GREENROOM
  }

  get #wished(): number {
    return Math.max(this.#step, this.#enough)
  }

  #behind(nowMs: number): void {
    this.#aheadSinceMs = null
    this.#behindSinceMs ??= nowMs
    if (nowMs - this.#behindSinceMs < BEHIND.ms || this.#step === STEPS.length - 1) return
    this.#step += 1
    this.#behindSinceMs = null
    this.#patienceMs = Math.min(AHEAD.mostMs, this.#patienceMs * 2)
  }

  #ahead(nowMs: number, best: number): void {
    this.#behindSinceMs = null
    this.#aheadSinceMs ??= nowMs
    if (nowMs - this.#aheadSinceMs < this.#patienceMs || this.#step <= best) return
    this.#step -= 1
    this.#aheadSinceMs = null
  }
}
