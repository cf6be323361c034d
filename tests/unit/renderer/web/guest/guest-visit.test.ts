// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LineNews, LineRequest } from '../../../../../electron/shared/co-anchor-line'
import { RoomApiError } from '../../../../../renderer/room/api-request'
import type { SessionSource } from '../../../../../renderer/room/session'
import type { LineHandlers } from '../../../../../renderer/web/guest/co-anchor-line'
import { lineShown, shownOf } from '../../../../../renderer/web/guest/guest-state'
import { GuestVisit } from '../../../../../renderer/web/guest/guest-visit'
import type { CallOptions, StageCall } from '../../../../../renderer/web/guest/stage-call'
import type { TrtcVisit, TrtcVisitOptions } from '../../../../../renderer/web/guest/trtc/trtc-visit'

/** The line as the visit knows it. */
class FakeLine {
  readonly handlers: LineHandlers
  readonly sent: LineRequest[] = []
  opened = 0
  renewed = 0
  closed = 0

  constructor(handlers: LineHandlers) {
    this.handlers = handlers
  }

  open(): void {
    this.opened += 1
    this.handlers.onState('connecting')
  }

  welcome(stage: boolean): void {
    this.handlers.onState('open')
    this.tell({ type: 'welcome', userId: 'c-bo', iceServers: [{ urls: ['stun:s'] }] })
    this.tell({ type: 'stage', present: stage })
  }

  tell(news: LineNews): void {
    this.handlers.onNews(news)
  }

  send(request: LineRequest): boolean {
    this.sent.push(request)
    return true
  }

  renew(): void {
    this.renewed += 1
  }

  close(): void {
    this.closed += 1
    this.handlers.onState('closed')
  }
}

class FakeCall {
  readonly options: CallOptions
  readonly program = {} as MediaStream
  readonly replaced: [string, unknown][] = []
  started = false
  closed = false

  constructor(options: CallOptions) {
    this.options = options
  }

  async start(): Promise<void> {
    this.started = true
  }

  async take(): Promise<void> {
    return undefined
  }

  async replace(kind: string, track: unknown): Promise<void> {
    this.replaced.push([kind, track])
  }

  async apply(): Promise<void> {
    return undefined
  }

  close(): void {
    this.closed = true
  }
}

/** The visit of the TRTC room: writes down what it is told. */
class FakeTrtc {
  readonly options: TrtcVisitOptions
  readonly said: string[] = []

  constructor(options: TrtcVisitOptions) {
    this.options = options
  }

  want(wanted: boolean): void {
    this.said.push(wanted ? 'go in' : 'go out')
  }

  tryNow(): void {
    this.said.push('try now')
  }

  take(kind: string, track: unknown): void {
    this.said.push(`${kind} ${track === null ? 'none' : 'track'}`)
  }

  turn(kind: string, off: boolean): void {
    this.said.push(`${kind} ${off ? 'off' : 'on'}`)
  }

  mute(muted: boolean): void {
    this.said.push(muted ? 'muted' : 'unmuted')
  }

  apply({ maxHeight }: { maxHeight: number }): void {
    this.said.push(`wish ${maxHeight}`)
  }

  company({ anchor, heard }: { anchor: string; heard: readonly string[] }): void {
    this.said.push(`hear ${[anchor, ...heard].join()}`)
  }

  close(): void {
    this.said.push('closed')
  }
}

const refusal = (code: string): RoomApiError => new RoomApiError('refused', { code, message: 'm', remedy: 'r' })
let line: FakeLine
let calls: FakeCall[]
let trtc: FakeTrtc
let visit: GuestVisit
let readied: boolean[]
let fail: { open: RoomApiError[]; ready: RoomApiError[]; rename: RoomApiError[]; fresh: RoomApiError[] }
let renamed: string[]
let program: (MediaStream | null)[]
let remembered: boolean
let named: boolean
let left: number
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const shown = (): string => shownOf(visit.state)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  ;[calls, readied, renamed, program, remembered, named, left] = [[], [], [], [], false, true, 0]
  fail = { open: [], ready: [], rename: [], fresh: [] }
  const may = (error: RoomApiError | undefined): void => {
    if (error !== undefined) throw error
  }
  const session = {
    get named() {
      return named
    },
    token: 'token-1',
    open: async () => may(fail.open.shift()),
    fresh: async () => may(fail.fresh.shift()),
    rename: async (nick: string) => {
      may(fail.rename.shift())
      renamed.push(nick)
    },
    close: () => undefined,
  } as unknown as SessionSource
  visit = new GuestVisit({
    identity: { ready: { get: () => remembered, set: (ready) => (remembered = ready) }, forget: () => undefined },
    session,
    seats: {
      ready: async (_token, ready) => {
        may(fail.ready.shift())
        readied.push(ready)
      },
      leave: async () => void (left += 1),
      ticket: async () => Promise.reject(new RoomApiError('unreachable')),
    },
    makeLine: (handlers) => (line = new FakeLine(handlers)),
    makeCall: (options) => {
      const call = new FakeCall(options)
      calls.push(call)
      return call as unknown as StageCall
    },
    makeTrtc: (options) => {
      trtc = new FakeTrtc(options)
      return trtc as unknown as TrtcVisit
    },
    onState: () => undefined,
    onProgram: (stream) => program.push(stream),
    onWish: async () => undefined,
  })
})
afterEach(() => {
  visit.close()
  expect(vi.getTimerCount(), 'a closed visit has no timer').toBe(0)
  vi.useRealTimers()
})

