import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useChat } from '../../../../renderer/room/chat-store'
import { useGifts } from '../../../../renderer/room/gift-store'
import { useRoom } from '../../../../renderer/room/room-store'
import { RoomApiError } from '../../../../renderer/room/api-request'
import { useVisit } from '../../../../renderer/room/visit-store'
import { giftEvent, makeRoom, ME, snapshotWith, type Rig } from './fake-room'

let rig: Rig
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  rig = makeRoom()
})
afterEach(async () => {
  await rig.room.close()
  expect(vi.getTimerCount(), 'a closed room has no timer').toBe(0)
  vi.useRealTimers()
})

const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

async function comeIn(): Promise<void> {
  await rig.room.enter()
  await rig.room.connect()
  await settle(200)
}

describe('coming in', () => {
  it('draws the room over HTTP, opens chat when asked, and remembers the visit', async () => {
    await rig.room.enter()
    expect([useVisit().phase, useRoom().status, useRoom().notice.text, rig.line.opened]).toEqual(['inside', 'live', 'Welcome', 0])
    await rig.room.connect()
    await rig.room.connect()
    expect(rig.line.opened).toBe(1)
    const again = makeRoom(rig.kept)
    await again.room.enter()
    expect(again.api.opened).toEqual([{ nick: 'Guest 1234', token: 'token-1' }])
    await again.room.close()
  })

  it('is absent where no chat is served, and waits where nobody answers', async () => {
    rig.api.fail.open = [new RoomApiError('not-served')]
    await rig.room.enter()
    expect(useVisit().phase).toBe('absent')
    rig.api.fail.open = [new RoomApiError('unreachable')]
    await rig.room.enter()
    expect(useVisit().phase).toBe('waiting')
    await settle(3_000)
    expect(useVisit().phase).toBe('inside')
  })

  it('says that one is removed, and comes in again after that was taken back', async () => {
    rig.api.fail.open = [new RoomApiError('refused', { code: 'auth.blocked' })]
    await rig.room.enter()
    expect(useVisit().phase).toBe('removed')
    await rig.room.reenter()
    expect([useVisit().phase, rig.line.opened]).toEqual(['inside', 1])
  })

  it('another room’s numbers begin anew: nothing of the one before stands over them', async () => {
    const pinia = createPinia()
    const one = makeRoom(rig.kept, pinia)
    one.api.snapshotNow = snapshotWith({ giftSeq: 7 })
    await one.room.enter()
    await one.room.close()
    const other = makeRoom(rig.kept, pinia)
    other.api.snapshotNow = snapshotWith({ room: { ...snapshotWith().room, status: 'upcoming', rev: 1 }, notice: { form: 'plain', text: 'Hello' } })
    await other.room.enter()
    expect([useRoom().status, useRoom().notice.text, useGifts().seq]).toEqual(['upcoming', 'Hello', 0])
    expect(useGifts().hear(giftEvent(1), ME, Date.now())).toBe(true)
    expect(useGifts().cards).toHaveLength(1)
    await other.room.close()
  })

  it('takes a name, or tells why not', async () => {
    await comeIn()
    rig.api.fail.rename = [new RoomApiError('refused', { code: 'text.refused', message: 'A word.', remedy: 'Another.' })]
    expect(await rig.room.rename('bad')).toMatchObject({ reason: 'api', message: 'A word.', remedy: 'Another.' })
    expect(useVisit().named).toBe(false)
    expect(await rig.room.rename('Bo')).toBeNull()
    expect([useVisit().named, useRoom().me?.nick]).toEqual([true, 'Bo'])
  })
})

