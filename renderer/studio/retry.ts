import type { DestinationView } from '../../electron/shared/snapshot'

export interface Retry {
  /** Somebody still tries; false: each has given up until a person acts. */
  readonly waiting: boolean
  /** The number of the running or coming attempt, from 1. */
  readonly attempt: number
  /** null: an attempt is under way. */
  readonly inSeconds: number | null
}

/** When the next attempt of any destination comes. Pure. */
export function retryOf(destinations: readonly DestinationView[], nowMs: number): Retry {
  const trying = destinations.map(({ status }) => status).filter((status) => status?.state === 'reconnecting' || status?.state === 'connecting')
  const times = trying.map((status) => status?.nextRetryAtMs).filter((at) => at != null)
  return {
    waiting: trying.length > 0,
    attempt: Math.max(1, ...trying.map((status) => status?.attempt ?? 1)),
    inSeconds: times.length === 0 ? null : Math.max(0, Math.ceil((Math.min(...times) - nowMs) / 1_000)),
  }
}
