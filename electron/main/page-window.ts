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
  #hung: NodeJS.Timeout | null = null
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

  /** Loads its page anew. */
  reload(): void {
    if (this.#window !== null) this.#load(this.#window)
  }

  /** Ends its process; what follows is as when it died by itself. */
  restart(): void {
    this.#window?.webContents.forcefullyCrashRenderer()
  }

  close(): void {
    this.#closing = true
    this.#answers()
    this.#window?.destroy()
    this.#window = null
  }

  #make(): void {
    const window = new BrowserWindow(this.#options.window)
    this.#window = window
    const { webContents } = window
    webContents.on('render-process-gone', (_event, details) => {
      this.#answers()
      if (details.reason === 'clean-exit' && this.#closing) return
      this.#died(window, details.reason)
    })
    webContents.on('unresponsive', () => {
      this.#hung ??= setTimeout(() => {
        this.#hung = null
        this.restart()
      }, UNRESPONSIVE_DEADLINE_MS)
    })
    webContents.on('responsive', () => this.#answers())
    webContents.on('console-message', (...args: readonly unknown[]) => {
      const line = consoleLine(args)
      if (line !== null) this.#options.log('warn', `${this.#options.name}: ${line}`)
    })
    window.on('closed', () => {
      if (this.#window !== window) return
      this.#answers()
      this.#window = null
    })
    this.#options.onMade(window)
    this.#load(window)
  }

  /** It answers, or is gone: the next hang is a new one. */
  #answers(): void {
    if (this.#hung !== null) clearTimeout(this.#hung)
    this.#hung = null
  }

  #died(window: BrowserWindow, reason: string): void {
    if (this.#closing || this.#window !== window) return
    const again = this.#budget.allow(Date.now())
    this.#options.log('error', `${this.#options.name} died: ${reason}`)
    this.#options.onDied(!again)
    // The window stays where it is; only its page is brought back.
    if (again) this.#load(window)
  }

  #load(window: BrowserWindow): void {
    window.loadURL(this.#options.url).catch((error: unknown) => {
      // A page that dies while it loads is told by its process.
      if (!this.#closing) this.#options.log('error', `${this.#options.name} did not load: ${error instanceof Error ? error.message : 'unknown'}`)
    })
  }
}

/** Warnings and errors of the page. Electron told them as (event, level, message) and now tells them within the event. */
export function consoleLine(args: readonly unknown[]): string | null {
  const [event, level, message] = args
  if (typeof level === 'number') return level >= 2 && typeof message === 'string' ? message : null
  const told = event as { readonly level?: unknown; readonly message?: unknown }
  return (told.level === 'warning' || told.level === 'error') && typeof told.message === 'string' ? told.message : null
}

/** Two ends of a new channel. */
export function newChannel(): readonly [MessagePortMain, MessagePortMain] {
  const { port1, port2 } = new MessageChannelMain()
  return [port1, port2]
}
