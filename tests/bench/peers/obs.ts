import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ObsOptions {
  /** A folder of its own: OBS takes it for the user's home. */
  readonly home: string
  readonly display: string
  /** rtmp://host:port/app */
  readonly server: string
  readonly streamKey: string
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly bitrateKbps: number
  /** OBS draws its preview; false is OBS at its cheapest. */
  readonly preview: boolean
  /** Goes live by itself; the default. */
  readonly startStreaming?: boolean
}

/**
 * Starts Debian's OBS with a profile of its own: the whole screen and a box of 480×270 on it, x264 veryfast, AAC
 * 160 kbit/s; it goes live by itself. The box is a flat colour because no camera can be given to OBS here, which
 * spares OBS the scaling of a camera picture.
 */
export function startObs(options: ObsOptions): ChildProcess {
  const config = join(options.home, '.config', 'obs-studio')
  const profile = join(config, 'basic', 'profiles', 'Bench')
  mkdirSync(profile, { recursive: true })
  mkdirSync(join(config, 'basic', 'scenes'), { recursive: true })
  writeFileSync(
    join(config, 'global.ini'),
    ini({
      General: { FirstRun: 'true', LastVersion: '486539266', EnableAutoUpdates: 'false' },
      BasicWindow: { PreviewEnabled: options.preview ? 'true' : 'false' },
      Basic: { Profile: 'Bench', ProfileDir: 'Bench', SceneCollection: 'Bench', SceneCollectionFile: 'Bench', ConfigOnNewProfile: 'false' },
    }),
  )
  const { width, height } = options
  writeFileSync(
    join(profile, 'basic.ini'),
    ini({
      General: { Name: 'Bench' },
      Video: { BaseCX: `${width}`, BaseCY: `${height}`, OutputCX: `${width}`, OutputCY: `${height}`, FPSType: '1', FPSInt: `${options.fps}` },
      Output: { Mode: 'Simple', Reconnect: 'false' },
      SimpleOutput: { VBitrate: `${options.bitrateKbps}`, ABitrate: '160', StreamEncoder: 'x264', UseAdvanced: 'true', Preset: 'veryfast' },
    }),
  )
  writeFileSync(
    join(profile, 'service.json'),
    JSON.stringify({
      type: 'rtmp_custom',
      settings: { server: options.server, key: options.streamKey, use_auth: false, bwtest: false },
    }),
  )
  writeFileSync(join(config, 'basic', 'scenes', 'Bench.json'), JSON.stringify(scene()))
  return spawn('obs', [...(options.startStreaming === false ? [] : ['--startstreaming']), '--multi', '--disable-updater', '--disable-missing-files-check'], {
    env: {
      ...process.env,
      HOME: options.home,
      XDG_CONFIG_HOME: join(options.home, '.config'),
      XDG_RUNTIME_DIR: options.home,
      DISPLAY: options.display,
      LIBGL_ALWAYS_SOFTWARE: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function ini(sections: Record<string, Record<string, string>>): string {
  return Object.entries(sections)
    .map(([name, values]) => [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key}=${value}`)].join('\n'))
    .join('\n\n')
}

function scene(): unknown {
  const placed = (id: number, name: string, x: number, y: number): unknown => ({
    id,
    name,
    align: 5,
    visible: true,
    locked: false,
    rot: 0,
    pos: { x, y },
    scale: { x: 1, y: 1 },
    bounds: { x: 0, y: 0 },
    bounds_type: 0,
    bounds_align: 0,
    crop_left: 0,
    crop_top: 0,
    crop_right: 0,
    crop_bottom: 0,
  })
  return {
    name: 'Bench',
    current_scene: 'Scene',
    current_program_scene: 'Scene',
    scene_order: [{ name: 'Scene' }],
    sources: [
      { id: 'xshm_input', versioned_id: 'xshm_input', name: 'Screen', enabled: true, settings: { screen: 0, show_cursor: true } },
      { id: 'color_source', versioned_id: 'color_source_v3', name: 'Box', enabled: true, settings: { color: 4278255360, width: 480, height: 270 } },
      {
        id: 'scene',
        versioned_id: 'scene',
        name: 'Scene',
        enabled: true,
        settings: { id_counter: 2, items: [placed(1, 'Screen', 0, 0), placed(2, 'Box', 1400, 780)] },
      },
    ],
  }
}
