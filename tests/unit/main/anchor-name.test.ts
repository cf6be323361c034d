import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TeamSession } from '../../../electron/main/team-session'
import { studioVerbs } from '../../../electron/shared/ipc'

let asked: { readonly path: string; readonly nick: string | undefined }[] = []
/** Of the next renames; null = they are taken. */
let refusal: { readonly status: number; readonly code: string } | null = null
let changes = 0
let team: TeamSession

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  asked = []
  refusal = null
  changes = 0
  vi.stubGlobal('fetch', (url: string, { body }: { body: string }) => {
    const { pathname } = new URL(url)
    const { nick } = JSON.parse(body) as { nick?: string }
    asked.push({ path: pathname, nick })
    if (refusal !== null && pathname === '/api/session/profile')
      return Promise.resolve(new Response(JSON.stringify({ code: refusal.code, message: 'not that word' }), { status: refusal.status }))
    const endsAt = Date.now() / 1_000 + 24 * 3_600
    const session = {
      ...{ token: 'token', expiresAt: endsAt, userId: 'a_1', role: 'anchor', roomId: 'friday', nick: nick ?? 'Ada', avatar: '' },
      ...{ sdkAppId: 1_400_000_001, userSig: 'sig', userSigExpiresAt: endsAt, admin: 'administrator', wire: null },
    }
    return Promise.resolve(new Response(JSON.stringify(session)))
  })
  team = new TeamSession({
    server: 'https://rooms.example.com',
    roomId: 'friday',
    token: null,
    keep: () => undefined,
    onChange: () => void (changes += 1),
    onReady: () => undefined,
  })
})
afterEach(() => {
  team.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the anchor’s name in a team’s room', () => {
  it('is cut to what a room takes, between characters', async () => {
    await team.open('invite', '主'.repeat(25))
    expect(asked.at(-1)?.nick).toBe('主'.repeat(20))
    expect((await team.session('播'.repeat(25))).nick).toBe('播'.repeat(20))
    await team.session('播'.repeat(25))
    expect(asked).toHaveLength(2)
  })

  it('that the server does not take keeps nobody out, is said, and is not asked for again', async () => {
    await team.open('invite', 'Ada')
    refusal = { status: 400, code: 'text.refused' }
    changes = 0
    expect(await team.session('Badword')).toMatchObject({ token: 'token', nick: 'Ada' })
    expect([team.state, team.error]).toEqual(['ready', { code: 'cloud.name-refused', context: { host: 'rooms.example.com', reason: 'not that word' } }])
    expect(changes).toBe(1)
    await team.session('Badword')
    expect([asked.length, changes]).toEqual([2, 1])
    await team.session('Ada')
    expect(team.error).toBeNull()
    refusal = null
    expect((await team.session('Eve')).nick).toBe('Eve')
  })

  it.each([429, 500, 503])('is asked for again after what may pass (%i)', async (status) => {
    await team.open('invite', 'Ada')
    refusal = { status, code: '' }
    expect((await team.session('Eve')).nick).toBe('Ada')
    expect(team.error).toBeNull()
    refusal = null
    expect((await team.session('Eve')).nick).toBe('Eve')
  })

  it('is bounded in bytes where the studio sets it', () => {
    const takes = (name: string): boolean => studioVerbs['room.setAnchorName'].safeParse({ name }).success
    expect([takes('x'.repeat(60)), takes('主'.repeat(20)), takes('主'.repeat(21)), takes('x'.repeat(61))]).toEqual([true, true, false, false])
  })
})
