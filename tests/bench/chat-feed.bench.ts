import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core'
import { build, type InlineConfig } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countFrom } from '../contract/im/support/random'
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../support/chromium'
import type { ListFigures } from './chat-list/meter'
import { kitPage } from './peers/tuikit/build'
import { markdown } from './table'

/** How the studio's chat keeps up, and how the list of the vendor's kit does: each as it is built, in the same Chromium, its processor slowed four times. */
const SECONDS = countFrom('ANCHORDESK_SECONDS', 60)
const HEAP_MESSAGES = countFrom('ANCHORDESK_MESSAGES', 100_000)
/** Messages a second, and how many come at once before. */
const CASES = [
  [40, 0],
  [200, 0],
  [500, 0],
  [1_000, 0],
  [40, 30],
] as const
const SLOWER = 4
const WARM_UP = 3_000

interface ChatList {
  run(perSecond: number, seconds: number, burst: number): Promise<ListFigures>
  pour(messages: number): Promise<void>
}
type Paged = { readonly chatList: ChatList }

const folder = mkdtempSync(join(tmpdir(), 'anchordesk-feed-'))
const rows: string[][] = []
let heap = ''
let browser: Browser

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: [...CHROMIUM_FLAGS] })
})
afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
  const head = [
    'list',
    'messages/s',
    'at once before',
    'fps',
    'tasks > 50 ms',
    'longest task',
    'arrival → paint p95',
    'newest drawn is late',
    'rows in the document',
  ]
  console.log(
    `\nChromium, processor slowed ${SLOWER} times, ${SECONDS} s each, load of the machine before ${LOAD_BEFORE.toFixed(1)}\n\n${markdown(head, rows)}\n\n${heap}\n`,
  )
})
const LOAD_BEFORE = loadavg()[0] ?? 0

/** Builds a page of a list as an application builds it. @returns its folder */
async function bundle(name: string, entry: string, config: InlineConfig = {}): Promise<string> {
  const outDir = join(folder, name)
  await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    ...config,
    plugins: [vue(), ...(config.plugins ?? [])],
    build: { outDir, target: 'chrome114', lib: { entry: resolve(entry), formats: ['iife'], name: 'list', fileName: () => 'list.js' } },
  })
  return outDir
}

async function open(outDir: string): Promise<{ readonly page: Page; readonly debug: CDPSession }> {
  const page = await browser.newPage({ viewport: { width: 800, height: 800 } })
  await page.setContent('<!doctype html><html data-theme="dark"><body></body></html>')
  for (const file of readdirSync(outDir).filter((one) => one.endsWith('.css'))) await page.addStyleTag({ content: readFileSync(join(outDir, file), 'utf8') })
  await page.addScriptTag({ content: readFileSync(join(outDir, 'list.js'), 'utf8') })
  return { page, debug: await page.context().newCDPSession(page) }
}

/** A page for each case: what is late in one would be late in the next. */
async function measure(name: string, outDir: string): Promise<void> {
  for (const [rate, burst] of CASES) {
    const { page, debug } = await open(outDir)
    await debug.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
    const figures = await page.evaluate(([perSecond, seconds, before]) => (window as unknown as Paged).chatList.run(perSecond, seconds, before), [
      rate,
      SECONDS,
      burst,
    ] as const)
    await page.close()
    expect(figures.sent).toBeGreaterThan(0)
    rows.push([
      name,
      `${rate} (${(figures.sent / SECONDS).toFixed(0)})`,
      String(burst),
      figures.fps.toFixed(1),
      String(figures.longTasks),
      `${figures.longestMs.toFixed(0)} ms`,
      `${figures.paintP95Ms.toFixed(0)} ms`,
      `${figures.lateSec.toFixed(1)} s`,
      String(figures.rows),
    ])
  }
}

async function heapMiB(debug: CDPSession): Promise<number> {
  await debug.send('HeapProfiler.collectGarbage')
  const { usedSize } = await debug.send('Runtime.getHeapUsage')
  return usedSize / 1_024 ** 2
}

const LONGEST_MS = (CASES.length * SECONDS * 2 + 240) * 1_000

it(
  'the studio’s chat keeps up with a room',
  async () => {
    const outDir = await bundle('studio', 'tests/unit/renderer/studio/room/chat/page/feed-page.ts')
    const { page, debug } = await open(outDir)
    const pour = (messages: number): Promise<void> => page.evaluate((count) => (window as unknown as Paged).chatList.pour(count), messages)
    await pour(WARM_UP)
    const before = await heapMiB(debug)
    await pour(HEAP_MESSAGES)
    heap = `Heap of the studio’s page after ${HEAP_MESSAGES} messages: ${((await heapMiB(debug)) - before).toFixed(1)} MiB more`
    await page.close()
    await measure('AnchorDesk', outDir)
  },
  LONGEST_MS,
)

it(
  'the list of the vendor’s kit',
  async () => measure('tuikit-atomicx-vue3 6.5.11', await bundle('kit', 'tests/bench/peers/tuikit/page.mjs', await kitPage())),
  LONGEST_MS,
)
