import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RoomSession } from '../../../electron/shared/room-api'
import { ChatCloud } from '../../fakes/chat-cloud'
import { freshPostgres } from '../../support/postgres'
import { until } from '../../support/until'
import { Chance, countFrom } from '../im/support/random'
import { ApiClient, newOrderId, type ApiAnswer } from './support/api-client'
import { Balancer } from './support/balancer'
import { APP, ROOM } from './support/cloud-backend'
import { TeamInstance } from './support/team-instance'

/** 20 on the occasion of a release; a few always. */
const KILLS = countFrom('ANCHORDESK_TEAM_KILLS', 4)
const GIFTS = `/api/rooms/${ROOM}/gifts`
const DEADLINE_MS = 20_000
const cloud = new ChatCloud(APP)
const chance = new Chance(11)
const instances: TeamInstance[] = []
const balancer = new Balancer([0, 1].map((index) => () => instances[index]?.http ?? null))
let anchor: ApiClient

beforeAll(async () => {
  const databaseUrl = await freshPostgres()
  const im = await cloud.listen()
  await balancer.listen()
  cloud.callbackUrl = `${balancer.base}/api/im/callback`
  const options = { databaseUrl, im }
  instances.push(await TeamInstance.start(options))
  instances.push(await TeamInstance.start(options))
  anchor = new ApiClient(balancer.base, { token: instances[0]?.anchorToken } as RoomSession)
})
afterAll(async () => {
  await Promise.all(instances.map((instance) => instance.close()))
  await balancer.close()
  await cloud.close()
})

/** As a page does: what was not answered, or nobody knows of, is sent again, because it is one by its id. */
async function insist<T>(who: ApiClient, method: string, path: string, body?: unknown): Promise<T> {
  return until(
    async () => {
      const answer: ApiAnswer<T> = await who.ask<T>(method, path, body)
      if (answer.status === 502 || answer.status === 503) return null
      if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    DEADLINE_MS,
    `${method} ${path}`,
  )
}

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

const toldStatuses = (): readonly string[] => cloud.told(ROOM).flatMap(({ kind, status }) => (kind === 'status' ? [String(status)] : []))

describe('two instances as one', () => {
  it('any of them answers, with the same sessions, and each message is told once', async () => {
    const bases = instances.map(({ http }) => new ApiClient(http, anchor.session))
    await bases[0]?.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    for (const one of bases) expect((await one.ask('GET', `/api/rooms/${ROOM}/status`)).body).toMatchObject({ status: 'live' })
    const guest = await new ApiClient(instances[1]?.http ?? '').guest(ROOM, 'Bo')
    await new ApiClient(instances[0]?.http ?? '', guest.session).ok('POST', GIFTS, { orderId: newOrderId(), giftId: 'rose' })
    expect(await cloud.join(ROOM, guest.userId)).toBe(0)
    expect(await cloud.say(ROOM, guest.userId, 'hello')).toMatchObject({ ok: true })
    const seen = await Promise.all(instances.map(({ http }) => new ApiClient(http, guest.session).snapshot(ROOM)))
    for (const snapshot of seen) expect(snapshot).toMatchObject({ callbacks: 'arriving', room: { online: 1 }, me: { coins: 999 } })
    expect(toldStatuses()).toEqual(['live'])
    expect(await Promise.all(instances.map((instance) => instance.leads()))).toEqual([true, false])
  })

  it('lose and double nothing when one is killed at any time', { timeout: 60_000 + KILLS * 15_000 }, async () => {
    const viewers = await Promise.all(['Cy', 'Di', 'Ed'].map((nick) => anchor.guest(ROOM, nick)))
    for (const viewer of viewers) await cloud.join(ROOM, viewer.userId)
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
      const talk = Promise.all(viewers.map((viewer) => cloud.say(ROOM, viewer.userId, `hello ${kill}`)))
      // After any number of answers: the moment of the kill is anywhere in the work.
      const answersBefore = chance.below(asked.length)
      let answered = 0
      for (const one of asked) void one.then(() => (answered += 1))
      await until(() => (answered >= answersBefore ? true : null), DEADLINE_MS, `${answersBefore} answers`)
      const victim = chance.of(instances)
      victim.kill('SIGKILL')
      await victim.ended()
      // The other one alone: everything is answered, and is so for whoever comes now.
      await Promise.all([...asked, changed])
      statuses.push(status)
      expect((await statusNow()).status).toBe(status)
      const late = new ApiClient(balancer.base, await insist<RoomSession>(new ApiClient(balancer.base), 'POST', `/api/rooms/${ROOM}/sessions`, { nick: 'Flo' }))
      await talk
      entrants.add(late.userId)
      expect(await cloud.say(ROOM, late.userId, 'me!')).toMatchObject({ ok: true })
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
        const gifts = cloud.told(ROOM).filter(({ kind }) => kind === 'gift')
        return gifts.reduce((coins, gift) => coins + Number(gift['coins']), 0) >= sum ? gifts : null
      },
      DEADLINE_MS,
      'all gifts to be told',
    )
    expect(told.reduce((coins, gift) => coins + Number(gift['coins']), 0)).toBe(sum)
    expect(told.map(({ seq }) => Number(seq)).sort((a, b) => a - b)).toEqual(told.map((_, index) => index + 1))
    expect(toldStatuses()).toEqual(statuses)
    expect(cloud.group(ROOM).attributes.get('status')).toContain(`"${statuses.at(-1) ?? ''}"`)
    const proof = await anchor.ok<{ entries: string[]; winners: string[] }>('POST', `/api/rooms/${ROOM}/draws/${draw.drawId}/finish`, {})
    expect([...proof.entries].sort()).toEqual([...entrants].sort())
    await until(() => cloud.told(ROOM).find(({ kind }) => kind === 'draw-result') ?? null, DEADLINE_MS, 'the result')
    for (const kind of ['draw-open', 'draw-result']) expect(cloud.told(ROOM).filter((message) => message['kind'] === kind)).toHaveLength(1)
  })
})
