import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { defaultSettings, type Settings } from '../../electron/shared/settings'
import { until } from '../support/until'
import { launch, sessionBecomes, sessionState, stateOf, testCardScene, type RunningApp } from './support/app'

/** A busy machine makes fewer frames than asked, and says so. */
const ON_AIR = /^(live|degraded)$/
let app: RunningApp | null = null
afterEach(async () => {
  await app?.close()
  app = null
})

const becomes = (running: RunningApp, state: string): Promise<true> =>
  until(async () => ((await sessionState(running.studio)) === state ? true : null), 20_000, `the state ${state}`)
const shows = (running: RunningApp, code: string): Promise<true> =>
  until(async () => ((await stateOf(running.studio)).notices.some((one) => one.error.code === code) ? true : null), 20_000, `the notice ${code}`)
const liveApp = async (options: Parameters<typeof launch>[0] = {}): Promise<RunningApp> => {
  app = await launch({ ...options, args: ['--go-live', '--source', 'test-card', ...(options.args ?? [])] })
  await app.live()
  return app
}

/** Answers main's next question instead of a person. */
async function answer(running: RunningApp, response: number): Promise<void> {
  await running.electron.evaluate(({ dialog }, chosen) => {
    const counted = globalThis as { asked?: number }
    Object.assign(dialog, {
      showMessageBox: () => {
        counted.asked = (counted.asked ?? 0) + 1
        return Promise.resolve({ response: chosen, checkboxChecked: false })
      },
    })
  }, response)
}
const askedTimes = (running: RunningApp): Promise<number> => running.electron.evaluate(() => (globalThis as { asked?: number }).asked ?? 0)
const closeStudio = (running: RunningApp): Promise<void> =>
  running.electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()
      .find((window) => window.webContents.getURL().startsWith('app://studio/'))
      ?.close()
  })

describe('quitting', () => {
  it('while live asks first, and keeps going unless told to end', async () => {
    const running = await liveApp()
    await answer(running, 0)
    await closeStudio(running)
    await until(async () => ((await askedTimes(running)) === 1 ? true : null), 20_000, 'the question')
    await running.electron.evaluate(({ app: electronApp }) => electronApp.quit())
    await until(async () => ((await askedTimes(running)) === 2 ? true : null), 20_000, 'the question')
    expect(await sessionState(running.studio)).toMatch(ON_AIR)
    await answer(running, 1)
    const exited = new Promise((resolve) => running.electron.process().once('exit', resolve))
    await closeStudio(running)
    expect(await exited).toBe(0)
    expect(JSON.parse(readFileSync(join(running.dataDir, 'state.json'), 'utf8'))).toMatchObject({ state: 'clean_exit' })
  })

  it('while not live asks nothing', async () => {
    app = await launch({ settings: { scene: testCardScene() } })
    await answer(app, 0)
    const exited = new Promise((resolve) => app?.electron.process().once('exit', resolve))
    await closeStudio(app)
    expect(await exited).toBe(0)
  })
})

describe('a show', () => {
  it('keeps the machine awake only while it lasts, and tells at its end what was sent', async () => {
    const awake = (running: RunningApp): Promise<boolean> =>
      running.electron.evaluate(({ powerSaveBlocker }) => [0, 1, 2, 3, 4, 5].some((id) => powerSaveBlocker.isStarted(id)))
    app = await launch({ settings: { scene: testCardScene() } })
    await app.studio.getByTestId('go-live').waitFor()
    expect(await awake(app)).toBe(false)
    await app.studio.evaluate(() => window.anchor.call('session.goLive', { anyway: false }))
    await sessionBecomes(app.studio, ON_AIR)
    expect(await awake(app)).toBe(true)
    const { play } = await app.live()
    expect((await fetch(play)).status).toBe(200)
    await app.studio.evaluate(() => window.anchor.call('session.end'))
    await becomes(app, 'ended')
    expect(await awake(app)).toBe(false)
    const { session } = await stateOf(app.studio)
    if (session.name !== 'ended') throw new Error(session.name)
    expect(session.summary.sentBytes).toBeGreaterThan(0)
    expect(session.summary.videoFrames).toBeGreaterThan(0)
  })

  it('is paused and goes on; the watch page is told, and the next show is not paused', async () => {
    const running = await liveApp()
    const { watch } = await running.live()
    const room = async (): Promise<unknown> => ((await (await fetch(new URL('/api/stream', watch))).json()) as { state: unknown }).state
    await running.studio.evaluate(() => window.anchor.call('session.setPaused', { paused: true }))
    await becomes(running, 'paused')
    await until(async () => ((await room()) === 'paused' ? true : null), 20_000, 'the pause on the watch page')
    const { roomServer } = await stateOf(running.studio)
    expect(roomServer.addresses?.ingest, 'no key in a page').toMatch(/\/live\/•+$/)
    await running.studio.evaluate(() => window.anchor.call('session.setPaused', { paused: false }))
    await sessionBecomes(running.studio, ON_AIR)
    await until(async () => ((await room()) === 'live' ? true : null), 20_000, 'the program on the watch page')
    await running.studio.evaluate(() => window.anchor.call('session.setPaused', { paused: true }))
    await becomes(running, 'paused')
    await running.studio.evaluate(() => window.anchor.call('session.end'))
    await becomes(running, 'ended')
    await running.studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
    await sessionBecomes(running.studio, ON_AIR)
    await until(async () => ((await room()) === 'live' ? true : null), 20_000, 'the new show on the watch page')
  })
})

