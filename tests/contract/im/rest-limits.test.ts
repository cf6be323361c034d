import { connect as connectSocket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { until } from '../../support/until'
import { BAD_GROUP_ID, BAD_PARAMETER, NO_PERMISSION, REST_TOO_FAST, TOO_FAST, TOO_LONG } from './support/codes'
import { newRandom, textElement, type RestAnswer } from './support/rest-client'
import { connect, enter, fails, rest, room, useRestScene } from './support/rest-scene'

useRestScene()

/** Of a message in a room, and of a broadcast. */
const MESSAGE_BYTES = 12 * 1_024
const BROADCAST_BYTES = 12_000
const MARKED = 1_000
const LISTED = 1_000
const PAGE = 500
const AT_ONCE = 50

/** A body of exactly so many bytes of JSON. */
const bodyOf = (bytes: number): object[] => [textElement('x'.repeat(bytes - JSON.stringify([textElement('')]).length))]

/** Posts the same again and again without waiting for an answer: a client that takes its time with each is let pass by a server that is slow. @returns the codes */
async function pipelined(url: string, body: string, times: number): Promise<number[]> {
  const { hostname, port, pathname, search, host } = new URL(url)
  const socket = connectSocket(Number(port), hostname)
  const request = `POST ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  let text = ''
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('utf8')))
  const codes = (): number[] => [...text.matchAll(/"ErrorCode":(\d+)/g)].map(([, code]) => Number(code))
  socket.write(request.repeat(times))
  await until(() => (codes().length >= times ? true : null), 20_000, `${times} answers`)
  socket.destroy()
  return codes()
}

it('a call is made 200 times a second', async () => {
  const body = JSON.stringify({ GroupId: room })
  const codes = new Set<number>()
  await until(
    async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => pipelined(rest.url('get_online_member_num'), body, 200)))
      for (const code of answers.flat()) codes.add(code)
      return codes.has(REST_TOO_FAST) ? true : null
    },
    30_000,
    'a refusal',
  )
  expect(codes).toEqual(new Set([0, REST_TOO_FAST]))
  // Each call has a rate of its own.
  await rest.ok('get_group_info', { GroupIdList: [room] })
})

it('an id that no group can have is told apart from one that no group has', async () => {
  for (const command of ['send_group_msg', 'modify_group_base_info', 'destroy_group']) {
    fails(await rest.call(command, { GroupId: 'x'.repeat(49), Random: 1, MsgBody: [textElement('x')] }), BAD_GROUP_ID)
  }
})

describe('the size', () => {
  const send = (MsgBody: object[], changes: object = {}): Promise<RestAnswer> =>
    rest.call('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody, ...changes })

  it('of a message is 12 KB, custom data and all', async () => {
    expect(await send(bodyOf(MESSAGE_BYTES))).toMatchObject({ ActionStatus: 'OK' })
    fails(await send(bodyOf(MESSAGE_BYTES + 1)), TOO_LONG)
    expect(await send(bodyOf(MESSAGE_BYTES - 100), { CloudCustomData: 'x'.repeat(100) })).toMatchObject({ ActionStatus: 'OK' })
    fails(await send(bodyOf(MESSAGE_BYTES - 100), { CloudCustomData: 'x'.repeat(101) }), TOO_LONG)
  })

  it('of a message between two is the same', async () => {
    const tell = (MsgBody: object[]): Promise<RestAnswer> =>
      rest.call('openim/sendmsg', { From_Account: 'bob', To_Account: 'carol', MsgRandom: newRandom(), MsgBody })
    expect(await tell(bodyOf(MESSAGE_BYTES))).toMatchObject({ ActionStatus: 'OK' })
    fails(await tell(bodyOf(MESSAGE_BYTES + 1)), TOO_LONG)
  })

  it('of a broadcast is 12,000 bytes', async () => {
    const broadcast = (MsgBody: object[]): Promise<RestAnswer> =>
      until(
        async () => {
          const answer = await rest.call('send_broadcast_msg', { From_Account: 'administrator', Random: newRandom(), MsgBody })
          return answer.ErrorCode === TOO_FAST ? null : answer
        },
        20_000,
        'an answer',
      )
    expect(await broadcast(bodyOf(BROADCAST_BYTES))).toMatchObject({ ActionStatus: 'OK' })
    fails(await broadcast(bodyOf(BROADCAST_BYTES + 1)), TOO_LONG)
  })

  it('of fields of the app is the same when they change', async () => {
    const modify = (Key: string, Value: string): Promise<RestAnswer> => rest.call('modify_group_base_info', { GroupId: room, AppDefinedData: [{ Key, Value }] })
    fails(await modify('k'.repeat(17), 'v'), BAD_PARAMETER)
    fails(await modify('k', 'v'.repeat(513)), BAD_PARAMETER)
    expect(await modify('k'.repeat(16), 'v'.repeat(512))).toMatchObject({ ActionStatus: 'OK' })
  })
})

it('get_group_info gives only the fields of the app that were asked for', async () => {
  const AppDefinedData = ['a', 'b'].map((Key) => ({ Key, Value: '1' }))
  await rest.ok('modify_group_base_info', { GroupId: room, AppDefinedData })
  const { GroupInfo } = await rest.ok<{ GroupInfo: readonly object[] }>('get_group_info', {
    GroupIdList: [room],
    ResponseFilter: { AppDefinedDataFilter_Group: ['b'] },
  })
  expect(GroupInfo[0]).toMatchObject({ AppDefinedData: [{ Key: 'b', Value: '1' }] })
})

it('a system notice is for all who are there, and for nobody else', async () => {
  const notify = (changes: object): Promise<RestAnswer> => rest.call('send_group_system_notification', { GroupId: room, Content: 'a notice', ...changes })
  fails(await notify({ ToMembers_Account: ['bob'] }), BAD_PARAMETER)
  await notify({})
  const late = await enter('bob')
  await rest.ok('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('after it')] })
  await late.hear('after it')
  expect(JSON.stringify(late.items)).not.toContain('a notice')
})

it('what is not for live rooms says so', async () => {
  const { MsgSeq } = await rest.ok<{ MsgSeq: number }>('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement('hello')] })
  fails(await rest.call('openim/modify_group_msg', { GroupId: room, MsgSeq, MsgBody: [textElement('goodbye')] }), BAD_PARAMETER)
  fails(await rest.call('group_msg_recall', { GroupId: room, MsgSeqList: Array.from({ length: 11 }, (_, i) => ({ MsgSeq: i })) }), BAD_PARAMETER)
  fails(await rest.call('ban_group_member', { GroupId: room, Members_Account: ['owner'], Duration: 60, Description: '' }), NO_PERMISSION)
})

it('a mark is had by 1,000 members', async () => {
  const mark = (from: number, count: number): Promise<RestAnswer> =>
    rest.call('group_open_avchatroom_http_svc/modify_user_info', {
      GroupId: room,
      CommandType: 1,
      MemberList: Array.from({ length: count }, (_, i) => ({ Member_Account: `user_${from + i}`, Marks: [1_000] })),
    })
  for (let at = 0; at < MARKED; at += PAGE) expect(await mark(at, PAGE)).toMatchObject({ ActionStatus: 'OK' })
  fails(await mark(MARKED, 1), BAD_PARAMETER)
})

it('the newest 1,000 members are listed, 500 a page', async () => {
  await enter('oldest')
  const join = async (userId: string): Promise<void> => {
    const client = await connect(userId)
    await client.request('group_open_http_svc.apply_join_group', { GroupId: room })
  }
  for (let at = 0; at < LISTED; at += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => join(`crowd_${at + i}`)))
  const pages: string[][] = []
  let Timestamp = 0
  do {
    const page = await rest.ok<{ MemberList: readonly { Member_Account: string }[]; NextTimestamp: number }>('group_open_avchatroom_http_svc/get_members', {
      GroupId: room,
      Timestamp,
    })
    pages.push(page.MemberList.map((one) => one.Member_Account))
    Timestamp = page.NextTimestamp
  } while (Timestamp !== 0)
  expect(pages.map((page) => page.length)).toEqual([PAGE, PAGE])
  expect(new Set(pages.flat()).size).toBe(LISTED)
  expect(pages.flat()).not.toContain('oldest')
  expect(await rest.ok('get_online_member_num', { GroupId: room })).toMatchObject({ OnlineMemberNum: LISTED + 1 })
})
