/** How many viewers a show had, as far as it was watched. */
export interface ViewerFigures {
  readonly peak: number
  /** Viewers × milliseconds. */
  readonly viewerMs: number
  readonly measuredMs: number
}

export const NO_VIEWERS: ViewerFigures = { peak: 0, viewerMs: 0, measuredMs: 0 }

/** Viewers over time, from the moments at which their number changed: what is between two moments has the number of the first. */
export class ViewerGauge {
  #figures: ViewerFigures
  #viewers: number | null = null
  #sinceMs = 0

  /** @param figures of the same show from before: a process may die in the middle of one */
  constructor(figures: ViewerFigures = NO_VIEWERS) {
    this.#figures = figures
  }

  /** @param viewers null = not known from now on */
  set(viewers: number | null, nowMs: number): void {
    this.#figures = this.at(nowMs)
    if (viewers !== null && viewers > this.#figures.peak) this.#figures = { ...this.#figures, peak: viewers }
    this.#viewers = viewers
    this.#sinceMs = nowMs
  }

  /** @returns what was gathered until now */
  at(nowMs: number): ViewerFigures {
    if (this.#viewers === null) return this.#figures
    const passedMs = Math.max(0, nowMs - this.#sinceMs)
    const { peak, viewerMs, measuredMs } = this.#figures
    return { peak, viewerMs: viewerMs + this.#viewers * passedMs, measuredMs: measuredMs + passedMs }
  }
}
