import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PkView } from '../../../electron/shared/pk'
import { until } from '../../support/until'
import { ROOM } from './support/cloud-backend'
import { groupOf } from './support/im-view'
import { OTHER_ROOM, PK, TwoRooms } from './support/two-rooms'

const DEADLINE_MS = 20_000
let rooms: TwoRooms
beforeEach(async () => {
  rooms = await TwoRooms.open()
})
afterEach(() => rooms.close())

/** Past the end of a run of a minute. */
const OVER_MS = 61_000
async function bothEnd(host: Partial<PkView>, guest: Partial<PkView>): Promise<void> {
  await rooms.host.sees({ state: 'ended', ...host })
  await rooms.guest.sees({ state: 'ended', ...guest })
}

describe('a PK of two rooms', () => {
  it('is told to both with the same sums, and ends with the result of the one and its mirror image for the other', async () => {
    const { host, guest } = rooms
    await host.give(500)
    await guest.give(400)
    const offered = await rooms.offer()
    expect(offered).toMatchObject({
      state: 'offered',
      side: 'host',
      userId: rooms.visitor.userId,
      other: { nick: 'Gil' },
      seconds: 60,
      rooms: [rooms.visitor.userId],
    })
    const asked = await guest.sees({ state: 'offered', side: 'guest' })
    expect(asked).toMatchObject({ pkId: offered.pkId, other: { nick: 'Hana' }, seconds: 60 })
    expect(asked.remainingMs).toBeGreaterThan(20_000)
    // Nobody but the crew has heard of it.
    expect([host.told(), guest.told()]).toEqual([[], []])
    expect((await host.viewer.snapshot(ROOM)).pk).toMatchObject({ state: 'none', pkId: '' })
    const running = await guest.anchor.ok<PkView>('PUT', `${PK}/answer`, { accept: true })
    expect(running).toMatchObject({ state: 'running', side: 'guest', own: 0, others: 0 })
    await host.give(30)
    await guest.give(20)
    await guest.give(25)
    await host.sees({ state: 'running', own: 30, others: 45 })
    await guest.sees({ state: 'running', own: 45, others: 30, otherAway: false })
    expect((await guest.viewer.snapshot(ROOM)).pk).toMatchObject({ state: 'running', own: 45, others: 30, other: { nick: 'Hana' } })
    await until(
      async () => ((await groupOf(guest.house.rest(), ROOM)).attributes.get('pk')?.includes('"own":45') === true ? true : null),
      DEADLINE_MS,
      'the attribute',
    )
    rooms.skip(OVER_MS)
    await bothEnd({ own: 30, others: 45, result: 'lost', side: 'host' }, { own: 45, others: 30, result: 'won', side: 'guest' })
    expect(await host.hears('ended')).toMatchObject({ pkId: offered.pkId, own: 30, others: 45, result: 'lost', other: { nick: 'Gil' } })
    expect(await guest.hears('ended')).toMatchObject({ pkId: offered.pkId, own: 45, others: 30, result: 'won', other: { nick: 'Hana' } })
    for (const side of [host, guest]) {
      const revs = side.told().map(({ rev }) => rev)
      expect(revs).toEqual([...revs].sort((a, b) => a - b))
      expect(side.told().map(({ state }) => state)).not.toContain('offered')
    }
    // What is given now is no part of it.
    await host.give(100)
    await host.anchor.ok('DELETE', PK)
    expect(await host.hears('none')).toMatchObject({ own: 0, result: null })
    expect(await guest.view()).toMatchObject({ state: 'ended', own: 45, others: 30, result: 'won' })
  })

  it('tells all that came since the last count by one message', async () => {
    const { host } = rooms
    await rooms.begin()
    await host.hears('running')
    host.time.stop()
    for (let gift = 0; gift < 5; gift += 1) await host.give(2)
    host.time.goOn()
    await host.sees({ own: 10 })
    await until(() => (host.told().at(-1)?.own === 10 ? true : null), DEADLINE_MS, 'the sum')
    expect(host.told().map(({ own }) => own)).toEqual([0, 10])
  })

  it('counts what is paid for: a gift that is taken back counts no more', async () => {
    const { host, guest } = rooms
    await rooms.begin()
    const back = await guest.give(50)
    await host.give(10)
    await host.sees({ own: 10, others: 50 })
    await guest.anchor.ok('POST', `/api/rooms/${ROOM}/gifts/${back}/refund`, {})
    await host.sees({ own: 10, others: 0 })
    rooms.skip(OVER_MS)
    await bothEnd({ own: 10, others: 0, result: 'won' }, { own: 0, others: 10, result: 'lost' })
  })

  it('is drawn where the sums are the same, and nobody’s where the host ends it early', async () => {
    await rooms.begin()
    rooms.skip(OVER_MS)
    await bothEnd({ own: 0, others: 0, result: 'drawn' }, { own: 0, others: 0, result: 'drawn' })
    await rooms.begin()
    await rooms.host.give(7)
    expect(await rooms.guest.anchor.refused('DELETE', PK)).toBe('pk.not-yours')
    await rooms.guest.sees({ others: 7 })
    await rooms.host.anchor.ok('DELETE', PK)
    await bothEnd({ own: 7, result: 'stopped' }, { others: 7, result: 'stopped' })
    // The end of the host's show is such an end, too.
    await rooms.begin()
    await rooms.host.anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'ended' })
    await bothEnd({ result: 'stopped' }, { result: 'stopped' })
  })

  it('goes on while the host cannot be reached', async () => {
    const { host, guest } = rooms
    await rooms.begin()
    rooms.door.shut()
    await guest.sees({ state: 'running', otherAway: true })
    await guest.give(33)
    await guest.sees({ own: 33 })
    rooms.skip(10_000)
    await host.sees({ state: 'running', otherAway: true, others: 0 })
    rooms.door.open(host.house.base)
    await host.sees({ state: 'running', otherAway: false, others: 33 })
    rooms.skip(OVER_MS)
    await bothEnd({ own: 0, others: 33, result: 'lost' }, { own: 33, others: 0, result: 'won' })
  })

  it('ends by what is known where the guest is away at the end, and the guest gets the very result when it is back', async () => {
    const { host, guest } = rooms
    await rooms.begin()
    await host.give(5)
    await guest.give(9)
    await host.sees({ own: 5, others: 9 })
    rooms.door.shut()
    await guest.give(50)
    await guest.sees({ own: 59, otherAway: true })
    rooms.skip(OVER_MS)
    await guest.sees({ state: 'running', remainingMs: 0 })
    rooms.skip(10_000)
    await host.sees({ state: 'ended', own: 5, others: 9, result: 'lost' })
    rooms.skip(OVER_MS)
    await guest.sees({ state: 'ended', result: null })
    rooms.door.open(host.house.base)
    await bothEnd({ own: 5, others: 9, result: 'lost' }, { own: 9, others: 5, result: 'won' })
  })

  it('survives a restart of the host in the middle, and one that lasts beyond the end', async () => {
    const { host, guest } = rooms
    await rooms.begin()
    await host.give(4)
    await host.sees({ own: 4 })
    await rooms.restartHost()
    await guest.give(6)
    await host.sees({ state: 'running', own: 4, others: 6 })
    rooms.door.shut()
    await guest.give(10)
    // However long the guest takes to find it again on this machine: the host's time to wait does not pass.
    host.time.stop()
    await rooms.restartHost(() => rooms.skip(OVER_MS))
    await bothEnd({ own: 4, others: 16, result: 'lost' }, { own: 16, others: 4, result: 'won' })
    host.time.goOn()
  })

  it('survives a restart of the guest, which connects anew', async () => {
    const { host, guest } = rooms
    await rooms.begin()
    await guest.give(8)
    await host.sees({ others: 8 })
    await guest.restart()
    await guest.sees({ state: 'running', own: 8, otherAway: true })
    await rooms.connect()
    await guest.give(3)
    await host.sees({ others: 11, otherAway: false })
    rooms.skip(OVER_MS)
    await bothEnd({ own: 0, others: 11, result: 'lost' }, { own: 11, others: 0, result: 'won' })
  })
})

