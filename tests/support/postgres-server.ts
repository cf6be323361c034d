import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { endChild } from './child'
import { until } from './until'

const START_DEADLINE_MS = 20_000
/** Debian keeps each version in a folder of its own, and none of them in the path. */
const VERSIONS = '/usr/lib/postgresql'

class PortTaken extends Error {}

/** A PostgreSQL of the tests' own: its data in a temporary folder, on a free port of this machine, without a care for power cuts. */
export class PostgresServer {
  readonly #folder: string
  readonly #port: number
  readonly #child: ChildProcess
  #made = 0

  private constructor(folder: string, port: number, child: ChildProcess) {
    this.#folder = folder
    this.#port = port
    this.#child = child
  }

  static async start(): Promise<PostgresServer> {
    const programs = programFolder()
    const folder = mkdtempSync(join(tmpdir(), 'anchordesk-postgres-'))
    // It does not run as root: there it is the system's user of that name. It ends with whoever started it, however that ends.
    const isRoot = process.getuid?.() === 0
    const user = ['setpriv', '--pdeathsig=INT', ...(isRoot ? ['--reuid=postgres', '--regid=postgres', '--clear-groups'] : [])]
    if (isRoot) spawnSync('chown', ['postgres:postgres', folder])
    chmodSync(folder, 0o700)
    const data = join(folder, 'data')
    const [command = '', ...args] = [
      ...user,
      join(programs, 'initdb'),
      '-D',
      data,
      '-U',
      'tests',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-sync',
      '--no-instructions',
    ]
    const made = spawnSync(command, args, { encoding: 'utf8', cwd: '/' })
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`)
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
      max_connections: '64',
      shared_buffers: '32MB',
    }
    const start = (port: number): Promise<PostgresServer> => {
      const [program = '', ...options] = [
        ...user,
        ...[join(programs, 'postgres'), '-D', data, '-p', String(port)],
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ]
      return PostgresServer.#run(folder, port, spawn(program, options, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' }))
    }
    for (;;) {
      try {
        return await start(await freePort())
      } catch (error) {
        if (!(error instanceof PortTaken)) throw error
      }
    }
  }

  static async #run(folder: string, port: number, child: ChildProcess): Promise<PostgresServer> {
    let log = ''
    child.stderr?.on('data', (bytes: Buffer) => (log = `${log}${bytes.toString('utf8')}`.slice(-4_096)))
    const streamsEnded = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const server = new PostgresServer(folder, port, child)
    await until(
      async () => {
        if (child.exitCode !== null) {
          // What it said last may come after its end.
          await streamsEnded
          throw log.includes('Address already in use') ? new PortTaken() : new Error(`PostgreSQL ended: ${log}`)
        }
        return (await answers(server.url('postgres'))) ? true : null
      },
      START_DEADLINE_MS,
      'PostgreSQL',
    )
    return server
  }

  url(database: string): string {
    return `postgres://tests@127.0.0.1:${this.#port}/${database}`
  }

  /** @returns the address of a database of its own, which is empty */
  async database(): Promise<string> {
    const name = `room_${(this.#made += 1)}`
    const client = new Client({ connectionString: this.url('postgres') })
    await client.connect()
    await client.query(`create database ${name}`)
    await client.end()
    return this.url(name)
  }

  async close(): Promise<void> {
    // To the server itself SIGINT is "now": whoever is connected is thrown out.
    this.#child.kill('SIGINT')
    await endChild(this.#child)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function programFolder(): string {
  const newest = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a))[0] : undefined
  if (newest === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  return join(VERSIONS, newest, 'bin')
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url })
  try {
    await client.connect()
    await client.end()
    return true
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}

/** PostgreSQL cannot choose one itself. Taken in between by somebody else, it says so, and takes another one. */
async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise<void>((resolve) => probe.close(() => resolve()))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
