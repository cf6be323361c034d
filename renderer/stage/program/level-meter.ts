import type { AudioLevel } from '../../../electron/shared/program'

const FLOOR_DB = -100

export function toDb(amplitude: number): number {
  return amplitude <= 0 ? FLOOR_DB : Math.max(FLOOR_DB, 20 * Math.log10(amplitude))
}

/** Peak and root mean square since the last `take`. */
export class LevelMeter {
  #peak = 0
  #power = 0
  #blocks = 0

  add(peak: number, power: number): void {
    this.#peak = Math.max(this.#peak, peak)
    this.#power += power
    this.#blocks += 1
  }

  take(): AudioLevel {
    const level = { peakDb: toDb(this.#peak), rmsDb: toDb(Math.sqrt(this.#blocks === 0 ? 0 : this.#power / this.#blocks)) }
    this.#peak = 0
    this.#power = 0
    this.#blocks = 0
    return level
  }
}
