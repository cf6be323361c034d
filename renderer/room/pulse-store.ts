import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { RateMeter } from '../../electron/shared/rate-meter'

const WINDOW_MS = 3_000

/**
 * The pulse of the chat: when anything last came from it, and how many messages a second the room gets. It changes with every packet, so it is
 * asked when somebody looks, and nothing here is reactive but whether anything came at all.
 */
export const usePulse = defineStore('room-pulse', () => {
  const meter = new RateMeter(WINDOW_MS)
  const known = shallowRef(false)
  let heardAtMs = 0

  /** @param messages of the room; 0 = a mere answer */
  function heard(messages: number, nowMs = Date.now()): void {
    heardAtMs = nowMs
    known.value = true
    if (messages > 0) meter.add(nowMs, messages)
  }

  /** Milliseconds since the last packet; null = nothing came yet. */
  function quietMs(nowMs = Date.now()): number | null {
    return known.value ? Math.max(0, nowMs - heardAtMs) : null
  }

  /** Messages a second over the last three seconds. */
  function perSecond(nowMs = Date.now()): number {
    return meter.perSecond(nowMs)
  }

  function clear(): void {
    known.value = false
    meter.reset()
  }

  return { known, heard, quietMs, perSecond, clear }
})
