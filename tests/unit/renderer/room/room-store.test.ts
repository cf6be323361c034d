import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import type { RoomMessageOf } from '../../../../electron/shared/room-message'
import { useRoom } from '../../../../renderer/room/room-store'
import { snapshotWith } from './fake-room'

beforeEach(() => setActivePinia(createPinia()))

const pk = (rev: number, changes: Partial<RoomMessageOf<'pk'>> = {}): RoomMessageOf<'pk'> => ({
  ...{ v: 1, kind: 'pk', rev, pkId: 'a-pk', state: 'running', other: { nick: 'Hana' } },
  ...{ own: 1, others: 2, endsAt: 1_795_000_060, result: null },
  ...changes,
})

describe('the PK of the room', () => {
  it('is the newest word of snapshot and messages', () => {
    const room = useRoom()
    room.load(snapshotWith({ pk: pk(4, { own: 7 }) }))
    expect(room.pk).toMatchObject({ own: 7, others: 2 })
    room.hear(pk(3))
    expect(room.pk?.own).toBe(7)
    room.hear(pk(5, { state: 'ended', result: 'won' }))
    // A snapshot that was on its way.
    room.load(snapshotWith({ pk: pk(4) }))
    expect(room.pk?.result).toBe('won')
  })

  it('is none where the room never had one, where it was put away, and in another room', () => {
    const room = useRoom()
    room.load(snapshotWith())
    expect(room.pk).toBeNull()
    room.hear(pk(1))
    room.load(snapshotWith())
    expect(room.pk?.own).toBe(1)
    room.hear(pk(2, { state: 'none', pkId: '', other: { nick: '' }, own: 0, others: 0, endsAt: 0 }))
    expect(room.pk).toBeNull()
    room.hear(pk(3))
    room.clear()
    expect(room.pk).toBeNull()
  })
})
