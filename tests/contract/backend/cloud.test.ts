import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RoomSession } from '../../../electron/shared/room-api'
import { ChatCloud } from '../../fakes/chat-cloud'
import { until } from '../../support/until'
import { RoomServerProcess } from '../im/support/room-server-process'
import { ApiClient, newOrderId } from './support/api-client'
import { APP } from './support/cloud-backend'

const ROOM = 'friday'
const DEADLINE_MS = 20_000
const cloud = new ChatCloud(APP)
let server: RoomServerProcess
let anchor: ApiClient

beforeAll(async () => {
  server = await RoomServerProcess.start({ args: ['--im', await cloud.listen(), '--callback-token', APP.token, '--room', ROOM] })
  cloud.callbackUrl = `${server.http}/api/im/callback`
  anchor = new ApiClient(server.http, { token: server.anchorToken } as RoomSession)
})
afterAll(async () => {
  await server.close()
  await cloud.close()
})

describe('the program with another IM', () => {
  it('makes its room there, and serves no chat here', async () => {
    expect(cloud.group(ROOM).profile).toMatchObject({ Type: 'AVChatRoom', GroupId: ROOM })
    expect((await fetch(`${server.http}/v4/group_open_http_svc/get_group_info`, { method: 'POST', body: '{}' })).status).toBe(404)
    const guest = await new ApiClient(server.http).guest(ROOM, 'Bo')
    expect(guest.session).toMatchObject({ wire: null, sdkAppId: APP.sdkAppId })
    expect(await anchor.ok('GET', '/api/health')).toMatchObject({ im: 'cloud' })
  })

  it('does there what it does here', async () => {
    const guest = await new ApiClient(server.http).guest(ROOM, 'Bo')
    await anchor.ok('PUT', `/api/rooms/${ROOM}/status`, { status: 'live' })
    expect(await cloud.join(ROOM, guest.userId)).toBe(0)
    expect(await cloud.say(ROOM, guest.userId, 'hello')).toMatchObject({ ok: true })
    await guest.ok('POST', `/api/rooms/${ROOM}/gifts`, { orderId: newOrderId(), giftId: 'rose' })
    await anchor.ok('PUT', `/api/rooms/${ROOM}/mutes/${guest.userId}`, { scope: 'forever' })
    for (const kind of ['status', 'gift', 'mute']) await until(() => cloud.told(ROOM).find((message) => message['kind'] === kind) ?? null, DEADLINE_MS, kind)
    expect(await guest.snapshot(ROOM)).toMatchObject({ callbacks: 'arriving', room: { online: 1 }, me: { coins: 999, mute: { scope: 'forever' } } })
  })

  it('is up when IM is not, and goes on when it is back', async () => {
    cloud.intercept = () => 'hang-up'
    await server.stop('SIGKILL')
    await server.startAgain()
    expect((await new ApiClient(server.http).ask('GET', `/api/rooms/${ROOM}/status`)).body).toMatchObject({ status: 'live' })
    expect(await new ApiClient(server.http).refused('POST', `/api/rooms/${ROOM}/sessions`, { nick: 'Cy' })).toBe('im.unavailable')
    cloud.intercept = () => null
    await (await new ApiClient(server.http).guest(ROOM, 'Cy')).snapshot(ROOM)
  })
})
