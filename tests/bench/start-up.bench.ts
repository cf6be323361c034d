import { execFile, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { afterAll, it } from 'vitest'
import { launch, testCardScene } from '../e2e/support/app'
import { endChild } from '../support/child'
import { startNginxRtmp } from '../support/nginx'
import { forMs, until } from '../support/until'
import { startAnchorDesk } from './peers/anchordesk'
import { startObs } from './peers/obs'
import { costOf } from './process-tree'
import { markdown, spread } from './table'

const run = promisify(execFile)
const ROUNDS = 5
const IDLE_MS = 8_000
const WORK = { width: 1_920, height: 1_080, fps: 30, bitrateKbps: 6_000 } as const
const electron = process.env['ANCHORDESK_ELECTRON'] ?? ''
const display = process.env['DISPLAY'] ?? ''
const folder = mkdtempSync(join(tmpdir(), 'anchordesk-start-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** From the start of the process to its window on the display. */
async function toWindow(start: () => ChildProcess, title: string): Promise<{ ms: number; child: ChildProcess }> {
  const startedAt = performance.now()
  const child = start()
  await run('xdotool', ['search', '--sync', '--onlyvisible', '--name', title], { timeout: 60_000 })
  return { ms: performance.now() - startedAt, child }
}

it('start-up time and idle memory', async () => {
  const nginx = await startNginxRtmp(join(folder, 'nginx'))
  const programs = [
    { name: 'AnchorDesk', title: '^AnchorDesk', start: () => startAnchorDesk({ electron, dataDir: mkdtempSync(join(folder, 'data-')) }).process },
    {
      name: 'OBS',
      title: '^OBS ',
      start: () =>
        startObs({ ...WORK, home: mkdtempSync(join(folder, 'obs-')), display, server: nginx.url, streamKey: 'idle', preview: true, startStreaming: false }),
    },
  ]
  const rows: string[][] = []
  for (const { name, title, start } of programs) {
    const times: number[] = []
    let idle = ''
    for (let round = 0; round < ROUNDS; round++) {
      const { ms, child } = await toWindow(start, title)
      times.push(ms)
      if (round === ROUNDS - 1) {
        await forMs(IDLE_MS)
        const cost = await costOf(child.pid ?? 0, IDLE_MS)
        idle = `${cost.pssMiB.toFixed(0)} / ${cost.rssMiB.toFixed(0)} MiB, ${cost.cpuPercent.toFixed(0)} %`
      }
      await endChild(child)
    }
    const { min, median, max } = spread(times)
    rows.push([name, `${median.toFixed(0)} ms`, `${min.toFixed(0)}–${max.toFixed(0)} ms`, idle])
  }
  await nginx.stop()
  console.log(`\n${markdown(['Program', 'Start → window, median', 'Range', 'Idle with its preview: PSS / RSS, CPU'], rows)}\n`)
})

const hasPicture = (studio: Page): Promise<boolean> => studio.getByTestId('preview').evaluate((video) => (video as HTMLVideoElement).videoWidth > 0)

it('go-live time', async () => {
  const app = await launch({ settings: { scene: testCardScene() } })
  const times: number[] = []
  try {
    // As an anchor finds it: the picture is there.
    await until(async () => ((await hasPicture(app.studio)) ? true : null), 20_000, 'a picture')
    for (let round = 0; round < ROUNDS; round++) {
      times.push(
        await app.studio.evaluate(async () => {
          const startedAt = performance.now()
          const live = new Promise<number>((resolve) => {
            const stop = window.anchor.onPatch((patch) => {
              if (patch.changed.session?.name !== 'live') return
              stop()
              resolve(performance.now() - startedAt)
            })
          })
          await window.anchor.call('session.goLive', { anyway: true })
          return live
        }),
      )
      await app.studio.evaluate(async () => {
        const ended = new Promise<void>((resolve) => {
          const stop = window.anchor.onPatch((patch) => {
            if (patch.changed.session?.name !== 'ended') return
            stop()
            resolve()
          })
        })
        await window.anchor.call('session.end')
        await ended
        await window.anchor.call('session.done')
      })
    }
  } finally {
    await app.close()
  }
  const { min, median, max } = spread(times)
  console.log(
    `\nGo live, from the press to media acknowledged by the ingest: ${median.toFixed(0)} ms (${min.toFixed(0)}–${max.toFixed(0)} ms, ${ROUNDS} times)\n`,
  )
})
