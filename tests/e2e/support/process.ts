import { spawn, type ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import { until } from '../../support/until'
import { electronPath } from './app'

/** A process that is looked at from outside, as a shell does. */
export interface RunningProcess {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
  /** Its exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>
  /** The first line on stdout that says it is live. */
  live(): Promise<string>
}

/** The app itself, without anybody at its debugger. */
export function runApp(args: readonly string[]): RunningProcess {
  return run(electronPath(), [resolve('.'), '--no-sandbox', ...args], process.env, false)
}

/** What `npm start -- …` runs, on a machine without a display, as the leader of a group of its own: as a terminal starts it. */
export function runStart(args: readonly string[]): RunningProcess {
  return run(process.execPath, [resolve('scripts/start.mjs'), ...args], { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' }, true)
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv, detached: boolean): RunningProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString('utf8')))
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString('utf8')))
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    exited: new Promise((done) => child.once('close', (code) => done(code))),
    live: () => until(() => stdout.split('\n').find((line) => line.startsWith('{"event":"live"')) ?? null, 60_000, 'the live line'),
  }
}
