import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AxeResults } from 'axe-core'
import { until } from '../support/until'
import { launch, sessionState, testCardScene, type RunningApp } from './support/app'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let app: RunningApp
beforeEach(async () => {
  app = await launch({ settings: { scene: testCardScene(), language: 'en', theme: 'dark' } })
  await app.studio.getByTestId('go-live').waitFor()
})
afterEach(() => app.close())

/** Runs axe in the studio's page. It is put there through the debugger, past the page's own policy. */
async function axe(): Promise<string[]> {
  await app.studio.evaluate(AXE)
  const results = (await app.studio.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults
  return results.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)
}

describe('the studio', () => {
  it.each([
    ['dark', 'en'],
    ['light', 'zh-CN'],
  ] as const)('has nothing that axe objects to in %s, %s: desk and sheets', async (theme, language) => {
    const { studio } = app
    await studio.evaluate((preferences) => window.anchor.call('preferences.set', preferences), { theme, language })
    await studio.locator(`html[data-theme="${theme}"][lang="${language}"]`).waitFor()
    expect(await axe(), 'the desk').toEqual([])
    for (const [open, what] of [
      [() => studio.getByTestId('health').click(), 'health'],
      [() => studio.getByTestId('add-destination').click(), 'destination'],
      [() => studio.keyboard.press('?'), 'shortcuts'],
      [() => studio.getByTestId('go-live').click(), 'go live'],
    ] as const) {
      await open()
      await studio.locator('dialog[open]').waitFor()
      expect(await axe(), what).toEqual([])
      await studio.keyboard.press('Escape')
      await studio.locator('dialog[open]').waitFor({ state: 'detached' })
    }
  })

  it('goes live and ends by the keyboard alone', async () => {
    const { studio } = app
    await studio.keyboard.press('Control+Shift+L')
    await studio.locator('[data-check="encoder"][data-verdict="pass"]').waitFor()
    await until(async () => ((await studio.getByTestId('confirm-go-live').isEnabled()) ? true : null), 15_000, 'the checks')
    await studio.getByTestId('confirm-go-live').focus()
    await studio.keyboard.press('Enter')
    await until(async () => ((await sessionState(studio)) === 'live' ? true : null), 15_000, 'live')
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

describe('what a page can do', () => {
  it('is what its bridge offers, and nothing else', async () => {
    for (const [page, bridge, verbs] of [
      [app.studio, 'anchor', ['call', 'onPatch']],
      [app.stage, 'stageHost', ['onCommand', 'report', 'resolveCapture']],
    ] as const) {
      const found = await page.evaluate((name) => {
        const world = window as unknown as Record<string, unknown>
        return {
          node: typeof world['require'] + typeof world['process'] + typeof world['Buffer'] + typeof world['module'],
          keys: Object.keys(world[name] as object).sort(),
        }
      }, bridge)
      expect(found.node).toBe('undefined'.repeat(4))
      expect(found.keys).toEqual(verbs)
    }
  })

  it('keeps every window sandboxed and isolated', async () => {
    const preferences = await app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => {
        const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } = (
          window.webContents as unknown as { getLastWebPreferences(): Record<string, boolean> }
        ).getLastWebPreferences()
        return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag }
      }),
    )
    expect(preferences).toHaveLength(2)
    for (const one of preferences) expect(one).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false })
  })

  it('does not run inline scripts, go elsewhere, open windows or use devices', async () => {
    const { studio } = app
    const found = await studio.evaluate(async () => {
      const script = document.createElement('script')
      script.textContent = 'window.injected = true'
      document.body.append(script)
      const opened = window.open('https://example.com')
      const denied = await navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'given',
        (error: unknown) => (error instanceof Error ? error.name : ''),
      )
      const fetched = await fetch('https://example.com').then(
        () => 'fetched',
        () => 'blocked',
      )
      window.location.href = 'https://example.com'
      return { injected: 'injected' in window, opened: opened === null, denied, fetched }
    })
    expect(found).toEqual({ injected: false, opened: true, denied: 'NotAllowedError', fetched: 'blocked' })
    expect(studio.url()).toBe('app://studio/studio/index.html')
  })

  it('cannot be put into a frame, where it might reach the bridge', async () => {
    const answer = await app.studio.evaluate(async () => {
      const frame = document.createElement('iframe')
      frame.src = 'app://studio/studio/index.html'
      const loaded = new Promise((resolve) => frame.addEventListener('load', resolve))
      document.body.append(frame)
      await loaded
      try {
        return (frame.contentWindow as unknown as { anchor?: unknown }).anchor === undefined ? 'no bridge' : 'bridge'
      } catch (error) {
        return error instanceof DOMException ? 'blocked' : 'unknown'
      }
    })
    expect(answer).toBe('blocked')
  })
})
