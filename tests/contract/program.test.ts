import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { build, type Rolldown } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PauseRun } from '../unit/renderer/stage/program/page/harness'
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../support/chromium'

// The whole program with the encoders of a real Chromium.

const PAGE = 'https://program.test/'

async function bundle(): Promise<string> {
  const result = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'chrome114',
      rollupOptions: { input: resolve('tests/unit/renderer/stage/program/page/harness.ts'), output: { codeSplitting: false } },
      modulePreload: false,
    },
  })) as Rolldown.RolldownOutput
  const chunk = result.output.find((output) => output.type === 'chunk')
  if (chunk?.type !== 'chunk') throw new Error('the harness did not build')
  return chunk.code
}

describe.skipIf(!existsSync(CHROMIUM_PATH))('the program', () => {
  let browser: Browser
  let code: string

  beforeAll(async () => {
    code = await bundle()
    browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: [...CHROMIUM_FLAGS] })
  })
  afterAll(async () => browser.close())

  it('paused: the card and silence, the encoders going on, through a change of size; gone with the show', async () => {
    const page = await browser.newPage()
    await page.route('**/*', (route) =>
      route.request().url().endsWith('.js')
        ? route.fulfill({ contentType: 'text/javascript', body: code })
        : route.fulfill({ contentType: 'text/html', body: '<!doctype html><script type="module" src="/harness.js"></script>' }),
    )
    await page.goto(PAGE)
    await page.waitForFunction('globalThis.harness !== undefined')
    const run = (await page.evaluate('harness.pause()')) as PauseRun
    expect(run.log).toEqual([])
    expect(run.states).toEqual(['starting', 'on', 'off'])
    expect(run.pausedPeakDb).toBe(-100)
    expect(run.pausedVideo).toBeGreaterThan(5)
    expect(run.pausedAudio).toBeGreaterThan(20)
    expect(run.widths).toEqual([1_280, 1_920])
    expect(run.monotonic).toBe(true)
    // One program for its viewers: no new time base, no break.
    expect(run.programs).toBe(1)
  })
})
