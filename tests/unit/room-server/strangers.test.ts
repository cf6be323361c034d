import { once } from 'node:events'
import { request, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StrangerLog } from '../../../electron/room-server/media/stranger-log'
import { RoomServer } from '../../../electron/room-server/room-server'
import { avcFrame, avcSequenceHeader } from '../../../electron/shared/rtmp/flv'
import { CHUNK_STREAM, MESSAGE } from '../../../electron/shared/rtmp/messages'
import { INGEST } from '../../../electron/shared/thresholds'
import { RtmpClient } from '../../support/rtmp-client'
import { until } from '../../support/until'

const KEY = 'a-stream-key-of-the-tests'
const RUNS = Number(process.env['ANCHORDESK_FUZZ'] ?? 800)
/** Both ports together take well under a millisecond each, where the machine has nothing else to do; a full run is 100,000. */
const FUZZ_DEADLINE_MS = 120_000 + RUNS * 5
const AT_ONCE = 12

let server: RoomServer
let rtmpPort: number
let httpPort: number
let log: string[]
const clients: RtmpClient[] = []

beforeEach(async () => {
  log = []
  server = new RoomServer({
    host: '127.0.0.1',
    httpPort: 0,
    rtmpPort: 0,
    portFallback: false,
    streamKey: KEY,
    webRoot: tmpdir(),
    title: '',
    log: (_level, message) => log.push(message),
  })
  const { rtmp, http } = await server.start()
  rtmpPort = Number(/:(\d+)\//.exec(rtmp)?.[1])
  httpPort = Number(/:(\d+)$/.exec(http)?.[1])
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.destroy()
  await server.close()
})

async function stranger(): Promise<RtmpClient> {
  const client = await RtmpClient.open(rtmpPort)
  clients.push(client)
  return client
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
}

/** The answer's head; an endless one is cut off. */
function get(path: string, host = `127.0.0.1:${httpPort}`): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: httpPort, path, headers: { host } }, (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers })
      response.destroy()
    })
    asked.on('error', reject)
    asked.end()
  })
}

let seed = 1
const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
const garbage = (): Buffer => Buffer.from(Array.from({ length: Math.floor(random() * 400) + 1 }, () => Math.floor(random() * 256)))

/** Sends the bytes and waits until the other side hangs up or has nothing more to say. */
function throwAt(port: number, bytes: Buffer): Promise<void> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes))
    const patience = setTimeout(() => socket.destroy(), 300)
    socket.on('error', () => undefined)
    socket.on('data', () => undefined)
    socket.once('close', () => {
      clearTimeout(patience)
      done()
    })
  })
}

/** Throws `RUNS` malformed inputs; returns by how much the heap has grown after the first tenth. */
async function fuzz(port: number, input: (index: number) => Buffer): Promise<number> {
  let before = 0
  for (let index = 0; index < RUNS; index += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, offset) => throwAt(port, input(index + offset))))
    if (before === 0 && index >= RUNS / 10) before = process.memoryUsage().heapUsed
  }
  return process.memoryUsage().heapUsed - before
}

describe('garbage changes nothing and holds no memory', () => {
  const shaken = Buffer.concat([Buffer.of(3), Buffer.alloc(1_536 * 2)])

  it(
    'at the RTMP port',
    async () => {
      const grown = await fuzz(rtmpPort, (index) => (index % 2 === 0 ? Buffer.concat([shaken, garbage()]) : garbage()))
      expect(server.report()).toMatchObject({ publishing: false, viewers: 0 })
      expect(grown).toBeLessThan(64 * 1024 * 1024)
      await (await stranger()).take('publish', KEY)
    },
    FUZZ_DEADLINE_MS,
  )

  it(
    'at the HTTP port',
    async () => {
      const starts = ['', 'GET /live/program.flv HTTP/1.1\r\nHost: ', 'GET /', 'POST /api/stream HTTP/1.1\r\nContent-Length: ']
      const grown = await fuzz(httpPort, (index) => Buffer.concat([Buffer.from(starts[index % starts.length] ?? ''), garbage(), Buffer.from('\r\n\r\n')]))
      expect(server.report()).toMatchObject({ publishing: false, viewers: 0 })
      expect(grown).toBeLessThan(64 * 1024 * 1024)
      expect((await get('/api/stream')).status).toBe(200)
    },
    FUZZ_DEADLINE_MS,
  )

  it('from somebody who has connected or publishes ends that connection and no other', async () => {
    const watching = await stranger()
    await watching.take('play', 'program')
    for (let round = 0; round < 20; round++) {
      const client = await stranger()
      if (round % 2 === 0) await client.take('publish', KEY)
      else {
        client.command('connect', { app: 'live' })
        await client.status('NetConnection.Connect.Success')
      }
      // A chunk stream that has not begun: not allowed, whatever follows.
      client.raw(Buffer.concat([Buffer.of(0xc0 | 40), garbage()]))
      await client.gone()
      await until(() => (server.report().publishing ? null : true), 20_000, 'the place to be free')
    }
    expect(watching.closed).toBe(false)
  })
})

