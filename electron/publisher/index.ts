import { performance } from 'node:perf_hooks'
import type { MessagePortMain } from 'electron'
import type { ProgramFeedback } from '../shared/program'
import { publisherCommandSchema, type PublisherReport } from '../shared/publisher'
import { parseProgramMessage } from './program-message'
import { Publisher } from './publisher'

/** The publisher process: main commands it, the stage feeds it, servers get the program. */

const parent = process.parentPort
let programPort: MessagePortMain | null = null

function report(message: PublisherReport): void {
  parent.postMessage(message)
}

function feedback(message: ProgramFeedback): void {
  programPort?.postMessage(message)
}

const publisher = new Publisher({ report, feedback, now: () => performance.now() })

function attach(port: MessagePortMain): void {
  programPort?.close()
  programPort = port
  port.on('message', (event) => {
    const message = parseProgramMessage(event.data)
    if (message === null) report({ type: 'log', level: 'warn', message: 'a message of the stage was not understood' })
    else publisher.program(message)
  })
  port.start()
  publisher.programAttached()
}

parent.on('message', (event) => {
  const parsed = publisherCommandSchema.safeParse(event.data)
  if (!parsed.success) {
    report({ type: 'log', level: 'warn', message: 'a command was not understood' })
    return
  }
  const command = parsed.data
  if (command.type === 'attach-program') {
    const port = event.ports[0]
    if (port !== undefined) attach(port)
    return
  }
  if (command.type === 'shut-down') {
    void publisher.close().then(() => process.exit(0))
    return
  }
  publisher.command(command)
})

report({ type: 'ready' })
