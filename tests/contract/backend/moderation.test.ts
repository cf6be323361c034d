import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import type { ApiClient } from './support/api-client'
import { CloudBackend, ROOM } from './support/cloud-backend'

const DEADLINE_MS = 5_000
const FOR_EVER = 4_294_967_295
const at = (path: string): string => `/api/rooms/${ROOM}/${path}`
let house: CloudBackend
let anchor: ApiClient
let viewer: ApiClient

beforeEach(async () => {
  house = await CloudBackend.start()
  anchor = await house.anchor()
  viewer = await house.guest('Bo')
  await anchor.ok('PUT', at('status'), { status: 'live' })
  await house.cloud.join(ROOM, viewer.userId)
})
afterEach(() => house.close())

const told = (kind: string): Promise<Record<string, unknown>> =>
  until(() => house.cloud.told(ROOM).find((message) => message['kind'] === kind) ?? null, DEADLINE_MS, kind)
const muted = (): number => house.cloud.group(ROOM).muted.get(viewer.userId) ?? 0
const says = (): ReturnType<typeof house.cloud.say> => house.cloud.say(ROOM, viewer.userId, 'hello')
const audit = async (): Promise<{ id: number; action: string; target: string; undoneBy: string }[]> =>
  (await anchor.ok<{ entries: { id: number; action: string; target: string; undoneBy: string }[] }>('GET', at('audit'))).entries
const undo = async (action: string): Promise<void> => {
  const entry = (await audit()).find((one) => one.action === action)
  await anchor.ok('POST', at(`audit/${entry?.id ?? 0}/undo`), {})
}

describe('a mute', () => {
  it('for a time is refused by IM, told with reason and end, and undone', async () => {
    await anchor.ok('PUT', at(`mutes/${viewer.userId}`), { scope: 'timed', seconds: 600, reason: 'too loud' })
    const message = await told('mute')
    expect(message).toMatchObject({ userId: viewer.userId, scope: 'timed', reason: 'too loud' })
    expect(Math.abs(Number(message['until']) - Date.now() / 1_000 - 600)).toBeLessThan(5)
    expect(await says()).toMatchObject({ ok: false, code: 10_017 })
    expect((await viewer.snapshot(ROOM)).me.mute).toMatchObject({ scope: 'timed', reason: 'too loud' })
    await undo('mute')
    await told('unmute')
    await until(() => (muted() === 0 ? true : null), DEADLINE_MS, 'speech')
    expect(await says()).toMatchObject({ ok: true })
    expect((await audit()).map(({ action }) => action)).toEqual(['undo', 'mute'])
    expect(await anchor.refused('POST', at(`audit/${(await audit())[1]?.id ?? 0}/undo`), {})).toBe('audit.not-undoable')
  })

  it('for the show ends with it, one for ever does not', async () => {
    const cy = await house.guest('Cy')
    await anchor.ok('PUT', at(`mutes/${viewer.userId}`), { scope: 'show' })
    await anchor.ok('PUT', at(`mutes/${cy.userId}`), { scope: 'forever' })
    await until(() => (muted() === FOR_EVER ? true : null), DEADLINE_MS, 'the mute')
    await house.shut()
    await house.open()
    anchor = await house.anchor()
    const { mutes } = await anchor.ok<{ mutes: { scope: string }[] }>('GET', at('penalties'))
    expect(mutes.map(({ scope }) => scope).sort()).toEqual(['forever', 'show'])
    await anchor.ok('PUT', at('status'), { status: 'ended' })
    await until(() => (muted() === 0 ? true : null), DEADLINE_MS, 'speech')
    expect(await anchor.ok('GET', at('penalties'))).toMatchObject({ mutes: [{ userId: cy.userId, scope: 'forever' }] })
  })

  it('is not undone when somebody has decided anew since', async () => {
    await anchor.ok('PUT', at(`mutes/${viewer.userId}`), { scope: 'timed', seconds: 60 })
    const [first] = await audit()
    await anchor.ok('PUT', at(`mutes/${viewer.userId}`), { scope: 'forever' })
    expect(await anchor.refused('POST', at(`audit/${first?.id ?? 0}/undo`), {})).toBe('audit.not-undoable')
    await undo('mute')
    expect((await viewer.snapshot(ROOM)).me.mute).toMatchObject({ scope: 'timed' })
  })

  it('of all is IM’s own, and undone', async () => {
    await anchor.ok('PUT', at('mute-all'), { on: true })
    expect(await told('mute-all')).toMatchObject({ on: true })
    expect(await says()).toMatchObject({ ok: false, code: 10_017 })
    expect((await viewer.snapshot(ROOM)).muteAll).toBe(true)
    await undo('mute-all')
    await until(() => (house.cloud.group(ROOM).muteAll ? null : true), DEADLINE_MS, 'speech')
  })
})