async function comeIn(stage = true): Promise<void> {
  visit.start()
  await settle()
  line.welcome(stage)
}

describe('coming in', () => {
  it('asks for a name, and says what is wrong with it', async () => {
    named = false
    visit.start()
    expect(visit.state.phase).toBe('naming')
    fail.rename = [refusal('text.refused')]
    expect((await visit.enter('Bad'))?.code).toBe('text.refused')
    expect(visit.state.phase).toBe('naming')
    expect(await visit.enter('Bo')).toBeNull()
    expect([renamed, readied, line.opened, shown()]).toEqual([['Bo'], [false], 1, 'greenroom'])
  })

  it('is ready again after a reload', async () => {
    remembered = true
    await comeIn()
    expect(readied).toEqual([true])
  })

  it('tries again by itself while the server is away', async () => {
    fail.open = [new RoomApiError('unreachable'), new RoomApiError('refused', { passing: true })]
    visit.start()
    await settle()
    expect(visit.state.serverAway).toBe(true)
    await settle(4_000)
    expect([visit.state.serverAway, visit.state.phase]).toEqual([false, 'inside'])
  })

  it('waits a while for the seats to say that one was let in, and not for ever', async () => {
    fail.ready = [refusal('seat.not-admitted'), refusal('seat.not-admitted')]
    visit.start()
    await settle(1_500)
    expect(shown()).toBe('greenroom')
    line.welcome(false)
    fail.ready = Array.from({ length: 50 }, () => refusal('seat.not-admitted'))
    line.tell({ type: 'bye', reason: 'not-admitted' })
    await settle(11_500)
    expect([shown(), visit.state.refusal?.cause]).toEqual(['refused', 'gone'])
  })

  it('is refused for good', async () => {
    fail.open = [refusal('invite.used')]
    visit.start()
    await settle(60_000)
    expect([shown(), visit.state.refusal?.cause, line.opened]).toEqual(['refused', 'used', 0])
  })
})

describe('the line', () => {
  it('gets a fresh session where the token is none any more', async () => {
    await comeIn()
    fail.fresh = [new RoomApiError('unreachable')]
    line.tell({ type: 'bye', reason: 'bad-token' })
    await settle(2_000)
    expect(line.opened).toBe(2)
    fail.fresh = [refusal('invite.ended')]
    line.tell({ type: 'bye', reason: 'bad-token' })
    await settle()
    expect([shown(), visit.state.refusal?.cause]).toEqual(['refused', 'ended'])
  })

  it.each(['removed', 'replaced', 'full', 'blocked', 'malformed'] as const)('ends everything with %s', async (reason) => {
    await comeIn()
    line.tell({ type: 'bye', reason })
    await settle(60_000)
    expect([calls[0]?.closed, program.at(-1), line.opened]).toEqual([true, null, 1])
  })

  it('is told the checks again after each welcome', async () => {
    const checks = { camera: 'pass', microphone: 'pass', echo: 'unknown', line: 'warn' } as const
    await comeIn()
    visit.checks(checks)
    line.welcome(true)
    expect(line.sent).toEqual([
      { type: 'checks', checks },
      { type: 'checks', checks },
    ])
  })
})

