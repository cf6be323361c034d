import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe } from 'vitest'
import { launch, type RunningApp } from '../../e2e/support/app'
import { AGENT_POLICY, agentFiles, pageHost } from './support/page-host'
import { roomCases, type Stage } from './support/room-cases'
import { RoomServerProcess, type DeliveryMode } from './support/room-server-process'

/** The scheme and a host of the app's own pages. */
const ORIGIN = 'app://studio'
const PARTITION = 'agent-of-the-tests'

let app: RunningApp

let opening: Promise<unknown> = Promise.resolve()

/** One after the other: a window that appears is then the one that was asked for. */
function openWindow(): Promise<Page> {
  const next = opening.then(openOne)
  opening = next
  return next
}

/** A window as the app makes them: sandboxed, isolated, without Node. */
async function openOne(): Promise<Page> {
  const [page] = await Promise.all([
    app.electron.waitForEvent('window'),
    app.electron.evaluate(({ BrowserWindow }, partition) => {
      const window = new BrowserWindow({ show: false, webPreferences: { partition, sandbox: true, contextIsolation: true, nodeIntegration: false } })
      void window.loadURL('about:blank')
    }, PARTITION),
  ])
  return page
}

beforeAll(async () => {
  app = await launch()
  // A session of its own, so that the app's pages stay as they are.
  await app.electron.evaluate(
    ({ session }, { partition, files, policy }) => {
      session.fromPartition(partition).protocol.handle('app', (request) => {
        const file = files[new URL(request.url).pathname]
        const headers = { 'content-type': file?.contentType ?? 'text/plain', 'content-security-policy': policy }
        return new Response(file?.body ?? '', { status: file === undefined ? 404 : 200, headers })
      })
    },
    { partition: PARTITION, files: agentFiles(), policy: AGENT_POLICY },
  )
})
afterAll(async () => {
  await app.close()
})

describe.each<DeliveryMode>(['poll', 'push'])("the real SDK in the app's sandboxed window, %s", (delivery) => {
  const stage = { openHost: pageHost(openWindow, ORIGIN) } as Stage
  beforeAll(async () => {
    stage.server = await RoomServerProcess.start({ delivery })
  })
  afterAll(async () => {
    await stage.server.close()
  })
  roomCases(stage)
})
