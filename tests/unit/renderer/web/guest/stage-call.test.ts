// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Signal } from '../../../../../electron/shared/co-anchor-line'
import { FIRST_WISH } from '../../../../../electron/shared/picture-plan'
import { StageCall } from '../../../../../renderer/web/guest/stage-call'
import { FakePeer, FakeTrack } from './fake-peer'

let peer: FakePeer
let sent: { call: string; signal: Signal }[]
let heard: string[]
let lineThere: boolean
let call: StageCall
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const answer = (sdp = 'answer'): Signal => ({ description: { type: 'answer', sdp } })
const candidate = (text: string): Signal => ({ candidate: { candidate: text, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: null } })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.stubGlobal('MediaStream', class {})
  ;[sent, heard, lineThere] = [[], [], true]
  call = new StageCall({
    iceServers: [{ urls: ['stun:s', 'stun:'] }, { urls: ['turn:nobody'] }, { urls: ['turn:t'], username: 'u', credential: 'c' }],
    audio: new FakeTrack('audio').asTrack,
    video: null,
    wish: FIRST_WISH,
    handlers: {
      send: (id, signal) => {
        sent.push({ call: id, signal })
        return lineThere
      },
      onConnected: () => heard.push('connected'),
      onFailed: (answered) => heard.push(`failed, ${answered ? 'answered' : 'unanswered'}`),
    },
    makePeer: (config) => (peer = new FakePeer(config)).asPeer,
    makeId: () => 'call-1',
  })
})
afterEach(() => {
  call.close()
  expect(vi.getTimerCount(), 'a closed call has no timer').toBe(0)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('offers one sound and one picture, there and back, with or without devices', async () => {
  await call.start()
  expect(peer.transceivers.map(({ kind, direction, sender }) => [kind, direction, sender.track !== null])).toEqual([
    ['audio', 'sendrecv', true],
    ['video', 'sendrecv', false],
  ])
  expect(peer.config.iceServers).toEqual([{ urls: ['stun:s'] }, { urls: ['turn:t'], username: 'u', credential: 'c' }])
  expect(sent).toEqual([{ call: 'call-1', signal: { description: { type: 'offer', sdp: 'offer' } } }])
})

it('takes the answer and the candidates of this call alone, and those that come too early after it', async () => {
  await call.start()
  await call.take('call-1', candidate('early'))
  await call.take('call-0', answer('of another'))
  expect([peer.remoteDescription, peer.candidates]).toEqual([null, []])
  await call.take('call-1', answer())
  await call.take('call-1', candidate('late'))
  await call.take('call-1', { candidate: null })
  await call.take('call-1', answer('again'))
  expect(peer.remoteDescription).toEqual({ type: 'answer', sdp: 'answer' })
  expect(peer.candidates).toMatchObject([{ candidate: 'early' }, { candidate: 'late' }])
  peer.become('connected')
  await settle(60_000)
  expect(heard).toEqual(['connected'])
})

it('is over when nothing comes back, with the answer or without it', async () => {
  await call.start()
  await settle(10_000)
  expect([heard, peer.closed]).toEqual([['failed, unanswered'], true])
})

it('bears a short cut and no long one', async () => {
  await call.start()
  await call.take('call-1', answer())
  peer.become('connected')
  peer.become('disconnected')
  await settle(2_900)
  peer.become('connected')
  await settle(10_000)
  peer.become('disconnected')
  await settle(3_000)
  expect(heard).toEqual(['connected', 'connected', 'failed, answered'])
})

it('is over at once where the connection says so, the line is away, or the answer is none', async () => {
  lineThere = false
  await call.start()
  expect(heard).toEqual(['failed, unanswered'])
})

it('bears a candidate that is none', async () => {
  await call.start()
  await call.take('call-1', answer())
  peer.refuse = new DOMException('no', 'OperationError')
  await call.take('call-1', candidate('nonsense'))
  expect(heard).toEqual([])
  peer.become('failed')
  expect(heard).toEqual(['failed, answered'])
})

it('changes the device without a new call, and sends of it what is of use', async () => {
  await call.start()
  const track = new FakeTrack('video')
  track.height = 720
  await call.replace('video', track.asTrack)
  const [, video] = peer.transceivers
  expect(video?.sender.track).toBe(track)
  expect(video?.sender.parameters.encodings).toMatchObject([{ scaleResolutionDownBy: 2, maxFramerate: 30 }])
  await call.apply({ maxHeight: 180, maxFps: 10 })
  expect(video?.sender.parameters.encodings).toMatchObject([{ scaleResolutionDownBy: 4, maxFramerate: 10 }])
  expect(sent).toHaveLength(1)
})
