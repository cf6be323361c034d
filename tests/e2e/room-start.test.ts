import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, expect, it } from 'vitest'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import type { ShowSummary } from '../../electron/shared/show-summary'
import { ApiClient, newOrderId } from '../contract/backend/support/api-client'
import { until } from '../support/until'
import { launch, sessionBecomes, stateOf, testCardScene, type RunningApp } from './support/app'
import { violations } from './support/axe'
import { addressesOf, enter } from './support/room'

const DEADLINE_MS = 20_000
const files = mkdtempSync(join(tmpdir(), 'anchordesk-exports-'))
let app: RunningApp | null = null
afterEach(async () => {
  await app?.close()
  app = null
  rmSync(files, { recursive: true, force: true })
})

async function setPreferences(studio: Page, theme: 'dark' | 'light', language: 'en' | 'zh-CN'): Promise<void> {
  await studio.evaluate((preferences) => window.anchor.call('preferences.set', preferences), { theme, language })
  await studio.locator(`html[data-theme="${theme}"][lang="${language}"]`).waitFor()
}

it('after a show, its summary says what was, and the file says the same', async () => {
  app = await launch({ settings: { language: 'en', theme: 'dark', title: 'Friday night', scene: testCardScene() } })
  const { studio } = app
  const { http: base } = await addressesOf(studio)
  const { api: viewer, line } = await enter(base, 'Bo')
  await studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
  await sessionBecomes(studio, /^(live|degraded)$/)
  await until(async () => ((await viewer.snapshot(PROGRAM_ROOM)).room.status === 'live' ? true : null), DEADLINE_MS, 'the room to be live')
  for (const text of ['hello', 'anchor']) await line.send(PROGRAM_ROOM, text)
  await viewer.ok('POST', `/api/rooms/${PROGRAM_ROOM}/gifts`, { orderId: newOrderId(), giftId: 'cake', count: 2 })
  await studio.evaluate(() => window.anchor.call('session.end'))
  await sessionBecomes(studio, /^ended$/)
  await until(async () => ((await studio.locator('[data-figure="messages"]').innerText()) === '2' ? true : null), DEADLINE_MS, 'the messages')
  await studio.getByTestId('open-summary').click()
  const shown = (name: string): Promise<string> => studio.locator(`[data-value="${name}"]`).innerText()
  expect([await shown('coins'), await shown('giftCount'), await shown('givers'), await shown('viewersPeak')]).toEqual(['40', '2', '1', '1'])
  expect(await violations(studio)).toEqual([])

  const file = join(files, 'show.json')
  await app.electron.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath })
  }, file)
  await studio.getByTestId('export-json').click()
  await studio.getByTestId('summary-saved').getByText('show.json').waitFor()
  const { topGivers, ...exported } = JSON.parse(readFileSync(file, 'utf8')) as ShowSummary
  expect(topGivers).toEqual([{ userId: viewer.userId, nick: 'Bo', coins: 40, gifts: 2 }])
  for (const name of ['viewersPeak', 'newFollowers', 'messages', 'lost', 'likes', 'coins', 'givers', 'reconnects'] as const)
    expect(await shown(name), name).toBe(exported[name] === null ? 'unknown' : String(exported[name]))
  expect([exported.title, String(exported.gifts), String(exported.droppedFrames)]).toEqual(['Friday night', await shown('giftCount'), await shown('dropped')])
  if (process.env['SHOTS'] !== undefined) await studio.screenshot({ path: join(process.env['SHOTS'], 'summary-en.png') })
  await setPreferences(studio, 'light', 'zh-CN')
  if (process.env['SHOTS'] !== undefined) await studio.screenshot({ path: join(process.env['SHOTS'], 'summary-zh.png') })
  expect(await violations(studio)).toEqual([])
  line.close()
})

/** Presses Tab until the control has the focus. */
async function tabTo(studio: Page, testId: string): Promise<void> {
  const MOST = 40
  for (let pressed = 0; pressed < MOST; pressed += 1) {
    if ((await studio.evaluate(() => document.activeElement?.getAttribute('data-testid'))) === testId) return
    await studio.keyboard.press('Tab')
  }
  throw new Error(`${testId} cannot be reached with Tab`)
}

