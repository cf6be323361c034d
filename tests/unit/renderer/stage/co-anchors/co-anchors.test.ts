import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CoAnchors as Told } from '../../../../../electron/shared/co-anchor-line'
import type { SeatTableView } from '../../../../../electron/shared/seats'
import { CoAnchors } from '../../../../../renderer/stage/co-anchors/co-anchors'
import type { ToWorker } from '../../../../../renderer/stage/worker-protocol'
import { FakeSocket } from './fake-socket'

interface FakePeer {
  readonly fitted: object[]
  connectionState: string
  closed: boolean
  readonly sending: unknown[]
  ontrack: ((event: { track: unknown }) => void) | null
  onconnectionstatechange: (() => void) | null
}
const peers: FakePeer[] = []
const elements: { muted: boolean; srcObject: unknown }[] = []

beforeEach(() => {
  vi.useFakeTimers()
  peers.length = 0
  elements.length = 0
  FakeSocket.made.length = 0
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('MediaStream', class {})
  const readable = class {
    readonly readable = new ReadableStream()
  }
  vi.stubGlobal('MediaStreamTrackProcessor', readable)
  vi.stubGlobal(
    'MediaStreamTrackGenerator',
    class {
      readonly writable = new WritableStream()
      readonly kind: string
      getSettings(): object {
        return { height: 720 }
      }
      constructor({ kind }: { kind: string }) {
        this.kind = kind
      }
      stop(): void {
        return
      }
    },
  )
  vi.stubGlobal(
    'Audio',
    class {
      muted = false
      srcObject: unknown = null
      constructor() {
        elements.push(this)
      }
      play(): Promise<void> {
        return Promise.resolve()
      }
      pause(): void {
        return
      }
    },
  )
  vi.stubGlobal(
    'RTCPeerConnection',
    class {
      connectionState = 'new'
      closed = false
      localDescription = { sdp: 'v=0 answer' }
      ontrack = null
      onicecandidate = null
      onconnectionstatechange = null
      readonly sending: unknown[] = []
      readonly fitted: object[] = []
      constructor() {
        peers.push(this)
      }
      setRemoteDescription(): Promise<void> {
        return Promise.resolve()
      }
      setLocalDescription(): Promise<void> {
        return Promise.resolve()
      }
      getTransceivers(): unknown[] {
        return ['audio', 'video'].map((kind) => ({
          receiver: { track: { kind } },
          sender: { replaceTrack: (track: unknown) => Promise.resolve(this.sending.push(track)) },
        }))
      }
      getSenders(): unknown[] {
        return this.sending.map((track) => ({
          track,
          getParameters: () => ({ encodings: [{}] }),
          setParameters: ({ encodings }: { encodings: object[] }) => Promise.resolve(void this.fitted.push(...encodings)),
        }))
      }
      close(): void {
        this.closed = true
      }
    },
  )
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function tableWith(...people: readonly (readonly [userId: string, seat: number])[]): SeatTableView {
  const entries = people.map(([userId, seat]) => ({ userId, seat, ready: true, muted: false, volume: 1, spotlight: false, nick: userId, avatar: '', level: 0 }))
  return { rev: 1, layout: 'grid', entries }
}
const OFFER = { type: 'signal', from: 'bo', call: 'one', signal: { description: { type: 'offer', sdp: 'v=0' } } }

function setUp() {
  const sent: ToWorker[] = []
  const told: Told[] = []
  let refused = 0
  const coAnchors = new CoAnchors({
    send: (message) => void sent.push(message),
    onTold: (now) => void told.push(now),
    onRefused: () => (refused += 1),
    log: () => undefined,
  })
  coAnchors.connect({ wire: 'ws://127.0.0.1:1', room: 'program', token: 't' })
  const socket = FakeSocket.made.at(-1)
  if (socket === undefined) throw new Error('no line')
  socket.open()
  socket.say({ type: 'welcome', userId: 'anchor', iceServers: [] })
  const settle = async (): Promise<Told | undefined> => {
    await vi.advanceTimersByTimeAsync(150)
    return told.at(-1)
  }
  const sentOf = <T extends ToWorker['type']>(type: T): Extract<ToWorker, { type: T }>[] =>
    sent.filter((one): one is Extract<ToWorker, { type: T }> => one.type === type)
  return { coAnchors, socket, settle, sentOf, refused: () => refused }
}

describe('the stage among its co-anchors', () => {
  it('tells the worker who is where, and answers a call with the program and the own mix', async () => {
    const { coAnchors, socket, settle, sentOf } = setUp()
    socket.say({ type: 'seats', table: tableWith(['bo', 1]) })
    socket.say({ type: 'line', userId: 'bo', open: true, sinceMs: 1, room: false })
    expect(sentOf('guests').at(-1)).toMatchObject({ layout: 'grid', guests: [{ userId: 'bo', seat: 1, lost: false }] })
    expect(sentOf('guest-return').map(({ userId }) => userId)).toEqual(['bo'])
    socket.say(OFFER)
    await settle()
    expect(socket.sent).toContainEqual({ type: 'signal', to: 'bo', call: 'one', signal: { description: { type: 'answer', sdp: 'v=0 answer' } } })
    expect((peers[0]?.sending as { kind: string }[]).map(({ kind }) => kind)).toEqual(['audio', 'video'])
    expect(sentOf('program-return')).toHaveLength(1)
    expect(peers[0]?.fitted).toEqual([])
    peers[0]?.ontrack?.({ track: { kind: 'video' } })
    peers[0]?.ontrack?.({ track: { kind: 'audio' } })
    expect([sentOf('guest-video').length, sentOf('guest-audio').length]).toEqual([1, 1])
    if (peers[0] !== undefined) peers[0].connectionState = 'connected'
    peers[0]?.onconnectionstatechange?.()
    expect((await settle())?.media['bo']?.state).toBe('connected')
    coAnchors.connect(null)
    expect(peers[0]?.closed).toBe(true)
  })

  it('the stage of another room is given the scene instead', async () => {
    const { coAnchors, socket, settle, sentOf } = setUp()
    socket.say({ type: 'seats', table: tableWith(['bo', 1]) })
    socket.say({ type: 'line', userId: 'bo', open: true, sinceMs: 1, room: true })
    socket.say(OFFER)
    await settle()
    expect([sentOf('scene-return').length, sentOf('program-return').length]).toEqual([1, 0])
    expect(peers[0]?.fitted.at(-1)).toMatchObject({ scaleResolutionDownBy: 2, maxFramerate: 30 })
    socket.say({ type: 'wish', from: 'bo', wish: { maxHeight: 180, maxFps: 15 } })
    await settle()
    expect(peers[0]?.fitted.at(-1)).toMatchObject({ scaleResolutionDownBy: 4, maxFramerate: 15 })
    // The next call begins where this one was.
    await vi.advanceTimersByTimeAsync(500)
    socket.say({ ...OFFER, call: 'two' })
    await settle()
    expect(peers[1]?.fitted).toMatchObject([{ scaleResolutionDownBy: 4, maxFramerate: 15 }])
    coAnchors.connect(null)
  })

  it('whoever has no seat is not answered, nor a signal that is late for an earlier call', async () => {
    const { coAnchors, socket, settle } = setUp()
    socket.say(OFFER)
    socket.say({ type: 'seats', table: tableWith(['bo', 0]) })
    socket.say({ ...OFFER, signal: { candidate: null } })
    await settle()
    expect(peers).toHaveLength(0)
    coAnchors.connect(null)
  })

  it('a new call takes the place of the old one, and a page that is gone is lost', async () => {
    const { coAnchors, socket, settle, sentOf } = setUp()
    socket.say({ type: 'seats', table: tableWith(['bo', 1]) })
    socket.say({ type: 'line', userId: 'bo', open: true, sinceMs: 1, room: false })
    socket.say(OFFER)
    // One page may not begin calls faster than that.
    socket.say({ ...OFFER, call: 'too soon' })
    await vi.advanceTimersByTimeAsync(500)
    socket.say({ ...OFFER, call: 'two' })
    await settle()
    const [first, second] = peers
    expect([first?.closed, second?.closed]).toEqual([true, false])
    if (second !== undefined) second.connectionState = 'connected'
    second?.onconnectionstatechange?.()
    socket.say({ type: 'line', userId: 'bo', open: false, sinceMs: 5, room: false })
    if (second !== undefined) second.connectionState = 'disconnected'
    second?.onconnectionstatechange?.()
    expect((await settle())?.media['bo']).toMatchObject({ state: 'lost', lostAtMs: 5 })
    expect(sentOf('guests').at(-1)?.guests[0]?.lost).toBe(true)
    coAnchors.connect(null)
  })

  it('the anchor hears those on the air, and one of the greenroom at will', async () => {
    const { coAnchors, socket, settle } = setUp()
    socket.say({ type: 'seats', table: tableWith(['bo', 1], ['cy', 0]) })
    const heard = (): boolean[] => elements.map(({ muted }) => !muted)
    expect(heard()).toEqual([true, false])
    coAnchors.hear('cy')
    expect(heard()).toEqual([true, true])
    expect((await settle())?.hearing).toBe('cy')
    socket.say({ type: 'seats', table: tableWith(['bo', 0]) })
    expect(heard()[0]).toBe(false)
    coAnchors.connect(null)
  })

  it('talkback is told to the one it is for, and ends when that one goes', async () => {
    const { coAnchors, socket, sentOf } = setUp()
    socket.say({ type: 'seats', table: tableWith(['bo', 1]) })
    coAnchors.talkTo('bo')
    expect(socket.sent.at(-1)).toEqual({ type: 'talk', to: 'bo', on: true })
    socket.say({ type: 'seats', table: tableWith() })
    expect(sentOf('talk-to').map(({ userId }) => userId)).toEqual(['bo', null])
    coAnchors.connect(null)
  })

  it('says what it wishes of the pictures, once to each page', () => {
    const { coAnchors, socket } = setUp()
    const wishes = (): unknown[] => socket.sent.filter((one) => (one as { type: string }).type === 'wish')
    socket.say({ type: 'seats', table: tableWith(['bo', 0]) })
    socket.say({ type: 'line', userId: 'bo', open: true, sinceMs: 1, room: false })
    socket.say({ type: 'seats', table: tableWith(['bo', 1]) })
    socket.say({ type: 'seats', table: tableWith(['bo', 1]) })
    expect(wishes()).toMatchObject([{ wish: { maxHeight: 180 } }, { wish: { maxHeight: 360 } }])
    coAnchors.connect(null)
  })

  it('an offer of many media is not answered, and a line that was ended is opened again', async () => {
    const { coAnchors, socket, settle } = setUp()
    socket.say({ type: 'seats', table: tableWith(['bo', 1]) })
    socket.say({ ...OFFER, signal: { description: { type: 'offer', sdp: 'm=audio\nm=video\nm=video\n' } } })
    await settle()
    expect(peers[0]?.sending).toEqual([])
    socket.say({ type: 'bye', reason: 'too-fast' })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(FakeSocket.made).toHaveLength(2)
    coAnchors.connect(null)
  })

  it('asks for another token when this one does not hold', () => {
    const { socket, refused } = setUp()
    socket.say({ type: 'bye', reason: 'bad-token' })
    expect(refused()).toBe(1)
  })
})

describe('a show by TRTC', () => {
  it('has no calls with co-anchors: those that stand are over, no other is answered, and the line says so', async () => {
    const { coAnchors, socket, settle } = setUp()
    socket.say({ type: 'seats', table: tableWith(['bo', 1], ['room', 2]) })
    socket.say({ type: 'line', userId: 'bo', open: true, sinceMs: 1, room: false })
    socket.say({ type: 'line', userId: 'room', open: true, sinceMs: 1, room: true })
    socket.say(OFFER)
    socket.say({ ...OFFER, from: 'room', call: 'other' })
    await settle()
    coAnchors.setWay('trtc')
    expect(peers.map(({ closed }) => closed)).toEqual([true, false])
    await settle()
    await vi.advanceTimersByTimeAsync(1_000)
    socket.say({ ...OFFER, call: 'two' })
    expect(peers).toHaveLength(2)
    expect(socket.sent).toContainEqual({ type: 'way', way: 'trtc' })
    // Another line, another hello.
    coAnchors.connect({ wire: 'ws://127.0.0.1:1', room: 'program', token: 't2' })
    const second = FakeSocket.made.at(-1)
    second?.open()
    expect(second?.sent).toEqual([{ type: 'hello', token: 't2', as: 'stage', way: 'trtc' }])
    // By RTMP again: the page calls, and is answered.
    coAnchors.setWay('stage')
    second?.say({ ...OFFER, call: 'three' })
    await settle()
    expect(peers).toHaveLength(3)
  })
})
