import { afterAll, beforeAll, describe } from 'vitest'
import { openWorkerHost } from './support/chat-client'
import { roomCases, type Stage } from './support/room-cases'
import { RoomServerProcess, type DeliveryMode } from './support/room-server-process'

/** The unmodified SDK in Node, in both ways that the server can deliver. */
describe.each<DeliveryMode>(['poll', 'push'])('the real SDK in Node, %s', (delivery) => {
  const stage = { openHost: openWorkerHost } as Stage
  beforeAll(async () => {
    stage.server = await RoomServerProcess.start({ delivery })
  })
  afterAll(async () => {
    await stage.server.close()
  })
  roomCases(stage)
})
