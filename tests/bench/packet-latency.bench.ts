import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, it } from 'vitest'
import { Publisher } from '../../electron/publisher/publisher'
import { RtmpServer } from '../../electron/room-server/media/rtmp-server'
import { StreamRegistry } from '../../electron/room-server/media/stream-registry'
import type { ProgramMessage } from '../../electron/shared/program'
import { aacFrame, aacSequenceHeader, avcFrame, avcSequenceHeader, FLV_TAG, flvHeader, flvTag } from '../../electron/shared/rtmp/flv'
import { endChild } from '../support/child'
import { forMs } from '../support/until'
import { makeClip, ProgramFeed } from '../support/program-feed'
import { markdown, percentile } from './table'

const WINDOW_MS = 30_000
const WARM_UP_FRAMES = 60
const KEY = 'a-stream-key-of-the-bench'
const folder = mkdtempSync(join(tmpdir(), 'anchordesk-latency-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Sent frames by what is in them: a server or a program between may leave out the first ones. */
class Sent {
  readonly #atMs = new Map<string, number>()

  add(data: Uint8Array): void {
    this.#atMs.set(fingerprint(data), performance.now())
  }

  delayOf(data: Uint8Array): number | null {
    const at = this.#atMs.get(fingerprint(data))
    return at === undefined ? null : performance.now() - at
  }
}

function fingerprint(data: Uint8Array): string {
  return `${data.length} ${Buffer.from(data.subarray(-24)).toString('hex')}`
}

/** An ingest that tells how long each video frame was under way, from the moment it was handed in until it has arrived whole. */
async function receiver(sent: Sent): Promise<{ url: string; delays: number[]; close(): Promise<void> }> {
  const registry = new StreamRegistry(KEY, () => undefined)
  const delays: number[] = []
  registry.stream.listen({
    onStart: () => undefined,
    onTag: (tag) => {
      if (tag.type !== FLV_TAG.video || tag.header) return
      const delay = sent.delayOf(tag.body.subarray(5))
      if (delay !== null) delays.push(delay)
    },
    onEnd: () => undefined,
  })
  const server = new RtmpServer(
    registry,
    () => performance.now(),
    () => undefined,
  )
  const port = await server.listen('127.0.0.1', 0)
  return { url: `rtmp://127.0.0.1:${port}/live/${KEY}`, delays, close: () => server.close() }
}

function row(name: string, all: readonly number[]): string[] {
  const delays = all.slice(WARM_UP_FRAMES)
  const at = (share: number): string => `${percentile(delays, share).toFixed(2)} ms`
  return [name, at(0.5), at(0.99), at(1), String(delays.length)]
}

it('packet in → server, 1080p30 at 6 Mbit/s', async () => {
  const clip = makeClip(folder, { seconds: 4, kbps: 6_000, size: '1920x1080' })
  const rows: string[][] = []
  {
    const sent = new Sent()
    const server = await receiver(sent)
    const publisher = new Publisher({ report: () => undefined, feedback: () => undefined, now: () => performance.now() })
    publisher.command({ type: 'set-destinations', destinations: [{ id: 'a', url: server.url, refreshUrl: false }] })
    await forMs(1_000)
    const feed = new ProgramFeed(
      () => clip,
      (message) => {
        if (message.type === 'video') sent.add(message.data)
        publisher.program(message)
      },
    )
    feed.start()
    await forMs(WINDOW_MS)
    feed.stop()
    await forMs(500)
    rows.push(row('AnchorDesk publisher', server.delays))
    await publisher.close()
    await server.close()
  }
  {
    const sent = new Sent()
    const server = await receiver(sent)
    const child = spawn('ffmpeg', ['-v', 'error', '-f', 'flv', '-i', 'pipe:0', '-c', 'copy', '-flush_packets', '1', '-f', 'flv', server.url], {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    child.stdin.write(flvHeader())
    child.stdin.write(flvTag(FLV_TAG.video, 0, avcSequenceHeader(clip.video.avcC)))
    child.stdin.write(flvTag(FLV_TAG.audio, 0, aacSequenceHeader(clip.audio.asc)))
    const feed = new ProgramFeed(
      () => clip,
      (message: ProgramMessage) => {
        if (message.type === 'video') {
          sent.add(message.data)
          child.stdin.write(flvTag(FLV_TAG.video, Math.round(message.timestampUs / 1_000), avcFrame(message.data, message.keyFrame)))
        } else if (message.type === 'audio') {
          child.stdin.write(flvTag(FLV_TAG.audio, Math.round(message.timestampUs / 1_000), aacFrame(message.data)))
        }
      },
    )
    feed.start()
    await forMs(WINDOW_MS)
    feed.stop()
    child.stdin.end()
    await forMs(500)
    rows.push(row('ffmpeg -c copy, fed by a pipe', server.delays))
    await endChild(child)
    await server.close()
  }
  console.log(`\n${markdown(['Program', 'p50', 'p99', 'Longest', 'Frames'], rows)}\n`)
})
