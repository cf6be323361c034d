import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DestinationStatus } from '../../../electron/shared/destination'
import type { ErrorInfo } from '../../../electron/shared/errors'
import { DEFAULT_PROFILE } from '../../../electron/shared/profile'
import type { PublisherCommand } from '../../../electron/shared/publisher'
import type { RoomServerCommand } from '../../../electron/shared/room-server'
import type { SessionState } from '../../../electron/shared/session'
import { defaultSettings } from '../../../electron/shared/settings'
import type { Engine } from '../../../electron/shared/snapshot'
import type { StageCommand } from '../../../electron/shared/stage'
import { EncoderJudge } from '../../../electron/main/encoder-judge'
import { GoLiveAtStart } from '../../../electron/main/go-live-at-start'
import { Show, type ShowOptions } from '../../../electron/main/show'
import { ShowTotals } from '../../../electron/main/show-totals'

const crashed = { code: 'stage.crashed', context: { process: 'stage' } } as const satisfies ErrorInfo
const gone = { code: 'publisher.crashed', context: { process: 'publisher' } } as const satisfies ErrorInfo
const closed = { code: 'publish.closed', context: { reason: 'x' } } as const satisfies ErrorInfo

function status(id: string, state: DestinationStatus['state'], counters: Partial<DestinationStatus['stats']> = {}): DestinationStatus {
  const stats = { sentKbps: 0, ackedKbps: 0, queueMs: 0, unackedBytes: 0, rttMs: null, sentFps: 30 }
  const counted = { sentVideoFrames: 0, sentAudioFrames: 0, droppedVideoFrames: 0, droppedAudioFrames: 0, sentBytes: 0, reconnects: 0, ...counters }
  const error = state === 'publishing' || state === 'connecting' ? null : closed
  return { id, state, sinceMs: 0, error, attempt: 0, nextRetryAtMs: null, outageMs: null, stats: { ...stats, ...counted } }
}

