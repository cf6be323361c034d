import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readMessageTag } from '../../../electron/shared/room-message'
import { until } from '../../support/until'
import type { ApiClient } from './support/api-client'
import { CloudBackend, ROOM, type CloudBackendOptions } from './support/cloud-backend'

const DEADLINE_MS = 8_000
let house: CloudBackend
let anchor: ApiClient
let viewer: ApiClient

async function begin(options: CloudBackendOptions = {}): Promise<void> {
  house = await CloudBackend.start(options)
  anchor = await house.anchor()
  viewer = await house.guest('Bo')
  await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
  await house.cloud.join(ROOM, viewer.userId)
}
beforeEach(() => begin())
afterEach(() => house.close())

const says = (text: string, who = viewer): ReturnType<typeof house.cloud.say> => house.cloud.say(ROOM, who.userId, text)
const lastText = (): string => String(house.cloud.messages.filter((message) => message.body[0]?.MsgType === 'TIMTextElem').at(-1)?.body[0]?.MsgContent['Text'])
const told = (kind: string): Promise<Record<string, unknown>> =>
  until(() => house.cloud.told(ROOM).find((message) => message['kind'] === kind) ?? null, DEADLINE_MS, kind)

describe('what is said', () => {
  it('carries level, role and name, whatever the client claims', async () => {
    const claimed = JSON.stringify({ quote: 7, live: { v: 1, level: 60, role: 'anchor', nick: 'Ada', avatar: '' } })
    await house.cloud.say(ROOM, viewer.userId, 'hello', claimed)
    const sent = house.cloud.messages.find((message) => message.from === viewer.userId)
    expect(readMessageTag(sent?.cloudCustomData ?? '')).toEqual({ v: 1, level: 1, role: 'viewer', nick: 'Bo', avatar: '' })
    expect(JSON.parse(sent?.cloudCustomData ?? '')).toMatchObject({ quote: 7 })
  })

  it('is kept for newcomers: the latest 20', async () => {
    for (let number = 1; number <= 25; number += 1) await says(`message ${number}`)
    const { messages } = await viewer.ok<{ messages: { text: string }[] }>('GET', `/api/rooms/${ROOM}/history`)
    expect(messages.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, index) => `message ${index + 6}`))
  })

  it('is refused, masked or dropped for its words, however they are disguised', async () => {
    await anchor.ok('PUT', '/api/words', {
      words: [
        { word: '坏词', action: 'refuse' },
        { word: 'darn', action: 'mask' },
        { word: 'spamword', action: 'drop' },
      ],
    })
    for (const text of ['坏词', '坏 词', '坏\u200b词', '这是坏词啊']) expect(await says(text), text).toMatchObject({ ok: false, code: 10_104 })
    for (const text of ['Ｄａｒｎ it', 'D A R N it', 'da\u200drn it']) {
      expect(await says(text), text).toMatchObject({ ok: true })
      expect(lastText(), text).toMatch(/^\*[* \u200d]*\* it$/)
    }
    const before = house.cloud.messages.length
    expect(await says('SpamWord')).toMatchObject({ ok: true })
    expect(house.cloud.messages).toHaveLength(before)
    expect(await house.nobody().refused('POST', `/api/rooms/${ROOM}/sessions`, { nick: '坏词' })).toBe('text.refused')
  })

  it('waits its turn in slow mode; the crew does not', async () => {
    await anchor.ok('PUT', `/api/rooms/${ROOM}/slow-mode`, { seconds: 30 })
    expect(await told('slow-mode')).toMatchObject({ seconds: 30 })
    expect(await says('one')).toMatchObject({ ok: true })
    expect(await says('two')).toMatchObject({ ok: false, code: 10_103, info: expect.stringContaining('"seconds":30') as unknown })
    expect(await says('one', anchor)).toMatchObject({ ok: true })
    expect(await says('two', anchor)).toMatchObject({ ok: true })
    await anchor.ok('PUT', `/api/rooms/${ROOM}/slow-mode`, { seconds: 0 })
    expect(await says('three')).toMatchObject({ ok: true })
  })

  it('is not what only the backend says', async () => {
    for (const kind of ['status', 'gift', 'remove', 'notice', 'mute', 'unknown-kind'])
      expect(await house.cloud.send(ROOM, viewer.userId, [{ MsgType: 'TIMCustomElem', MsgContent: { Data: JSON.stringify({ v: 1, kind }) } }])).toMatchObject({
        ok: false,
        code: 10_105,
      })
    const like = { MsgType: 'TIMCustomElem', MsgContent: { Data: '{"v":1,"kind":"like","count":1}' } }
    const text = { MsgType: 'TIMTextElem', MsgContent: { Text: 'and more' } }
    expect(await house.cloud.send(ROOM, viewer.userId, [like, text])).toMatchObject({ ok: false, code: 10_105 })
  })

  it('in pictures is looked at later, and taken back', async () => {
    await house.close()
    await begin({ more: { reviewer: async ({ body }) => (body[0]?.MsgType === 'TIMImageElem' ? 'not for all ages' : null) } })
    const sent = await house.cloud.send(ROOM, viewer.userId, [{ MsgType: 'TIMImageElem', MsgContent: { UUID: 'x' } }])
    if (!sent.ok) throw new Error('the picture was refused')
    expect(await told('retract')).toMatchObject({ msgSeq: sent.msgSeq, by: 'review' })
    await until(() => (house.cloud.recalled.includes(sent.msgSeq) ? true : null), DEADLINE_MS, 'the recall')
    expect(await anchor.ok('GET', `/api/rooms/${ROOM}/audit`)).toMatchObject({
      entries: [{ action: 'review', target: viewer.userId, reason: 'not for all ages' }],
    })
  })
})