describe('a removal', () => {
  it('is told, keeps out of the room and of its API, until it is lifted', async () => {
    await anchor.ok('POST', at('removals'), { userIds: [viewer.userId], scope: 'forever', reason: 'enough' })
    expect(await told('remove')).toMatchObject({ userIds: [viewer.userId], reason: 'enough' })
    await until(() => (house.cloud.group(ROOM).members.has(viewer.userId) ? null : true), DEADLINE_MS, 'the ban')
    expect(await house.cloud.join(ROOM, viewer.userId)).not.toBe(0)
    expect(await viewer.refused('GET', at('snapshot'))).toBe('auth.blocked')
    expect(await viewer.refused('POST', at('gifts'), { orderId: 'an-order-id', giftId: 'rose' })).toBe('auth.blocked')
    expect(await viewer.refused('POST', at('sessions'), { nick: 'Bo again' })).toBe('auth.blocked')
    await anchor.ok('DELETE', at(`blocks/${viewer.userId}`))
    await until(() => (house.cloud.group(ROOM).banned.size === 0 ? true : null), DEADLINE_MS, 'the way in')
    expect(await house.cloud.join(ROOM, viewer.userId)).toBe(0)
    await viewer.snapshot(ROOM)
  })

  it('is refused at the door by the callback where the edition has no ban', async () => {
    await house.close()
    house = await CloudBackend.start({ edition: 'trial' })
    anchor = await house.anchor()
    viewer = await house.guest('Bo')
    await anchor.ok('POST', at('removals'), { userIds: [viewer.userId], scope: 'timed', seconds: 3_600 })
    expect(await house.cloud.join(ROOM, viewer.userId)).toBe(10_101)
    expect(await says()).toMatchObject({ ok: false, code: 10_101 })
    expect(house.cloud.calls.some((call) => call.command.endsWith('ban_group_member'))).toBe(false)
    await undo('remove')
    expect(await house.cloud.join(ROOM, viewer.userId)).toBe(0)
  })

  it('of many goes out in batches', async () => {
    const userIds = Array.from({ length: 120 }, (_, index) => `nobody_${index}`)
    await anchor.ok('POST', at('removals'), { userIds, scope: 'forever' })
    const messages = await until(
      () => {
        const all = house.cloud.told(ROOM).filter((message) => message['kind'] === 'remove')
        return all.length === 3 ? all : null
      },
      DEADLINE_MS,
      'three messages',
    )
    expect(messages.flatMap((message) => message['userIds'])).toEqual(userIds)
    await until(() => (house.cloud.group(ROOM).banned.size === 120 ? true : null), DEADLINE_MS, 'the bans')
  })
})

describe('a message', () => {
  it('is taken off every screen and out of the history', async () => {
    const sent = await says()
    if (!sent.ok) throw new Error('it was refused')
    await until(async () => ((await viewer.ok<{ messages: unknown[] }>('GET', at('history'))).messages.length === 1 ? true : null), DEADLINE_MS, 'the history')
    await anchor.ok('DELETE', at(`messages/${sent.msgSeq}?reason=rude`))
    expect(await told('retract')).toMatchObject({ msgSeq: sent.msgSeq, by: 'crew' })
    await until(() => (house.cloud.recalled.includes(sent.msgSeq) ? true : null), DEADLINE_MS, 'the recall')
    expect(await viewer.ok('GET', at('history'))).toEqual({ messages: [] })
    const [entry] = await audit()
    expect(await anchor.refused('POST', at(`audit/${entry?.id ?? 0}/undo`), {})).toBe('audit.not-undoable')
  })
})
