import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { isStrictlyMonotonic, movingFrames, probe, record } from '../support/media/recording'
import { until } from '../support/until'
import { launch, logOf, stateOf, type RunningApp } from './support/app'

const folder = mkdtempSync(join(tmpdir(), 'anchordesk-faults-'))
let app: RunningApp | null = null
afterEach(async () => {
  await app?.close()
  app = null
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function liveApp(): Promise<RunningApp> {
  app = await launch({ args: ['--go-live', '--source', 'test-card'] })
  await app.live()
  return app
}

/** Kills the process behind a page, as a bug in Chromium would. */
async function crash(running: RunningApp, host: 'studio' | 'stage'): Promise<void> {
  await running.electron.evaluate(({ BrowserWindow }, wanted) => {
    BrowserWindow.getAllWindows()
      .find((window) => window.webContents.getURL().startsWith(`app://${wanted}/`))
      ?.webContents.forcefullyCrashRenderer()
  }, host)
}

/** What the studio's page shows, asked through main: a page that crashed once is closed to the test's own channel. */
async function shown(running: RunningApp, testId: string, attribute: string): Promise<string | null> {
  return running.electron.evaluate(
    async ({ BrowserWindow }, [id, name]) => {
      const studio = BrowserWindow.getAllWindows().find((window) => window.webContents.getURL().startsWith('app://studio/'))
      if (studio === undefined || studio.webContents.isCrashed() || studio.webContents.isLoading()) return null
      const value: unknown = await studio.webContents.executeJavaScript(`document.querySelector('[data-testid="${id}"]')?.getAttribute('${name}') ?? null`)
      return typeof value === 'string' ? value : null
    },
    [testId, attribute] as const,
  )
}

/** @returns null: it does not run */
const publisherPid = (running: RunningApp): Promise<number | null> =>
  running.electron.evaluate(({ app: electronApp }) => electronApp.getAppMetrics().find((one) => one.name === 'AnchorDesk publisher')?.pid ?? null)

const session = (running: RunningApp): Promise<string | null> => shown(running, 'session-state', 'data-state')

/** A busy machine makes fewer frames than asked, and says so. */
const onAir = (running: RunningApp): Promise<true> =>
  until(async () => (/^(live|degraded)$/.test((await session(running)) ?? '') ? true : null), 20_000, 'the show to be on the air')

/** Longer than a machine may hold its breath; a program that is gone with a process is gone for longer. */
const STOPPED_S = 3

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0))
}

describe('while live', () => {
  it('the studio window crashes: what makes and sends the program does not notice', async () => {
    const running = await liveApp()
    const file = join(folder, 'studio.flv')
    const { play } = await running.live()
    const recording = record(play, file, 7)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    await crash(running, 'studio')
    await recording
    const { video, audio } = await probe(file)
    const times = video?.times ?? []
    process.stdout.write(`largest gap between pictures while the studio crashed: ${Math.round(Math.max(...gaps(times)) * 1_000)} ms\n`)
    expect(isStrictlyMonotonic(times)).toBe(true)
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(6)
    // A busy machine leaves a picture out now and then; one that waits for the studio would leave out many in a row.
    expect(Math.max(...gaps(times))).toBeLessThan(STOPPED_S)
    expect(Math.max(...gaps(audio?.times ?? []))).toBeLessThan(STOPPED_S)
    await onAir(running)
    expect(logOf(running.dataDir)).toContain('studio died')
    expect(logOf(running.dataDir)).not.toMatch(/stage died|(publisher|room server) ended with/)
  })

  it('the stage crashes: the slate, then the program, without a disconnect', async () => {
    const running = await liveApp()
    const file = join(folder, 'stage.flv')
    const { play } = await running.live()
    await until(() => (logOf(running.dataDir).includes('slate of') ? true : null), 20_000, 'the slate to be made')
    const recording = record(play, file, 8)
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    const crashedAt = performance.now()
    await crash(running, 'stage')
    const log = (): string => logOf(running.dataDir)
    const startedAgain = (): boolean => log().split('stage died')[1]?.includes('compositor') === true
    await until(() => (startedAgain() ? true : null), 20_000, 'the stage to be back')
    process.stdout.write(`stage back ${Math.round(performance.now() - crashedAt)} ms after the crash\n`)
    await recording
    const after = join(folder, 'after.flv')
    await record(play, after, 2)
    const { video, audio } = await probe(file)
    expect(isStrictlyMonotonic(video?.times ?? [])).toBe(true)
    expect(isStrictlyMonotonic(audio?.times ?? [])).toBe(true)
    // One connection from begin to end, and pictures all the time.
    expect((video?.times.at(-1) ?? 0) - (video?.times[0] ?? 0)).toBeGreaterThan(7)
    const longest = Math.max(...gaps(video?.times ?? []))
    process.stdout.write(`longest time without a picture while the stage was away: ${Math.round(longest * 1_000)} ms\n`)
    expect(longest).toBeLessThan(STOPPED_S)
    const { frames, moving } = await movingFrames(after)
    expect(moving).toBeGreaterThan(frames * 0.7)
  })

  it('the worker of the stage is dead and its page is not: the stage is made anew all the same', async () => {
    const running = await liveApp()
    await running.electron.evaluate(async ({ BrowserWindow }) => {
      const stage = BrowserWindow.getAllWindows().find((window) => window.webContents.getURL().startsWith('app://stage/'))
      // Not awaited: the page does not live to answer.
      void stage?.webContents.executeJavaScript(`void window.stageHost.report({ type: 'failed', reason: 'out of memory' })`)
      await Promise.resolve()
    })
    const startedAgain = (): boolean => logOf(running.dataDir).split('stage died')[1]?.includes('compositor') === true
    await until(() => (startedAgain() ? true : null), 20_000, 'the stage to be back')
    await onAir(running)
  })

  it('the publisher is killed: it publishes again', async () => {
    const running = await liveApp()
    const pid = await until(() => publisherPid(running), 20_000, 'the publisher')
    const killedAtMs = Date.now()
    process.kill(pid, 'SIGKILL')
    // Until then the state of before may still be shown.
    const isBack = async (): Promise<true | null> =>
      (await stateOf(running.studio)).destinations.some(({ status }) => status?.state === 'publishing' && status.sinceMs > killedAtMs) || null
    await until(isBack, 20_000, 'another publisher on the air')
    await onAir(running)
    process.stdout.write(`publishing again ${Date.now() - killedAtMs} ms after the kill\n`)
    expect((await probe((await running.live()).play, 2)).video?.codec).toBe('h264')
  })

  it('the whole app is killed: the next start offers to resume', async () => {
    const dataDir = join(folder, 'killed')
    app = await launch({ dataDir, args: ['--go-live', '--source', 'test-card'] })
    await app.live()
    const exited = new Promise((resolve) => app?.electron.process().once('exit', resolve))
    app.electron.process().kill('SIGKILL')
    await exited
    app = await launch({ dataDir })
    await app.studio.getByTestId('resume').waitFor()
    await app.studio.getByTestId('accept-resume').click()
    await app.live()
  })
})
