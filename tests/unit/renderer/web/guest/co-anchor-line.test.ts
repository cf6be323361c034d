// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LINE_SILENT_MS, type LineNews } from '../../../../../electron/shared/co-anchor-line'
import { CoAnchorLine, type LineSocket } from '../../../../../renderer/web/guest/co-anchor-line'

class FakeSocket extends EventTarget {
  readonly sent: string[] = []
  closed = 0
  readonly readyState = 1

  send(text: string): void {
    this.sent.push(text)
  }

  close(): void {
    this.closed += 1
  }

  tell(news: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data: typeof news === 'string' ? news : JSON.stringify(news) }))
  }

  end(): void {
    this.dispatchEvent(new Event('close'))
  }
}

let sockets: FakeSocket[]
let states: string[]
let news: LineNews[]
let token: () => Promise<string>
let line: CoAnchorLine
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const latest = (): FakeSocket => sockets.at(-1) as FakeSocket
const WELCOME = { type: 'welcome', userId: 'c-bo', iceServers: [] }

async function comeIn(): Promise<void> {
  latest().dispatchEvent(new Event('open'))
  await settle()
  latest().tell(WELCOME)
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  ;[sockets, states, news] = [[], [], []]
  token = async () => 'token-1'
  line = new CoAnchorLine('ws://h/line?room=program', { token: () => token(), onNews: (one) => news.push(one), onState: (state) => states.push(state) }, () => {
    const socket = new FakeSocket()
    sockets.push(socket)
    return socket as unknown as LineSocket
  })
})
afterEach(() => {
  line.close()
  expect(vi.getTimerCount(), 'a closed line has no timer').toBe(0)
  vi.useRealTimers()
})

it('says hello, is welcomed, and is heard from then on', async () => {
  line.open()
  expect(line.send({ type: 'checks', checks: { camera: 'pass', microphone: 'pass', echo: 'pass', line: 'pass' } })).toBe(false)
  await comeIn()
  expect(latest().sent.map((text) => JSON.parse(text))).toEqual([{ type: 'hello', token: 'token-1', as: 'co-anchor' }])
  expect([states, news]).toEqual([['connecting', 'open'], [WELCOME]])
  expect(line.send({ type: 'signal', to: null, call: 'c', signal: { candidate: null } })).toBe(true)
})

it('is opened anew when a room server that says it lives falls silent; one that never says so may be silent', async () => {
  line.open()
  await comeIn()
  await settle(60 * 60_000)
  expect(sockets).toHaveLength(1)
  latest().tell({ type: 'alive' })
  await settle(LINE_SILENT_MS - 1)
  latest().tell({ type: 'stage', present: false })
  await settle(LINE_SILENT_MS - 1)
  expect([sockets.length, states.at(-1)]).toEqual([1, 'open'])
  await settle(1)
  expect([sockets.length, sockets[0]?.closed, states.at(-1)]).toEqual([2, 1, 'connecting'])
  await comeIn()
  expect([states.at(-1), news.map(({ type }) => type)]).toEqual(['open', ['welcome', 'stage', 'welcome']])
  // Another version may have come back.
  await settle(60 * 60_000)
  expect(sockets).toHaveLength(2)
})

it('comes back by itself, later and later, and at once when the network is there again', async () => {
  line.open()
  for (const ms of [500, 1_000, 2_000, 4_000, 4_000]) {
    const count = sockets.length
    latest().end()
    await settle(ms - 1)
    expect(sockets).toHaveLength(count)
    await settle(1)
    expect(sockets).toHaveLength(count + 1)
  }
  latest().end()
  window.dispatchEvent(new Event('online'))
  expect(sockets).toHaveLength(7)
  await comeIn()
  latest().end()
  await settle(500)
  expect(sockets, 'once welcomed, it begins from the start').toHaveLength(8)
})

it('gives up a socket that is not welcomed, and hears nothing of it any more', async () => {
  line.open()
  const silent = latest()
  await settle(6_500)
  expect([sockets.length, silent.closed]).toEqual([2, 1])
  silent.tell({ type: 'bye', reason: 'replaced' })
  expect(news).toEqual([])
})

it('stays closed after a bye', async () => {
  line.open()
  await comeIn()
  latest().tell({ type: 'bye', reason: 'removed' })
  latest().end()
  window.dispatchEvent(new Event('online'))
  await settle(60_000)
  expect([sockets.length, news.at(-1)]).toEqual([1, { type: 'bye', reason: 'removed' }])
  line.open()
  expect(sockets, 'somebody wants it again').toHaveLength(2)
})

it('asks for the token again when there was none', async () => {
  token = async () => Promise.reject(new Error('away'))
  line.open()
  latest().dispatchEvent(new Event('open'))
  await settle(500)
  expect(sockets).toHaveLength(2)
})

describe('nonsense', () => {
  it.each(['', '{', 'null', '{"type":"stage"}', '{"type":"new-thing"}', '{"type":"stage","present":"yes"}'])('is not heard: %s', async (text) => {
    line.open()
    await comeIn()
    latest().tell(text)
    expect(news).toEqual([WELCOME])
  })
})
