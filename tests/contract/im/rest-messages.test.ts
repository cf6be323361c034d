import { describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import { BAD_GROUP_ID, BAD_PARAMETER, NO_GROUP, NO_MESSAGE, TOO_FAST, TOO_LONG } from './support/codes'
import { customElement, newRandom, textElement, type MessageElement, type RestAnswer } from './support/rest-client'
import { create, enter, fails, nextRoom, rest, room, useRestScene } from './support/rest-scene'

useRestScene()

describe('send_group_msg', () => {
  const send = (changes: object = {}): Promise<RestAnswer & { MsgTime: number; MsgSeq: number }> =>
    rest.call('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('hello')], ...changes })

  it('delivers, with time and number', async () => {
    const bob = await enter('bob')
    const answer = await send({
      From_Account: 'carol',
      MsgPriority: 'High',
      CloudCustomData: 'mine',
      MsgBody: [textElement('a'), customElement('b', 'c', 'd')],
    })
    expect(answer).toMatchObject({ ActionStatus: 'OK', MsgTime: expect.any(Number) as unknown, MsgSeq: expect.any(Number) as unknown })
    const item = await until(() => bob.items.find((one) => one.MsgSeq === answer.MsgSeq) ?? null, 20_000, 'the message')
    expect(item).toMatchObject({
      Event: 3,
      From_Account: 'carol',
      ToGroupId: room,
      MsgPriority: 'High',
      MsgTimeStamp: answer.MsgTime,
      CloudCustomData: 'mine',
      MsgBody: [textElement('a'), customElement('b', 'c', 'd')],
    })
  })

  it('is Normal unless said, and case matters', async () => {
    const bob = await enter('bob')
    const { MsgSeq } = await send()
    expect(await until(() => bob.items.find((one) => one.MsgSeq === MsgSeq) ?? null, 20_000, 'the message')).toMatchObject({ MsgPriority: 'Normal' })
    fails(await send({ MsgPriority: 'high' }), BAD_PARAMETER)
  })

  it('drops what has the same Random within five minutes', async () => {
    const bob = await enter('bob')
    const Random = newRandom()
    await send({ Random, MsgBody: [textElement('first')] })
    await send({ Random, MsgBody: [textElement('second')] })
    await send({ MsgBody: [textElement('last')] })
    await bob.hear('last')
    expect(bob.texts()).toEqual(['first', 'last'])
  })

  it('knows its rooms, its senders and its sizes', async () => {
    fails(await send({ GroupId: 'nowhere' }), NO_GROUP)
    const bad = await send({ GroupId: 'größe' })
    expect([NO_GROUP, BAD_GROUP_ID, BAD_PARAMETER]).toContain(bad.ErrorCode)
    fails(await send({ MsgBody: [textElement('x'.repeat(13_000))] }), TOO_LONG)
    expect(await send({ MsgBody: [textElement('x'.repeat(7_900))] })).toMatchObject({ ActionStatus: 'OK' })
  })

  it.each<[string, object]>([
    ['no body', { MsgBody: undefined }],
    ['an empty body', { MsgBody: [] }],
    ['a body that is no list', { MsgBody: textElement('x') }],
    ['an element without a type', { MsgBody: [{ MsgContent: { Text: 'x' } }] }],
    ['an element without content', { MsgBody: [{ MsgType: 'TIMTextElem' }] }],
    ['an element of no known type', { MsgBody: [{ MsgType: 'TIMFridgeElem', MsgContent: {} }] }],
    ['a text that is none', { MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 5 } }] }],
    ['no Random', { Random: undefined }],
  ])('refuses %s', async (_what, changes) => {
    fails(await send(changes), BAD_PARAMETER)
  })
})

it('send_group_system_notification reaches who is there', async () => {
  const bob = await enter('bob')
  await rest.ok('send_group_system_notification', { GroupId: room, Content: 'a notice' })
  await until(() => bob.items.find((one) => one.Event === 5 && JSON.stringify(one.MsgBody).includes('a notice')) ?? null, 20_000, 'the notice')
  fails(await rest.call('send_group_system_notification', { GroupId: 'nowhere', Content: 'x' }), NO_GROUP)
})

describe('send_broadcast_msg', () => {
  const broadcast = (MsgBody: readonly MessageElement[]): Promise<RestAnswer & { MsgSeq: number }> =>
    rest.call('send_broadcast_msg', { From_Account: 'administrator', Random: newRandom(), MsgBody, CloudCustomData: 'to all' })

  it('reaches every room, up to five times a second', async () => {
    const bob = await enter('bob')
    nextRoom()
    await create({})
    const carol = await enter('carol')
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => broadcast([textElement(`news ${i}`)])))
    const codes = answers.map((one) => one.ErrorCode)
    expect(new Set(codes)).toEqual(new Set([0, TOO_FAST]))
    const delivered = codes.flatMap((code, i) => (code === 0 ? [`news ${i}`] : []))
    for (const client of [bob, carol]) {
      await until(() => (delivered.every((text) => client.texts().includes(text)) ? true : null), 20_000, 'the broadcasts')
    }
  })

  it('has its size', async () => {
    fails(await until(async () => notTooFast(await broadcast([textElement('x'.repeat(12_100))])), 20_000, 'an answer'), TOO_LONG)
  })

  const notTooFast = <T extends RestAnswer>(answer: T): T | null => (answer.ErrorCode === TOO_FAST ? null : answer)
})

describe('group_msg_recall', () => {
  it('recalls, message by message', async () => {
    const bob = await enter('bob')
    const { MsgSeq } = await rest.ok<{ MsgSeq: number }>('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('a slip')] })
    await bob.hear('a slip')
    const { RecallRetList } = await rest.ok<{ RecallRetList: unknown }>('group_msg_recall', {
      GroupId: room,
      MsgSeqList: [{ MsgSeq }, { MsgSeq: MsgSeq + 1_000 }],
      Reason: 'a slip',
    })
    expect(RecallRetList).toEqual([
      { MsgSeq, RetCode: 0 },
      { MsgSeq: MsgSeq + 1_000, RetCode: NO_MESSAGE },
    ])
    const late = await enter('late')
    await rest.ok('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('after it')] })
    await late.hear('after it')
    expect(late.texts()).toEqual(['after it'])
  })

  it('takes ten at a time', async () => {
    const list = Array.from({ length: 11 }, (_, i) => ({ MsgSeq: i + 1 }))
    const answer = await rest.call('group_msg_recall', { GroupId: room, MsgSeqList: list })
    expect(answer.ActionStatus).toBe('FAIL')
    fails(await rest.call('group_msg_recall', { GroupId: 'nowhere', MsgSeqList: [{ MsgSeq: 1 }] }), NO_GROUP)
  })
})

it('openim/modify_group_msg is not for live rooms', async () => {
  const { MsgSeq } = await rest.ok<{ MsgSeq: number }>('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('hello')] })
  const answer = await rest.call('openim/modify_group_msg', { GroupId: room, MsgSeq, MsgBody: [textElement('goodbye')] })
  expect(answer.ActionStatus).toBe('FAIL')
})
