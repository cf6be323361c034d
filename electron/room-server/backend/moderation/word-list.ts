import type { Kysely } from 'kysely'
import type { RoomDatabase } from '../../store/schema'
import { ApiError } from '../api/api-error'
import { LIMITS } from '../config'
import { mask, verdict, WordFilter, type WordAction, type WordHit } from './word-filter'

export interface Word {
  readonly word: string
  readonly action: WordAction
}

export type TextVerdict = { readonly kind: 'pass' } | { readonly kind: 'refuse' } | { readonly kind: 'drop' } | { readonly kind: 'mask'; readonly text: string }

/** The words that are not said in any room of this server. */
export class WordList {
  readonly #db: Kysely<RoomDatabase>
  #filter = new WordFilter([])

  constructor(db: Kysely<RoomDatabase>) {
    this.#db = db
  }

  async load(): Promise<void> {
    this.#filter = new WordFilter(await this.all())
  }

  async all(): Promise<readonly Word[]> {
    return this.#db.selectFrom('sensitive_word').selectAll().orderBy('word').execute()
  }

  /** Replaces what is there. @returns words that can never be found @throws ApiError limit.reached */
  async replace(words: readonly Word[]): Promise<readonly string[]> {
    if (words.length > LIMITS.words) throw new ApiError('limit.reached', { limit: LIMITS.words })
    const filter = new WordFilter(words)
    await this.#db.transaction().execute(async (db) => {
      await db.deleteFrom('sensitive_word').execute()
      for (const word of words)
        await db
          .insertInto('sensitive_word')
          .values({ word: word.word, action: word.action })
          .onConflict((conflict) => conflict.column('word').doUpdateSet({ action: word.action }))
          .execute()
    })
    this.#filter = filter
    return filter.unusable
  }

  judge(text: string): TextVerdict {
    const hits = this.#filter.find(text)
    const action = verdict(hits)
    if (action === null) return { kind: 'pass' }
    return action === 'mask' ? { kind: 'mask', text: mask(text, hits) } : { kind: action }
  }

  /** As `judge`, and the words by which it was judged. */
  try(text: string): { readonly verdict: TextVerdict; readonly matches: readonly WordHit[] } {
    return { verdict: this.judge(text), matches: this.#filter.find(text) }
  }

  hits(text: string): boolean {
    return this.#filter.find(text).length > 0
  }
}
