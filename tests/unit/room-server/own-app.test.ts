import { EventEmitter } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { PROGRAM_ROOM, type RoomServerCommand, type RoomServerReport } from '../../../electron/shared/room-server'
import { verifyUserSig } from '../../../electron/room-server/usersig'
import { APP } from '../../contract/backend/support/cloud-backend'
import { CloudDeskRig } from '../../contract/backend/support/cloud-desk-rig'
import { ChatCloud } from '../../fakes/chat-cloud'
import { until } from '../../support/until'

class FakeParentPort extends EventEmitter {
  readonly reports: RoomServerReport[] = []
  postMessage(report: RoomServerReport): void {
    this.reports.push(report)
  }

  command(command: RoomServerCommand): void {
    this.emit('message', { data: command })
  }

  told<T extends RoomServerReport['type']>(type: T): Promise<Extract<RoomServerReport, { type: T }>> {
    return until(
      () => (this.reports.filter((report) => report.type === type).at(-1) as Extract<RoomServerReport, { type: T }> | undefined) ?? null,
      10_000,
      type,
    )
  }
}

const dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-own-app-'))
const cloud = new ChatCloud(APP)
afterEach(async () => {
  vi.restoreAllMocks()
  Reflect.deleteProperty(process, 'parentPort')
  await cloud.close()
  rmSync(dataDir, { recursive: true, force: true })
})

it('an own app is told with where to listen: the room is in Tencent’s Chat, and the key nowhere on disk', async () => {
  const port = new FakeParentPort()
  Object.defineProperty(process, 'parentPort', { value: port, configurable: true })
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
  await import('../../../electron/room-server/index')
  const own = { sdkAppId: APP.sdkAppId, secretKey: APP.key, restBase: await cloud.listen() }
  const where = { host: '127.0.0.1', httpPort: 0, rtmpPort: 0, portFallback: false, dataDir, webRoot: dataDir, title: 'Friday night', iceServers: [] }
  port.command({ type: 'listen', ...where, streamKey: 'a-stream-key-of-the-tests', cloud: own })
  const { addresses } = await port.told('listening')
  expect(cloud.group(PROGRAM_ROOM).profile).toMatchObject({ Type: 'AVChatRoom' })
  port.command({ type: 'open-anchor-session', nick: 'Ada' })
  const { session } = await port.told('anchor-session')
  expect(session).toMatchObject({ wire: null, sdkAppId: APP.sdkAppId, role: 'anchor' })

  // Nothing signs the callbacks of a machine of one's own: those of a page that is open on it are not believed.
  const query = new URLSearchParams({ SdkAppid: String(APP.sdkAppId), CallbackCommand: 'Group.CallbackAfterSendMsg' })
  const callback = async (headers: Readonly<Record<string, string>>): Promise<number> =>
    (await fetch(`${addresses.http}/api/im/callback?${query.toString()}`, { method: 'POST', headers, body: '{}' })).status
  expect([await callback({}), await callback({ origin: 'https://example.com' })]).toEqual([200, 403])

  const rig = new CloudDeskRig()
  rig.local = {
    place: { http: addresses.http, wire: addresses.wire, roomId: PROGRAM_ROOM, watch: addresses.watch, local: true },
    session: () => (session === null ? Promise.reject(new Error('no session')) : Promise.resolve(session)),
  }
  rig.desk.useOwnApp({ kind: 'own-app', sdkAppId: APP.sdkAppId, restBase: own.restBase }, APP.key)
  expect(rig.desk.ownCloud).toEqual(own)
  expect(rig.moves).toEqual([true])
  rig.desk.roomListens()
  await until(() => rig.view.state === 'ready' || null, 20_000, 'the state')
  const { userSig, userId, roomId } = await rig.desk.trtcTicket()
  expect(roomId).toBe(PROGRAM_ROOM)
  expect(verifyUserSig(userSig, { ...APP, userId, nowSec: Date.now() / 1_000 })).toMatchObject({ ok: true })
  rig.desk.close()

  port.command({ type: 'shut-down' })
  await until(() => (exit.mock.calls.length > 0 ? true : null), 20_000, 'the end')
  // Its rooms are others than those of the IM here, and so is their folder.
  const folder = join(dataDir, `cloud-${APP.sdkAppId}`)
  expect(existsSync(join(folder, 'room.sqlite'))).toBe(true)
  for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), 'latin1').includes(APP.key), file).toBe(false)
  expect(JSON.stringify([port.reports.filter(({ type }) => type === 'log'), rig.view, rig.kept.settings])).not.toContain(APP.key)
})
