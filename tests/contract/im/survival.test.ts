import { describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import { CallbackReceiver } from './support/callback-receiver'
import { roomName } from './support/room-name'
import { newRandom, textElement } from './support/rest-client'
import { RoomServerProcess, type DeliveryMode } from './support/room-server-process'
import { repeated, scene, send } from './support/two-clients'
import { WireClient } from './support/wire-client'

const CUT_MS = 30_000
const MEANWHILE_EVERY_MS = 100
const GONE_DEADLINE_MS = 60_000
/** After a dead line the SDK first has to find out that it is dead. */
const RESUME_AFTER_CUT_MS = 20_000

describe.concurrent.each<DeliveryMode>(['poll', 'push'])('thirty seconds without a line, %s', (delivery) => {
  it('are no leave, and what was said is not lost where it is kept', async (context) => {
    const stage = await scene(delivery, context)
    const { proxy, room, anna, bob } = stage
    await send(stage, ['hello'])
    await bob.hear('hello')
    const cutAt = performance.now()
    proxy.setDead(true)
    proxy.hangUp()
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
    proxy.hangUp()
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

describe.concurrent('a line that is gone for good', () => {
  it('is told after thirty seconds, and is a leave after forty-five', async ({ onTestFinished }) => {
    const receiver = new CallbackReceiver()
    const server = await RoomServerProcess.start({ callbackUrl: await receiver.listen() })
    onTestFinished(async () => {
      await server.close()
      await receiver.close()
    })
    const room = roomName()
    await server.rest().openRoom(room)
    const enter = async (userId: string): Promise<WireClient> => {
      const client = new WireClient(userId)
      onTestFinished(() => client.close())
      await client.connect(server.wire)
      await client.login(server.userSig(userId))
      await client.join(room)
      return client
    }
    const [witness, back, lost] = [await enter('witness'), await enter('back'), await enter('lost')]
    back.close()
    lost.close()
    const state = (userId: string, EventType: string, EventCause: string): Promise<unknown> =>
      until(
        () =>
          receiver
            .of('Group.CallbackOnMemberStateChange')
            .find(({ body }) => body['EventType'] === EventType && body['EventCause'] === EventCause && JSON.stringify(body['MemberList']).includes(userId)) ??
          null,
        GONE_DEADLINE_MS,
        `${userId} ${EventType}`,
      )
    await Promise.all([state('back', 'Offline', 'HeartbeatInterrupt'), state('lost', 'Offline', 'HeartbeatInterrupt')])
    await back.connect(server.wire)
    await back.login('')
    await state('back', 'Online', 'HeartbeatRecover')
    await until(
      () => receiver.of('Group.CallbackAfterMemberExit').find(({ body }) => JSON.stringify(body['ExitMemberList']).includes('lost')) ?? null,
      GONE_DEADLINE_MS,
      'the leave',
    )
    await server.rest().ok('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('who is here?')] })
    await witness.hear('who is here?')
    const left = witness.items.filter((one) => one.Event === 4 && JSON.stringify(one.MsgBody).includes('"OpType":2'))
    expect(left.map((one) => (one.MsgBody as { List_Account: unknown }).List_Account)).toEqual([['lost']])
    expect(await server.rest().ok('get_online_member_num', { GroupId: room })).toMatchObject({ OnlineMemberNum: 2 })
  })
})
