import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import { ApiClient } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { HOUSES_WITH_POSTGRES, toldIn, type House, type HouseOptions } from './support/house'

const DEADLINE_MS = 20_000
/** Muted, as IM says it. */
const MUTED = 10_017
const at = (path: string): string => `/api/rooms/${ROOM}/${path}`
let house: House
let anchor: ApiClient
let viewer: ApiClient

async function begin(open: (options?: HouseOptions) => Promise<House>, options: HouseOptions = {}): Promise<void> {
  house = await open(options)
  anchor = await house.anchor()
  viewer = await house.guest('Bo')
  await anchor.ok('PUT', at('status'), { status: 'live' })
  await house.join(viewer)
}

const told = (kind: string): Promise<Record<string, unknown>> =>
  until(() => toldIn(house).find((message) => message['kind'] === kind) ?? null, DEADLINE_MS, kind)
const says = (): Promise<number> => house.say(viewer, 'hello')
/** IM follows what was decided within moments. */
const saysSoon = (code: number): Promise<true> => until(async () => ((await says()) === code ? true : null), DEADLINE_MS, `the answer ${code}`)
const joinsSoon = (wanted: (code: number) => boolean): Promise<true> =>
  until(async () => (wanted(await house.join(viewer)) ? true : null), DEADLINE_MS, 'the door')
const audit = async (): Promise<{ id: number; action: string; target: string; undoneBy: string }[]> =>
  (await anchor.ok<{ entries: { id: number; action: string; target: string; undoneBy: string }[] }>('GET', at('audit'))).entries
const undo = async (action: string): Promise<void> => {
  const entry = (await audit()).find((one) => one.action === action)
  await anchor.ok('POST', at(`audit/${entry?.id ?? 0}/undo`), {})
}

describe.each(HOUSES_WITH_POSTGRES)('moderation with $name', ({ open }) => {
  beforeEach(() => begin(open))
  afterEach(() => house.close())

  describe('a mute', () => {
    it('for a time is refused by IM, told with reason and end, and undone', async () => {
      await anchor.ok('PUT', at(`mutes/${viewer.userId}`), { scope: 'timed', seconds: 600, reason: 'too loud' })
      const message = await told('mute')
      expect(message).toMatchObject({ userId: viewer.userId, scope: 'timed', reason: 'too loud' })
      expect(Math.abs(Number(message['until']) - Date.now() / 1_000 - 600)).toBeLessThan(5)
      await saysSoon(MUTED)
      expect((await viewer.snapshot(ROOM)).me.mute).toMatchObject({ scope: 'timed', reason: 'too loud' })
      await undo('mute')
      await told('unmute')
      await saysSoon(0)
      expect((await audit()).map(({ action }) => action)).toEqual(['undo', 'mute'])
      expect(await anchor.refused('POST', at(`audit/${(await audit())[1]?.id ?? 0}/undo`), {})).toBe('audit.not-undoable')
    })

    it('for the show ends with it, one for ever does not', async () => {
      const cy = await house.guest('Cy')
      await anchor.ok('PUT', at(`mutes/${viewer.userId}`), { scope: 'show' })
      await anchor.ok('PUT', at(`mutes/${cy.userId}`), { scope: 'forever' })
      await saysSoon(MUTED)
      await house.shut()
      await house.open()
      anchor = await house.anchor()
      viewer = new ApiClient(house.base, viewer.session)
      await house.join(viewer)
      const { mutes } = await anchor.ok<{ mutes: { scope: string }[] }>('GET', at('penalties'))
      expect(mutes.map(({ scope }) => scope).sort()).toEqual(['forever', 'show'])
      await anchor.ok('PUT', at('status'), { status: 'ended' })
      await saysSoon(0)
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
      await saysSoon(MUTED)
      expect((await viewer.snapshot(ROOM)).muteAll).toBe(true)
      await undo('mute-all')
      await saysSoon(0)
    })
  })

  describe('a removal', () => {
    it('is told, keeps out of the room and of its API, until it is lifted', async () => {
      await anchor.ok('POST', at('removals'), { userIds: [viewer.userId], scope: 'forever', reason: 'enough' })
      expect(await told('remove')).toMatchObject({ userIds: [viewer.userId], reason: 'enough' })
      await joinsSoon((code) => code !== 0)
      expect(await viewer.refused('GET', at('snapshot'))).toBe('auth.blocked')
      expect(await viewer.refused('POST', at('gifts'), { orderId: 'an-order-id', giftId: 'rose' })).toBe('auth.blocked')
      expect(await viewer.refused('POST', at('sessions'), { nick: 'Bo again' })).toBe('auth.blocked')
      await anchor.ok('DELETE', at(`blocks/${viewer.userId}`))
      await joinsSoon((code) => code === 0)
      await viewer.snapshot(ROOM)
    })

    it('is refused at the door by the callback where the edition has no ban', async () => {
      await house.close()
      await begin(open, { edition: 'trial' })
      const cy = await house.guest('Cy')
      await anchor.ok('POST', at('removals'), { userIds: [cy.userId], scope: 'timed', seconds: 3_600 })
      expect(await house.join(cy)).toBe(10_101)
      // Whose client does not leave by itself is not heard.
      await anchor.ok('POST', at('removals'), { userIds: [viewer.userId], scope: 'timed', seconds: 3_600 })
      expect(await says()).toBe(10_101)
      await undo('remove')
      expect(await says()).toBe(0)
    })

    it('of many goes out in batches', async () => {
      const userIds = Array.from({ length: 120 }, (_, index) => `nobody_${index}`)
      await anchor.ok('POST', at('removals'), { userIds, scope: 'forever' })
      const messages = await until(
        () => {
          const all = toldIn(house).filter((message) => message['kind'] === 'remove')
          return all.length === 3 ? all : null
        },
        DEADLINE_MS,
        'three messages',
      )
      expect(messages.flatMap((message) => message['userIds'])).toEqual(userIds)
    })
  })

  describe('a message', () => {
    it('is taken off every screen and out of the history', async () => {
      expect(await says()).toBe(0)
      const msgSeq = await until(
        async () => (await viewer.ok<{ messages: { msgSeq: number }[] }>('GET', at('history'))).messages[0]?.msgSeq ?? null,
        DEADLINE_MS,
        'the history',
      )
      await anchor.ok('DELETE', at(`messages/${msgSeq}?reason=rude`))
      expect(await told('retract')).toMatchObject({ msgSeq, by: 'crew' })
      expect(await viewer.ok('GET', at('history'))).toEqual({ messages: [] })
      const [entry] = await audit()
      expect(await anchor.refused('POST', at(`audit/${entry?.id ?? 0}/undo`), {})).toBe('audit.not-undoable')
    })
  })
})
