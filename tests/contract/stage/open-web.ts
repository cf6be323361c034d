import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { stageReportSchema } from '../../../electron/shared/stage'
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../../support/chromium'
import type { Shown, StageDriver } from './cases'

const ORIGIN = 'https://stage.test'
const PAGES = resolve('out/renderer')
const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm', css: 'text/css' }

/** In the page. */
const BRIDGE = `
  globalThis.told = { reports: [], shown: [], say: null, preview: null }
  window.stageHost = {
    report: (report) => void told.reports.push(report),
    onCommand: (listener) => { told.say = listener; return () => {} },
    resolveCapture: () => Promise.resolve(null),
  }
  told.attach = () => {
    const { port1, port2 } = new MessageChannel()
    told.preview = port1
    port1.onmessage = ({ data }) => {
      if (data.type === 'frame') told.shown.push({ type: 'frame', width: data.width, height: data.height, bytes: data.data.length, distinct: new Set(data.data).size })
      if (data.type === 'levels') told.shown.push({ type: 'levels', sources: data.sources, programDb: data.program.peakDb })
    }
    window.postMessage({ type: 'anchordesk-port', use: 'preview' }, location.origin, [port2])
  }
`

/** The built web stage for real: Chromium's devices (its own fakes), compositor and encoders; only the bridge of the preload is stood for. */
export async function openWeb(): Promise<StageDriver> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM_PATH,
    args: [
      ...CHROMIUM_FLAGS,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      // Names of the tests have no address, and nobody outside is asked for one.
      '--host-resolver-rules=MAP *.invalid ~NOTFOUND',
    ],
  })
  const context = await browser.newContext({ permissions: ['camera', 'microphone'] })
  const page: Page = await context.newPage()
  await page.addInitScript(BRIDGE)
  await page.route('**/*', async (route) => {
    const { origin, pathname } = new URL(route.request().url())
    const file = join(PAGES, pathname)
    if (origin !== ORIGIN || !file.startsWith(PAGES) || !existsSync(file)) return route.fulfill({ status: 404 })
    return route.fulfill({ contentType: TYPES[pathname.split('.').at(-1) ?? ''] ?? 'application/octet-stream', body: readFileSync(file) })
  })
  await page.goto(`${ORIGIN}/stage/index.html`)
  await page.waitForFunction('told.reports.some(({ type }) => type === "ready")')
  await page.evaluate('told.attach()')
  return {
    say: (command) => page.evaluate(`told.say(${JSON.stringify(command)})`),
    ask: (request) => page.evaluate(`told.preview.postMessage(${JSON.stringify(request)})`),
    reports: async () => ((await page.evaluate('told.reports')) as unknown[]).map((report) => stageReportSchema.parse(report)),
    shown: async () => (await page.evaluate('told.shown')) as Shown[],
    close: () => browser.close(),
  }
}