describe('an offer', () => {
  it('is declined, taken back, or lapses', async () => {
    const { host, guest } = rooms
    await rooms.offer()
    await guest.sees({ state: 'offered' })
    expect(await guest.anchor.ok('PUT', `${PK}/answer`, { accept: false })).toMatchObject({ state: 'none' })
    await host.sees({ state: 'none' })
    await rooms.offer()
    expect(await host.anchor.refused('POST', PK, { userId: rooms.visitor.userId, seconds: 60 })).toBe('pk.running')
    await guest.sees({ state: 'offered' })
    await host.anchor.ok('DELETE', PK)
    expect(await host.anchor.refused('DELETE', PK)).toBe('pk.none')
    await guest.sees({ state: 'none' })
    expect(await guest.anchor.refused('PUT', `${PK}/answer`, { accept: true })).toBe('pk.none')
    await rooms.offer()
    rooms.skip(30_000)
    await host.sees({ state: 'none' })
    await guest.sees({ state: 'none' })
    expect([host.told(), guest.told()]).toEqual([[], []])
  })

  it('is only for those on the air whose room is there', async () => {
    const { host } = rooms
    const alone = await TwoRooms.onAir(host, 'Sol')
    for (const userId of [alone.userId, host.viewer.userId, 'nobody'])
      expect(await host.anchor.refused('POST', PK, { userId, seconds: 60 })).toBe('pk.not-a-room')
    await host.anchor.ok('PATCH', `/api/rooms/${ROOM}/seats/${rooms.visitor.userId}`, { onAir: false })
    expect(await host.anchor.refused('POST', PK, { userId: rooms.visitor.userId, seconds: 60 })).toBe('pk.not-a-room')
    for (const seconds of [9, 1_801, 60.5]) expect(await host.anchor.refused('POST', PK, { userId: rooms.visitor.userId, seconds })).toBe('request.invalid')
  })
})

