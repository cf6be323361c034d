import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onOwnPort, whyItEnded } from '../../../support/own-port'
import { until } from '../../../support/until'
import { RestClient } from './rest-client'
import { freshUserSig } from './user-sig'

export const SDK_APP_ID = 1_400_000_001
export const SECRET_KEY = '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e'
export const ADMIN = 'administrator'

const SCRIPT = resolve('out/main/room-server.js')
const START_DEADLINE_MS = 20_000
const STOP_DEADLINE_MS = 20_000
/** A machine that stands still for longer than the two seconds of a callback would let pass what a test has refused. */
const CALLBACK_SECONDS = 15

interface Addresses {
  /** What the SDK's `proxyServer` takes. */
  readonly wire: string
  readonly http: string
  readonly rtmp: string
  readonly ingest: string
  /** Of the business, where it is served. */
  readonly anchorToken: string | null
}

export type DeliveryMode = 'poll' | 'push'

export interface ServerOptions {
  readonly callbackUrl?: string
  readonly callbackToken?: string
  /** How long a callback may take; null = as the server has it. */
  readonly callbackSeconds?: number | null
  readonly delivery?: DeliveryMode
  readonly args?: readonly string[]
}

/** The built server as a program of its own, with a data folder of its own. It can die and come back at the same addresses. */
export class RoomServerProcess {
  readonly #args: readonly string[]
  readonly #dataDir: string
  #child: ChildProcess | null = null
  #addresses: Addresses | null = null
  #log = ''

  private constructor(options: ServerOptions) {
    const { callbackSeconds = options.args?.includes('--im') === true ? null : CALLBACK_SECONDS } = options
    this.#dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-im-'))
    this.#args = [
      ...['--sdkappid', String(SDK_APP_ID), '--secret-key', SECRET_KEY, '--admin', ADMIN, '--data-dir', this.#dataDir],
      ...(options.callbackUrl === undefined ? [] : ['--callback-url', options.callbackUrl]),
      ...(options.callbackToken === undefined ? [] : ['--callback-token', options.callbackToken]),
      ...(callbackSeconds === null ? [] : ['--callback-seconds', String(callbackSeconds)]),
      ...(options.delivery === undefined ? [] : ['--delivery', options.delivery]),
      ...(options.args ?? []),
    ]
  }

  static async start(options: ServerOptions = {}): Promise<RoomServerProcess> {
    if (!existsSync(SCRIPT)) throw new Error('the server is not built')
    const server = new RoomServerProcess(options)
    await server.#spawn('0', '0')
    return server
  }

  get wire(): string {
    return this.#known().wire
  }

  get http(): string {
    return this.#known().http
  }

  get anchorToken(): string {
    const { anchorToken } = this.#known()
    if (anchorToken === null) throw new Error('no business is served')
    return anchorToken
  }

  /** Where the program is pushed to; ends in the key. */
  get ingest(): string {
    return this.#known().ingest
  }

  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error('the server does not run')
    return pid
  }

  get alive(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** What it logged so far. */
  get log(): string {
    return this.#log
  }

  rest(identifier = ADMIN): RestClient {
    return new RestClient({ base: this.http, sdkAppId: SDK_APP_ID, key: SECRET_KEY, identifier })
  }

  userSig(userId: string): string {
    return freshUserSig(SDK_APP_ID, SECRET_KEY, userId)
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (child === null || !this.alive) return
    child.kill(signal)
    await until(() => (this.alive ? null : true), STOP_DEADLINE_MS, `the server to end by ${signal}`)
  }

  /** The same addresses and data again, by a clock that is `aheadMs` ahead. */
  async startAgain(aheadMs = 0): Promise<void> {
    const { http, rtmp } = this.#known()
    await onOwnPort(() => this.#spawn(new URL(http).port, new URL(rtmp).port, aheadMs))
  }

  async close(): Promise<void> {
    await this.stop('SIGKILL')
    rmSync(this.#dataDir, { recursive: true, force: true })
  }

  #known(): Addresses {
    if (this.#addresses === null) throw new Error('the server has not started')
    return this.#addresses
  }

  async #spawn(httpPort: string, rtmpPort: string, aheadMs = 0): Promise<Addresses> {
    const clock = aheadMs === 0 ? [] : ['--import', `data:text/javascript,const%20now=Date.now;Date.now=()=>now()+${aheadMs}`]
    const child = spawn(process.execPath, [...clock, SCRIPT, ...this.#args, '--http-port', httpPort, '--rtmp-port', rtmpPort], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    let stdout = ''
    child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString('utf8')))
    let stderr = ''
    child.stderr.on('data', (bytes: Buffer) => {
      stderr += bytes.toString('utf8')
      this.#log += bytes.toString('utf8')
    })
    const streamsEnded = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const line = await until(
      async () => {
        if (!this.alive) {
          // What it said last may come after its end.
          await streamsEnded
          throw whyItEnded(`${child.exitCode ?? child.signalCode}: ${stderr}`)
        }
        return stdout.split('\n').find((one) => one.startsWith('{"event":"ready"')) ?? null
      },
      START_DEADLINE_MS,
      'the ready line',
    )
    const addresses = JSON.parse(line) as Addresses
    this.#addresses = addresses
    return addresses
  }
}
