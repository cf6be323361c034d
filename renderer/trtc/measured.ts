import type { Scene, SourceStatus } from '../../electron/shared/scene'
import type { StageChecks } from '../../electron/shared/stage'

export interface MeasuredInput {
  readonly scene: Scene
  readonly statuses: Readonly<Record<string, SourceStatus>>
  readonly askedFps: number
  /** Of a stream's newest picture; null without one. */
  readonly variance: (stream: 'big' | 'sub') => number | null
  readonly screenStream: 'big' | 'sub'
  readonly peakDb: number
}

/** What the go-live checks are told. Pure. */
export function measured({ scene, statuses, askedFps, variance, screenStream, peakDb }: MeasuredInput): StageChecks {
  const pictures: StageChecks['pictures'] = []
  const microphones: StageChecks['microphones'] = []
  for (const source of scene.sources) {
    const status = statuses[source.id]
    const error = status?.error ?? null
    // What TRTC cannot carry has been said beside the source; it was not measured.
    if (error?.code === 'trtc.source-unsupported') continue
    if ((source.kind === 'camera' || source.kind === 'screen' || source.kind === 'window') && source.visible)
      pictures.push({
        id: source.id,
        kind: source.kind,
        askedFps,
        fps: status?.fps ?? 0,
        variance: variance(source.kind === 'camera' ? 'big' : screenStream),
        error,
      })
    else if (source.kind === 'microphone') microphones.push({ id: source.id, peakDb, muted: source.muted, error })
  }
  // The SDK encodes by itself and lets nobody try it: what it cannot, it says when it is asked for.
  return { pictures, microphones, encoder: { ok: true, hardware: false, fps: askedFps, error: null } }
}
