import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect, type AddressInfo } from 'node:net'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseRoomServerCommandLine } from '../../../electron/room-server/command-line'
import { LiveStream, type StreamTag } from '../../../electron/room-server/media/live-stream'
import { ViewerFeed } from '../../../electron/room-server/media/viewer-feed'
import { RoomServer } from '../../../electron/room-server/room-server'
import { keptStreamKey } from '../../../electron/room-server/stream-key-file'
import { isAllowedHost } from '../../../electron/room-server/web/host-check'
import { PageFiles } from '../../../electron/room-server/web/page-files'
import { avcFrame, avcSequenceHeader, FLV_TAG } from '../../../electron/shared/rtmp/flv'
import { INGEST } from '../../../electron/shared/thresholds'

const KEY = 'a-stream-key-of-the-tests'
const RUNS = Number(process.env['ANCHORDESK_FUZZ'] ?? 1_500)
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'anchordesk-room-'))
  mkdirSync(join(folder, 'web', 'watch'), { recursive: true })
  writeFileSync(join(folder, 'web', 'watch', 'index.html'), '<!doctype html>')
  writeFileSync(join(folder, 'secret.html'), 'secret')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the command line', () => {
  it('has defaults and takes its flags', () => {
    expect(parseRoomServerCommandLine([])).toMatchObject({ kind: 'run', options: { host: '127.0.0.1', httpPort: 8_360, rtmpPort: 19_350 } })
    expect(parseRoomServerCommandLine(['--http-port', '0', '--stream-key', KEY])).toMatchObject({ kind: 'run', options: { httpPort: 0, streamKey: KEY } })
    expect(parseRoomServerCommandLine(['--help'])).toEqual({ kind: 'help' })
  })

  it.each([[['--http-port', 'x']], [['--rtmp-port', '70000']], [['--stream-key', 'short']], [['--host', 'evil host']], [['--nonsense']], [['word']]])(
    'refuses %j',
    (argv) => {
      expect(parseRoomServerCommandLine(argv).kind).toBe('error')
    },
  )

  it('keeps the stream key it made', () => {
    expect(keptStreamKey(join(folder, 'data'))).toBe(keptStreamKey(join(folder, 'data')))
  })
})

describe('names and files', () => {
  it('answers to this machine alone unless shared', () => {
    for (const host of ['localhost:8360', '127.0.0.1:1', '[::1]:1']) expect(isAllowedHost(host, false), host).toBe(true)
    for (const host of ['evil.example:8360', '192.168.1.5:8360', '']) expect(isAllowedHost(host, false), host).toBe(false)
    expect(isAllowedHost('192.168.1.5:8360', true)).toBe(true)
    expect(isAllowedHost('evil.example:8360', true)).toBe(false)
  })

  it('serves its folder and nothing else', async () => {
    const pages = new PageFiles(join(folder, 'web'))
    expect((await pages.read('/watch/'))?.contentType).toContain('text/html')
    for (const path of ['/../secret.html', '/%2e%2e/secret.html', '/..%5csecret.html', '/watch/nothing.html', '/watch', '/%00.html', '/%zz'])
      expect(await pages.read(path), path).toBeNull()
  })
})

const header = avcSequenceHeader(Uint8Array.of(1, 2, 3))
const frame = (keyFrame: boolean, size = 100): Uint8Array => avcFrame(new Uint8Array(size), keyFrame)

function viewer(stream: LiveStream, queuedBytes: () => number): { feed: ViewerFeed; got: { key: boolean; header: boolean; timestamp: number }[] } {
  const got: { key: boolean; header: boolean; timestamp: number }[] = []
  const feed = new ViewerFeed(stream, {
    get queuedBytes() {
      return queuedBytes()
    },
    begin: () => undefined,
    write: (tag: StreamTag, timestamp) => got.push({ key: tag.keyFrame, header: tag.header, timestamp }),
  })
  return { feed, got }
}

