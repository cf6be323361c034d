import { onScopeDispose, shallowRef } from 'vue'
import { lineCheck, type CheckView, type LineFacts } from './checks'

const EVERY_MS = 2_000

/** The verdict on the line, from what the call or TRTC measures. Ends with the scope. @param facts null = there is no connection */
export function useLineCheck(facts: () => Promise<Omit<LineFacts, 'connected'> | null>) {
  const check = shallowRef<CheckView>(lineCheck({ connected: false, rttMs: null, loss: null }))
  let asking = false

  async function look(): Promise<void> {
    if (asking) return
    asking = true
    try {
      const now = await facts()
      const next = lineCheck(now === null ? { connected: false, rttMs: null, loss: null } : { connected: true, ...now })
      if (next.verdict !== check.value.verdict || next.why !== check.value.why) check.value = next
    } finally {
      asking = false
    }
  }

  const timer = setInterval(() => void look(), EVERY_MS)
  onScopeDispose(() => clearInterval(timer))
  return { check, look }
}
