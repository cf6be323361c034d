import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Call } from '../../../../../renderer/stage/co-anchors/call'
import { RoomLink } from '../../../../../renderer/stage/co-anchors/room-link'
import { FakeSocket } from './fake-socket'

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  FakeSocket.made.length = 0
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const LINK = { there: { wire: 'ws://there', room: 'r', token: 't' }, here: { wire: 'ws://here', room: 'program', token: 'h' }, userId: 'c_1' }

function setUp(placed = true, media: 'stage' | 'trtc' = 'stage', refuse: () => void = () => undefined) {
  const states: string[] = []
  let unready = 0
  const calls: { id: string; state: string; taken: unknown[]; wishes: unknown[]; send: (signal: unknown) => void }[] = []
  const link = new RoomLink({
    link: { media, ...LINK },
    coAnchors: {
      callOut: (_userId, _servers, first, onSignal) => {
        if (!placed) return null
        refuse()
        const call = {
          id: `call-${calls.length}`,
          state: 'connecting',
          taken: [] as unknown[],
          wishes: [first] as unknown[],
          take: (signal: unknown) => call.taken.push(signal),
          wish: (wish: unknown) => call.wishes.push(wish),
        }
        calls.push({ ...call, send: (signal) => onSignal(call.id, signal as never) })
        const made = calls.at(-1)
        return {
          ...call,
          get state() {
            return made?.state
          },
        } as unknown as Call
      },
    },
    onState: (state) => states.push(state),
    onUnready: () => (unready += 1),
    log: () => undefined,
  })
  const socket = (host: string): FakeSocket => {
    const found = FakeSocket.made.filter(({ url }) => url.startsWith(`ws://${host}/`)).at(-1)
    if (found === undefined) throw new Error(host)
    return found
  }
  for (const host of ['there', 'here']) socket(host).open()
  socket('there').say({ type: 'welcome', userId: 'c_9', iceServers: [] })
  return { link, states, calls, socket, unready: () => unready }
}

