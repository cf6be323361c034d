import { app, dialog, powerMonitor, type BrowserWindow } from 'electron'
import type { MainText } from '../shared/locales/main-text'

const DEADLINE_MS = 5_000

export interface QuitOptions {
  studio(): BrowserWindow | null
  isOnAir(): boolean
  text(): MainText
  exitCode(): number
  /** Ends everything that runs. It has 5 s. */
  shutDown(): Promise<void>
}

/** Every way out of the app: asks while live where somebody can be asked, ends everything within its deadline, exits. */
export class Quit {
  readonly #options: QuitOptions
  #quitting = false

  constructor(options: QuitOptions) {
    this.#options = options
    options.studio()?.on('close', (event) => this.#asked(event))
    app.on('before-quit', (event) => this.#asked(event))
    app.on('window-all-closed', () => void this.now())
    // Nobody is there to be asked.
    process.once('SIGTERM', () => void this.now())
    process.once('SIGINT', () => void this.now())
    powerMonitor.on('shutdown', () => void this.now())
  }

  async now(): Promise<void> {
    if (this.#quitting) return
    this.#quitting = true
    const force = setTimeout(() => app.exit(1), DEADLINE_MS)
    await this.#options.shutDown()
    clearTimeout(force)
    app.exit(this.#options.exitCode())
  }

  #asked(event: { preventDefault(): void }): void {
    if (this.#quitting) return
    event.preventDefault()
    if (this.#may()) void this.now()
  }

  /** True when the show may be ended. The default is to keep going. */
  #may(): boolean {
    const window = this.#options.studio()
    if (!this.#options.isOnAir() || window === null) return true
    const text = this.#options.text()
    const answer = dialog.showMessageBoxSync(window, {
      type: 'warning',
      message: text.quitTitle,
      detail: text.quitDetail,
      buttons: [text.keepGoing, text.endAndQuit],
      defaultId: 0,
      cancelId: 0,
    })
    return answer === 1
  }
}
