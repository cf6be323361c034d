import { performance } from 'node:perf_hooks'

/**
 * Waits for `work`, but not for ever.
 * @param endMs by `performance.now()`
 * @returns false: it was not done by then, and what comes of it is nobody's matter any more
 * @throws what `work` throws by then
 */
export async function isDoneBy(endMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, endMs - performance.now()))
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
