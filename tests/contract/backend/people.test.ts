import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DrawList, DrawOver, Energy, Members } from '../../../electron/shared/crew-api'
import { until } from '../../support/until'
import type { ApiClient } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { HOUSES, type House } from './support/house'

const DEADLINE_MS = 20_000

describe.each(HOUSES)('who is here, with $name', ({ open }) => {
  let house: House
  let anchor: ApiClient
  beforeAll(async () => {
    house = await open()
    anchor = await house.anchor()
  })
  afterAll(() => house.close())

  const members = async (nicks: readonly string[]): Promise<Members> =>
    until(
      async () => {
        const list = await anchor.ok<Members>('GET', `/api/rooms/${ROOM}/members`)
        return nicks.every((nick) => list.members.some((one) => one.nick === nick)) ? list : null
      },
      DEADLINE_MS,
      nicks.join(', '),
    )

  it('lists them with what they are to the anchor, and says how long the list can be', async () => {
    const [bo, cy, di] = await Promise.all(['Bo', 'Cy', 'Di'].map((nick) => house.guest(nick)))
    if (bo === undefined || cy === undefined || di === undefined) throw new Error('three guests')
    for (const guest of [bo, cy, di]) await house.join(guest)
    await bo.ok('PUT', `/api/rooms/${ROOM}/follow`, { follow: true })
    await anchor.ok('PUT', `/api/rooms/${ROOM}/mutes/${cy.userId}`, { scope: 'show', reason: '' })
    const list = await members(['Bo', 'Cy', 'Di'])
    const of = (nick: string): unknown => list.members.find((one) => one.nick === nick)
    expect(list.limit).toBe(1_000)
    expect(of('Bo')).toMatchObject({ follows: true, member: false, muted: false, level: 1, role: 'viewer' })
    expect(of('Cy')).toMatchObject({ follows: false, muted: true })
    expect(await bo.refused('GET', `/api/rooms/${ROOM}/members`)).toBe('auth.forbidden')
  })

  it('has the energy of a show that is on, and of none before it', async () => {
    const energy = (): Promise<Energy> => anchor.ok('GET', `/api/rooms/${ROOM}/energy`)
    expect((await energy()).samples).toEqual([])
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    const { show, samples } = await energy()
    expect(show).toBe(1)
    expect(samples).toHaveLength(1)
    // 3 joins and the viewers who are here.
    expect(samples[0]?.popularity).toBeGreaterThan(0)
    expect(samples[0]?.online).toBeGreaterThanOrEqual(3)
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'ended' })
    expect((await energy()).samples).toEqual([])
  })

  it('counts a draw’s entries while it runs, and names its winners afterwards', async () => {
    const ed = await house.guest('Ed')
    await house.join(ed)
    const list = (): Promise<DrawList> => anchor.ok('GET', `/api/rooms/${ROOM}/draws`)
    const { drawId } = await anchor.ok<{ drawId: string }>('POST', `/api/rooms/${ROOM}/draws`, { title: 'Cake', keyword: 'cake', seconds: 60 })
    expect(await list()).toMatchObject({ current: { drawId }, entries: 0 })
    expect(await anchor.refused('GET', `/api/rooms/${ROOM}/draws/${drawId}`)).toBe('draw.running')
    await house.say(ed, 'cake please')
    await until(async () => ((await list()).entries === 1 ? true : null), DEADLINE_MS, 'the entry')
    await anchor.ok('POST', `/api/rooms/${ROOM}/draws/${drawId}/finish`, {})
    expect(await list()).toMatchObject({ current: null, entries: 0 })
    const over = await ed.ok<DrawOver>('GET', `/api/rooms/${ROOM}/draws/${drawId}`)
    expect(over).toMatchObject({ title: 'Cake', winners: [{ userId: ed.userId, nick: 'Ed' }], proof: { winners: [ed.userId], entries: [ed.userId] } })
    expect(await ed.refused('GET', `/api/rooms/${ROOM}/draws/none`)).toBe('draw.not-found')
  })
})

describe('an edition with a short list', () => {
  it('says so', async () => {
    const house = await HOUSES[0]?.open({ edition: 'standard' })
    if (house === undefined) throw new Error('no house')
    const anchor = await house.anchor()
    expect(await anchor.ok('GET', `/api/rooms/${ROOM}/members`)).toMatchObject({ limit: 30 })
    await house.close()
  })
})
