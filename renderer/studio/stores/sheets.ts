import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

/** A sheet over the studio, with what it is about. */
export type Sheet =
  | { readonly name: 'go-live' | 'end' | 'settings' | 'health' | 'shortcuts' }
  | { readonly name: 'draw' | 'broadcast' }
  | { readonly name: 'source'; readonly id: string }
  | { readonly name: 'gift-run'; readonly id: string }
  | { readonly name: 'capture'; readonly replaces: string | null }
  | { readonly name: 'destination'; readonly id: string | null }
  | { readonly name: 'notice'; readonly tab: 'status' | 'notice' | 'introduction' | 'room' }

/** Which sheet is open: one at a time, and whoever needs one opens it. */
export const useSheets = defineStore('sheets', () => {
  const current = shallowRef<Sheet | null>(null)

  function open(sheet: Sheet): void {
    current.value = sheet
  }

  /** @param name only if this one is open */
  function close(name?: Sheet['name']): void {
    if (name === undefined || current.value?.name === name) current.value = null
  }

  return { current, open, close }
})
