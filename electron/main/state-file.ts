import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AnchorError } from '../shared/errors'
import type { ResumeOffer } from '../shared/snapshot'
import { writeAtomically, writeAtomicallyAside } from './atomic-file'

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
  #writes = 0
  #marking = false
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
    if (!accepted) this.write('idle', title, atMs)
  }

  /** A step of the app's life: it is on the disk when this returns, so that whoever is told of it can rely on it. */
  write(state: AppState, title: string, atMs: number): void {
    if (this.#offer !== null && (state === 'starting' || state === 'idle')) return
    this.#offer = null
    this.#writes += 1
    try {
      writeAtomically(this.#file, content(state, title, atMs))
      this.#failing = false
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Still live: only the time is new. Main does not wait for the disk; where one mark is on its way, the next is left out. */
  async mark(title: string, atMs: number): Promise<void> {
    if (this.#marking) return
    this.#marking = true
    const writes = this.#writes
    try {
      await writeAtomicallyAside(this.#file, content('live', title, atMs), () => this.#writes === writes)
      this.#failing = false
    } catch (error) {
      this.#failed(error)
    } finally {
      this.#marking = false
    }
  }

  /** Every five seconds while live: once is enough. */
  #failed(error: unknown): void {
    if (!(error instanceof AnchorError)) throw error
    if (!this.#failing) this.#onProblem(error)
    this.#failing = true
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

function content(state: AppState, title: string, atMs: number): string {
  return JSON.stringify({ state, title, atMs })
}
