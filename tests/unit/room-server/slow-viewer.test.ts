import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RoomServer } from '../../../electron/room-server/room-server'
import { avcFrame, avcSequenceHeader, FLV_TAG, readFlvTags, videoBodyKind } from '../../../electron/shared/rtmp/flv'
import { MESSAGE } from '../../../electron/shared/rtmp/messages'
import { RtmpClient } from '../../support/rtmp-client'
import { until } from '../../support/until'

const KEY = 'a-stream-key-of-the-tests'
const GOP_FRAMES = 30
const FRAME_BYTES = 40_000
/** 1.2 MB a second of media: 60 MB in all, many times what the system and the server may hold. */
const GOPS = 50
const HEAD_END = Buffer.from('\r\n\r\n')

let server: RoomServer
let rtmpPort: number
let httpPort: number
beforeEach(async () => {
  server = new RoomServer({
    host: '127.0.0.1',
    httpPort: 0,
    rtmpPort: 0,
    portFallback: false,
    streamKey: KEY,
    webRoot: tmpdir(),
    title: '',
    log: () => undefined,
  })
  const { rtmp, http } = await server.start()
  rtmpPort = Number(/:(\d+)\//.exec(rtmp)?.[1])
  httpPort = Number(/:(\d+)$/.exec(http)?.[1])
})
afterEach(() => server.close())

function usedBytes(): number {
  setFlagsFromString('--expose_gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The body of an answer that is sent in chunks. */
function unchunk(answer: Buffer): Buffer {
  const parts: Buffer[] = []
  let at = answer.indexOf(HEAD_END) + HEAD_END.length
  for (;;) {
    const lineEnd = answer.indexOf('\r\n', at)
    const size = lineEnd < 0 ? 0 : Number.parseInt(answer.toString('latin1', at, lineEnd), 16)
    if (size === 0) return Buffer.concat(parts)
    parts.push(answer.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
}

it('a viewer whose socket stands still holds no memory, and goes on at a key frame', async () => {
  const encoder = await RtmpClient.open(rtmpPort)
  await encoder.take('publish', KEY)
  encoder.media(MESSAGE.video, 0, avcSequenceHeader(Uint8Array.of(1)))
  let frame = 0
  const sendFrame = async (): Promise<void> => {
    encoder.media(MESSAGE.video, Math.round((frame * 1_000) / 30), avcFrame(new Uint8Array(FRAME_BYTES), frame % GOP_FRAMES === 0))
    frame += 1
    // As fast as the server takes it, and never ahead of it.
    await until(() => (encoder.socket.writableLength === 0 ? true : null), 20_000, 'the frame to be taken')
  }
  const viewer = connect(httpPort, '127.0.0.1', () => viewer.write('GET /live/program.flv HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'))
  const received: Buffer[] = []
  viewer.on('data', (bytes) => received.push(bytes))
  await sendFrame()
  await until(() => (received.length > 0 ? true : null), 20_000, 'the picture')
  viewer.pause()

  for (let count = 0; count < GOP_FRAMES * 15; count++) await sendFrame()
  const before = usedBytes()
  for (let count = 0; count < GOP_FRAMES * (GOPS - 15); count++) await sendFrame()
  // What is on its way goes; what is held for the viewer would stay, and be 42 MB by now.
  await until(() => (usedBytes() - before < 8 * 1024 * 1024 ? true : null), 20_000, 'the memory to be free again')

  viewer.resume()
  const ended = new Promise<void>((done) => viewer.once('close', () => done()))
  await until(
    async () => {
      await sendFrame()
      return frame % GOP_FRAMES === 5 && frame > GOP_FRAMES * (GOPS + 3) ? true : null
    },
    30_000,
    'more pictures',
  )
  encoder.command('deleteStream', null, 1)
  await until(() => (server.report().publishing ? null : true), 20_000, 'the end')
  viewer.end()
  await ended

  const { tags } = readFlvTags(unchunk(Buffer.concat(received)), 13)
  const pictures = tags.filter((tag) => tag.type === FLV_TAG.video && !videoBodyKind(tag.body).sequenceHeader)
  const gaps = pictures.filter((tag, index) => tag.timestamp - (pictures[index - 1]?.timestamp ?? tag.timestamp) > 100)
  expect(pictures.length).toBeLessThan(frame / 2)
  expect(gaps.length).toBeGreaterThan(0)
  for (const tag of gaps) expect(videoBodyKind(tag.body).keyFrame).toBe(true)
  // It has caught up with what is sent now.
  expect((pictures.at(-1)?.timestamp ?? 0) / 1_000).toBeGreaterThan(frame / 30 - 1)
})
