import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { afterAll, afterEach, it } from 'vitest'
import { probe } from '../support/media/recording'
import { endChild } from '../support/child'
import { startNginxRtmp } from '../support/nginx'
import { forMs, until } from '../support/until'
import { showClock, type ClockScreen } from './clock-screen'
import { screenAndCamera, startAnchorDesk } from './peers/anchordesk'
import { startFfmpeg } from './peers/ffmpeg'
import { startObs } from './peers/obs'
import { costOf, type Cost } from './process-tree'
import { markdown, percentile } from './table'

/** What every program has to do: this screen and a box, 1080p30, 6 Mbit/s, to nginx-rtmp. */
const WORK = { width: 1_920, height: 1_080, fps: 30, bitrateKbps: 6_000 } as const
const SETTLE_MS = 8_000
const WINDOW_MS = 12_000
const WINDOWS = 3

const electron = process.env['ANCHORDESK_ELECTRON'] ?? ''
const display = process.env['DISPLAY'] ?? ''
const folder = mkdtempSync(join(tmpdir(), 'anchordesk-cost-'))
let clock: ClockScreen | null = null
afterEach(() => clock?.stop())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Row {
  readonly name: string
  readonly costs: readonly Cost[]
  readonly fps: number
  readonly kbps: number
}

async function measure(name: string, start: (url: string) => ChildProcess): Promise<Row> {
  const records = mkdtempSync(join(folder, `${name.replace(/\W+/g, '-')}-`))
  const nginx = await startNginxRtmp(records)
  const child = start(nginx.url)
  try {
    const file = await until(() => readdirSync(records).find((one) => one.endsWith('.flv')) ?? null, 40_000, `${name} to publish`)
    await forMs(SETTLE_MS)
    const costs: Cost[] = []
    for (let round = 0; round < WINDOWS; round++) costs.push(await costOf(child.pid ?? 0, WINDOW_MS))
    await endChild(child)
    await nginx.stop()
    const recording = join(records, file)
    const { video } = await probe(recording)
    const bytes = statSync(recording).size
    const times = (video?.times ?? []).filter((time) => time > SETTLE_MS / 1_000)
    const seconds = (times.at(-1) ?? 0) - (times[0] ?? 0)
    const all = video?.times ?? []
    return { name, costs, fps: (times.length - 1) / seconds, kbps: (bytes * 8) / 1_000 / ((all.at(-1) ?? 1) - (all[0] ?? 0)) }
  } finally {
    await endChild(child)
    await nginx.stop()
  }
}

it.each(['calm', 'busy'] as const)('CPU and memory while live: 1080p30, 6 Mbit/s, a %s screen and a box', async (picture) => {
  clock = await showClock(electron, picture)
  const desk = (name: string, ...args: string[]): Promise<Row> =>
    measure(
      name,
      (url) =>
        startAnchorDesk({
          electron,
          dataDir: mkdtempSync(join(folder, 'data-')),
          settings: {
            scene: screenAndCamera(),
            profile: { resolution: '1080p', fps: 30, bitrateKbps: 6_000 },
            destinations: [{ kind: 'local', id: 'local', name: '', enabled: false }],
          },
          args: ['--go-live', '--destination', `${url}/anchor`, ...args],
        }).process,
    )
  const obs = (name: string, preview: boolean): Promise<Row> =>
    measure(name, (url) => startObs({ ...WORK, home: mkdtempSync(join(folder, 'obs-')), display, server: url, streamKey: 'obs', preview }))
  const rows = [
    await desk('AnchorDesk, studio open'),
    await desk('AnchorDesk, minimized', '--minimized'),
    await obs('OBS, preview on', true),
    await obs('OBS, preview off', false),
    await measure('ffmpeg child', (url) => startFfmpeg({ ...WORK, display, url: `${url}/ffmpeg` })),
  ]
  const median = (row: Row, pick: (cost: Cost) => number): number => percentile(row.costs.map(pick), 0.5)
  const cells = rows.map((row) => [
    row.name,
    `${median(row, (cost) => cost.cpuPercent).toFixed(0)} % (${row.costs.map((cost) => cost.cpuPercent.toFixed(0)).join(', ')})`,
    `${(median(row, (cost) => cost.cpuPercent) / row.fps).toFixed(1)} %`,
    `${median(row, (cost) => cost.pssMiB).toFixed(0)} MiB`,
    `${median(row, (cost) => cost.rssMiB).toFixed(0)} MiB`,
    String(median(row, (cost) => cost.processes)),
    row.fps.toFixed(1),
    `${row.kbps.toFixed(0)} kbit/s`,
  ])
  console.log(
    `\n${markdown(['Program', 'CPU of one core, median (rounds)', 'CPU per frame a second', 'PSS', 'RSS', 'Processes', 'fps received', 'Bitrate'], cells)}\n`,
  )
})
