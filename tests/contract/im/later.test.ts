import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { C2C_RECALL_TOO_LATE, RECALL_TOO_LATE } from './support/codes'
import { roomName } from './support/room-name'
import { RoomServerProcess, SDK_APP_ID, SECRET_KEY } from './support/room-server-process'
import { nowS, signUserSig } from './support/user-sig'
import { WireClient, type WireBody } from './support/wire-client'

/** What depends on the age of something: the server is started again, by a clock that is ahead. */
const RECALL_S = 120
const HOUR_S = 3_600
const LIFE_S = 48 * HOUR_S

let server: RoomServerProcess
let aheadS = 0
const clients: WireClient[] = []

beforeAll(async () => {
  server = await RoomServerProcess.start()
})
afterAll(async () => {
  await server.close()
})
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

/** The server's clock goes on by so much at once. */
async function later(seconds: number): Promise<void> {
  for (const client of clients.splice(0)) client.close()
  aheadS += seconds
  await server.stop('SIGTERM')
  await server.startAgain(aheadS * 1_000)
}
async function connect(userId: string): Promise<WireClient> {
  const client = new WireClient(userId)
  clients.push(client)
  await client.connect(server.wire)
  await client.login(signUserSig({ sdkAppId: SDK_APP_ID, userId, time: nowS() + aheadS, expire: LIFE_S }, SECRET_KEY))
  return client
}
async function openRoom(owner: WireClient): Promise<string> {
  const room = roomName()
  await owner.request('group_open_http_svc.create_group', { Type: 'AVChatRoom', GroupId: room, Name: 'Friday night' })
  return room
}

describe('a message is taken back for two minutes', () => {
  const recall = (client: WireClient, room: string, { MsgSeq }: WireBody): Promise<unknown> =>
    client.request('group_open_http_svc.group_msg_recall', { GroupId: room, MsgSeqList: [{ MsgSeq }] })

  it('in a room, by its sender; later by the owner and the app only', async () => {
    const room = await openRoom(await connect('anna'))
    const bob = await connect('bob')
    await bob.join(room)
    const [first, second, third] = [await bob.send(room, 'first'), await bob.send(room, 'second'), await bob.send(room, 'third')]
    await later(RECALL_S / 2)
    await recall(await connect('bob'), room, first)
    await later(RECALL_S)
    await expect(recall(await connect('bob'), room, second)).rejects.toMatchObject({ code: RECALL_TOO_LATE })
    await recall(await connect('anna'), room, second)
    const { MsgSeq } = third
    expect(await server.rest().ok('group_msg_recall', { GroupId: room, MsgSeqList: [{ MsgSeq }] })).toMatchObject({ RecallRetList: [{ MsgSeq, RetCode: 0 }] })
  })

  it('between two, by its sender', async () => {
    await connect('carol')
    const dave = await connect('dave')
    const tell = async (MsgSeq: number): Promise<WireBody> => {
      const body = { To_Account: 'carol', MsgSeq, MsgRandom: MsgSeq, MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'psst' } }] }
      const { MsgTime } = await dave.request('openim.sendmsg', body)
      return { From_Account: 'dave', To_Account: 'carol', MsgSeq, MsgRandom: MsgSeq, MsgTimeStamp: MsgTime }
    }
    const [first, second] = [await tell(1), await tell(2)]
    await later(RECALL_S / 2)
    await (await connect('dave')).request('openim.msgwithdraw', { MsgInfo: first })
    await later(RECALL_S)
    await expect((await connect('dave')).request('openim.msgwithdraw', { MsgInfo: second })).rejects.toMatchObject({ code: C2C_RECALL_TOO_LATE })
  })
})

it('a newcomer is given what was said in the last 24 hours', async () => {
  const room = await openRoom(await connect('anna'))
  const bob = await connect('bob')
  await bob.join(room)
  await bob.send(room, 'yesterday')
  await later(13 * HOUR_S)
  const again = await connect('bob')
  await again.join(room)
  await again.send(room, 'today')
  const carol = await connect('carol')
  await carol.join(room)
  expect(carol.texts()).toEqual(['yesterday', 'today'])
  await later(13 * HOUR_S)
  const dave = await connect('dave')
  await dave.join(room)
  expect(dave.texts()).toEqual(['today'])
})
