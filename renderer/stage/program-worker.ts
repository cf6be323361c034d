import type { FromWorker, ToWorker } from './worker-protocol'

/** The choice of the encoder and of the compositor's engine take about a second; much more on a machine that is busy. */
const OPEN_DEADLINE_MS = 20_000
/** A worker that works reports twice a second. */
const SILENT_CHECKS = 5
const CHECK_EVERY_MS = 1_000

/** Of a Worker, what is used here. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'onmessage' | 'onerror' | 'terminate'>

export interface ProgramWorkerOptions {
  onOpened(): void
  onMessage(message: Exclude<FromWorker, { type: 'opened' | 'open-failed' }>): void
  /** It did not open, or it says nothing any more: it was ended. Told once, and nothing after it. */
  onDead(reason: string): void
  log(message: string): void
}

/** The stage's worker, watched: it opens in time and keeps reporting, or it counts as dead. Owns the worker and one timer. */
export class ProgramWorker {
  readonly #worker: WorkerLike
  readonly #options: ProgramWorkerOptions
  #opened = false
  #dead = false
  #silentChecks = 0
  #deadline: ReturnType<typeof setTimeout> | null
  #watch: ReturnType<typeof setInterval> | null = null

  constructor(worker: WorkerLike, options: ProgramWorkerOptions) {
    this.#worker = worker
    this.#options = options
    this.#deadline = setTimeout(() => this.#die(`not open after ${OPEN_DEADLINE_MS / 1_000} s`), OPEN_DEADLINE_MS)
    worker.onmessage = (event: MessageEvent<FromWorker>) => this.#heard(event.data)
    worker.onerror = (event) => {
      // Before it is open this is all there will be: the script did not load or threw. Later one handler threw, and the rest may go on.
      if (this.#opened) options.log(event.message)
      else this.#die(event.message)
    }
  }

  send(message: ToWorker, transfer: Transferable[] = []): void {
    if (!this.#dead) this.#worker.postMessage(message, transfer)
  }

  close(): void {
    this.#dead = true
    if (this.#deadline !== null) clearTimeout(this.#deadline)
    if (this.#watch !== null) clearInterval(this.#watch)
    this.#deadline = null
    this.#watch = null
    this.#worker.terminate()
  }

  #heard(message: FromWorker): void {
    if (this.#dead) return
    this.#silentChecks = 0
    if (message.type === 'opened') this.#open()
    else if (message.type === 'open-failed') this.#die(message.reason)
    else this.#options.onMessage(message)
  }

  #open(): void {
    this.#opened = true
    if (this.#deadline !== null) clearTimeout(this.#deadline)
    this.#deadline = null
    // Counted, not timed: a machine that slept has not been silent.
    this.#watch = setInterval(() => {
      this.#silentChecks += 1
      if (this.#silentChecks > SILENT_CHECKS) this.#die('the worker is silent')
    }, CHECK_EVERY_MS)
    this.#options.onOpened()
  }

  #die(reason: string): void {
    if (this.#dead) return
    this.close()
    this.#options.onDead(reason.slice(0, 2_000))
  }
}