describe('nobody else', () => {
  it('starts, answers, stops or scores', async () => {
    const { host, guest, visitor } = rooms
    const other = await TwoRooms.onAir(host, 'Eve')
    for (const who of [host.viewer, visitor]) {
      expect(await who.refused('POST', PK, { userId: visitor.userId, seconds: 60 })).toBe('auth.forbidden')
      expect(await who.refused('DELETE', PK)).toBe('auth.forbidden')
      expect(await who.refused('PUT', `${PK}/answer`, { accept: true })).toBe('auth.forbidden')
    }
    const { pkId } = await rooms.offer()
    expect(await other.refused('PUT', `${OTHER_ROOM}/answer`, { pkId, accept: true })).toBe('pk.none')
    expect(await other.ok('GET', OTHER_ROOM)).toMatchObject({ state: 'none', pkId: '' })
    expect(await visitor.refused('PUT', `${OTHER_ROOM}/score`, { pkId, coins: 1, final: false })).toBe('pk.none')
    await guest.sees({ state: 'offered' })
    await guest.anchor.ok('PUT', `${PK}/answer`, { accept: true })
    for (const who of [host.viewer, host.anchor])
      expect(await who.refused('PUT', `${OTHER_ROOM}/score`, { pkId, coins: 9, final: true })).toBe('auth.forbidden')
    expect(await other.refused('PUT', `${OTHER_ROOM}/score`, { pkId, coins: 9, final: true })).toBe('pk.none')
    expect(await visitor.refused('PUT', `${OTHER_ROOM}/score`, { pkId: '0123456789abcdef', coins: 9, final: true })).toBe('pk.none')
    for (const coins of [-1, 0.5, 1e13, '7', null])
      expect(await visitor.refused('PUT', `${OTHER_ROOM}/score`, { pkId, coins, final: false })).toBe('request.invalid')
    await host.give(2)
    await host.sees({ own: 2, others: 0 })
    rooms.skip(OVER_MS)
    await bothEnd({ own: 2, others: 0, result: 'won' }, { own: 0, others: 2, result: 'lost' })
    expect(await visitor.ok('PUT', `${OTHER_ROOM}/score`, { pkId, coins: 900, final: true })).toMatchObject({ state: 'ended', own: 0 })
    expect(await host.view()).toMatchObject({ own: 2, others: 0 })
  })

  it('draws a room into a PK that its own anchor has not said yes to', async () => {
    const { host, guest, visitor } = rooms
    const { pkId } = await rooms.offer()
    await guest.sees({ state: 'offered' })
    // As a host does that makes up an answer.
    await visitor.ok('PUT', `${OTHER_ROOM}/answer`, { pkId, accept: true })
    await host.sees({ state: 'running' })
    await guest.sees({ state: 'none' })
    await guest.give(5)
    rooms.skip(OVER_MS)
    rooms.skip(5_000)
    await host.sees({ state: 'ended', others: 0, result: 'drawn' })
    expect(guest.told()).toEqual([])
  })
})
