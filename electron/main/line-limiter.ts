export type Level = 'debug' | 'info' | 'warn' | 'error'

const WINDOW_MS = 60_000
const LINES = 10
const KEPT_KINDS = 500

/** Lines of other processes on their way to the log: the same kind of line passes ten times a minute, the rest is counted. */
export class LineLimiter {
  readonly #write: (level: Level, message: string) => void
  readonly #now: () => number
  readonly #kinds = new Map<string, { since: number; lines: number }>()

  constructor(write: (level: Level, message: string) => void, now: () => number = Date.now) {
    this.#write = write
    this.#now = now
  }

  line(level: Level, message: string): void {
    // What differs within a kind is numbers and what follows.
    const key = `${level} ${message.slice(0, 80).replace(/\d+/g, '#')}`
    const now = this.#now()
    let kind = this.#kinds.get(key)
    if (kind === undefined || now - kind.since >= WINDOW_MS) {
      const kept = kind === undefined ? 0 : Math.max(0, kind.lines - LINES)
      if (this.#kinds.size >= KEPT_KINDS) this.#kinds.clear()
      kind = { since: now, lines: 0 }
      this.#kinds.set(key, kind)
      if (kept > 0) this.#write(level, `(${kept} more lines like the next one were left out)`)
    }
    kind.lines += 1
    if (kind.lines <= LINES) this.#write(level, message.slice(0, 2_000))
  }
}