describe('before anybody has shown a key', () => {
  it.each([
    ['nobody', null],
    ['a viewer', 'play'],
  ] as const)('%s may send long messages', async (_name, role) => {
    const client = await stranger()
    if (role === 'play') await client.take('play', 'program')
    client.send(CHUNK_STREAM.command, { type: MESSAGE.commandAmf0, streamId: 0, timestamp: 0, payload: new Uint8Array(64 * 1024 + 1) })
    await client.gone()
  })

  it('a publisher may, and may no longer when it has left', async () => {
    const client = await stranger()
    await client.take('publish', KEY)
    client.media(MESSAGE.video, 0, avcSequenceHeader(Uint8Array.of(1)))
    client.media(MESSAGE.video, 0, avcFrame(new Uint8Array(1_000_000), true))
    await until(() => (server.report().inKbps > 1_000 ? true : null), 20_000, 'the picture to arrive')
    client.command('deleteStream', null, 1)
    client.media(MESSAGE.video, 33, avcFrame(new Uint8Array(1_000_000), true))
    await client.gone()
  })

  it('a connection without a role is not kept, also when it had one', async () => {
    const silent = await stranger()
    const player = await stranger()
    await player.take('play', 'program')
    player.command('closeStream')
    await Promise.all([silent.gone(INGEST.handshakeTimeoutMs * 2), player.gone(INGEST.handshakeTimeoutMs * 2)])
  })

  it('an address has so many RTMP connections and no more', async () => {
    // All at once: who shows no role is let go after a while, and one after the other the first would be gone before the last has come.
    const all = await Promise.all(Array.from({ length: INGEST.connectionsPerAddress + 1 }, stranger))
    const closed = await until(
      () => {
        const gone = all.filter((client) => client.closed)
        return gone.length > 0 ? gone : null
      },
      20_000,
      'one to be refused',
    )
    expect(closed).toHaveLength(1)
    all.find((client) => !client.closed)?.socket.destroy()
    await until(
      async () => {
        const next = await stranger()
        next.command('connect', { app: 'live' })
        return await Promise.race([next.status('NetConnection.Connect.Success').then(() => true as const), next.gone().then(() => null)])
      },
      20_000,
      'the free place',
    )
  })

  it('an address has so many viewers and event streams and no more', async () => {
    await (await stranger()).take('publish', KEY)
    const open: ReturnType<typeof request>[] = []
    const ask = async (path: string): Promise<number> => {
      const asked = request({ host: '127.0.0.1', port: httpPort, path })
      open.push(asked)
      asked.on('error', () => undefined)
      asked.end()
      const [response] = (await once(asked, 'response')) as [{ statusCode?: number }]
      return response.statusCode ?? 0
    }
    for (const path of ['/live/program.flv', '/api/stream/events']) {
      const answers: number[] = []
      for (let count = 0; count < INGEST.viewersPerAddress + 1; count++) answers.push(await ask(path))
      expect(
        answers.filter((status) => status === 200),
        path,
      ).toHaveLength(INGEST.viewersPerAddress)
      expect(answers.at(-1), path).toBe(429)
    }
    for (const asked of open) asked.destroy()
  })
})

describe('a page of a stranger', () => {
  it('cannot watch through a name of its own, nor read what it fetches', async () => {
    await (await stranger()).take('publish', KEY)
    for (const path of ['/live/program.flv', '/api/stream', '/watch/']) expect((await get(path, 'evil.example')).status, path).toBe(421)
    const { status, headers } = await get('/live/program.flv')
    expect(status).toBe(200)
    expect(headers['access-control-allow-origin']).toBeUndefined()
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
  })
})

describe('the log', () => {
  it('has one line for an address that is refused again and again', async () => {
    for (let count = 0; count < 5; count++) {
      const client = await stranger()
      client.command('connect', { app: 'live' })
      client.command('publish', null, 'not-the-right-key')
      await client.gone()
    }
    expect(log).toEqual([expect.stringMatching(/refused: wrong stream key$/)])
  })

  it('tells later how many were left out, and is bounded in addresses', () => {
    let now = 0
    const lines: string[] = []
    const strangers = new StrangerLog(
      () => now,
      (line) => lines.push(line),
    )
    for (let count = 0; count < 8; count++) strangers.note('10.0.0.1', 'refused')
    now = 10_000
    strangers.note('10.0.0.1', 'refused')
    expect(lines).toEqual(['10.0.0.1: refused', '10.0.0.1: refused (7 more before)'])
    for (let count = 0; count < 5_000; count++) strangers.note(`10.1.${count >> 8}.${count & 255}`, 'refused')
    expect(lines.length).toBeLessThan(300)
  })
})
