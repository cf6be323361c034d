import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RoomServer } from '../../../electron/room-server/room-server'
import { CLIENT_KINDS, readMessageTag, readRoomMessage, type RoomMessage } from '../../../electron/shared/room-message'
import type { RoomSession } from '../../../electron/shared/room-api'
import { SkippingTime } from '../../fakes/skipping-time'
import { until } from '../../support/until'
import { ChatClient, withCode, type ChatMessage } from '../im/support/chat-client'
import { SDK_APP_ID, SECRET_KEY } from '../im/support/room-server-process'
import { ApiClient, newOrderId } from './support/api-client'

const ROOM = 'program'
const DEADLINE_MS = 20_000
const dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-embedded-'))
const log: string[] = []
const time = new SkippingTime()
let server: RoomServer
let wire: string
let http: string
let anchor: ApiClient
const clients: ChatClient[] = []

beforeAll(async () => {
  server = new RoomServer({
    host: '127.0.0.1',
    httpPort: 0,
    rtmpPort: 0,
    portFallback: false,
    streamKey: 'a-stream-key-of-the-tests',
    webRoot: dataDir,
    title: 'Friday night',
    // A machine that stands still for longer than the usual two seconds of a callback would let pass what is refused here.
    chat: { dataDir, app: { sdkAppId: SDK_APP_ID, secretKey: SECRET_KEY }, businessTime: time, callbackMs: 15_000 },
    log: (level, message) => void log.push(`${level}: ${message}`),
  })
  ;({ wire, http } = await server.start())
  const session = await server.anchorSession('Ada')
  anchor = new ApiClient(http, session)
  await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
})
afterAll(async () => {
  await server.close()
  rmSync(dataDir, { recursive: true, force: true })
})

interface Visitor {
  readonly api: ApiClient
  readonly chat: ChatClient
}
/** As a page does it: a session, the SDK with its UserSig at the wire it names, into the room. */
async function visit(nick: string): Promise<Visitor> {
  const api = new ApiClient(http, await new ApiClient(http).ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, { nick }))
  expect(api.session?.wire).toBe(wire)
  const chat = await ChatClient.open(api.session?.wire ?? '')
  clients.push(chat)
  await chat.login(api.userId, api.session?.userSig ?? '')
  await chat.join(ROOM)
  return { api, chat }
}
const roomMessages = (chat: ChatClient): RoomMessage[] =>
  chat
    .received()
    .filter((message) => message.type === 'TIMCustomElem')
    .map((message) => readRoomMessage(message.payload.data ?? ''))
    .filter((message) => message !== null)
async function told<Kind extends RoomMessage['kind']>(
  chat: ChatClient,
  kind: Kind,
  wanted: (message: Extract<RoomMessage, { kind: Kind }>) => boolean = () => true,
): Promise<Extract<RoomMessage, { kind: Kind }>> {
  return until(
    () => {
      const ofKind = roomMessages(chat).filter((message): message is Extract<RoomMessage, { kind: Kind }> => message.kind === kind)
      return ofKind.find(wanted) ?? null
    },
    DEADLINE_MS,
    kind,
  )
}
/** Nobody, where the answer is to wait: whoever asks asks again. */
async function here(): Promise<string[]> {
  const { body } = await anchor.ask<{ members?: { userId: string }[] }>('GET', `/api/rooms/${ROOM}/members`)
  return (body.members ?? []).map(({ userId }) => userId)
}
const like = (count: number): { data: string; description: string; extension: string } => ({
  data: JSON.stringify({ v: 1, kind: 'like', count }),
  description: 'like',
  extension: '',
})

