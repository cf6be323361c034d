import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { refuseUpgrade, Upgrades } from '../../../electron/room-server/upgrades'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

it('a peer that was refused and never closes does not keep its socket', async () => {
  const server = createServer()
  let atServer: Socket | null = null
  server.on('connection', (socket: Socket) => (atServer = socket))
  new Upgrades(() => true).listenOn(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const peer = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  peer.write('GET /nobody HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nand more')
  let said = ''
  peer.on('data', (data) => (said += data.toString()))
  await once(peer, 'end')
  expect(said).toMatch(/^HTTP\/1\.1 404 /)
  const socket = atServer as Socket | null
  expect(socket?.destroyed).toBe(false)
  vi.advanceTimersByTime(2_000)
  expect(socket?.destroyed).toBe(true)
  peer.destroy()
  server.close()
})

it('nothing is left of one that closes', async () => {
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() })
  refuseUpgrade(socket, '403 Forbidden')
  expect(vi.getTimerCount()).toBe(1)
  socket.push('what nobody reads')
  socket.push(null)
  await once(socket, 'close')
  expect(vi.getTimerCount()).toBe(0)
})
