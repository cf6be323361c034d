import type { Logger } from 'pino'
import type { ErrorInfo } from '../shared/errors'
import { RestartBudget } from './supervised'

export interface FatalOptions {
  readonly log: Pick<Logger, 'error' | 'fatal'>
  /** Writes at once what waits. */
  flush(): void
  onProblem(error: ErrorInfo): void
  exit(code: number): void
}

/**
 * What nobody caught. One such error leaves one thing undone, and the show goes on: ending it would be the greater harm. Bugs
 * that keep coming mean that the state is unsound: then the app ends with 1, and the state file lets the next start resume.
 */
export function fatalHandler(options: FatalOptions, now: () => number = Date.now): (error: unknown) => void {
  const budget = new RestartBudget()
  return (error) => {
    if (isSystemError(error)) {
      // A pipe that nobody reads, a disk that is full: however often, nothing of ours is unsound.
      options.log.error({ err: error }, 'the system refused something that nobody waited for')
      return
    }
    if (budget.allow(now())) {
      options.log.error({ err: error }, 'nobody caught this')
      options.onProblem({ code: 'internal', context: { reason: error instanceof Error ? error.message.slice(0, 200) : 'unknown' } })
      return
    }
    options.log.fatal({ err: error }, 'too many errors that nobody caught: the app ends')
    options.flush()
    options.exit(1)
  }
}

/** Without these Electron shows a box that stands in front of the show and stops main until somebody presses OK. */
export function catchFatal(options: FatalOptions): void {
  const handler = fatalHandler(options)
  process.on('uncaughtException', handler)
  process.on('unhandledRejection', handler)
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string'
}
