import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { avOffsetsMs, frameRate, isStrictlyMonotonic, medianOf, probe } from '../support/media/recording'
import { startNginxRtmp, type NginxRtmp } from '../support/nginx'
import { makeClip, type Clip } from '../support/program-feed'
import { PublisherRig } from '../support/publisher-rig'
import { startTlsFront } from '../support/tls-front'
import { forMs, until } from '../support/until'

const folder = mkdtempSync(join(tmpdir(), 'anchordesk-publisher-'))
const SHOW_MS = 5_000
let clip: Clip
const cleanups: (() => Promise<void> | void)[] = []

beforeAll(() => {
  clip = makeClip(folder, { seconds: 4, kbps: 1_000 })
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function rig(ca?: string): PublisherRig {
  const made = new PublisherRig(ca === undefined ? {} : { ca })
  cleanups.push(() => made.close())
  return made
}

async function nginx(name: string, onPublish: string | null = null): Promise<NginxRtmp> {
  const server = await startNginxRtmp(join(folder, name), null, onPublish)
  cleanups.push(() => server.stop())
  return server
}

/** The one recording of a server, when both have ended. */
async function recordingOf(subject: PublisherRig, server: NginxRtmp, name: string): Promise<string> {
  await subject.close()
  await until(() => (readdirSync(join(folder, name)).some((file) => file.endsWith('.flv')) ? true : null), 20_000, 'a recording')
  await server.stop()
  const files = readdirSync(join(folder, name)).filter((file) => file.endsWith('.flv'))
  expect(files).toHaveLength(1)
  return join(folder, name, files[0] ?? '')
}

/** At least 98 % of the frames that were sent, in order, and sound and picture together. */
async function expectWhole(subject: PublisherRig, file: string): Promise<void> {
  const { video, audio } = await probe(file)
  expect(video?.codec).toBe('h264')
  expect(audio?.codec).toBe('aac')
  const sent = subject.status()?.stats?.sentVideoFrames ?? 0
  expect(sent).toBeGreaterThan(120)
  expect(video?.times.length ?? 0).toBeGreaterThanOrEqual(sent * 0.98)
  expect(isStrictlyMonotonic(video?.times ?? [])).toBe(true)
  expect(isStrictlyMonotonic(audio?.times ?? [])).toBe(true)
  expect(frameRate(video?.times ?? [])).toBeCloseTo(30, 0)
  const offsets = await avOffsetsMs(file)
  expect(offsets.length).toBeGreaterThanOrEqual(3)
  expect(Math.abs(medianOf(offsets))).toBeLessThan(60)
}

/** An HTTP server that lets every publisher in and keeps what it was told of them. */
async function door(): Promise<{ url: string; told: URLSearchParams[] }> {
  const told: URLSearchParams[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (bytes: Buffer) => (body += bytes.toString('utf8')))
    request.on('end', () => {
      told.push(new URLSearchParams(body))
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/publish`, told }
}

describe("the publisher and Debian's nginx-rtmp", () => {
  it('is recorded whole, in order and in sync, and its query arrives', async () => {
    const { url, told } = await door()
    const server = await nginx('whole', url)
    const subject = rig()
    subject.feed(() => clip)
    subject.push(`${server.url}/show?txSecret=0123abcd&txTime=7FFFFFFF`)
    await subject.reaches('publishing')
    await forMs(SHOW_MS)
    await expectWhole(subject, await recordingOf(subject, server, 'whole'))
    expect(told.map((one) => [one.get('name'), one.get('txSecret'), one.get('txTime')])).toEqual([['show', '0123abcd', '7FFFFFFF']])
  })

  it('is recorded whole over TLS, and sends nothing to a certificate that is not trusted', async () => {
    const server = await nginx('tls')
    const front = await startTlsFront(server.port)
    cleanups.push(() => front.close())
    const url = `rtmps://localhost:${front.port}/live/show`
    const stranger = rig()
    stranger.feed(() => clip)
    stranger.push(url)
    await stranger.reaches('failed')
    expect(stranger.status()?.error?.code).toBe('publish.tls')
    const subject = rig(front.certificate)
    subject.feed(() => clip)
    subject.push(url)
    await subject.reaches('publishing')
    await forMs(SHOW_MS)
    await expectWhole(subject, await recordingOf(subject, server, 'tls'))
  })

  it('shows the slate while no program comes, without a disconnect', async () => {
    const server = await nginx('slate')
    const subject = rig()
    const first = subject.feed(() => clip)
    subject.push(`${server.url}/show`)
    await subject.reaches('publishing')
    await forMs(1_000)
    first.stop()
    await subject.onAir('slate')
    await forMs(2_000)
    subject.feed(() => clip, 'program-2')
    await subject.onAir('program')
    await forMs(1_000)
    const { video, audio } = await probe(await recordingOf(subject, server, 'slate'))
    expect(isStrictlyMonotonic(video?.times ?? [])).toBe(true)
    expect(isStrictlyMonotonic(audio?.times ?? [])).toBe(true)
    const gaps = (video?.times ?? []).map((time, index, all) => time - (all[index - 1] ?? time))
    expect(Math.max(...gaps)).toBeLessThan(3)
  })
})
