import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PublicRoom, RoomSnapshot } from '../../electron/shared/room-api'
import type { RoomMessage } from '../../electron/shared/room-message'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import { ApiClient } from '../contract/backend/support/api-client'
import { toldBy } from '../contract/backend/support/told'
import type { WireClient } from '../contract/im/support/wire-client'
import { until } from '../support/until'
import { launch, sessionBecomes, testCardScene, type RunningApp } from './support/app'
import { violations } from './support/axe'
import { addressesOf, enter } from './support/room'

const DEADLINE_MS = 20_000
const WELCOME = 'Welcome <b>all</b>, 欢迎'
const BREAK = 'A short break: we will be right back.'
/** Of the card's mark for a break (compositor/cards.ts). */
const AMBER = [0xf2, 0xb3, 0x3d]
const dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-notice-'))
let app: RunningApp
let http: string
let play: string
let viewer: ApiClient
let line: WireClient

async function enterRoom(): Promise<void> {
  ;({ http, play } = await addressesOf(app.studio))
  ;({ api: viewer, line } = await enter(http, 'Bo'))
}

/** What the viewer's page was told by the room, in order. */
function told(): readonly RoomMessage[] {
  return line.items.flatMap((item) => {
    const message = toldBy(item)
    return message === null ? [] : [message]
  })
}
const latest = <Kind extends RoomMessage['kind']>(kind: Kind): Extract<RoomMessage, { kind: Kind }> | undefined =>
  told()
    .filter((message): message is Extract<RoomMessage, { kind: Kind }> => message.kind === kind)
    .at(-1)
const hears = (notice: string): Promise<true> => until(() => (latest('notice')?.notice.text === notice ? true : null), DEADLINE_MS, `the notice “${notice}”`)
const seesStatus = (status: string): Promise<true> => until(() => (latest('status')?.status === status ? true : null), DEADLINE_MS, `the status ${status}`)
const becomes = (state: RegExp): Promise<true> => sessionBecomes(app.studio, state)

/** Whether the stream that viewers get shows the mark of a break now. */
async function showsBreak(): Promise<boolean> {
  const { stdout } = await promisify(execFile)(
    'ffmpeg',
    [
      ...['-v', 'error', '-i', play, '-frames:v', '1'],
      ...['-vf', 'crop=8:8:iw/2+ih*0.036-4:ih*0.34-4,scale=1:1:flags=area,format=rgb24', '-f', 'rawvideo', '-'],
    ],
    { encoding: 'buffer', timeout: DEADLINE_MS },
  )
  return AMBER.every((value, index) => Math.abs((stdout[index] ?? 0) - value) < 24)
}
const picture = (wanted: boolean): Promise<true> =>
  until(async () => ((await showsBreak()) === wanted ? true : null), DEADLINE_MS, wanted ? 'the card of the break' : 'the program')

beforeAll(async () => {
  app = await launch({ dataDir, settings: { language: 'en', scene: testCardScene() } })
  await enterRoom()
})
afterAll(async () => {
  line.close()
  await app.close()
  rmSync(dataDir, { recursive: true, force: true })
})

it('a notice is written by the keyboard, shown as text, and 301 bytes of it are not taken and not cut', async () => {
  const { studio } = app
  await until(async () => ((await studio.getByTestId('pinned-notice').count()) === 1 ? true : null), DEADLINE_MS, 'the room')
  await studio.keyboard.press('Control+N')
  const text = studio.getByTestId('notice-text')
  await text.waitFor()
  await text.fill('kept')
  await app.electron.evaluate(({ clipboard }, pasted) => clipboard.writeText(pasted), `${'字'.repeat(99)}`)
  await studio.keyboard.press('Control+V')
  await studio.getByTestId('paste-blocked').waitFor()
  expect(await studio.getByTestId('paste-blocked').innerText()).toContain('301 of 300 bytes')
  expect(await text.inputValue()).toBe('kept')
  expect(await violations(studio), 'the editor').toEqual([])
  await text.fill(WELCOME)
  await studio.getByTestId('notice-markup').waitFor()
  // A draft outlives its sheet.
  await studio.keyboard.press('Escape')
  await studio.locator('dialog[open]').waitFor({ state: 'detached' })
  await studio.getByTestId('edit-notice').click()
  expect(await text.inputValue()).toBe(WELCOME)
  await studio.keyboard.press('Control+Enter')
  await hears(WELCOME)
  await studio.getByTestId('keep-notice').click()
  await studio.getByTestId('kept-notice').waitFor()
  await studio.keyboard.press('Escape')
  await studio.getByTestId('pinned-notice').getByText(WELCOME).waitFor()
})

it('be right back: card, notice and room status by one press, and by one more all three as before', async () => {
  const { studio } = app
  await studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
  await becomes(/^(live|degraded)$/)
  await seesStatus('live')
  await studio.getByTestId('open-notice').click()
  await studio.getByTestId('status-be-right-back').click()
  // The way back stays open under the pointer.
  await studio.getByTestId('status-strip').hover()
  await becomes(/^paused$/)
  await Promise.all([hears(BREAK), seesStatus('paused'), picture(true)])
  await studio.getByTestId('cause').getByText('Viewers see: Be right back', { exact: true }).waitFor()
  expect(await violations(studio), 'the strip').toEqual([])
  await studio.getByTestId('undo-status').click()
  await becomes(/^(live|degraded)$/)
  await Promise.all([hears(WELCOME), seesStatus('live'), picture(false)])
  await studio.getByTestId('status-strip').waitFor({ state: 'detached' })
})

it('the app is killed in a break: the next one offers to resume, and resumes into the break with its notice', async () => {
  const { studio } = app
  await studio.evaluate((notice) => window.anchor.call('session.setStatus', { kind: 'be-right-back', text: '', notice }), BREAK)
  await hears(BREAK)
  const before = await new ApiClient(http).ok<PublicRoom>('GET', `/api/rooms/${PROGRAM_ROOM}/status`)
  expect(before.status).toBe('paused')
  line.close()
  const gone = new Promise((resolve) => app.electron.process().once('exit', resolve))
  app.electron.process().kill('SIGKILL')
  await gone
  app = await launch({ dataDir })
  await enterRoom()
  await app.studio.getByTestId('accept-resume').click()
  await becomes(/^paused$/)
  await picture(true)
  const room = await viewer.ok<RoomSnapshot>('GET', `/api/rooms/${PROGRAM_ROOM}/snapshot`)
  expect(room).toMatchObject({ notice: { text: BREAK }, room: { status: 'paused', show: before.show } })
  await app.studio.getByTestId('end-status').click()
  await becomes(/^(live|degraded)$/)
  await Promise.all([hears(WELCOME), seesStatus('live'), picture(false)])
})
