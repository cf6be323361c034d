import type { App } from 'vue'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TinyTurn } from '../fakes/tiny-turn'
import { until } from '../support/until'
import type { Settings } from '../../electron/shared/settings'
import type { Sheet, useSheets } from '../../renderer/studio/stores/sheets'
import { launch, testCardScene, type RunningApp } from './support/app'
import { violations } from './support/axe'
import { goLive, addSource, reach } from './support/studio'

const DESTINATIONS: Settings['destinations'] = [
  { kind: 'local', id: 'local', name: '', enabled: true },
  {
    kind: 'css',
    id: 'css',
    name: 'Tencent',
    enabled: false,
    protocol: 'rtmp',
    pushDomain: 'push.example.com',
    appName: 'live',
    streamName: 'show',
    playDomain: 'play.example.com',
    validityHours: 24,
  },
]
let app: RunningApp
beforeEach(async () => {
  app = await launch({ settings: { scene: testCardScene(), destinations: DESTINATIONS, language: 'en', theme: 'dark' } })
  await app.studio.getByTestId('go-live').waitFor()
})
afterEach(() => app.close())

/**
 * @param ownColours false where the system's forced colours are shown: their contrast is not ours to judge, and axe does not see them
 */
async function axe(ownColours = true): Promise<string[]> {
  return violations(app.studio, { rules: { 'color-contrast': { enabled: ownColours } } })
}

/** Every sheet that opens while nothing is on air, and how. */
const SHEETS: readonly (readonly [name: string, open: () => Promise<void>])[] = [
  ['health', () => app.studio.getByTestId('health').click()],
  ['settings', () => app.studio.getByTestId('settings').click()],
  ['a new destination', () => inStream('[data-testid="add-destination"]')],
  ['a destination', () => inStream('[data-destination="css"] button')],
  ['a STUN or TURN server', () => inStream('[data-testid="add-ice-server"]')],
  ['a source', () => app.studio.locator('[data-source="test-card"] .name').dblclick()],
  ['what to capture', () => addSource(app.studio, 'screen')],
  ['shortcuts', () => app.studio.keyboard.press('?')],
  ['status', () => app.studio.getByTestId('open-notice').click()],
  ['notice', () => app.studio.keyboard.press('Control+N')],
  ['an invitation to the mic', () => app.studio.getByTestId('co-anchor-invite').click()],
  ['go live', () => app.studio.getByTestId('go-live').click()],
]

async function inStream(selector: string): Promise<void> {
  await app.studio.getByTestId('tab-stream').click()
  await app.studio.locator(selector).click()
}

async function eachSheet(look: (name: string) => Promise<void>): Promise<void> {
  for (const [name, open] of SHEETS) {
    await open()
    await app.studio.locator('dialog[open]').waitFor()
    await look(name)
    await app.studio.keyboard.press('Escape')
    await app.studio.locator('dialog[open]').waitFor({ state: 'detached' })
  }
}

/** Those that people and messages of a room open. They are judged by axe where they are used; whether they fit is seen here. */
const ROOM_SHEETS: readonly Sheet[] = [
  ...(['moderation', 'audit', 'words', 'draw', 'broadcast', 'overlay', 'rehearsal'] as const).map((name) => ({ name })),
  { name: 'person', target: { userId: 'somebody', nick: 'Annabel with a very long name', msgSeq: 1, rowId: 'm1', text: 'words' } },
  { name: 'link', url: `https://example.com/${'a-long-address/'.repeat(20)}` },
  ...(['status', 'notice', 'introduction', 'room'] as const).map((tab) => ({ name: 'notice' as const, tab })),
  ...[0, 1, 2, 3, 4].map((step) => ({ name: 'first-run' as const, step })),
]

async function eachRoomSheet(look: (name: string) => Promise<void>): Promise<void> {
  const show = (sheet: Sheet | null): Promise<void> =>
    app.studio.evaluate((wanted) => {
      const root = document.querySelector('#app') as Element & { readonly __vue_app__: App }
      const sheets = root.__vue_app__.config.globalProperties.$pinia._s.get('sheets') as unknown as ReturnType<typeof useSheets>
      if (wanted === null) sheets.close()
      else sheets.open(wanted)
    }, sheet)
  for (const sheet of ROOM_SHEETS) {
    await show(sheet)
    await app.studio.locator('dialog[open]').waitFor()
    await look(JSON.stringify(sheet).slice(0, 60))
    await show(null)
    await app.studio.locator('dialog[open]').waitFor({ state: 'detached' })
  }
}

async function setPreferences(theme: 'dark' | 'light', language: 'en' | 'zh-CN'): Promise<void> {
  await app.studio.evaluate((preferences) => window.anchor.call('preferences.set', preferences), { theme, language })
  await app.studio.locator(`html[data-theme="${theme}"][lang="${language}"]`).waitFor()
}

