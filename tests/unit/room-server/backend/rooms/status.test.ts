import { describe, expect, it } from 'vitest'
import { PROGRAM_TRANSITIONS, programMoved, STATUS_TRANSITIONS, transition } from '../../../../../electron/room-server/backend/rooms/status'
import { ROOM_STATUSES, roomStatusSchema, type RoomStatus } from '../../../../../electron/shared/room-message'

const ALLOWED = new Set([
  'upcoming>live',
  'upcoming>ended',
  'live>paused',
  'live>ended',
  'paused>live',
  'paused>ended',
  'ended>live',
  'ended>playback',
  'ended>upcoming',
  'playback>ended',
  'playback>upcoming',
])

describe('the status of a room', () => {
  it.each(ROOM_STATUSES.flatMap((from) => ROOM_STATUSES.map((to): [RoomStatus, RoomStatus] => [from, to])))('%s to %s', (from, to) => {
    const expected =
      from === to ? { ok: true, changed: false } : ALLOWED.has(`${from}>${to}`) ? { ok: true, changed: true } : { ok: false, allowed: STATUS_TRANSITIONS[from] }
    expect(transition(from, to)).toEqual(expected)
  })

  it('reaches every status from every other', () => {
    for (const start of ROOM_STATUSES) {
      const reached = new Set<RoomStatus>([start])
      for (const status of reached) for (const next of STATUS_TRANSITIONS[status]) reached.add(next)
      expect([...reached].sort()).toEqual([...ROOM_STATUSES].sort())
    }
  })

  it('follows the program only by steps that are allowed', () => {
    for (const [program, moves] of Object.entries(PROGRAM_TRANSITIONS)) {
      for (const [from, to] of Object.entries(moves)) {
        const status = roomStatusSchema.parse(from)
        expect(transition(status, to)).toEqual({ ok: true, changed: true })
        expect(programMoved(status, program === 'published' ? 'published' : 'unpublished')).toBe(to)
      }
    }
  })

  it('does not open an ended show because an encoder still runs', () => {
    expect(programMoved('ended', 'published')).toBeNull()
    expect(programMoved('playback', 'published')).toBeNull()
    expect(programMoved('paused', 'unpublished')).toBeNull()
  })
})
