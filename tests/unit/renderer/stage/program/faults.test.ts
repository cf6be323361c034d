import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FaultLog } from '../../../../../renderer/stage/program/fault-log'
import { Tries } from '../../../../../renderer/stage/program/tries'
import { lines } from './fakes'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('FaultLog', () => {
  it('a fault at every frame is one line, then its number every 10 s', () => {
    const { lines: logged, log } = lines()
    const faults = new FaultLog('compose', log)
    for (let frame = 0; frame < 30 * 21; frame++) {
      faults.fault(new Error('out of memory'))
      vi.advanceTimersByTime(1_000 / 30)
    }
    expect(logged[0]).toBe('error compose: out of memory')
    expect(logged.slice(1)).toHaveLength(2)
    expect(logged[1]).toMatch(/^error compose: out of memory \((299|300|301) times more\)$/)
  })

  it('another fault is another line; two that take turns are still two', () => {
    const { lines: logged, log } = lines()
    const faults = new FaultLog('compose', log)
    for (let frame = 0; frame < 100; frame++) faults.fault(frame % 2 === 0 ? 'a' : 'b')
    expect(logged).toEqual(['error compose: a', 'error compose: b'])
  })

  it('faults with ever new numbers in them do not fill the log', () => {
    const { lines: logged, log } = lines()
    const faults = new FaultLog('compose', log)
    for (let frame = 0; frame < 1_000; frame++) faults.fault(`frame ${frame}`)
    expect(logged.length).toBeLessThanOrEqual(20)
  })
})

describe('Tries', () => {
  it('growing pauses, then enough; anew after a reset', () => {
    const tries = new Tries({ limit: 3, delayMs: 100, stableAfterMs: 1_000 })
    expect([0, 0, 0, 0].map((worked) => tries.failed(worked))).toEqual([100, 200, 300, null])
    tries.reset()
    expect(tries.failed(0)).toBe(100)
  })

  it('a fault after a good time is the first', () => {
    const tries = new Tries({ limit: 1, delayMs: 100, stableAfterMs: 1_000 })
    expect([0, 1_000, 5_000, 999].map((worked) => tries.failed(worked))).toEqual([100, 100, 100, null])
  })
})
