import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ProgramWorker } from '../../../../renderer/stage/program-worker'
import type { FromWorker, ToWorker } from '../../../../renderer/stage/worker-protocol'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const LOG: FromWorker = { type: 'log', level: 'info', message: '' }

function setUp() {
  const events: string[] = []
  const posted: ToWorker[] = []
  const worker = {
    onmessage: null as Worker['onmessage'],
    onerror: null as Worker['onerror'],
    terminated: false,
    postMessage: (message: ToWorker) => void posted.push(message),
    terminate: () => void (worker.terminated = true),
  }
  const program = new ProgramWorker(worker, {
    onOpened: () => events.push('opened'),
    onMessage: ({ type }) => events.push(type),
    onDead: (reason) => events.push(`dead: ${reason}`),
    log: (message) => events.push(`logged: ${message}`),
  })
  const say = (data: FromWorker): void => worker.onmessage?.call(worker as unknown as Worker, { data } as MessageEvent<FromWorker>)
  const throws = (message: string): void => {
    worker.onerror?.call(worker as unknown as Worker, { message } as ErrorEvent)
  }
  return { program, worker, events, posted, say, throws }
}

describe('ProgramWorker', () => {
  it('is open when the worker says so, not before', () => {
    const { events, say } = setUp()
    say(LOG)
    expect(events).toEqual(['log'])
    say({ type: 'opened' })
    expect(events).toEqual(['log', 'opened'])
  })

  it.each<[string, (set: ReturnType<typeof setUp>) => void]>([
    ['says that it could not open', ({ say }) => say({ type: 'open-failed', reason: 'no memory' })],
    ['throws before it is open', ({ throws }) => throws('no memory')],
  ])('dead when it %s, told once', (_, act) => {
    const set = setUp()
    act(set)
    expect(set.events).toEqual(['dead: no memory'])
    expect(set.worker.terminated).toBe(true)
    set.throws('again')
    set.say({ type: 'opened' })
    set.program.send({ type: 'stop-program' })
    vi.advanceTimersByTime(60_000)
    expect(set.events).toHaveLength(1)
    expect(set.posted).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('dead when it does not open in time', () => {
    const { events } = setUp()
    vi.advanceTimersByTime(60_000)
    expect(events).toEqual(['dead: not open after 20 s'])
  })

  it('dead when it falls silent after it was open', () => {
    const { events, say } = setUp()
    say({ type: 'opened' })
    for (let half = 0; half < 40; half++) {
      vi.advanceTimersByTime(500)
      say(LOG)
    }
    expect(events.filter((event) => event.startsWith('dead'))).toEqual([])
    vi.advanceTimersByTime(10_000)
    expect(events.at(-1)).toBe('dead: the worker is silent')
  })

  it('one handler that throws later is a line in the log: the program goes on', () => {
    const { events, say, throws, worker } = setUp()
    say({ type: 'opened' })
    throws('a bug')
    expect(events).toEqual(['opened', 'logged: a bug'])
    expect(worker.terminated).toBe(false)
  })
})
