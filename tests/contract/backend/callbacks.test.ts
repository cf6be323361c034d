import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import { countFrom } from '../im/support/random'
import type { ApiClient } from './support/api-client'
import { CALLBACK_PATH } from '../../../electron/room-server/backend/backend'
import { APP, CloudBackend, ROOM } from './support/cloud-backend'
import { HOUSES, type House } from './support/house'

/** Requests to the API, and as many callbacks. */
const RUNS = countFrom('ANCHORDESK_FUZZ', 2_000)
let house: CloudBackend
let viewer: ApiClient

beforeAll(async () => {
  house = await CloudBackend.start()
  viewer = await house.guest('Bo')
  await house.cloud.join(ROOM, viewer.userId)
})
afterAll(() => house.close())

const sign = (time: number, token = APP.token): Record<string, string> => ({
  Sign: createHash('sha256').update(`${token}${time}`).digest('hex'),
  RequestTime: String(time),
})
const now = (): number => Math.floor(Date.now() / 1_000)
const post = (command: string, body: unknown, changes: Record<string, string> = {}): Promise<Response> =>
  fetch(house.cloud.callbackAddress(command, changes), { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })
const joins = (userId: string): object => ({ GroupId: ROOM, Type: 'AVChatRoom', NewMemberList: [{ Member_Account: userId }], EventTime: String(Date.now()) })
const online = async (): Promise<number | null> => (await viewer.snapshot(ROOM)).room.online
const likes = async (): Promise<number> => (await viewer.snapshot(ROOM)).likes

describe('a callback', () => {
  it.each([
    ['of another app', { SdkAppid: '1400000002' }],
    ['with a wrong sign', { Sign: '0'.repeat(64) }],
    ['signed with another token', sign(now(), 'another-token')],
    ['that is stale', sign(now() - 600)],
    ['from the future', sign(now() + 600)],
    ['whose time is none', { RequestTime: 'soon' }],
  ])('%s changes nothing', async (_what, changes) => {
    const before = await online()
    const response = await post('Group.CallbackAfterNewMemberJoin', joins('stranger'), changes)
    expect(response.status).toBe(403)
    expect(await online()).toBe(before)
  })

  it('without a sign changes nothing', async () => {
    const address = house.cloud.callbackAddress('Group.CallbackAfterNewMemberJoin').replace(/&Sign=.*$/, '')
    expect((await fetch(address, { method: 'POST', body: JSON.stringify(joins('stranger')) })).status).toBe(403)
  })

  it('counts once, however often it comes', async () => {
    const before = await likes()
    const message = {
      GroupId: ROOM,
      Type: 'AVChatRoom',
      From_Account: viewer.userId,
      Operator_Account: viewer.userId,
      Random: 4_711,
      MsgBody: [{ MsgType: 'TIMCustomElem', MsgContent: { Data: '{"v":1,"kind":"like","count":5}' } }],
      EventTime: String(Date.now()),
    }
    const answers = await Promise.all(Array.from({ length: 10 }, async () => (await post('Group.CallbackBeforeSendMsg', message)).json()))
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(await likes()).toBe(before + 5)
  })

  it('of a kind, a room or a form that is not known passes', async () => {
    for (const [command, body] of [
      ['Group.CallbackSomethingNew', { GroupId: ROOM }],
      ['Group.CallbackBeforeSendMsg', { GroupId: 'elsewhere', From_Account: 'x', Random: 1, MsgBody: [] }],
      ['Group.CallbackBeforeSendMsg', { unexpected: true }],
    ] as const)
      expect(await (await post(command, body)).json()).toMatchObject({ ActionStatus: 'OK', ErrorCode: 0 })
  })
})

