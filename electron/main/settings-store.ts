import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { AnchorError, type ErrorInfo } from '../shared/errors'
import { defaultSettings, settingsSchema, type Settings } from '../shared/settings'
import { writeAtomically } from './atomic-file'

const WRITE_AFTER_MS = 400

export interface SettingsStoreOptions {
  readonly folder: string
  /** Something could not be read or written; the app goes on. */
  onProblem(error: ErrorInfo): void
}

/** The settings in memory and on disk. A broken file never stops the start and is never overwritten unseen. */
export class SettingsStore {
  readonly #options: SettingsStoreOptions
  readonly #file: string
  #settings: Settings
  #timer: NodeJS.Timeout | null = null

  constructor(options: SettingsStoreOptions) {
    this.#options = options
    this.#file = join(options.folder, 'settings.json')
    this.#settings = this.#load()
  }

  get current(): Settings {
    return this.#settings
  }

  /** Takes effect at once and is written shortly after. */
  update(change: Partial<Settings>): Settings {
    this.#settings = { ...this.#settings, ...change }
    this.#timer ??= setTimeout(() => this.flush(), WRITE_AFTER_MS)
    return this.#settings
  }

  /** Writes what waits. */
  flush(): void {
    if (this.#timer === null) return
    clearTimeout(this.#timer)
    this.#timer = null
    try {
      writeAtomically(this.#file, `${JSON.stringify(this.#settings, null, 2)}\n`, { keepCopy: true })
    } catch (error) {
      if (!(error instanceof AnchorError)) throw error
      this.#options.onProblem(error.toInfo())
    }
  }

  #load(): Settings {
    const backup = `${this.#file}.bak`
    const own = read(this.#file)
    if (own.settings !== null) return own.settings
    const copy = read(backup)
    if (own.missing && copy.missing) return { ...defaultSettings(), firstRunDone: false }
    // The broken one is kept for whoever wants to know; a copy of a broken file would replace the good copy.
    const broken = `${this.#file}.broken`
    if (existsSync(this.#file)) renameSync(this.#file, broken)
    const code = copy.settings === null ? 'settings.reset' : 'settings.recovered'
    this.#options.onProblem(new AnchorError(code, { context: { file: this.#file, backup: broken } }).toInfo())
    return copy.settings ?? defaultSettings()
  }
}

function read(file: string): { settings: Settings | null; missing: boolean } {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return { settings: null, missing: (error as NodeJS.ErrnoException).code === 'ENOENT' }
  }
  try {
    const parsed = settingsSchema.safeParse(JSON.parse(text))
    return { settings: parsed.success ? parsed.data : null, missing: false }
  } catch (error) {
    if (error instanceof SyntaxError) return { settings: null, missing: false }
    throw error
  }
}
