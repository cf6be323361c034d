import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { garbled, httpNoise, mutated } from './support/noise'
import { Chance, countFrom } from './support/random'
import { roomName } from './support/room-cases'
import { customElement, newRandom, textElement, type RestClient } from './support/rest-client'
import { RoomServerProcess, SDK_APP_ID } from './support/room-server-process'
import { openSocket, WireClient, wireUrl } from './support/wire-client'

/** Of each kind; 100,000 for the full run. */
const COUNT = countFrom('ANCHORDESK_FUZZ', 2_000)
const SEED = countFrom('ANCHORDESK_SEED', 20_261_125)
const TEST_TIMEOUT_MS = 60_000 + COUNT * 30
const AT_ONCE = 50
const INSIDERS = 10
/** What a process may grow by once it has warmed up: collections of garbage come when they come. */
const GROWTH_MIB = 96

let server: RoomServerProcess
let rest: RestClient
let chance: Chance
/** Must stay as it is; `scratch` is what the noise is about. */
let room: string
let scratch: string
let witness: WireClient

beforeAll(async () => {
  server = await RoomServerProcess.start()
  rest = server.rest()
  await rest.importAccounts('muted', 'banned', 'a')
  ;[room, scratch] = [roomName('kept'), roomName('scratch')]
  for (const GroupId of [room, scratch]) {
    await rest.openRoom(GroupId)
    await rest.ok('modify_group_base_info', { GroupId, Notification: 'Be kind' })
  }
  await rest.ok('set_group_attr', { GroupId: room, GroupAttr: [{ key: 'status', value: 'live' }] })
  await rest.ok('forbid_send_msg', { GroupId: room, Members_Account: ['muted'], MuteTime: 100_000 })
  await rest.ok('ban_group_member', { GroupId: room, Members_Account: ['banned'], Duration: 100_000, Description: '' })
  await rest.ok('profile/portrait_set', { From_Account: 'owner', ProfileItem: [{ Tag: 'Tag_Profile_IM_Nick', Value: 'The owner' }] })
  witness = await enter('witness', room)
})
afterAll(async () => {
  witness.close()
  await server.close()
})
beforeEach(() => {
  chance = new Chance(SEED)
})

async function enter(userId: string, groupId: string): Promise<WireClient> {
  const client = new WireClient(userId)
  await client.connect(server.wire)
  await client.login(server.userSig(userId))
  await client.join(groupId)
  return client
}

/** Everything of the kept room that REST tells. */
async function state(): Promise<unknown> {
  const ask = (command: string, body: object = {}): Promise<unknown> => rest.ok(command, { GroupId: room, ...body })
  return Promise.all([
    ask('get_group_info', {
      GroupIdList: [room],
      ResponseFilter: { GroupBaseInfoFilter: ['Name', 'Notification', 'Introduction', 'Owner_Account', 'MuteAllMember'] },
    }),
    ask('group_open_attr_http_svc/get_group_attr'),
    ask('get_group_muted_account'),
    ask('get_group_ban_member', { Limit: 100, Offset: 0 }),
    ask('get_online_member_num'),
    ask('profile/portrait_get', { To_Account: ['owner'], TagList: ['Tag_Profile_IM_Nick'] }),
  ])
}

function residentMiB(): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024
}

/** Runs the noise, half of it to warm up; afterwards all is as it was and the server works. */
async function endure(make: (index: number) => Promise<unknown>): Promise<void> {
  const before = await state()
  const pid = server.pid
  let warm = 0
  for (let at = 0; at < COUNT; at += AT_ONCE) {
    if (at >= COUNT / 2 && warm === 0) warm = residentMiB()
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, COUNT - at) }, (_, i) => make(at + i)))
  }
  expect(server.alive).toBe(true)
  expect(server.pid).toBe(pid)
  expect(residentMiB() - warm).toBeLessThan(GROWTH_MIB)
  expect(await state()).toEqual(before)
  const text = `still here ${newRandom()}`
  await rest.ok('send_group_msg', { GroupId: room, Random: newRandom(), MsgBody: [textElement(text)] })
  await witness.hear(text)
}

const head = (command: string, identity: object): object => ({
  head: {
    ver: 'v4',
    platform: 7,
    websdkappid: 537_048_168,
    websdkversion: '1.7.3',
    status_instid: 1_001,
    sdkappid: SDK_APP_ID,
    contenttype: 'json',
    reqtime: 1_795_380_520,
    sdkability: 75_689_843,
    cs: 0,
    servcmd: command,
    seq: newRandom(),
    ...identity,
  },
})
const WIRE_REQUESTS: readonly (readonly [string, object])[] = [
  ['im_open_status.wslogin', { State: 'Online', is_web_uniapp: 0, InstType: 0, CustomInfo: '' }],
  ['im_open_status.wshello', {}],
  ['heartbeat.alive', {}],
  ['group_open_http_svc.apply_join_group', { GroupId: 'SCRATCH', WebPushFlag: 1, HugeGroupHistoryMsgFlag: 1 }],
  ['group_open_http_svc.get_group_self_member_info', { GroupIdList: ['SCRATCH'], ResponseFilter: { GroupBaseInfoFilter: ['Name'] } }],
  ['group_open_long_polling_http_svc.get_msg', { USP: 1, StartSeq: 1, HoldTime: 1, Key: 'k', DownsizeFlag: 0 }],
  [
    'group_open_http_svc.send_group_msg',
    {
      From_Account: 'mallory',
      GroupId: 'SCRATCH',
      Random: 1,
      ClientSeq: 1,
      MsgPriority: 'Normal',
      MsgBody: [textElement('x'), customElement('y')],
      CloudCustomData: '',
    },
  ],
  [
    'group_open_http_svc.modify_group_attr',
    { GroupId: 'SCRATCH', GroupAttr: [{ key: 'k', value: 'v', seq: 0 }], AttrMainSeq: 0, AttrControl: ['RaceConflict'] },
  ],
  ['group_open_http_svc.modify_group_base_info', { GroupId: 'SCRATCH', Name: 'n', ShutUpAllMember: 'On' }],
  ['group_open_http_svc.ban_group_member', { GroupId: 'SCRATCH', Members_Account: ['witness'], Duration: 60, Description: '' }],
  ['group_open_http_svc.update_group_counter', { GroupId: 'SCRATCH', GroupCounter: [{ Key: 'k', Value: 1 }], Mode: 'Increase' }],
  ['group_open_http_svc.group_msg_recall', { GroupId: 'SCRATCH', MsgSeqList: [{ MsgSeq: 1 }] }],
  ['profile.portrait_set', { ProfileItem: [{ Tag: 'Tag_Profile_IM_Nick', Value: 'Mallory' }] }],
  ['profile.portrait_get_all', { From_Account: 'mallory', To_Account: ['owner'] }],
  ['openim.sendmsg', { To_Account: 'nobody', MsgRandom: 1, MsgSeq: 1, MsgBody: [textElement('x')] }],
  ['group_open_avchatroom_http_svc.get_members', { GroupId: 'SCRATCH', Timestamp: 0 }],
]
const about = (body: object): object => JSON.parse(JSON.stringify(body).replaceAll('SCRATCH', scratch)) as object

