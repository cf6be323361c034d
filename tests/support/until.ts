/** Asks until there is an answer. @throws Error naming what was waited for */
export async function until<T>(ask: () => T | null | Promise<T | null>, deadlineMs: number, what: string): Promise<T> {
  const endAt = Date.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer !== null) return answer
    if (Date.now() > endAt) throw new Error(`waited ${deadlineMs} ms for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Lets time pass where time itself is what is measured or observed. */
export function forMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
