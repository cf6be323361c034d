import { describe, expect, it } from 'vitest'
import { until } from '../../../support/until'
import { withCode, type ChatClient } from './chat-client'
import type { Cast } from './room-cases'
import { roomName } from './room-name'

interface Attributes {
  readonly groupID: string
  readonly groupAttributes: Readonly<Record<string, string>>
}

/** What a room carries beside its messages: attributes and counters. */
export function boardCases(cast: Cast): void {
  describe('attributes', () => {
    const seenBy = (client: ChatClient, groupID: string, wanted: Record<string, string>): Promise<Attributes> =>
      client.event<Attributes>(
        'groupAttributesUpdated',
        (data) => data.groupID === groupID && JSON.stringify(sorted(data.groupAttributes)) === JSON.stringify(sorted(wanted)),
      )
    const read = async (client: ChatClient, groupID: string): Promise<Readonly<Record<string, string>>> =>
      (await client.call<Attributes>('getGroupAttributes', { groupID, keyList: [] })).groupAttributes

    it('are set, changed, deleted and cleared, and everyone follows', async () => {
      const groupID = await cast.openRoom()
      await cast.anna.call('initGroupAttributes', { groupID, groupAttributes: { status: 'live', notice: 'hello' } })
      await seenBy(cast.bob, groupID, { status: 'live', notice: 'hello' })
      await cast.anna.call('setGroupAttributes', { groupID, groupAttributes: { status: 'paused', seat: '1' } })
      await seenBy(cast.bob, groupID, { status: 'paused', notice: 'hello', seat: '1' })
      await cast.anna.call('deleteGroupAttributes', { groupID, keyList: ['notice'] })
      await Promise.all([cast.bob, cast.carol].map((client) => seenBy(client, groupID, { status: 'paused', seat: '1' })))
      // The SDK answers from what this client has heard.
      expect(await read(cast.carol, groupID)).toEqual({ status: 'paused', seat: '1' })
      await cast.anna.call('deleteGroupAttributes', { groupID, keyList: [] })
      await seenBy(cast.bob, groupID, {})
      expect(await read(cast.bob, groupID)).toEqual({})
    })

    it('written by two at once: one is told to read again, nothing is lost', async () => {
      const groupID = await cast.openRoom()
      await cast.anna.call('initGroupAttributes', { groupID, groupAttributes: { a: '0' } })
      await seenBy(cast.bob, groupID, { a: '0' })
      const outcomes = await Promise.allSettled([
        cast.anna.call('setGroupAttributes', { groupID, groupAttributes: { a: 'anna' } }),
        cast.bob.call('setGroupAttributes', { groupID, groupAttributes: { b: 'bob' } }),
      ])
      for (const one of outcomes) if (one.status === 'rejected') expect(one.reason).toMatchObject(withCode(10_056))
      await Promise.all([read(cast.anna, groupID), read(cast.bob, groupID)])
      if (outcomes[0].status === 'rejected') await cast.anna.call('setGroupAttributes', { groupID, groupAttributes: { a: 'anna' } })
      if (outcomes[1].status === 'rejected') await cast.bob.call('setGroupAttributes', { groupID, groupAttributes: { b: 'bob' } })
      await seenBy(cast.carol, groupID, { a: 'anna', b: 'bob' })
    })

    it('set by the backend reach the room', async () => {
      const groupID = await cast.openRoom()
      await cast.stage.server.rest().ok('set_group_attr', { GroupId: groupID, GroupAttr: [{ key: 'status', value: 'live' }] })
      await seenBy(cast.bob, groupID, { status: 'live' })
      await cast.stage.server.rest().ok('modify_group_attr', { GroupId: groupID, GroupAttr: [{ key: 'notice', value: 'hi' }] })
      await Promise.all([cast.anna, cast.bob].map((client) => seenBy(client, groupID, { status: 'live', notice: 'hi' })))
      await cast.anna.call('setGroupAttributes', { groupID, groupAttributes: { status: 'paused' } })
      await seenBy(cast.bob, groupID, { status: 'paused', notice: 'hi' })
    })

    it('are written by members only', async () => {
      const other = roomName()
      await cast.stage.server.rest().openRoom(other, 'anna')
      await expect(cast.bob.call('setGroupAttributes', { groupID: other, groupAttributes: { a: '1' } })).rejects.toMatchObject(withCode(10_007))
    })

    it('outgrow no limit', async () => {
      const groupID = await cast.openRoom()
      const keys = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${i}`, 'v']))
      await cast.anna.call('initGroupAttributes', { groupID, groupAttributes: keys })
      await expect(cast.anna.call('setGroupAttributes', { groupID, groupAttributes: { one_more: 'v' } })).rejects.toBeInstanceOf(Error)
      await expect(cast.anna.call('setGroupAttributes', { groupID, groupAttributes: { k0: 'x'.repeat(4_097) } })).rejects.toBeInstanceOf(Error)
      await expect(cast.anna.call('setGroupAttributes', { groupID, groupAttributes: { ['k'.repeat(33)]: 'v' } })).rejects.toBeInstanceOf(Error)
      await seenBy(cast.bob, groupID, keys)
      expect(await read(cast.bob, groupID)).toEqual(keys)
    })
  })

  it('counters go up, down and where they are put, and everyone follows', async () => {
    const groupID = await cast.openRoom()
    const seen = (key: string, value: number): Promise<unknown> =>
      cast.bob.event<{ groupID: string; key: string; value: number }>(
        'onGroupCounterUpdated',
        (data) => data.groupID === groupID && data.key === key && data.value === value,
      )
    await cast.anna.call('setGroupCounters', { groupID, counters: { likes: 5 } })
    await seen('likes', 5)
    await cast.carol.call('increaseGroupCounter', { groupID, key: 'likes', value: 3 })
    await seen('likes', 8)
    await cast.carol.call('decreaseGroupCounter', { groupID, key: 'likes', value: 2 })
    await seen('likes', 6)
    // The SDK answers from what this client has heard so far, and each hears in its own time.
    await until(
      async () => {
        const { counters } = await cast.anna.call<{ counters: Record<string, number> }>('getGroupCounters', { groupID, keyList: ['likes'] })
        return counters['likes'] === 6 ? true : null
      },
      20_000,
      'six likes at Anna',
    )
  })
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
}
