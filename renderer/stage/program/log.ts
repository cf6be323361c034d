/** A line for the log, which main writes. */
export type Log = (level: 'info' | 'warn' | 'error', message: string) => void

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
