import { afterAll, beforeAll, describe, it } from 'vitest'
import { ChatClient, openWorkerHost } from './support/chat-client'
import { roomCases, type Stage } from './support/room-cases'
import { roomName } from './support/room-name'
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

  it('speaks in text frames when it is created for development', async () => {
    const clients = await Promise.all(['text_1', 'text_2'].map(() => ChatClient.open(stage.server.wire, openWorkerHost, { devMode: true })))
    await Promise.all(clients.map((client, i) => client.login(`text_${i + 1}`, stage.server.userSig(`text_${i + 1}`))))
    const room = roomName()
    await stage.server.rest().openRoom(room, 'text_1')
    for (const client of clients) await client.join(room)
    await clients[0]?.say(room, 'in plain text 文')
    await clients[1]?.hear('in plain text 文')
    for (const client of clients) await client.close()
  })
})
