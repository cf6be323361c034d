import { AnchorError } from '../../electron/shared/errors'
import { until } from './until'

const DEADLINE_MS = 20_000

/**
 * Starts something on a port that was its own before, or that was free a moment ago: while nobody listens on it, the system may give it to any
 * connection of another process for a while.
 * @param start throws room-server.port-busy when another one has the port
 */
export function onOwnPort<T extends object>(start: () => Promise<T>): Promise<T> {
  return until(
    () =>
      start().catch((error: unknown) => {
        if (error instanceof AnchorError && error.code === 'room-server.port-busy') return null
        throw error
      }),
    DEADLINE_MS,
    'the port to be free',
  )
}

/** What a server that was started as a program said when it ended. */
export function whyItEnded(said: string): Error {
  return / is taken\. /.test(said) ? new AnchorError('room-server.port-busy', { context: { said } }) : new Error(`the server ended: ${said}`)
}
