import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TickSchedule } from '../../../../../renderer/stage/program/tick-schedule'

describe('TickSchedule', () => {
  it('the n-th frame is due at start + n / fps, exactly, for ever', () => {
    const schedule = new TickSchedule(30, 1_000)
    for (let n = 0; n < 5_000; n++) {
      const dueUs = 1_000 + Math.round((n * 1_000_000) / 30)
      expect(schedule.nextUs).toBe(dueUs)
      expect(schedule.take(dueUs)).toEqual({ timestampUs: dueUs, index: n, missed: 0 })
    }
  })

  it('nothing is due before its time', () => {
    const schedule = new TickSchedule(50, 0)
    expect(schedule.take(-1)).toBeNull()
    expect(schedule.take(0)).not.toBeNull()
    expect(schedule.take(19_999)).toBeNull()
    expect(schedule.take(20_000)?.index).toBe(1)
  })

  it('one frame late is still drawn; more are missed, and counted', () => {
    const schedule = new TickSchedule(10, 0)
    expect(schedule.take(100_000)).toEqual({ timestampUs: 0, index: 0, missed: 0 })
    expect(schedule.take(200_000)).toEqual({ timestampUs: 100_000, index: 1, missed: 0 })
    expect(schedule.take(1_000_000)).toEqual({ timestampUs: 900_000, index: 9, missed: 7 })
  })

  it('whenever it is asked: timestamps grow, none is of the future, and every frame is taken or missed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.array(fc.integer({ min: 0, max: 500_000 }), { maxLength: 60 }), (fps, waits) => {
        const schedule = new TickSchedule(fps, 0)
        let now = 0
        let taken = 0
        let missed = 0
        let last = -1
        for (const wait of waits) {
          now += wait
          const due = schedule.take(now)
          if (due === null) continue
          expect(due.timestampUs).toBeGreaterThan(last)
          expect(due.timestampUs).toBeLessThanOrEqual(now)
          last = due.timestampUs
          taken += 1
          missed += due.missed
        }
        expect(schedule.index).toBe(taken + missed)
      }),
    )
  })
})
