import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import { ApiClient } from '../contract/backend/support/api-client'
import { WireClient, WireError } from '../contract/im/support/wire-client'
import { until } from '../support/until'
import { launch, testCardScene, type RunningApp } from './support/app'

const DEADLINE_MS = 20_000
const MUTED = 10_017
const BANNED = 10_007
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let app: RunningApp
let viewer: ApiClient
let line: WireClient

beforeAll(async () => {
  app = await launch({ settings: { language: 'en', scene: testCardScene() } })
  const http = await until(
    async () =>
      (
        await app.studio.evaluate(
          async () => (await window.anchor.call('state.get')) as never as { value: { roomServer: { addresses: { http: string } | null } } },
        )
      ).value.roomServer.addresses?.http ?? null,
    DEADLINE_MS,
    'the room server',
  )
  viewer = await new ApiClient(http).guest(PROGRAM_ROOM, 'Bo')
  line = new WireClient(viewer.userId, viewer.session?.sdkAppId)
  await comeIn()
})
afterAll(async () => {
  line.close()
  await app.close()
})

async function comeIn(): Promise<void> {
  await line.connect(viewer.session?.wire ?? '')
  await line.login(viewer.session?.userSig ?? '')
  await line.join(PROGRAM_ROOM)
}

/** @returns null while IM, which hears of it after the backend has it, still keeps them out */
async function comesIn(): Promise<true | null> {
  try {
    await comeIn()
    return true
  } catch (error) {
    if (!(error instanceof WireError) || error.code !== BANNED) throw error
    line.close()
    return null
  }
}

/** @returns the code of the refusal; 0 = it was said */
async function says(text: string): Promise<number> {
  try {
    await line.send(PROGRAM_ROOM, text)
    return 0
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
}
const saysSoon = (code: number, text = 'hello?'): Promise<true> =>
  until(async () => ((await says(text)) === code ? true : null), DEADLINE_MS, `the answer ${code}`)
const hears = (what: string): Promise<true> =>
  until(() => (line.items.some((item) => JSON.stringify(item.MsgBody ?? '').includes(what)) ? true : null), DEADLINE_MS, what)

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

async function axe(): Promise<string[]> {
  await app.studio.evaluate(AXE)
  const results = (await app.studio.evaluate(`axe.run(document, { resultTypes: ['violations'] })`)) as AxeResults
  return results.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)
}

it('a mute from the dock reaches the viewer, and its undo too', async () => {
  const { studio } = app
  await until(async () => ((await says('a rude word')) === 0 ? true : null), DEADLINE_MS, 'the first word')
  await (await meant('a rude word')).locator('[data-act="mute-10"]').click()
  await studio.locator('[data-toast="done"][data-act="mute-10"]').waitFor()
  await saysSoon(MUTED)
  expect((await viewer.snapshot(PROGRAM_ROOM)).me.mute).toMatchObject({ scope: 'timed' })
  expect(await axe()).toEqual([])
  await studio.getByTestId('undo-act').click()
  await away()
  await saysSoon(0)
})

it('a deleted message is gone on every screen', async () => {
  await saysSoon(0, 'to be deleted')
  await (await meant('to be deleted')).locator('[data-act="delete"]').click()
  await away()
  await hears('retract')
  await until(async () => ((await app.studio.locator('[data-row]', { hasText: 'to be deleted' }).count()) === 0 ? true : null), DEADLINE_MS, 'the row to go')
})

it('by keys alone: the newest speaker is removed, and let in again from the list', async () => {
  const { studio } = app
  await saysSoon(0, 'the last straw')
  await studio.locator('[data-row]', { hasText: 'the last straw' }).last().waitFor()
  await studio.getByTestId('chat-log').focus()
  await studio.keyboard.press('k')
  await studio.keyboard.press('Shift+K')
  await studio.getByTestId('armed').waitFor()
  await studio.keyboard.press('Enter')
  await studio.locator('[data-toast="done"][data-act="remove"]').waitFor()
  await until(async () => ((await viewer.ask('GET', `/api/rooms/${PROGRAM_ROOM}/snapshot`)).status === 403 ? true : null), DEADLINE_MS, 'the door to close')
  await studio.getByTestId('moderation').click()
  expect(await axe()).toEqual([])
  await studio.locator(`[data-user="${viewer.userId}"] button`).last().click()
  await until(async () => ((await viewer.ask('GET', `/api/rooms/${PROGRAM_ROOM}/snapshot`)).status === 200 ? true : null), DEADLINE_MS, 'the door to open')
  line.close()
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
  expect(await axe()).toEqual([])
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
  expect(await axe()).toEqual([])
  await studio.keyboard.press('Escape')
  await saysSoon(10_104, 'oh heck')
})

it('panic calms the room by key, and each of its effects is taken back in the strip', async () => {
  const { studio } = app
  await studio.keyboard.down('Control')
  await studio.keyboard.down('Shift')
  await studio.keyboard.down('P')
  await studio.locator('[data-measure="mute-all"]').waitFor()
  for (const key of ['P', 'Shift', 'Control']) await studio.keyboard.up(key)
  await studio.locator('[data-measure="slow-mode"]').waitFor()
  await hears('mute-all')
  await saysSoon(MUTED)
  expect(await axe()).toEqual([])
  for (const measure of ['mute-all', 'slow-mode']) {
    await studio.locator(`[data-measure="${measure}"] button`).click()
    await studio.locator(`[data-measure="${measure}"]`).waitFor({ state: 'detached' })
  }
  await saysSoon(0, 'may speak again')
})
