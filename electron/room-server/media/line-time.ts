import { SEAT_KEPT_MS } from '../../shared/co-anchor-line'

/** Time as the co-anchors' lines see it; tests bring their own. */
export interface LineTime {
  /** UNIX milliseconds. */
  nowMs(): number
  /** Runs once, unless what it returns is called before. */
  after(delayMs: number, run: () => void): () => void
}

export const systemTime: LineTime = {
  nowMs: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

export const LINE_TERMS = {
  /** From the open line to the hello. */
  helloMs: 5_000,
  /** Between two pings, and two signs of life; a line that left two of them unanswered is dropped with the third. */
  pingMs: 5_000,
  /** From the bye until whoever does not go is cut. */
  goodbyeMs: 1_000,
  /** Somebody was let in, or the server is new: so long until the page has to be there. */
  comeMs: 60_000,
  /** The page was there: so long until it has to be back. */
  keptMs: SEAT_KEPT_MS,
} as const
