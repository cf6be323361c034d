import type { FromWorker, ToWorker } from '../worker-protocol'
import { Program } from './program'

const program = new Program((message: FromWorker) => self.postMessage(message))
self.onmessage = (event: MessageEvent<ToWorker>) => program.handle(event.data)
void program.open().catch((error: unknown) => {
  const message: FromWorker = {
    type: 'log',
    level: 'error',
    message: `the program could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  }
  self.postMessage(message)
})
