import { afterEach, describe, expect, it } from 'vitest'
import { FakeIngest, type FakeIngestOptions } from '../../support/fake-ingest'
import { syntheticClip } from '../../support/program-feed'
import { PublisherRig } from '../../support/publisher-rig'
import { until } from '../../support/until'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const clip = syntheticClip({ kbps: 2_000 })

async function ingest(options: Partial<FakeIngestOptions> = {}): Promise<FakeIngest> {
  const server = new FakeIngest({ ackEveryBytes: 16 * 1024, ...options })
  await server.listen()
  cleanups.push(() => server.close())
  return server
}

function rig(): PublisherRig {
  const made = new PublisherRig()
  cleanups.push(() => made.close())
  return made
}

describe('a server', () => {
  it.each([
    ['each 2.5 MB', 2_500_000],
    ['never', null],
  ])('that acknowledges %s gets the whole program on one connection', async (_name, ackEveryBytes) => {
    const server = await ingest({ ackEveryBytes })
    const subject = rig()
    // Far more than it says it is, so that a second's worth is far less than what is acknowledged at once.
    const fast = syntheticClip({ kbps: 30_000 })
    subject.feed(() => ({ ...fast, video: { ...fast.video, bitrateKbps: 2_000 } }))
    subject.push(server.url('show'))
    await until(() => ((server.connections[0]?.receivedBytes ?? 0) > 20_000_000 ? true : null), 20_000, '20 MB to arrive')
    expect(subject.status()).toMatchObject({ state: 'publishing', stats: { droppedVideoFrames: 0, droppedAudioFrames: 0, reconnects: 0 } })
    expect(server.connections).toHaveLength(1)
  })

  it('that says an unknown error in mid-show is connected to again, whatever the error', async () => {
    const server = await ingest()
    const subject = rig()
    subject.feed(() => clip)
    subject.push(server.url('show'))
    await subject.reaches('publishing')
    server.connections[0]?.out.status('error', `Vendor.${'x'.repeat(3_000)}`, '')
    await until(() => (server.connections.length === 2 ? true : null), 20_000, 'a second connection')
    await subject.reaches('publishing')
    server.connections[1]?.out.status('error', 'NetStream.Publish.Denied', '')
    await until(() => (server.connections.length === 3 ? true : null), 20_000, 'a third connection')
    await subject.reaches('publishing')
  })

  it('that hangs up after each acceptance does not want the key', async () => {
    const server = await ingest({ onPublish: ({ socket }) => socket.end() })
    const subject = rig()
    subject.feed(() => clip)
    subject.push(server.url('show'))
    await subject.reaches('failed')
    expect(subject.status()?.error?.code).toBe('publish.rejected')
    expect(server.connections).toHaveLength(3)
  })

  it('that hung up often after it had been on air is tried on', async () => {
    let refuses = false
    const server = await ingest({ onPublish: ({ socket }) => void (refuses && socket.end()) })
    const subject = rig()
    subject.feed(() => clip)
    subject.push(server.url('show'))
    await subject.reaches('publishing')
    refuses = true
    server.connections[0]?.socket.end()
    await until(() => (server.connections.length >= 6 ? true : null), 20_000, 'six attempts')
    refuses = false
    await subject.reaches('publishing')
  })

  it('at an IPv6 address is one like another', async () => {
    const server = await ingest({ host: '::1' })
    const subject = rig()
    subject.feed(() => clip)
    subject.push(server.url('show?txSecret=a&txTime=7FFFFFFF'))
    await subject.reaches('publishing')
    expect(server.connections[0]?.streamKey).toBe('show?txSecret=a&txTime=7FFFFFFF')
  })
})

describe('a changed list', () => {
  it('moves a destination whose address is another one, and not for a fresh signature', async () => {
    const [first, second] = [await ingest(), await ingest()]
    const subject = rig()
    subject.feed(() => clip)
    subject.pushAll([{ url: first.url('show?txSecret=a&txTime=7FFFFFF0'), refreshUrl: true }])
    await subject.reaches('publishing')
    subject.pushAll([{ url: first.url('show?txSecret=b&txTime=7FFFFFF1'), refreshUrl: true }])
    subject.pushAll([{ url: second.url('show?txSecret=c&txTime=7FFFFFF2'), refreshUrl: true }])
    await until(() => ((second.connections[0]?.video.length ?? 0) > 0 ? true : null), 20_000, 'media at the new address')
    expect(first.connections).toHaveLength(1)
    await until(() => (first.connections[0]?.socket.destroyed === true ? true : null), 20_000, 'the old connection to end')
  })

  it('asks for a fresh address before it reconnects', async () => {
    const server = await ingest()
    const subject = rig()
    subject.feed(() => clip)
    subject.pushAll([{ url: server.url('show?txSecret=old&txTime=7FFFFFF0'), refreshUrl: true }])
    await subject.reaches('publishing')
    server.connections[0]?.socket.destroy()
    await until(() => (subject.reports.some((report) => report.type === 'url-wanted') ? true : null), 20_000, 'the question')
    subject.publisher.command({ type: 'fresh-url', id: 'a', url: server.url('show?txSecret=new&txTime=7FFFFFF1') })
    await until(() => (server.connections[1]?.streamKey === 'show?txSecret=new&txTime=7FFFFFF1' ? true : null), 20_000, 'the fresh address')
  })

  it('to nothing tells the last counters with the goodbye', async () => {
    const server = await ingest()
    const subject = rig()
    subject.feed(() => clip)
    subject.push(server.url('show'))
    await subject.reaches('publishing')
    subject.push()
    await until(() => (subject.reports.at(-1)?.type === 'stopped' ? true : null), 20_000, 'the goodbye')
    const last = subject.reports.at(-2)
    expect(last).toMatchObject({ type: 'status', destinations: [{ id: 'a', state: 'off' }], onAir: 'nothing' })
    expect(subject.status()?.stats?.sentVideoFrames).toBeGreaterThan(0)
    expect(subject.status()?.stats?.sentBytes).toBeGreaterThan(0)
  })
})

