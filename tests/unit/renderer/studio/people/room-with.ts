import { vi, type Mock } from 'vitest'
import type { DrawList, DrawOver, Energy, Member, Members } from '../../../../../electron/shared/crew-api'
import type { CrewApi } from '../../../../../renderer/room/crew-api'
import { useVisit } from '../../../../../renderer/room/visit-store'
import { useStudioRoom } from '../../../../../renderer/studio/stores/studio-room'

export function person(nick: string, change: Partial<Member> = {}): Member {
  return { userId: `g_${nick}`, nick, avatar: '', level: 2, role: 'viewer', joinedAt: 0, muted: false, follows: false, member: false, ...change }
}

export function membersOf(members: readonly Member[], change: Partial<Members> = {}): Members {
  return { online: members.length, complete: true, limit: 1_000, members: [...members], ...change }
}

export const OVER: DrawOver = {
  title: 'Poster',
  winners: [{ userId: 'g_Bo', nick: 'Bo', avatar: '', level: 7, role: 'viewer' }],
  proof: {
    v: 1,
    algorithm: 'hmac-sha256-lowest',
    drawId: 'd-1',
    keyword: 'lucky',
    opensAtMs: 0,
    closesAtMs: 1,
    winnersWanted: 1,
    seedSha256: 'e5',
    seed: 'ab'.repeat(32),
    entries: ['g_Bo'],
    winners: ['g_Bo'],
  },
}

export const NO_DRAW: DrawList = { current: null, entries: 0, draws: [] }
export const RUNNING: DrawList = {
  current: {
    v: 1,
    kind: 'draw-open',
    drawId: 'd-1',
    title: 'Poster',
    keyword: 'lucky',
    winners: 1,
    minLevel: 0,
    followersOnly: true,
    until: 4_000_000_000,
    commitment: 'c0ffee',
  },
  entries: 3,
  draws: [{ drawId: 'd-1', title: 'Poster', keyword: 'lucky', state: 'open', openedAt: 0 }],
}
export const CLOSED: DrawList = { current: null, entries: 0, draws: [{ drawId: 'd-1', title: 'Poster', keyword: 'lucky', state: 'closed', openedAt: 0 }] }

export interface FakeCrew {
  readonly members: Mock<() => Promise<Members>>
  readonly online: Mock<() => Promise<number | null>>
  readonly energy: Mock<() => Promise<Energy>>
  readonly draws: Mock<() => Promise<DrawList>>
  readonly drawOver: Mock<() => Promise<DrawOver>>
  readonly startDraw: Mock<(setup: object) => Promise<unknown>>
  readonly finishDraw: Mock<(id: string) => Promise<unknown>>
  readonly cancelDraw: Mock<(id: string) => Promise<unknown>>
  readonly rooms: Mock<() => Promise<readonly unknown[]>>
  readonly broadcast: Mock<(text: string) => Promise<'broadcast' | 'each-room'>>
}

/** The room's API for the crew, as the studio that is inside has it. */
export function crewWith(members: Members): FakeCrew {
  return {
    members: vi.fn(() => Promise.resolve(members)),
    online: vi.fn(() => Promise.resolve(members.online)),
    energy: vi.fn(() => Promise.resolve<Energy>({ show: 1, samples: [] })),
    draws: vi.fn(() => Promise.resolve(NO_DRAW)),
    drawOver: vi.fn(() => Promise.resolve(OVER)),
    startDraw: vi.fn(() => Promise.resolve({})),
    finishDraw: vi.fn(() => Promise.resolve({})),
    cancelDraw: vi.fn(() => Promise.resolve()),
    rooms: vi.fn(() => Promise.resolve([{}, {}])),
    broadcast: vi.fn(() => Promise.resolve<'broadcast' | 'each-room'>('each-room')),
  }
}

/** After the store is there, before the component asks. */
export function enter(crew: FakeCrew): void {
  useStudioRoom().crew = crew as unknown as CrewApi
  useVisit().phase = 'inside'
  useVisit().chat = 'ready'
}