/** A show with everything around it written down instead of done. */
function openShow(
  wanted: readonly string[] = ['local'],
  roomServer: { addresses: object | null; error: ErrorInfo | null } = { addresses: {}, error: null },
): {
  show: Show
  said: string[]
  states: string[]
  marks: string[]
  lines: string[]
  engine: { now: Engine }
} {
  const said: string[] = []
  const states: string[] = []
  const marks: string[] = []
  const lines: string[] = []
  const engine: { now: Engine } = { now: 'stage' }
  const command = (one: StageCommand | RoomServerCommand | PublisherCommand): void =>
    void said.push(one.type === 'show' ? `show ${one.state}${one.engine === 'trtc' ? ' by TRTC' : ''}` : one.type)
  const log = { info: (text: string) => lines.push(text), warn: (_context: unknown, text: string) => lines.push(text) }
  const options = {
    settings: { current: defaultSettings() },
    store: { current: { app: { systemLanguage: 'en' }, roomServer }, set: () => undefined },
    route: {
      get engine() {
        return engine.now
      },
      wanted: () => wanted.map((id) => ({ id })),
      push: () => said.push('set-destinations'),
      stop: () => said.push('set-destinations'),
      unusable: () => [],
    },
    destinations: {
      views: () => [],
      all: () => [{ kind: 'local', id: 'local', enabled: true }],
    },
    stateFile: {
      write: (state: string) => marks.push(state),
      mark: () => Promise.resolve(),
    },
    log,
    profile: () => DEFAULT_PROFILE,
    addresses: () => null,
    commandStage: command,
    commandPublisher: command,
    commandRoomServer: command,
    runChecks: () => undefined,
    announce: () => undefined,
    onSession: (state: SessionState) => states.push(state.name),
  } as unknown as ShowOptions
  return { show: new Show(options), said, states, marks, lines, engine }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a show', () => {
  it('that is started before the room of this machine listens waits for it', () => {
    const { show, said } = openShow([], { addresses: null, error: null })
    show.dispatch({ type: 'go-live' })
    expect(show.state.name).toBe('starting')
    said.length = 0
    show.destinationsChanged()
    expect(said).toContain('set-destinations')
    show.destinationsReported([status('local', 'publishing')])
    expect(show.state.name).toBe('live')
    show.close()
  })

  it('tells its room by which engine it goes, also when that changes', () => {
    const { show, said, engine } = openShow()
    engine.now = 'trtc'
    show.engineChanged()
    show.dispatch({ type: 'go-live' })
    show.destinationsReported([status('local', 'publishing')])
    engine.now = 'stage'
    show.engineChanged()
    show.engineChanged()
    expect(said.filter((one) => one.startsWith('show'))).toEqual(['show live by TRTC', 'show live'])
    show.close()
  })

  it('that is on air, or about to end, leaves no room behind when the app ends', () => {
    const { show, said } = openShow()
    const ends = (): string[] => said.filter((one) => one === 'show over')
    show.leaveRoom()
    expect(ends(), 'there was none').toEqual([])
    show.dispatch({ type: 'go-live' })
    show.destinationsReported([status('local', 'publishing')])
    show.dispatch({ type: 'end' })
    expect([show.state.name, ends().length]).toEqual(['ending', 0])
    show.leaveRoom()
    show.leaveRoom()
    expect(ends()).toHaveLength(1)
    show.senderStopped()
    expect([show.state.name, ends().length]).toEqual(['ended', 1])
    show.close()
  })

  it('that is covered before it begins is so from its first frame, and a stage made anew hears which card', () => {
    const { show, said } = openShow()
    const soon = { kind: 'starting-soon', text: '', notice: '' } as const
    show.setStatus({ held: { status: soon, noticeSaid: true, noticeBefore: null, pausedBefore: false }, paused: true })
    expect(said, 'off air nobody sees it').toEqual([])
    show.dispatch({ type: 'go-live' })
    expect(said.indexOf('set-paused')).toBeLessThan(said.indexOf('start-program'))
    show.destinationsReported([status('local', 'publishing')])
    expect(show.state.name).toBe('paused')
    expect(said).toContain('show paused')
    said.length = 0
    show.tellStage()
    expect(said).toEqual(['set-paused', 'set-line', 'start-program'])
    show.setStatus({ held: null, paused: false })
    expect(show.state.name).toBe('live')
    show.close()
  })

  it('that has nowhere to go says so, also when the room of this machine failed', () => {
    const { show } = openShow([], { addresses: null, error: { code: 'room-server.failed', context: { reason: 'x' } } })
    show.dispatch({ type: 'go-live' })
    vi.advanceTimersByTime(1_000)
    expect(show.state).toMatchObject({ name: 'idle', error: { code: 'session.no-destination' } })
    show.close()
  })

  it('tells at its end what it sent, though everything is stopped by then', () => {
    const { show } = openShow()
    show.dispatch({ type: 'go-live' })
    show.destinationsReported([status('local', 'publishing', { sentBytes: 1_000, sentVideoFrames: 30 })])
    show.destinationsReported([status('local', 'publishing', { sentBytes: 9_000, sentVideoFrames: 300, droppedVideoFrames: 2 })])
    show.dispatch({ type: 'end' })
    // The last counters come while it ends, then nothing is wanted any more.
    show.destinationsReported([status('local', 'stopping', { sentBytes: 9_500, sentVideoFrames: 310, droppedVideoFrames: 2 })])
    show.destinationsReported([])
    show.senderStopped()
    expect(show.state).toMatchObject({ name: 'ended', summary: { sentBytes: 9_500, videoFrames: 310, droppedFrames: 2 } })
    show.close()
  })

  it('remembers each impairment until that one is over', () => {
    const { show } = openShow(['local', 'other'])
    show.dispatch({ type: 'go-live' })
    show.destinationsReported([status('local', 'publishing'), status('other', 'publishing')])
    show.destinationsReported([status('local', 'reconnecting'), status('other', 'reconnecting')])
    show.stageDied(crashed)
    expect(show.state).toMatchObject({ name: 'reconnecting', cause: closed })
    show.destinationsReported([status('local', 'publishing'), status('other', 'reconnecting')])
    expect(show.state).toMatchObject({ name: 'degraded', cause: crashed })
    show.programIs('starting', null)
    expect(show.state, 'the program is not back yet').toMatchObject({ name: 'degraded', cause: crashed })
    show.programIs('on', null)
    expect(show.state).toMatchObject({ name: 'degraded', cause: closed })
    show.destinationsReported([status('local', 'publishing'), status('other', 'publishing')])
    expect(show.state.name).toBe('live')
    show.close()
  })

  it('writes a line and a mark for each step of its life, not for each flap', () => {
    const { show, marks, lines } = openShow(['local', 'other'])
    show.dispatch({ type: 'go-live' })
    for (let flap = 0; flap < 20; flap++) {
      show.destinationsReported([status('local', 'publishing'), status('other', 'publishing')])
      show.destinationsReported([status('local', 'publishing'), status('other', 'reconnecting')])
    }
    expect(marks).toEqual(['live'])
    expect(lines).toEqual(['session starting', 'session live', 'the show is impaired'])
    show.close()
  })

  it('names the publisher when that is why nobody is reached', () => {
    const { show } = openShow()
    show.dispatch({ type: 'go-live' })
    show.destinationsReported([status('local', 'publishing')])
    show.publisherDied(gone)
    expect(show.state).toMatchObject({ name: 'reconnecting', cause: gone })
    show.destinationsReported([status('local', 'connecting')])
    expect(show.state).toMatchObject({ name: 'reconnecting', cause: gone })
    show.destinationsReported([status('local', 'publishing')])
    expect(show.state.name).toBe('live')
    show.close()
  })

  it('says pause to stage and room, says it again to one that came up, and ends it with the show', () => {
    const { show, said } = openShow()
    show.setPaused(true)
    expect(said, 'there is no show').toEqual([])
    show.dispatch({ type: 'go-live' })
    show.destinationsReported([status('local', 'publishing')])
    said.length = 0
    show.setPaused(true)
    expect(show.state.name).toBe('paused')
    expect(said).toEqual(['set-paused', 'show paused'])
    show.tellStage()
    show.tellRoomServer()
    expect(said).toEqual(['set-paused', 'show paused', 'set-paused', 'set-line', 'start-program', 'show paused'])
    said.length = 0
    show.stageDied(crashed)
    expect(show.state).toMatchObject({ name: 'paused', cause: crashed })
    show.setPaused(false)
    expect(show.state).toMatchObject({ name: 'degraded', cause: crashed })
    expect(said).toEqual(['set-paused', 'show live'])
    show.setPaused(true)
    said.length = 0
    show.dispatch({ type: 'end' })
    expect(said, 'the card stays to the end').toEqual(['set-destinations', 'stop-program'])
    show.senderStopped()
    expect(said.slice(2)).toEqual(['set-paused', 'show over'])
    show.close()
  })

  it('without a destination is over at once, within the deadline of an end', () => {
    const { show, states } = openShow([])
    show.dispatch({ type: 'go-live' })
    expect(show.state.name).toBe('ending')
    vi.advanceTimersByTime(1_000)
    expect(show.state).toMatchObject({ name: 'idle', error: { code: 'session.no-destination' } })
    expect(states).toEqual(['starting', 'ending', 'idle'])
    show.close()
  })
})