describe('the link to another room', () => {
  it('is a room there and a co-anchor here, and calls the stage that is there', () => {
    const { link, states, calls, socket } = setUp()
    expect(socket('there').sent).toEqual([{ type: 'hello', token: 't', as: 'room' }])
    expect(socket('here').sent).toEqual([{ type: 'hello', token: 'h', as: 'co-anchor' }])
    expect([states, calls.length]).toEqual([['connecting'], 0])
    socket('there').say({ type: 'stage', present: true })
    const [call] = calls
    call?.send({ candidate: null })
    expect(socket('there').sent.at(-1)).toEqual({ type: 'signal', to: null, call: 'call-0', signal: { candidate: null } })
    socket('there').say({ type: 'signal', from: null, call: 'of an earlier one', signal: { candidate: null } })
    socket('there').say({ type: 'signal', from: null, call: 'call-0', signal: { candidate: null } })
    expect(call?.taken).toHaveLength(1)
    if (call !== undefined) call.state = 'connected'
    vi.advanceTimersByTime(1_000)
    expect(states).toEqual(['connecting', 'connected'])
    link.close()
  })

  it('over TRTC keeps both places, calls nobody, and hears when a place is gone', () => {
    const { link, states, calls, socket, unready } = setUp(true, 'trtc')
    expect(link.takes({ ...LINK, media: 'trtc' })).toBe(true)
    expect(link.takes({ ...LINK, media: 'stage' })).toBe(false)
    socket('there').say({ type: 'stage', present: true })
    socket('there').say({ type: 'seat', entry: { userId: 'c_9', seat: 0, ready: false, muted: false, volume: 1, spotlight: false } })
    vi.advanceTimersByTime(60_000)
    expect([calls.length, unready()]).toEqual([0, 1])
    socket('there').say({ type: 'bye', reason: 'removed' })
    expect(states).toEqual(['connecting', 'removed'])
  })

  it('says when nothing flows any more, and calls again', () => {
    const { link, states, calls, socket } = setUp()
    socket('there').say({ type: 'stage', present: true })
    const [call] = calls
    if (call !== undefined) call.state = 'connected'
    vi.advanceTimersByTime(1_000)
    if (call !== undefined) call.state = 'disconnected'
    vi.advanceTimersByTime(1_000)
    expect([states.at(-1), calls.length]).toEqual(['lost', 1])
    vi.advanceTimersByTime(2_000)
    expect(calls).toHaveLength(2)
    // A stage that says so again and again is called once a look.
    vi.advanceTimersByTime(1_000)
    for (let times = 0; times < 50; times += 1) socket('there').say({ type: 'stage', present: true })
    expect(calls).toHaveLength(3)
    vi.advanceTimersByTime(1_000)
    expect(calls).toHaveLength(4)
    link.close()
  })

  it('a call that never comes up is made anew with more patience, and then the line too', () => {
    const { link, calls, socket } = setUp()
    socket('there').say({ type: 'stage', present: true })
    vi.advanceTimersByTime(9_000)
    expect(calls).toHaveLength(1)
    vi.advanceTimersByTime(1_000)
    expect(calls).toHaveLength(2)
    vi.advanceTimersByTime(21_000)
    expect(FakeSocket.made.filter(({ url }) => url.startsWith('ws://there/')).length).toBeGreaterThan(1)
    link.close()
  })

  it('says when readiness has to be said again, and ends with a room that says far too much', () => {
    const { states, socket, unready } = setUp()
    const entry = { userId: 'c_9', seat: 0, ready: false, muted: false, volume: 1, spotlight: false }
    socket('there').say({ type: 'seat', entry })
    socket('here').say({ type: 'seat', entry: { ...entry, ready: true } })
    expect(unready()).toBe(1)
    for (let times = 0; times < 600; times += 1) socket('there').say({ type: 'talk', on: true })
    expect(states.at(-1)).toBe('refused')
  })

  it('sends as much of the scene as the other room wishes, from the first call to each new one', () => {
    const { link, calls, socket } = setUp()
    socket('there').say({ type: 'stage', present: true })
    const small = { maxHeight: 180, maxFps: 15 }
    socket('there').say({ type: 'wish', wish: small })
    expect(calls[0]?.wishes).toEqual([{ maxHeight: 360, maxFps: 30 }, small])
    vi.advanceTimersByTime(10_000)
    expect(calls[1]?.wishes).toEqual([small])
    link.close()
  })

  it("tells the other room's stage what this one wishes, and each new stage or line again", () => {
    const { link, socket } = setUp()
    const wishes = (): unknown[] => socket('there').sent.filter((one) => (one as { type: string }).type === 'wish')
    socket('there').say({ type: 'stage', present: true })
    expect(wishes()).toEqual([])
    const wish = { maxHeight: 270, maxFps: 20 }
    socket('here').say({ type: 'wish', wish })
    expect(wishes()).toEqual([{ type: 'wish', to: null, wish }])
    socket('there').say({ type: 'stage', present: false })
    socket('there').say({ type: 'stage', present: true })
    expect(wishes()).toHaveLength(2)
    link.close()
  })

  it('takes newer tokens without a new call, and no other room', () => {
    const { link, calls, socket } = setUp()
    socket('there').say({ type: 'stage', present: true })
    const wanted = { ...LINK, media: 'stage' as const, there: { ...LINK.there, token: 't2' }, here: { ...LINK.here, token: 'h2' } }
    expect(link.takes({ ...wanted, there: { ...wanted.there, room: 'another' } })).toBe(false)
    expect(link.takes({ ...wanted, userId: 'c_2' })).toBe(false)
    expect(link.takes(wanted)).toBe(true)
    expect([calls.length, socket('there').closed]).toEqual([1, false])
    socket('here').close()
    vi.advanceTimersByTime(250)
    socket('here').open()
    expect(socket('here').sent).toEqual([{ type: 'hello', token: 'h2', as: 'co-anchor' }])
    link.close()
    expect(link.takes(wanted)).toBe(false)
  })

  it('waits for its place here', () => {
    const { link, states, socket } = setUp(false)
    socket('there').say({ type: 'stage', present: true })
    vi.advanceTimersByTime(5_000)
    expect(states).toEqual(['connecting'])
    link.close()
  })

  it('ends where the browser makes no connection with what the other room server says', () => {
    const { states, socket } = setUp(true, 'stage', () => {
      throw new DOMException('not a server')
    })
    socket('there').say({ type: 'stage', present: true })
    expect(states).toEqual(['connecting', 'refused'])
    expect(FakeSocket.made.every(({ closed }) => closed)).toBe(true)
  })

  it.each([
    ['there', 'removed', 'removed'],
    ['there', 'bad-token', 'refused'],
    ['here', 'removed', 'left'],
  ] as const)('a goodbye %s because of %s ends it as %s', (host, reason, state) => {
    const { states, socket } = setUp()
    socket(host).say({ type: 'bye', reason })
    expect(states.at(-1)).toBe(state)
    expect(FakeSocket.made.every(({ closed }) => closed)).toBe(true)
  })
})
