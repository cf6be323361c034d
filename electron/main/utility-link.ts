import { utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron'
import type { z } from 'zod'
import { RestartBudget } from './supervised'

export interface UtilityLinkOptions<Report> {
  readonly name: string
  /** Path of the built script. */
  readonly script: string
  readonly reports: z.ZodType<Report>
  onReport(report: Report): void
  /** It is up (again): say everything it has to know. */
  onReady(): void
  /** It died. `gaveUp`: it will not be started again. */
  onDied(gaveUp: boolean): void
  log(level: 'info' | 'warn' | 'error', message: string): void
}

/** A utility process that is started, heard, and started again when it dies. Owned by whoever made it; ended by `stop`. */
export class UtilityLink<Command, Report> {
  readonly #options: UtilityLinkOptions<Report>
  readonly #budget = new RestartBudget()
  #child: UtilityProcess | null = null
  #stopping = false

  constructor(options: UtilityLinkOptions<Report>) {
    this.#options = options
    this.#fork()
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  send(command: Command, ports: MessagePortMain[] = []): void {
    this.#child?.postMessage(command, ports)
  }

  /** Asks it to end and makes sure that it does. */
  stop(command: Command, deadlineMs: number): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (child === null) return Promise.resolve()
    return new Promise((resolve) => {
      const force = setTimeout(() => child.kill(), deadlineMs)
      child.once('exit', () => {
        clearTimeout(force)
        resolve()
      })
      child.postMessage(command)
    })
  }

  #fork(): void {
    const { name, script, reports, log } = this.#options
    const child = utilityProcess.fork(script, [], { serviceName: `AnchorDesk ${name}`, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    child.stderr?.on('data', (bytes: Buffer) => log('warn', `${name}: ${bytes.toString('utf8').slice(0, 2_000)}`))
    child.stdout?.on('data', (bytes: Buffer) => log('info', `${name}: ${bytes.toString('utf8').slice(0, 2_000)}`))
    child.on('message', (message: unknown) => {
      const parsed = reports.safeParse(message)
      if (!parsed.success) log('warn', `a report of ${name} was not understood`)
      else if (isReady(parsed.data)) this.#options.onReady()
      else this.#options.onReport(parsed.data)
    })
    child.once('exit', (code) => {
      if (this.#child !== child) return
      this.#child = null
      if (this.#stopping) return
      const again = this.#budget.allow(Date.now())
      log('error', `${name} ended with ${code}${again ? ', is started again' : ', is left alone'}`)
      this.#options.onDied(!again)
      if (again) this.#fork()
    })
  }
}

function isReady(report: unknown): boolean {
  return typeof report === 'object' && report !== null && (report as { type?: unknown }).type === 'ready'
}
