import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { ModerationTarget } from '../room/moderation/target'

/** A sheet over the studio, with what it is about. */
export type Sheet =
  | { readonly name: 'draw' | 'broadcast' | 'co-anchor-invite' }
  | { readonly name: 'go-live' | 'end' | 'settings' | 'health' | 'shortcuts' | 'overlay' }
  | { readonly name: 'summary' | 'rehearsal' }
  | { readonly name: 'moderation' | 'audit' | 'words' }
  | { readonly name: 'person'; readonly target: ModerationTarget }
  | { readonly name: 'source'; readonly id: string }
  | { readonly name: 'gift-run'; readonly id: string }
  /** `step` counts from 0. */
  | { readonly name: 'first-run'; readonly step: number }
  | { readonly name: 'capture'; readonly replaces: string | null }
  | { readonly name: 'destination' | 'ice-server'; readonly id: string | null }
  | { readonly name: 'link'; readonly url: string }
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
