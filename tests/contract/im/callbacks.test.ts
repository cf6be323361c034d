import { describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import { HeldAnswer, type CallbackAnswer } from './support/callback-receiver'
import {
  enter,
  expectBody,
  expectTransport,
  MS_TEXT,
  next,
  nextRoom,
  receiver,
  REFUSED_BY_APP,
  rest,
  room,
  sendByRest,
  server,
  signature,
  startAsTheCloud,
  useCallbackScene,
} from './support/callback-scene'
import { ChatClient, withCode } from './support/chat-client'
import { MUTED, TOO_FAST } from './support/codes'
import { customElement, newRandom, textElement } from './support/rest-client'
import { ADMIN, RoomServerProcess } from './support/room-server-process'
import type { WireClient } from './support/wire-client'

useCallbackScene()

it('the signature of these tests is the documented one', () => {
  expect(signature('xxxxyyyy', '1669872112')).toBe('17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061')
})

describe('before and after a message', () => {
  const message = { GroupId: '', Type: 'AVChatRoom', Random: expect.any(Number) as unknown, EventTime: MS_TEXT }
  const LATER = ['MsgId', 'RequestId', 'RequestID', 'MsgPriority', 'OnlineOnlyFlag', 'CloudCustomData', 'Topic_ID']

  it('of REST: documented body, query and signature', async () => {
    const Random = newRandom()
    const { MsgSeq, MsgTime } = await sendByRest({
      Random,
      From_Account: 'carol',
      MsgBody: [textElement('a'), customElement('b', 'c', 'd')],
      CloudCustomData: 'mine',
    })
    const before = await next('Group.CallbackBeforeSendMsg')
    const after = await next('Group.CallbackAfterSendMsg')
    const documented = {
      ...message,
      GroupId: room,
      From_Account: 'carol',
      Operator_Account: ADMIN,
      Random,
      MsgBody: [textElement('a'), customElement('b', 'c', 'd')],
    }
    expectBody(before, documented, LATER)
    expectBody(after, { ...documented, MsgSeq, MsgTime }, LATER)
    for (const one of [before, after]) {
      expectTransport(one, 'RESTAPI')
      expect(one.body['CloudCustomData']).toBe('mine')
    }
    expect(before.body['OnlineOnlyFlag']).toBe(0)
  })

  it('of a client: its platform is told', async () => {
    const bob = await enter('bob')
    const { MsgSeq } = await bob.send(room, 'hi')
    for (const command of ['Group.CallbackBeforeSendMsg', 'Group.CallbackAfterSendMsg']) {
      const callback = await next(command)
      expectTransport(callback, 'Web')
      expect(callback.body).toMatchObject({ GroupId: room, From_Account: 'bob', Operator_Account: 'bob', MsgBody: [textElement('hi')] })
    }
    expect((await next('Group.CallbackAfterSendMsg')).body['MsgSeq']).toBe(MsgSeq)
  })

  it('beyond the rate of the room: an exception, field by field', async () => {
    const bob = await enter('bob')
    // As often as it takes: a server that is slow carries the first of them all.
    await until(
      async () => {
        await Promise.all(Array.from({ length: 200 }, () => bob.send(room, 'a flood', 'Lowest')))
        return receiver.of('Group.CallbackSendMsgException').length > 0 ? true : null
      },
      30_000,
      'the flood to be too much',
    )
    const exception = await next('Group.CallbackSendMsgException')
    expectTransport(exception, 'Web')
    expectBody(
      exception,
      {
        ...message,
        GroupId: room,
        From_Account: 'bob',
        Operator_Account: 'bob',
        OnlineOnlyFlag: 0,
        MsgBody: [textElement('a flood')],
        CloudCustomData: '',
        ErrorCode: TOO_FAST,
        ErrorInfo: expect.stringMatching(/./) as unknown,
      },
      ['MsgId'],
    )
  })

  it('in a live room no message is for those online only, whatever was asked', async () => {
    await sendByRest({ OnlineOnlyFlag: 1, SendMsgControl: ['NoUnread'] })
    for (const command of ['Group.CallbackBeforeSendMsg', 'Group.CallbackAfterSendMsg']) expect((await next(command)).body['OnlineOnlyFlag']).toBe(0)
    const late = await enter('late')
    await late.hear('hello')
    receiver.reset()
    await late.request('group_open_http_svc.send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('hi')], OnlineOnlyFlag: 1 })
    expect((await next('Group.CallbackBeforeSendMsg')).body['OnlineOnlyFlag']).toBe(0)
  })

  it('are told once, even to who fails', async () => {
    receiver.reply('Group.CallbackAfterSendMsg', { status: 500, text: 'oops' })
    await sendByRest({ MsgBody: [textElement('first')] })
    await next('Group.CallbackAfterSendMsg')
    await sendByRest({ MsgBody: [textElement('second')] })
    await receiver.next('Group.CallbackAfterSendMsg', (one) => JSON.stringify(one.body).includes('second'))
    expect(receiver.of('Group.CallbackAfterSendMsg').filter((one) => JSON.stringify(one.body).includes('first'))).toHaveLength(1)
  })

  it('are told once of a message that is sent again while the first is asked about', async () => {
    const asTheCloud = (await startAsTheCloud()).rest()
    receiver.reply('Group.CallbackBeforeSendMsg', 'hang')
    const Random = newRandom()
    const send = (): ReturnType<typeof sendByRest> => sendByRest({ Random, MsgBody: [textElement('once')] }, asTheCloud)
    const [first, again] = await Promise.all([send(), send()])
    expect(again).toEqual(first)
    await next('Group.CallbackAfterSendMsg')
    for (const command of ['Group.CallbackBeforeSendMsg', 'Group.CallbackAfterSendMsg'])
      expect(receiver.of(command).filter((one) => one.body['Random'] === Random)).toHaveLength(1)
  })

  it('are left out where REST forbids them', async () => {
    await sendByRest({ MsgBody: [textElement('quiet')], ForbidCallbackControl: ['ForbidBeforeSendMsgCallback', 'ForbidAfterSendMsgCallback'] })
    await sendByRest({ MsgBody: [textElement('no before')], ForbidCallbackControl: ['ForbidBeforeSendMsgCallback'] })
    await sendByRest({ MsgBody: [textElement('loud')] })
    await receiver.next('Group.CallbackAfterSendMsg', (one) => JSON.stringify(one.body).includes('loud'))
    const texts = (command: string): unknown[] => receiver.of(command).map((one) => one.body['MsgBody'])
    expect(texts('Group.CallbackBeforeSendMsg')).toEqual([[textElement('loud')]])
    await until(() => (texts('Group.CallbackAfterSendMsg').length === 2 ? true : null), 20_000, 'two of them')
    expect(texts('Group.CallbackAfterSendMsg')).toEqual([[textElement('no before')], [textElement('loud')]])
  })
})

describe('the answer before a message', () => {
  const answerWith = (reply: CallbackAnswer): void => receiver.reply('Group.CallbackBeforeSendMsg', reply)
  /** Sends, then something that passes: when that has arrived, the first would have too. */
  const heardAfter = async (listener: WireClient): Promise<string[]> => {
    receiver.reply('Group.CallbackBeforeSendMsg', null)
    await sendByRest({ MsgBody: [textElement('barrier')] })
    await listener.hear('barrier')
    return listener.texts().filter((text) => text !== 'barrier')
  }

  it.each([
    [1, '', REFUSED_BY_APP],
    [10_100, 'too rude', 10_100],
    [10_200, 'not today', 10_200],
    [120_001, 'not here', 120_001],
    [130_000, 'not you', 130_000],
  ])('%i refuses', async (ErrorCode, ErrorInfo, code) => {
    const listener = await enter('listener')
    const bob = await enter('bob')
    answerWith({ ActionStatus: 'OK', ErrorCode, ErrorInfo })
    await expect(bob.send(room, 'refused')).rejects.toMatchObject({ code, message: expect.stringContaining(ErrorInfo) as unknown })
    expect(await sendByRest({ MsgBody: [textElement('refused too')] })).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: code })
    expect(await heardAfter(listener)).toEqual([])
    expect(receiver.of('Group.CallbackAfterSendMsg').filter((one) => JSON.stringify(one.body).includes('refused'))).toEqual([])
  })

  it('2 drops, and the sender does not know', async () => {
    const listener = await enter('listener')
    const bob = await enter('bob')
    answerWith({ ActionStatus: 'OK', ErrorCode: 2, ErrorInfo: '' })
    await bob.send(room, 'dropped')
    expect(await sendByRest({ MsgBody: [textElement('dropped too')] })).toMatchObject({ ActionStatus: 'OK' })
    expect(await heardAfter(listener)).toEqual([])
  })

  it('0 passes, as it was or rewritten', async () => {
    const listener = await enter('listener')
    const bob = await enter('bob')
    receiver.reply('Group.CallbackBeforeSendMsg', (callback) => ({
      ActionStatus: 'OK',
      ErrorCode: 0,
      ErrorInfo: '',
      MsgBody: [textElement('**** you'), customElement('level 3')],
      CloudCustomData: `from ${String(callback.body['From_Account'])}`,
    }))
    await bob.send(room, 'rude you')
    const item = await until(() => listener.items.find((one) => one.Event === 3) ?? null, 20_000, 'the message')
    expect(item).toMatchObject({ MsgBody: [textElement('**** you'), customElement('level 3')], CloudCustomData: 'from bob' })
    expect((await next('Group.CallbackAfterSendMsg')).body['MsgBody']).toEqual([textElement('**** you'), customElement('level 3')])
  })

  it.each([
    ['HTTP 500', { status: 500, text: 'oops' }],
    ['no JSON', { status: 200, text: 'oops' }],
    ['JSON of another kind', { status: 200, text: '[1]' }],
    ['a code beside the first range', { ActionStatus: 'OK', ErrorCode: 10_201, ErrorInfo: '' }],
    ['a code beside the second range', { ActionStatus: 'OK', ErrorCode: 130_001, ErrorInfo: '' }],
    ['a code far out of the ranges', { ActionStatus: 'OK', ErrorCode: 99_999, ErrorInfo: '' }],
    ['a rewritten body that is none', { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', MsgBody: [{ MsgType: 5 }] }],
  ])('%s lets the message pass', async (_what, reply) => {
    const listener = await enter('listener')
    receiver.reply('Group.CallbackBeforeSendMsg', reply)
    expect(await sendByRest({ MsgBody: [textElement('passes')] })).toMatchObject({ ActionStatus: 'OK' })
    await listener.hear('passes')
    await next('Group.CallbackAfterSendMsg')
    expect(receiver.of('Group.CallbackBeforeSendMsg'), 'it is not asked twice').toHaveLength(1)
  })

  it('none within two seconds lets the message pass', async () => {
    const asTheCloud = await startAsTheCloud()
    const listener = await enter('listener', asTheCloud)
    receiver.reply('Group.CallbackBeforeSendMsg', 'hang')
    expect(await sendByRest({ MsgBody: [textElement('passes')] }, asTheCloud.rest())).toMatchObject({ ActionStatus: 'OK' })
    await listener.hear('passes')
    await next('Group.CallbackAfterSendMsg')
    expect(receiver.of('Group.CallbackBeforeSendMsg'), 'it is not asked twice').toHaveLength(1)
  })

  it('reaches the app through the real SDK', async () => {
    const bob = await ChatClient.open(server.wire)
    await bob.login('bob', server.userSig('bob'))
    await bob.join(room)
    for (const ErrorCode of [1, 10_150, 120_001, 130_000]) {
      answerWith({ ActionStatus: 'OK', ErrorCode, ErrorInfo: 'not now' })
      await expect(bob.say(room, 'may I?')).rejects.toMatchObject(withCode(ErrorCode === 1 ? REFUSED_BY_APP : ErrorCode))
    }
    await bob.close()
  })

  it('is not asked for who is muted everywhere', async () => {
    const bob = await enter('muted_bob')
    await rest.ok('openconfigsvr/setnospeaking', { Set_Account: 'muted_bob', GroupmsgNospeakingTime: 600 })
    await expect(bob.send(room, 'muted')).rejects.toMatchObject({ code: MUTED })
    await sendByRest({ MsgBody: [textElement('heard')] })
    await next('Group.CallbackAfterSendMsg')
    expect(receiver.of('Group.CallbackBeforeSendMsg').map((one) => one.body['MsgBody'])).toEqual([[textElement('heard')]])
  })

  it('that is slow holds up nobody else', async () => {
    const listener = await enter('listener')
    const pass = { ActionStatus: 'OK', ErrorCode: 0 }
    const judged = new HeldAnswer()
    receiver.reply('Group.CallbackBeforeSendMsg', (callback) => (JSON.stringify(callback.body).includes('slow') ? judged.answer : pass))
    const slow = sendByRest({ MsgBody: [textElement('slow')] })
    await next('Group.CallbackBeforeSendMsg')
    await sendByRest({ MsgBody: [textElement('quick')] })
    await listener.hear('quick')
    judged.give(pass)
    await slow
    await listener.hear('slow')
    expect(listener.texts()).toEqual(['quick', 'slow'])
  })
})

it('nothing is signed without a token', async () => {
  nextRoom()
  const plain = await RoomServerProcess.start({ callbackUrl: receiver.url })
  await plain.rest().openRoom(room)
  const callback = await next('Group.CallbackAfterCreateGroup')
  expect(callback.query).not.toHaveProperty('Sign')
  expect(callback.query).not.toHaveProperty('RequestTime')
  await plain.close()
})
