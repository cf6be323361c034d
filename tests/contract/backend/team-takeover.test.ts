import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { GiftEntries } from '../../../electron/shared/crew-api'
import type { RoomSession } from '../../../electron/shared/room-api'
import { until } from '../../support/until'
import { ApiClient, newOrderId } from './support/api-client'
import { ROOM } from './support/cloud-backend'
import { LineClient } from './support/line-client'
import { insist, Team } from './support/team'

const GIFTS = `/api/rooms/${ROOM}/gifts`
const STATUS = `/api/rooms/${ROOM}/status`
const DEADLINE_MS = 20_000
const METRICS_TOKEN = 'a-token-for-the-metrics'
let team: Team
let viewer: ApiClient
/** What is in the ledger, newest first. */
const orders: string[] = []

/** One team for all, because starting it is most of the work: the first test finds instance 0 leading, and each leaves another one to the next. */
beforeAll(async () => {
  team = await Team.start({ METRICS_TOKEN, TRUSTED_PROXIES: '127.0.0.1' })
  await team.anchor.ok('PUT', STATUS, { status: 'live' })
  viewer = await team.anchor.guest(ROOM, 'Bo')
})
afterAll(() => team.close())
// What the instances said is the only witness of what went on in them.
afterEach(({ task }) => {
  if (task.result?.state === 'fail')
    for (const [index, { exitCode, log }] of team.instances.entries())
      process.stderr.write(`instance ${index}, exit ${String(exitCode)}:\n${log.slice(-4_000)}\n`)
})

const leads = (index: number): Promise<true> => until(async () => ((await team.instance(index).leads()) ? true : null), DEADLINE_MS, `${index} to lead`)
/** A gift of one coin. */
function made(): { orderId: string; giftId: string } {
  const orderId = newOrderId()
  orders.unshift(orderId)
  return { orderId, giftId: 'rose' }
}
/** Each once. */
async function allTold(): Promise<void> {
  const coins = (): number => team.cloud.told(ROOM).reduce((sum, message) => sum + (message['kind'] === 'gift' ? Number(message['coins']) : 0), 0)
  await until(() => (coins() >= orders.length ? true : null), DEADLINE_MS, 'all gifts to be told')
  expect(coins()).toBe(orders.length)
}
const ledger = async (): Promise<readonly string[]> =>
  (await insist<GiftEntries>(team.anchor, 'GET', `/api/rooms/${ROOM}/gift-orders`)).orders.map(({ orderId }) => orderId)