describe('the call', () => {
  it('is made anew to each stage, with the devices of then', async () => {
    const track = {} as MediaStreamTrack
    await comeIn(false)
    expect(calls).toHaveLength(0)
    visit.take('audio', track)
    line.tell({ type: 'stage', present: true })
    expect(calls[0]?.options).toMatchObject({ audio: track, video: null, iceServers: [{ urls: ['stun:s'] }] })
    visit.take('video', track)
    expect(calls[0]?.replaced).toEqual([['video', track]])
    line.tell({ type: 'stage', present: false })
    line.tell({ type: 'stage', present: true })
    expect(calls.map(({ started, closed }) => [started, closed])).toEqual([
      [true, true],
      [true, false],
    ])
  })

  it('is tried again, later and later; where nothing came back the line is looked at', async () => {
    await comeIn()
    for (const [at, ms] of [500, 1_000, 2_000, 4_000, 4_000].entries()) {
      calls.at(-1)?.options.handlers.onFailed(true)
      await settle(ms - 1)
      expect(calls).toHaveLength(at + 1)
      await settle(1)
      expect(calls).toHaveLength(at + 2)
    }
    calls.at(-1)?.options.handlers.onConnected()
    expect(visit.state.call).toBe('connected')
    calls.at(-1)?.options.handlers.onFailed(false)
    await settle(500)
    expect([calls.length, line.renewed]).toEqual([6, 1])
  })

  it('waits for the stage, or for the line', async () => {
    await comeIn()
    line.tell({ type: 'stage', present: false })
    calls[0]?.options.handlers.onFailed(true)
    await settle(60_000)
    expect([calls.length, visit.state.call]).toEqual([1, 'none'])
  })
})

describe('the way of the media', () => {
  const entry = (change: object): LineNews => ({
    type: 'seat',
    entry: { userId: 'c-bo', seat: 1, ready: true, muted: false, volume: 1, spotlight: false, ...change } as Extract<LineNews, { type: 'seat' }>['entry'],
  })
  const takeSaid = (): string[] => trtc.said.splice(0)
  async function comeByTrtc(): Promise<void> {
    visit.take('audio', {} as MediaStreamTrack)
    visit.start()
    await settle()
    line.handlers.onState('open')
    line.tell({ type: 'welcome', userId: 'c-bo', iceServers: [] })
    line.tell({ type: 'way', way: 'trtc' })
    line.tell({ type: 'stage', present: true })
  }

  it('is TRTC from the first word on: no call is made, and the room is told what a call would be', async () => {
    await comeByTrtc()
    expect([takeSaid(), calls]).toEqual([['audio track', 'video none', 'go in', 'try now'], []])
    line.tell({ type: 'company', anchor: 'a-ada', heard: ['c-cy'] })
    line.tell(entry({ muted: true }))
    line.tell({ type: 'wish', wish: { maxHeight: 180, maxFps: 15 } })
    visit.take('video', {} as MediaStreamTrack)
    visit.turn('video', true)
    expect(takeSaid()).toEqual(['hear a-ada,c-cy', 'muted', 'wish 180', 'video track', 'video off'])
    trtc.options.onView({ state: 'in', anchor: true, trouble: null, blocked: false })
    expect([lineShown(visit.state), shown()]).toEqual(['connected', 'air'])
    trtc.options.onView({ state: 'connecting', anchor: true, trouble: 'network', blocked: false })
    expect([lineShown(visit.state), shown()]).toEqual(['connecting', 'air'])
  })

  it('changes in the middle of a show and back, and the place stays', async () => {
    await comeIn()
    line.tell(entry({}))
    line.tell({ type: 'way', way: 'trtc' })
    expect([calls[0]?.closed, program.at(-1), takeSaid()]).toEqual([true, null, ['unmuted', 'audio none', 'video none', 'go in']])
    line.tell({ type: 'way', way: 'stage' })
    expect([takeSaid(), calls.length, calls[1]?.started, shown(), left]).toEqual([['go out', 'audio none', 'video none'], 2, true, 'air', 0])
  })

  it('outlives the line and the stage; no word of it is none of another way', async () => {
    await comeByTrtc()
    takeSaid()
    line.handlers.onState('connecting')
    line.tell({ type: 'bye', reason: 'too-fast' })
    line.welcome(false)
    expect([takeSaid(), visit.state.way]).toEqual([[], 'trtc'])
    line.tell({ type: 'stage', present: true })
    expect([takeSaid(), calls]).toEqual([['try now'], []])
  })

  it.each(['removed', 'replaced'] as const)('ends with %s, and so does the own part', async (reason) => {
    await comeByTrtc()
    takeSaid()
    line.tell({ type: 'bye', reason })
    expect([takeSaid(), visit.state.way]).toEqual([['go out', 'audio none', 'video none'], 'stage'])
  })
})

it('is ready or not, and leaves', async () => {
  await comeIn()
  expect([await visit.ready(true), remembered]).toEqual([null, true])
  fail.ready = [new RoomApiError('unreachable')]
  expect((await visit.ready(false))?.kind).toBe('unreachable')
  expect(remembered).toBe(true)
  await visit.leave()
  expect([shown(), left, calls[0]?.closed]).toEqual(['left', 1, true])
})