describe('the business on the server here, through the real SDK', () => {
  it('tells status and notice to those inside, and newcomers find them', async () => {
    const { chat, api } = await visit('Bo')
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'paused' })
    expect(await told(chat, 'status', ({ status }) => status === 'paused')).toMatchObject({ previous: 'live' })
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: 'Welcome <b>all</b>' })
    expect(await told(chat, 'notice')).toMatchObject({ notice: { text: 'Welcome <b>all</b>' } })
    expect(await api.snapshot(ROOM)).toMatchObject({
      room: { status: 'live' },
      notice: { text: 'Welcome <b>all</b>' },
      callbacks: 'arriving',
      me: { nick: 'Bo', level: 1 },
    })
    const { chat: late } = await visit('Cy')
    const attributes = await until(
      async () => {
        const { groupAttributes } = await late.call<{ groupAttributes: Record<string, string> }>('getGroupAttributes', { groupID: ROOM, keyList: [] })
        return groupAttributes['status']?.includes('"live"') === true ? groupAttributes : null
      },
      DEADLINE_MS,
      'the board',
    )
    expect(JSON.parse(attributes['notice'] ?? '{}')).toMatchObject({ notice: { text: 'Welcome <b>all</b>' } })
    const { group } = await late.call<{ group: { notification: string; groupCustomField: { key: string; value: string }[] } }>('getGroupProfile', {
      groupID: ROOM,
    })
    expect(group.notification).toBe('Welcome <b>all</b>')
    expect(group.groupCustomField.find(({ key }) => key === 'live_status')?.value).toContain('"live"')
  })

  it('puts name, level and role into what is said', async () => {
    const [bo, cy] = [await visit('Bo'), await visit('Cy')]
    await bo.chat.say(ROOM, 'hello there')
    const heard = await cy.chat.hear('hello there')
    expect(heard.nick).toBe('Bo')
    expect(readMessageTag(heard.cloudCustomData)).toEqual({ v: 1, level: 1, role: 'viewer', nick: 'Bo', avatar: '' })
    await until(async () => ((await cy.api.snapshot(ROOM)).history.some(({ text }) => text === 'hello there') ? true : null), DEADLINE_MS, 'the history')
  })

  it('refuses, masks and drops words, and refuses what only it may say', async () => {
    await anchor.ok('PUT', '/api/words', {
      words: [
        { word: 'verboten', action: 'refuse' },
        { word: 'darn', action: 'mask' },
        { word: 'spamword', action: 'drop' },
      ],
    })
    const [bo, cy] = [await visit('Bo'), await visit('Cy')]
    await expect(bo.chat.say(ROOM, 'v e r b o t e n')).rejects.toMatchObject(withCode(10_104))
    await bo.chat.say(ROOM, 'spamword')
    await bo.chat.say(ROOM, 'oh ｄａｒｎ')
    await cy.chat.hear('oh ****')
    expect(cy.chat.texts(ROOM)).not.toContain('spamword')
    await expect(bo.chat.sayCustom(ROOM, { data: '{"v":1,"kind":"status","status":"ended"}', description: '', extension: '' })).rejects.toMatchObject(
      withCode(10_105),
    )
    await anchor.ok('PUT', '/api/words', { words: [] })
  })

  it('counts 99 clicks into 5 messages of High priority, and the ledger has them all', async () => {
    const [bo, cy] = [await visit('Bo'), await visit('Cy')]
    const before = (await anchor.snapshot(ROOM)).giftSeq
    const click = (): Promise<unknown> => bo.api.ok('POST', `/api/rooms/${ROOM}/gifts`, { orderId: newOrderId(), giftId: 'rose', combo: true })
    const heard = (messages: number): Promise<Extract<RoomMessage, { kind: 'gift' }>[]> =>
      until(
        () => {
          const all = roomMessages(cy.chat).filter((message) => message.kind === 'gift')
          return all.length >= messages ? all : null
        },
        DEADLINE_MS,
        `${messages} gift messages`,
      )
    // A second after the first of them the rest is told whatever its number, and a busy machine takes longer for 99: all are clicked in one moment.
    time.stop()
    await Promise.all(Array.from({ length: 99 }, click))
    expect((await heard(4)).map(({ count }) => count)).toEqual([20, 20, 20, 20])
    time.goOn()
    const gifts = await heard(5)
    expect(gifts.map(({ count }) => count)).toEqual([20, 20, 20, 20, 19])
    expect(gifts.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5].map((number) => before + number))
    const isGift = (message: ChatMessage): boolean => readRoomMessage(message.payload.data ?? '')?.kind === 'gift'
    expect(
      cy.chat
        .received()
        .filter(isGift)
        .every(({ priority }) => priority === 'High'),
    ).toBe(true)
    expect((await bo.api.snapshot(ROOM)).me).toMatchObject({ coins: 901, level: expect.any(Number) as unknown })
  })

  it('mutes: IM refuses, the page is told why and until when', async () => {
    const { chat, api } = await visit('Bo')
    await anchor.ok('PUT', `/api/rooms/${ROOM}/mutes/${api.userId}`, { scope: 'timed', seconds: 600, reason: 'too loud' })
    expect(await told(chat, 'mute')).toMatchObject({ userId: api.userId, reason: 'too loud' })
    await expect(chat.say(ROOM, 'but')).rejects.toMatchObject(withCode(10_017))
    await anchor.ok('DELETE', `/api/rooms/${ROOM}/mutes/${api.userId}`)
    await told(chat, 'unmute')
    await chat.say(ROOM, 'thank you')
    await anchor.ok('PUT', `/api/rooms/${ROOM}/mute-all`, { on: true })
    await told(chat, 'mute-all')
    await expect(chat.say(ROOM, 'nobody hears')).rejects.toMatchObject(withCode(10_017))
    await anchor.ok('PUT', `/api/rooms/${ROOM}/mute-all`, { on: false })
  })

  it('removes: out at once, not in again, until let in', async () => {
    const { chat, api } = await visit('Bo')
    await anchor.ok('POST', `/api/rooms/${ROOM}/removals`, { userIds: [api.userId], scope: 'forever', reason: 'enough' })
    // Both are sent; the ban may be quicker, and then nothing of the room comes any more.
    const BANNED = 21
    await until(
      () => {
        const told = roomMessages(chat).some((message) => message.kind === 'remove' && message.userIds.includes(api.userId))
        const noticed = chat.received().some((message) => message.type === 'TIMGroupSystemNoticeElem' && message.payload.operationType === BANNED)
        return told || noticed ? true : null
      },
      DEADLINE_MS,
      'the removal',
    )
    await until(async () => ((await chat.join(ROOM).catch(() => 'refused')) === 'refused' ? true : null), DEADLINE_MS, 'the door to be closed')
    await anchor.ok('DELETE', `/api/rooms/${ROOM}/blocks/${api.userId}`)
    await until(async () => ((await chat.join(ROOM).catch(() => 'refused')) === 'refused' ? null : true), DEADLINE_MS, 'the door to be open')
  })

  it('takes a message off the screens', async () => {
    const [bo, cy] = [await visit('Bo'), await visit('Cy')]
    await bo.chat.say(ROOM, 'regrettable')
    const { sequence } = await cy.chat.hear('regrettable')
    await anchor.ok('DELETE', `/api/rooms/${ROOM}/messages/${sequence}`)
    expect(await told(cy.chat, 'retract')).toMatchObject({ msgSeq: sequence })
    await cy.chat.event<{ ID: string }[]>('onMessageRevoked')
  })

  it('counts likes and who is here', async () => {
    const [bo, cy] = [await visit('Bo'), await visit('Cy')]
    const before = (await cy.api.snapshot(ROOM)).likes
    await bo.chat.sayCustom(ROOM, like(7), { priority: 'Low' })
    await told(cy.chat, 'counters', ({ likes }) => likes === before + 7)
    await until(
      async () => {
        const { counters } = await cy.chat.call<{ counters: Record<string, number> }>('getGroupCounters', { groupID: ROOM, keyList: ['like'] })
        return counters['like'] === before + 7 ? true : null
      },
      DEADLINE_MS,
      'the counter',
    )
    await until(async () => ((await here()).includes(bo.api.userId) && (await here()).includes(cy.api.userId) ? true : null), DEADLINE_MS, 'both to be here')
    await told(cy.chat, 'counters')
    await bo.chat.call('quitGroup', ROOM)
    await until(async () => ((await here()).includes(bo.api.userId) ? null : true), DEADLINE_MS, 'one to have left')
  })

  it('draws from comments', async () => {
    const [bo, cy] = [await visit('Bo'), await visit('Cy')]
    const { drawId } = await anchor.ok<{ drawId: string }>('POST', `/api/rooms/${ROOM}/draws`, { keyword: 'lucky', seconds: 60, winners: 1 })
    await told(cy.chat, 'draw-open')
    const comments = ['I am LUCKY', 'lucky again', 'good night'] as const
    for (const [index, comment] of comments.entries()) await (index < 2 ? bo : cy).chat.say(ROOM, comment)
    // They take part once they are delivered, of which those who said them are not told. The draw is ended by hand, however long this takes.
    await until(
      async () => {
        const { history } = await bo.api.snapshot(ROOM)
        return comments.every((comment) => history.some(({ text }) => text === comment)) ? true : null
      },
      DEADLINE_MS,
      'all three to be delivered',
    )
    await anchor.ok('POST', `/api/rooms/${ROOM}/draws/${drawId}/finish`, {})
    const result = await told(cy.chat, 'draw-result')
    expect(result).toMatchObject({ drawId, entries: 1, winners: [{ userId: bo.api.userId, nick: 'Bo' }] })
    expect(await cy.api.ok('GET', `/api/rooms/${ROOM}/draws/${drawId}/proof`)).toMatchObject({ seed: result.seed, winners: [bo.api.userId] })
  })

  it('broadcasts', async () => {
    const { chat } = await visit('Bo')
    expect(await anchor.ok('POST', '/api/broadcast', { text: 'Maintenance at 22:00' })).toEqual({ by: 'broadcast' })
    expect(await told(chat, 'broadcast')).toMatchObject({ text: 'Maintenance at 22:00' })
  })

  it('speaks in the name that a session gives, as the SDK shows it', async () => {
    const { chat, api } = await visit('Bo')
    await anchor.ok('PUT', `/api/rooms/${ROOM}/notice`, { text: 'By whom?' })
    await anchor.ok('POST', '/api/broadcast', { text: 'And this?' })
    await told(chat, 'notice', ({ notice }) => notice.text === 'By whom?')
    await told(chat, 'broadcast', ({ text }) => text === 'And this?')
    const senders = new Set(
      chat
        .received()
        .filter(({ payload }) => !CLIENT_KINDS.has(readRoomMessage(payload.data ?? '')?.kind ?? 'like'))
        .map(({ from }) => from),
    )
    expect([...senders]).toEqual([api.session?.admin])
    expect(api.session?.admin).not.toBe('')
  })

  it('has logged nothing that it had to be sorry for', () => {
    expect(log.filter((line) => line.startsWith('warn'))).toEqual([])
  })
})
