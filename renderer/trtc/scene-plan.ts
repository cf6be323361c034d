import type { ErrorInfo } from '../../electron/shared/errors'
import { isPicture, NO_BEAUTY, type Beauty, type Scene, type Source } from '../../electron/shared/scene'
import { STREAM, type StreamType } from './constants'
import type { OwnStream } from './mix-arrangement'

/** What the SDK finds on this machine. */
export interface Machine {
  readonly cameras: readonly SdkDevice[]
  readonly microphones: readonly SdkDevice[]
  readonly screens: readonly SdkScreen[]
  readonly systemAudio: boolean
  /** By source: the SDK's device that it had last. Unplugged, it is waited for, and no other takes its place. */
  readonly bound?: ReadonlyMap<string, { readonly wanted: string; readonly id: string }>
}

export interface SdkDevice {
  readonly id: string
  readonly label: string
}

export interface SdkScreen extends SdkDevice {
  readonly kind: 'screen' | 'window'
  readonly main: boolean
}

export type Still = Extract<Source, { kind: 'image' | 'text' }>

/** The scene without the mixing manager: one camera, one screen or window, one microphone, the system's sound, and a watermark. */
export interface CapturePlan {
  readonly camera: {
    readonly sourceId: string
    readonly deviceId: string
    readonly label: string
    readonly mirrored: boolean
    readonly upsideDown: boolean
  } | null
  readonly screen: { readonly sourceId: string; readonly screenId: string; readonly label: string; readonly stream: StreamType } | null
  readonly microphone: { readonly sourceId: string; readonly deviceId: string; readonly label: string; readonly volume: number; readonly muted: boolean } | null
  readonly systemAudio: { readonly sourceId: string; readonly volume: number } | null
  /** Texts and images above the camera, bottom first, as one watermark. */
  readonly stills: readonly Still[]
  readonly own: readonly OwnStream[]
  /** Sources that are not captured, and why. */
  readonly errors: ReadonlyMap<string, ErrorInfo>
}

export const NOTHING_CAPTURED: CapturePlan = { camera: null, screen: null, microphone: null, systemAudio: null, stills: [], own: [], errors: new Map() }

/** @param scene sources in z-order, the last on top */
export function planCapture(scene: Scene, machine: Machine): CapturePlan {
  const errors = new Map<string, ErrorInfo>()
  const visible = scene.sources.filter((source) => !isPicture(source) || source.visible)
  // What lies on top is what the anchor looks at: the topmost of each kind is captured.
  const top = [...visible].reverse()
  const first = <K extends Source['kind']>(...kinds: K[]): Extract<Source, { kind: K }> | undefined =>
    top.find((source): source is Extract<Source, { kind: K }> => kinds.some((kind) => kind === source.kind))

  const cameraSource = first('camera')
  const screenSource = first('screen', 'window')
  const microphoneSource = visible.find((source) => source.kind === 'microphone')
  const systemAudioSource = visible.find((source) => source.kind === 'system-audio')
  const carried = new Set([cameraSource?.id, screenSource?.id, microphoneSource?.id, systemAudioSource?.id])
  for (const source of visible)
    if (!carried.has(source.id) && source.kind !== 'image' && source.kind !== 'text') errors.set(source.id, { code: 'trtc.source-unsupported', context: {} })

  const missing = (source: Source): ErrorInfo => ({
    code: machine.bound?.has(source.id) ? 'source.lost' : 'source.not-found',
    context: { device: source.name },
  })
  const camera = cameraSource && findDevice(machine.cameras, cameraSource, machine.bound)
  if (cameraSource !== undefined && camera === undefined) errors.set(cameraSource.id, missing(cameraSource))
  const microphone = microphoneSource && findDevice(machine.microphones, microphoneSource, machine.bound)
  if (microphoneSource !== undefined && microphone === undefined) errors.set(microphoneSource.id, missing(microphoneSource))
  const screen = screenSource && findScreen(machine.screens, screenSource)
  if (screenSource !== undefined && screen === undefined) errors.set(screenSource.id, missing(screenSource))
  if (systemAudioSource !== undefined && !machine.systemAudio) errors.set(systemAudioSource.id, { code: 'source.system-audio-unsupported', context: {} })

  // A screen alone is the main picture; beside a camera it is the second stream.
  const screenStream = camera === undefined ? STREAM.big : STREAM.sub
  const own = visible.flatMap((source): OwnStream[] => {
    if (source === cameraSource && camera !== undefined) return [{ stream: 'big', transform: source.transform }]
    if (source === screenSource && screen !== undefined) return [{ stream: screenStream === STREAM.big ? 'big' : 'sub', transform: source.transform }]
    return []
  })
  return {
    camera:
      cameraSource === undefined || camera === undefined
        ? null
        : {
            sourceId: cameraSource.id,
            deviceId: camera.id,
            label: camera.label,
            mirrored: cameraSource.transform.mirrorX,
            // The encoder turns by 180° alone.
            upsideDown: cameraSource.transform.rotation === 180,
          },
    screen:
      screenSource === undefined || screen === undefined ? null : { sourceId: screenSource.id, screenId: screen.id, label: screen.label, stream: screenStream },
    microphone:
      microphoneSource === undefined || microphone === undefined
        ? null
        : {
            sourceId: microphoneSource.id,
            deviceId: microphone.id,
            label: microphone.label,
            volume: volumeOf(microphoneSource.gainDb),
            muted: microphoneSource.muted,
          },
    systemAudio:
      systemAudioSource === undefined || !machine.systemAudio
        ? null
        : { sourceId: systemAudioSource.id, volume: systemAudioSource.muted ? 0 : volumeOf(systemAudioSource.gainDb) },
    stills: own.length === 0 ? [] : visible.filter((source): source is Still => source.kind === 'image' || source.kind === 'text'),
    own,
    errors,
  }
}

