import { describe, expect, it } from 'vitest'
import { A2Keys } from '../../../../electron/room-server/im/a2-key'
import { callbackSign } from '../../../../electron/room-server/im/callbacks/client'
import { Bucket } from '../../../../electron/room-server/bucket'
import { RoomLog } from '../../../../electron/room-server/im/domain/room-log'
import { Sequence } from '../../../../electron/room-server/im/domain/sequence'
import { BOUNDS } from '../../../../electron/room-server/im/limits'
import { SessionBook, type Peer } from '../../../../electron/room-server/im/service/session-book'

describe('the log of a room', () => {
  const chat = (cursor: number, atSec = 100) => ({
    cursor,
    event: 3,
    json: `{"n":${cursor}}`,
    chat: { msgSeq: cursor, from: 'a', tinyId: '1', random: cursor, clientTime: atSec, atSec },
  })

  it('gives what is from a cursor on, even between two of its own', () => {
    const log = new RoomLog()
    for (const cursor of [3, 7, 20]) log.append(chat(cursor))
    expect(log.from(0).map(({ cursor }) => cursor)).toEqual([3, 7, 20])
    expect(log.from(4).map(({ cursor }) => cursor)).toEqual([7, 20])
    expect(log.from(21)).toEqual([])
    expect([log.firstCursor, log.lastCursor, log.cursorOfLast(2)]).toEqual([3, 20, 7])
  })

  it('gives one answer’s worth at a time', () => {
    const log = new RoomLog()
    for (let cursor = 1; cursor <= 1_000; cursor += 1) log.append(chat(cursor))
    expect(log.from(1)).toHaveLength(BOUNDS.pollItems)
    const big = new RoomLog()
    for (let cursor = 1; cursor <= 3; cursor += 1) big.append({ ...chat(cursor), json: 'x'.repeat(BOUNDS.pollBytes) })
    expect(big.from(1)).toHaveLength(1)
  })

  it('forgets the oldest, and says up to where', () => {
    const log = new RoomLog()
    let keptFrom: number | null = null
    for (let cursor = 1; cursor <= BOUNDS.logItems + 1; cursor += 1) keptFrom = log.append(chat(cursor)) ?? keptFrom
    expect(keptFrom).toBe(log.firstCursor)
    expect(log.firstCursor).toBeGreaterThan(1)
  })

  it('shows newcomers the last messages of the day that were not taken back', () => {
    const log = new RoomLog()
    log.append(chat(1, 10))
    for (const cursor of [2, 3, 4]) log.append(chat(cursor))
    log.append({ cursor: 5, event: 4, json: '{}', chat: null })
    log.revoke(3)
    expect(log.find(3)).toBeNull()
    expect(log.history(20, 50).map(({ cursor }) => cursor)).toEqual([2, 4])
    expect(log.history(1, 50).map(({ cursor }) => cursor)).toEqual([4])
  })
})

describe('numbers', () => {
  it('are set aside before they are given, and never given twice', () => {
    const reserved: number[] = []
    const first = new Sequence(0, (upTo) => reserved.push(upTo))
    const given = Array.from({ length: 5_000 }, () => first.next())
    expect(new Set(given).size).toBe(5_000)
    expect(reserved).toHaveLength(2)
    const afterKill = new Sequence(reserved.at(-1) ?? 0, () => undefined)
    expect(afterKill.next()).toBeGreaterThan(Math.max(...given))
  })

  it('of a bucket come back with time', () => {
    const bucket = new Bucket(10, 2, 0)
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([true, true, false])
    expect([bucket.take(99), bucket.take(200)]).toEqual([false, true])
  })
})

describe('keys', () => {
  const keys = new A2Keys('secret-secret', 1_400_000_001)
  const claims = { userId: 'alice', instance: 3, expiresAtSec: 99 }

  it('hold over a restart, and only here', () => {
    const a2 = keys.make(claims)
    expect(new A2Keys('secret-secret', 1_400_000_001).read(a2)).toEqual(claims)
    expect(new A2Keys('secret-secret', 1_400_000_002).read(a2)).toBeNull()
    expect(new A2Keys('another', 1_400_000_001).read(a2)).toBeNull()
    for (const text of ['', 'a.b', a2.slice(0, -1), `${a2}.x`, `x${a2}`, 'x'.repeat(600)]) expect(keys.read(text), text).toBeNull()
  })

  it('of a poll are for one group', () => {
    const key = keys.pollKey('live_1')
    expect(new A2Keys('secret-secret', 1_400_000_001).readPollKey(key)).toBe('live_1')
    expect(keys.readPollKey(keys.make(claims))).toBeNull()
    expect(keys.readPollKey(key.replace(/^./, 'X'))).toBeNull()
  })

  it('sign callbacks as documented', () => {
    expect(callbackSign('xxxxyyyy', 1_669_872_112)).toBe('17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061')
  })
})

describe('presence', () => {
  const peer = (userId: string): Peer => ({
    userId,
    instance: 1,
    platform: 'Web',
    clientIp: '',
    send: () => undefined,
    kick: () => undefined,
    signedOut: () => undefined,
  })
  const recorded = () => {
    const told: string[] = []
    return {
      told,
      closed: (id: string) => told.push(`closed ${id}`),
      offline: (id: string, closed: boolean) => told.push(`offline ${id}${closed ? ', as it said' : ''}`),
      back: (id: string) => told.push(`back ${id}`),
      gone: (id: string) => told.push(`gone ${id}`),
    }
  }

  it('tells at once of a page that says goodbye, and takes it out after the grace all the same', () => {
    const book = new SessionBook()
    const events = recorded()
    const page = peer('a')
    book.attach(page, events, false)
    book.detach(page, 0, events, true)
    expect(events.told).toEqual(['closed a'])
    book.sweep(45_000, events)
    expect(events.told.slice(1)).toEqual(['offline a, as it said', 'gone a'])
  })

  it('bridges a short cut without a word', () => {
    const book = new SessionBook()
    const events = recorded()
    const first = peer('a')
    book.attach(first, events, true)
    book.detach(first, 0, events, false)
    book.sweep(29_000, events)
    book.attach(peer('a'), events, true)
    book.sweep(99_000, events)
    expect(events.told).toEqual([])
    expect(book.connected('a')).toBe(true)
  })

  it('tells of a long one, and then takes the member out', () => {
    const book = new SessionBook()
    const events = recorded()
    const first = peer('a')
    book.attach(first, events, true)
    book.detach(first, 0, events, false)
    book.sweep(30_000, events)
    book.sweep(31_000, events)
    expect(events.told).toEqual(['offline a'])
    book.attach(peer('a'), events, true)
    expect(events.told).toEqual(['offline a', 'back a'])
    const b = peer('b')
    book.attach(b, events, true)
    book.detach(b, 0, events, false)
    book.sweep(45_000, events)
    expect(events.told.slice(2)).toEqual(['offline b', 'gone b'])
  })

  it('counts a user with two sockets once', () => {
    const book = new SessionBook()
    const events = recorded()
    const [one, two] = [peer('a'), peer('a')]
    book.attach(one, events, true)
    book.attach(two, events, true)
    book.detach(one, 0, events, false)
    book.sweep(60_000, events)
    expect(events.told).toEqual([])
    expect(book.users).toBe(1)
  })
})
