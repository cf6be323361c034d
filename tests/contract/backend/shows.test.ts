import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ShowReport } from '../../../electron/shared/crew-api'
import { until } from '../../support/until'
import { newOrderId, type ApiClient } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { HOUSES, type House } from './support/house'

const DEADLINE_MS = 20_000

describe.each(HOUSES)('what a show came to, with $name', ({ open }) => {
  let house: House
  let anchor: ApiClient
  let bo: ApiClient
  const report = (show = 0): Promise<ShowReport> => anchor.ok<ShowReport>('GET', `/api/rooms/${ROOM}/shows/${show}`)
  beforeAll(async () => {
    house = await open()
    anchor = await house.anchor()
    bo = await house.guest('Bo')
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    expect(await house.join(bo)).toBe(0)
  })
  afterAll(() => house.close())

  it('is counted while it is on air', async () => {
    for (const text of ['one', 'two', 'three']) expect(await house.say(bo, text)).toBe(0)
    await bo.ok('POST', `/api/rooms/${ROOM}/gifts`, { orderId: newOrderId(), giftId: 'cake', count: 2 })
    await bo.ok('PUT', `/api/rooms/${ROOM}/follow`, { follow: true })
    const now = await until(async () => ((await report()).messages === 3 ? report() : null), DEADLINE_MS, 'three messages')
    expect(now).toMatchObject({ show: 1, endedAt: null, gifts: 2, coins: 40, givers: 1, likes: 0, newFollowers: 1 })
    expect(now.viewersPeak).toBeGreaterThanOrEqual(1)
    expect(now.viewersMean).toBeGreaterThan(0)
  })

  it('stays when the show is over, through a restart, and beside the next one', async () => {
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'ended' })
    const ended = await report()
    expect(ended.endedAt).toBeGreaterThanOrEqual(ended.beganAt ?? Infinity)
    await house.shut()
    await house.open()
    anchor = await house.anchor()
    expect(await report()).toMatchObject({ show: 1, messages: 3, coins: 40, viewersPeak: ended.viewersPeak, viewersMean: ended.viewersMean })
    expect((await report()).lost, 'another process counted').toBeNull()
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    expect(await report()).toMatchObject({ show: 2, messages: expect.toSatisfy((count) => count === 0 || count === null) as number, gifts: 0 })
    expect(await report(1)).toMatchObject({ show: 1, messages: 3, gifts: 2 })
  })

  it('is for the crew, and of shows that were', async () => {
    expect(await anchor.refused('GET', `/api/rooms/${ROOM}/shows/99`)).toBe('not-found')
    expect(await anchor.refused('GET', `/api/rooms/${ROOM}/shows/last`)).toBe('not-found')
    expect(await (await house.guest('Cy')).refused('GET', `/api/rooms/${ROOM}/shows/0`)).toBe('auth.forbidden')
  })
})
