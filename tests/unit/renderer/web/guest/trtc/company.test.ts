import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Company } from '../../../../../../renderer/web/guest/trtc/company'
import type { TrtcRoom } from '../../../../../../renderer/web/guest/trtc/trtc-sdk'
import type { TrtcTrouble } from '../../../../../../renderer/web/guest/trtc/trtc-trouble'
import { FakeSdk, type FakeRoom } from './fake-trtc'

let room: FakeRoom
let company: Company
let troubles: TrtcTrouble[]
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const takeSaid = (): string[] => room.said.splice(0)

beforeEach(async () => {
  vi.useFakeTimers()
  const fake = new FakeSdk()
  room = fake.sdk.create() as unknown as FakeRoom
  troubles = []
  company = new Company({
    sdk: fake.sdk,
    room: room as unknown as TrtcRoom,
    onPicture: () => undefined,
    onAnchor: () => undefined,
    onBlocked: () => undefined,
    onTrouble: (trouble) => troubles.push(trouble),
  })
  await room.enterRoom({ sdkAppId: 1, userId: 'g_bo', userSig: 'sig', strRoomId: 'program' })
  takeSaid()
})
afterEach(() => {
  company.close()
  expect(vi.getTimerCount(), 'a closed company has no timer').toBe(0)
  expect(room.illegal).toEqual([])
  vi.useRealTimers()
})

describe('sound', () => {
  it.each(['remote-audio-unavailable', 'remote-user-exit'] as const)('who was taken off the air after %s is not heard in the greenroom', async (event) => {
    company.set({ anchor: 'a_ada', heard: ['g_cy'] })
    room.emit('remote-audio-available', { userId: 'g_cy' })
    await settle()
    expect(room.plays).toEqual(['g_cy'])
    room.emit(event, { userId: 'g_cy' })
    company.set({ anchor: 'a_ada', heard: [] })
    room.emit('remote-audio-available', { userId: 'g_cy' })
    await settle()
    expect(room.plays).toEqual([])
    // And is heard again on the air.
    company.set({ anchor: 'a_ada', heard: ['g_cy'] })
    await settle()
    expect([room.plays, troubles]).toEqual([['g_cy'], []])
  })
})
