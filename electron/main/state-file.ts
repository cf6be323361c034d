import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AnchorError } from '../shared/errors'
import type { ResumeOffer } from '../shared/snapshot'
import { writeAtomicallyAside } from './atomic-file'

const schema = z.object({ state: z.enum(['starting', 'idle', 'live', 'clean_exit']), title: z.string().max(200), atMs: z.number() })
export type AppState = z.infer<typeof schema>['state']

/**
 * What the app is doing, for the next start: a run that ended while live is offered to be resumed. The offer stays in the file
 * until it is answered, by the user, by a new show or by a clean quit: a second crash does not lose it.
 */
export class StateFile {
  readonly #file: string
  readonly #onProblem: (error: AnchorError) => void
  #offer: ResumeOffer | null
  #next: string | null = null
  #writing: Promise<void> | null = null
  #failing = false

  constructor(folder: string, onProblem: (error: AnchorError) => void) {
    this.#file = join(folder, 'state.json')
    this.#onProblem = onProblem
    this.#offer = this.#read()
  }

  /** What the last run left to be resumed and nobody has answered yet. */
  get resumeOffer(): ResumeOffer | null {
    return this.#offer
  }

  /** The user said yes or no. A yes is written when the show is on air: until then it could be lost. */
  answerOffer(accepted: boolean, title: string, atMs: number): void {
    this.#offer = null
    if (!accepted) void this.write('idle', title, atMs)
  }

  /** Resolves when it, or something newer, is on the disk or could not be put there. */
  write(state: AppState, title: string, atMs: number): Promise<void> {
    if (this.#offer !== null && (state === 'starting' || state === 'idle')) return Promise.resolve()
    this.#offer = null
    this.#next = JSON.stringify({ state, title, atMs })
    this.#writing ??= this.#drain()
    return this.#writing
  }

  async #drain(): Promise<void> {
    while (this.#next !== null) {
      const content = this.#next
      this.#next = null
      try {
        await writeAtomicallyAside(this.#file, content)
        this.#failing = false
      } catch (error) {
        if (!(error instanceof AnchorError)) throw error
        // Every five seconds while live: once is enough.
        if (!this.#failing) this.#onProblem(error)
        this.#failing = true
      }
    }
    this.#writing = null
  }

  #read(): ResumeOffer | null {
    let text: string
    try {
      text = readFileSync(this.#file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      this.#onProblem(new AnchorError('settings.write-failed', { cause: error, context: { reason: (error as NodeJS.ErrnoException).code ?? 'state.json' } }))
      return null
    }
    try {
      const parsed = schema.safeParse(JSON.parse(text))
      return parsed.success && parsed.data.state === 'live' ? { title: parsed.data.title, lastLiveAtMs: parsed.data.atMs } : null
    } catch (error) {
      if (error instanceof SyntaxError) return null
      throw error
    }
  }
}
