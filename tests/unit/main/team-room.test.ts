import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TeamRoom } from '../../../electron/main/team-room'
import { TeamSession } from '../../../electron/main/team-session'

interface Asked {
  readonly method: string
  readonly path: string
  readonly body: unknown
}

let asked: Asked[] = []
/** By method; the others are taken. */
let refusals: Record<string, number> = {}
/** Answers wait for it. */
let line: Promise<void>
const log: string[] = []
let room: TeamRoom

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  asked = []
  refusals = {}
  line = Promise.resolve()
  log.length = 0
  vi.stubGlobal('fetch', async (url: string, { method, body }: { method: string; body: string }) => {
    asked.push({ method, path: new URL(url).pathname, body: JSON.parse(body) as unknown })
    await line
    const status = refusals[method] ?? 200
    return new Response(JSON.stringify(status === 200 ? {} : { code: 'request.invalid', message: 'no' }), { status })
  })
  const session = new TeamSession({
    server: 'https://rooms.example.com',
    roomId: 'friday',
    token: 'a token',
    keep: () => undefined,
    onChange: () => undefined,
    onReady: () => undefined,
  })
  room = new TeamRoom(session, (level, message) => void log.push(`${level}: ${message}`))
})
afterEach(() => {
  room.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const saidTitles = (): unknown[] => asked.filter(({ method }) => method === 'PATCH').map(({ body }) => body)

describe('what a team’s room is told of its show', () => {
  it.each([
    ['x'.repeat(120), 'x'.repeat(100)],
    ['文'.repeat(40), '文'.repeat(33)],
    [`${'x'.repeat(97)}👍🏽`, 'x'.repeat(97)],
    ['Friday', 'Friday'],
  ])('has of a title %j as much as a room takes, in whole characters', async (title, told) => {
    room.setTitle(title)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(saidTitles()).toEqual([{ title: told }])
  })

  it.each([400, 403, 404, 413])('is not said again when it is refused for good (%i), and what comes after it is said', async (status) => {
    refusals = { PUT: status }
    room.show('live')
    room.setTitle('Friday')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked.map(({ method }) => method)).toEqual(['PUT', 'PATCH'])
    expect(log).toEqual(['warn: the room does not take what it is told of its show: no'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([408, 429, 500, 503])('is said again after what may pass (%i)', async (status) => {
    refusals = { PATCH: status }
    room.setTitle('Friday')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(saidTitles()).toHaveLength(2)
    refusals = {}
    await vi.advanceTimersByTimeAsync(5_000)
    expect(saidTitles()).toHaveLength(3)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(saidTitles()).toHaveLength(3)
  })

  it('is said once more when the app ends soon after it could not be', async () => {
    refusals = { PUT: 503 }
    room.show('over')
    await vi.advanceTimersByTimeAsync(0)
    refusals = {}
    const told = room.settled(2_000)
    room.close()
    await vi.advanceTimersByTimeAsync(0)
    await told
    expect([asked.map(({ body }) => body), vi.getTimerCount()]).toEqual([[{ state: 'over' }, { state: 'over' }], 0])
  })

  it('reaches its server before the app is gone, as far as that answers in time', async () => {
    let answer = (): void => undefined
    line = new Promise((resolve) => (answer = resolve))
    room.show('over')
    let gone = false
    const leave = (): void => void room.settled(2_000).then(() => (gone = true))
    leave()
    room.close()
    await vi.advanceTimersByTimeAsync(1_000)
    expect([asked.length, gone]).toEqual([1, false])
    answer()
    await vi.advanceTimersByTimeAsync(0)
    expect([gone, vi.getTimerCount()]).toEqual([true, 0])
    gone = false
    line = new Promise(() => undefined)
    room.show('over')
    leave()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(gone).toBe(true)
  })
})
