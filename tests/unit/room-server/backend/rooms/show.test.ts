import { describe, expect, it } from 'vitest'
import { stepsTo } from '../../../../../electron/room-server/backend/rooms/show'
import { transition } from '../../../../../electron/room-server/backend/rooms/status'
import { ROOM_STATUSES, type RoomStatus } from '../../../../../electron/shared/room-message'

const SHOWS = ['live', 'paused', 'over'] as const

describe('the room behind the anchor’s show', () => {
  it.each([
    ['upcoming', 'live', ['live']],
    ['live', 'live', []],
    ['paused', 'live', ['live']],
    ['ended', 'live', ['live']],
    ['playback', 'live', ['upcoming', 'live']],
    ['upcoming', 'paused', ['live', 'paused']],
    ['live', 'paused', ['paused']],
    ['paused', 'paused', []],
    ['live', 'over', ['ended']],
    ['paused', 'over', ['ended']],
    ['upcoming', 'over', []],
    ['playback', 'over', []],
  ] as const)('from %s follows to %s by %j', (from, show, steps) => {
    expect(stepsTo(from, show)).toEqual(steps)
  })

  it('only takes steps that are allowed', () => {
    for (const from of ROOM_STATUSES)
      for (const show of SHOWS) {
        let at: RoomStatus = from
        for (const next of stepsTo(from, show)) {
          expect(transition(at, next), `${from} ${show}`).toMatchObject({ ok: true, changed: true })
          at = next
        }
      }
  })
})
