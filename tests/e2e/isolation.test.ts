import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, testCardScene, type RunningApp } from './support/app'

let app: RunningApp
beforeAll(async () => {
  app = await launch({ settings: { scene: testCardScene() } })
  await app.studio.getByTestId('go-live').waitFor()
})
afterAll(() => app.close())

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
