import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import type { RoomServerCommand, RoomServerReport } from '../../../electron/shared/room-server'
import { freePort } from '../../support/nginx'
import { until } from '../../support/until'

class FakeParentPort extends EventEmitter {
  readonly reports: RoomServerReport[] = []
  postMessage(report: RoomServerReport): void {
    this.reports.push(report)
  }

  command(command: RoomServerCommand): void {
    this.emit('message', { data: command })
  }
}

const folder = mkdtempSync(join(tmpdir(), 'anchordesk-process-'))

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
  vi.restoreAllMocks()
  Reflect.deleteProperty(process, 'parentPort')
})

/** @returns what it said of where it listens */
async function listenTwice(): Promise<readonly RoomServerReport[]> {
  const port = new FakeParentPort()
  Object.defineProperty(process, 'parentPort', { value: port, configurable: true })
  const exit = vi.spyOn(process, 'exit').mockReset()
  exit.mockImplementation(() => undefined as never)
  vi.resetModules()
  await import('../../../electron/room-server/index')
  const [httpPort, rtmpPort] = [await freePort(), await freePort()]
  const listen: RoomServerCommand = {
    type: 'listen',
    host: '127.0.0.1',
    httpPort,
    rtmpPort,
    portFallback: false,
    dataDir: folder,
    streamKey: 'a-stream-key-of-the-tests',
    webRoot: folder,
    title: '',
    iceServers: [],
  }
  port.command(listen)
  port.command(listen)
  port.command({ type: 'shut-down' })
  await until(() => (exit.mock.calls.length > 0 ? true : null), 20_000, 'the end')
  return port.reports.filter((report) => report.type === 'listening' || report.type === 'failed')
}

it('told twice in a row where to listen, the process moves and leaves nothing behind', async () => {
  const told = await until(
    async () => {
      const reports = await listenTwice()
      // A port that was free a moment ago may be somebody else's by now: then two others have their turn. One that it did not leave itself is taken each time.
      return reports.some((report) => report.type === 'failed' && report.error.code === 'room-server.port-busy') ? null : reports
    },
    20_000,
    'two ports that are free, twice',
  )
  expect(told.map((report) => report.type)).toEqual(['listening', 'listening'])
})
