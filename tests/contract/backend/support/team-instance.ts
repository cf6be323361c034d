import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onOwnPort, whyItEnded } from '../../../support/own-port'
import { until } from '../../../support/until'
import { APP } from './cloud-backend'

const SCRIPT = resolve('out/main/room-server.js')
const DEADLINE_MS = 20_000

export interface TeamInstanceOptions {
  readonly databaseUrl: string
  /** REST of the IM. */
  readonly im: string
  readonly environment?: Readonly<Record<string, string>>
}

/** One instance of a team's server, as a program of its own. It can die and come back at the same address. */
export class TeamInstance {
  readonly #options: TeamInstanceOptions
  readonly #folder = mkdtempSync(join(tmpdir(), 'anchordesk-team-'))
  #child: ChildProcess | null = null
  #port = '0'
  #http = ''
  anchorToken: string | null = null
  log = ''

  private constructor(options: TeamInstanceOptions) {
    this.#options = options
  }

  static async start(options: TeamInstanceOptions): Promise<TeamInstance> {
    if (!existsSync(SCRIPT)) throw new Error('the server is not built')
    const made = new TeamInstance(options)
    await made.startAgain()
    return made
  }

  get http(): string {
    return this.#http
  }

  get alive(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null
  }

  get exitCode(): number | null {
    return this.#child?.exitCode ?? null
  }

  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  async ended(): Promise<void> {
    await until(() => (this.alive ? null : true), DEADLINE_MS, 'the instance to end')
  }

  async startAgain(): Promise<void> {
    const ready = await onOwnPort(() => this.#spawn())
    this.#http = ready.http
    this.#port = new URL(ready.http).port
    this.anchorToken ??= ready.anchorToken
  }

  async #spawn(): Promise<{ readonly http: string; readonly anchorToken: string | null }> {
    const { databaseUrl, im, environment } = this.#options
    const args = [
      ...['--im', im, '--sdkappid', String(APP.sdkAppId), '--secret-key', APP.key, '--callback-token', APP.token],
      ...['--http-port', this.#port, '--data-dir', this.#folder, '--title', 'Friday night'],
    ]
    const child = spawn(process.execPath, [SCRIPT, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, ...environment },
    })
    this.#child = child
    let out = ''
    child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString('utf8')))
    let stderr = ''
    child.stderr.on('data', (bytes: Buffer) => {
      stderr += bytes.toString('utf8')
      this.log += bytes.toString('utf8')
    })
    const streamsEnded = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const line = await until(
      async () => {
        if (!this.alive) {
          // What it said last may come after its end.
          await streamsEnded
          throw whyItEnded(`${child.exitCode ?? child.signalCode}: ${stderr}`)
        }
        return out.split('\n').find((one) => one.startsWith('{"event":"ready"')) ?? null
      },
      DEADLINE_MS,
      'the ready line',
    )
    return JSON.parse(line) as { http: string; anchorToken: string | null }
  }

  /** Does it serve the business? Its own metrics tell. */
  async leads(): Promise<boolean> {
    const { METRICS_TOKEN: token } = this.#options.environment ?? {}
    const response = await fetch(`${this.#http}/metrics`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
    return /^anchordesk_leader 1$/m.test(await response.text())
  }

  async close(): Promise<void> {
    this.kill('SIGKILL')
    if (this.#child !== null) await this.ended()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
