import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RoomServer } from '../../electron/room-server/room-server'
import { avOffsetsMs, medianOf, probe } from '../support/media/recording'
import { startNginxRtmp, type NginxRtmp } from '../support/nginx'
import { makeClip, type Clip } from '../support/program-feed'
import { LineProxy } from '../support/proxy'
import { PublisherRig } from '../support/publisher-rig'
import { forMs, until } from '../support/until'

const folder = mkdtempSync(join(tmpdir(), 'anchordesk-faults-'))
let clip: Clip
const cleanups: (() => Promise<void> | void)[] = []

beforeAll(() => {
  clip = makeClip(folder, { seconds: 4, kbps: 1_000 })
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function rig(): PublisherRig {
  const made = new PublisherRig()
  cleanups.push(() => made.close())
  return made
}

async function nginx(name: string, port: number | null = null): Promise<NginxRtmp> {
  const server = await startNginxRtmp(join(folder, name), port)
  cleanups.push(() => server.stop())
  return server
}

async function lineTo(server: NginxRtmp): Promise<{ line: LineProxy; url(stream: string): string }> {
  const line = new LineProxy(server.port)
  await line.listen()
  cleanups.push(() => line.close())
  return { line, url: (stream) => `rtmp://127.0.0.1:${line.port}/live/${stream}` }
}

function say(what: string, sinceMs: number): void {
  process.stdout.write(`${what} ${Math.round(performance.now() - sinceMs)} ms\n`)
}

describe('the publisher on a bad line', () => {
  it('publishes again soon after a server that was killed is back', async () => {
    const server = await nginx('killed')
    const subject = rig()
    subject.feed(() => clip)
    subject.push(`${server.url}/show`)
    await subject.reaches('publishing')
    server.process.kill('SIGKILL')
    await subject.leavesAir(5_000)
    await forMs(6_000)
    await nginx('killed-again', server.port)
    const backAtMs = performance.now()
    await subject.reaches('publishing')
    say('server back → publishing:', backAtMs)
    expect(subject.status()?.outageMs ?? 0).toBeGreaterThan(5_000)
  })

  it('notices a cut that nobody tells it of, and publishes again soon after it is mended', async () => {
    const { line, url } = await lineTo(await nginx('cut'))
    const subject = rig()
    subject.feed(() => clip)
    subject.push(url('show'))
    await subject.reaches('publishing')
    line.setCut(true)
    const cutAtMs = performance.now()
    await subject.leavesAir(12_000)
    say('cut → noticed:', cutAtMs)
    expect(subject.status()?.error?.code).toBe('publish.stalled')
    await until(() => (subject.status()?.error?.code === 'publish.timeout' ? true : null), 20_000, 'an attempt that leads nowhere')
    line.setCut(false)
    const backAtMs = performance.now()
    await subject.reaches('publishing', 20_000)
    say('line back → publishing:', backAtMs)
  })

  it('follows a line that falls from 6 to 1 Mbit/s: no sound is lost, and what arrives is in sync', async () => {
    const fast = makeClip(folder, { seconds: 2, kbps: 4_000 })
    const slow = makeClip(folder, { seconds: 2, kbps: 600 })
    const server = await nginx('slow')
    const { line, url } = await lineTo(server)
    line.setRate(6_000)
    const subject = rig()
    // An encoder that obeys: the next group of pictures is of the bitrate that was advised.
    subject.feed(() => ((subject.advice.at(-1) ?? 4_000) < 2_000 ? slow : fast))
    subject.publisher.command({ type: 'set-bitrate', videoKbps: 4_000 })
    subject.push(url('show'))
    await subject.reaches('publishing')
    await forMs(3_000)
    line.setRate(1_000)
    const fellAtMs = performance.now()
    await until(() => ((subject.advice.at(-1) ?? 9_999) < 1_000 ? true : null), 20_000, 'a lower bitrate to be advised')
    say('bitrate adapted after', fellAtMs)
    let queueMs = 0
    const watch = setInterval(() => (queueMs = Math.max(queueMs, subject.status()?.stats?.queueMs ?? 0)), 100)
    cleanups.push(() => clearInterval(watch))
    await forMs(8_000)
    process.stdout.write(`longest queue ${Math.round(queueMs)} ms\n`)
    expect(queueMs).toBeLessThanOrEqual(2_000)
    expect(subject.status()).toMatchObject({ state: 'publishing', stats: { droppedAudioFrames: 0, reconnects: 0 } })
    // A stage that was started anew meanwhile is told the same.
    const advice = subject.advice.at(-1)
    subject.publisher.programAttached()
    expect(subject.advice.at(-1)).toBe(advice)

    await subject.close()
    await server.stop()
    const file = readdirSync(join(folder, 'slow')).find((name) => name.endsWith('.flv')) ?? ''
    const recording = join(folder, 'slow', file)
    const { audio } = await probe(recording)
    const gaps = (audio?.times ?? []).map((time, index, all) => time - (all[index - 1] ?? time))
    expect(Math.max(...gaps)).toBeLessThan(0.05)
    const offsets = await avOffsetsMs(recording)
    expect(offsets.length).toBeGreaterThanOrEqual(3)
    // A flash whose first picture was left out is seen one picture later than its beep.
    expect(Math.abs(medianOf(offsets))).toBeLessThan(100)
  })

  it('keeps one destination going while another stands still', async () => {
    const server = await nginx('two')
    const { line, url } = await lineTo(server)
    const subject = rig()
    subject.feed(() => clip)
    subject.push(`${server.url}/one`, url('two'))
    await subject.reaches('publishing', 20_000, 'a')
    await subject.reaches('publishing', 20_000, 'b')
    line.setDead(true)
    await subject.leavesAir(12_000, 'b')
    expect(subject.status('a')).toMatchObject({ state: 'publishing', stats: { droppedVideoFrames: 0 } })
  })
})

describe('the publisher and servers that refuse', () => {
  const KEY = 'a-stream-key-of-the-tests'

  async function room(): Promise<string> {
    const server = new RoomServer({
      host: '127.0.0.1',
      httpPort: 0,
      rtmpPort: 0,
      portFallback: false,
      streamKey: KEY,
      webRoot: folder,
      title: '',
      log: () => undefined,
    })
    const { rtmp } = await server.start()
    cleanups.push(() => server.close())
    return rtmp
  }

  it('tries a wrong key once and says why', async () => {
    const rtmp = await room()
    const subject = rig()
    subject.feed(() => clip)
    subject.push(`${rtmp}/not-the-key`)
    await subject.reaches('failed')
    expect(subject.status()?.error?.code).toBe('publish.denied')
    expect(subject.attempts).toBe(1)
    expect(JSON.stringify(subject.reports)).not.toContain('not-the-key')
  })

  it('is told BadName beside another publisher and takes the place when it is free', async () => {
    const rtmp = await room()
    const first = rig()
    first.feed(() => clip)
    first.push(`${rtmp}/${KEY}`)
    await first.reaches('publishing')
    const second = rig()
    second.feed(() => clip)
    second.push(`${rtmp}/${KEY}`)
    await until(() => (second.status()?.error?.code === 'publish.bad-name' ? true : null), 20_000, 'BadName')
    expect(first.status()?.state).toBe('publishing')
    await first.close()
    await second.reaches('publishing')
  })

  it('gives up an expired address without connecting', async () => {
    const subject = rig()
    subject.feed(() => clip)
    subject.push('rtmp://127.0.0.1:9/live/show?txSecret=x&txTime=5C271099')
    await subject.reaches('failed')
    expect(subject.status()?.error?.code).toBe('publish.url-expired')
    expect(subject.attempts).toBe(0)
  })
})
