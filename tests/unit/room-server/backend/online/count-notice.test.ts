import fc from 'fast-check'
import { expect, it } from 'vitest'
import { COUNT_STEPS, CountNotice } from '../../../../../electron/room-server/backend/online/count-notice'

const afterTelling = (count: number): CountNotice => {
  const notice = new CountNotice()
  expect(notice.offer(count, 0)).toBe(true)
  return notice
}

it.each([
  ['a fifth more, after a second', 100, 120, 1_000, true],
  ['a fifth less', 100, 80, 1_000, true],
  ['a fifth, too soon', 100, 120, 999, false],
  ['a tenth, too soon', 100, 110, 4_999, false],
  ['a tenth', 100, 110, 5_000, true],
  ['one in a hundred', 100, 101, 15_000, true],
  ['one in a thousand', 1_000, 1_001, 29_999, false],
  ['one in a thousand, much later', 1_000, 1_001, 30_000, true],
  ['the same', 100, 100, 1e9, false],
  ['one more in a small room', 3, 4, 1_000, true],
  ['the first viewer', 0, 1, 1_000, true],
  ['the last one leaves', 1, 0, 1_000, true],
])('%s', (_name, before, count, nowMs, told) => {
  expect(afterTelling(before).offer(count, nowMs)).toBe(told)
})

it('says when the last small change will be worth it', () => {
  const notice = afterTelling(1_000)
  expect(notice.offer(1_001, 100)).toBe(false)
  const due = notice.dueMs(1_001) ?? 0
  expect(notice.offer(1_001, due - 1)).toBe(false)
  expect(notice.offer(1_001, due)).toBe(true)
  expect(notice.dueMs(1_001)).toBeNull()
})

it('is silent for a number that does not change, and no more than once a second for one that does', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.nat({ max: 10_000 })), { maxLength: 200 }), (changes) => {
      const notice = new CountNotice()
      let nowMs = 0
      let told: { count: number; atMs: number } | null = null
      for (const [pause, count] of changes) {
        nowMs += pause
        if (!notice.offer(count, nowMs)) continue
        if (told !== null) {
          expect(nowMs - told.atMs).toBeGreaterThanOrEqual(COUNT_STEPS[0]?.afterMs ?? 0)
          expect(count).not.toBe(told.count)
        }
        told = { count, atMs: nowMs }
      }
    }),
  )
})