describe('what the room says', () => {
  it('never replaces a newer word by an older one', async () => {
    await comeIn()
    rig.line.tell({ v: 1, kind: 'status', status: 'ended', previous: 'live', show: 1, rev: 7, at: 1 })
    rig.line.tell({ v: 1, kind: 'status', status: 'live', previous: 'upcoming', show: 1, rev: 6, at: 1 })
    rig.line.tell({ v: 1, kind: 'notice', notice: { form: 'plain', text: 'Old' }, rev: 4 })
    expect([useRoom().status, useRoom().notice.text]).toEqual(['ended', 'Welcome'])
  })

  it('applies what came while a snapshot was on its way after it', async () => {
    await comeIn()
    let go: () => void = () => undefined
    rig.api.hold = new Promise((resolve) => (go = resolve))
    rig.line.handlers.onJoined()
    rig.line.tell({ v: 1, kind: 'mute', userId: ME, scope: 'forever', until: 0, reason: 'Noise' })
    expect(useRoom().mute).toBeNull()
    go()
    await settle()
    expect(useRoom().mute).toEqual({ scope: 'forever', until: 0, reason: 'Noise' })
  })

  it('removes this person and nobody else, and not for a removal that does not hold any more', async () => {
    await comeIn()
    rig.line.tell({ v: 1, kind: 'remove', userIds: ['g-other'], reason: '' })
    rig.line.tell({ v: 1, kind: 'remove', userIds: [ME], reason: 'long ago' })
    await settle()
    expect(useVisit().phase).toBe('inside')
    rig.api.fail.snapshot = [new RoomApiError('refused', { code: 'auth.blocked' })]
    rig.line.tell({ v: 1, kind: 'remove', userIds: [ME], reason: 'Spam' })
    await settle()
    expect([useVisit().phase, useVisit().removedFor, rig.line.closed]).toEqual(['removed', 'Spam', 1])
  })

  it('tells mute with its end, mute for all, and slow mode', async () => {
    await comeIn()
    const room = useRoom()
    const now = Date.now()
    rig.line.tell({ v: 1, kind: 'mute', userId: ME, scope: 'timed', until: Math.floor(now / 1_000) + 60, reason: 'Noise' })
    expect(room.speechBlock(now)).toMatchObject({ kind: 'muted', reason: 'Noise', scope: 'timed' })
    expect(room.speechBlock(now + 61_000)).toBeNull()
    rig.line.tell({ v: 1, kind: 'unmute', userId: ME })
    rig.line.tell({ v: 1, kind: 'mute-all', on: true })
    expect(room.speechBlock(now)).toEqual({ kind: 'mute-all' })
    rig.line.tell({ v: 1, kind: 'mute-all', on: false })
    rig.line.tell({ v: 1, kind: 'slow-mode', seconds: 5 })
    await rig.room.say('one')
    expect(room.speechBlock(Date.now())).toEqual({ kind: 'slow-mode', secondsLeft: 5 })
    rig.line.tell({ v: 1, kind: 'slow-mode', seconds: 0 })
    expect(room.speechBlock(Date.now())).toBeNull()
  })
})

describe('saying something', () => {
  const said = (id: string, msgSeq: number, userId = 'g-ann', text = id): Parameters<Rig['line']['handlers']['onHeard']>[0] => ({
    kind: 'said',
    said: { id, msgSeq, userId, nick: userId, level: 0, role: 'viewer', text },
  })

  it('shows the own message at once and once', async () => {
    await comeIn()
    await rig.room.say('hello')
    rig.line.handlers.onHeard(said('echo', 101, ME, 'hello'))
    await settle(200)
    expect(useChat().rows.map((row) => [row.msgSeq, row.kind === 'said' && row.own])).toEqual([[101, true]])
  })

  it('speaks with priority for the crew alone', async () => {
    await comeIn()
    await rig.room.say('as a viewer')
    useRoom().me = { userId: ME, role: 'anchor', nick: 'Ada', level: 0 }
    await rig.room.say('as the anchor')
    expect(rig.line.priorities).toEqual(['Normal', 'High'])
  })

  it('gives back what was refused, with the reason', async () => {
    await comeIn()
    rig.line.refuse = { code: 10_103, message: 'Error: {"reason":"slow-mode","seconds":3}' }
    expect(await rig.room.say('quick')).toMatchObject({ reason: 'slow-mode', seconds: 3 })
    expect(useChat().rows).toEqual([])
    expect(useRoom().speechBlock(Date.now())).toEqual({ kind: 'slow-mode', secondsLeft: 3 })
  })

  it('asks the room why when IM says that one is muted', async () => {
    await comeIn()
    rig.api.snapshotNow = snapshotWith({ me: { ...snapshotWith().me, mute: { scope: 'show', until: 0, reason: 'Noise' } } })
    rig.line.refuse = { code: 10_017, message: 'muted' }
    expect(await rig.room.say('hm')).toMatchObject({ reason: 'muted' })
    await settle()
    expect(useRoom().speechBlock(Date.now())).toMatchObject({ kind: 'muted', reason: 'Noise', scope: 'show' })
  })

  it('keeps 1,000 rows, shows arrivals together, and takes retracted ones off, also before they come', async () => {
    await comeIn()
    const chat = useChat()
    rig.line.tell({ v: 1, kind: 'retract', msgSeq: 3, by: 'crew' })
    for (let seq = 1; seq <= 900; seq += 1) rig.line.handlers.onHeard(said(`m${seq}`, seq))
    expect(chat.rows).toHaveLength(0)
    for (let seq = 901; seq <= 1_100; seq += 1) rig.line.handlers.onHeard(said(`m${seq}`, seq))
    await settle(100)
    expect(chat.rows).toHaveLength(1_000)
    expect(chat.arrived).toBe(1_099)
    rig.line.tell({ v: 1, kind: 'retract', msgSeq: 1_100, by: 'review' })
    rig.line.handlers.onHeard(said('again', 1_099))
    await settle(100)
    expect(chat.rows.at(-1)?.msgSeq).toBe(1_099)
    expect(chat.rows.filter(({ msgSeq }) => msgSeq === 1_099)).toHaveLength(1)
  })
})

