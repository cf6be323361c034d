/** The page's clock and timers, so that tests decide what time it is. */
export interface PageTime {
  /** UNIX milliseconds. */
  nowMs(): number
  /** @returns takes it back */
  after(delayMs: number, run: () => void): () => void
}

export const PAGE_TIME: PageTime = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

/** Runs again and again until it is ended. */
export function every(time: PageTime, ms: number, run: () => void): () => void {
  let cancel = time.after(ms, tick)
  function tick(): void {
    cancel = time.after(ms, tick)
    run()
  }
  return () => cancel()
}