it('sets up at the very first start, by the keyboard alone, and not again', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-first-'))
  app = await launch({ dataDir })
  const { studio } = app
  const step = (name: string): Promise<void> => studio.locator(`[data-step="${name}"]`).waitFor()
  const shot = async (name: string): Promise<void> => {
    if (process.env['SHOTS'] !== undefined) await studio.screenshot({ path: join(process.env['SHOTS'], `${name}.png`) })
  }
  const next = async (): Promise<void> => {
    await tabTo(studio, 'step-next')
    await studio.keyboard.press('Enter')
  }
  await step('language')
  await studio.keyboard.press('Escape')
  await step('language')
  await tabTo(studio, 'language-system')
  await studio.keyboard.press('ArrowDown')
  await studio.locator('html[lang="en"]').waitFor()
  await studio.keyboard.press('ArrowDown')
  await studio.locator('html[lang="zh-CN"]').waitFor()
  await studio.evaluate(() => window.anchor.call('preferences.set', { theme: 'light' }))
  await studio.locator('html[data-theme="light"]').waitFor()
  await shot('first-language')
  expect(await violations(studio), 'language').toEqual([])
  await studio.keyboard.press('Enter')

  await step('where')
  await tabTo(studio, 'anchor-name')
  await studio.keyboard.type('Ada')
  await tabTo(studio, 'where-local')
  await studio.keyboard.press('ArrowDown')
  await tabTo(studio, 'where-address')
  await studio.keyboard.type('rtmp://127.0.0.1:1/live/a-secret-key')
  await studio.locator('[data-step="where"] [role="status"]').waitFor()
  await shot('first-where')
  expect(await violations(studio), 'where').toEqual([])
  await studio.keyboard.press('Enter')

  await step('permissions')
  await studio.locator('[data-permission="camera"][data-state="granted"]').waitFor()
  expect(await violations(studio), 'permissions').toEqual([])
  await shot('first-permissions')
  await next()
  await step('devices')
  await setPreferences(studio, 'dark', 'en')
  await until(
    async () => ((await studio.locator('[data-step="devices"] video').evaluate((video) => (video as HTMLVideoElement).videoWidth)) > 0 ? true : null),
    DEADLINE_MS,
    'the picture',
  )
  await shot('first-devices')
  expect(await violations(studio), 'devices').toEqual([])
  await next()
  await step('test')
  await studio.getByTestId('test-verdict').waitFor()
  await shot('first-test')
  expect(await violations(studio), 'test').toEqual([])
  await next()
  await studio.locator('dialog[open]').waitFor({ state: 'detached' })
  const { settings } = await stateOf(studio)
  expect([settings.firstRunDone, settings.anchorName, settings.language]).toEqual([true, 'Ada', 'en'])
  expect(settings.destinations.map(({ kind }) => kind)).toEqual(['local', 'rtmp'])
  expect(JSON.stringify(settings)).not.toContain('a-secret-key')
  const file = join(dataDir, 'settings.json')
  await until(() => (existsSync(file) && readFileSync(file, 'utf8').includes('"firstRunDone": true') ? true : null), DEADLINE_MS, 'the file')

  await app.close()
  app = await launch({ dataDir })
  await app.studio.getByTestId('go-live').waitFor()
  expect((await stateOf(app.studio)).settings.firstRunDone).toBe(true)
  expect(await app.studio.locator('dialog[open]').count()).toBe(0)
  await app.studio.getByTestId('settings').click()
  await app.studio.getByTestId('permissions').click()
  await app.studio.locator('[data-step="permissions"]').waitFor()
  await app.close()
  app = null
  rmSync(dataDir, { recursive: true, force: true })
})

it('rehearses by the real path, survives the cut, and leaves no trace in the real room', async () => {
  app = await launch({ settings: { language: 'en', theme: 'dark', title: 'Friday night', scene: testCardScene() } })
  const { studio, dataDir } = app
  const { http: base } = await addressesOf(studio)
  const real = await new ApiClient(base).guest(PROGRAM_ROOM, 'Bo')
  // A card and a pin for the real show: the rehearsal neither shows nor uses them up.
  await studio.evaluate(() => window.anchor.call('session.setStatus', { kind: 'starting-soon', text: '', notice: 'Soon' }))
  await studio.evaluate(() => window.anchor.call('overlay.pin', { pinned: { userId: '', msgSeq: 0, name: 'Bo', text: 'hello' } }))
  await until(async () => ((await real.snapshot(PROGRAM_ROOM)).notice.text === 'Soon' ? true : null), DEADLINE_MS, 'the notice')
  // As the sheet does, only shorter.
  await studio.evaluate(() => window.anchor.call('rehearsal.start', { seconds: 12 }))
  await studio.getByTestId('rehearsal-band').waitFor()
  await sessionBecomes(studio, /^(live|degraded)$/)
  // It comes by itself and lasts three seconds.
  const cut = sessionBecomes(studio, /^reconnecting$/)
  expect((await addressesOf(studio)).http, 'a room of its own').not.toBe(base)
  await studio.getByTestId('chat-log').getByText('The picture is sharp').waitFor()
  if (process.env['SHOTS'] !== undefined) await studio.screenshot({ path: join(process.env['SHOTS'], 'rehearsal.png') })
  expect(await violations(studio), 'while it runs').toEqual([])
  expect((await real.snapshot(PROGRAM_ROOM)).room).toMatchObject({ status: 'upcoming', show: 0 })
  await cut
  await studio.getByTestId('rehearsal-result').waitFor()
  const level = (line: string): Promise<string | null> => studio.locator(`[data-line="${line}"]`).getAttribute('data-level')
  expect(await level('end')).toBe('good')
  expect(await level('cut')).toBe('good')
  expect(await level('chat')).toBe('good')
  expect(await studio.getByTestId('rehearsal-figures').innerText()).toMatch(/^[1-9]\d* viewers · [1-9]\d* messages · \d+ likes · [1-9]\d* gifts/)
  if (process.env['SHOTS'] !== undefined) await studio.screenshot({ path: join(process.env['SHOTS'], 'rehearsal-result.png') })
  expect(await violations(studio), 'the result').toEqual([])
  await studio.getByTestId('rehearsal-close').click()
  await sessionBecomes(studio, /^idle$/)
  expect((await addressesOf(studio)).http).toBe(base)
  expect(await real.snapshot(PROGRAM_ROOM)).toMatchObject({ room: { status: 'upcoming', show: 0 }, likes: 0, giftSeq: 0, history: [] })
  expect((await stateOf(studio)).settings.showStatus?.status.kind).toBe('starting-soon')
  await studio.getByTestId('pinned').waitFor()
  await studio.evaluate(() => window.anchor.call('session.endStatus'))
  await until(async () => ((await real.snapshot(PROGRAM_ROOM)).notice.text === '' ? true : null), DEADLINE_MS, 'the notice to be as it was')
  expect(existsSync(join(dataDir, 'rehearsal'))).toBe(false)
  expect(readFileSync(join(dataDir, 'state.json'), 'utf8')).not.toContain('"live"')
  expect(app.stdout()).not.toContain('"event":"live"')
})
