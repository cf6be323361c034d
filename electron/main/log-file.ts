import { appendFileSync, mkdirSync, statSync } from 'node:fs'
import { appendFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

const MAX_FILE_BYTES = 5 * 1024 * 1024
/** Lines that wait for a slow disk. */
const MAX_WAITING_BYTES = 512 * 1024

/**
 * A file of lines that never harms whoever writes to it: what cannot be written is dropped and counted. At 5 MB it is turned
 * over; one old file stays as `.1`.
 */
export class LogFile {
  readonly #file: string
  readonly #maxBytes: number
  #bytes: number
  #waiting: string[] = []
  #waitingBytes = 0
  #dropped = 0
  #writing: Promise<void> | null = null

  constructor(file: string, maxBytes = MAX_FILE_BYTES) {
    this.#file = file
    this.#maxBytes = maxBytes
    this.#bytes = this.#prepare()
  }

  /** Lines that were dropped since the last that could be written. */
  get dropped(): number {
    return this.#dropped
  }

  /** @param line with its line end */
  write(line: string): void {
    if (this.#waitingBytes + line.length > MAX_WAITING_BYTES) {
      this.#dropped += 1
      return
    }
    this.#waiting.push(line)
    this.#waitingBytes += line.length
    this.#writing ??= this.#drain()
  }

  /** Resolves when all that was written is on its way to the disk, or dropped. */
  async close(): Promise<void> {
    await this.#writing
  }

  /** For the last words of a process that is about to end. */
  flushNow(): void {
    const lines = this.#take()
    if (lines.length === 0) return
    try {
      appendFileSync(this.#file, lines.join(''))
    } catch (error) {
      this.#lose(lines, error)
    }
  }

  async #drain(): Promise<void> {
    // Lines of one turn go out together.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const lines = this.#take()
      const text = this.#dropped > 0 ? `{"msg":"${this.#dropped} lines could not be written"}\n${lines.join('')}` : lines.join('')
      try {
        if (this.#bytes > 0 && this.#bytes + text.length > this.#maxBytes) {
          await rename(this.#file, `${this.#file}.1`)
          this.#bytes = 0
        }
        await appendFile(this.#file, text)
        this.#bytes += text.length
        this.#dropped = 0
      } catch (error) {
        this.#lose(lines, error)
      }
    }
    this.#writing = null
  }

  #take(): string[] {
    const lines = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    return lines
  }

  /** A full disk, a folder that is gone: told by whoever keeps something more precious there. A bug is not swallowed. */
  #lose(lines: readonly string[], error: unknown): void {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    this.#dropped += lines.length
  }

  #prepare(): number {
    try {
      mkdirSync(dirname(this.#file), { recursive: true })
      return statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0
    } catch (error) {
      this.#lose([], error)
      return 0
    }
  }
}
