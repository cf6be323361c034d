import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EnergyLog } from '../../../../../electron/room-server/backend/audience/energy-log'

type Parts = ConstructorParameters<typeof EnergyLog>[0]
type Room = Parameters<EnergyLog['read']>[0]

let log: EnergyLog
let room: Room
let popularity: number
beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  popularity = 0
  room = { room_id: 'program', status: 'live', show: 1 } as Room
  log = new EnergyLog({
    rooms: { all: () => [room] },
    presence: { count: () => 2 },
    standings: { popularity: () => popularity },
    clock: { nowMs: () => Date.now() },
  } as unknown as Parts)
})
afterEach(() => {
  log.close()
  vi.useRealTimers()
})

describe('the energy of a show', () => {
  it('is sampled as it goes, with the present moment at its end', () => {
    for (const value of [10, 20]) {
      popularity = value
      vi.advanceTimersByTime(10_000)
    }
    popularity = 30
    vi.advanceTimersByTime(1_000)
    expect(log.read(room).samples).toEqual([
      { atMs: 10_000, online: 2, popularity: 10 },
      { atMs: 20_000, online: 2, popularity: 20 },
      { atMs: 21_000, online: 2, popularity: 30 },
    ])
  })

  it('goes on in a pause, and begins anew with the next show', () => {
    vi.advanceTimersByTime(10_000)
    room = { ...room, status: 'paused' }
    vi.advanceTimersByTime(10_000)
    expect(log.read(room).samples).toHaveLength(3)
    room = { ...room, status: 'ended' }
    expect(log.read(room)).toEqual({ show: 1, samples: [] })
    room = { ...room, status: 'live', show: 2 }
    expect(log.read(room).samples).toHaveLength(1)
  })

  it('of a day fits into bounded memory, its beginning included', () => {
    vi.advanceTimersByTime(86_400_000)
    const { samples } = log.read(room)
    expect(samples.length).toBeLessThanOrEqual(1_081)
    expect(samples[0]?.atMs).toBe(10_000)
    expect(samples.at(-1)?.atMs).toBe(86_400_000)
  })
})
