import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ConnectionView, PkView } from '../../../../electron/shared/pk'
import { CrewApi } from '../../../../renderer/room/crew-api'

const VIEW: PkView = {
  ...{ rev: 3, pkId: '0123456789abcdef', state: 'offered', side: 'host', userId: 'c_gil', other: { nick: 'Gil' } },
  ...{ own: 0, others: 0, seconds: 120, remainingMs: 30_000, endsAt: 0, result: null, otherAway: false, rooms: ['c_gil'] },
}
const CONNECTED: ConnectionView = {
  connection: { base: 'http://192.168.1.7:8360', room: 'program', nick: 'Hana', state: 'connected', fault: null, since: 1_795_000_000 },
}
const ROOM = 'http://127.0.0.1:1/api/rooms/program'

/** Answers each request with this. @returns what was asked */
function served(answer: unknown): { method: string; url: string; body: unknown; token: string | null }[] {
  const asked: { method: string; url: string; body: unknown; token: string | null }[] = []
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const token = new Headers(init.headers).get('authorization')
    asked.push({ method: init.method ?? '', url, body: typeof init.body === 'string' ? JSON.parse(init.body) : null, token })
    return new Response(JSON.stringify(answer))
  })
  return asked
}
afterEach(() => vi.unstubAllGlobals())
const crew = new CrewApi({ base: 'http://127.0.0.1:1', roomId: 'program', token: () => 'a-token' })

describe('the crew’s API', () => {
  it('offers, ends, answers and reads a PK', async () => {
    const asked = served(VIEW)
    expect(await crew.startPk('c_gil', 120)).toEqual(VIEW)
    expect(await crew.stopPk()).toEqual(VIEW)
    expect(await crew.answerPk(true)).toEqual(VIEW)
    expect(await crew.pk()).toEqual(VIEW)
    expect(asked).toEqual([
      { method: 'POST', url: `${ROOM}/pk`, body: { userId: 'c_gil', seconds: 120 }, token: 'Bearer a-token' },
      { method: 'DELETE', url: `${ROOM}/pk`, body: null, token: 'Bearer a-token' },
      { method: 'PUT', url: `${ROOM}/pk/answer`, body: { accept: true }, token: 'Bearer a-token' },
      { method: 'GET', url: `${ROOM}/pk`, body: null, token: 'Bearer a-token' },
    ])
  })

  it('connects with another room, and disconnects', async () => {
    const asked = served(CONNECTED)
    const other = { base: 'http://192.168.1.7:8360', room: 'program', token: 'of-the-other-room', nick: 'Hana' }
    expect(await crew.connectRoom(other)).toEqual(CONNECTED)
    expect(await crew.connection()).toEqual(CONNECTED)
    served({ connection: null })
    expect(await crew.disconnectRoom()).toEqual({ connection: null })
    expect(asked).toMatchObject([
      { method: 'PUT', url: `${ROOM}/connection`, body: other },
      { method: 'GET', url: `${ROOM}/connection` },
    ])
  })
})