describe('likes', () => {
  it('are shown when tapped, sent merged, and taken back when refused', async () => {
    await comeIn()
    for (let tap = 0; tap < 5; tap += 1) rig.room.like()
    expect(useRoom().likes).toBe(15)
    await settle(2_000)
    expect(rig.line.liked).toEqual([5])
    rig.line.refuse = { code: 10_106, message: '{"reason":"too-many-likes"}' }
    rig.room.like()
    await settle(2_000)
    expect(useRoom().likes).toBe(15)
    rig.line.refuse = { code: 2_801, message: '' }
    rig.room.like()
    await settle(2_000)
    rig.line.refuse = null
    await settle(2_000)
    expect(rig.line.liked).toEqual([5, 1])
  })
})

describe('gifts', () => {
  it('are shown and paid at once, and sent again with the same id', async () => {
    await comeIn()
    rig.api.fail.order = [new RoomApiError('unreachable')]
    const given = rig.room.give('rose', 1, false)
    expect([useGifts().coins, useGifts().lane[0]?.count]).toEqual([999, 1])
    await settle(500)
    expect(await given).toBeNull()
    expect(new Set(rig.api.orders.map(({ orderId }) => orderId)).size).toBe(1)
    expect(rig.api.orders).toHaveLength(2)
    expect(useGifts().coins).toBe(999)
  })

  it('come back when they are refused, and are not asked for without coins', async () => {
    await comeIn()
    rig.api.fail.order = [new RoomApiError('refused', { code: 'gift.not-now', message: 'Not now.', remedy: 'Wait.' })]
    expect(await rig.room.give('rose', 1, false)).toMatchObject({ reason: 'api', message: 'Not now.' })
    expect([useGifts().coins, useGifts().lane]).toEqual([1_000, []])
    expect(await rig.room.give('rocket', 2, true)).toBe('too-poor')
    expect(rig.api.orders).toHaveLength(1)
  })

  it('of one giver run on one card; three are seen, others wait', async () => {
    await comeIn()
    const gifts = useGifts()
    const from = (userId: string): { from: ReturnType<typeof giftEvent>['from'] } => ({ from: { ...giftEvent(1).from, userId } })
    rig.line.tell(giftEvent(1, { combo: 'c', count: 20, coins: 20, total: 20 }))
    rig.line.tell(giftEvent(2, { combo: 'c', count: 20, coins: 20, total: 40 }))
    expect(gifts.lane.map(({ count }) => count)).toEqual([40])
    for (const [at, userId] of ['a', 'b', 'c', 'd'].entries()) rig.line.tell(giftEvent(3 + at, from(userId)))
    expect([gifts.lane.length, gifts.waiting]).toEqual([3, 2])
    await settle(10_000)
    expect(gifts.cards).toEqual([])
  })

  it('are told to who listens, once and in order, and which of them the chat did not bring', async () => {
    await comeIn()
    const told: [number, boolean][] = []
    const stop = useGifts().onCounted(({ event, late }) => told.push([event.seq, late]))
    rig.api.ledger = [giftEvent(1), giftEvent(2), giftEvent(3)]
    rig.line.tell(giftEvent(1))
    rig.line.tell(giftEvent(1))
    rig.line.tell(giftEvent(3))
    await settle()
    expect(told).toEqual([
      [1, false],
      [2, true],
      [3, false],
    ])
    stop()
    rig.line.tell(giftEvent(4))
    expect(told).toHaveLength(3)
  })

  it('end in the same ledger though 30 % of the messages are lost', async () => {
    await comeIn()
    let state = 7
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
    rig.api.ledger = Array.from({ length: 100 }, (_, at) =>
      giftEvent(at + 1, { from: { ...giftEvent(1).from, userId: `g-${at % 7}` }, coins: 1 + (at % 5), count: 1 + (at % 5) }),
    )
    for (const event of rig.api.ledger) {
      if (random() > 0.3) rig.line.tell(event)
      if (random() > 0.8) await settle()
    }
    rig.line.tell({ v: 1, kind: 'counters', online: 1, likes: 10, popularity: 0, giftSeq: 100, at: 1 })
    await settle(1_000)
    const expected = new Map<string, number>()
    for (const event of rig.api.ledger) if (event.kind === 'gift') expected.set(event.from.userId, (expected.get(event.from.userId) ?? 0) + event.coins)
    expect(Object.fromEntries(useGifts().totals)).toEqual(Object.fromEntries(expected))
    expect(useGifts().seq).toBe(100)
  })
})

describe('another page in one’s place', () => {
  it('is explained, and undone when one asks', async () => {
    await comeIn()
    rig.line.handlers.onState('kicked', 'multipleAccount')
    expect([useVisit().chat, useVisit().kick]).toEqual(['kicked', 'multipleAccount'])
    await rig.room.reenter()
    expect([useVisit().chat, rig.line.opened]).toEqual(['ready', 2])
  })
})
