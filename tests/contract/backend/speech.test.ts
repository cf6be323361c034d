import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LEVEL_WEIGHTS, levelOf } from '../../../electron/room-server/backend/levels/level'
import { Popularity, type HeatKind } from '../../../electron/room-server/backend/levels/popularity'
import { readMessageTag } from '../../../electron/shared/room-message'
import { until } from '../../support/until'
import { customElement, type MessageElement } from '../im/support/rest-client'
import { ApiClient } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { HOUSES, toldIn, type HeardMessage, type House, type HouseOptions, type OpenHouse } from './support/house'
import { countersOf } from './support/im-view'
import { rawEvents } from './support/raw-events'

const DEADLINE_MS = 20_000
let house: House
let anchor: ApiClient
let viewer: ApiClient

async function begin(open: OpenHouse, options: HouseOptions = {}): Promise<void> {
  house = await open(options)
  anchor = await house.anchor()
  viewer = await house.guest('Bo')
  await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
  await house.join(viewer)
}
/** The process ends and is there again; tokens hold. */
async function restart(): Promise<void> {
  await house.shut()
  await house.open()
  anchor = await house.anchor()
  viewer = new ApiClient(house.base, viewer.session)
}

const says = (text: string, who = viewer): Promise<number> => house.say(who, text)
const like = (count: number): readonly MessageElement[] => [customElement(JSON.stringify({ v: 1, kind: 'like', count }), 'like')]
const texts = (): readonly string[] => house.heard().flatMap(({ type, content }) => (type === 'TIMTextElem' ? [String(content['Text'])] : []))
const told = (kind: string): Promise<Record<string, unknown>> =>
  until(() => toldIn(house).find((message) => message['kind'] === kind) ?? null, DEADLINE_MS, kind)
/** Asked again while it is not so yet. */
const soon = (is: () => boolean | Promise<boolean>, what: string): Promise<true> => until(async () => ((await is()) ? true : null), DEADLINE_MS, what)
const online = async (): Promise<number> => ((await viewer.snapshot(ROOM)).room.online ?? Number.NaN) - house.listeners

