/** Pauses between attempts to fetch the picture, milliseconds: at once, then more and more. */
const DELAYS_MS = [0, 300, 700, 1_500, 3_000, 5_000] as const

export function retryDelayMs(attempt: number): number {
  return DELAYS_MS[Math.min(Math.max(0, attempt), DELAYS_MS.length - 1)] ?? 5_000
}
