/** A line on its way: `x` is where its head is, from the picture's left edge. */
export interface MovingLine<Line> {
  readonly line: Line
  readonly lane: number
  readonly width: number
  readonly x: number
}

export interface CommentLanesOptions {
  /** At least 1. */
  readonly lanes: number
  /** Of the picture. Widths and distances are in one unit of the caller's. */
  readonly width: number
  /** Between two lines of one lane. */
  readonly gap: number
  /** Lines that move and wait together; the oldest that waits gives way. */
  readonly maxLines: number
}

interface Entered<Line> {
  readonly line: Line
  readonly lane: number
  readonly width: number
  /** How far all lines had moved when it came in. */
  readonly at: number
}

/**
 * Comments that cross the picture from right to left. All move by the same distance, so that none in a lane ever reaches the one before it, whatever
 * becomes of the speed. Pure: whoever owns it tells how far things moved.
 */
export class CommentLanes<Line extends { readonly id: string }> {
  readonly #options: CommentLanesOptions
  #waiting: Line[] = []
  #entered: Entered<Line>[] = []
  #moved = 0

  constructor(options: CommentLanesOptions) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#entered.length === 0 && this.#waiting.length === 0
  }

  /** In the order in which they came in. */
  get moving(): readonly MovingLine<Line>[] {
    return this.#entered.map(({ line, lane, width, at }) => ({ line, lane, width, x: this.#options.width - (this.#moved - at) }))
  }

  /** It comes in when there is room. */
  say(line: Line): void {
    this.#waiting.push(line)
    const most = this.#options.maxLines - this.#entered.length
    if (this.#waiting.length > most) this.#waiting = most > 0 ? this.#waiting.slice(-most) : []
  }

  /** Off the picture at once, and out of the queue. */
  take(ids: ReadonlySet<string>): void {
    this.#waiting = this.#waiting.filter(({ id }) => !ids.has(id))
    this.#entered = this.#entered.filter(({ line }) => !ids.has(line.id))
  }

  /**
   * Moves all lines, lets those go whose tail is out, and lets at most one in: drawing a line costs, and ten at once would cost a frame.
   * @param widthOf of the line that comes in
   */
  step(distance: number, widthOf: (line: Line) => number): void {
    this.#moved += Math.max(0, distance)
    const { width } = this.#options
    this.#entered = this.#entered.filter((one) => width - (this.#moved - one.at) + one.width > 0)
    const lane = this.#waiting.length > 0 ? this.#freeLane() : null
    const line = lane === null ? undefined : this.#waiting.shift()
    if (line !== undefined && lane !== null) this.#entered.push({ line, lane, width: widthOf(line), at: this.#moved })
  }

  /** The first from the top whose last line is in with its tail. */
  #freeLane(): number | null {
    const { lanes, gap } = this.#options
    for (let lane = 0; lane < lanes; lane++) {
      if (this.#entered.every((one) => one.lane !== lane || this.#moved - one.at >= one.width + gap)) return lane
    }
    return null
  }
}
