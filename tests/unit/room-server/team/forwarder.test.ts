import {
  request as ask,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { connect, createServer as createRawServer, Socket, type AddressInfo, type Server as RawServer } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { isBusiness } from '../../../../electron/room-server/business-path'
import { FORWARDED_HEADER, readForwarded } from '../../../../electron/room-server/team/forwarded-header'
import { Forwarder, FORWARDER_LIMITS, type ForwarderOptions } from '../../../../electron/room-server/team/forwarder'
import { DEPOSED_HEADER } from '../../../../electron/room-server/team/hop'
import type { Leader } from '../../../../electron/room-server/team/leadership'
import { LineForwarder, type LineForwarderOptions } from '../../../../electron/room-server/team/line-forwarder'
import { until } from '../../../support/until'

const DEADLINE_MS = 20_000
const ORIGIN = { address: '203.0.113.7', secure: true }
const opened: (Server | RawServer)[] = []
const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
  for (const server of opened.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  }
})

async function portOf(server: Server | RawServer): Promise<number> {
  opened.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** Who leads, as the test says. */
class FakeLeadership {
  readonly secret = 'secret'
  readonly #listeners = new Set<() => void>()
  leader: Leader | null

  constructor(port: number) {
    this.leader = { epoch: 1, address: `http://127.0.0.1:${port}` }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  follow(epoch: number, port: number): void {
    this.leader = { epoch, address: `http://127.0.0.1:${port}` }
    for (const listener of this.#listeners) listener()
  }
}

async function before(
  leader: RequestListener,
  limits: Partial<NonNullable<ForwarderOptions['limits']>> = {},
): Promise<{ readonly port: number; readonly leadership: FakeLeadership }> {
  const leadership = new FakeLeadership(await portOf(createServer(leader)))
  const forwarder = new Forwarder({ leadership, count: () => undefined, limits: { ...FORWARDER_LIMITS, ...limits } })
  ends.push(() => forwarder.close())
  return { leadership, port: await portOf(createServer((request, response) => void forwarder.forward(request, response, ORIGIN))) }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

function send(port: number, method: string, path: string, body = '', headers: OutgoingHttpHeaders = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    ask({ host: '127.0.0.1', port, path, headers, method }, (answer) => {
      let text = ''
      answer.on('data', (part: Buffer) => (text += part.toString('utf8')))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
    })
      .on('error', reject)
      .end(body)
  })
}
const get = async (port: number, path: string, headers: OutgoingHttpHeaders = {}): Promise<number> => (await send(port, 'GET', path, '', headers)).status
const codeOf = ({ text }: Answer): unknown => (JSON.parse(text) as { code: unknown }).code

describe('what is handed on to the leader', () => {
  it('arrives as it was signed, and without what proxies said of it', async () => {
    const seen: Pick<IncomingMessage, 'url' | 'headers'>[] = []
    const { port } = await before((request, response) => {
      seen.push(request)
      const header = String(request.headers[FORWARDED_HEADER])
      response.statusCode = readForwarded('secret', request, header, Date.now()) === null ? 421 : 200
      response.end()
    })
    for (const path of ["/api/rooms?q='{x}'", '/api/a/../b', '/api//rooms']) {
      expect(await get(port, path, { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.1' })).toBe(200)
      expect(seen.at(-1)?.url).toBe(path)
    }
    for (const { headers } of seen) expect([headers['x-forwarded-for'], headers.forwarded]).toEqual([undefined, undefined])
  })
})

describe('what a leader answers that lost its place over it', () => {
  /** The first to be asked is deposed over it, the next one answers. @returns how often they were asked */
  async function deposedOnce(method: string, path: string, body: string): Promise<{ readonly answer: Answer; readonly times: number }> {
    let times = 0
    const { port } = await before((_request, response) => {
      times += 1
      if (times === 1) response.writeHead(503, { [DEPOSED_HEADER]: '1' }).end('{"code":"server.outcome-unknown"}')
      else response.end('{}')
    })
    return { answer: await send(port, method, path, body), times }
  }

  it.each([
    ['GET', '/api/rooms', ''],
    ['HEAD', '/api/rooms', ''],
    ['POST', '/api/rooms/a/gifts', '{"orderId":"1"}'],
    ['POST', '/api/rooms/a/sessions', '{"nick":"Bo"}'],
    ['POST', '/api/im/callback?CallbackCommand=State.StateChange', '{}'],
    ['POST', '/api/session/renew', '{}'],
  ])('is asked of the next one: %s %s', async (method, path, body) => {
    const { answer, times } = await deposedOnce(method, path, body)
    expect([answer.status, times]).toEqual([200, 2])
    expect(answer.headers[DEPOSED_HEADER]).toBeUndefined()
  })

  it.each([
    ['PUT', '/api/rooms/a/status', '{"status":"live"}'],
    ['DELETE', '/api/rooms/a/mutes/b', ''],
    ['POST', '/api/rooms/a/draws', '{}'],
    ['POST', '/api/rooms/a/gifts/1/refund', '{}'],
    ['POST', '/api/rooms/a/sessions', '{"nick":"Bo","\\u0069nvite":"x"}'],
  ])('is told to whoever asked, and never made again: %s %s', async (method, path, body) => {
    const { answer, times } = await deposedOnce(method, path, body)
    expect([answer.status, times]).toEqual([503, 1])
    expect([codeOf(answer), answer.headers['retry-after']]).toEqual(['server.outcome-unknown', '1'])
  })
})

describe('what is held of requests', () => {
  it('is bounded in how many there are', async () => {
    const waiting: ServerResponse[] = []
    let isOver = false
    const { port } = await before((_request, response) => void (isOver ? response.end('{}') : waiting.push(response)), { underWay: 2 })
    const first = [get(port, '/api/rooms'), get(port, '/api/rooms')]
    await until(() => (waiting.length === 2 ? true : null), DEADLINE_MS, 'both to be under way')
    const third = await send(port, 'GET', '/api/rooms')
    expect([third.status, third.headers['retry-after'], codeOf(third)]).toEqual([503, '1', 'server.changing'])
    isOver = true
    for (const response of waiting) response.end('{}')
    expect(await Promise.all(first)).toEqual([200, 200])
    await until(async () => ((await get(port, '/api/rooms')) === 200 ? true : null), DEADLINE_MS, 'a place')
  })

  it('is bounded in the bodies that are read, of those that say no length, too', async () => {
    const bodies: string[] = []
    const { port } = await before(
      (request, response) => {
        let text = ''
        request.on('data', (part: Buffer) => (text += part.toString('utf8')))
        request.on('end', () => {
          bodies.push(text)
          response.end('{}')
        })
      },
      { bodyBytes: 2_000, bodiesBytes: 2_500 },
    )
    // The first one's is held while it is not over.
    const slow = ask({ host: '127.0.0.1', port, path: '/api/rooms/a/gifts', method: 'POST' })
    const slowAnswer = once(slow, 'response') as Promise<[IncomingMessage]>
    slow.write('a'.repeat(1_500))
    const refused = await until(
      async () => {
        const answer = await send(port, 'POST', '/api/rooms/a/gifts', 'b'.repeat(1_500), { 'transfer-encoding': 'chunked' })
        return answer.status === 503 ? answer : null
      },
      DEADLINE_MS,
      'the first body to be held',
    )
    expect([refused.headers['retry-after'], codeOf(refused)]).toEqual(['1', 'server.changing'])
    const tooLarge = await send(port, 'POST', '/api/rooms/a/gifts', 'c'.repeat(2_001), { 'transfer-encoding': 'chunked' })
    expect([tooLarge.status, codeOf(tooLarge)]).toEqual([413, 'request.too-large'])
    slow.end()
    const [answer] = await slowAnswer
    answer.resume()
    expect(answer.statusCode).toBe(200)
    expect(bodies).toContain('a'.repeat(1_500))
    expect((await send(port, 'POST', '/api/rooms/a/gifts', 'd'.repeat(1_500))).status).toBe(200)
    expect(bodies.some((body) => body.startsWith('c'))).toBe(false)
  })

  it('is bounded in the answers until they are read, and says what may be done then', async () => {
    let times = 0
    const { port } = await before(
      (_request, response) => {
        times += 1
        response.end('x'.repeat(3_000))
      },
      { answersBytes: 2_000 },
    )
    const read = await send(port, 'GET', '/api/rooms')
    expect([read.status, read.headers['retry-after'], codeOf(read)]).toEqual([503, '1', 'server.changing'])
    const done = await send(port, 'POST', '/api/rooms/a/draws', '{}')
    expect([done.status, done.headers['retry-after'], codeOf(done)]).toEqual([503, '1', 'server.outcome-unknown'])
    expect(times).toBe(2)
  })
})

describe('a line to the leader', () => {
  async function follower(leadership: FakeLeadership, more: Partial<LineForwarderOptions> = {}): Promise<number> {
    const lines = new LineForwarder({ leadership, holdMs: DEADLINE_MS, joined: () => undefined, ...more })
    ends.push(() => lines.close())
    const server = createServer()
    server.on('upgrade', (request, socket, head) => void lines.forward(request, socket, head, ORIGIN))
    return portOf(server)
  }
  const UPGRADE = 'GET /line?room=a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'

  it('is over at both ends when another one leads', async () => {
    const heard: string[] = []
    let isOver = false
    // Stands still: it takes everything and closes nothing.
    const leader = await portOf(
      createRawServer((socket) => {
        socket.on('data', (bytes) => heard.push(bytes.toString('utf8')))
        socket.on('close', () => (isOver = true))
        socket.on('error', () => socket.destroy())
      }),
    )
    const leadership = new FakeLeadership(leader)
    const page = connect(await follower(leadership), '127.0.0.1')
    page.write(UPGRADE)
    await until(() => (heard.join('').includes('GET /line?room=a HTTP/1.1') ? true : null), DEADLINE_MS, 'the leader to be asked')
    const closed = once(page, 'close')
    leadership.follow(1, leader)
    expect(page.destroyed).toBe(false)
    leadership.follow(2, leader)
    await closed
    await until(() => (isOver ? true : null), DEADLINE_MS, 'the other end to close')
  })

  it('is refused where the leader cannot be connected with', async () => {
    const gone = createRawServer()
    const port = await portOf(gone)
    await new Promise((resolve) => gone.close(resolve))
    const page = connect(await follower(new FakeLeadership(port)), '127.0.0.1')
    page.write(UPGRADE)
    const [first] = (await once(page, 'data')) as [Buffer]
    expect(first.toString('utf8')).toMatch(/^HTTP\/1\.1 503 /)
    page.destroy()
  })

  it('is refused where connecting takes too long', async () => {
    const page = connect(await follower(new FakeLeadership(1), { connectMs: 20, connect: () => new Socket() }), '127.0.0.1')
    page.write(UPGRADE)
    const [first] = (await once(page, 'data')) as [Buffer]
    expect(first.toString('utf8')).toMatch(/^HTTP\/1\.1 503 /)
    page.destroy()
  })
})

describe('a path that leads out of the business', () => {
  it('is none of its', () => {
    for (const path of ['/api/../metrics', '/api/%2e%2E/metrics', '/api/./x', '/api/x/..']) expect(isBusiness(path)).toBe(false)
    for (const path of ['/api/rooms', '/api/rooms/a.b', '/api/rooms/..a']) expect(isBusiness(path)).toBe(true)
  })
})
