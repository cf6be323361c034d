import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RoomApiError } from '../../../../../../renderer/room/api-request'
import { TrtcVisit } from '../../../../../../renderer/web/guest/trtc/trtc-visit'
import { NO_TRTC, type TrtcView } from '../../../../../../renderer/web/guest/trtc/trtc-view'
import type { TRTCEventTypes } from 'trtc-sdk-v5'
import { FakeTrack } from './fake-own-track'
import { FakeSdk, rtcError } from './fake-trtc'

type State = TRTCEventTypes['connection-state-changed'][0]['state']
type Stream = TRTCEventTypes['remote-video-available'][0]['streamType']
type Reason = TRTCEventTypes['kicked-out'][0]['reason']

let fake: FakeSdk
let visit: TrtcVisit
let view: TrtcView
let program: (MediaStream | null)[]
let tickets: number
let noTicket: Error | null
/** The next ticket is answered when it is asked. */
let held: Promise<void> | null
let noSdk: Error | null
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const track = (): FakeTrack => new FakeTrack()
const asTrack = (one: FakeTrack): MediaStreamTrack => one as unknown as MediaStreamTrack
const takeSaid = (): string[] => fake.room.said.splice(0)
const main = 'main' as Stream
const sub = 'sub' as Stream
const connectionIs = (state: string): void => fake.room.emit('connection-state-changed', { prevState: 'CONNECTED' as State, state: state as State })

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('MediaStream', class {})
  fake = new FakeSdk()
  ;[program, view, tickets, noTicket, noSdk, held] = [[], NO_TRTC, 0, null, null, null]
  visit = new TrtcVisit({
    load: async () => {
      if (noSdk !== null) throw noSdk
      return fake.sdk
    },
    ticket: async () => {
      tickets += 1
      const number = tickets
      const hold = held
      held = null
      await hold
      if (noTicket !== null) throw noTicket
      return { sdkAppId: 1_400_000_000, userId: 'g_bo', userSig: `sig-${number}`, roomId: 'program', privateMapKey: 'key', expiresAt: 1 }
    },
    onView: (next) => (view = next),
    onProgram: (stream) => program.push(stream),
  })
})
afterEach(async () => {
  visit.close()
  fake.room.answer?.resolve()
  await settle()
  expect(vi.getTimerCount(), 'a closed visit has no timer').toBe(0)
  for (const room of fake.rooms) expect([room.illegal, room.phase]).toEqual([[], 'destroyed'])
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

async function comeIn(): Promise<{ camera: FakeTrack; microphone: FakeTrack }> {
  const [camera, microphone] = [track(), track()]
  visit.take('video', asTrack(camera))
  visit.take('audio', asTrack(microphone))
  visit.apply({ maxHeight: 180, maxFps: 15 })
  visit.want(true)
  await settle()
  return { camera, microphone }
}

describe('the room', () => {
  it('is entered as an anchor with this person’s ticket, and picture and sound go there as copies', async () => {
    const { camera, microphone } = await comeIn()
    expect(takeSaid()).toEqual(['enter program as anchor', 'audio on', 'video on 180'])
    expect(fake.room.entry).toMatchObject({
      userId: 'g_bo',
      userSig: 'sig-1',
      strRoomId: 'program',
      privateMapKey: 'key',
      scene: 'live',
      autoReceiveAudio: false,
    })
    expect(fake.room.entry).not.toHaveProperty('roomId')
    expect([fake.room.video?.option?.videoTrack, fake.room.audio?.option?.audioTrack]).toEqual([camera.copies[0], microphone.copies[0]])
    expect(view).toMatchObject({ state: 'in', anchor: false, trouble: null })
    visit.want(false)
    await settle()
    expect(takeSaid()).toEqual(['exit', 'destroy'])
    expect(view.state).toBe('out')
  })

  it('has one without devices among its audience, until there is one', async () => {
    visit.want(true)
    await settle()
    expect(takeSaid()).toEqual(['enter program as audience'])
    visit.take('audio', asTrack(track()))
    await settle()
    expect(takeSaid()).toEqual(['be anchor', 'audio on'])
    visit.take('audio', null)
    await settle()
    expect(takeSaid()).toEqual(['no audio', 'be audience'])
  })

  it('is left also while it is being entered, and entered again with a fresh ticket', async () => {
    fake.slow = true
    await comeIn()
    visit.want(false)
    await settle()
    expect(takeSaid()).toEqual(['enter program as anchor', 'exit', 'destroy'])
    fake.slow = false
    visit.want(true)
    await settle()
    expect([fake.rooms.length, fake.room.entry?.userSig, view.state]).toEqual([2, 'sig-2', 'in'])
  })

  it('is tried again later and later, each time with a fresh ticket', async () => {
    // As before the anchor came, where nobody else may make the room.
    fake.refusals.push(...Array.from({ length: 6 }, () => rtcError(5400, -100_018)))
    await comeIn()
    expect(view).toMatchObject({ state: 'connecting', trouble: 'refused' })
    for (const [at, ms] of [500, 1_000, 2_000, 4_000, 4_000, 4_000].entries()) {
      await settle(ms - 1)
      expect(fake.rooms).toHaveLength(at + 1)
      await settle(1)
      expect(fake.rooms).toHaveLength(at + 2)
    }
    expect([view.state, view.trouble, tickets]).toEqual(['in', null, 7])
  })

  it('waits for the server and for the SDK, and not for a browser that cannot', async () => {
    noSdk = new TypeError('Failed to fetch dynamically imported module')
    await comeIn()
    expect(view.trouble).toBe('load')
    noSdk = null
    noTicket = new RoomApiError('unreachable')
    await settle(500)
    expect(view.trouble).toBe('ticket')
    noTicket = null
    fake.refusals.push(rtcError(5200, 5202))
    await settle(1_000)
    expect(view.trouble).toBe('browser')
    await settle(60_000)
    expect(fake.rooms).toHaveLength(1)
    // The stage is there anew: worth one more try.
    visit.tryNow()
    await settle()
    expect(view.state).toBe('in')
  })
})

describe('an answer to a preparation that was given up', () => {
  const givenUp = async (): Promise<{ resolve(): void; reject(error: Error): void }> => {
    let answer = { resolve: (): void => undefined, reject: (_error: Error): void => undefined }
    held = new Promise((resolve, reject) => (answer = { resolve, reject }))
    await comeIn()
    visit.want(false)
    return answer
  }

  it('is no failure of the next one', async () => {
    fake.slow = true
    const first = await givenUp()
    visit.want(true)
    await settle()
    expect(takeSaid()).toEqual(['enter program as anchor'])
    first.reject(new RoomApiError('unreachable'))
    await settle()
    fake.room.answer?.resolve()
    await settle()
    expect([fake.rooms.length, view.state, view.trouble]).toEqual([1, 'in', null])
  })

  it('brings no old ticket', async () => {
    const first = await givenUp()
    let free = (): void => undefined
    held = new Promise((resolve) => (free = resolve))
    visit.want(true)
    await settle()
    first.resolve()
    await settle()
    expect(fake.rooms).toHaveLength(0)
    free()
    await settle()
    expect([fake.room.entry?.userSig, fake.rooms.length]).toEqual(['sig-2', 1])
  })
})

describe('the own part', () => {
  it('follows devices, switches, the anchor’s mute and the wish', async () => {
    const { microphone } = await comeIn()
    takeSaid()
    visit.apply({ maxHeight: 360, maxFps: 30 })
    await settle()
    visit.turn('video', true)
    await settle()
    visit.mute(true)
    await settle()
    const other = track()
    visit.take('audio', asTrack(other))
    await settle()
    expect(takeSaid()).toEqual(['video: on 360', 'video: muted 360', 'audio: muted', 'audio: muted'])
    expect([microphone.stopped, microphone.copies[0]?.stopped, fake.room.audio?.option?.audioTrack]).toEqual([false, true, other.copies[0]])
    visit.mute(false)
    visit.turn('video', false)
    await settle()
    expect(takeSaid()).toEqual(['audio: on', 'video: on 360'])
    expect([other.enabled, fake.room.video?.option?.profile]).toEqual([true, { width: 640, height: 360, frameRate: 30, bitrate: 800 }])
  })

  it('that is refused is said, and asked again when something changes', async () => {
    fake.slow = true
    await comeIn()
    fake.room.fails.set('startLocalVideo', rtcError(5500, 5505))
    fake.room.answer?.resolve()
    await settle()
    expect(view).toMatchObject({ state: 'in', trouble: 'media' })
    visit.take('video', asTrack(track()))
    await settle()
    expect([view.trouble, fake.room.said.filter((one) => one.startsWith('video')).length]).toEqual([null, 2])
  })
})

describe('the others', () => {
  it('the anchor is seen and heard, who is on the air is heard, and nobody else', async () => {
    await comeIn()
    takeSaid()
    visit.company({ anchor: 'a_ada', heard: ['g_cy'] })
    visit.setVolume(0.5)
    for (const userId of ['a_ada', 'g_cy', 'g_dee']) fake.room.emit('remote-audio-available', { userId })
    fake.room.emit('remote-video-available', { userId: 'a_ada', streamType: main })
    fake.room.emit('remote-video-available', { userId: 'g_cy', streamType: main })
    await settle()
    expect(takeSaid()).toEqual(['hear a_ada', 'volume a_ada 50', 'hear g_cy', 'volume g_cy 50', 'see a_ada main'])
    expect([view.anchor, program.at(-1) === null]).toEqual([true, false])
    // A screen takes the camera's place; who goes back to the greenroom is not heard any more.
    fake.room.emit('remote-video-available', { userId: 'a_ada', streamType: sub })
    visit.company({ anchor: 'a_ada', heard: ['g_dee'] })
    await settle()
    expect(takeSaid()).toEqual(['see no a_ada main', 'see a_ada sub', 'not hear g_cy', 'hear g_dee', 'volume g_dee 50'])
    fake.room.emit('remote-video-unavailable', { userId: 'a_ada', streamType: sub })
    fake.room.emit('remote-user-exit', { userId: 'a_ada' })
    await settle()
    expect([view.anchor, program.at(-1)]).toEqual([false, null])
  })

  it('are heard by a touch of the page where the browser wants one', async () => {
    await comeIn()
    visit.company({ anchor: 'a_ada', heard: [] })
    let resumed = 0
    fake.room.emit('autoplay-failed', { userId: 'a_ada', mediaType: 'audio', resume: async () => void (resumed += 1) })
    expect(view.blocked).toBe(true)
    await visit.hear()
    expect([view.blocked, resumed]).toEqual([false, 1])
  })

  it('are all heard by one touch; who left waits for none, and an old stay has no say', async () => {
    await comeIn()
    visit.company({ anchor: 'a_ada', heard: ['g_cy', 'g_dee'] })
    const resumed: string[] = []
    const block = (userId: string, room = fake.room): void =>
      room.emit('autoplay-failed', { userId, mediaType: 'audio', resume: async () => void resumed.push(userId) })
    for (const userId of ['a_ada', 'g_cy', 'g_dee']) block(userId)
    fake.room.emit('remote-user-exit', { userId: 'g_dee' })
    await visit.hear()
    expect([view.blocked, resumed]).toEqual([false, ['a_ada', 'g_cy']])
    block('g_cy')
    fake.room.emit('remote-user-exit', { userId: 'g_cy' })
    expect(view.blocked).toBe(false)
    const old = fake.room
    visit.want(false)
    await settle()
    visit.want(true)
    await settle()
    block('a_ada', old)
    expect(view.blocked).toBe(false)
  })

  it('are heard from the chosen speaker, and from the system’s again', async () => {
    await comeIn()
    expect(fake.speakers).toEqual([])
    visit.setSpeaker('headphones')
    visit.setSpeaker('')
    visit.setVolume(1)
    await settle()
    expect(fake.speakers).toEqual(['headphones', 'default'])
  })
})

describe('trouble on the way', () => {
  it('a connection that is lost comes back by the SDK itself', async () => {
    await comeIn()
    fake.room.emit('statistics', { rtt: 40, upLoss: 2, downLoss: 4 } as TRTCEventTypes['statistics'][0])
    expect([view.state, visit.facts]).toEqual(['in', { rttMs: 40, loss: 0.04 }])
    connectionIs('RECONNECTING')
    expect([view.state, visit.facts]).toEqual(['connecting', null])
    connectionIs('CONNECTED')
    expect([view.state, fake.rooms.length]).toEqual(['in', 1])
  })

  it('an error while the room is entered is the entry’s to say', async () => {
    fake.slow = true
    await comeIn()
    fake.room.emit('error', rtcError(5500, 5502) as unknown as TRTCEventTypes['error'][0])
    expect(view).toMatchObject({ state: 'connecting', trouble: null })
    fake.room.answer?.reject(rtcError(5500))
    await settle()
    expect(view.trouble).toBe('network')
  })

  it('what the SDK cannot repair is begun anew', async () => {
    await comeIn()
    fake.room.emit('error', rtcError(5500, 5501) as unknown as TRTCEventTypes['error'][0])
    expect(view).toMatchObject({ state: 'in', trouble: 'network' })
    fake.room.emit('error', rtcError(5500, 5502) as unknown as TRTCEventTypes['error'][0])
    await settle(500)
    expect([fake.rooms[0]?.said.slice(-2), fake.rooms.length, view.state, view.trouble]).toEqual([['exit', 'destroy'], 2, 'in', null])
  })

  it.each([
    [5300, 5309, 'media'],
    [5500, 5503, 'failed'],
    [5500, 5504, 'failed'],
    [5500, 5505, 'media'],
    [5500, 5506, 'media'],
    [5500, 5507, 'decode'],
    [5500, 5508, 'decode'],
  ])('what does not end the stay in the SDK does not end it here: %i %i', async (code, extraCode, trouble) => {
    await comeIn()
    fake.room.emit('error', rtcError(code, extraCode) as unknown as TRTCEventTypes['error'][0])
    await settle(10_000)
    expect([fake.rooms.length, view.state, view.trouble]).toEqual([1, 'in', trouble])
  })

  it.each([
    ['kick', 'elsewhere'],
    ['banned', 'sent-out'],
    ['room_disband', 'sent-out'],
  ])('%s is said, and tried again', async (reason, trouble) => {
    await comeIn()
    fake.room.emit('kicked-out', { reason: reason as Reason })
    expect([view.trouble, fake.room.said.at(-1)]).toEqual([trouble, 'destroy'])
    await settle(500)
    expect([fake.rooms.length, view.state]).toEqual([2, 'in'])
  })
})