/** The SDK has one for all its cameras: the topmost one's. */
export function beautyOf({ sources }: Scene): Beauty {
  for (const source of [...sources].reverse()) if (source.kind === 'camera' && source.visible) return source.beauty
  return NO_BEAUTY
}

/** The SDK's 0 … 100, where 100 is the sound as it comes: it cannot make it louder. */
export function volumeOf(gainDb: number): number {
  return Math.max(0, Math.min(100, Math.round(100 * 10 ** (gainDb / 20))))
}

/**
 * The ids of the scene are Chromium's, and the SDK has its own: by the same id, by the name, or the only one there is. Never just any other: a wrong camera on
 * the air is worse than none.
 */
export function findDevice(
  devices: readonly SdkDevice[],
  source: { readonly id: string; readonly deviceId: string | null; readonly name: string },
  bound: Machine['bound'],
): SdkDevice | undefined {
  if (source.deviceId === null) return devices[0]
  const before = bound?.get(source.id)
  if (before?.wanted === source.deviceId) return devices.find(({ id }) => id === before.id)
  const same = (device: SdkDevice): boolean => plain(device.label) === plain(source.name)
  return devices.find(({ id }) => id === source.deviceId) ?? devices.find(same) ?? only(devices)
}

export function findScreen(screens: readonly SdkScreen[], source: Extract<Source, { kind: 'screen' | 'window' }>): SdkScreen | undefined {
  if (source.kind === 'screen') {
    const displays = screens.filter(({ kind }) => kind === 'screen')
    if (source.displayId === null) return displays.find(({ main }) => main) ?? displays[0]
    return displays.find(({ id }) => id === source.displayId) ?? only(displays)
  }
  const windows = screens.filter(({ kind }) => kind === 'window')
  // desktopCapturer's `window:<handle>:<n>`; the SDK's id is the handle.
  const handle = source.captureId?.split(':')[1]
  return windows.find(({ id }) => id === handle) ?? windows.find(({ label }) => label === source.windowTitle)
}

/** Chromium adds the USB ids: `C920 (046d:082d)`. */
function plain(label: string): string {
  return label
    .replace(/\s*\([0-9a-f]{4}:[0-9a-f]{4}\)$/i, '')
    .trim()
    .toLowerCase()
}

function only<T>(all: readonly T[]): T | undefined {
  return all.length === 1 ? all[0] : undefined
}
