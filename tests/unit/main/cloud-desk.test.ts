import { afterEach, expect, it, vi } from 'vitest'
import { CloudDesk } from '../../../electron/main/cloud-desk'
import { CLOUD_SESSION_SECRET, type CloudSettings } from '../../../electron/shared/cloud'

afterEach(() => void vi.unstubAllGlobals())

it('the session in a team’s room is ended there when it is not needed any more', async () => {
  const asked: string[] = []
  vi.stubGlobal('fetch', (url: string, { method }: { method: string }) => {
    asked.push(`${method} ${new URL(url).pathname}`)
    return Promise.resolve(new Response('{}', { status: method === 'DELETE' ? 200 : 503 }))
  })
  const secrets = new Map([[CLOUD_SESSION_SECRET, 'token']])
  let settings: CloudSettings | null = { kind: 'team', server: 'https://rooms.example.com', roomId: 'friday', cloudChat: false }
  let done = (): void => undefined
  const desk = new CloudDesk({
    settings: () => settings,
    save: (next) => void (settings = next),
    secrets: { get: (id) => secrets.get(id) ?? null, set: (id, secret) => void (secret === null ? secrets.delete(id) : secrets.set(id, secret)) },
    nick: () => 'Ada',
    isBusy: () => false,
    place: () => null,
    session: () => Promise.reject(new Error('none')),
    show: () => undefined,
    onMoved: () => new Promise((resolve) => (done = () => resolve(undefined))),
    onTeamReady: () => undefined,
    onTicket: () => undefined,
    log: () => undefined,
  })
  desk.start()
  await vi.waitFor(() => expect(asked).toEqual(['POST /api/session/renew']))
  desk.signOut()
  expect([desk.team, secrets.size]).toEqual([null, 0])
  await Promise.resolve()
  expect(asked).toHaveLength(1)
  done()
  await vi.waitFor(() => expect(asked.at(-1)).toBe('DELETE /api/session'))
  desk.close()
})