describe('the totals of a show', () => {
  it('go on over a restart of the publisher and without a destination that was taken away', () => {
    const totals = new ShowTotals()
    totals.add([status('a', 'publishing', { sentBytes: 100, sentVideoFrames: 10 }), status('b', 'publishing', { sentBytes: 50, sentVideoFrames: 5 })])
    totals.add([])
    totals.add([status('a', 'publishing', { sentBytes: 30, sentVideoFrames: 3, reconnects: 1 })])
    expect(totals.summary(1, 2)).toEqual({ startedAtMs: 1, endedAtMs: 2, sentBytes: 180, videoFrames: 13, droppedFrames: 0, reconnects: 1 })
    totals.begin()
    expect(totals.summary(1, 2).sentBytes).toBe(0)
  })
})

describe('the encoder', () => {
  it('is behind after two seconds of it, and keeps up again after five', () => {
    const judge = new EncoderJudge()
    const report = (fps: number, times: number): (ErrorInfo | null)[] => Array.from({ length: times }, () => judge.report({ fps, targetFps: 30 }))
    expect(report(10, 4).map((one) => one?.code)).toEqual([undefined, undefined, undefined, 'encoder.overloaded'])
    const [first, ...others] = report(11, 5)
    for (const one of others) expect(one, 'the same cause').toBe(first)
    expect(report(30, 9).at(-1)).not.toBeNull()
    expect(report(20, 1).at(-1)).not.toBeNull()
    expect(report(30, 10).at(-1)).toBeNull()
  })
})

describe('--go-live', () => {
  const open = (): { start: GoLiveAtStart; failed: string[]; went: () => number } => {
    const failed: string[] = []
    let went = 0
    return { start: new GoLiveAtStart({ goLive: () => (went += 1), onFailed: (error) => failed.push(error.code) }), failed, went: () => went }
  }

  it('goes live once, and what fails later is not its business', () => {
    const { start, failed, went } = open()
    start.ready()
    start.ready()
    start.sessionIs({ name: 'starting', sinceMs: 0 })
    start.sessionIs({ name: 'live', liveSinceMs: 0 })
    start.sessionIs({ name: 'idle', error: closed })
    vi.advanceTimersByTime(60_000)
    expect([failed, went()]).toEqual([[], 1])
  })

  it('tells why it did not come to it', () => {
    const { start, failed } = open()
    start.ready()
    start.sessionIs({ name: 'ending', liveSinceMs: null, sinceMs: 0 })
    start.sessionIs({ name: 'idle', error: closed })
    start.fail(crashed)
    expect(failed).toEqual(['publish.closed'])
  })

  it('does not wait for ever', () => {
    const { failed, went } = open()
    vi.advanceTimersByTime(30_000)
    expect([failed, went()]).toEqual([['session.timeout'], 0])
  })

  it('may be cancelled', () => {
    const { start, failed } = open()
    start.ready()
    start.sessionIs({ name: 'idle', error: null })
    expect(failed).toEqual([])
  })
})
