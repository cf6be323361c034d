import { expect, it } from 'vitest'
import { Room, type RoomOptions } from '../../../electron/main/room'
import { SnapshotStore } from '../../../electron/main/snapshot-store'
import { snapshotWith } from '../renderer/studio/snapshot'

it('a new sign-in to the same room is seen as such', () => {
  const store = new SnapshotStore(snapshotWith(), () => undefined)
  const place = { http: 'https://rooms.example.com', wire: 'wss://rooms.example.com', roomId: 'friday', watch: '', local: false }
  const options = { store, secrets: { get: () => 'key' }, team: () => ({ session: { place } }) } as unknown as RoomOptions
  const room = new Room(options)
  room.moved(false)
  const { roomPlace, roomVisit } = store.current
  expect(roomPlace).toEqual(place)
  room.moved(false)
  expect(store.current.roomPlace).toEqual(roomPlace)
  expect(store.current.roomVisit).not.toBe(roomVisit)
  store.close()
})
