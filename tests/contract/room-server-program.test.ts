import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { endChild } from '../support/child'
import { until } from '../support/until'

const PROGRAM = resolve('out/main/room-server.js')
const folder = mkdtempSync(join(tmpdir(), 'anchordesk-room-program-'))
const children: ReturnType<typeof spawn>[] = []

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => endChild(child)))
  rmSync(folder, { recursive: true, force: true })
})

function run(...args: string[]): { child: ReturnType<typeof spawn>; output(): string; complaint(): string } {
  const child = spawn(process.execPath, [PROGRAM, '--http-port', '0', '--data-dir', folder, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let output = ''
  let complaint = ''
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString('utf8')))
  child.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString('utf8')))
  return { child, output: () => output, complaint: () => complaint }
}

describe('the room server from a shell', () => {
  it('says where it listens and ends when told to', async () => {
    const { child, output } = run('--rtmp-port', '0')
    await until(() => (output().includes('\n') ? true : null), 20_000, 'its line')
    expect(JSON.parse(output())).toMatchObject({ event: 'ready', watch: expect.stringMatching(/^http:/) as string })
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number | null]
    expect(code).toBe(0)
  })

  it('ends with 1 when its RTMP port is taken', async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const { port } = other.address() as AddressInfo
    const { child, output, complaint } = run('--rtmp-port', String(port))
    const [code] = (await once(child, 'exit')) as [number | null]
    expect(code).toBe(1)
    expect(output()).toBe('')
    expect(complaint()).toContain(`port ${port} (RTMP) is taken`)
    other.close()
  })
})
