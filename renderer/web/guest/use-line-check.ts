import { onScopeDispose, shallowRef } from 'vue'
import { lineCheck, lineFacts, type CheckView } from './checks'

const EVERY_MS = 2_000

/** The verdict on the line, from what the call measures. Ends with the scope. @param stats null = there is no call */
export function useLineCheck(stats: () => Promise<RTCStatsReport | null>) {
  const check = shallowRef<CheckView>(lineCheck({ connected: false, rttMs: null, loss: null }))
  let asking = false

  async function look(): Promise<void> {
    if (asking) return
    asking = true
    try {
      const report = await stats()
      const next = report === null ? lineCheck({ connected: false, rttMs: null, loss: null }) : lineCheck({ connected: true, ...lineFacts(report) })
      if (next.verdict !== check.value.verdict || next.why !== check.value.why) check.value = next
    } finally {
      asking = false
    }
  }

  const timer = setInterval(() => void look(), EVERY_MS)
  onScopeDispose(() => clearInterval(timer))
  return { check, look }
}
