import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countFrom } from '../contract/im/support/random'
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../support/chromium'
import { markdown } from './table'

/** How the studio's chat keeps up: the built tab in Chromium, its processor slowed four times. */
const SECONDS = countFrom('ANCHORDESK_SECONDS', 60)
const HEAP_MESSAGES = countFrom('ANCHORDESK_MESSAGES', 100_000)
const RATES = [40, 200, 500, 1_000] as const
const SLOWER = 4
const WARM_UP = 3_000

/** What tests/unit/renderer/studio/room/chat/page/feed-page.ts answers. */
interface FeedFigures {
  readonly sent: number
  readonly fps: number
  readonly longTasks: number
  readonly longestMs: number
  readonly paintP95Ms: number
  readonly rows: number
}
interface FeedBench {
  run(perSecond: number, seconds: number): Promise<FeedFigures>
  pour(messages: number): Promise<void>
}

const folder = mkdtempSync(join(tmpdir(), 'anchordesk-feed-'))
let browser: Browser
let page: Page
let debug: CDPSession

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    plugins: [vue()],
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: folder,
      target: 'chrome114',
      lib: { entry: resolve('tests/unit/renderer/studio/room/chat/page/feed-page.ts'), formats: ['iife'], name: 'feed', fileName: () => 'feed.js' },
    },
  })
  browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: [...CHROMIUM_FLAGS] })
  page = await browser.newPage({ viewport: { width: 800, height: 800 } })
  await page.setContent('<!doctype html><html data-theme="dark"><body></body></html>')
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.css'))) await page.addStyleTag({ content: readFileSync(join(folder, name), 'utf8') })
  await page.addScriptTag({ content: readFileSync(join(folder, 'feed.js'), 'utf8') })
  debug = await page.context().newCDPSession(page)
  await pour(WARM_UP)
})
afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
})

const pour = (messages: number): Promise<void> => page.evaluate((count) => (window as unknown as { feedBench: FeedBench }).feedBench.pour(count), messages)

async function heapMiB(): Promise<number> {
  await debug.send('HeapProfiler.collectGarbage')
  const { usedSize } = await debug.send('Runtime.getHeapUsage')
  return usedSize / 1_024 ** 2
}

it(
  'keeps up with a room',
  async () => {
    const loadBefore = loadavg()[0] ?? 0
    const before = await heapMiB()
    await pour(HEAP_MESSAGES)
    const growth = (await heapMiB()) - before
    await debug.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
    const rows: string[][] = []
    for (const rate of RATES) {
      const figures = await page.evaluate(([perSecond, seconds]) => (window as unknown as { feedBench: FeedBench }).feedBench.run(perSecond, seconds), [
        rate,
        SECONDS,
      ] as const)
      expect(figures.sent).toBeGreaterThan(0)
      rows.push([
        String(rate),
        (figures.sent / SECONDS).toFixed(0),
        figures.fps.toFixed(1),
        String(figures.longTasks),
        `${figures.longestMs.toFixed(0)} ms`,
        `${figures.paintP95Ms.toFixed(0)} ms`,
        String(figures.rows),
      ])
    }
    const head = ['messages/s', 'reached', 'fps', 'tasks > 50 ms', 'longest task', 'arrival → paint p95', 'rows in the document']
    console.log(
      `\nChromium ${browser.version()}, processor slowed ${SLOWER} times, ${SECONDS} s each, load of the machine before ${loadBefore.toFixed(1)}\n\n${markdown(head, rows)}\n\n` +
        `Heap after ${HEAP_MESSAGES} messages: ${growth.toFixed(1)} MiB more\n`,
    )
  },
  (RATES.length * SECONDS + 240) * 1_000,
)