describe('bad input and faults', () => {
  it('a settings file that cannot be read: fresh settings, the file kept, a sentence on screen', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-corrupt-'))
    writeFileSync(join(dataDir, 'settings.json'), '{"version":1,')
    app = await launch({ dataDir })
    await app.studio.locator('[data-notice="settings.reset"]').waitFor()
    expect(readFileSync(join(dataDir, 'settings.json.broken'), 'utf8')).toBe('{"version":1,')
    await app.close()
    app = null
    rmSync(dataDir, { recursive: true, force: true })
  })

  it.each([
    ['no camera', false, 'source.not-found'],
    ['a camera that is denied', true, 'source.permission-denied'],
  ] as const)('%s: the source says so, and everything else goes on', async (_what, fakeDevices, code) => {
    app = await launch({ fakeDevices, settings: defaultSettings() })
    if (fakeDevices) {
      await app.electron.evaluate(({ session }) => {
        session.fromPartition('stage').setPermissionRequestHandler((_contents, _permission, callback) => callback(false))
        session.fromPartition('stage').setPermissionCheckHandler(() => false)
      })
      await app.studio.evaluate(() => window.anchor.call('source.restart', { id: 'camera' }))
    }
    const running = app
    await until(async () => ((await stateOf(running.studio)).sources['camera']?.error?.code === code ? true : null), 20_000, code)
    const scene = testCardScene().sources[0]
    await running.studio.evaluate((source) => window.anchor.call('source.add', { source }), scene as NonNullable<typeof scene>)
    await until(async () => ((await stateOf(running.studio)).settings.scene.sources.length === 3 ? true : null), 20_000, 'the test card')
    await running.studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
    await sessionBecomes(running.studio, ON_AIR)
  })

  // Only root can have a disk of its own to fill.
  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)('a full disk: the show goes on, and it is told what could not be saved', async () => {
    const disk = mkdtempSync(join(tmpdir(), 'anchordesk-disk-'))
    const dataDir = join(disk, 'data')
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]).status !== 0) return
    try {
      mkdirSync(dataDir)
      const running = await liveApp({ dataDir })
      const saved = (): string => (JSON.parse(readFileSync(join(dataDir, 'settings.json'), 'utf8')) as Settings).title
      await running.studio.evaluate(() => window.anchor.call('session.setTitle', { title: 'room enough' }))
      await until(() => (existsSync(join(dataDir, 'settings.json')) && saved() === 'room enough' ? true : null), 20_000, 'the settings on the disk')
      spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=64k'])
      spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'last')}`, 'bs=1'], { timeout: 20_000 })
      await running.studio.evaluate(() => window.anchor.call('session.setTitle', { title: 'x'.repeat(200) }))
      await shows(running, 'disk.full')
      expect((await stateOf(running.studio)).settings.title).toHaveLength(200)
      expect(await sessionState(running.studio)).toMatch(ON_AIR)
      rmSync(join(disk, 'filler'))
      rmSync(join(disk, 'last'), { force: true })
      await running.studio.evaluate(() => window.anchor.call('session.setTitle', { title: 'room again' }))
      await until(() => (saved() === 'room again' ? true : null), 20_000, 'the settings on the disk')
      await running.close()
      app = null
    } finally {
      spawnSync('umount', ['-l', disk])
      rmSync(disk, { recursive: true, force: true })
    }
  })
})

describe('the studio window', () => {
  const studioIs = (running: RunningApp): Promise<{ minimized: boolean; maximized: boolean; focused: boolean }> =>
    running.electron.evaluate(({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows().find((one) => one.webContents.getURL().startsWith('app://studio/'))
      return { minimized: window?.isMinimized() ?? false, maximized: window?.isMaximized() ?? false, focused: window?.isFocused() ?? false }
    })

  it('starts minimized when asked to, though it was maximized, and goes live all the same', async () => {
    const running = await liveApp({ args: ['--minimized'], settings: { window: { ...defaultSettings().window, maximized: true } } })
    await until(async () => ((await studioIs(running)).minimized ? true : null), 20_000, 'the window to be minimized')
  })

  it('is brought to the front by a second start', async () => {
    const running = await liveApp({ args: ['--minimized'] })
    await until(async () => ((await studioIs(running)).minimized ? true : null), 20_000, 'the window to be minimized')
    await running.electron.evaluate(({ app: electronApp }) => electronApp.emit('second-instance', {}, []))
    await until(async () => ((await studioIs(running)).minimized ? null : true), 20_000, 'the window to be back')
  })

  it('comes back where it was put', async () => {
    app = await launch({ settings: { scene: testCardScene() } })
    const running = app
    await running.electron.evaluate(({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows().find((one) => one.webContents.getURL().startsWith('app://studio/'))
      window?.setBounds({ x: 60, y: 70, width: 1_300, height: 800 })
    })
    const saved = (): Settings['window'] => (JSON.parse(readFileSync(join(running.dataDir, 'settings.json'), 'utf8')) as Settings).window
    await until(() => (saved().width === 1_300 && saved().height === 800 ? true : null), 20_000, 'the bounds to be saved')
  })

  it('is not offered as something to capture, nor is the stage', async () => {
    app = await launch({ settings: { scene: testCardScene() } })
    await app.studio.getByTestId('go-live').waitFor()
    const targets = await app.studio.evaluate(() => window.anchor.call('capture.targets'))
    if (!targets.ok) throw new Error(targets.error.code)
    expect(targets.value.filter((one) => one.kind === 'window' && one.title.startsWith('AnchorDesk'))).toEqual([])
    expect(targets.value.some((one) => one.kind === 'screen')).toBe(true)
  })
})
