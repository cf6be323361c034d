import { RESTART_LIMIT } from '../shared/thresholds'

/** May a process that just died be started again? Pure but for its memory; times in milliseconds. */
export class RestartBudget {
  #deaths: number[] = []

  /** Counts a death. False: it dies too often and is to be left alone. */
  allow(nowMs: number): boolean {
    this.#deaths = [...this.#deaths.filter((at) => nowMs - at < RESTART_LIMIT.withinMs), nowMs]
    return this.#deaths.length <= RESTART_LIMIT.times
  }
}
