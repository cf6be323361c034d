import type { TRTCEventTypes } from 'trtc-sdk-v5'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Company } from '../../../../../../renderer/web/guest/trtc/company'
import type { TrtcRoom } from '../../../../../../renderer/web/guest/trtc/trtc-sdk'
import type { TrtcTrouble } from '../../../../../../renderer/web/guest/trtc/trtc-trouble'
import { FakeSdk, rtcError, type FakeRoom } from './fake-trtc'

let room: FakeRoom
let company: Company
let troubles: (TrtcTrouble | null)[]
/** The tracks of the pictures that the page was given. */
let shown: (readonly unknown[] | null)[]
type Stream = TRTCEventTypes['remote-video-available'][0]['streamType']
const main = 'main' as Stream
const sub = 'sub' as Stream
const picture = (id: string): MediaStreamTrack => ({ id, kind: 'video' }) as MediaStreamTrack

class FakeStream {
  constructor(readonly tracks: readonly unknown[]) {}
}
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const takeSaid = (): string[] => room.said.splice(0)

beforeEach(async () => {
  vi.useFakeTimers()
  const fake = new FakeSdk()
  room = fake.sdk.create() as unknown as FakeRoom
  vi.stubGlobal('MediaStream', FakeStream)
  ;[troubles, shown] = [[], []]
  company = new Company({
    sdk: fake.sdk,
    room: room as unknown as TrtcRoom,
    onPicture: (stream) => shown.push(stream === null ? null : (stream as unknown as FakeStream).tracks),
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
  vi.unstubAllGlobals()
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

  it('that is refused is asked for again, and is taken off the air also then', async () => {
    company.set({ anchor: 'a_ada', heard: [] })
    room.fails.set('muteRemoteAudio', rtcError(5500))
    room.emit('remote-audio-available', { userId: 'a_ada' })
    await settle()
    expect([room.plays, troubles]).toEqual([[], ['network']])
    await settle(2_000)
    expect([room.plays, troubles]).toEqual([['a_ada'], ['network', null]])
    room.fails.set('muteRemoteAudio', rtcError(5998))
    company.set({ anchor: '', heard: [] })
    await settle(2_000)
    expect(takeSaid().slice(-2)).toEqual(['not hear a_ada', 'not hear a_ada'])
  })
})

describe('the anchor’s picture', () => {
  const comes = (streamType: Stream): void => room.emit('remote-video-available', { userId: 'a_ada', streamType })
  const trackIs = (userId: string, streamType: Stream, track: MediaStreamTrack): void => room.emit('track', { userId, streamType, track, sourceTrack: track })

  beforeEach(() => company.set({ anchor: 'a_ada', heard: [] }))

  it('goes on with the track that the SDK has after a reconnect of its own', async () => {
    const [before, after] = [picture('before'), picture('after')]
    room.remoteTrack = before
    comes(main)
    await settle()
    trackIs('a_ada', main, before)
    trackIs('', main, picture('own'))
    trackIs('a_ada', sub, picture('other'))
    trackIs('a_ada', main, { kind: 'audio' } as MediaStreamTrack)
    trackIs('a_ada', main, after)
    expect(shown).toEqual([[before], [after]])
  })

  it('that had no track yet is fetched again', async () => {
    room.remoteTrack = null
    comes(main)
    await settle()
    expect(shown).toEqual([null])
    room.remoteTrack = picture('late')
    await settle(2_000)
    expect(shown).toEqual([null, [picture('late')]])
  })

  it('that is refused is asked for again', async () => {
    room.fails.set('see main', rtcError(5500))
    comes(main)
    await settle()
    expect([shown.at(-1), troubles]).toEqual([null, ['network']])
    await settle(2_000)
    expect([takeSaid(), shown.at(-1), troubles]).toEqual([['see a_ada main', 'see a_ada main'], [room.remoteTrack], ['network', null]])
  })

  it('is the camera’s where the screen is refused, until the screen comes anew', async () => {
    room.fails.set('see sub', rtcError(5500))
    comes(main)
    comes(sub)
    await settle(10_000)
    expect(takeSaid()).toEqual(['see a_ada main', 'see no a_ada main', 'see a_ada sub', 'see a_ada main'])
    expect(shown.at(-1)).toEqual([room.remoteTrack])
    room.emit('remote-video-unavailable', { userId: 'a_ada', streamType: sub })
    comes(sub)
    await settle()
    expect(takeSaid()).toEqual(['see no a_ada main', 'see a_ada sub'])
  })

  it('is the screen’s again where that was refused, and the camera goes', async () => {
    room.fails.set('see sub', rtcError(5500))
    comes(main)
    comes(sub)
    await settle(10_000)
    takeSaid()
    room.emit('remote-video-unavailable', { userId: 'a_ada', streamType: main })
    await settle()
    expect(shown.at(-1)).toBeNull()
    await settle(2_000)
    expect([takeSaid(), shown.at(-1)]).toEqual([['see a_ada sub'], [room.remoteTrack]])
  })
})
