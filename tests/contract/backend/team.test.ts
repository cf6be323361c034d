import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RoomSession } from '../../../electron/shared/room-api'
import { until } from '../../support/until'
import { Chance, countFrom } from '../im/support/random'
import { ApiClient, newOrderId } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { insist, Team } from './support/team'

/** 20 on the occasion of a release; a few always. */
const KILLS = countFrom('ANCHORDESK_TEAM_KILLS', 4)
const GIFTS = `/api/rooms/${ROOM}/gifts`
const DEADLINE_MS = 20_000
const chance = new Chance(11)
let team: Team
let anchor: ApiClient

beforeAll(async () => {
  team = await Team.start()
  anchor = team.anchor
})
afterAll(() => team.close())

interface Status {
  readonly status: string
  readonly rev: number
}
const statusNow = (): Promise<Status> => insist<Status>(anchor, 'GET', `/api/rooms/${ROOM}/status`)

/** As a person does: looks before it is done again. */
async function become(status: string): Promise<void> {
  while ((await statusNow()).status !== status) {
    const answer = await anchor.ask('PUT', `/api/rooms/${ROOM}/status`, { status })
    if (![200, 502, 503].includes(answer.status)) throw new Error(`${status}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
}

const toldStatuses = (): readonly string[] => team.cloud.told(ROOM).flatMap(({ kind, status }) => (kind === 'status' ? [String(status)] : []))

describe('two instances as one', () => {
  it('any of them answers, with the same sessions, and each message is told once', async () => {
    const bases = [0, 1].map((index) => team.at(index, anchor))
    await bases[0]?.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    for (const one of bases) expect((await one.ask('GET', `/api/rooms/${ROOM}/status`)).body).toMatchObject({ status: 'live' })
    const guest = await new ApiClient(team.instance(1).http).guest(ROOM, 'Bo')
    await team.at(0, guest).ok('POST', GIFTS, { orderId: newOrderId(), giftId: 'rose' })
    expect(await team.cloud.join(ROOM, guest.userId)).toBe(0)
    expect(await team.cloud.say(ROOM, guest.userId, 'hello')).toMatchObject({ ok: true })
    const seen = await Promise.all([0, 1].map((index) => team.at(index, guest).snapshot(ROOM)))
    for (const snapshot of seen) expect(snapshot).toMatchObject({ callbacks: 'arriving', room: { online: 1 }, me: { coins: 999 } })
    expect(toldStatuses()).toEqual(['live'])
    // Whoever has a room here looks at nothing inside of its network by it.
    const inside = { base: team.cloud.base, room: 'any', token: 'any', nick: 'any' }
    expect(await anchor.refused('PUT', `/api/rooms/${ROOM}/connection`, inside)).toBe('pk.address-not-allowed')
    expect(await Promise.all(team.instances.map((instance) => instance.leads()))).toEqual([true, false])
  })

  it('lose and double nothing when one is killed at any time', { timeout: 60_000 + KILLS * 15_000 }, async () => {
    const viewers = await Promise.all(['Cy', 'Di', 'Ed'].map((nick) => anchor.guest(ROOM, nick)))
    for (const viewer of viewers) await team.cloud.join(ROOM, viewer.userId)
    const draw = await insist<{ drawId: string }>(anchor, 'POST', `/api/rooms/${ROOM}/draws`, { keyword: 'me!', seconds: 900, winners: 2 })
    const before = await insist<{ coins: number }>(anchor, 'GET', `/api/rooms/${ROOM}/gift-totals`)
    const orders: Promise<{ state: string; coins: number }>[] = []
    const entrants = new Set<string>()
    const statuses = [...toldStatuses()]
    for (let kill = 0; kill < KILLS; kill += 1) {
      const asked = Array.from({ length: 12 }, () =>
        insist<{ state: string; coins: number }>(chance.of(viewers), 'POST', GIFTS, {
          orderId: newOrderId(),
          giftId: 'rose',
          count: 1 + chance.below(3),
          combo: chance.below(2) === 0,
        }),
      )
      orders.push(...asked)
      const status = kill % 2 === 0 ? 'paused' : 'live'
      const changed = become(status)
      const talk = Promise.all(viewers.map((viewer) => team.cloud.say(ROOM, viewer.userId, `hello ${kill}`)))
      // After any number of answers: the moment of the kill is anywhere in the work.
      const answersBefore = chance.below(asked.length)
      let answered = 0
      for (const one of asked) void one.then(() => (answered += 1))
      await until(() => (answered >= answersBefore ? true : null), DEADLINE_MS, `${answersBefore} answers`)
      const victim = chance.of(team.instances)
      victim.kill('SIGKILL')
      await victim.ended()
      // The other one alone: everything is answered, and is so for whoever comes now.
      await Promise.all([...asked, changed])
      statuses.push(status)
      expect((await statusNow()).status).toBe(status)
      const late = new ApiClient(
        team.balancer.base,
        await insist<RoomSession>(new ApiClient(team.balancer.base), 'POST', `/api/rooms/${ROOM}/sessions`, { nick: 'Flo' }),
      )
      await talk
      entrants.add(late.userId)
      expect(await team.cloud.say(ROOM, late.userId, 'me!')).toMatchObject({ ok: true })
      await victim.startAgain()
    }
    const paid = await Promise.all(orders)
    expect(paid.every(({ state }) => state === 'paid')).toBe(true)
    const sum = before.coins + paid.reduce((coins, order) => coins + order.coins, 0)
    expect(await anchor.ok('GET', `/api/rooms/${ROOM}/gift-totals`)).toMatchObject({ coins: sum, gifts: sum })
    const balances = await Promise.all(viewers.map((viewer) => viewer.ok<{ coins: number }>('GET', '/api/wallet')))
    expect(balances.reduce((coins, wallet) => coins + wallet.coins, 0)).toBe(3_000 - (sum - before.coins))
    // The room was told each gift once, without a gap, and each status once, in order.
    const told = await until(
      () => {
        const gifts = team.cloud.told(ROOM).filter(({ kind }) => kind === 'gift')
        return gifts.reduce((coins, gift) => coins + Number(gift['coins']), 0) >= sum ? gifts : null
      },
      DEADLINE_MS,
      'all gifts to be told',
    )
    expect(told.reduce((coins, gift) => coins + Number(gift['coins']), 0)).toBe(sum)
    expect(told.map(({ seq }) => Number(seq)).sort((a, b) => a - b)).toEqual(told.map((_, index) => index + 1))
    expect(toldStatuses()).toEqual(statuses)
    expect(team.cloud.group(ROOM).attributes.get('status')).toContain(`"${statuses.at(-1) ?? ''}"`)
    const proof = await anchor.ok<{ entries: string[]; winners: string[] }>('POST', `/api/rooms/${ROOM}/draws/${draw.drawId}/finish`, {})
    expect([...proof.entries].sort()).toEqual([...entrants].sort())
    await until(() => team.cloud.told(ROOM).find(({ kind }) => kind === 'draw-result') ?? null, DEADLINE_MS, 'the result')
    for (const kind of ['draw-open', 'draw-result']) expect(team.cloud.told(ROOM).filter((message) => message['kind'] === kind)).toHaveLength(1)
  })
})
