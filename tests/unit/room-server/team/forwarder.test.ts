import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request as ask } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { isBusiness } from '../../../../electron/room-server/business-path'
import { FORWARDED_HEADER, readForwarded } from '../../../../electron/room-server/team/forwarded-header'
import { DEPOSED_HEADER, Forwarder } from '../../../../electron/room-server/team/forwarder'

const opened: Server[] = []
const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
  for (const server of opened.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  opened.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function before(leader: RequestListener): Promise<number> {
  const port = await serve(leader)
  const leadership = { leader: { epoch: 1, address: `http://127.0.0.1:${port}` }, secret: 'secret', onChange: () => () => undefined }
  const forwarder = new Forwarder({ leadership, count: () => undefined })
  ends.push(() => forwarder.close())
  return serve((request, response) => void forwarder.forward(request, response, { address: '203.0.113.7', secure: true }))
}

function get(port: number, path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    ask({ host: '127.0.0.1', port, path, headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}

describe('what is handed on to the leader', () => {
  it('arrives as it was signed, and without what proxies said of it', async () => {
    const seen: Pick<IncomingMessage, 'url' | 'headers'>[] = []
    const port = await before((request, response) => {
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

  it('is made again where the leader lost its place over it', async () => {
    let times = 0
    const port = await before((_request, response) => {
      times += 1
      if (times === 1) response.writeHead(503, { [DEPOSED_HEADER]: '1' })
      response.end()
    })
    expect(await get(port, '/api/rooms')).toBe(200)
    expect(times).toBe(2)
  })
})

describe('a path that leads out of the business', () => {
  it('is none of its', () => {
    for (const path of ['/api/../metrics', '/api/%2e%2E/metrics', '/api/./x', '/api/x/..']) expect(isBusiness(path)).toBe(false)
    for (const path of ['/api/rooms', '/api/rooms/a.b', '/api/rooms/..a']) expect(isBusiness(path)).toBe(true)
  })
})
