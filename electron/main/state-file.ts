import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AnchorError } from '../shared/errors'
import type { ResumeOffer } from '../shared/snapshot'
import { writeAtomically } from './atomic-file'

const schema = z.object({ state: z.enum(['starting', 'idle', 'live', 'clean_exit']), title: z.string().max(200), atMs: z.number() })
export type AppState = z.infer<typeof schema>['state']

/** What the app was doing, for the next start: a run that ended while live is offered to be resumed. */
export class StateFile {
  readonly #file: string
  readonly #onProblem: (error: AnchorError) => void

  constructor(folder: string, onProblem: (error: AnchorError) => void) {
    this.#file = join(folder, 'state.json')
    this.#onProblem = onProblem
  }

  /** To be read before the first `write`. */
  resumeOffer(): ResumeOffer | null {
    try {
      const parsed = schema.safeParse(JSON.parse(readFileSync(this.#file, 'utf8')))
      return parsed.success && parsed.data.state === 'live' ? { title: parsed.data.title, lastLiveAtMs: parsed.data.atMs } : null
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }

  write(state: AppState, title: string, atMs: number): void {
    try {
      writeAtomically(this.#file, JSON.stringify({ state, title, atMs }))
    } catch (error) {
      if (!(error instanceof AnchorError)) throw error
      this.#onProblem(error)
    }
  }
}