/** The endpoint is the same beside either IM; what stands behind it differs. The embedded one's token is made at its start and told to nobody. */
describe.each(HOUSES)('malformed requests with $name', ({ open }) => {
  let other: House
  let crew: ApiClient
  beforeAll(async () => {
    other = await open()
    crew = await other.anchor()
    await other.join(await other.guest('Bo'))
  })
  afterAll(() => other.close())
  const callback = (command: string, body: string, changes: Record<string, string>): Promise<Response> => {
    const query = new URLSearchParams({ SdkAppid: String(other.sdkAppId), CallbackCommand: command, contenttype: 'json', ...sign(now()), ...changes })
    return fetch(`${other.base}${CALLBACK_PATH}?${query.toString()}`, { method: 'POST', body })
  }

  it(
    'crash nothing and change nothing',
    async () => {
      const state = async (): Promise<string> =>
        JSON.stringify([
          await crew.ok('GET', `/api/rooms/${ROOM}/status`),
          await crew.ok('GET', '/api/wallet'),
          await crew.ok('GET', `/api/rooms/${ROOM}/penalties`),
        ])
      const before = await state()
      const { paths } = await other.nobody().ok<{ paths: Record<string, Record<string, unknown>> }>('GET', '/openapi.json')
      const targets = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })))
      const bodies = [
        '',
        '{',
        '[]',
        'null',
        '0',
        '"x"',
        '{"__proto__":{"x":1}}',
        '{"text":{"$gt":""}}',
        `{"text":"${'x'.repeat(5_000)}"}`,
        `${'['.repeat(2_000)}`,
        '{"status":null,"giftId":[],"count":-1,"orderId":"../../x"}',
        '\u0000',
        '{"nick":"\\ud800"}',
      ]
      const names = ['program', '..%2f..%2fetc', '%00', '%', 'x'.repeat(500), "'; DROP TABLE live_room; --", '{}', '%F0%9F']
      const strangers = other.nobody()
      const seen = new Set<number>()
      for (let run = 0; run < RUNS; run += 1) {
        const target = targets[run % targets.length]
        if (target === undefined) break
        const address = target.path.replace(/\{\w+\}/g, () => names[(run * 7) % names.length] ?? '')
        const body = target.method === 'GET' ? undefined : bodies[(run * 5) % bodies.length]
        const token = run % 3 === 0 ? { authorization: `Bearer ${'ab.cd'.repeat(run % 50)}` } : {}
        // Answers are always JSON of the one shape: `once` would throw.
        const answer = await strangers.once<{ code?: string }>(target.method, address, body, token)
        seen.add(answer.status)
      }
      for (let run = 0; run < RUNS; run += 1) {
        const body = bodies[run % bodies.length] ?? ''
        const response = await callback(
          ['Group.CallbackBeforeSendMsg', 'Group.CallbackAfterSendMsg', 'State.StateChange', 'x'][run % 4] ?? '',
          body,
          run % 2 === 0 ? {} : { Sign: body.slice(0, 40) },
        )
        await response.arrayBuffer()
        expect(response.status).toBeLessThan(500)
      }
      expect([...seen].filter((status) => status >= 500)).toEqual([])
      expect(await state()).toBe(before)
    },
    60_000 + RUNS * 30,
  )

  it('of too many bytes are not read to their end', async () => {
    const answer = await crew.ask('PUT', `/api/rooms/${ROOM}/notice`, { text: 'x'.repeat(200_000) })
    expect(answer).toMatchObject({ status: 413, body: { code: 'request.too-large' } })
  })

  it('of one person in a hurry are told to wait', async () => {
    const hasty = await other.guest('Hasty')
    const statuses = new Set<number>()
    // Some more are let pass each second: on a machine that is slow the hurry takes longer.
    await until(
      async () => {
        const answers = await Promise.all(Array.from({ length: 60 }, () => hasty.once('PUT', `/api/rooms/${ROOM}/follow`, { follow: true })))
        for (const { status } of answers) statuses.add(status)
        return statuses.has(429) ? true : null
      },
      30_000,
      'one to be told',
    )
    expect(statuses).toEqual(new Set([200, 429]))
  })
})
