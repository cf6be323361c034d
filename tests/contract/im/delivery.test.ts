import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forMs, until } from '../../support/until'
import { CallbackReceiver, type ReceivedCallback } from './support/callback-receiver'
import { roomName } from './support/room-name'
import { RoomServerProcess } from './support/room-server-process'
import { textOf, WireClient, type WireItem } from './support/wire-client'

/** Tencent Chat: 40 messages a second in one room; the lower priorities go first, and their senders are told nothing. */
const LIMIT_PER_SECOND = 40
/** Of the load, where nothing holds it up. */
const SECONDS = 5
const TICKS_PER_SECOND = 20
/** A server that stands still is not sent more: when it wakes it has no more High ones at once than the room lets wait. */
const MAX_TICKS_UNDER_WAY = 5
/** Messages of each priority a second: 200 in all. */
const MIX = { High: 20, Normal: 40, Low: 100, Lowest: 40 } as const
type Priority = keyof typeof MIX
const PRIORITIES = Object.keys(MIX) as readonly Priority[]

interface Counts {
  sent: number
  before: number
  after: number
  exceptions: number
  delivered: number
}

let receiver: CallbackReceiver
let server: RoomServerProcess

beforeAll(async () => {
  receiver = new CallbackReceiver()
  server = await RoomServerProcess.start({ callbackUrl: await receiver.listen() })
})
afterAll(async () => {
  await server.close()
  await receiver.close()
})

const enter = async (userId: string, room: string): Promise<WireClient> => {
  const client = new WireClient(userId)
  await client.connect(server.wire)
  await client.login(server.userSig(userId))
  await client.join(room)
  return client
}

const SENDERS = 10
const enterAll = (name: string, room: string): Promise<WireClient[]> => Promise.all(Array.from({ length: SENDERS }, (_, i) => enter(`${name}_${i}`, room)))

/**
 * Sends a mix at its pace, in turn by several people: no one of them speaks too fast. Every send has to be answered with success. What was missed
 * while the machine stood still is not made up for: all at once it would be more than the room lets wait, and not the load that is meant.
 */
async function load(senders: readonly WireClient[], room: string, mix: Readonly<Record<Priority, number>>): Promise<Record<Priority, number>> {
  const sent: Record<Priority, number> = { High: 0, Normal: 0, Low: 0, Lowest: 0 }
  let turn = 0
  const underWay: Promise<unknown>[] = []
  for (let tick = 1; tick <= SECONDS * TICKS_PER_SECOND; tick += 1) {
    const answers: Promise<unknown>[] = []
    // Low ones first, so that those above them always come late to the second's budget.
    for (const priority of [...PRIORITIES].reverse()) {
      for (; sent[priority] < Math.floor((mix[priority] * tick) / TICKS_PER_SECOND); sent[priority] += 1) {
        const sender = senders[turn++ % senders.length] as WireClient
        answers.push(sender.send(room, `${priority} ${sent[priority]}`, priority))
      }
    }
    underWay.push(Promise.all(answers))
    if (underWay.length === MAX_TICKS_UNDER_WAY) await underWay.shift()
    await forMs(1_000 / TICKS_PER_SECOND)
  }
  await Promise.all(underWay)
  return sent
}

const priorityOf = (text: string): string => text.split(' ')[0] ?? ''
const textOfCallback = (callback: ReceivedCallback): string => textOf(callback.body as unknown as WireItem)
const chat = (client: WireClient): WireItem[] => client.items.filter((one) => one.Event === 3)

describe('200 messages a second in one room', () => {
  it('40 of them are delivered, the higher first, and the callbacks add up', async () => {
    const room = roomName()
    await server.rest().openRoom(room)
    const listeners = [await enter('listener_1', room), await enter('listener_2', room)]
    const senders = await enterAll('sender', room)
    const sent = await load(senders, room, MIX)
    const total = PRIORITIES.reduce((sum, priority) => sum + sent[priority], 0)
    const called = (...commands: string[]): number => commands.reduce((sum, command) => sum + receiver.of(command).length, 0)
    await until(
      () => (called('Group.CallbackAfterSendMsg', 'Group.CallbackSendMsgException') === total ? true : null),
      30_000,
      'each message to be delivered or dropped',
    )
    for (const listener of listeners) {
      await until(() => (chat(listener).length === called('Group.CallbackAfterSendMsg') ? true : null), 20_000, 'everything delivered to arrive')
    }
    const delivered = chat(listeners[0] as WireClient).map(textOf)

    const counts = Object.fromEntries(
      PRIORITIES.map((priority) => {
        const of = (texts: readonly string[]): number => texts.filter((text) => priorityOf(text) === priority).length
        const calledOf = (command: string): number => of(receiver.of(command).map(textOfCallback))
        return [
          priority,
          {
            sent: sent[priority],
            before: calledOf('Group.CallbackBeforeSendMsg'),
            after: calledOf('Group.CallbackAfterSendMsg'),
            exceptions: calledOf('Group.CallbackSendMsgException'),
            delivered: of(delivered),
          },
        ]
      }),
    ) as Record<Priority, Counts>

    for (const priority of PRIORITIES) {
      const { sent: out, before, after, exceptions, delivered: got } = counts[priority]
      expect(before, `before, ${priority}`).toBe(out)
      expect(after, `after, ${priority}`).toBe(got)
      expect(exceptions, `exceptions, ${priority}`).toBe(before - after)
    }
    expect(counts.High.delivered, 'no High is lost').toBe(counts.High.sent)
    const share = (priority: Priority): number => counts[priority].delivered / counts[priority].sent
    expect(share('Normal')).toBeGreaterThan(share('Low'))
    expect(share('Low')).toBeGreaterThanOrEqual(share('Lowest'))
    expect(chat(listeners[1] as WireClient).map(textOf), 'all hear the same').toEqual(delivered)

    const times = receiver.of('Group.CallbackAfterSendMsg').map((one) => Number(one.body['EventTime']))
    for (const from of times) {
      for (let seconds = 1; seconds <= SECONDS; seconds += 1) {
        const count = times.filter((time) => time >= from && time < from + seconds * 1_000).length
        // One second more: a window cuts into the second before and the one after it.
        expect(count, `${seconds} s from ${from}`).toBeLessThanOrEqual(LIMIT_PER_SECOND * (seconds + 1))
      }
    }
    expect(delivered.length, 'and the room is used').toBeGreaterThan(LIMIT_PER_SECOND * (SECONDS - 2))
    for (const client of [...listeners, ...senders]) client.close()
  })

  it('of one priority alone: 40 of them, and another room does not notice', async () => {
    const [room, other] = [roomName(), roomName()]
    for (const GroupId of [room, other]) await server.rest().openRoom(GroupId)
    const listener = await enter('listener_3', room)
    const senders = await enterAll('loud', room)
    const quiet = [await enter('listener_4', other), await enter('sender_4', other)] as const
    const startedAt = performance.now()
    const [sent] = await Promise.all([
      load(senders, room, { High: 200, Normal: 0, Low: 0, Lowest: 0 }),
      load([quiet[1]], other, { High: 0, Normal: 0, Low: 0, Lowest: 20 }),
    ])
    await until(() => (chat(quiet[0]).length === 20 * SECONDS ? true : null), 20_000, 'all of the quiet room')
    // A load that was held up had more seconds.
    const seconds = (performance.now() - startedAt) / 1_000
    expect(chat(listener).length).toBeLessThanOrEqual(LIMIT_PER_SECOND * (seconds + 1))
    expect(sent.High).toBe(200 * SECONDS)
    for (const client of [listener, ...senders, ...quiet]) client.close()
  })
})
