import { beforeEach, describe, expect, it } from 'vitest'
import { LINE_TERMS } from '../../../../electron/room-server/media/line-time'
import { SeatKeeper } from '../../../../electron/room-server/media/seat-keeper'
import { ManualTime } from '../../../fakes/manual-time'

describe('the keeper of places', () => {
  let time: ManualTime
  let keeper: SeatKeeper
  let expired: string[]
  const nobody = (): boolean => false

  beforeEach(() => {
    time = new ManualTime()
    expired = []
    keeper = new SeatKeeper(time, (roomId, userId) => expired.push(`${roomId}/${userId}`))
  })

  it('gives a minute to come, which other changes of the seats do not prolong', () => {
    keeper.follow('r', ['a'], nobody)
    time.pass(LINE_TERMS.comeMs - 1)
    keeper.follow('r', ['a', 'b'], nobody)
    time.pass(1)
    expect(expired).toEqual(['r/a'])
    time.pass(LINE_TERMS.comeMs)
    expect(expired).toEqual(['r/a', 'r/b'])
  })

  it('gives 20 s to come back, and tells since when somebody is missing', () => {
    keeper.follow('r', ['a'], nobody)
    keeper.stop('r', 'a')
    expect(keeper.sinceMs('r', 'a')).toBeNull()
    time.pass(500)
    keeper.lost('r', 'a')
    const since = time.nowMs()
    keeper.follow('r', ['a'], nobody)
    time.pass(LINE_TERMS.keptMs - 1)
    expect(keeper.sinceMs('r', 'a')).toBe(since)
    expect(expired).toEqual([])
    time.pass(1)
    expect(expired).toEqual(['r/a'])
    expect(keeper.sinceMs('r', 'a')).toBeNull()
  })

  it('has no clock for who is there, who has no place any more, and after its end', () => {
    keeper.follow('r', ['a', 'b'], (userId) => userId === 'a')
    expect(time.waiting).toBe(1)
    keeper.follow('r', ['a'], (userId) => userId === 'a')
    expect(time.waiting).toBe(0)
    keeper.lost('r', 'a')
    keeper.lost('s', 'a')
    keeper.close()
    expect(time.waiting).toBe(0)
    time.pass(LINE_TERMS.comeMs)
    expect(expired).toEqual([])
  })
})
