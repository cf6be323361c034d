import { FULL_FRAME, type Transform } from '../../../electron/shared/scene'
import { PROGRAM_COLOUR_SPACE } from './colour'
import { createCompositor } from './compositor'
import type { Engine, EngineChoice, EngineMeasurement, Layer } from './contract'
import { webglRenderer } from './webgl'

/** One engine may take this long, after the frame that is under way. */
const BUDGET_MS = 300
const WARM_UP_FRAMES = 2
const FRAMES = 12

/** WebGL2 has to be this much faster to be preferred: planar has no driver that can fail. */
const ADVANTAGE = 0.8

export interface MeasureOptions {
  /** The program's size. */
  readonly width: number
  readonly height: number
  /** The encoder takes frames on the GPU; otherwise reading the pixels back counts. */
  readonly hardwareEncoder: boolean
}

const CAMERA_BOX: Transform = { ...FULL_FRAME, x: 0.7, y: 0.7, width: 0.25, height: 0.25 }
const CORNER: DOMRectInit = { x: 0, y: 0, width: 2, height: 2 }
const SCENE: readonly Layer[] = [
  { id: 'screen', transform: FULL_FRAME },
  { id: 'camera', transform: CAMERA_BOX },
]

/** What capture gives: I420 in BT.601, different in each frame. */
function synthetic(width: number, height: number, seed: number): VideoFrame {
  const data = new Uint8Array((width * height * 3) / 2).fill(64 + (seed % 64))
  return new VideoFrame(data, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    colorSpace: { ...PROGRAM_COLOUR_SPACE, matrix: 'smpte170m' },
  })
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Infinity
}

async function measure(engine: Engine, detail: string, { width, height, hardwareEncoder }: MeasureOptions): Promise<EngineMeasurement> {
  let lost: string | null = null
  const compositor = await createCompositor({ width, height, engine, onEngineChange: (_, reason) => (lost = reason) })
  const times: number[] = []
  const pixels = new Uint8Array(width * height * 4)
  try {
    const until = performance.now() + BUDGET_MS
    for (let index = 0; index < WARM_UP_FRAMES + FRAMES; index++) {
      compositor.setPicture('screen', synthetic(width, height, index))
      compositor.setPicture('camera', synthetic(1_280, 720, index + 7))
      const started = performance.now()
      const frame = await compositor.compose(SCENE, index)
      // A software encoder reads the pixels (planar frames are in memory already); for a hardware one a corner is
      // read, because drawing is only queued until somebody wants the result.
      if (engine === 'webgl2') await frame.copyTo(pixels, hardwareEncoder ? { rect: CORNER } : {})
      const took = performance.now() - started
      frame.close()
      // A slow engine runs out of its budget in the warm-up: then that is the measurement.
      const late = performance.now() > until
      if (index >= WARM_UP_FRAMES || late) times.push(took)
      if (late || lost !== null) break
    }
  } finally {
    compositor.dispose()
  }
  return {
    engine,
    available: lost === null,
    detail: lost ?? detail,
    frames: times.length,
    medianMs: median(times),
    worstMs: Math.max(...times),
  }
}

/** Measures both engines on the usual scene (screen and a camera in the corner) and says which to use. At most about a second. */
export async function chooseEngine(options: MeasureOptions): Promise<EngineChoice> {
  const planar = await measure('planar', 'WASM SIMD', options)
  const renderer = webglRenderer()
  if (renderer === null)
    return {
      engine: 'planar',
      measurements: [planar],
      reason: `planar ${planar.medianMs.toFixed(2)} ms a frame; no WebGL2`,
    }
  const webgl = await measure('webgl2', renderer, options)
  const engine = webgl.available && webgl.medianMs < planar.medianMs * ADVANTAGE ? 'webgl2' : 'planar'
  return {
    engine,
    measurements: [planar, webgl],
    reason:
      `${engine}: planar ${planar.medianMs.toFixed(2)} ms, webgl2 ${webgl.medianMs.toFixed(2)} ms a frame at ${options.width}×${options.height}` +
      ` (${webgl.detail}; ${options.hardwareEncoder ? 'hardware' : 'software'} encoder)`,
  }
}
