import { spawn, type ChildProcess } from 'node:child_process'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PublicRoom, RoomSession } from '../../../electron/shared/room-api'
import type { RoomStatus } from '../../../electron/shared/room-message'
import { until } from '../../support/until'
import { RoomServerProcess } from '../im/support/room-server-process'
import { WireClient } from '../im/support/wire-client'
import { ApiClient } from './support/api-client'
import { toldBy } from './support/told'

const ROOM = 'program'
const DEADLINE_MS = 20_000
/** Each message is judged after 5 s; where the machine is busy, 800 of them take their time. */
const JUDGED_MS = 60_000
let server: RoomServerProcess
let anchor: ApiClient
const clients: WireClient[] = []
const encoders: ChildProcess[] = []

beforeAll(async () => {
  server = await RoomServerProcess.start()
  anchor = new ApiClient(server.http, { token: server.anchorToken } as RoomSession)
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  for (const encoder of encoders.splice(0)) encoder.kill('SIGKILL')
})
afterAll(() => server.close())

async function enter(userId: string): Promise<WireClient> {
  const client = new WireClient(userId)
  clients.push(client)
  await client.connect(server.wire)
  await client.login(server.userSig(userId))
  await client.join(ROOM)
  return client
}
/** The statuses that a client was told, in order. */
function statuses(client: WireClient): RoomStatus[] {
  return client.items.flatMap((item) => {
    const message = toldBy(item)
    return message?.kind === 'status' ? [message.status] : []
  })
}
const push = (): ChildProcess => {
  const input = ['-re', '-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=15', '-f', 'lavfi', '-i', 'sine=sample_rate=48000']
  const child = spawn('ffmpeg', ['-v', 'error', ...input, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '30', '-c:a', 'aac', '-f', 'flv', server.ingest], {
    stdio: 'ignore',
  })
  encoders.push(child)
  return child
}
const status = (wanted: RoomStatus): Promise<PublicRoom> =>
  until(
    async () => {
      const { body } = await anchor.ask<PublicRoom>('GET', `/api/rooms/${ROOM}/status`)
      return body.status === wanted ? body : null
    },
    DEADLINE_MS,
    wanted,
  )

describe('a show', () => {
  it('follows its stream on the ingest, and tells those inside', async () => {
    const viewer = await enter('bo')
    const encoder = push()
    expect(await status('live')).toMatchObject({ show: 1 })
    encoder.kill('SIGKILL')
    await status('paused')
    push()
    expect(await status('live')).toMatchObject({ show: 1 })
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'ended' })
    await until(() => (statuses(viewer).length === 4 ? true : null), DEADLINE_MS, 'four statuses')
    expect(statuses(viewer)).toEqual(['live', 'paused', 'live', 'ended'])
  })
})

describe('losses', () => {
  it('are exact far above the rate of the room', async () => {
    const MESSAGES = 800
    const PER_TURN = 10
    const [speaker, listener] = [await enter('cy'), await enter('di')]
    const sent: Promise<unknown>[] = []
    await new Promise<void>((resolve) => {
      // 200 a second.
      const timer = setInterval(() => {
        for (let one = 0; one < PER_TURN; one += 1) sent.push(speaker.send(ROOM, `message ${sent.length}`))
        if (sent.length < MESSAGES) return
        clearInterval(timer)
        resolve()
      }, 50)
    })
    await Promise.all(sent)
    const report = await until(
      async () => {
        const { body } = await anchor.ask<{ total?: Record<string, { sent: number; delivered: number; lost: number; waiting: number }> }>(
          'GET',
          `/api/rooms/${ROOM}/losses`,
        )
        return body.total?.['Normal']?.waiting === 0 ? body.total['Normal'] : null
      },
      JUDGED_MS,
      'all to be judged',
    )
    const heard = listener.texts().filter((text) => text.startsWith('message ')).length
    expect(report).toEqual({ sent: MESSAGES, delivered: heard, lost: MESSAGES - heard, waiting: 0 })
    expect(heard).toBeLessThan(MESSAGES)
  })
})
