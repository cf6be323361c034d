import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { BackendConfig } from '../../../../../electron/room-server/backend/config'
import { Connections } from '../../../../../electron/room-server/backend/pk/connections'
import type { Pks } from '../../../../../electron/room-server/backend/pk/pks'
import { SkippingTime } from '../../../../fakes/skipping-time'
import { until } from '../../../../support/until'

const WORD = { pkId: '', state: 'none', nick: 'Hana', own: 0, others: 0, seconds: 0, elapsedMs: 0, remainingMs: 0, result: null }
const DEADLINE_MS = 20_000
const asked: string[] = []
const server = createServer((request, response) => {
  asked.push(/rooms\/([^/]+)/.exec(request.url ?? '')?.[1] ?? '')
  response.end(JSON.stringify(WORD))
})
const askedOf = (room: string): number => asked.filter((one) => one === room).length

beforeEach(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())))

it('of two connections made at once the newer one stays, and nobody asks for the other', async () => {
  const time = new SkippingTime()
  const leaving: (() => void)[] = []
  const left = (): Promise<void> => new Promise((resolve) => leaving.push(resolve))
  const pks = { left, guestScore: async () => null, hostSays: async () => undefined } as unknown as Pks
  const connections = new Connections({ pks, config: { log: () => undefined } as unknown as BackendConfig, clock: time, timers: time, mayTell: () => true })
  const connect = (room: string): Promise<void> =>
    connections.connect('here', { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, room, token: 'a-token' }, '')
  await connect('first')
  const both = [connect('second'), connect('third')]
  await until(() => (leaving.length === 2 ? true : null), DEADLINE_MS, 'both to leave the one before')
  for (const go of leaving) go()
  await Promise.all(both)
  expect(connections.view('here').connection?.room).toBe('third')
  await until(
    () => {
      time.skip(1_000)
      return askedOf('third') >= 3 ? true : null
    },
    DEADLINE_MS,
    'the third room to be asked',
  )
  expect(askedOf('second')).toBe(0)
  expect(askedOf('first')).toBe(1)
  await connections.close()
  server.closeAllConnections()
})
