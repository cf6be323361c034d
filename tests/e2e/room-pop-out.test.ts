import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { until } from '../support/until'
import { launch, testCardScene, windowOf, type RunningApp } from './support/app'

const DEADLINE_MS = 15_000
let app: RunningApp
beforeEach(async () => {
  app = await launch({ settings: { language: 'en', scene: testCardScene() } })
})
afterEach(() => app.close())

const popOut = (): Promise<Page> =>
  until(
    async () => {
      for (const page of app.electron.windows()) if (/^AnchorDesk (chat|聊天)$/.test(await page.title().catch(() => ''))) return page
      return null
    },
    DEADLINE_MS,
    'the chat window',
  )
const count = (): Promise<number> => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)

it('the chat in a window of its own shows the same, stays on top, and closes both ways', async () => {
  const { studio, electron } = app
  const before = await count()
  await studio.getByTestId('pop-out').click()
  const chat = await popOut()
  expect(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().filter((one) => one.isAlwaysOnTop()).length)).toBe(1)
  await chat.getByTestId('chat-input').fill('from the small window')
  // The line to the room may still be opening; the draft stays until then.
  const send = chat.getByRole('button', { name: 'Send', exact: true })
  await until(async () => ((await send.isEnabled()) ? true : null), DEADLINE_MS, 'the line to the room')
  await chat.keyboard.press('Enter')
  await studio.getByTestId('chat-log').getByText('from the small window').waitFor()
  await studio.getByTestId('chat-input').fill('from the large one')
  await studio.keyboard.press('Enter')
  await chat.getByTestId('chat-log').getByText('from the large one').waitFor()
  // It wears the studio's looks, and follows them.
  await studio.evaluate(() => window.anchor.call('preferences.set', { theme: 'light', language: 'zh-CN' }))
  await until(
    async () => ((await chat.evaluate(() => `${document.documentElement.dataset['theme']} ${document.documentElement.lang}`)) === 'light zh-CN' ? true : null),
    DEADLINE_MS,
    'the looks',
  )
  expect(await chat.evaluate(() => getComputedStyle(document.querySelector('.pop-out') as Element).backgroundColor)).toBe('rgb(255, 255, 255)')
  expect(await chat.evaluate(() => 'anchor' in window)).toBe(false)
  await chat.close()
  await until(async () => ((await studio.getByTestId('pop-out').getAttribute('aria-pressed')) === 'false' ? true : null), DEADLINE_MS, 'the end of it')
  await studio.keyboard.press('Control+Shift+O')
  await popOut()
  await studio.getByTestId('pop-out').click()
  await until(async () => ((await count()) === before ? true : null), DEADLINE_MS, 'one window less')
})

it('the small window does not outlive the page that fills it', async () => {
  const { studio, electron } = app
  const before = await count()
  await studio.getByTestId('pop-out').click()
  await popOut()
  await electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .find((one) => one.webContents.getURL().startsWith('app://studio/'))
      ?.webContents.forcefullyCrashRenderer(),
  )
  await until(async () => ((await count()) === before ? true : null), DEADLINE_MS, 'the small window’s end')
  await windowOf(electron, 'studio')
})
