import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { createServer as createTlsServer } from 'node:tls'
import { generate } from 'selfsigned'
import { afterEach, describe, expect, it } from 'vitest'
import { CheckRunner, type CheckSubjects } from '../../../electron/main/check-runner'
import { probeLine } from '../../../electron/main/line-probe'
import { DEFAULT_PROFILE } from '../../../electron/shared/profile'
import type { StageChecks } from '../../../electron/shared/stage'

const servers: Server[] = []
const sockets = new Set<Socket>()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  for (const server of servers.splice(0)) server.close()
})

async function listen(server: Server): Promise<number> {
  servers.push(server)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const helloBack = (socket: Socket): void => {
  let received = 0
  socket.on('data', (bytes: Buffer) => {
    received += bytes.length
    if (received === 1_537) socket.write(Buffer.concat([Buffer.of(3), Buffer.alloc(1_536), Buffer.alloc(1_536)]))
  })
}
const target = (port: number, tls = false): Parameters<typeof probeLine>[0] => ({ host: '127.0.0.1', port, tls })

describe('the probe of a line', () => {
  it('is content with a server that answers the hello', async () => {
    const { rttMs, failure } = await probeLine(target(await listen(createServer(helloBack))), 5_000)
    expect(failure).toBeNull()
    expect(rttMs).toBeGreaterThan(0)
  })

  it('tells a web server from an RTMP one', async () => {
    const port = await listen(createServer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')))
    expect(await probeLine(target(port), 5_000)).toEqual({ rttMs: null, failure: 'not-rtmp' })
  })

  it('tells one that is silent, one that hangs up and one that is not there', async () => {
    expect((await probeLine(target(await listen(createServer(() => undefined))), 200)).failure).toBe('no-answer')
    expect((await probeLine(target(await listen(createServer((socket) => socket.end()))), 5_000)).failure).toBe('not-rtmp')
    const server = createServer(helloBack)
    const port = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    expect((await probeLine(target(port), 5_000)).failure).toBe('unreachable')
  })

  it('does not trust just any certificate, and knows when there is no TLS', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }])
    expect((await probeLine(target(await listen(createTlsServer({ key, cert }, helloBack)), true), 5_000)).failure).toBe('certificate')
    expect((await probeLine(target(await listen(createServer((socket) => socket.write('hello, this is not TLS\r\n'))), true), 5_000)).failure).toBe('not-rtmp')
  })
})

describe('the go-live checks', () => {
  const answer = (peakDb: number): StageChecks => ({
    pictures: [],
    microphones: [{ id: 'mic', peakDb, muted: false, error: null }],
    encoder: { ok: true, hardware: true, fps: 300, error: null },
  })
  const subjects = (askStage: CheckSubjects['askStage']): CheckSubjects => ({
    scene: { sources: [{ kind: 'microphone', id: 'mic', name: '', deviceId: null, echoCancellation: false, muted: false, gainDb: 0, syncOffsetMs: 0 }] },
    profile: DEFAULT_PROFILE,
    lines: [],
    trtc: null,
    keyless: [],
    dataDir: tmpdir(),
    access: [],
    onBattery: null,
    askStage,
  })

  it('listens again to a microphone that was silent at first', async () => {
    const runner = new CheckRunner()
    const peaks = [-100, -100, -12]
    let asked = 0
    const results = await runner.run(
      subjects((id) => queueMicrotask(() => runner.stageAnswered(id, answer(peaks[asked++] ?? -100)))),
      () => undefined,
    )
    expect(asked).toBe(3)
    expect(results.find((one) => one.id === 'microphone')).toMatchObject({ verdict: 'pass', context: { db: -12 } })
  })

  it('asked before the stage is up: it is asked again when it is', async () => {
    const runner = new CheckRunner()
    const asked: string[] = []
    const results = runner.run(
      subjects((id) => asked.push(id)),
      () => undefined,
    )
    runner.stageUp()
    expect(asked).toHaveLength(2)
    expect(asked[1]).toBe(asked[0])
    runner.stageAnswered(asked[0] ?? '', answer(-12))
    expect((await results).find(({ id }) => id === 'encoder')).toMatchObject({ verdict: 'pass' })
    // Nobody waits any more.
    runner.stageUp()
    expect(asked).toHaveLength(2)
  })
})
