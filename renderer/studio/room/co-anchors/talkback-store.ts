import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { useDesk } from '../../stores/desk'

/** How it is held: what ends it is another event. */
export type TalkHold = 'pointer' | 'key'

interface Held {
  readonly userId: string
  readonly name: string
  readonly by: TalkHold
}

/**
 * The anchor speaks to one co-anchor alone while a key or button is held. What the stage says is so: until it does, the anchor is on the air.
 */
export const useTalkback = defineStore('talkback', () => {
  const desk = useDesk()
  const held = shallowRef<Held | null>(null)
  const talkingTo = computed(() => desk.snapshot?.coAnchors.talkingTo ?? null)
  /** `opening`: held, and the anchor still heard by all · `closing`: let go, and not yet heard by all. */
  const state = computed(() => {
    if (held.value !== null) return talkingTo.value === held.value.userId ? 'on' : 'opening'
    return talkingTo.value === null ? 'off' : 'closing'
  })

  // The stage ended it, or died: holding on does not begin it again.
  watch(talkingTo, (now, before) => {
    if (held.value !== null && before === held.value.userId && now !== before) held.value = null
  })

  /** While one is held another is not begun. */
  async function hold(userId: string, name: string, by: TalkHold): Promise<void> {
    if (held.value !== null) return
    const mine: Held = { userId, name, by }
    held.value = mine
    const result = await desk.call('coAnchors.talkTo', { userId })
    if (!result.ok && held.value === mine) held.value = null
  }

  /** @param by only if it is held so */
  function release(by?: TalkHold): void {
    if (held.value === null || (by !== undefined && held.value.by !== by)) return
    held.value = null
    void desk.call('coAnchors.talkTo', { userId: null })
  }

  /** Whoever holds it: back on the air. */
  function stop(): void {
    held.value = null
    void desk.call('coAnchors.talkTo', { userId: null })
  }

  return { held, talkingTo, state, hold, release, stop }
})
