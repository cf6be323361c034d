import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../support/chromium'
import { until } from '../support/until'
import { launch, sessionBecomes, type RunningApp } from './support/app'

const DEADLINE_MS = 20_000
let app: RunningApp
let browser: Browser

beforeAll(async () => {
  app = await launch({ args: ['--go-live', '--source', 'test-card'], settings: { language: 'en' } })
  app.studio.setDefaultTimeout(DEADLINE_MS)
  browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: [...CHROMIUM_FLAGS, '--autoplay-policy=no-user-gesture-required'] })
})
afterAll(async () => {
  await browser.close()
  await app.close()
})

/** A visitor with a browser of their own. */
async function visit(watch: string, locale: string): Promise<Page> {
  const context = await browser.newContext({ locale, viewport: { width: 1_280, height: 800 } })
  const page = await context.newPage()
  page.setDefaultTimeout(DEADLINE_MS)
  await page.goto(watch)
  await page.locator('[data-state="live"]').waitFor()
  await page.locator('[data-chat="ready"]').waitFor()
  return page
}
const log = (page: Page): ReturnType<Page['locator']> => page.getByRole('log')

it('two browsers at the printed address: picture, chat, likes, gifts, notice, status; one is muted, one is removed', async () => {
  const { studio } = app
  const { watch } = await app.live()
  const [bo, cy] = [await visit(watch, 'en'), await visit(watch, 'zh-CN')]
  const shownAt = (): Promise<number> => bo.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime)
  const start = await shownAt()
  await until(async () => ((await shownAt()) > start + 0.5 ? true : null), DEADLINE_MS, 'the picture to move')

  await bo.getByLabel('Your name in this room').fill('Bo')
  await bo.getByRole('button', { name: 'Join the chat' }).click()
  await bo.getByRole('textbox', { name: 'Message' }).fill('hello from Bo')
  await bo.keyboard.press('Enter')
  await log(cy).getByText('hello from Bo').waitFor()
  await cy.getByLabel('你在直播间的昵称').fill('Cy')
  await cy.keyboard.press('Enter')
  await cy.getByLabel('消息', { exact: true }).fill('你好')
  await cy.keyboard.press('Enter')
  await log(bo).getByText('你好').waitFor()
  await studio.locator('[data-row]', { hasText: '你好' }).waitFor()

  await studio.getByTestId('chat-input').fill('welcome, both')
  await studio.keyboard.press('Enter')
  for (const page of [bo, cy]) await log(page).getByText('welcome, both').waitFor()
  for (let tap = 0; tap < 3; tap += 1) await bo.getByRole('button', { name: /^Like/ }).click()
  await cy.getByRole('button', { name: '点赞，已有 3 个赞' }).waitFor()
  await bo.getByRole('button', { name: 'Gifts' }).click()
  await bo.getByRole('button', { name: /^Send Rose/ }).click()
  // Each is shown for three seconds.
  await Promise.all([
    cy.locator('.lane .card', { hasText: 'Bo 送出 玫瑰' }).waitFor(),
    studio.locator('[data-testid="gift-lane"] [data-gift="rose"]').waitFor(),
  ])

  await studio.keyboard.press('Control+N')
  await studio.getByTestId('notice-text').fill('Draw at nine')
  await studio.getByTestId('post-notice').click()
  await cy.getByText('Draw at nine').waitFor()
  await studio.keyboard.press('Escape')
  await studio.locator('dialog[open]').waitFor({ state: 'detached' })
  await studio.keyboard.press('Control+Shift+B')
  await bo.locator('[data-status="paused"]').waitFor()
  await sessionBecomes(studio, /^paused$/)
  await studio.keyboard.press('Control+Shift+L')
  await bo.locator('[data-status="live"]').waitFor()

  const dockOf = async (text: string): Promise<void> =>
    studio
      .locator('[data-row]', { hasText: text })
      .last()
      .hover({ position: { x: 8, y: 8 } })
  await dockOf('hello from Bo')
  await studio.locator('.dock [data-act="mute-10"]').click()
  await bo.getByText('You are muted').first().waitFor()
  expect(await bo.getByRole('textbox', { name: 'Message' }).isDisabled()).toBe(true)
  expect(await cy.getByLabel('消息', { exact: true }).isDisabled()).toBe(false)
  await studio.mouse.move(0, 0)
  await studio.getByTestId('chat-log').focus()
  // Upwards from the newest words, which are the anchor's own.
  await until(
    async () => {
      await studio.keyboard.press('k')
      return (await studio.evaluate(() => document.activeElement?.textContent?.includes('你好') ?? false)) ? true : null
    },
    DEADLINE_MS,
    'the row of Cy',
  )
  await studio.keyboard.press('Shift+K')
  await studio.getByTestId('armed').waitFor()
  await studio.keyboard.press('Enter')
  await cy.getByRole('heading', { name: '你已被移出该直播间' }).waitFor()
  expect(await cy.locator('video').count()).toBe(0)
})
