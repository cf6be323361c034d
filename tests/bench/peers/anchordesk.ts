import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LiveEvent } from '../../../electron/shared/cli'
import { FULL_FRAME, NO_BEAUTY, type Source } from '../../../electron/shared/scene'
import { defaultSettings, type Settings } from '../../../electron/shared/settings'
import { until } from '../../support/until'

export interface AnchorDeskOptions {
  readonly electron: string
  readonly dataDir: string
  readonly settings?: Partial<Settings>
  readonly args?: readonly string[]
}

export interface AnchorDesk {
  readonly process: ChildProcess
  live(): Promise<LiveEvent>
}

/** Starts the built app as `npm start` does, without anything that watches it. */
export function startAnchorDesk(options: AnchorDeskOptions): AnchorDesk {
  mkdirSync(options.dataDir, { recursive: true })
  writeFileSync(join(options.dataDir, 'settings.json'), JSON.stringify({ ...defaultSettings(), ...options.settings }))
  const child = spawn(
    options.electron,
    [
      resolve('.'),
      '--no-sandbox',
      '--use-fake-device-for-media-stream',
      ...['--data-dir', options.dataDir, '--http-port', '0', '--rtmp-port', '0'],
      ...(options.args ?? []),
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  let stdout = ''
  child.stdout?.on('data', (bytes: Buffer) => (stdout += bytes.toString('utf8')))
  return {
    process: child,
    live: async () => {
      const line = await until(() => stdout.split('\n').find((one) => one.startsWith('{"event":"live"')) ?? null, 30_000, 'the live line')
      return JSON.parse(line) as LiveEvent
    },
  }
}

/** The whole screen, and a camera in a box of 480×270 (the size of the peers' box); sound from the microphone. */
export function screenAndCamera(): Settings['scene'] {
  const sources: Source[] = [
    { kind: 'screen', id: 'screen', name: '', displayId: null, visible: true, syncOffsetMs: 0, transform: FULL_FRAME },
    {
      kind: 'camera',
      id: 'camera',
      name: '',
      deviceId: null,
      beauty: NO_BEAUTY,
      visible: true,
      syncOffsetMs: 0,
      transform: { ...FULL_FRAME, x: 1400 / 1920, y: 780 / 1080, width: 0.25, height: 0.25, fit: 'cover' },
    },
    { kind: 'microphone', id: 'microphone', name: '', deviceId: null, echoCancellation: false, muted: false, gainDb: 0, syncOffsetMs: 0 },
  ]
  return { sources }
}
