import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { RoomServer } from '../../../electron/room-server/room-server'
import { LINE_PATH, type LineRequest } from '../../../electron/shared/co-anchor-line'
import type { RoomSession } from '../../../electron/shared/room-api'
import type { RoomServerAddresses } from '../../../electron/shared/room-server'
import { SDK_APP_ID, SECRET_KEY } from '../im/support/room-server-process'
import { ROOM } from './support/cloud-backend'

const dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-https-'))
const log: string[] = []
let server: RoomServer
let addresses: RoomServerAddresses
/** What a browser would be asked to accept. */
let certificate: string
let port: number

const open = (host: string, httpsPort: number): RoomServer =>
  new RoomServer({
    host,
    httpPort: 0,
    rtmpPort: 0,
    httpsPort,
    portFallback: false,
    streamKey: 'a-stream-key-of-the-tests',
    webRoot: dataDir,
    title: 'Friday night',
    chat: { dataDir, app: { sdkAppId: SDK_APP_ID, secretKey: SECRET_KEY } },
    log: (level, message) => void log.push(`${level}: ${message}`),
  })

beforeAll(async () => {
  // Somebody has the port: any free one takes its place.
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '0.0.0.0', resolve))
  const taken = (other.address() as AddressInfo).port
  server = open('0.0.0.0', taken)
  addresses = await server.start()
  other.close()
  port = Number(new URL(addresses.secureGuest ?? '').port)
  expect(port).not.toBe(taken)
  certificate = (JSON.parse(readFileSync(join(dataDir, 'https-certificate.json'), 'utf8')) as { cert: string }).cert
})
afterAll(async () => {
  await server.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function ask(method: string, path: string, body = ''): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const asked = request({ host: '127.0.0.1', port, method, path, ca: certificate, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

describe('HTTPS for co-anchors on other machines', () => {
  it('serves the same, and tells the chat’s address as secure', async () => {
    expect(new URL(addresses.secureGuest ?? '').pathname).toBe('/guest/')
    expect(await ask('GET', '/healthz')).toEqual({ status: 200, text: 'ok\n' })
    const { status, text } = await ask('POST', `/api/rooms/${ROOM}/sessions`, JSON.stringify({ nick: 'Bo' }))
    expect(status).toBe(200)
    expect((JSON.parse(text) as RoomSession).wire).toBe(`wss://127.0.0.1:${port}`)
  })

  it('has the lines', async () => {
    const session = await server.anchorSession('Ada')
    const socket = new WebSocket(`wss://127.0.0.1:${port}${LINE_PATH}?room=${ROOM}`, { ca: certificate, origin: `https://127.0.0.1:${port}` })
    const first = new Promise<string>((resolve, reject) => {
      socket.once('message', (data: Buffer) => resolve(data.toString('utf8')))
      socket.once('error', reject)
    })
    socket.once('open', () => socket.send(JSON.stringify({ type: 'hello', token: session?.token ?? '', as: 'stage' } satisfies LineRequest)))
    expect(JSON.parse(await first)).toMatchObject({ type: 'welcome', userId: 'anchor' })
    socket.terminate()
  })

  it('is not there for this machine alone, which needs none', async () => {
    await server.close()
    server = open('127.0.0.1', 0)
    expect(await server.start()).toMatchObject({ shared: null, secureGuest: null })
  })
})
