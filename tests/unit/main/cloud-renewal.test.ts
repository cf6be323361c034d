import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TeamSession } from '../../../electron/main/team-session'
import { TicketKeeper } from '../../../electron/main/ticket-keeper'
import type { RoomSession } from '../../../electron/shared/room-api'
import type { TrtcTicket } from '../../../electron/shared/trtc'

const START_MS = Date.UTC(2026, 0, 1)
const DAY_SEC = 24 * 3_600
/** The server's clock is so far before the one here. */
let skewSec = 0
let asked: { readonly path: string; readonly atSec: number }[] = []
let away = false
const passedSec = (): number => (Date.now() - START_MS) / 1_000
const serverSec = (): number => Math.floor(Date.now() / 1_000) + skewSec

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS, toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  skewSec = 0
  asked = []
  away = false
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push({ path: new URL(url).pathname, atSec: passedSec() })
    if (away) throw new TypeError('fetch failed')
    const body = url.endsWith('/trtc-ticket') ? ticket() : session()
    return new Response(JSON.stringify(body), { headers: { date: new Date(serverSec() * 1_000).toUTCString() } })
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function session(): RoomSession {
  const userSigExpiresAt = serverSec() + DAY_SEC
  return {
    ...{ token: `token-${passedSec()}`, expiresAt: serverSec() + 30 * DAY_SEC, userId: 'a_1', role: 'anchor', roomId: 'friday', nick: 'Ada', avatar: '' },
    ...{ sdkAppId: 1_400_000_001, userSig: `sig-${passedSec()}`, userSigExpiresAt, admin: 'administrator', wire: null },
  }
}

function ticket(): TrtcTicket {
  return { sdkAppId: 1_400_000_001, userId: 'a_1', userSig: `sig-${passedSec()}`, roomId: 'friday', privateMapKey: '', expiresAt: serverSec() + DAY_SEC }
}

function newSession(): { team: TeamSession; kept: (string | null)[] } {
  const kept: (string | null)[] = []
  const team = new TeamSession({
    server: 'https://rooms.example.com',
    roomId: 'friday',
    token: 'of-the-last-run',
    keep: (token) => void kept.push(token),
    onChange: () => undefined,
    onReady: () => undefined,
  })
  return { team, kept }
}

describe('a session at the team’s server', () => {
  it.each([0, 3_600, -3_600])('is renewed 10 minutes before its UserSig ends, by the server’s clock (%i s before)', async (skew) => {
    skewSec = skew
    const { team, kept } = newSession()
    team.start()
    await vi.advanceTimersByTimeAsync(0)
    expect(team.state).toBe('ready')
    expect(team.clockSkewSec).toBe(skew === 0 ? null : skew)
    await vi.advanceTimersByTimeAsync((DAY_SEC - 602) * 1_000)
    expect(asked).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(4_000)
    expect(asked.map(({ path }) => path)).toEqual(['/api/session/renew', '/api/session/renew'])
    expect(kept).toHaveLength(2)
    team.close()
  })

  it('that cannot be renewed is used until its end, and tried again meanwhile', async () => {
    const { team } = newSession()
    team.start()
    await vi.advanceTimersByTimeAsync(0)
    away = true
    await vi.advanceTimersByTimeAsync((DAY_SEC - 599) * 1_000)
    expect(team.state).toBe('unreachable')
    expect((await team.session('Ada')).userSig).toBe('sig-0')
    await vi.advanceTimersByTimeAsync(599_000)
    await expect(team.session('Ada')).rejects.toMatchObject({ code: 'cloud.unreachable' })
    away = false
    await vi.advanceTimersByTimeAsync(15_000)
    expect(team.state).toBe('ready')
    team.close()
    const { length } = asked
    await vi.advanceTimersByTimeAsync(2 * DAY_SEC * 1_000)
    expect(asked).toHaveLength(length)
  })
})

describe('a TRTC ticket', () => {
  const tickets: TrtcTicket[] = []
  const keeper = new TicketKeeper({
    place: () => ({ http: 'https://rooms.example.com', wire: '', roomId: 'friday', watch: '', local: false }),
    session: () => Promise.resolve(session()),
    serverNowSec: () => serverSec(),
    onSessionRefused: () => undefined,
    onTicket: (one) => void tickets.push(one),
    log: () => undefined,
  })

  it('is renewed 10 minutes before it ends, again where the server is away, and not when it is released', async () => {
    skewSec = 90
    const first = await keeper.get()
    await vi.advanceTimersByTimeAsync((DAY_SEC - 602) * 1_000)
    expect(tickets).toEqual([])
    away = true
    await vi.advanceTimersByTimeAsync(4_000)
    expect([asked.length, tickets.length]).toEqual([2, 0])
    away = false
    await vi.advanceTimersByTimeAsync(30_000)
    expect(tickets).toHaveLength(1)
    expect(tickets[0]?.expiresAt).toBeGreaterThan(first.expiresAt)
    keeper.release()
    await vi.advanceTimersByTimeAsync(2 * DAY_SEC * 1_000)
    expect(tickets).toHaveLength(1)
  })
})
