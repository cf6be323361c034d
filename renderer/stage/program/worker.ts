import type { FromWorker, ToWorker } from '../worker-protocol'
import { asError } from './log'
import { Program } from './program'

const tell = (message: FromWorker): void => self.postMessage(message)

/** Nobody awaits these: without a line they would be lost. */
self.addEventListener('unhandledrejection', (event) => tell({ type: 'log', level: 'error', message: `unhandled: ${describe(event.reason)}` }))

Program.open(tell).then(
  (program) => {
    self.onmessage = (event: MessageEvent<ToWorker>) => program.handle(event.data)
    tell({ type: 'opened' })
  },
  (error: unknown) => tell({ type: 'open-failed', reason: describe(error) }),
)

function describe(thrown: unknown): string {
  const { stack, message } = asError(thrown)
  return stack ?? message
}
