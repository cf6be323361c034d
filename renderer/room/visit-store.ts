import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { ChatState, KickReason } from './chat-connection'

/**
 * Where this page is. `absent` = no chat is served at this address; `waiting` = the server does not answer, it is asked again;
 * `refused` = it said no for good (a link that has ended).
 */
export type VisitPhase = 'entering' | 'absent' | 'waiting' | 'refused' | 'inside' | 'removed'

export const useVisit = defineStore('room-visit', () => {
  const phase = shallowRef<VisitPhase>('entering')
  const chat = shallowRef<ChatState>('closed')
  const kick = shallowRef<KickReason | ''>('')
  /** Why one was removed; '' = nothing was said. */
  const removedFor = shallowRef('')
  /** The name was chosen. */
  const named = shallowRef(false)
  /** Sentences of the API, for `refused`. */
  const refusal = shallowRef<{ readonly message: string; readonly remedy: string } | null>(null)
  return { phase, chat, kick, removedFor, named, refusal }
})