/** What sticks out of the window sideways, or is cut off without a sign of it. */
function clipped(): Promise<string[]> {
  return app.studio.evaluate(() => {
    const found: string[] = []
    for (const element of document.querySelectorAll<HTMLElement>('dialog[open] *, .desk *')) {
      if (element.closest('.visually-hidden, svg') !== null || !element.checkVisibility()) continue
      const box = element.getBoundingClientRect()
      const name = `${element.tagName} ${element.className} "${(element.textContent ?? '').trim().slice(0, 40)}"`
      if (box.width > 0 && (box.left < -1 || box.right > window.innerWidth + 1)) found.push(`outside: ${name}`)
      const style = getComputedStyle(element)
      const cut = element.scrollWidth > element.clientWidth + 1 && style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis'
      if (cut && element.clientWidth > 0) found.push(`cut: ${name}`)
    }
    const bar = document.querySelector('.desk > header')
    if (bar !== null && bar.scrollHeight > bar.clientHeight + 1) found.push('the bar is higher than its place')
    return found
  })
}

/** Within the window, whole. */
async function isWholeInView(testId: string): Promise<boolean> {
  return app.studio.getByTestId(testId).evaluate((element) => {
    const { left, top, right, bottom, width } = element.getBoundingClientRect()
    return width > 0 && left >= 0 && top >= 0 && right <= window.innerWidth && bottom <= window.innerHeight
  })
}

describe('the studio, desk and sheets', () => {
  it.each([
    ['dark', 'en'],
    ['light', 'zh-CN'],
  ] as const)('has nothing that axe objects to in %s, %s: desk and sheets', async (theme, language) => {
    await setPreferences(theme, language)
    expect(await axe(), 'the desk').toEqual([])
    await eachSheet(async (name) => expect(await axe(), name).toEqual([]))
  })

  it('has nothing that axe objects to with forced colours, on air and paused', async () => {
    const { studio } = app
    await studio.emulateMedia({ forcedColors: 'active' })
    expect(await axe(false), 'the desk').toEqual([])
    await eachSheet(async (name) => expect(await axe(false), name).toEqual([]))
    await goLive(studio)
    expect(await axe(false), 'on air').toEqual([])
    await studio.getByTestId('end').click()
    await studio.getByTestId('confirm-end').waitFor()
    expect(await axe(false), 'the end').toEqual([])
    await studio.keyboard.press('Escape')
    await studio.getByTestId('cover').click()
    await reach(studio, 'paused')
    expect(await axe(false), 'paused').toEqual([])
  })

  it.each(['en', 'zh-CN'] as const)('clips nothing at 200 % text in the smallest window, %s', async (language) => {
    const { studio } = app
    await app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .find((window) => window.webContents.getURL().startsWith('app://studio/'))
        ?.setContentSize(1_120, 680),
    )
    await until(async () => ((await studio.evaluate(() => window.innerWidth)) === 1_120 ? true : null), 20_000, 'the size')
    await setPreferences('dark', language)
    expect(await clipped(), 'at 100 %').toEqual([])
    await studio.evaluate(() => (document.documentElement.style.fontSize = '200%'))
    expect(await clipped(), 'the desk').toEqual([])
    await eachSheet(async (name) => expect(await clipped(), name).toEqual([]))
    await eachRoomSheet(async (name) => expect(await clipped(), name).toEqual([]))
    await goLive(studio)
    await studio.getByTestId('cover').click()
    await reach(studio, 'paused')
    expect(await clipped(), 'paused').toEqual([])
    for (const control of ['health', 'end', 'resume-show']) expect(await isWholeInView(control), control).toBe(true)
  })

  it('tests a STUN or TURN server in the stage, by the keyboard alone', async () => {
    const { studio } = app
    const server = await TinyTurn.start('ada', 'top secret')
    const result = studio.getByTestId('ice-test-result')
    try {
      await inStream('[data-testid="add-ice-server"]')
      const focusIsOn = (id: string): Promise<true> =>
        until(async () => (await studio.evaluate(() => document.activeElement?.getAttribute('data-testid'))) === id || null, 30_000, `the focus on ${id}`)
      // Keys that are pressed before the sheet is there are somebody else's.
      await focusIsOn('ice-url')
      await studio.keyboard.type(`stun:127.0.0.1:${server.port}`)
      // A machine that has no time for it is told so after 5 s, and is asked again.
      const tests = async (keys: readonly string[], text: string): Promise<void> => {
        for (const key of keys) await studio.keyboard.press(key)
        await focusIsOn('test-ice-server')
        await until(
          async () => {
            if ((await result.textContent())?.includes(text) === true) return true
            if ((await studio.getByTestId('test-ice-server').getAttribute('aria-disabled')) !== 'true') await studio.keyboard.press('Enter')
            return null
          },
          30_000,
          text,
        )
      }
      await tests(['Tab'], TinyTurn.mapped)
      await studio.getByTestId('ice-url').fill(`turn:127.0.0.1:${server.port}`)
      await studio.getByTestId('ice-username').fill('ada')
      await studio.getByTestId('ice-credential').fill('wrong')
      // Over the button that shows it.
      await tests(['Tab', 'Tab'], 'does not take this user name and credential')
      await studio.getByTestId('ice-credential').fill('top secret')
      await tests(['Tab', 'Tab'], TinyTurn.relayed)
      expect(await axe()).toEqual([])
    } finally {
      await server.close()
    }
  })
})
