// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest'
import { MissedGifts } from '../../../../../../renderer/studio/room/gifts/missed-gifts'
import { giftEvent } from '../../../room/fake-room'
import { entry } from './entries'

beforeEach(() => localStorage.clear())

/** A life of the window. */
function opened(): MissedGifts {
  const missed = new MissedGifts(localStorage)
  missed.open()
  return missed
}
const told = (...seqs: number[]): ReturnType<typeof entry>[] => seqs.map((seq) => entry(`order-${seq}`, { seq }))
const late = (missed: MissedGifts): number[] => [...missed.late.value]

describe('gifts that were missed', () => {
  it('are none of those before the first window', () => {
    const missed = opened()
    missed.judge(told(1, 2, 3), 3)
    expect([late(missed), missed.away.value]).toEqual([[], false])
  })

  it('are those between two lives of the window, until they were looked at', () => {
    const first = opened()
    first.judge(told(1), 1)
    first.hear({ event: giftEvent(2), late: false })
    const second = opened()
    // One came before the ledger was read: it was shown.
    second.hear({ event: giftEvent(5), late: false })
    second.judge(told(1, 2, 3, 4, 5), 5)
    expect([late(second), second.away.value]).toEqual([[3, 4], true])
    const third = opened()
    third.judge(told(1, 2, 3, 4, 5), 5)
    expect([late(third), third.away.value]).toEqual([[3, 4], true])
    third.acknowledge()
    const fourth = opened()
    fourth.judge(told(1, 2, 3, 4, 5), 5)
    expect(late(fourth)).toEqual([])
  })

  it('are those that the chat did not bring', () => {
    const missed = opened()
    missed.judge([], 0)
    missed.hear({ event: giftEvent(1), late: true })
    missed.hear({ event: giftEvent(2), late: false })
    expect([late(missed), missed.away.value]).toEqual([[1], false])
  })

  it('are forgotten with the room that they were of, and whatever stood in the store', () => {
    localStorage.setItem('gifts-seen', JSON.stringify({ seq: 900, away: true, late: [900] }))
    const missed = opened()
    missed.judge(told(1, 2), 2)
    expect(late(missed)).toEqual([])
    for (const text of ['{', '[]', '{"seq":"x"}']) {
      localStorage.setItem('gifts-seen', text)
      const other = opened()
      other.judge(told(1), 1)
      expect(late(other)).toEqual([])
    }
  })
})
