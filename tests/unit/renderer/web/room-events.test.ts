import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { listenToRoom } from '../../../../renderer/web/watch/room-events'

const CLOSED = 2

class FakeEventSource {
  static readonly CLOSED = CLOSED
  static made: FakeEventSource[] = []
  readonly #listeners = new Map<string, (event: unknown) => void>()
  readyState = 0

  constructor() {
    FakeEventSource.made.push(this)
  }

  addEventListener(type: string, listener: (event: unknown) => void): void {
    this.#listeners.set(type, listener)
  }

  close(): void {
    this.readyState = CLOSED
  }

  fire(type: string, event: unknown = {}): void {
    this.#listeners.get(type)?.(event)
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  FakeEventSource.made = []
  vi.stubGlobal('EventSource', FakeEventSource)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const info = { state: 'live', title: 'Show', sinceMs: 1, viewers: 2 }
const newest = (): FakeEventSource | undefined => FakeEventSource.made.at(-1)

it('hears the room, and nothing that is not its word', () => {
  const heard: unknown[] = []
  const stop = listenToRoom((one) => heard.push(one))
  newest()?.fire('stream', { data: JSON.stringify(info) })
  newest()?.fire('stream', { data: '{' })
  newest()?.fire('stream', { data: '{"state":"?"}' })
  expect(heard).toEqual([info])
  stop()
})

it('asks again after a refusal, more and more slowly, and leaves a cut to the browser', () => {
  const stop = listenToRoom(() => undefined)
  newest()?.fire('error')
  vi.advanceTimersByTime(1_000)
  expect(FakeEventSource.made).toHaveLength(1)
  for (let count = 2; count <= 12; count++) {
    newest()?.close()
    newest()?.fire('error')
    vi.advanceTimersByTime(5_000)
    expect(FakeEventSource.made).toHaveLength(count)
  }
  stop()
})

it('takes a long silence for a dead line, and is quiet when it is stopped', () => {
  const stop = listenToRoom(() => undefined)
  vi.advanceTimersByTime(20_000)
  newest()?.fire('stream', { data: JSON.stringify(info) })
  vi.advanceTimersByTime(20_000)
  expect(FakeEventSource.made).toHaveLength(1)
  vi.advanceTimersByTime(10_000)
  expect(FakeEventSource.made).toHaveLength(2)
  stop()
  vi.advanceTimersByTime(100_000)
  expect(FakeEventSource.made).toHaveLength(2)
})
