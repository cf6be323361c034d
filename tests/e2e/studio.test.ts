import type { App } from 'vue'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../support/until'
import type { Settings } from '../../electron/shared/settings'
import type { Sheet, useSheets } from '../../renderer/studio/stores/sheets'
import { launch, sessionState, testCardScene, type RunningApp } from './support/app'
import { violations } from './support/axe'

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
  ['what to capture', () => addSource('screen')],
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

async function addSource(kind: string): Promise<void> {
  await app.studio.getByTestId('add-source').click()
  await app.studio.getByTestId(`add-${kind}`).click()
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

async function reach(state: string): Promise<void> {
  await until(async () => ((await sessionState(app.studio)) === state ? true : null), 20_000, state)
}

/** Goes live past whatever a busy test machine makes the checks say. */
async function goLive(): Promise<void> {
  await app.studio.getByTestId('go-live').click()
  await app.studio.locator('[data-check="encoder"]:not([data-verdict="running"])').waitFor()
  await until(async () => ((await app.studio.getByTestId('confirm-go-live').isEnabled()) ? true : null), 15_000, 'the checks')
  await app.studio.getByTestId('confirm-go-live').click()
  await until(async () => (/^(live|degraded)$/.test((await sessionState(app.studio)) ?? '') ? true : null), 20_000, 'live')
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

describe('the studio', () => {
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
    await goLive()
    expect(await axe(false), 'on air').toEqual([])
    await studio.getByTestId('end').click()
    await studio.getByTestId('confirm-end').waitFor()
    expect(await axe(false), 'the end').toEqual([])
    await studio.keyboard.press('Escape')
    await studio.getByTestId('cover').click()
    await reach('paused')
    expect(await axe(false), 'paused').toEqual([])
  })

  it.each(['en', 'zh-CN'] as const)('clips nothing at 200 % text in the smallest window, %s', async (language) => {
    const { studio } = app
    await app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .find((window) => window.webContents.getURL().startsWith('app://studio/'))
        ?.setContentSize(1_120, 680),
    )
    await until(async () => ((await studio.evaluate(() => window.innerWidth)) === 1_120 ? true : null), 5_000, 'the size')
    await setPreferences('dark', language)
    expect(await clipped(), 'at 100 %').toEqual([])
    await studio.evaluate(() => (document.documentElement.style.fontSize = '200%'))
    expect(await clipped(), 'the desk').toEqual([])
    await eachSheet(async (name) => expect(await clipped(), name).toEqual([]))
    await eachRoomSheet(async (name) => expect(await clipped(), name).toEqual([]))
    await goLive()
    await studio.getByTestId('cover').click()
    await reach('paused')
    expect(await clipped(), 'paused').toEqual([])
    for (const control of ['health', 'end', 'resume-show']) expect(await isWholeInView(control), control).toBe(true)
  })

  it('covers the picture and comes back, by the keyboard, and End works meanwhile', async () => {
    const { studio } = app
    await goLive()
    expect(await studio.getByTestId('frame').getAttribute('class')).toContain('live')
    await studio.keyboard.press('Control+Shift+B')
    await reach('paused')
    await studio.getByTestId('pause-card').waitFor()
    expect(await studio.getByTestId('cause').innerText()).toBe('Viewers see your pause card')
    expect(await studio.getByTestId('frame').getAttribute('class')).not.toContain('live')
    await studio.getByTestId('resume-show').click()
    await until(async () => ((await sessionState(studio)) !== 'paused' ? true : null), 5_000, 'the resumption')
    await studio.keyboard.press('Control+Shift+B')
    await reach('paused')
    await studio.getByTestId('end').click()
    await studio.getByTestId('confirm-end').click()
    await reach('ended')
  })

  it('tells what main refuses', async () => {
    const { studio } = app
    const source = testCardScene().sources[0]
    await studio.evaluate(async (one) => {
      for (let count = 0; count < 31; count++) await window.anchor.call('source.add', { source: { ...one, id: `card-${count}` } as never })
    }, source)
    await addSource('text')
    await studio.locator('[data-notice]').first().waitFor()
    expect(await studio.locator('[data-notice] code').first().innerText()).not.toBe('')
  })

  it('takes the focus to each region', async () => {
    const { studio } = app
    const region = (): Promise<string | null> =>
      studio.evaluate(() => document.activeElement?.closest('header, [data-region]')?.getAttribute('data-region') ?? document.activeElement?.tagName ?? null)
    await studio.keyboard.press('Alt+1')
    expect(await region()).toBe('feed')
    await studio.keyboard.press('Alt+2')
    expect(await region()).toBe('stage')
    await studio.keyboard.press('F6')
    expect(await region()).toBe('co-anchors')
    await studio.keyboard.press('F6')
    expect(await region()).toBe('feed')
    await studio.keyboard.press('Alt+5')
    expect(await region()).toBe('co-anchors')
  })

  it('goes live and ends by the keyboard alone', async () => {
    const { studio } = app
    await studio.keyboard.press('Control+Shift+L')
    await studio.locator('[data-check="encoder"]:not([data-verdict="running"])').waitFor()
    await until(async () => ((await studio.getByTestId('confirm-go-live').isEnabled()) ? true : null), 15_000, 'the checks')
    await studio.getByTestId('confirm-go-live').focus()
    await studio.keyboard.press('Enter')
    await until(async () => (/^(live|degraded)$/.test((await sessionState(studio)) ?? '') ? true : null), 20_000, 'live')
    await studio.keyboard.down('Control')
    await studio.keyboard.down('Shift')
    await studio.keyboard.down('E')
    await until(async () => ((await sessionState(studio)) === 'ended' ? true : null), 10_000, 'the end')
    await studio.keyboard.up('E')
    await studio.keyboard.up('Shift')
    await studio.keyboard.up('Control')
  })

  it('edits the scene, and undoes it', async () => {
    const { studio } = app
    const count = (): Promise<number> => studio.locator('[data-source]').count()
    await studio.getByTestId('add-source').click()
    await studio.getByTestId('add-text').click()
    await until(async () => ((await count()) === 2 ? true : null), 5_000, 'the text')
    await studio.keyboard.press('Escape')
    await studio.keyboard.press('Control+Z')
    await until(async () => ((await count()) === 1 ? true : null), 5_000, 'the undo')
    await studio.keyboard.press('Control+Y')
    await until(async () => ((await count()) === 2 ? true : null), 5_000, 'the redo')
  })
})
