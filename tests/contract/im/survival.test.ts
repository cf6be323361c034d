import { describe, expect, it, type TestContext } from 'vitest'
import { LineProxy } from '../../support/proxy'
import { until } from '../../support/until'
import { ChatClient } from './support/chat-client'
import { roomName } from './support/room-cases'
import { newRandom, textElement } from './support/rest-client'
import { RoomServerProcess, type DeliveryMode } from './support/room-server-process'

const CUT_MS = 30_000
const MEANWHILE_EVERY_MS = 100
/** How soon clients have to be back by themselves once the server is. */
const RESUME_MS = 5_000
/** After a dead line the SDK first has to find out that it is dead. */
const RESUME_AFTER_CUT_MS = 20_000

interface Scene {
  readonly server: RoomServerProcess
  readonly proxy: LineProxy
  readonly room: string
  readonly anna: ChatClient
  readonly bob: ChatClient
}

/** A room with two real clients; Bob's line can be cut. */
async function scene(delivery: DeliveryMode, { onTestFinished }: TestContext): Promise<Scene> {
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

const send = async ({ server, room }: Scene, texts: readonly string[]): Promise<void> => {
  for (const [index, text] of texts.entries()) {
    const MsgPriority = index % 2 === 0 ? 'High' : 'Normal'
    await server.rest().ok('send_group_msg', { GroupId: room, Random: newRandom(), MsgPriority, MsgBody: [textElement(text)] })
  }
}
const named = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix} ${i}`)

describe.each<DeliveryMode>(['poll', 'push'])('a restart, %s', (delivery) => {
  it.for(['SIGTERM', 'SIGKILL'] as const)('by %s: the same room goes on, nobody joins again', async (signal, context) => {
    const stage = await scene(delivery, context)
    const { server, room, anna, bob } = stage
    await send(stage, ['hello'])
    for (const client of [anna, bob]) await client.hear('hello')
    // Answered with success and not yet fetched by everyone when the end comes.
    const last = named('just before', 10)
    await send(stage, last)
    await server.stop(signal)
    await server.startAgain()
    const first = named('just after', 10)
    await send(stage, first)
    for (const client of [anna, bob]) {
      // What was said while nobody was connected is kept in poll mode; a push goes to who is there.
      const wanted = delivery === 'poll' ? (first.at(-1) ?? '') : await repeated(stage, client)
      await client.hear(wanted, RESUME_MS)
    }
    if (delivery === 'poll') {
      for (const client of [anna, bob]) expect(client.texts(room)).toEqual(['hello', ...last, ...first])
    }
    await bob.say(room, 'I am still here')
    await anna.hear('I am still here', RESUME_MS)
    await anna.call('updateGroupProfile', { groupID: room, notification: 'still mine' })
    await bob.tip(room, 6)
    for (const client of [anna, bob]) {
      expect(client.received().filter((one) => one.type === 'TIMGroupTipElem' && one.payload.operationType === 2)).toEqual([])
      expect(client.count('kickedOut')).toBe(0)
    }
  })
})

describe.concurrent.each<DeliveryMode>(['poll', 'push'])('thirty seconds without a line, %s', (delivery) => {
  it('are no leave, and what was said is not lost where it is kept', async (context) => {
    const stage = await scene(delivery, context)
    const { proxy, room, anna, bob } = stage
    await send(stage, ['hello'])
    await bob.hear('hello')
    const cutAt = performance.now()
    proxy.setDead(true)
    proxy.cut()
    const meanwhile: string[] = []
    await until(
      async () => {
        const cutForMs = performance.now() - cutAt
        // Fewer than the room may carry: none of them may be dropped.
        if (cutForMs > meanwhile.length * MEANWHILE_EVERY_MS) {
          meanwhile.push(`meanwhile ${meanwhile.length}`)
          await send(stage, meanwhile.slice(-1))
        }
        return cutForMs > CUT_MS ? true : null
      },
      CUT_MS + 10_000,
      'the cut to be over',
    )
    proxy.setDead(false)
    proxy.cut()
    await send(stage, ['afterwards'])
    if (delivery === 'poll') {
      await bob.hear('afterwards', RESUME_AFTER_CUT_MS)
      expect(bob.texts(room)).toEqual(['hello', ...meanwhile, 'afterwards'])
    } else {
      await bob.hear(await repeated(stage, bob, RESUME_AFTER_CUT_MS), RESUME_AFTER_CUT_MS)
    }
    await bob.say(room, 'back again')
    await anna.hear('back again')
    expect(anna.received().filter((one) => one.type === 'TIMGroupTipElem' && one.payload.operationType === 2)).toEqual([])
  })
})

/** Speaks until a client hears it; the text that it heard. */
function repeated(stage: Scene, client: ChatClient, deadlineMs = RESUME_MS): Promise<string> {
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
