import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ImServer } from '../../../../electron/room-server/im/im-server'
import { Upgrades } from '../../../../electron/room-server/upgrades'
import { openDatabase } from '../../../../electron/room-server/store/database'
import { openSocket, wireUrl } from '../../../contract/im/support/wire-client'
import { SDK_APP_ID, SECRET_KEY } from '../../../contract/im/support/room-server-process'

it('a client that comes back while the server closes is not let in, and does not hold it up', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-im-'))
  const database = await openDatabase(dataDir)
  const im = await ImServer.open({
    config: {
      sdkAppId: SDK_APP_ID,
      secretKey: SECRET_KEY,
      admins: ['administrator'],
      callback: null,
      edition: 'enterprise',
      delivery: 'poll',
      log: () => undefined,
    },
    database,
    allowedOrigins: [],
  })
  const http = createServer()
  const upgrades = new Upgrades(() => true)
  im.serveOn(upgrades)
  upgrades.listenOn(http)
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  const wire = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`
  const socket = await openSocket(wireUrl(wire))
  const gone = new Promise<void>((done) => socket.once('close', () => done()))
  await im.close()
  await gone
  // The SDK tries again within milliseconds, and the port is still open.
  await expect(openSocket(wireUrl(wire))).rejects.toThrow('503')
  await new Promise<void>((done) => http.close(() => done()))
  await database.destroy()
  rmSync(dataDir, { recursive: true, force: true })
})
