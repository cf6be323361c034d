import { app, dialog, powerMonitor, type BrowserWindow } from 'electron'
import type { MainText } from '../shared/locales/main-text'

const DEADLINE_MS = 5_000

export interface QuitOptions {
  studio(): BrowserWindow | null
  isOnAir(): boolean
  text(): MainText
  exitCode(): number
  /** Ends everything that runs; it has 5 s. `bySystem`: the machine goes down, nobody chose to end the show. */
  shutDown(bySystem: boolean): Promise<void>
}

/** Every way out of the app: asks while live where somebody can be asked, ends everything within its deadline, exits. */
export class Quit {
  readonly #options: QuitOptions
  #quitting = false
  #asking = false

  constructor(options: QuitOptions) {
    this.#options = options
    const studio = options.studio()
    studio?.on('close', (event) => void this.#asked(event))
    // Windows: the user signs out or the machine goes down.
    studio?.on('session-end', () => void this.now(true))
    app.on('before-quit', (event) => void this.#asked(event))
    app.on('window-all-closed', () => void this.now())
    // Nobody is there to be asked. They stay: a terminal and whoever started us may both send one, and the second must not kill.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void this.now())
    // Linux and macOS wait for us where it is asked for; the types do not know that this event can be.
    powerMonitor.on('shutdown', (...args: readonly unknown[]) => {
      ;(args[0] as { preventDefault?(): void } | undefined)?.preventDefault?.()
      void this.now(true)
    })
  }

  get isQuitting(): boolean {
    return this.#quitting
  }

  async now(bySystem = false): Promise<void> {
    if (this.#quitting) return
    this.#quitting = true
    const force = setTimeout(() => app.exit(1), DEADLINE_MS)
    await this.#options.shutDown(bySystem)
    clearTimeout(force)
    app.exit(this.#options.exitCode())
  }

  async #asked(event: { preventDefault(): void }): Promise<void> {
    if (this.#quitting) return
    event.preventDefault()
    if (this.#asking) return
    this.#asking = true
    try {
      if (await this.#may()) await this.now()
    } finally {
      this.#asking = false
    }
  }

  /** True when the show may be ended. The default is to keep going. Main goes on supervising while the question stands. */
  async #may(): Promise<boolean> {
    const window = this.#options.studio()
    if (!this.#options.isOnAir() || window === null) return true
    const text = this.#options.text()
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message: text.quitTitle,
      detail: text.quitDetail,
      buttons: [text.keepGoing, text.endAndQuit],
      defaultId: 0,
      cancelId: 0,
    })
    return response === 1
  }
}
