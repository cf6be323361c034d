import { BrowserWindow, MessageChannelMain, type BrowserWindowConstructorOptions, type MessagePortMain } from 'electron'
import { CHANNELS } from '../shared/channels'
import type { PortMessage } from '../shared/stage'
import { RestartBudget } from './supervised'

const UNRESPONSIVE_DEADLINE_MS = 5_000

export interface PageWindowOptions {
  readonly name: string
  readonly url: string
  readonly window: BrowserWindowConstructorOptions
  /** A new window was made; its page has not loaded yet. */
  onMade(window: BrowserWindow): void
  onDied(gaveUp: boolean): void
  log(level: 'info' | 'warn' | 'error', message: string): void
}

/** A window whose page is brought back when its process dies or hangs. Ends with `close`. */
export class PageWindow {
  readonly #options: PageWindowOptions
  readonly #budget = new RestartBudget()
  #window: BrowserWindow | null = null
  #closing = false

  constructor(options: PageWindowOptions) {
    this.#options = options
    this.#make()
  }

  get window(): BrowserWindow | null {
    return this.#window
  }

  send(channel: string, message: unknown): void {
    this.#window?.webContents.send(channel, message)
  }

  sendPort(use: PortMessage['use'], port: MessagePortMain): void {
    this.#window?.webContents.postMessage(CHANNELS.port, use, [port])
  }

  close(): void {
    this.#closing = true
    this.#window?.destroy()
    this.#window = null
  }

  #make(): void {
    const window = new BrowserWindow(this.#options.window)
    this.#window = window
    const { webContents } = window
    let hung: NodeJS.Timeout | null = null
    webContents.on('render-process-gone', (_event, details) => {
      if (details.reason === 'clean-exit' && this.#closing) return
      this.#died(window, details.reason)
    })
    webContents.on('unresponsive', () => {
      hung ??= setTimeout(() => webContents.forcefullyCrashRenderer(), UNRESPONSIVE_DEADLINE_MS)
    })
    webContents.on('responsive', () => {
      if (hung !== null) clearTimeout(hung)
      hung = null
    })
    webContents.on('console-message', (_event, level, message) => {
      if (level >= 2) this.#options.log('warn', `${this.#options.name}: ${message.slice(0, 2_000)}`)
    })
    window.on('closed', () => {
      if (hung !== null) clearTimeout(hung)
      if (this.#window === window) this.#window = null
    })
    this.#options.onMade(window)
    void window.loadURL(this.#options.url)
  }

  #died(window: BrowserWindow, reason: string): void {
    if (this.#closing || this.#window !== window) return
    const again = this.#budget.allow(Date.now())
    this.#options.log('error', `${this.#options.name} died: ${reason}`)
    this.#options.onDied(!again)
    if (!again) return
    // The window stays where it is; only its page is brought back.
    void window.loadURL(this.#options.url)
  }
}

/** Two ends of a new channel. */
export function newChannel(): readonly [MessagePortMain, MessagePortMain] {
  const { port1, port2 } = new MessageChannelMain()
  return [port1, port2]
}
