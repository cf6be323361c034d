import { describe, expect, it } from 'vitest'
import type { DeliveryMode } from './support/room-server-process'
import { hearAgain, repeated, scene, send } from './support/two-clients'

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
    const backMs = performance.now()
    const first = named('just after', 10)
    await send(stage, first)
    for (const client of [anna, bob]) {
      // What was said while nobody was connected is kept in poll mode; a push goes to who is there.
      const wanted = delivery === 'poll' ? (first.at(-1) ?? '') : await repeated(stage, client)
      await hearAgain(client, wanted, backMs)
    }
    if (delivery === 'poll') {
      for (const client of [anna, bob]) expect(client.texts(room)).toEqual(['hello', ...last, ...first])
    }
    await bob.say(room, 'I am still here')
    await hearAgain(anna, 'I am still here')
    await anna.call('updateGroupProfile', { groupID: room, notification: 'still mine' })
    await bob.tip(room, 6)
    for (const client of [anna, bob]) {
      expect(client.received().filter((one) => one.type === 'TIMGroupTipElem' && one.payload.operationType === 2)).toEqual([])
      expect(client.count('kickedOut')).toBe(0)
    }
  })
})
