import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:tls'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Publisher } from '../../electron/publisher/publisher'
import type { DestinationStatus } from '../../electron/shared/destination'
import type { PublisherReport } from '../../electron/shared/publisher'
import { RoomServer } from '../../electron/room-server/room-server'
import { until } from '../support/until'
import { frameRate, isStrictlyMonotonic, probe } from '../support/media/recording'
import { startNginxRtmp, type NginxRtmp } from '../support/nginx'
import { makeClip, ProgramFeed, type Clip } from '../support/program-feed'
import { LineProxy } from '../support/proxy'

const folder = mkdtempSync(join(tmpdir(), 'anchordesk-publisher-'))
let clip: Clip
const cleanups: (() => Promise<void> | void)[] = []

beforeAll(() => {
  clip = makeClip(folder, { seconds: 4, kbps: 1_000 })
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Rig {
  readonly publisher: Publisher
  readonly reports: PublisherReport[]
  readonly advice: number[]
  status(id?: string): DestinationStatus | null
}

function rig(ca?: string): Rig {
  const reports: PublisherReport[] = []
  const advice: number[] = []
  const publisher = new Publisher({
    report: (report) => reports.push(report),
    feedback: (message) => {
      if (message.type === 'bitrate-advice') advice.push(message.videoKbps)
    },
    now: () => performance.now(),
    ...(ca === undefined ? {} : { ca }),
  })
  cleanups.push(() => publisher.close())
  const status = (id = 'a'): DestinationStatus | null => {
    const latest = reports.filter((report) => report.type === 'status').at(-1)
    return latest?.type === 'status' ? ((latest.destinations.find((one) => one.id === id) as DestinationStatus | undefined) ?? null) : null
  }
  return { publisher, reports, advice, status }
}

function feed(publisher: Publisher, choose: () => Clip = () => clip): ProgramFeed {
  const running = new ProgramFeed(choose, (message) => publisher.program(message))
  running.start()
  cleanups.push(() => running.stop())
  return running
}

function push(publisher: Publisher, ...urls: string[]): void {
  publisher.command({ type: 'set-destinations', destinations: urls.map((url, index) => ({ id: 'abc'[index] ?? 'z', url, refreshUrl: false })) })
}

const reaches = (subject: Rig, state: DestinationStatus['state'], deadlineMs = 15_000, id = 'a'): Promise<true> =>
  until(() => (subject.status(id)?.state === state ? true : null), deadlineMs, `${id} to be ${state}`)

/** The first attempt follows at once, so that `reconnecting` may be too short to be seen. */
const leavesAir = (subject: Rig, deadlineMs: number, id = 'a'): Promise<true> =>
  until(() => (subject.status(id)?.state === 'publishing' ? null : true), deadlineMs, `${id} to be off air`)

async function nginx(name: string, port: number | null = null): Promise<NginxRtmp> {
  const server = await startNginxRtmp(join(folder, name), port)
  cleanups.push(() => server.stop())
  return server
}

async function forSeconds(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
}

describe("the publisher against Debian's nginx-rtmp", () => {
  it('is recorded whole, in order and in sync, its query kept', async () => {
    const server = await nginx('whole')
    const subject = rig()
    const running = feed(subject.publisher)
    push(subject.publisher, `${server.url}/show?txSecret=abc&txTime=7FFFFFFF`)
    await reaches(subject, 'publishing')
    await forSeconds(5)
    running.stop()
    await subject.publisher.close()
    const file = await until(() => readdirSync(join(folder, 'whole')).find((name) => name.startsWith('show')) ?? null, 5_000, 'a recording')
    await server.stop()
    const { video, audio } = await probe(join(folder, 'whole', file))
    const stats = subject.reports.filter((report) => report.type === 'status' && report.destinations.length > 0).at(-1)
    const sent = stats?.type === 'status' ? (stats.destinations[0]?.stats?.sentVideoFrames ?? 0) : 0
    expect(video?.codec).toBe('h264')
    expect(audio?.codec).toBe('aac')
    expect(video?.times.length ?? 0).toBeGreaterThan(120)
    expect(video?.times.length ?? 0).toBeGreaterThanOrEqual(sent * 0.98)
    expect(isStrictlyMonotonic(video?.times ?? [])).toBe(true)
    expect(isStrictlyMonotonic(audio?.times ?? [])).toBe(true)
    expect(frameRate(video?.times ?? [])).toBeCloseTo(30, 0)
    expect(Math.abs((video?.times[0] ?? 9) - (audio?.times[0] ?? 0))).toBeLessThan(0.06)
  })

  it('publishes again soon after a server that was killed is back', async () => {
    const server = await nginx('killed')
    const subject = rig()
    feed(subject.publisher)
    push(subject.publisher, `${server.url}/show`)
    await reaches(subject, 'publishing')
    server.process.kill('SIGKILL')
    await leavesAir(subject, 5_000)
    await forSeconds(6)
    await nginx('killed-again', server.port)
    const backAt = performance.now()
    await reaches(subject, 'publishing')
    const tookMs = performance.now() - backAt
    process.stdout.write(`publishing again ${Math.round(tookMs)} ms after the server was back\n`)
    expect(subject.status()?.outageMs ?? 0).toBeGreaterThan(5_000)
  })

  it('notices a black hole and comes back', async () => {
    const server = await nginx('hole')
    const line = new LineProxy(server.port)
    cleanups.push(() => line.close())
    await line.listen()
    const subject = rig()
    feed(subject.publisher)
    push(subject.publisher, `rtmp://127.0.0.1:${line.port}/live/show`)
    await reaches(subject, 'publishing')
    line.setDead(true)
    const deadAt = performance.now()
    await leavesAir(subject, 12_000)
    process.stdout.write(`black hole noticed after ${Math.round(performance.now() - deadAt)} ms\n`)
    expect(subject.status()?.error?.code).toBe('publish.stalled')
    line.setDead(false)
    await reaches(subject, 'publishing', 20_000)
  })

  it('follows a line that falls from 6 to 1 Mbit/s without losing sound', async () => {
    const fast = makeClip(folder, { seconds: 2, kbps: 4_000 })
    const slow = makeClip(folder, { seconds: 2, kbps: 600 })
    const server = await nginx('slow')
    const line = new LineProxy(server.port)
    cleanups.push(() => line.close())
    await line.listen()
    line.setRate(6_000)
    const subject = rig()
    // An encoder that obeys: the next group of pictures is of the bitrate that was advised.
    feed(subject.publisher, () => ((subject.advice.at(-1) ?? 4_000) < 2_000 ? slow : fast))
    subject.publisher.command({ type: 'set-bitrate', videoKbps: 4_000 })
    push(subject.publisher, `rtmp://127.0.0.1:${line.port}/live/show`)
    await reaches(subject, 'publishing')
    await forSeconds(3)
    line.setRate(1_000)
    const fellAt = performance.now()
    await until(() => ((subject.advice.at(-1) ?? 9_999) < 1_000 ? true : null), 8_000, 'a lower bitrate to be advised')
    process.stdout.write(`bitrate adapted after ${Math.round(performance.now() - fellAt)} ms\n`)
    let queueMs = 0
    const watch = setInterval(() => (queueMs = Math.max(queueMs, subject.status()?.stats?.queueMs ?? 0)), 100)
    cleanups.push(() => clearInterval(watch))
    await forSeconds(8)
    process.stdout.write(`longest queue ${Math.round(queueMs)} ms\n`)
    expect(queueMs).toBeLessThanOrEqual(2_000)
    expect(subject.status()?.stats?.droppedAudioFrames).toBe(0)
    expect(subject.status()?.state).toBe('publishing')
  })

  it('keeps one destination going while another stands still', async () => {
    const server = await nginx('two')
    const line = new LineProxy(server.port)
    cleanups.push(() => line.close())
    await line.listen()
    const subject = rig()
    feed(subject.publisher)
    push(subject.publisher, `${server.url}/one`, `rtmp://127.0.0.1:${line.port}/live/two`)
    await reaches(subject, 'publishing', 10_000, 'a')
    await reaches(subject, 'publishing', 10_000, 'b')
    line.setDead(true)
    await leavesAir(subject, 12_000, 'b')
    expect(subject.status('a')?.state).toBe('publishing')
    expect(subject.status('a')?.stats?.droppedVideoFrames).toBe(0)
  })

  it('shows the slate while no program comes, without a disconnect', async () => {
    const server = await nginx('slate')
    const subject = rig()
    const first = feed(subject.publisher)
    push(subject.publisher, `${server.url}/show`)
    await reaches(subject, 'publishing')
    await forSeconds(1)
    first.stop()
    await until(() => (subject.reports.some((report) => report.type === 'status' && report.onAir === 'slate') ? true : null), 2_000, 'the slate')
    await forSeconds(2)
    const second = new ProgramFeed(
      () => clip,
      (message) => subject.publisher.program(message),
    )
    second.start('program-2')
    cleanups.push(() => second.stop())
    await until(() => (subject.reports.filter((report) => report.type === 'status').at(-1)?.onAir === 'program' ? true : null), 3_000, 'the program')
    await forSeconds(1)
    second.stop()
    await subject.publisher.close()
    await server.stop()
    const files = readdirSync(join(folder, 'slate')).filter((name) => name.endsWith('.flv'))
    expect(files).toHaveLength(1)
    const { video, audio } = await probe(join(folder, 'slate', files[0] ?? ''))
    expect(isStrictlyMonotonic(video?.times ?? [])).toBe(true)
    expect(isStrictlyMonotonic(audio?.times ?? [])).toBe(true)
    const gaps = (video?.times ?? []).map((time, index, all) => time - (all[index - 1] ?? time))
    expect(Math.max(...gaps)).toBeLessThan(1)
  })
})

describe('the publisher against servers that refuse', () => {
  async function room(): Promise<{ rtmp: string; key: string }> {
    const key = 'a-stream-key-of-the-tests'
    const server = new RoomServer({
      host: '127.0.0.1',
      httpPort: 0,
      rtmpPort: 0,
      portFallback: false,
      streamKey: key,
      webRoot: folder,
      title: '',
      log: () => undefined,
    })
    const { rtmp } = await server.start()
    cleanups.push(() => server.close())
    return { rtmp, key }
  }

  it('tries a wrong key once and says why', async () => {
    const { rtmp } = await room()
    const subject = rig()
    feed(subject.publisher)
    push(subject.publisher, `${rtmp}/not-the-key`)
    await reaches(subject, 'failed')
    expect(subject.status()?.error?.code).toBe('publish.denied')
    const attempts = subject.reports.filter((report) => report.type === 'log' && report.message.includes('connects to')).length
    expect(attempts).toBe(1)
    expect(JSON.stringify(subject.reports)).not.toContain('not-the-key')
  })

  it('is told BadName beside another publisher and takes the place when it is free', async () => {
    const { rtmp, key } = await room()
    const first = rig()
    feed(first.publisher)
    push(first.publisher, `${rtmp}/${key}`)
    await reaches(first, 'publishing')
    const second = rig()
    feed(second.publisher)
    push(second.publisher, `${rtmp}/${key}`)
    await until(() => (second.status()?.error?.code === 'publish.bad-name' ? true : null), 10_000, 'BadName')
    expect(first.status()?.state).toBe('publishing')
    await first.publisher.close()
    await reaches(second, 'publishing')
  })

  it('gives up an expired address without connecting', async () => {
    const subject = rig()
    feed(subject.publisher)
    push(subject.publisher, 'rtmp://127.0.0.1:9/live/show?txSecret=x&txTime=5C271099')
    await reaches(subject, 'failed')
    expect(subject.status()?.error?.code).toBe('publish.url-expired')
  })

  it('pushes over TLS, and only to a certificate that is trusted', async () => {
    const { rtmp, key } = await room()
    const plainPort = Number(/:(\d+)\//.exec(rtmp)?.[1])
    const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
      keySize: 2048,
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    })
    const front = createTlsServer({ key: pems.private, cert: pems.cert }, (socket) => {
      const inner = connect(plainPort, '127.0.0.1')
      socket.pipe(inner).pipe(socket)
      socket.on('error', () => inner.destroy())
      inner.on('error', () => socket.destroy())
    })
    await new Promise<void>((resolve) => front.listen(0, resolve))
    cleanups.push(() => new Promise<void>((resolve) => front.close(() => resolve())))
    const url = `rtmps://localhost:${(front.address() as AddressInfo).port}/live/${key}`
    const stranger = rig()
    feed(stranger.publisher)
    push(stranger.publisher, url)
    await reaches(stranger, 'failed')
    expect(stranger.status()?.error?.code).toBe('publish.tls')
    const subject = rig(pems.cert)
    feed(subject.publisher)
    push(subject.publisher, url)
    await reaches(subject, 'publishing')
    await subject.publisher.close()
  })
})