describe('likes, levels and popularity', () => {
  it('count likes as far as a person can tap, and tell the counter', async () => {
    expect(await house.cloud.like(ROOM, viewer.userId, 12)).toMatchObject({ ok: true })
    expect(await house.cloud.like(ROOM, viewer.userId, 1_000_000)).toMatchObject({ ok: true })
    // What the others are shown is what was counted.
    expect(house.cloud.told(ROOM).filter((message) => message['kind'] === 'like')).toEqual([
      { v: 1, kind: 'like', count: 12 },
      { v: 1, kind: 'like', count: 30 },
    ])
    expect((await viewer.snapshot(ROOM)).likes).toBe(42)
    await until(() => (house.cloud.group(ROOM).counters.get('like') === 42 ? true : null), DEADLINE_MS, 'the group counter')
    expect(await told('counters')).toMatchObject({ online: 1 })
  })

  it('equal what the raw events give', async () => {
    const cy = await house.guest('Cy')
    await house.cloud.join(ROOM, cy.userId)
    for (let number = 0; number < 30; number += 1) await says(`message ${number}`, number % 3 === 0 ? cy : viewer)
    await house.cloud.like(ROOM, cy.userId, 30)
    for (const [who, giftId] of [
      [viewer, 'cake'],
      [cy, 'crown'],
      [cy, 'rose'],
    ] as const)
      await who.ok('POST', `/api/rooms/${ROOM}/gifts`, { orderId: `order-${who.userId}-${giftId}`, giftId })
    await anchor.ok('PUT', `/api/people/${cy.userId}/membership`, { member: true })
    const { standings } = house.business
    for (const { userId } of [viewer, cy]) {
      const level = await standings.level(ROOM, userId)
      expect(level).toBeGreaterThan(1)
      expect(await standings.recomputedLevel(ROOM, userId)).toBe(level)
    }
    expect((await cy.snapshot(ROOM)).me).toMatchObject({ member: true, level: await standings.level(ROOM, cy.userId) })
    const recomputed = await standings.recomputedPopularity(ROOM)
    const now = Date.now()
    expect(recomputed.at(now, 2)).toBe(standings.popularityAt(ROOM, now))
    expect(standings.popularityAt(ROOM, now)).toBeGreaterThan(3_000)
    // And so they do after a restart.
    const before = [await standings.level(ROOM, viewer.userId), await standings.level(ROOM, cy.userId)]
    await house.shut()
    await house.open()
    expect([await house.business.standings.level(ROOM, viewer.userId), await house.business.standings.level(ROOM, cy.userId)]).toEqual(before)
  })
})

describe('who is here', () => {
  it('is counted by joins, leaves and connections', async () => {
    const cy = await house.guest('Cy')
    await house.cloud.join(ROOM, cy.userId)
    expect((await viewer.snapshot(ROOM)).room.online).toBe(2)
    expect(await anchor.ok('GET', `/api/rooms/${ROOM}/members`)).toMatchObject({ online: 2, complete: true, members: [{ nick: 'Cy' }, { nick: 'Bo' }] })
    const state = (Action: string): Promise<unknown> =>
      house.cloud.callback('State.StateChange', {
        EventTime: Date.now(),
        Info: { Action, To_Account: cy.userId, Reason: Action === 'Login' ? 'Register' : 'LinkClose' },
      })
    await state('Disconnect')
    expect((await viewer.snapshot(ROOM)).room.online).toBe(1)
    await state('Login')
    expect((await viewer.snapshot(ROOM)).room.online).toBe(2)
    await house.cloud.leave(ROOM, cy.userId)
    expect((await viewer.snapshot(ROOM)).room.online).toBe(1)
  })
})

