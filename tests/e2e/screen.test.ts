import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { isStrictlyMonotonic, probe, record } from '../support/media/recording'
import { forMs, until } from '../support/until'
import { launch, stateOf, type RunningApp } from './support/app'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'anchordesk-screen-'))
let app: RunningApp | null = null
afterEach(async () => {
  await app?.close()
  app = null
  rmSync(folder, { recursive: true, force: true })
})

/** Mean colour of the upper left corner, where no window stands, at a moment of a recording. */
async function colourAt(file: string, second: number): Promise<number[]> {
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-ss', String(second), '-i', file, '-frames:v', '1', '-vf', 'crop=100:60:0:0,scale=1:1:flags=area,format=rgb24', '-f', 'rawvideo', '-'],
    { encoding: 'buffer' },
  )
  return [...stdout.subarray(0, 3)]
}

/** Covers the whole display with one colour. */
async function cover(running: RunningApp, colour: string): Promise<void> {
  await running.electron.evaluate(async ({ BrowserWindow, screen }, wanted) => {
    const { width, height } = screen.getPrimaryDisplay().size
    const window = new BrowserWindow({ x: 0, y: 0, width, height, frame: false, alwaysOnTop: true, backgroundColor: wanted, enableLargerThanScreen: true })
    await window.loadURL(`data:text/html,<body style="background:${encodeURIComponent(wanted)}">`)
    window.setBounds({ x: 0, y: 0, width, height })
  }, colour)
}

it('the screen is chosen, goes out, and another source takes its place without a break', async () => {
  app = await launch({ settings: { scene: { sources: [] } } })
  const { studio } = app
  await cover(app, '#c81020')
  await studio.getByTestId('add-source').click()
  await studio.getByTestId('add-screen').click()
  await studio.getByTestId('capture-screen').first().click()
  await studio.getByTestId('capture-screen').first().waitFor({ state: 'detached' })
  await studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
  const { play } = await app.live()
  const file = join(folder, 'screen.flv')
  const recording = record(play, file, 8)
  await forMs(3_000)
  await studio.getByTestId('add-source').click()
  await studio.getByTestId('add-test-card').click()
  await recording
  const [red = 0, green = 0, blue = 0] = await colourAt(file, 0.5)
  expect(red).toBeGreaterThan(150)
  expect(green).toBeLessThan(70)
  expect(blue).toBeLessThan(80)
  const isChanged = async (): Promise<true | null> => {
    const later = join(folder, 'later.flv')
    await record(play, later, 1.5)
    return Math.abs(((await colourAt(later, 1))[1] ?? green) - green) > 30 ? true : null
  }
  await until(isChanged, 20_000, 'the other source')
  const times = (await probe(file)).video?.times ?? []
  expect(isStrictlyMonotonic(times)).toBe(true)
  expect(Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? 0)))).toBeLessThan(3)
  expect((await stateOf(studio)).destinations.map(({ status }) => status?.stats?.reconnects)).toEqual([0])
})
