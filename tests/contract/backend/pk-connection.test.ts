import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { OtherRoom } from '../../../electron/room-server/backend/pk/other-room'
import type { ConnectionView } from '../../../electron/shared/pk'
import { startTlsFront } from '../../support/tls-front'
import { until } from '../../support/until'
import type { ApiClient } from './support/api-client'
import { CloudBackend, ROOM } from './support/cloud-backend'
import { CONNECTION, PK } from './support/two-rooms'

const DEADLINE_MS = 20_000
const TOKEN = 'a-token-that-nobody-else-may-see'
let house: CloudBackend
let anchor: ApiClient
let strange: Server
let asked: { url: string; token: string }[]
let answer: RequestListener

beforeEach(async () => {
  house = await CloudBackend.start()
  anchor = await house.anchor()
  asked = []
  strange = createServer((request, response) => {
    asked.push({ url: request.url ?? '', token: request.headers.authorization ?? '' })
    answer(request, response)
  })
  await new Promise<void>((resolve) => strange.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await house.close()
  strange.closeAllConnections()
  await new Promise<void>((resolve) => strange.close(() => resolve()))
})

const port = (): number => (strange.address() as AddressInfo).port
const body = (base: string): object => ({ base, room: 'their-room', token: TOKEN, nick: 'Hana' })
const connect = (base = `http://127.0.0.1:${port()}`): Promise<ConnectionView> => anchor.ok<ConnectionView>('PUT', CONNECTION, body(base))
const WORD = { pkId: '', state: 'none', nick: 'Hana', own: 0, others: 0, seconds: 0, elapsedMs: 0, remainingMs: 0, result: null }

describe('a connection', () => {
  it('is with an address and nothing more', async () => {
    for (const base of [
      'ftp://a.example',
      'a.example',
      'http://',
      'http://u:p@a.example',
      'http://a.example/x',
      'http://a.example/?q',
      'http://a.example/#f',
      'file:///etc/passwd',
      'http://a.example?',
    ])
      expect(await anchor.refused('PUT', CONNECTION, body(base)), base).toBe('request.invalid')
    expect(await anchor.refused('PUT', CONNECTION, { ...body('http://127.0.0.1:1'), room: '../x' })).toBe('request.invalid')
    expect(await anchor.refused('PUT', CONNECTION, { ...body('http://127.0.0.1:1'), token: 'a b\r\nc' })).toBe('request.invalid')
    expect(await anchor.ok('GET', CONNECTION)).toEqual({ connection: null })
    expect(await anchor.refused('PUT', `${PK}/answer`, { accept: true })).toBe('pk.not-connected')
  })

  it('is with no address that the server may not connect to, by whatever name', async () => {
    answer = (_request, response) => response.end(JSON.stringify(WORD))
    let inside: RegExp | null = null
    await house.close()
    house = await CloudBackend.start({ config: { mayConnect: (address) => inside?.test(address) !== true } })
    anchor = await house.anchor()
    await connect()
    const before = asked.length
    inside = /^(::ffff:)?(127\.|7f00:)|^::1$/
    for (const host of ['127.0.0.1', '127.1', '0x7f.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]'])
      expect(await anchor.refused('PUT', CONNECTION, body(`http://${host}:${port()}`)), host).toBe('pk.address-not-allowed')
    // Nor does one that stands go on: a name may mean another address than it did.
    await until(
      async () => ((await anchor.ok<ConnectionView>('GET', CONNECTION)).connection?.fault === 'unreachable' ? true : null),
      DEADLINE_MS,
      'the connection to be lost',
    )
    expect(asked.length - before).toBeLessThanOrEqual(1)
  })

  it('does not come into being once it was taken back, however long its name is looked up', async () => {
    answer = (_request, response) => response.end(JSON.stringify(WORD))
    await house.close()
    house = await CloudBackend.start({ config: { mayConnect: () => true } })
    anchor = await house.anchor()
    let found: (may: boolean) => void = () => undefined
    const lookUp = vi.spyOn(OtherRoom.prototype, 'mayConnect').mockReturnValueOnce(new Promise((resolve) => (found = resolve)))
    const put = anchor.ok('PUT', CONNECTION, body(`http://127.0.0.1:${port()}`))
    await until(() => (lookUp.mock.calls.length > 0 ? true : null), DEADLINE_MS, 'the name to be looked up')
    await anchor.ok('DELETE', CONNECTION)
    found(true)
    expect(await put).toEqual({ connection: null })
    expect(asked).toEqual([])
    lookUp.mockRestore()
  })

  it('answers, shows no token, and ends', async () => {
    answer = (_request, response) => response.end(JSON.stringify(WORD))
    const view = await connect(`http://127.0.0.1:${port()}/`)
    expect(view.connection).toMatchObject({ base: `http://127.0.0.1:${port()}`, room: 'their-room', nick: 'Hana', state: 'connected', fault: null })
    expect(JSON.stringify(await anchor.ok('GET', CONNECTION))).not.toContain(TOKEN)
    expect(house.log.join()).not.toContain(TOKEN)
    expect(asked[0]).toEqual({ url: '/api/rooms/their-room/pk/other-room', token: `Bearer ${TOKEN}` })
    await until(() => (asked.length >= 2 ? true : null), DEADLINE_MS, 'the second question')
    expect(await anchor.ok('DELETE', CONNECTION)).toEqual({ connection: null })
    expect(await anchor.ok('DELETE', CONNECTION)).toEqual({ connection: null })
  })

  it.each<[string, RequestListener, string]>([
    ['leads elsewhere', (_request, response) => response.writeHead(302, { Location: '/elsewhere' }).end(), 'unreachable'],
    ['is a page', (_request, response) => response.end('<html>'), 'not-a-room'],
    ['is another API', (_request, response) => response.end(JSON.stringify({ state: 'running' })), 'not-a-room'],
    ['is without bounds', (_request, response) => response.end(JSON.stringify({ ...WORD, more: 'x'.repeat(70_000) })), 'not-a-room'],
    ['has sums that are none', (_request, response) => response.end(JSON.stringify({ ...WORD, own: -1 })), 'not-a-room'],
    ['refuses', (_request, response) => response.writeHead(401).end(JSON.stringify({ code: 'auth.invalid' })), 'refused'],
    ['has a fault', (_request, response) => response.writeHead(503).end('{}'), 'unreachable'],
    ['hangs up', (request) => request.socket.destroy(), 'unreachable'],
  ])('is lost where the answer %s', async (_what, listener, fault) => {
    answer = listener
    expect((await connect()).connection).toMatchObject({ state: 'lost', fault, nick: 'Hana' })
    expect(asked.map(({ url }) => url)).not.toContain('/elsewhere')
    expect(await anchor.refused('PUT', `${PK}/answer`, { accept: true })).toBe('pk.unreachable')
  })

  it('does not wait for ever, and ends while it waits', async () => {
    answer = () => undefined
    expect((await connect()).connection).toMatchObject({ state: 'lost', fault: 'unreachable' })
    expect(await anchor.ok('DELETE', CONNECTION)).toEqual({ connection: null })
  })

  it('is lost where nobody trusts the certificate', async () => {
    const front = await startTlsFront(port())
    expect((await connect(`https://localhost:${front.port}`)).connection).toMatchObject({ state: 'lost', fault: 'certificate' })
    expect(asked).toEqual([])
    await front.close()
  })

  it('is there again when the other room is', async () => {
    answer = (request) => request.socket.destroy()
    await connect()
    answer = (_request, response) => response.end(JSON.stringify(WORD))
    await until(
      async () => ((await anchor.ok<ConnectionView>('GET', CONNECTION)).connection?.state === 'connected' ? true : null),
      DEADLINE_MS,
      'the other room',
    )
    // A room of one's own is not said to know of a PK by that.
    expect(await anchor.ok('GET', `/api/rooms/${ROOM}/pk`)).toMatchObject({ state: 'none', rooms: [] })
  })
})
