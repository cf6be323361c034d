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
 * What nobody caught. One such error leaves one thing undone, and the show goes on: ending it would be the greater harm. Errors
 * that keep coming mean that the state is unsound: then the app ends with 1, and the state file lets the next start resume.
 * @returns what takes the error; exported through `catchFatal`, and for tests
 */
export function fatalHandler(options: FatalOptions, now: () => number = Date.now): (error: unknown) => void {
  const budget = new RestartBudget()
  return (error) => {
    const sound = budget.allow(now())
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'unknown'
    if (sound) {
      options.log.error({ err: error }, 'nobody caught this')
      // A pipe that nobody reads and a disk that is full are told elsewhere, if at all.
      if (!isSystemError(error)) options.onProblem({ code: 'internal', context: { reason } })
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
