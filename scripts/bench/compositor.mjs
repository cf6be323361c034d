#!/usr/bin/env node
// Milliseconds per 1080p program frame: the planar engine, WebGL2 and the browser's 2D canvas beside each other.
//   node scripts/bench/compositor.mjs [--frames 120] [--electron <path> | --chromium <path>]
// Runs in the Electron of .cache/electron if there is one, else in /usr/bin/chromium. Needs a display (or xvfb-run) for Electron.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { _electron, chromium } from 'playwright-core'
import { build } from 'vite'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const { values } = parseArgs({
  options: { frames: { type: 'string', default: '120' }, electron: { type: 'string' }, chromium: { type: 'string' } },
})

function cachedElectron() {
  const folder = join(root, '.cache/electron')
  const found = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, 'electron')) : []
  return found.find((path) => existsSync(path))
}

async function pageCode() {
  const { output } = await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: {
      write: false,
      target: 'chrome114',
      modulePreload: false,
      rollupOptions: { input: join(root, 'tests/unit/renderer/stage/compositor/page/bench.ts') },
    },
  })
  return output.find((item) => item.type === 'chunk').code
}

const folder = mkdtempSync(join(tmpdir(), 'compositor-bench-'))
writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'compositor-bench', main: 'main.js' }))
writeFileSync(
  join(folder, 'main.js'),
  `const { app, BrowserWindow } = require('electron')
app.whenReady().then(() => new BrowserWindow({ show: false, webPreferences: { backgroundThrottling: false } }).loadFile('page.html'))`,
)
writeFileSync(
  join(folder, 'page.html'),
  `<!doctype html><meta charset="utf-8"><script type="module">${(await pageCode()).replaceAll('</script', '<\\/script')}</script>`,
)

const electron = values.chromium ? undefined : (values.electron ?? cachedElectron())
let close
let page
try {
  if (electron) {
    const app = await _electron.launch({ executablePath: electron, args: [folder, '--no-sandbox'] })
    close = () => app.close()
    page = await app.firstWindow()
  } else {
    const browser = await chromium.launch({
      executablePath: values.chromium ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--enable-unsafe-swiftshader'],
    })
    close = () => browser.close()
    page = await browser.newPage()
    await page.goto(`file://${join(folder, 'page.html')}`)
  }
  await page.waitForFunction('globalThis.run !== undefined')
  const { rows, agent } = await page.evaluate(`run(${Number(values.frames)})`)
  console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}\n${agent}\n1080p program, ms per frame:`)
  for (const { name, frames, p50, p95 } of rows) {
    console.log(`  ${name.padEnd(66)} p50 ${p50.toFixed(2).padStart(7)}  p95 ${p95.toFixed(2).padStart(7)}  (${frames} frames)`)
  }
} finally {
  await close?.()
  rmSync(folder, { recursive: true, force: true })
}
