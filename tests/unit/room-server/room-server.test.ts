import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { localAddress, networkAddress, urlHost } from '../../../electron/room-server/addresses'
import { parseRoomServerCommandLine } from '../../../electron/room-server/command-line'
import { LiveStream, type StreamTag } from '../../../electron/room-server/media/live-stream'
import { ViewerFeed } from '../../../electron/room-server/media/viewer-feed'
import { RoomServer } from '../../../electron/room-server/room-server'
import { keptStreamKey } from '../../../electron/room-server/stream-key-file'
import { createWebApp } from '../../../electron/room-server/web/app'
import { isAllowedHost } from '../../../electron/room-server/web/host-check'
import { PageFiles } from '../../../electron/room-server/web/page-files'
import { CLOUD_TRTC_SOURCES } from '../../../electron/shared/cloud'
import { AnchorError } from '../../../electron/shared/errors'
import { avcFrame, avcSequenceHeader, FLV_TAG } from '../../../electron/shared/rtmp/flv'
import { INGEST } from '../../../electron/shared/thresholds'
import { freePort } from '../../support/nginx'
import { until } from '../../support/until'

const KEY = 'a-stream-key-of-the-tests'
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
    expect(parseRoomServerCommandLine(['--public-url', 'https://Room.example.com/'])).toMatchObject({ options: { publicUrl: 'https://room.example.com' } })
    const iceServers = [{ urls: ['stun:stun.example.org'] }, { urls: ['turn:10.0.0.2:3478?transport=tcp'], username: 'ada', credential: 'secret' }]
    const argv = ['--ice-server', 'stun:stun.example.org', '--ice-server', 'turn:10.0.0.2:3478?transport=tcp,ada,secret']
    expect(parseRoomServerCommandLine(argv)).toMatchObject({ kind: 'run', options: { chat: { iceServers } } })
    const cloud = ['--css-push-domain', 'push.example.com', '--css-key-file', 'css.txt']
    expect(parseRoomServerCommandLine([...cloud, '--cloud-secret-id', 'AKIDexample', '--cloud-secret-key-file', 'k'])).toMatchObject({
      options: {
        chat: {
          css: { pushDomain: 'push.example.com', playDomain: null, keyFile: 'css.txt' },
          cloud: { secretKeyFile: 'k', endpoint: 'https://trtc.tencentcloudapi.com', region: 'ap-guangzhou' },
        },
      },
    })
  })

  it.each([
    [['--http-port', 'x']],
    [['--rtmp-port', '70000']],
    [['--stream-key', 'short']],
    [['--host', 'evil host']],
    [['--public-url', 'room.example.com']],
    [['--public-url', 'ftp://room.example.com']],
    [['--public-url', 'https://room.example.com/rooms']],
    [['--public-url', 'https://ada:secret@room.example.com']],
    [['--public-url', 'https://room.example.com', '--im', 'https://console.tim.qq.com', '--sdkappid', '1', '--secret-key', 'a-key-of-the-tests']],
    [['--nonsense']],
    [['word']],
    [['--ice-server', 'http://stun.example.org']],
    [['--ice-server', 'turn:turn.example.org']],
    [['--ice-server', 'turn:a,b,c,d']],
    [['--css-push-domain', 'push.example.com']],
    [['--css-push-domain', 'a/b', '--css-key-file', 'k']],
    [['--cloud-secret-id', 'AKIDexample']],
    [['--cloud-secret-id', 'AKIDexample', '--cloud-secret-key-file', 'k', '--cloud-api', 'trtc']],
    [['--ice-server', 'stun:a,b,c']],
    [Array.from({ length: 9 }, () => ['--ice-server', 'stun:a']).flat()],
  ])('refuses %j', (argv) => {
    expect(parseRoomServerCommandLine(argv).kind).toBe('error')
  })

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

describe('what a page may do', () => {
  const headersOf = async (path: string, cloudChat: boolean): Promise<Headers> => {
    const info = { state: 'offline', title: '', sinceMs: null, viewers: 0 } as const
    const app = createWebApp({
      webRoot: join(folder, 'web'),
      shared: false,
      cloudChat,
      info: () => info,
      onInfo: () => () => undefined,
    })
    return (await app.request(path, { headers: { host: 'localhost:8360' } })).headers
  }

  it('a co-anchor’s has camera, microphone and a line to this server, wherever the chat is', async () => {
    for (const cloudChat of [false, true]) {
      const headers = await headersOf('/guest/?room=program', cloudChat)
      expect(headers.get('permissions-policy')).toBe('camera=(self), microphone=(self)')
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
      expect(/connect-src [^;]*/.exec(policy)?.[0]).toMatch(/^connect-src 'self' .*ws:\/\/localhost:8360 wss:\/\/localhost:8360$/)
    }
    expect((await headersOf('/guest', false)).get('location')).toBe('/guest/')
  })

  it('a co-anchor’s may reach TRTC where the room is one of the cloud, and no page anywhere else', async () => {
    const reaches = async (path: string, cloudChat: boolean): Promise<boolean> =>
      ((await headersOf(path, cloudChat)).get('content-security-policy') ?? '').includes(CLOUD_TRTC_SOURCES)
    expect(await Promise.all([reaches('/guest/', true), reaches('/guest/', false), reaches('/watch/', true)])).toEqual([true, false, false])
  })

  it('no other has a camera or a microphone', async () => {
    for (const path of ['/watch/', '/', '/guesthouse/']) expect((await headersOf(path, false)).get('permissions-policy')).toBe('camera=(), microphone=()')
    expect((await headersOf('/watch/', true)).get('content-security-policy')).not.toContain('localhost')
  })
})

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

  it('forgets the metadata of the publisher before', () => {
    const stream = new LiveStream()
    stream.start(0)
    stream.setMetadata(Uint8Array.of(1))
    stream.end()
    stream.start(1_000)
    expect(stream.metadata).toBeNull()
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

  it('are both closed when one of them is taken', async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const rtmpPort = (other.address() as AddressInfo).port
    // A port that is free may be given to anybody before and after: then it is another one's turn.
    await until(
      async () => {
        const httpPort = await freePort()
        const error: unknown = await new RoomServer({ ...options, httpPort, rtmpPort }).start().catch((reason: unknown) => reason)
        expect(error).toMatchObject({ code: 'room-server.port-busy' })
        if (!(error instanceof AnchorError) || error.context['use'] !== 'RTMP') return null
        const again = createServer()
        const isFree = await new Promise<boolean>((done) => again.once('error', () => done(false)).listen(httpPort, '127.0.0.1', () => done(true)))
        again.close()
        return isFree ? true : null
      },
      20_000,
      'the other port to be free again',
    )
    other.close()
  })

  it('on IPv6 have addresses that can be used', async () => {
    const server = new RoomServer({ ...options, host: '::1' })
    const { http, rtmp, watch, shared } = await server.start()
    expect(http).toMatch(/^http:\/\/\[::1\]:\d+$/)
    expect(rtmp).toMatch(/^rtmp:\/\/\[::1\]:\d+\/live$/)
    expect(watch).toBe(`${http}/watch/`)
    expect(shared).toBeNull()
    const status = await new Promise<number>((done) => request(`${http}/api/stream`, (response) => done(response.resume().statusCode ?? 0)).end())
    expect(status).toBe(200)
    await server.close()
  })
})

