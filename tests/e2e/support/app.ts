import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import type { LiveEvent } from '../../../electron/shared/cli'
import { defaultSettings, type Settings } from '../../../electron/shared/settings'
import type { Snapshot } from '../../../electron/shared/snapshot'
import { until } from '../../support/until'

const ROOT = resolve('.')
const START_DEADLINE_MS = 30_000
const END_DEADLINE_MS = 10_000

/** The Electron that `npm test` prepared. */
export function electronPath(): string {
  const path = process.env['ANCHORDESK_ELECTRON']
  if (path === undefined || path === '') throw new Error('ANCHORDESK_ELECTRON is not set: run the tests with npm test')
  return path
}

export interface RunningApp {
  readonly electron: ElectronApplication
  readonly studio: Page
  readonly stage: Page
  readonly dataDir: string
  /** What it wrote on stdout so far. */
  stdout(): string
  /** The line that tells it is live. */
  live(): Promise<LiveEvent>
  close(): Promise<void>
}

export interface LaunchOptions {
  readonly args?: readonly string[]
  readonly settings?: Partial<Settings>
  /** Use and keep this folder instead of a fresh one. */
  readonly dataDir?: string
  readonly fakeDevices?: boolean
}

/** Starts the built app with a data folder of its own and free ports. */
export async function launch(options: LaunchOptions = {}): Promise<RunningApp> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'anchordesk-'))
  if (options.settings !== undefined) {
    mkdirSync(dataDir, { recursive: true })
    writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ ...defaultSettings(), ...options.settings }))
  }
  const chromium = options.fakeDevices === false ? [] : ['--use-fake-device-for-media-stream']
  const electron = await _electron.launch({
    executablePath: electronPath(),
    args: [ROOT, '--no-sandbox', ...chromium, '--data-dir', dataDir, '--http-port', '0', '--rtmp-port', '0', ...(options.args ?? [])],
    timeout: START_DEADLINE_MS,
  })
  // Kept: Playwright forgets an app that has ended.
  const child = electron.process()
  let stdout = ''
  child.stdout?.on('data', (bytes: Buffer) => (stdout += bytes.toString('utf8')))
  const [studio, stage] = await Promise.all([windowOf(electron, 'studio'), windowOf(electron, 'stage')])
  // Who waits for the page to be loaded anew must not be given the end of its first load.
  await studio.waitForLoadState('load')
  return {
    electron,
    studio,
    stage,
    dataDir,
    stdout: () => stdout,
    live: async () => {
      const line = await until(() => stdout.split('\n').find((one) => one.startsWith('{"event":"live"')) ?? null, 30_000, 'the live line')
      return JSON.parse(line) as LiveEvent
    },
    close: async () => {
      await ended(electron, child)
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Ends the app. An answer that is lost with the process is not waited for. */
async function ended(electron: ElectronApplication, child: ChildProcess): Promise<void> {
  const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve()
  void electron.evaluate(({ app }) => app.exit(0)).catch(() => undefined)
  const deadline = setTimeout(() => child.kill('SIGKILL'), END_DEADLINE_MS)
  await gone
  clearTimeout(deadline)
}

export async function windowOf(electron: ElectronApplication, host: 'studio' | 'stage'): Promise<Page> {
  return until(() => electron.windows().find((page) => page.url().startsWith(`app://${host}/`)) ?? null, START_DEADLINE_MS, `the ${host} window`)
}

/** The state of the session as the studio shows it. */
export function sessionState(studio: Page): Promise<string | null> {
  return studio.getByTestId('session-state').getAttribute('data-state')
}

/** Waits until the session is in this state. */
export function sessionBecomes(studio: Page, state: RegExp): Promise<true> {
  return until(async () => (state.test((await sessionState(studio)) ?? '') ? true : null), 20_000, `the session to be ${String(state)}`)
}

/** All that main tells its windows. @throws Error when it does not answer */
export async function stateOf(studio: Page): Promise<Snapshot> {
  const result = await studio.evaluate(() => window.anchor.call('state.get'))
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

export function logOf(dataDir: string): string {
  return readFileSync(join(dataDir, 'logs', 'anchordesk.log'), 'utf8')
}

/** A scene with the test card alone. */
export function testCardScene(): Settings['scene'] {
  const transform = {
    x: 0,
    y: 0,
    width: 1,
    height: 1,
    fit: 'contain',
    crop: { left: 0, top: 0, right: 0, bottom: 0 },
    rotation: 0,
    mirrorX: false,
    mirrorY: false,
    opacity: 1,
  } as const
  return { sources: [{ kind: 'test-card', id: 'test-card', name: '', visible: true, muted: false, gainDb: 0, syncOffsetMs: 0, transform }] }
}
