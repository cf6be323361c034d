import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Result } from '../../electron/shared/errors'
import type { RoomSession } from '../../electron/shared/room-api'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import { ApiClient } from '../contract/backend/support/api-client'
import type { WireClient } from '../contract/im/support/wire-client'
import { forMs, until } from '../support/until'
import { launch, testCardScene, type RunningApp } from './support/app'
import { violations } from './support/axe'
import { addressesOf, enter } from './support/room'

const DEADLINE_MS = 30_000
/** Where pictures are put, for people to look at; not set = nowhere. */
const SHOTS = process.env['ROOM_SHOTS'] ?? ''
const LINK = 'https://example.com/some/where?with=a&long=address'

let app: RunningApp
let http: string
let line: WireClient

beforeAll(async () => {
  if (SHOTS !== '') mkdirSync(SHOTS, { recursive: true })
  app = await launch({ settings: { language: 'en', theme: 'dark', scene: testCardScene() } })
  ;({ http } = await addressesOf(app.studio))
  ;({ line } = await enter(http, 'Bo'))
  app.studio.setDefaultTimeout(DEADLINE_MS)
  // In the room: the chat has answered.
  await app.studio.locator('[data-testid="chat-heart"].good').waitFor()
})
afterAll(async () => {
  line.close()
  await app.close()
})

const log = () => app.studio.getByTestId('chat-log')
const rows = () => log().locator('[data-row]')
const still = async (on: boolean): Promise<void> => app.studio.locator(`[data-testid="chat-log"]${on ? '[data-still]' : ':not([data-still])'}`).waitFor()
const lastRow = (text: string): Promise<void> => rows().last().filter({ hasText: text }).waitFor()
const focusedRow = (): Promise<string | null> => app.studio.evaluate(() => document.activeElement?.getAttribute('data-row') ?? null)

async function shot(name: string): Promise<void> {
  if (SHOTS !== '') await app.studio.screenshot({ path: join(SHOTS, `chat-${name}.png`) })
}

async function say(...texts: readonly string[]): Promise<void> {
  for (const text of texts) await line.send(PROGRAM_ROOM, text)
}

/** The room delivers 40 messages in any second, and drops the rest: the next lot waits for that second to pass. */
const calm = (): Promise<void> => forMs(1_100)

it('begins empty, and says that the line is there', async () => {
  await log().getByText('No one has said anything yet').waitFor()
  await app.studio.getByTestId('chat-losses').getByText('losses unknown').waitFor()
  expect(await violations(app.studio)).toEqual([])
  await shot('empty')
})

it('follows, stands still under the pointer, and comes back with everything', async () => {
  const { studio } = app
  const lot = (from: number): string[] => Array.from({ length: 30 }, (_, at) => `message ${from + at} ${'and a few more words '.repeat(at % 4)}`)
  await say(...lot(0))
  await lastRow('message 29')
  await calm()
  await say(...lot(30))
  await lastRow('message 59')
  await calm()
  expect(await rows().count()).toBeLessThanOrEqual(45)
  await rows()
    .last()
    .hover({ position: { x: 12, y: 10 } })
  await still(true)
  const before = await rows().last().boundingBox()
  await say('one more', 'will you sing?', 'and the last')
  await studio.getByTestId('chat-chip').getByText('↓ 3 new (1 question)').waitFor()
  expect(await rows().last().boundingBox(), 'nothing moves under the pointer').toEqual(before)
  const [dock, chip] = [await studio.locator('[data-act="mute-1"]').boundingBox(), await studio.getByTestId('chat-chip').boundingBox()]
  expect((dock?.y ?? Infinity) + (dock?.height ?? 0), 'what can be pressed is not covered').toBeLessThanOrEqual(chip?.y ?? 0)
  expect(await violations(app.studio)).toEqual([])
  await shot('still')
  await studio.getByTestId('chat-chip').click()
  await lastRow('and the last')
  await studio.mouse.move(400, 300)
  await still(false)
  await log().hover({ position: { x: 12, y: 10 } })
  await studio.mouse.wheel(0, -600)
  await studio.mouse.move(400, 300)
  await still(true)
  await say('down there')
  await studio.getByTestId('chat-chip').getByText('↓ 1 new').waitFor()
  await log().press('End')
  await still(false)
  await lastRow('down there')
})