describe('a stream', () => {
  it('begins for each viewer at a key frame and time 0', () => {
    const stream = new LiveStream()
    stream.start(0)
    stream.push(FLV_TAG.video, 0, header, 0)
    for (let index = 0; index < 10; index++) stream.push(FLV_TAG.video, 1_000 + index * 33, frame(index === 5), index)
    const { got } = viewer(stream, () => 0)
    expect(got.map((one) => [one.header, one.key, one.timestamp])).toEqual([
      [true, false, 0],
      [false, true, 0],
      [false, false, 33],
      [false, false, 66],
      [false, false, 99],
      [false, false, 132],
    ])
  })

  it('goes on for its viewers when the publisher comes back and counts from 0', () => {
    const stream = new LiveStream()
    const { got } = viewer(stream, () => 0)
    for (const begin of [0, 60_000]) {
      stream.start(begin)
      stream.push(FLV_TAG.video, 0, header, begin)
      for (let index = 0; index < 30; index++) stream.push(FLV_TAG.video, index * 33, frame(index === 0), begin + index * 33)
      stream.end()
    }
    const times = got.filter((one) => !one.header).map((one) => one.timestamp)
    expect(times).toHaveLength(60)
    expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(true)
  })

  it('skips to a key frame for a viewer who is slow, and only for that one', () => {
    const stream = new LiveStream()
    let queued = 0
    stream.start(0)
    stream.push(FLV_TAG.video, 0, header, 0)
    const slow = viewer(stream, () => queued)
    const quick = viewer(stream, () => 0)
    for (let index = 0; index < 90; index++) {
      if (index === 20) queued = INGEST.viewerHighWaterBytes + 1
      if (index === 50) queued = 0
      stream.push(FLV_TAG.video, index * 33, frame(index % 30 === 0), index)
    }
    expect(quick.got.filter((one) => !one.header)).toHaveLength(90)
    expect(slow.feed.skips).toBe(1)
    const shown = slow.got.filter((one) => !one.header)
    expect(shown).toHaveLength(20 + 30)
    expect(shown[20]?.key).toBe(true)
  })

  it('never remembers more than its bound', () => {
    const stream = new LiveStream()
    stream.start(0)
    stream.push(FLV_TAG.video, 0, header, 0)
    stream.push(FLV_TAG.video, 0, frame(true), 0)
    for (let index = 0; index < 100; index++) stream.push(FLV_TAG.video, index, frame(false, 1_000_000), index)
    const bytes = stream.begin.reduce((sum, tag) => sum + tag.body.length, 0)
    expect(bytes).toBeLessThan(INGEST.gopCacheMaxBytes + 2_000_000)
  })
})

describe('ports', () => {
  const options = { host: '127.0.0.1', httpPort: 0, rtmpPort: 0, portFallback: false, streamKey: KEY, webRoot: '', title: '', log: () => undefined }

  it('that are taken are told, or replaced when that is allowed', async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const taken = (other.address() as AddressInfo).port
    const strict = new RoomServer({ ...options, httpPort: taken })
    await expect(strict.start()).rejects.toMatchObject({ code: 'room-server.port-busy', context: { port: taken, use: 'HTTP' } })
    const yielding = new RoomServer({ ...options, httpPort: taken, portFallback: true })
    expect((await yielding.start()).http).not.toContain(`:${taken}`)
    await yielding.close()
    other.close()
  })

  it('survive strangers: garbage changes nothing and holds no memory', async () => {
    const server = new RoomServer(options)
    const { rtmp, http } = await server.start()
    const rtmpPort = Number(/:(\d+)\//.exec(rtmp)?.[1])
    const httpPort = Number(/:(\d+)$/.exec(http)?.[1])
    let seed = 1
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
    const garbage = (): Buffer => Buffer.from(Array.from({ length: Math.floor(random() * 400) + 1 }, () => Math.floor(random() * 256)))
    const shaken = Buffer.concat([Buffer.of(3), Buffer.alloc(1_536 * 2)])
    const heaps: number[] = []
    const one = (index: number): Promise<void> =>
      new Promise((done) => {
        const toRtmp = index % 2 === 0
        const socket = connect(toRtmp ? rtmpPort : httpPort, '127.0.0.1')
        const bytes = toRtmp
          ? index % 4 === 0
            ? Buffer.concat([shaken, garbage()])
            : garbage()
          : Buffer.concat([Buffer.from(index % 3 === 0 ? 'GET /live/program.flv HTTP/1.1\r\nHost: ' : ''), garbage(), Buffer.from('\r\n\r\n')])
        socket.on('error', () => undefined)
        socket.on('data', () => undefined)
        socket.once('close', () => done())
        socket.once('connect', () => socket.end(bytes))
        setTimeout(() => socket.destroy(), 300).unref()
      })
    for (let index = 0; index < RUNS; index += 12) {
      await Promise.all(Array.from({ length: 12 }, (_, offset) => one(index + offset)))
      if (index % 1_200 === 0) heaps.push(process.memoryUsage().heapUsed)
    }
    expect(server.report()).toMatchObject({ publishing: false, viewers: 0 })
    const status = await new Promise<number>((done) => request(`${http}/api/stream`, (response) => done(response.resume().statusCode ?? 0)).end())
    expect(status).toBe(200)
    expect((heaps.at(-1) ?? 0) - (heaps[1] ?? heaps[0] ?? 0)).toBeLessThan(64 * 1024 * 1024)
    await server.close()
  })
})
