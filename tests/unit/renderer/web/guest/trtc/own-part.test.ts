import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { OwnPart } from '../../../../../../renderer/web/guest/trtc/own-part'
import type { TrtcRoom } from '../../../../../../renderer/web/guest/trtc/trtc-sdk'
import type { TrtcTrouble } from '../../../../../../renderer/web/guest/trtc/trtc-trouble'
import { FakeTrack } from './fake-own-track'
import { FakeSdk, rtcError, type FakeRoom } from './fake-trtc'

let fake: FakeSdk
let own: OwnPart
let troubles: (TrtcTrouble | null)[]
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const takeSaid = (): string[] => fake.room.said.splice(0)
const take = (kind: 'audio' | 'video'): FakeTrack => {
  const track = new FakeTrack()
  own.take(kind, track as unknown as MediaStreamTrack)
  return track
}

async function enter(role: 'anchor' | 'audience', prepare?: (room: FakeRoom) => void): Promise<FakeRoom> {
  const room = fake.sdk.create() as unknown as FakeRoom
  await room.enterRoom({ sdkAppId: 1, userId: 'g_bo', userSig: 'sig', strRoomId: 'program', role: role as never })
  takeSaid()
  prepare?.(room)
  own.entered(fake.sdk, room as unknown as TrtcRoom, role === 'anchor')
  await settle()
  return room
}

beforeEach(() => {
  vi.useFakeTimers()
  fake = new FakeSdk()
  troubles = []
  own = new OwnPart({ onTrouble: (trouble) => troubles.push(trouble) })
})
afterEach(() => {
  own.close()
  expect(vi.getTimerCount(), 'a closed part has no timer').toBe(0)
  for (const room of fake.rooms) expect(room.illegal).toEqual([])
  vi.useRealTimers()
})

describe('what is refused', () => {
  it.each([
    ['a role', 5400, ['refused', null]],
    ['by the network', 5500, ['network', null]],
    ['a call that was called off', 5998, []],
  ])('%s is asked for again after a pause', async (_what, code, said) => {
    await enter('audience')
    fake.room.fails.set('switchRole', rtcError(code))
    take('audio')
    await settle(1_999)
    expect(takeSaid()).toEqual(['be anchor'])
    await settle(1)
    expect([takeSaid(), troubles]).toEqual([['be anchor', 'audio on'], said])
  })

  it('of the sound does not keep the picture back, and is not asked for again before something else is wanted', async () => {
    take('audio')
    take('video')
    await enter('anchor', (room) => room.fails.set('startLocalAudio', rtcError(5300)))
    await settle(10_000)
    expect([takeSaid(), troubles]).toEqual([['audio on', 'video on 360'], ['media']])
    take('audio')
    await settle()
    expect([takeSaid(), troubles]).toEqual([['audio on'], ['media', null]])
  })

  it('an end of the picture does not keep a mute back, and is tried at each change', async () => {
    take('audio')
    take('video')
    await enter('anchor')
    takeSaid()
    fake.room.fails.set('stopLocalVideo', rtcError(5300))
    own.take('video', null)
    await settle()
    fake.room.fails.set('stopLocalVideo', rtcError(5300))
    own.mute(true)
    await settle()
    own.take('audio', null)
    await settle()
    expect(takeSaid()).toEqual(['no video', 'no video', 'audio: muted', 'no audio', 'no video', 'be audience'])
  })
})

describe('a mute', () => {
  it('holds at once, whatever the SDK is busy with', async () => {
    const microphone = take('audio')
    await enter('anchor')
    const [copy] = microphone.copies
    let free = (): void => undefined
    fake.room.hang = new Promise((resolve) => (free = resolve))
    own.mute(true)
    expect(copy?.enabled).toBe(false)
    own.mute(false)
    expect(copy?.enabled).toBe(true)
    await settle()
    own.mute(true)
    free()
    await settle()
    expect([copy?.enabled, microphone.enabled, fake.room.audio?.mute]).toEqual([false, true, true])
  })

  it('of who switched it off does too, also for a device that comes while it is', async () => {
    const camera = take('video')
    own.turn('video', true)
    own.mute(true)
    const microphone = take('audio')
    expect([camera.copies[0]?.enabled, microphone.copies[0]?.enabled]).toEqual([false, false])
  })
})

it('a call that hangs keeps the next stay from nothing', async () => {
  take('audio')
  await enter('anchor', (room) => (room.hang = new Promise(() => undefined)))
  expect(takeSaid()).toEqual(['audio on'])
  own.left()
  await enter('anchor')
  expect(takeSaid()).toEqual(['audio on'])
})
