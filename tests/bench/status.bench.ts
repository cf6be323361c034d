import { afterAll, describe, expect, it } from 'vitest'
import type { RoomStatus } from '../../electron/shared/room-message'
import type { RoomSession } from '../../electron/shared/room-api'
import { ApiClient } from '../contract/backend/support/api-client'
import { toldBy } from '../contract/backend/support/told'
import { RoomServerProcess, type DeliveryMode } from '../contract/im/support/room-server-process'
import { WireClient } from '../contract/im/support/wire-client'
import { until } from '../support/until'
import { markdown, percentile } from './table'

const ROOM = 'program'
const PEOPLE = 50
const TRANSITIONS = 40
const BETWEEN_MS = 100
const DEADLINE_MS = 10_000
const rows: string[][] = []

afterAll(() => {
  process.stdout.write(`\n${markdown(['delivery', 'people inside', 'transitions', 'p50 ms', 'p99 ms', 'max ms'], rows)}\n`)
})

describe.each<DeliveryMode>(['poll', 'push'])('a room’s status, %s', (delivery) => {
  it('from the anchor’s request to the client of each person inside', async () => {
    const server = await RoomServerProcess.start({ delivery })
    const anchor = new ApiClient(server.http, { token: server.anchorToken } as RoomSession)
    const delays: number[] = []
    let askedAt = 0
    const people = await Promise.all(
      Array.from({ length: PEOPLE }, async (_, at) => {
        const client = new WireClient(`person_${at}`)
        await client.connect(server.wire)
        await client.login(server.userSig(client.userId))
        await client.join(ROOM)
        client.onItem = (item) => {
          if (toldBy(item)?.kind === 'status') delays.push(performance.now() - askedAt)
        }
        return client
      }),
    )
    const wanted: readonly RoomStatus[] = ['live', ...Array.from({ length: TRANSITIONS - 1 }, (_, at): RoomStatus => (at % 2 === 0 ? 'paused' : 'live'))]
    for (const [at, status] of wanted.entries()) {
      // Apart from each other, as by hand: a room takes 40 messages a second, and each change is one.
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
      askedAt = performance.now()
      await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status })
      await until(() => (delays.length === PEOPLE * (at + 1) ? true : null), DEADLINE_MS, `${status} at all`)
    }
    rows.push([delivery, String(PEOPLE), String(TRANSITIONS), ...[0.5, 0.99, 1].map((share) => percentile(delays, share).toFixed(1))])
    expect(delays).toHaveLength(PEOPLE * TRANSITIONS)
    for (const client of people) client.close()
    await server.close()
  })
})
