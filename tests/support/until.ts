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
