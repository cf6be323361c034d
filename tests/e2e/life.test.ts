import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RoomServer } from '../../electron/room-server/room-server'
import { defaultSettings } from '../../electron/shared/settings'
import { endChild } from '../support/child'
import { runApp, runStart, type RunningProcess } from './support/process'

let folder: string
const running: RunningProcess[] = []
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'anchordesk-life-'))))
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ child }) => endChild(child)))
  rmSync(folder, { recursive: true, force: true })
})
const track = (one: RunningProcess): RunningProcess => {
  running.push(one)
  return one
}
const app = (...args: readonly string[]): RunningProcess => track(runApp(args))
const ports = ['--http-port', '0', '--rtmp-port', '0'] as const
const card = ['--go-live', '--source', 'test-card'] as const
const state = (): unknown => (JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as { state: unknown }).state

async function holdPort(): Promise<{ server: Server; port: number }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

describe('the command line of the real process', () => {
  it('--help tells every option and exits with 0', async () => {
    const one = app('--help')
    expect(await one.exited).toBe(0)
    expect(one.stdout()).toContain('--go-live')
  })

  it.each([
    [['--fly'], 'unknown option --fly'],
    [['--use-x'], 'unknown option --use-x'],
    [['--fps', '99'], '--fps takes a whole number from 10 to 60, not "99"'],
  ])('%j exits with 2 and says why', async (args, message) => {
    const one = app(...args)
    expect(await one.exited).toBe(2)
    expect(one.stderr()).toContain(message)
  })
})

describe('a start that fails', () => {
  it('for a folder that cannot be used says so and exits with 1', async () => {
    const one = app('--data-dir', '/proc/nope', ...card)
    expect(await one.exited).toBe(1)
    expect(one.stderr()).toContain('cannot use the folder /proc/nope')
    expect(one.stderr()).not.toContain('running already')
  })

  it('for a file where a folder has to be, too', async () => {
    writeFileSync(join(folder, 'assets'), '')
    const one = app('--data-dir', folder, ...card)
    expect(await one.exited).toBe(1)
    expect(one.stderr()).toContain('cannot use the folder')
  })

  it('for a port that was asked for and is taken, when there is nowhere else to push to', async () => {
    const { server, port } = await holdPort()
    const one = app('--data-dir', folder, '--http-port', '0', '--rtmp-port', String(port), ...card)
    expect(await one.exited).toBe(1)
    expect(one.stderr()).toContain(`Port ${port} (RTMP) is taken`)
    expect(state()).toBe('clean_exit')
    server.close()
  })
})

it('more destinations than a show can have are refused at the start', async () => {
  const others = Array.from({ length: 15 }, (_one, index) => ({ kind: 'rtmp', id: `d${index}`, name: '', enabled: false, server: 'rtmp://127.0.0.1/live' }))
  const settings = defaultSettings()
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ ...settings, destinations: [...settings.destinations, ...others] }))
  const one = app('--data-dir', folder, ...ports, '--destination', 'rtmp://127.0.0.1/live/x', ...card)
  expect(await one.exited).toBe(1)
  expect(one.stderr()).toContain('at most 16 destinations')
})

describe('going live from the command line', () => {
  it('reaches another server though the own port is taken', async () => {
    const { server, port } = await holdPort()
    const key = 'a-key-of-sixteen-letters'
    const elsewhere = new RoomServer({
      host: '127.0.0.1',
      httpPort: 0,
      rtmpPort: 0,
      portFallback: false,
      streamKey: key,
      webRoot: '',
      title: '',
      log: () => undefined,
    })
    const { rtmp } = await elsewhere.start()
    const one = app('--data-dir', folder, '--http-port', '0', '--rtmp-port', String(port), '--destination', `${rtmp}/${key}`, ...card)
    expect(JSON.parse(await one.live())).toEqual({ event: 'live', watch: null, play: null, ingest: null })
    expect(elsewhere.report().publishing).toBe(true)
    one.child.kill('SIGTERM')
    expect(await one.exited).toBe(0)
    await elsewhere.close()
    server.close()
  })

  it('of a second start on the same folder is no success; a plain second start only brings the first to the front', async () => {
    const first = app('--data-dir', folder, ...ports, ...card)
    await first.live()
    const second = app('--data-dir', folder, ...ports, ...card)
    expect(await second.exited).toBe(1)
    expect(second.stderr()).toContain('running already')
    expect(await app('--data-dir', folder).exited).toBe(0)
    expect(state()).toBe('live')
    first.child.kill('SIGTERM')
    expect(await first.exited).toBe(0)
  })
})

describe('Ctrl+C', () => {
  it('twice within milliseconds still ends the show in order', async () => {
    const one = app('--data-dir', folder, ...ports, ...card)
    await one.live()
    one.child.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 3))
    one.child.kill('SIGINT')
    expect(await one.exited).toBe(0)
    expect(state()).toBe('clean_exit')
  })

  it('in the terminal of npm start reaches the whole group, and ends the show in order', async () => {
    const one = track(runStart(['--data-dir', folder, ...ports]))
    await one.live()
    const group = -(one.child.pid ?? Number.NaN)
    process.kill(group, 'SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 3))
    process.kill(group, 'SIGINT')
    expect(await one.exited).toBe(0)
    expect(state()).toBe('clean_exit')
  })
})

it('npm start without a display goes live, tells where, and ends when it was asked to', async () => {
  const one = track(runStart(['--data-dir', folder, ...ports, '--quit-after', '20']))
  const live = JSON.parse(await one.live()) as { watch: string }
  expect(live.watch).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/watch\/$/)
  expect((await fetch(live.watch)).status).toBe(200)
  expect(await one.exited).toBe(0)
  expect(state()).toBe('clean_exit')
  expect(one.stderr()).toContain('Live on a virtual display.')
})