describe('the network', () => {
  it('that is back ends the wait for the next attempt', async () => {
    const server = await ingest()
    const { port } = server
    await server.close()
    const subject = rig()
    subject.feed(() => clip)
    subject.push(`rtmp://127.0.0.1:${port}/live/show`)
    await until(() => ((subject.status()?.attempt ?? 0) > 3 && subject.status()?.state === 'reconnecting' ? true : null), 20_000, 'a wait')
    const before = subject.attempts
    subject.publisher.command({ type: 'network-online' })
    expect(subject.attempts).toBe(before + 1)
    expect(subject.status()).toMatchObject({ state: 'connecting', attempt: 1 })
  })

  it.each(['network-online', 'reconnect-now'] as const)('%s starts an attempt anew that hangs', async (type) => {
    let silent = true
    const server = await ingest({ onPublish: ({ socket }) => void (silent && socket.pause()) })
    const subject = rig()
    // Nothing is sent without a program: the connection stays in `connecting`.
    subject.push(server.url('show'))
    await until(() => (server.connections[0]?.streamKey === 'show' ? true : null), 20_000, 'an attempt')
    silent = false
    subject.publisher.command(type === 'reconnect-now' ? { type, id: null } : { type })
    await until(() => (server.connections[1]?.streamKey === 'show' ? true : null), 20_000, 'another attempt')
    subject.feed(() => clip)
    await subject.reaches('publishing')
  })

  it('that is back makes a dead line be noticed soon', async () => {
    const server = await ingest()
    const subject = rig()
    subject.feed(() => clip)
    subject.push(server.url('show'))
    await subject.reaches('publishing')
    await until(() => (subject.status()?.stats?.ackedKbps != null ? true : null), 20_000, 'acknowledgements')
    server.connections[0]?.socket.pause()
    subject.publisher.command({ type: 'network-online' })
    await until(() => (server.connections.length === 2 ? true : null), 20_000, 'a new connection')
    await subject.reaches('publishing')
  })
})

describe('the stage', () => {
  it('that changes the size in mid-stream brings new metadata and headers before the new pictures', async () => {
    const server = await ingest()
    const small = syntheticClip({ kbps: 1_000, width: 640, height: 360, mark: 1 })
    const large = syntheticClip({ kbps: 1_000, width: 1_920, height: 1_080, mark: 2 })
    let clipNow = small
    const subject = rig()
    subject.feed(() => clipNow)
    subject.push(server.url('show'))
    await subject.reaches('publishing')
    clipNow = large
    const connection = server.connections[0]
    await until(() => (connection?.metadata.length === 2 ? true : null), 20_000, 'new metadata')
    await until(() => (connection?.video.at(-1)?.payload[5] === 2 ? true : null), 20_000, 'new pictures')
    expect(connection?.metadata.map((one) => (one instanceof Map ? one.get('width') : null))).toEqual([640, 1_920])
    const kinds = (connection?.video ?? []).map((message) => ({ header: message.payload[1] === 0, mark: message.payload[message.payload.length - 1] }))
    const change = kinds.findIndex((one) => one.mark === 2)
    expect(kinds[change]?.header).toBe(true)
    expect(kinds.filter((one) => one.header)).toHaveLength(2)
    expect(kinds.slice(change).every((one) => one.mark === 2)).toBe(true)
    expect(server.connections).toHaveLength(1)
  })

  it('of the next show is not preceded by the slate of the last one', async () => {
    const server = await ingest()
    const subject = rig()
    const first = subject.feed(() => syntheticClip({ kbps: 1_000, mark: 1 }))
    subject.push(server.url('show'))
    await subject.reaches('publishing')
    first.stop()
    await subject.onAir('slate')
    subject.push()
    await until(() => (subject.reports.at(-1)?.type === 'stopped' ? true : null), 20_000, 'the end')
    subject.push(server.url('show'))
    await until(() => (server.connections[1]?.streamKey === 'show' ? true : null), 20_000, 'the second show')
    const reported = subject.statuses.length
    await until(() => (subject.statuses.length > reported + 3 ? true : null), 20_000, 'time to pass')
    expect(server.connections[1]?.video).toEqual([])
    expect(subject.status()?.state).toBe('connecting')
    subject.feed(() => syntheticClip({ kbps: 1_000, mark: 2 }), 'program-2')
    await subject.reaches('publishing')
    expect(server.connections[1]?.video.every((message) => message.payload[message.payload.length - 1] === 2)).toBe(true)
  })

  it('that is new, or has a new publisher, is told the bitrate', () => {
    const subject = rig()
    subject.publisher.programAttached()
    expect(subject.advice).toEqual([])
    subject.publisher.command({ type: 'set-bitrate', videoKbps: 4_000 })
    subject.publisher.programAttached()
    expect(subject.advice).toEqual([4_000, 4_000])
  })
})
