import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, it } from 'vitest'
import { RoomServer } from '../../electron/room-server/room-server'
import { FULL_FRAME } from '../../electron/shared/scene'
import { endChild } from '../support/child'
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../support/chromium'
import { forMs, until } from '../support/until'
import { ageOfPictures, showClock, type ClockScreen } from './clock-screen'
import { startAnchorDesk } from './peers/anchordesk'
import { startFfmpeg } from './peers/ffmpeg'
import { startObs } from './peers/obs'
import { markdown, percentile } from './table'

const WORK = { width: 1_920, height: 1_080, fps: 30, bitrateKbps: 3_000 } as const
const SETTLE_MS = 8_000
const WINDOW_MS = 20_000
const KEY = 'a-stream-key-of-the-bench'
const electron = process.env['ANCHORDESK_ELECTRON'] ?? ''
const display = process.env['DISPLAY'] ?? ''
const folder = mkdtempSync(join(tmpdir(), 'anchordesk-glass-'))
let clock: ClockScreen
let browser: Browser

beforeAll(async () => {
  clock = await showClock(electron, 'calm')
  browser = await chromium.launch({ executablePath: CHROMIUM_PATH, args: [...CHROMIUM_FLAGS, '--autoplay-policy=no-user-gesture-required'] })
})
afterAll(async () => {
  await browser.close()
  clock.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function watch(name: string, url: string): Promise<string[]> {
  const page = await browser.newPage()
  try {
    await page.goto(url)
    await page.locator('[data-state="live"]').waitFor({ timeout: 30_000 })
    await forMs(SETTLE_MS)
    const { ages, unread } = await ageOfPictures(page, WINDOW_MS)
    const at = (share: number): string => `${percentile(ages, share)} ms`
    return [name, at(0.5), at(0.95), at(1), String(ages.length), String(unread)]
  } finally {
    await page.close()
  }
}

/** A peer into the ingest of AnchorDesk's room server, seen on its watch page. */
async function peer(name: string, start: (rtmp: string) => ChildProcess): Promise<string[]> {
  const server = new RoomServer({
    host: '127.0.0.1',
    httpPort: 0,
    rtmpPort: 0,
    portFallback: false,
    streamKey: KEY,
    webRoot: resolve('out/web'),
    title: name,
    log: () => undefined,
  })
  const addresses = await server.start()
  const child = start(addresses.rtmp)
  try {
    await until(() => (server.report().publishing ? true : null), 40_000, `${name} to publish`)
    return await watch(name, addresses.watch)
  } finally {
    await endChild(child)
    await server.close()
  }
}

it('glass to glass: from the screen to the picture on the watch page', async () => {
  const desk = startAnchorDesk({
    electron,
    dataDir: join(folder, 'data'),
    settings: {
      scene: { sources: [{ kind: 'screen', id: 'screen', name: '', displayId: null, visible: true, syncOffsetMs: 0, transform: FULL_FRAME }] },
      profile: { resolution: '1080p', fps: WORK.fps, bitrateKbps: WORK.bitrateKbps },
    },
    args: ['--go-live', '--minimized'],
  })
  const rows: string[][] = []
  try {
    const { watch: url } = await desk.live()
    rows.push(await watch('AnchorDesk', url))
  } finally {
    await endChild(desk.process)
  }
  rows.push(
    await peer('OBS', (server) => startObs({ ...WORK, home: mkdtempSync(join(folder, 'obs-')), display, server, streamKey: KEY, preview: false })),
    await peer('ffmpeg child', (server) => startFfmpeg({ ...WORK, display, url: `${server}/${KEY}` })),
  )
  console.log(`\n${markdown(['Filmed by', 'p50', 'p95', 'Longest', 'Pictures read', 'Unread'], rows)}\n`)
})
