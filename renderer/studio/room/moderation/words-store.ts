import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { MAX_WORD_CHARS, type Word } from '../../../../electron/shared/crew-api'
import { useDesk } from '../../stores/desk'
import { useStudioRoom } from '../../stores/studio-room'
import { troubleOf, type Trouble } from './moderation-store'

/** As many as are edited here. */
export const WORDS_LIMIT = 10_000

export interface Imported {
  readonly added: number
  readonly known: number
  /** Empty, or longer than a word may be. */
  readonly bad: number
  readonly full: boolean
}

/** The word list as it is being edited. It outlives its sheet, so that nothing is lost by closing it or by a save that fails. */
export const useWords = defineStore('moderation-words', () => {
  const studioRoom = useStudioRoom()
  const desk = useDesk()
  const saved = shallowRef<readonly Word[] | null>(null)
  const draft = shallowRef<readonly Word[]>([])
  /** Words of the saved list that can never be found. */
  const unusable = shallowRef<readonly string[]>([])
  const busy = shallowRef<'loading' | 'saving' | ''>('')
  const trouble = shallowRef<Trouble | null>(null)
  const dirty = computed(() => saved.value !== null && draft.value !== saved.value)

  // A rehearsal's room has a list of its own, and neither may be saved over the other.
  watch(
    () => desk.rehearsing,
    () => {
      saved.value = null
      draft.value = []
      unusable.value = []
    },
  )

  /** Reads the saved list; a draft that has changes stays. */
  async function load(): Promise<void> {
    const { crew } = studioRoom
    if (dirty.value || busy.value !== '') return
    trouble.value = null
    if (crew === null) {
      trouble.value = { kind: 'offline' }
      return
    }
    busy.value = 'loading'
    try {
      const words = await crew.words()
      saved.value = words
      draft.value = words
    } catch (error) {
      trouble.value = troubleOf(error)
    } finally {
      busy.value = ''
    }
  }

  /** @returns true: it is in force */
  async function save(): Promise<boolean> {
    const { crew } = studioRoom
    if (busy.value !== '') return false
    trouble.value = null
    if (crew === null) {
      trouble.value = { kind: 'offline' }
      return false
    }
    busy.value = 'saving'
    const words = draft.value
    try {
      unusable.value = await crew.replaceWords(words)
      saved.value = words
      return true
    } catch (error) {
      trouble.value = troubleOf(error)
      return false
    } finally {
      busy.value = ''
    }
  }

  /** Adds lines of text, newest first. A word that is there already gets the new action. */
  function add(lines: readonly string[], action: Word['action']): Imported {
    const byWord = new Map(draft.value.map((one) => [one.word, one]))
    const fresh: Word[] = []
    const result = { added: 0, known: 0, bad: 0, full: false }
    for (const line of lines) {
      const word = line.trim()
      if (word === '') continue
      if ([...word].length > MAX_WORD_CHARS || word.length > MAX_WORD_CHARS) result.bad += 1
      else if (byWord.has(word)) {
        result.known += 1
        byWord.set(word, { word, action })
      } else if (byWord.size >= WORDS_LIMIT) result.full = true
      else {
        result.added += 1
        byWord.set(word, { word, action })
        fresh.push({ word, action })
      }
    }
    const before = draft.value.map((one) => byWord.get(one.word) ?? one)
    if (result.added + result.known > 0) draft.value = [...fresh, ...before]
    return result
  }

  function remove(word: string): void {
    draft.value = draft.value.filter((one) => one.word !== word)
  }

  function setAction(word: string, action: Word['action']): void {
    draft.value = draft.value.map((one) => (one.word === word ? { word, action } : one))
  }

  function discard(): void {
    draft.value = saved.value ?? []
    trouble.value = null
  }

  return { saved, draft, unusable, busy, trouble, dirty, load, save, add, remove, setAction, discard }
})
