import { describe, expect, it } from 'vitest'
import { FAILOVER, failsOverByItself, NO_TROUBLE, watchFailover, type Failover } from '../../../electron/shared/failover'
import type { DestinationState } from '../../../electron/shared/destination'

/** Looks once a second at what is said for so many seconds each. */
function watch(...phases: readonly (readonly [state: DestinationState | null, seconds: number])[]): { states: Failover[]; dueAtSec: number | null } {
  let failover = NO_TROUBLE
  let sec = 0
  const states: Failover[] = []
  let dueAtSec: number | null = null
  for (const [state, seconds] of phases)
    for (let passed = 0; passed < seconds; passed++) {
      failover = watchFailover(failover, state === null ? null : { state }, sec * 1_000)
      states.push(failover)
      if (failover.due) dueAtSec ??= sec
      sec += 1
    }
  return { states, dueAtSec }
}

describe('leaving TRTC', () => {
  it('is due after a minute without media, and not before', () => {
    expect(watch(['publishing', 5], ['reconnecting', 60]).dueAtSec).toBeNull()
    expect(watch(['publishing', 5], ['reconnecting', 62]).dueAtSec).toBe(5 + FAILOVER.afterMs / 1_000)
  })

  it('is due at once where TRTC gave up, and when its process is gone as after any trouble', () => {
    expect(watch(['publishing', 5], ['failed', 1]).dueAtSec).toBe(5)
    expect(watch(['publishing', 5], [null, 70]).dueAtSec).toBe(65)
  })

  it('is not put off by a line that comes back for a moment', () => {
    expect(watch(['publishing', 5], ['reconnecting', 30], ['publishing', 5], ['reconnecting', 40]).dueAtSec).toBe(65)
  })

  it('is off the table when the line holds again', () => {
    const { states, dueAtSec } = watch(['reconnecting', 50], ['publishing', 11], ['reconnecting', 30])
    expect(dueAtSec).toBeNull()
    expect(states.at(60)).toEqual(NO_TROUBLE)
    expect(states.at(-1)?.troubleSinceMs).toBe(61_000)
    expect(watch(['failed', 3], ['publishing', 12]).states.at(-1)).toEqual(NO_TROUBLE)
  })

  it('happens by itself only where that was chosen, nothing is sent, and no person decided otherwise', () => {
    const due: Failover = { troubleSinceMs: 0, goodSinceMs: null, due: true }
    const lost = { code: 'trtc.connection-lost', context: {} } as const
    expect(failsOverByItself(due, 'automatic', lost)).toBe(true)
    expect(failsOverByItself(due, 'automatic', null)).toBe(true)
    expect(failsOverByItself(due, 'ask', lost)).toBe(false)
    expect(failsOverByItself({ ...due, due: false }, 'automatic', lost)).toBe(false)
    expect(failsOverByItself({ ...due, goodSinceMs: 1 }, 'automatic', lost)).toBe(false)
    for (const code of ['trtc.kicked', 'trtc.room-dissolved'] as const) expect(failsOverByItself(due, 'automatic', { code, context: {} })).toBe(false)
  })
})