describe('who runs it', () => {
  it('is told how it is, by numbers that name nobody, and nobody else is', async () => {
    await viewer.ok('POST', GIFTS, made())
    await team.cloud.join(ROOM, viewer.userId)
    await team.cloud.callback(`Group.Made-up-${viewer.userId}`, {})
    for (const { http } of team.instances) {
      expect(await (await fetch(`${http}/healthz`)).text()).toBe('ok\n')
      expect(await (await fetch(`${http}/readyz`)).text()).toBe('ready\n')
      for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: METRICS_TOKEN }])
        expect((await fetch(`${http}/metrics`, { headers })).status).toBe(404)
    }
    const texts = await Promise.all(
      team.instances.map(async ({ http }) => (await fetch(`${http}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })).text()),
    )
    expect(texts[0]).toMatch(/^anchordesk_gift_orders_total\{state="paid"\} 1$/m)
    expect(texts[0]).toMatch(/^anchordesk_request_duration_seconds_count\{method="POST",route="\/api\/rooms\/:room\/gifts",status="200"\} 1$/m)
    expect(texts[0]).toMatch(/^anchordesk_callbacks_total\{command="Group.CallbackAfterNewMemberJoin",outcome="taken"\} 1$/m)
    expect(texts[0]).toMatch(/^anchordesk_callbacks_total\{command="other",outcome="taken"\} 1$/m)
    expect(texts[0]).toMatch(/^anchordesk_request_duration_seconds_count\{method="POST",route="\/api\/im\/callback",status="200"\} [1-9]/m)
    expect(texts[0]).toMatch(/^anchordesk_leader_epoch 1$/m)
    expect(texts[1]).toMatch(/^anchordesk_leader 0$/m)
    expect(texts[1]).toMatch(/^anchordesk_forwarded_total\{outcome="answered"\} [1-9]/m)
    expect(texts[1]).toContain('process_resident_memory_bytes')
    for (const text of texts) for (const id of [viewer.userId, `="${ROOM}"`, 'Bo"']) expect(text).not.toContain(id)
    const said = team.instances.map(({ log }) => log).join('')
    for (const secret of [new URL(team.databaseUrl).password, METRICS_TOKEN, viewer.session?.token ?? '', viewer.session?.userSig ?? ''])
      expect(said).not.toContain(secret)
  })
})

describe('an instance that follows', () => {
  it('believes nobody who says to speak for another, but the balancer', async () => {
    const comeIn = (headers: Readonly<Record<string, string>>): Promise<number> =>
      new ApiClient(team.instance(1).http).once('POST', `/api/rooms/${ROOM}/sessions`, { nick: '' }, headers).then(({ status }) => status)
    // Asked too often is found out before asked wrongly. 120 at once is what one address may; each of these is another one.
    const own = await Promise.all(Array.from({ length: 125 }, (_, index) => comeIn({ 'x-forwarded-for': `198.51.100.7, 203.0.113.${index}` })))
    expect(new Set(own)).toEqual(new Set([400]))
    // Two a second more are let in meanwhile: a machine that is slow is asked more often.
    const forged: number[] = []
    while (!forged.includes(429) && forged.length < 1_000)
      forged.push(
        ...(await Promise.all(
          Array.from({ length: 125 }, (_, index) =>
            comeIn({ 'x-forwarded-for': '198.51.100.8', 'x-anchordesk-forwarded': `${Date.now()} 0 192.0.2.${index} ${'0'.repeat(64)}` }),
          ),
        )),
      )
    expect(forged).toContain(429)
  })

  it('joins the ends of a co-anchor’s line', async () => {
    const { token: invite } = await team.anchor.ok<{ token: string }>('POST', `/api/rooms/${ROOM}/invites`, { role: 'coanchor' })
    const session = await team.anchor.ok<RoomSession>('POST', `/api/rooms/${ROOM}/sessions`, { nick: 'Cy', invite })
    const wire = team.instance(1).http.replace('http:', 'ws:')
    const stage = await LineClient.enter(wire, team.anchor, 'stage')
    await stage.hear('welcome')
    const guest = await LineClient.enter(wire, new ApiClient(team.balancer.base, session), 'co-anchor')
    await guest.hear('welcome')
    expect(await guest.hear('stage', ({ present }) => present)).toBeDefined()
    expect(await team.instance(1).leads()).toBe(false)
    // With the leader goes the line; a page opens it again.
    const closed = new Promise<void>((resolve) => stage.socket.once('close', () => resolve()))
    team.instance(0).kill('SIGKILL')
    await closed
    await leads(1)
    await (await LineClient.enter(wire, team.anchor, 'stage')).hear('welcome')
    guest.socket.terminate()
    await team.instance(0).startAgain()
  })
})

describe('a leader that is asked to end', () => {
  it('does what it was asked for, gives its place away and says so', async () => {
    const bodies = Array.from({ length: 16 }, made)
    const early = bodies.slice(0, 8).map((body) => insist<{ state: string }>(viewer, 'POST', GIFTS, body))
    team.instance(1).kill('SIGTERM')
    // Whoever is impatient cuts nothing.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGINT'] as const) team.instance(1).kill(signal)
    const late = bodies.slice(8).map((body) => insist<{ state: string }>(viewer, 'POST', GIFTS, body))
    for (const { state } of await Promise.all([...early, ...late])) expect(state).toBe('paid')
    await team.instance(1).ended()
    expect(team.instance(1).exitCode).toBe(0)
    expect([...(await ledger())].sort()).toEqual([...orders].sort())
    expect((await fetch(`${team.instance(0).http}/readyz`)).status).toBe(200)
    // What was written is told by whoever leads now.
    await allTold()
    await team.instance(1).startAgain()
  })
})

describe('a leader that stands still', () => {
  it('is followed by the other one, and does nothing any more when it wakes', async () => {
    team.instance(0).kill('SIGSTOP')
    // Its machine takes them; nobody answers.
    const stuck = [made(), made(), made()]
    const asked = Promise.allSettled(stuck.map((body) => team.at(0, viewer).once('POST', GIFTS, body)))
    const paused = team
      .at(0, team.anchor)
      .once('PUT', STATUS, { status: 'paused' })
      .catch(() => null)
    await leads(1)
    const known = orders.slice(3)
    const after = made()
    await team.at(1, viewer).ok('POST', GIFTS, after)
    team.instance(0).kill('SIGCONT')
    await team.instance(0).ended()
    expect(team.instance(0).exitCode).toBe(1)
    for (const outcome of await asked) if (outcome.status === 'fulfilled') expect(outcome.value.status).toBe(503)
    expect((await paused)?.status ?? 503).toBe(503)
    expect([...(await ledger())].sort()).toEqual([after.orderId, ...known].sort())
    expect((await team.at(1, team.anchor).ask('GET', STATUS)).body).toMatchObject({ status: 'live' })
    // A page that got no answer sends its order again: it is made now, once.
    for (const body of stuck) await team.at(1, viewer).ok('POST', GIFTS, body)
    expect([...(await ledger())].sort()).toEqual([...orders].sort())
    expect(await viewer.ok('GET', '/api/wallet')).toMatchObject({ coins: 1_000 - orders.length })
    await allTold()
    await team.instance(0).startAgain()
    expect(await team.instance(0).leads()).toBe(false)
  })
})

describe('all of them', () => {
  it('end together, and leave what they know to whoever comes', async () => {
    for (const instance of team.instances) instance.kill('SIGTERM')
    for (const instance of team.instances) {
      await instance.ended()
      expect(instance.exitCode).toBe(0)
    }
    await team.instance(1).startAgain()
    expect([...(await ledger())].sort()).toEqual([...orders].sort())
    expect((await team.anchor.ask('GET', STATUS)).body).toMatchObject({ status: 'live' })
  })
})
