import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RoomLinkDesk } from '../../../electron/main/room-link-desk'
import { SnapshotStore } from '../../../electron/main/snapshot-store'
import type { RoomServerAddresses } from '../../../electron/shared/room-server'
import type { StageCommand } from '../../../electron/shared/stage'
import { snapshotWith } from '../renderer/studio/snapshot'

const HERE = 'http://127.0.0.1:8360'
const THERE = 'http://10.0.0.7:8360'
const HOUR_MS = 3_600_000

/** `METHOD base path` of what was asked, in order, with the token. */
let asked: { what: string; token: string }[]
/** Status of the next renewals, by base; left out: they are given. */
let renewals: Map<string, number>
let given: number
let commands: StageCommand[]
let store: SnapshotStore
let desk: RoomLinkDesk

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
  asked = []
  renewals = new Map()
  given = 0
  commands = []
  vi.stubGlobal('fetch', (url: string, { method, headers }: { method: string; headers: Record<string, string> }) => {
    const { origin, pathname } = new URL(url)
    asked.push({ what: `${method} ${origin === HERE ? 'here' : 'there'} ${pathname}`, token: (headers['authorization'] ?? '').replace('Bearer ', '') })
    const status = pathname === '/api/session/renew' ? (renewals.get(origin) ?? 200) : 200
    if (status === 0) return Promise.reject(new TypeError('away'))
    if (status !== 200) return Promise.resolve(new Response(JSON.stringify({ code: 'auth.invalid', message: 'no' }), { status }))
    given += 1
    const token = `${origin === HERE ? 'here' : 'there'}-${given}`
    const answer = { token, userId: 'c_1', expiresAt: Date.now() / 1_000 + 12 * 3_600, title: 'West' }
    return Promise.resolve(new Response(JSON.stringify(answer), { status: 200 }))
  })
  store = new SnapshotStore(snapshotWith(), () => undefined)
  desk = new RoomLinkDesk({
    store,
    place: () => ({ http: HERE, wire: 'ws://127.0.0.1:8360', roomId: 'program', watch: `${HERE}/watch/`, local: true }),
    addresses: () => ({ http: HERE, wire: 'ws://127.0.0.1:8360', shared: null, secureGuest: null }) as RoomServerAddresses,
    session: () => Promise.resolve({ token: 'anchor' } as never),
    name: () => 'East',
    isRehearsal: () => false,
    isByStage: () => true,
    commandStage: (command) => commands.push(command),
    log: () => undefined,
  })
  await desk.link(`${THERE}/guest/?room=program#invite=abc.def`)
})
afterEach(() => {
  desk.close()
  store.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const linked = (): { there: string; here: string } | null => {
  const command = commands.filter((one) => one.type === 'link-room').at(-1)
  return command?.type === 'link-room' && command.link !== null ? { there: command.link.there.token, here: command.link.here.token } : null
}
const count = (what: string): number => asked.filter((one) => one.what === what).length
const RENEW_THERE = 'POST there /api/session/renew'
const RENEW_HERE = 'POST here /api/session/renew'
const TELL_BACKEND = 'PUT here /api/rooms/program/connection'

describe('a link of two rooms', () => {
  it('outlives its sessions: both are renewed, and stage and backend are given the new ones', async () => {
    const first = linked()
    expect([count(TELL_BACKEND), count(RENEW_THERE)]).toEqual([1, 0])
    await vi.advanceTimersByTimeAsync(4 * HOUR_MS)
    expect([count(RENEW_THERE), count(RENEW_HERE), count(TELL_BACKEND)]).toEqual([1, 1, 2])
    expect(asked.find(({ what }) => what === RENEW_THERE)?.token).toBe(first?.there)
    const second = linked()
    expect(second?.there).toMatch(/^there-/)
    expect(second?.here).toMatch(/^here-/)
    expect(second).not.toEqual(first)
    await vi.advanceTimersByTimeAsync(20 * HOUR_MS)
    expect([count(RENEW_THERE), count(RENEW_HERE)]).toEqual([6, 6])
    expect(asked.filter(({ what }) => what === RENEW_THERE).at(-1)?.token, 'each with the one before').not.toBe(first?.there)
    expect(store.current.otherRoom).toMatchObject({ isLast: false })
  })

  it.each([0, 503, 429])('is renewed a minute later where that room cannot now (%s)', async (status) => {
    renewals.set(THERE, status)
    await vi.advanceTimersByTimeAsync(4 * HOUR_MS)
    renewals.clear()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(count(RENEW_THERE)).toBe(2)
    expect(store.current.otherRoom).toMatchObject({ isLast: false })
  })

  it.each([
    [THERE, RENEW_THERE],
    [HERE, RENEW_HERE],
  ])('says so when %s renews it no more, and goes on while it holds', async (base, renew) => {
    renewals.set(base, 401)
    await vi.advanceTimersByTimeAsync(24 * HOUR_MS)
    expect(count(renew)).toBe(1)
    expect(store.current.otherRoom).toMatchObject({ isLast: true, state: 'connecting' })
    expect(linked()).not.toBeNull()
  })

  it('renews nothing after its end', async () => {
    await desk.unlink()
    const before = asked.length
    await vi.advanceTimersByTimeAsync(24 * HOUR_MS)
    expect(asked).toHaveLength(before)
    expect([linked(), store.current.otherRoom]).toEqual([null, null])
  })

  it('tells its backend again when that was away', async () => {
    desk.roomMoved()
    await vi.advanceTimersByTimeAsync(0)
    expect(count(TELL_BACKEND)).toBe(2)
    expect(linked()).not.toBeNull()
  })
})
