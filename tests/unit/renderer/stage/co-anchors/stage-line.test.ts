import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LINE_SILENT_MS } from '../../../../../electron/shared/co-anchor-line'
import { StageLine } from '../../../../../renderer/stage/co-anchors/stage-line'
import { FakeSocket } from './fake-socket'

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function setUp() {
  const sockets: FakeSocket[] = []
  const told: unknown[] = []
  const line = new StageLine({
    address: { wire: 'ws://127.0.0.1:1', room: 'a room', token: 'secret' },
    onNews: (news) => told.push(news),
    onBroken: () => told.push('broken'),
    onEnded: (reason) => told.push(reason),
    log: () => told.push('log'),
    socket: (url) => {
      const socket = new FakeSocket(url)
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
  })
  const newest = (): FakeSocket => sockets.at(-1) ?? new FakeSocket('')
  return { line, sockets, told, newest }
}
const WELCOME = { type: 'welcome', userId: 'anchor', iceServers: [] }

describe('the line of the stage', () => {
  it('says hello, and hears', () => {
    const { line, told, newest } = setUp()
    expect(newest().url).toBe('ws://127.0.0.1:1/line?room=a%20room')
    line.send({ type: 'talk', to: 'a', on: true })
    newest().open()
    newest().say(WELCOME)
    expect([newest().sent, told]).toEqual([[{ type: 'hello', token: 'secret', as: 'stage' }], [WELCOME]])
    line.close()
  })

  it('that breaks is opened with the newest token', () => {
    const { line, told, newest } = setUp()
    newest().open()
    newest().say(WELCOME)
    line.setToken('a newer one')
    expect(newest().closed).toBe(false)
    newest().close()
    vi.advanceTimersByTime(250)
    newest().open()
    expect([newest().sent, told.at(-1)]).toEqual([[{ type: 'hello', token: 'a newer one', as: 'stage' }], 'broken'])
    line.close()
  })

  it('is opened again when it breaks, with growing pauses, and soon again once it was good', () => {
    const { line, sockets, told, newest } = setUp()
    newest().close()
    expect([told, sockets.length]).toEqual([['broken'], 1])
    vi.advanceTimersByTime(250)
    expect(sockets).toHaveLength(2)
    newest().close()
    vi.advanceTimersByTime(250)
    expect(sockets).toHaveLength(2)
    vi.advanceTimersByTime(250)
    newest().open()
    newest().say(WELCOME)
    newest().close()
    vi.advanceTimersByTime(250)
    expect(sockets).toHaveLength(4)
    line.close()
  })

  it('does not come back after a goodbye, and says why', () => {
    const { sockets, told, newest } = setUp()
    newest().open()
    newest().say({ type: 'bye', reason: 'bad-token' })
    vi.advanceTimersByTime(60_000)
    expect([told, sockets.length, newest().closed]).toEqual([['bad-token'], 1, true])
  })

  it('is opened anew when a room server that says it lives falls silent, whatever becomes of the old socket', () => {
    const { line, sockets, told, newest } = setUp()
    newest().open()
    newest().say(WELCOME)
    newest().say({ type: 'alive' })
    vi.advanceTimersByTime(LINE_SILENT_MS - 1)
    newest().say({ type: 'alive' })
    vi.advanceTimersByTime(LINE_SILENT_MS - 1)
    newest().say(WELCOME)
    vi.advanceTimersByTime(LINE_SILENT_MS - 1)
    expect([sockets.length, told]).toEqual([1, [WELCOME, WELCOME]])
    const [dead] = sockets
    // The network is gone: a close is answered by nobody.
    if (dead !== undefined) dead.close = () => (dead.closed = true)
    vi.advanceTimersByTime(1)
    expect([dead?.closed, told.slice(2)]).toEqual([true, ['log', 'broken']])
    vi.advanceTimersByTime(250)
    newest().open()
    dead?.onclose?.()
    expect([sockets.length, newest().sent.length]).toEqual([2, 1])
    line.close()
  })

  it('has no deadline with a room server that never says so, once it has said anything', () => {
    const { line, sockets, newest } = setUp()
    newest().open()
    newest().say(WELCOME)
    vi.advanceTimersByTime(24 * 60 * 60_000)
    expect(sockets).toHaveLength(1)
    line.renew()
    vi.advanceTimersByTime(250)
    newest().open()
    vi.advanceTimersByTime(LINE_SILENT_MS + 500)
    expect(sockets).toHaveLength(3)
    line.close()
  })

  it('what is no news is left out', () => {
    const { line, told, newest } = setUp()
    newest().open()
    for (const data of ['{', '[]', '{"type":"welcome"}', `"${'x'.repeat(70_000)}"`]) newest().say(data)
    expect(told).toEqual(['log', 'log', 'log', 'log'])
    line.close()
  })
})
