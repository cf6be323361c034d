import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { afterEach, expect, it } from 'vitest'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import type { ShowSummary } from '../../electron/shared/show-summary'
import type { Snapshot } from '../../electron/shared/snapshot'
import { ApiClient, newOrderId } from '../contract/backend/support/api-client'
import { WireClient } from '../contract/im/support/wire-client'
import { until } from '../support/until'
import { launch, sessionState, testCardScene, type RunningApp } from './support/app'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const DEADLINE_MS = 20_000
const files = mkdtempSync(join(tmpdir(), 'anchordesk-exports-'))
let app: RunningApp | null = null
afterEach(async () => {
  await app?.close()
  app = null
  rmSync(files, { recursive: true, force: true })
})

const snapshot = async (studio: Page): Promise<Snapshot> =>
  ((await studio.evaluate(() => window.anchor.call('state.get'))) as { readonly value: Snapshot }).value
const session = (studio: Page, pattern: RegExp): Promise<true> =>
  until(async () => (pattern.test((await sessionState(studio)) ?? '') ? true : null), DEADLINE_MS, String(pattern))
const http = (studio: Page): Promise<string> => until(async () => (await snapshot(studio)).roomServer.addresses?.http ?? null, DEADLINE_MS, 'the room server')

async function axe(studio: Page): Promise<string[]> {
  await studio.evaluate(AXE)
  const results = (await studio.evaluate(`axe.run(document, { resultTypes: ['violations'] })`)) as AxeResults
  return results.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)
}

async function setPreferences(studio: Page, theme: 'dark' | 'light', language: 'en' | 'zh-CN'): Promise<void> {
  await studio.evaluate((preferences) => window.anchor.call('preferences.set', preferences), { theme, language })
  await studio.locator(`html[data-theme="${theme}"][lang="${language}"]`).waitFor()
}

it('after a show, its summary says what was, and the file says the same', async () => {
  app = await launch({ settings: { language: 'en', theme: 'dark', title: 'Friday night', scene: testCardScene() } })
  const { studio } = app
  const base = await http(studio)
  const viewer = await new ApiClient(base).guest(PROGRAM_ROOM, 'Bo')
  const line = new WireClient(viewer.userId, viewer.session?.sdkAppId)
  await line.connect(viewer.session?.wire ?? '')
  await line.login(viewer.session?.userSig ?? '')
  await studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
  await session(studio, /^(live|degraded)$/)
  await line.join(PROGRAM_ROOM)
  for (const text of ['hello', 'anchor']) await line.send(PROGRAM_ROOM, text)
  await viewer.ok('POST', `/api/rooms/${PROGRAM_ROOM}/gifts`, { orderId: newOrderId(), giftId: 'cake', count: 2 })
  await studio.evaluate(() => window.anchor.call('session.end'))
  await session(studio, /^ended$/)
  await until(async () => ((await studio.locator('[data-figure="messages"]').innerText()) === '2' ? true : null), DEADLINE_MS, 'the messages')
  await studio.getByTestId('open-summary').click()
  const shown = (name: string): Promise<string> => studio.locator(`[data-value="${name}"]`).innerText()
  expect([await shown('coins'), await shown('giftCount'), await shown('givers'), await shown('viewersPeak')]).toEqual(['40', '2', '1', '1'])
  expect(await axe(studio)).toEqual([])

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
  expect(await axe(studio)).toEqual([])
  line.close()
})