describe('losses', () => {
  it('are what was let pass and not delivered', async () => {
    house.cloud.drops = ({ body }) => /[05]$/.test(String(body[0]?.MsgContent['Text']))
    for (let number = 0; number < 50; number += 1) await says(`message ${number}`)
    const losses = await until(
      async () => {
        const answer = await anchor.ok<{ known: boolean; total?: Record<string, { sent: number; delivered: number; lost: number; waiting: number }> }>(
          'GET',
          `/api/rooms/${ROOM}/losses`,
        )
        return answer.total?.['Normal']?.waiting === 0 ? answer.total : null
      },
      15_000,
      'all to be judged',
    )
    expect(losses['Normal']).toEqual({ sent: 50, delivered: 40, lost: 10, waiting: 0 })
  })

  it('are not known without callbacks, and that is said', async () => {
    await house.close()
    await begin({ callbacks: false })
    expect(await anchor.ok('GET', `/api/rooms/${ROOM}/losses`)).toEqual({ known: false, reason: 'no-callbacks' })
    await until(async () => ((await house.nobody().ok('GET', '/api/health'))['callbacks'] === 'missing' ? true : null), 15_000, 'the callbacks to be missed')
    expect((await viewer.snapshot(ROOM)).callbacks).toBe('missing')
  })
})

describe('a lucky draw', () => {
  it('takes each person once, by level and following, and can be checked by anybody', async () => {
    const people = await Promise.all(['Cy', 'Di', 'Ed', 'Flo'].map((nick) => house.guest(nick)))
    for (const person of people.slice(0, 3)) await person.ok('PUT', `/api/rooms/${ROOM}/follow`, { follow: true })
    const { drawId, seedSha256 } = await anchor.ok<{ drawId: string; seedSha256: string }>('POST', `/api/rooms/${ROOM}/draws`, {
      keyword: 'me!',
      seconds: 60,
      winners: 2,
      followersOnly: true,
    })
    expect(await told('draw-open')).toMatchObject({ drawId, keyword: 'me!', commitment: seedSha256, winners: 2 })
    expect(await anchor.refused('POST', `/api/rooms/${ROOM}/draws`, { keyword: 'again', seconds: 60 })).toBe('draw.running')
    expect(await viewer.refused('GET', `/api/rooms/${ROOM}/draws/${drawId}/proof`)).toBe('draw.running')
    for (const person of people) for (let time = 0; time < 3; time += 1) await says('ME！', person)
    await says('not now', viewer)
    // The draw goes on over a restart.
    await house.shut()
    await house.open()
    anchor = await house.anchor()
    const proof = await anchor.ok<{ seed: string; entries: string[]; winners: string[] }>('POST', `/api/rooms/${ROOM}/draws/${drawId}/finish`, {})
    expect(proof.entries).toEqual(
      people
        .slice(0, 3)
        .map(({ userId }) => userId)
        .sort(),
    )
    expect(proof.winners).toHaveLength(2)
    expect(await told('draw-result')).toMatchObject({
      drawId,
      seed: proof.seed,
      entries: 3,
      winners: proof.winners.map((userId) => expect.objectContaining({ userId }) as unknown),
    })
    expect(await (await house.guest('Gil')).ok('GET', `/api/rooms/${ROOM}/draws/${drawId}/proof`)).toEqual(proof)
  })
})

describe('a broadcast', () => {
  it('reaches every room, also where the edition has none', async () => {
    await anchor.ok('POST', '/api/rooms', { roomId: 'second', title: 'Second' })
    expect(await anchor.ok('POST', '/api/broadcast', { text: 'Maintenance at 22:00' })).toEqual({ by: 'broadcast' })
    house.cloud.intercept = (call) => (call.command.endsWith('send_broadcast_msg') ? { ErrorCode: 10_007 } : null)
    expect(await anchor.ok('POST', '/api/broadcast', { text: 'And again' })).toEqual({ by: 'each-room' })
    for (const room of [ROOM, 'second'])
      await until(() => (house.cloud.told(room).filter((message) => message['kind'] === 'broadcast').length === 2 ? true : null), DEADLINE_MS, room)
  })
})