describe('malformed', () => {
  it(
    `WebSocket frames, ${COUNT} of them by strangers and by someone who is in`,
    async () => {
      // Several of them: one alone would soon be told that it asks too much.
      const insiders = await Promise.all(Array.from({ length: INSIDERS }, (_, i) => enter(`mallory_${i}`, scratch)))
      let stranger = await openSocket(wireUrl(server.wire))
      await endure(async (index) => {
        const [command, body] = chance.of(WIRE_REQUESTS)
        const frame = { ...head(command, {}), body: about(body) }
        const bytes = garbled(chance, chance.below(2) === 0 ? frame : mutated(chance, frame))
        const binary = chance.below(4) > 0
        const wrong = mutated(chance, about(body))
        if (stranger.readyState !== stranger.OPEN) stranger = await openSocket(wireUrl(server.wire))
        stranger.send(bytes, { binary })
        const insider = insiders[index % INSIDERS] as WireClient
        if (!insider.open) {
          await insider.connect(server.wire)
          await insider.login(server.userSig(insider.userId))
        }
        insider.post(command, wrong)
        // Not every nonsense has an answer; this has one, after it.
        await insider.request('heartbeat.alive', {}).catch(() => null)
      })
      stranger.terminate()
      for (const insider of insiders) insider.close()
    },
    TEST_TIMEOUT_MS,
  )

  it(
    `REST bodies, ${COUNT} of them with the right signature`,
    async () => {
      const BODIES: readonly (readonly [string, object])[] = [
        ['create_group', { Owner_Account: 'a', Type: 'AVChatRoom', Name: 'n', GroupId: 'SCRATCH', AppDefinedData: [{ Key: 'k', Value: 'v' }] }],
        ['modify_group_base_info', { GroupId: 'SCRATCH', Name: 'n', MuteAllMember: 'On', AppDefinedData: [{ Key: 'k', Value: 'v' }] }],
        ['get_group_info', { GroupIdList: ['SCRATCH'], ResponseFilter: { GroupBaseInfoFilter: ['Name'] } }],
        ['send_group_msg', { GroupId: 'SCRATCH', From_Account: 'a', Random: 1, MsgPriority: 'High', MsgBody: [textElement('x')], ForbidCallbackControl: [] }],
        ['forbid_send_msg', { GroupId: 'SCRATCH', Members_Account: ['a'], MuteTime: 60 }],
        ['ban_group_member', { GroupId: 'SCRATCH', Members_Account: ['a'], Duration: 60, Description: 'd' }],
        ['get_group_ban_member', { GroupId: 'SCRATCH', Limit: 20, Offset: 0 }],
        ['set_group_attr', { GroupId: 'SCRATCH', GroupAttr: [{ key: 'k', value: 'v' }] }],
        ['update_group_counter', { GroupId: 'SCRATCH', GroupCounter: [{ Key: 'k', Value: 1 }], Mode: 'Set' }],
        ['group_msg_recall', { GroupId: 'SCRATCH', MsgSeqList: [{ MsgSeq: 1 }] }],
        ['group_open_avchatroom_http_svc/get_members', { GroupId: 'SCRATCH', Timestamp: 0 }],
        ['profile/portrait_set', { From_Account: 'a', ProfileItem: [{ Tag: 'Tag_Profile_IM_Nick', Value: 'v' }] }],
        ['openconfigsvr/setnospeaking', { Set_Account: 'a', GroupmsgNospeakingTime: 1 }],
      ]
      await endure(async () => {
        const [command, body] = chance.of(BODIES)
        const response = await rest.post(command, new Uint8Array(garbled(chance, mutated(chance, about(body)))))
        expect(response.status).toBeLessThan(500)
        await response.arrayBuffer()
      })
    },
    TEST_TIMEOUT_MS,
  )

  it(
    `HTTP requests, ${COUNT} of them`,
    async () => {
      const port = Number(new URL(server.http).port)
      await endure(
        () =>
          new Promise<void>((resolve) => {
            const socket = connect(port, '127.0.0.1', () => socket.end(httpNoise(chance, { GroupId: scratch })))
            socket.on('data', () => socket.destroy())
            socket.on('error', () => socket.destroy())
            socket.on('close', () => resolve())
          }),
      )
    },
    TEST_TIMEOUT_MS,
  )
})