describe.each(HOUSES)('with $name', ({ open }) => {
  beforeEach(() => begin(open))
  afterEach(() => house.close())

  describe('what is said', () => {
    it('carries level, role and name, whatever the client claims', async () => {
      const claimed = JSON.stringify({ quote: 7, live: { v: 1, level: 60, role: 'anchor', nick: 'Ada', avatar: '' } })
      await house.send(viewer, [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }], claimed)
      const sent = await until<HeardMessage>(() => house.heard().find(({ from }) => from === viewer.userId) ?? null, DEADLINE_MS, 'what was said')
      expect(readMessageTag(sent.cloudCustomData)).toEqual({ v: 1, level: 1, role: 'viewer', nick: 'Bo', avatar: '' })
      expect(JSON.parse(sent.cloudCustomData)).toMatchObject({ quote: 7 })
    })

    it('is kept for newcomers: the latest 20', async () => {
      for (let number = 1; number <= 25; number += 1) await says(`message ${number}`)
      const history = async (): Promise<string[]> =>
        (await viewer.ok<{ messages: { text: string }[] }>('GET', `/api/rooms/${ROOM}/history`)).messages.map(({ text }) => text)
      await soon(async () => (await history()).at(-1) === 'message 25', 'the history')
      expect(await history()).toEqual(Array.from({ length: 20 }, (_, index) => `message ${index + 6}`))
    })

    it('is refused, masked or dropped for its words, however they are disguised', async () => {
      await anchor.ok('PUT', '/api/words', {
        words: [
          { word: '坏词', action: 'refuse' },
          { word: 'darn', action: 'mask' },
          { word: 'spamword', action: 'drop' },
        ],
      })
      for (const text of ['坏词', '坏 词', '坏\u200b词', '这是坏词啊']) expect(await says(text), text).toBe(10_104)
      const disguised = ['Ｄａｒｎ it', 'D A R N it', 'da\u200drn it']
      for (const text of disguised) expect(await says(text), text).toBe(0)
      expect(await says('SpamWord')).toBe(0)
      expect(await says('the end')).toBe(0)
      await soon(() => texts().includes('the end'), 'all to be heard')
      // In order, and nothing of what was refused or dropped is among them.
      expect(texts()).toHaveLength(disguised.length + 1)
      for (const [at, text] of disguised.entries()) expect(texts()[at], text).toMatch(/^\*[* \u200d]*\* it$/)
      const marks = house.heard().filter(({ type }) => type === 'TIMTextElem')
      expect(marks.map(({ cloudCustomData }) => readMessageTag(cloudCustomData)?.masked === true)).toEqual([...disguised.map(() => true), false])
      expect(await house.nobody().refused('POST', `/api/rooms/${ROOM}/sessions`, { nick: '坏词' })).toBe('text.refused')
    })

    it('waits its turn in slow mode; the crew does not', async () => {
      await house.join(anchor)
      await anchor.ok('PUT', `/api/rooms/${ROOM}/slow-mode`, { seconds: 30 })
      expect(await told('slow-mode')).toMatchObject({ seconds: 30 })
      expect(await says('one')).toBe(0)
      expect(await house.send(viewer, [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'two' } }])).toMatchObject({
        code: 10_103,
        info: expect.stringMatching(/"seconds":(30|2\d)\b/) as unknown,
      })
      expect(await says('one', anchor)).toBe(0)
      expect(await says('two', anchor)).toBe(0)
      await anchor.ok('PUT', `/api/rooms/${ROOM}/slow-mode`, { seconds: 0 })
      expect(await says('three')).toBe(0)
    })

    it('is not what only the backend says', async () => {
      for (const kind of ['status', 'gift', 'remove', 'notice', 'mute', 'unknown-kind'])
        expect(await house.send(viewer, [customElement(JSON.stringify({ v: 1, kind }))]), kind).toMatchObject({ code: 10_105 })
      const text = { MsgType: 'TIMTextElem', MsgContent: { Text: 'and more' } }
      expect(await house.send(viewer, [...like(1), text])).toMatchObject({ code: 10_105 })
      // Nor word for word what the backend has said.
      await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: 'Welcome' })
      await viewer.ok('POST', `/api/rooms/${ROOM}/gifts`, { orderId: 'an-order-to-repeat', giftId: 'cake' })
      for (const kind of ['status', 'notice', 'gift']) await told(kind)
      for (const who of [viewer, anchor]) {
        await house.join(who)
        for (const message of toldIn(house))
          expect(await house.send(who, [customElement(JSON.stringify(message))]), String(message['kind'])).toMatchObject({ code: 10_105 })
      }
    })

    it('in pictures is looked at later, and taken back', async () => {
      await house.close()
      await begin(open, { reviewer: async ({ body }) => (body[0]?.MsgType === 'TIMImageElem' ? 'not for all ages' : null) })
      const { code, msgSeq } = await house.send(viewer, [{ MsgType: 'TIMImageElem', MsgContent: { UUID: 'x' } }])
      expect(code).toBe(0)
      expect(await told('retract')).toMatchObject({ msgSeq, by: 'review' })
      await soon(() => house.recalled().includes(msgSeq), 'the recall')
      expect(await anchor.ok('GET', `/api/rooms/${ROOM}/audit`)).toMatchObject({
        entries: [{ action: 'review', target: viewer.userId, reason: 'not for all ages' }],
      })
    })
  })

  describe('likes, levels and popularity', () => {
    it('count likes as far as a person can tap, and tell the counter', async () => {
      expect(await house.send(viewer, like(12))).toMatchObject({ code: 0 })
      expect(await house.send(viewer, like(1_000_000))).toMatchObject({ code: 0 })
      const likes = (): readonly Record<string, unknown>[] => toldIn(house).filter((message) => message['kind'] === 'like')
      await soon(() => likes().length === 2, 'the likes')
      // What the others are shown is what was counted.
      expect(likes()).toEqual([
        { v: 1, kind: 'like', count: 12 },
        { v: 1, kind: 'like', count: 30 },
      ])
      expect((await viewer.snapshot(ROOM)).likes).toBe(42)
      await soon(async () => (await countersOf(house.rest(), ROOM)).get('like') === 42, 'the group counter')
      await soon(() => toldIn(house).some(({ kind, online }) => kind === 'counters' && online === 1 + house.listeners), 'the counters')
    })

    it('equal what the raw events on disk give', async () => {
      const cy = await house.guest('Cy')
      await house.join(cy)
      for (let number = 0; number < 30; number += 1) await says(`message ${number}`, number % 3 === 0 ? cy : viewer)
      await house.send(cy, like(30))
      for (const [who, giftId] of [
        [viewer, 'cake'],
        [cy, 'crown'],
        [cy, 'rose'],
      ] as const)
        await who.ok('POST', `/api/rooms/${ROOM}/gifts`, { orderId: `order-${who.userId}-${giftId}`, giftId })
      await anchor.ok('PUT', `/api/people/${cy.userId}/membership`, { member: true })
      await anchor.ok('POST', `/api/rooms/${ROOM}/gifts/order-${cy.userId}-rose/refund`, {})
      const events = (): ReturnType<typeof rawEvents> => rawEvents(house.store, ROOM)
      await soon(async () => (await events()).filter(({ kind }) => kind === 'message').length === 30, 'all to be on disk')
      const written = await events()

      const sum = (userId: string, wanted: string): number =>
        written.reduce((total, { user_id, kind, amount }) => total + (user_id === userId && kind === wanted ? amount : 0), 0)
      // Nobody is here for a whole minute.
      const points = (userId: string): number =>
        sum(userId, 'message') * LEVEL_WEIGHTS.message +
        Math.floor(sum(userId, 'like') / 10) * LEVEL_WEIGHTS.tenLikes +
        sum(userId, 'gift') * LEVEL_WEIGHTS.giftCoin
      const levels = async (): Promise<number[]> => [
        (await new ApiClient(house.base, viewer.session).snapshot(ROOM)).me.level,
        (await new ApiClient(house.base, cy.session).snapshot(ROOM)).me.level,
      ]
      const recomputed = [levelOf(points(viewer.userId)), levelOf(Math.floor((points(cy.userId) * LEVEL_WEIGHTS.memberPercent) / 100))]
      expect(recomputed.every((level) => level > 1)).toBe(true)
      expect(await levels()).toEqual(recomputed)

      const kinds: Readonly<Record<string, HeatKind>> = { message: 'message', like: 'like', gift: 'giftCoin', join: 'join' }
      const heat = async (): Promise<Popularity> =>
        Popularity.recompute(
          (await events()).flatMap(({ kind, amount, at_ms: atMs }) => (kinds[kind] === undefined ? [] : [{ kind: kinds[kind], count: amount, atMs }])),
        )
      // Asked again where the clock went on between the two.
      await soon(async () => {
        const { popularity, room } = await viewer.snapshot(ROOM)
        const recounted = await heat()
        return popularity > 3_000 && recounted.at(Date.now(), room.online ?? 0) === popularity
      }, 'the popularity to be that of the raw events')
      // And so they do after a restart.
      await restart()
      expect(await levels()).toEqual(recomputed)
    })
  })

  describe('who is here', () => {
    it('is counted by joins, leaves and connections', async () => {
      const cy = await house.guest('Cy')
      await house.join(cy)
      await soon(async () => (await online()) === 2, 'both to be here')
      const here = await anchor.ok<{ complete: boolean; members: { nick: string }[] }>('GET', `/api/rooms/${ROOM}/members`)
      expect(here.complete).toBe(true)
      expect(here.members.map(({ nick }) => nick).slice(0, 2)).toEqual(['Cy', 'Bo'])
      await house.line(cy, false)
      await soon(async () => (await online()) === 1, 'one to be away')
      await house.line(cy, true)
      await soon(async () => (await online()) === 2, 'both to be here again')
      await house.leave(cy)
      await soon(async () => (await online()) === 1, 'one to have left')
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
      for (const person of people) await house.join(person)
      for (const person of people) for (let time = 0; time < 3; time += 1) await says('ME！', person)
      await says('not now', viewer)
      await soon(async () => (await viewer.snapshot(ROOM)).history.at(-1)?.text === 'not now', 'all to be heard')
      // The draw goes on over a restart.
      await restart()
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
    it.each([
      ['enterprise', 'broadcast'],
      ['standard', 'each-room'],
    ] as const)('reaches every room in the %s edition: by %s', async (edition, by) => {
      await house.close()
      await begin(open, { edition })
      await anchor.ok('POST', '/api/rooms', { roomId: 'second', title: 'Second' })
      await house.listen('second')
      expect(await anchor.ok('POST', '/api/broadcast', { text: 'Maintenance at 22:00' })).toEqual({ by })
      for (const room of [ROOM, 'second']) await soon(() => toldIn(house, room).filter((message) => message['kind'] === 'broadcast').length === 1, room)
    })
  })
})
