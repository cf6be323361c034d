import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { StageCommand, StageReport } from '../../../../electron/shared/stage'
import { Stage } from '../../../../renderer/stage/stage'
import type { FromWorker, ToWorker } from '../../../../renderer/stage/worker-protocol'
import { camera, sceneOf } from './program/fakes'

/** What getUserMedia answers next; refused until it is allowed. */
let allowed = false
let asked = 0

beforeEach(() => {
  vi.useFakeTimers()
  allowed = false
  asked = 0
  const track = Object.assign(new EventTarget(), { kind: 'video', label: 'Camera', stop: () => undefined, getSettings: () => ({}) })
  vi.stubGlobal('window', new EventTarget())
  vi.stubGlobal('navigator', {
    userAgent: 'Linux',
    mediaDevices: Object.assign(new EventTarget(), {
      enumerateDevices: () => Promise.resolve([]),
      getUserMedia: () => {
        asked += 1
        return allowed ? Promise.resolve({ getTracks: () => [track] }) : Promise.reject(Object.assign(new Error('no'), { name: 'NotAllowedError' }))
      },
    }),
  })
  vi.stubGlobal(
    'MediaStreamTrackProcessor',
    class {
      readonly readable = new ReadableStream()
    },
  )
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function setUp() {
  const reports: StageReport[] = []
  const posted: ToWorker[] = []
  let command: (command: StageCommand) => void = () => undefined
  const worker = {
    onmessage: null as Worker['onmessage'],
    onerror: null as Worker['onerror'],
    postMessage: (message: ToWorker) => void posted.push(message),
    terminate: () => undefined,
  }
  new Stage(
    {
      report: (report) => void reports.push(report),
      onCommand: (listener) => {
        command = listener
        return () => undefined
      },
      resolveCapture: () => Promise.resolve(null),
    },
    worker,
  )
  const say = (data: FromWorker): void => worker.onmessage?.call(worker as unknown as Worker, { data } as MessageEvent<FromWorker>)
  const kinds = (): string[] => reports.map(({ type }) => type)
  const sources = (): StageReport | undefined => reports.filter(({ type }) => type === 'sources').at(-1)
  return { reports, posted, say, kinds, sources, command: (one: StageCommand): void => command(one) }
}

describe('the stage', () => {
  it('is ready when its program is open, not before', async () => {
    const { kinds, say } = setUp()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(kinds()).not.toContain('ready')
    say({ type: 'opened' })
    expect(kinds()).toContain('ready')
  })

  it('without a program it is of no use, and says so', () => {
    const { reports, kinds, say } = setUp()
    say({ type: 'open-failed', reason: 'no memory' })
    expect(reports).toContainEqual({ type: 'failed', reason: 'no memory' })
    expect(kinds()).not.toContain('ready')
  })

  it('hands a pause on', () => {
    const { posted, say, command } = setUp()
    say({ type: 'opened' })
    command({ type: 'set-paused', paused: true, card: { kind: 'starting-soon', text: '' } })
    expect(posted.at(-1)).toEqual({ type: 'paused', paused: true, card: { kind: 'starting-soon', text: '' } })
    command({ type: 'set-line', text: 'Last 10 minutes' })
    expect(posted.at(-1)).toEqual({ type: 'line', text: 'Last 10 minutes' })
  })

  it('a permission that is granted later: refreshing the devices opens what was denied', async () => {
    const { posted, say, command, sources } = setUp()
    say({ type: 'opened' })
    command({ type: 'set-scene', scene: sceneOf(camera('c')) })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(asked).toBe(1)
    expect(sources()).toMatchObject({ sources: { c: { state: 'denied' } } })
    allowed = true
    command({ type: 'refresh-devices' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(posted.map(({ type }) => type)).toContain('video')
    expect(sources()).toMatchObject({ sources: { c: { state: 'active' } } })
  })
})
