import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import { WireError } from '../contract/im/support/wire-client'
import { until } from '../support/until'
import { launch, testCardScene, type RunningApp } from './support/app'
import { violations } from './support/axe'
import { addressesOf, comeIn, enter, hears, saysSoon, type Viewer } from './support/room'

const DEADLINE_MS = 20_000
const MUTED = 10_017
const BANNED = 10_007
let app: RunningApp
let viewer: Viewer

beforeAll(async () => {
  app = await launch({ settings: { language: 'en', scene: testCardScene() } })
  const { http } = await addressesOf(app.studio)
  viewer = await enter(http, 'Bo')
})
afterAll(async () => {
  viewer.line.close()
  await app.close()
})

/** @returns null while IM, which hears of it after the backend has it, still keeps them out */
async function comesIn(): Promise<true | null> {
  try {
    await comeIn(viewer)
    return true
  } catch (error) {
    if (!(error instanceof WireError) || error.code !== BANNED) throw error
    viewer.line.close()
    return null
  }
}

const answers = (code: number): Promise<true> => saysSoon(viewer, code, 'hello?')

/** Away from the list, which stands still under the pointer. */
const away = (): Promise<void> => app.studio.mouse.move(0, 0)

/** The dock of a message's row, with the pointer on that. */
async function meant(text: string): Promise<Locator> {
  const row = app.studio.locator('[data-row]', { hasText: text }).last()
  await row.waitFor()
  // At its beginning: once it is meant, its dock stands over its end.
  await row.hover({ position: { x: 8, y: 8 } })
  return app.studio.locator(`.dock [data-act]`).first().locator('xpath=..')
}

it('a mute from the dock reaches the viewer, and its undo too', async () => {
  const { studio } = app
  await saysSoon(viewer, 0, 'a rude word')
  await (await meant('a rude word')).locator('[data-act="mute-10"]').click()
  // Under the pointer it stays.
  await studio.locator('[data-toast="done"][data-act="mute-10"]').hover()
  await answers(MUTED)
  expect((await viewer.api.snapshot(PROGRAM_ROOM)).me.mute).toMatchObject({ scope: 'timed' })
  expect(await violations(studio)).toEqual([])
  await studio.getByTestId('undo-act').click()
  await away()
  await answers(0)
})

it('a deleted message is gone on every screen', async () => {
  await saysSoon(viewer, 0, 'to be deleted')
  await (await meant('to be deleted')).locator('[data-act="delete"]').click()
  await away()
  await hears(viewer, 'retract')
  await until(async () => ((await app.studio.locator('[data-row]', { hasText: 'to be deleted' }).count()) === 0 ? true : null), DEADLINE_MS, 'the row to go')
})

it('by keys alone: the newest speaker is removed, and let in again from the list', async () => {
  const { studio } = app
  await saysSoon(viewer, 0, 'the last straw')
  await studio.locator('[data-row]', { hasText: 'the last straw' }).last().waitFor()
  await studio.getByTestId('chat-log').focus()
  await studio.keyboard.press('k')
  await studio.keyboard.press('Shift+K')
  await studio.getByTestId('armed').waitFor()
  await studio.keyboard.press('Enter')
  await studio.locator('[data-toast="done"][data-act="remove"]').waitFor()
  await until(async () => ((await viewer.api.ask('GET', `/api/rooms/${PROGRAM_ROOM}/snapshot`)).status === 403 ? true : null), DEADLINE_MS, 'the door to close')
  await studio.getByTestId('moderation').click()
  expect(await violations(studio)).toEqual([])
  await studio.locator(`[data-user="${viewer.userId}"] button`).last().click()
  await until(async () => ((await viewer.api.ask('GET', `/api/rooms/${PROGRAM_ROOM}/snapshot`)).status === 200 ? true : null), DEADLINE_MS, 'the door to open')
  viewer.line.close()
  await until(comesIn, DEADLINE_MS, 'IM to let them in too')
  await studio.getByTestId('open-audit').click()
  await studio.locator('[data-action="unblock"]').waitFor()
  expect(await studio.locator('[data-action]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-action')))).toEqual([
    'unblock',
    'remove',
    'delete-message',
    'undo',
    'mute',
  ])
  expect(await violations(studio)).toEqual([])
  await studio.keyboard.press('Escape')
})

it('a word that is added is refused, and the test box says so before', async () => {
  const { studio } = app
  await studio.getByTestId('moderation').click()
  await studio.getByTestId('open-words').click()
  await studio.getByTestId('word').fill('heck')
  await studio.getByTestId('add-word').click()
  await studio.getByTestId('save-words').click()
  await until(async () => ((await studio.getByTestId('words-state').textContent()) === 'Saved.' ? true : null), DEADLINE_MS, 'the list to be saved')
  await studio.getByTestId('try-text').fill('oh H-E-C-K')
  await studio.getByTestId('try').click()
  expect(await studio.getByTestId('verdict').getAttribute('data-verdict')).toBe('refuse')
  expect(await violations(studio)).toEqual([])
  await studio.keyboard.press('Escape')
  await saysSoon(viewer, 10_104, 'oh heck')
})

it('panic calms the room by key, and each of its effects is taken back in the strip', async () => {
  const { studio } = app
  await studio.keyboard.down('Control')
  await studio.keyboard.down('Shift')
  await studio.keyboard.down('P')
  await studio.locator('[data-measure="mute-all"]').waitFor()
  for (const key of ['P', 'Shift', 'Control']) await studio.keyboard.up(key)
  await studio.locator('[data-measure="slow-mode"]').waitFor()
  await hears(viewer, 'mute-all')
  await answers(MUTED)
  expect(await violations(studio)).toEqual([])
  for (const measure of ['mute-all', 'slow-mode']) {
    await studio.locator(`[data-measure="${measure}"] button`).click()
    await studio.locator(`[data-measure="${measure}"]`).waitFor({ state: 'detached' })
  }
  await saysSoon(viewer, 0, 'may speak again')
})
