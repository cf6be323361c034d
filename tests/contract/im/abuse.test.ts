import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import { roomName } from './support/room-name'
import { newRandom, textElement } from './support/rest-client'
import { RoomServerProcess } from './support/room-server-process'
import { WireClient } from './support/wire-client'

/** Codes that tell a client to be slower. */
const TOO_FAST = [10_006, 10_023, 60_022]
const JOINS = 10_000
const GROWTH_MIB = 96
const POLICY_VIOLATION = 1_008
const TOO_BIG = 1_009

let server: RoomServerProcess
let room: string
let witness: WireClient
const clients: WireClient[] = []

beforeAll(async () => {
  server = await RoomServerProcess.start()
})
afterAll(async () => {
  await server.close()
})
beforeEach(async () => {
  room = roomName()
  await server.rest().openRoom(room)
  witness = await enter('witness')
})
afterEach(async () => {
  // Whatever somebody did, the others go on.
  const text = `still here ${newRandom()}`
  await server.rest().ok('send_group_msg', { GroupId: room, Random: newRandom(), MsgPriority: 'High', MsgBody: [textElement(text)] })
  await witness.hear(text)
  for (const client of clients.splice(0)) client.close()
})

async function connect(userId: string): Promise<WireClient> {
  const client = new WireClient(userId)
  clients.push(client)
  await client.connect(server.wire)
  await client.login(server.userSig(userId))
  return client
}
async function enter(userId: string): Promise<WireClient> {
  const client = await connect(userId)
  await client.join(room)
  return client
}
function residentMiB(): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024
}
/** 0, or the code of the refusal; null when the line was closed instead. */
const codeOf = (request: Promise<unknown>): Promise<number | null> =>
  request.then(
    () => 0,
    (error: unknown) => (error as { code?: number }).code ?? null,
  )

it('a client that never reads is let go, and costs nothing', async () => {
  const big = Array.from({ length: 4 }, (_, i) => ({ key: `k${i}`, value: 'v'.repeat(4_000) }))
  await server.rest().ok('set_group_attr', { GroupId: room, GroupAttr: big })
  const before = residentMiB()
  const deaf = await enter('deaf')
  deaf.socket.pause()
  await until(
    () => {
      for (let i = 0; i < 40; i += 1) void codeOf(deaf.request('group_open_attr_http_svc.get_group_attr', { GroupId: room, Key: '', GroupType: 'AVChatRoom' }))
      return deaf.open ? null : true
    },
    30_000,
    'the line to be cut',
  )
  expect(residentMiB() - before).toBeLessThan(GROWTH_MIB)
})

describe('a client that floods', () => {
  it('with messages is told to slow down, and may speak again', async () => {
    const loud = await enter('loud')
    const codes: (number | null)[] = []
    // As often as it takes: a server that is slow takes in the first thousand.
    await until(
      async () => {
        codes.push(...(await Promise.all(Array.from({ length: 1_000 }, (_, i) => codeOf(loud.send(room, `flood ${i}`, 'Low'))))))
        return codes.some((code) => code !== 0) ? true : null
      },
      30_000,
      'the flood to be too much',
    )
    expect(codes.filter((code) => code !== 0).every((code) => code !== null && TOO_FAST.includes(code))).toBe(true)
    await until(async () => ((await codeOf(loud.send(room, 'sorry', 'High'))) === 0 ? true : null), 20_000, 'the flood to be forgiven')
    await witness.hear('sorry')
  })

  it('with anything, and goes on and on, is let go', async () => {
    const loud = await connect('endless')
    let closedWith = 0
    loud.socket.on('close', (code: number) => (closedWith = code))
    const answers: Promise<number | null>[] = []
    await until(
      () => {
        for (let i = 0; i < 500; i += 1) if (loud.open) answers.push(codeOf(loud.request('im_open_status.wshello', {})))
        return closedWith === 0 ? null : true
      },
      20_000,
      'the line to be closed',
    )
    expect(closedWith).toBe(POLICY_VIOLATION)
    const codes = new Set(await Promise.all(answers))
    expect([...codes].filter((code) => code !== 0 && code !== null && !TOO_FAST.includes(code))).toEqual([])
  })
})

describe('joins', () => {
  it(`${JOINS} of them by one client: refused by code, and there is still one of it`, async () => {
    const restless = await enter('restless')
    const codes = new Map<number | null, number>()
    for (let at = 0; at < JOINS; at += 50) {
      if (!restless.open) {
        await restless.connect(server.wire)
        await restless.login(server.userSig('restless'))
      }
      const joins = Array.from({ length: 50 }, (_, i) => ((at + i) % 2 === 0 ? room : `nowhere_${at + i}`))
      for (const code of await Promise.all(joins.map((groupId) => codeOf(restless.request('group_open_http_svc.apply_join_group', { GroupId: groupId }))))) {
        codes.set(code, (codes.get(code) ?? 0) + 1)
      }
    }
    expect([...codes.keys()].filter((code) => ![0, null, 10_010, ...TOO_FAST].includes(code as number))).toEqual([])
    expect(TOO_FAST.some((code) => (codes.get(code) ?? 0) > 0)).toBe(true)
    expect(await server.rest().ok('get_online_member_num', { GroupId: room })).toMatchObject({ OnlineMemberNum: 2 })
  })
})

describe('what is too big', () => {
  it('as a frame closes the line', async () => {
    const client = await connect('wordy')
    let closedWith = 0
    client.socket.on('close', (code: number) => (closedWith = code))
    client.socket.send(Buffer.alloc(1_024 * 1_024, 'x'))
    await until(() => (closedWith === 0 ? null : true), 20_000, 'the line to be closed')
    expect(closedWith).toBe(TOO_BIG)
  })

  it('as a REST body is refused', async () => {
    const response = await server
      .rest()
      .post('send_group_msg', JSON.stringify({ GroupId: room, Random: 1, MsgBody: [textElement('x'.repeat(2 * 1_024 * 1_024))] }))
    expect(response.status).toBeLessThan(500)
    if (response.status === 200) expect(await response.json()).toMatchObject({ ActionStatus: 'FAIL' })
  })
})