it('is read by the keyboard', async () => {
  await log().focus()
  await log().press('k')
  await still(true)
  const newest = Number(await focusedRow())
  await app.studio.keyboard.press('ArrowUp')
  await app.studio.keyboard.press('K')
  await until(async () => (Number(await focusedRow()) === newest - 2 ? true : null), DEADLINE_MS, 'two rows up')
  // Whatever the pointer rests on, keys are about the row in focus.
  await rows()
    .last()
    .hover({ position: { x: 12, y: 10 } })
  await app.studio.keyboard.press('k')
  await app.studio.keyboard.press('j')
  await until(async () => (Number(await focusedRow()) === newest - 2 ? true : null), DEADLINE_MS, 'up and down again')
  await rows()
    .last()
    .hover({ position: { x: 14, y: 10 } })
  const [, meant = ''] = /Bo:\s*(\S.{10})/.exec(await app.studio.locator('[data-row]:focus').innerText()) ?? []
  await app.studio.keyboard.press('p')
  expect(await app.studio.getByTestId('pinned').locator('bdi').getAttribute('title')).toContain(meant)
  await app.studio.getByTestId('unpin').click()
  await log().press('k')
  const from = Number(await focusedRow())
  for (let press = 0; press < 50; press += 1) await app.studio.keyboard.press('k')
  await until(async () => (Number(await focusedRow()) === from - 50 ? true : null), DEADLINE_MS, 'rows that were not drawn')
  expect(await violations(app.studio)).toEqual([])
  await app.studio.keyboard.press('Escape')
  await still(false)
})

it('filters and searches', async () => {
  const { studio } = app
  await studio.getByTestId('chat-filter').selectOption('questions')
  await until(async () => ((await rows().count()) === 1 ? true : null), DEADLINE_MS, 'one question')
  await studio.getByTestId('chat-filter').selectOption('guests')
  await log().getByText('No co-anchor or fan').waitFor()
  await log().getByRole('button', { name: 'Show all' }).click()
  await log().press('Control+f')
  await studio.keyboard.type('MESSAGE 17')
  await until(async () => ((await rows().count()) === 1 ? true : null), DEADLINE_MS, 'what was searched')
  await studio.keyboard.press('Escape')
  await lastRow('down there')
})

it('leads outside only after a yes to the whole address', async () => {
  const { studio, electron } = app
  await electron.evaluate(({ shell }) => {
    const opened: string[] = []
    Object.assign(globalThis, { opened })
    shell.openExternal = (url) => Promise.resolve(void opened.push(url))
  })
  const opened = (): Promise<string[]> => electron.evaluate(() => (globalThis as unknown as { opened: string[] }).opened)
  await say(`look: ${LINK}, or http://example.com`)
  await lastRow('look:')
  expect(await rows().last().getByRole('link').count()).toBe(1)
  await rows().last().getByRole('link').click()
  expect(await studio.getByTestId('link-address').innerText()).toBe(LINK)
  expect(await violations(app.studio)).toEqual([])
  await shot('link')
  await studio.keyboard.press('Escape')
  await studio.locator('dialog[open]').waitFor({ state: 'detached' })
  expect(await opened()).toEqual([])
  await rows().last().getByRole('link').click()
  await studio.getByTestId('link-open').click()
  expect(await until(async () => ((await opened()).length > 0 ? opened() : null), DEADLINE_MS, 'the browser')).toEqual([LINK])
  const refused = await studio.evaluate(async () => (await window.anchor.call('open.link', { url: 'http://example.com/' })).ok)
  expect(refused).toBe(false)
  await studio.mouse.move(400, 300)
})

it('shows what was masked, and what was taken back', async () => {
  const { studio } = app
  const { value } = (await studio.evaluate(() => window.anchor.call('room.session'))) as Extract<Result<RoomSession>, { ok: true }>
  const anchor = new ApiClient(http, value)
  await anchor.ok('PUT', '/api/words', { words: [{ word: 'darn', action: 'mask' }] })
  await say('darn it')
  await rows().last().getByText('masked').waitFor()
  const masked = await until(
    async () => {
      const last = (await anchor.snapshot(PROGRAM_ROOM)).history.at(-1)
      return last?.text.endsWith(' it') === true ? last.msgSeq : null
    },
    DEADLINE_MS,
    'the history',
  )
  await anchor.ok('DELETE', `/api/rooms/${PROGRAM_ROOM}/messages/${masked}`)
  await rows().last().getByText('message taken back').waitFor()
})

it('sends with Enter, breaks the line with Shift, and keeps what is too long', async () => {
  const { studio } = app
  const input = studio.getByTestId('chat-input')
  await input.fill('hello')
  await input.press('Shift+Enter')
  await input.pressSequentially('audience')
  await input.press('Enter')
  await lastRow('audience')
  expect(await input.inputValue()).toBe('')
  await input.fill('长'.repeat(2_400))
  await studio.getByText('Too long: 7,200 of 7,000 bytes.').waitFor()
  await input.press('Enter')
  expect(await input.inputValue()).toHaveLength(2_400)
  await input.fill('')
})

it('has nothing that axe objects to in the light, in Chinese', async () => {
  const { studio } = app
  await studio.evaluate(() => window.anchor.call('preferences.set', { theme: 'light', language: 'zh-CN' }))
  await studio.locator('html[data-theme="light"][lang="zh-CN"]').waitFor()
  await rows()
    .last()
    .hover({ position: { x: 12, y: 10 } })
  await still(true)
  expect(await violations(app.studio)).toEqual([])
  await shot('light-zh')
})