describe('a server behind a proxy', () => {
  it('is asked by its public name, and tells addresses of it', async () => {
    const publicUrl = 'https://room.example.com'
    const chat = { dataDir: join(folder, 'proxied'), app: { sdkAppId: 1_400_000_001, secretKey: 'a-secret-key-of-the-tests' } }
    const server = new RoomServer({
      ...{ host: '127.0.0.1', httpPort: 0, rtmpPort: 0, portFallback: false, streamKey: KEY, webRoot: join(folder, 'web'), title: '', chat, publicUrl },
      log: () => undefined,
    })
    const { http, watch, secureGuest, wire } = await server.start()
    expect([watch, secureGuest, wire]).toEqual([`${publicUrl}/watch/`, `${publicUrl}/guest/`, http.replace('http:', 'ws:')])
    const ask = (host: string, path: string, body?: string): Promise<{ status: number; text: string }> =>
      new Promise((done, failed) => {
        request(`${http}${path}`, { method: body === undefined ? 'GET' : 'POST', headers: { host, 'content-type': 'application/json' } }, (response) => {
          let text = ''
          response.on('data', (bytes: Buffer) => (text += bytes.toString('utf8')))
          response.on('end', () => done({ status: response.statusCode ?? 0, text }))
        })
          .on('error', failed)
          .end(body)
      })
    for (const path of ['/watch/', '/api/stream', '/api/gifts']) {
      expect((await ask('room.example.com', path)).status, path).toBe(200)
      expect((await ask('evil.example.com', path)).status, path).toBe(421)
    }
    // Nobody publishes; it is not for the name that it is refused.
    expect((await ask('room.example.com', '/live/program.flv')).status).toBe(404)
    expect(JSON.parse((await ask('room.example.com', '/api/rooms/program/sessions', '{"nick":"Bo"}')).text)).toMatchObject({ wire: 'wss://room.example.com' })
    expect(JSON.parse((await ask(new URL(http).host, '/api/rooms/program/sessions', '{"nick":"Bo"}')).text)).toMatchObject({ wire })
    await server.close()
  })
})

describe('the events of the stream', () => {
  it('tell the last of many changes at once, whenever it comes', async () => {
    const server = new RoomServer({
      host: '127.0.0.1',
      httpPort: 0,
      rtmpPort: 0,
      portFallback: false,
      streamKey: KEY,
      webRoot: '',
      title: 'first',
      log: () => undefined,
    })
    const { http } = await server.start()
    let heard = ''
    const asked = request(`${http}/api/stream/events`, (response) => response.on('data', (bytes: Buffer) => (heard += bytes.toString('utf8'))))
    asked.on('error', () => undefined)
    asked.end()
    const hears = (title: string): Promise<true> => until(() => (heard.includes(`"title":"${title}"`) ? true : null), 20_000, title)
    await hears('first')
    for (let change = 0; change < 40; change++) {
      server.setTitle(`title ${change}`)
      // Some of these fall into the writing of the one before.
      for (let step = 0; step < change; step++) await Promise.resolve()
      server.setTitle(`changed ${change}`)
      await hears(`changed ${change}`)
    }
    asked.destroy()
    await server.close()
  })
})

describe('the addresses for others', () => {
  it('are those of the network, in brackets where needed', () => {
    for (const host of ['127.0.0.1', '::1']) expect(networkAddress(host), host).toBeNull()
    expect(networkAddress('192.0.2.7')).toBe('192.0.2.7')
    expect(networkAddress('::')).toBe(networkAddress('0.0.0.0'))
    expect([localAddress('0.0.0.0'), localAddress('::'), localAddress('192.0.2.7')]).toEqual(['127.0.0.1', '::1', '192.0.2.7'])
    expect([urlHost('::1'), urlHost('127.0.0.1')]).toEqual(['[::1]', '127.0.0.1'])
  })
})
