import type { TestContext } from 'vitest'
import { LineProxy } from '../../../support/proxy'
import { until } from '../../../support/until'
import { ChatClient } from './chat-client'
import { newRandom, textElement } from './rest-client'
import { roomName } from './room-name'
import { RoomServerProcess, type DeliveryMode } from './room-server-process'

/** Clients are back by themselves by then, on a machine that is busy, too. What it takes here is printed. */
const RESUME_MS = 30_000

/** Hears a text once it is back. @param sinceMs by `performance.now()`: when the server was there again */
export async function hearAgain(client: ChatClient, text: string, sinceMs = performance.now()): Promise<void> {
  await client.hear(text, RESUME_MS)
  process.stdout.write(`"${text}" was heard after ${Math.round(performance.now() - sinceMs)} ms\n`)
}

export interface Scene {
  readonly server: RoomServerProcess
  readonly proxy: LineProxy
  readonly room: string
  readonly anna: ChatClient
  readonly bob: ChatClient
}

/** A room with two real clients; Bob's line can be cut. */
export async function scene(delivery: DeliveryMode, { onTestFinished }: TestContext): Promise<Scene> {
  const server = await RoomServerProcess.start({ delivery })
  onTestFinished(() => server.close())
  const wire = new URL(server.wire)
  const proxy = new LineProxy(Number(wire.port))
  onTestFinished(() => proxy.close())
  await proxy.listen()
  const throughProxy = server.wire.replace(wire.host, `127.0.0.1:${proxy.port}`)
  const room = roomName()
  await server.rest().openRoom(room, 'anna')
  const enter = async (userId: string, address: string): Promise<ChatClient> => {
    const client = await ChatClient.open(address)
    onTestFinished(() => client.close())
    await client.login(userId, server.userSig(userId))
    await client.join(room)
    return client
  }
  return { server, proxy, room, anna: await enter('anna', server.wire), bob: await enter('bob', throughProxy) }
}

export const send = async ({ server, room }: Scene, texts: readonly string[]): Promise<void> => {
  for (const [index, text] of texts.entries()) {
    const MsgPriority = index % 2 === 0 ? 'High' : 'Normal'
    await server.rest().ok('send_group_msg', { GroupId: room, Random: newRandom(), MsgPriority, MsgBody: [textElement(text)] })
  }
}

/** Speaks until a client hears it; the text that it heard. */
export function repeated(stage: Scene, client: ChatClient, deadlineMs = RESUME_MS): Promise<string> {
  return until(
    async () => {
      await send(stage, [`is anybody there? ${newRandom()}`])
      return (
        client
          .texts(stage.room)
          .filter((text) => text.startsWith('is anybody there?'))
          .at(-1) ?? null
      )
    },
    deadlineMs,
    'a push to arrive',
  )
}
