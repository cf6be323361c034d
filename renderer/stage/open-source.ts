import type { Profile } from '../../electron/shared/profile'
import { RESOLUTIONS } from '../../electron/shared/profile'
import type { Source } from '../../electron/shared/scene'
import type { StageHost } from '../../electron/shared/stage'
import { AUDIO_SAMPLE_RATE_HZ } from '../../electron/shared/thresholds'
import { AnchorError } from '../../electron/shared/errors'

/** A device that was opened: one track, and what the system calls it. */
export interface OpenedSource {
  readonly track: MediaStreamTrack
  readonly label: string
}

/** Electron's way to capture a screen or window by id (Chromium's old constraints; they ask nobody). */
interface DesktopConstraints {
  readonly mandatory: Readonly<Record<string, string | number>>
}

/** @throws DOMException of getUserMedia; AnchorError source.not-found | source.system-audio-unsupported */
export async function openSource(source: Source, profile: Profile, host: StageHost): Promise<OpenedSource> {
  const { width, height } = RESOLUTIONS[profile.resolution]
  switch (source.kind) {
    case 'camera':
      return first(
        await navigator.mediaDevices.getUserMedia({
          video: { ...deviceOf(source.deviceId), width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: profile.fps } },
        }),
      )
    case 'microphone':
      return first(
        await navigator.mediaDevices.getUserMedia({
          // What the anchor's microphone gives is what goes out: voice processing of a call would pump music. An echo is worse, where there is one.
          audio: {
            ...deviceOf(source.deviceId),
            sampleRate: AUDIO_SAMPLE_RATE_HZ,
            channelCount: { ideal: 2 },
            echoCancellation: source.echoCancellation,
            noiseSuppression: false,
            autoGainControl: false,
          },
        }),
      )
    case 'screen':
      return desktop(await host.resolveCapture({ kind: 'screen', displayId: source.displayId }), profile.fps, source.name)
    case 'window':
      return desktop(
        await host.resolveCapture({ kind: 'window', captureId: source.captureId, windowTitle: source.windowTitle }),
        profile.fps,
        source.windowTitle,
      )
    case 'system-audio':
      return systemAudio()
    default:
      throw new Error(`${source.kind} is not a device`)
  }
}

function deviceOf(deviceId: string | null): MediaTrackConstraints {
  return deviceId === null ? {} : { deviceId: { exact: deviceId } }
}

function first(stream: MediaStream): OpenedSource {
  const track = stream.getTracks()[0]
  if (track === undefined) throw new AnchorError('source.not-found', { context: { device: '' } })
  return { track, label: track.label }
}

async function desktop(target: { captureId: string; title: string } | null, fps: number, name: string): Promise<OpenedSource> {
  if (target === null) throw new AnchorError('source.not-found', { context: { device: name } })
  const video: DesktopConstraints = {
    mandatory: { chromeMediaSource: 'desktop', chromeMediaSourceId: target.captureId, maxFrameRate: fps, maxWidth: 3_840, maxHeight: 2_160 },
  }
  const { track } = first(await navigator.mediaDevices.getUserMedia({ audio: false, video: video as MediaTrackConstraints }))
  return { track, label: target.title }
}

/** Chromium hands out the system's sound only together with a picture of the screen; the picture is let go at once. */
async function systemAudio(): Promise<OpenedSource> {
  if (!systemAudioOffered()) throw new AnchorError('source.system-audio-unsupported')
  const audio: DesktopConstraints = { mandatory: { chromeMediaSource: 'desktop' } }
  const video: DesktopConstraints = { mandatory: { chromeMediaSource: 'desktop', maxFrameRate: 1 } }
  const stream = await navigator.mediaDevices.getUserMedia({ audio: audio as MediaTrackConstraints, video: video as MediaTrackConstraints })
  for (const track of stream.getVideoTracks()) track.stop()
  const track = stream.getAudioTracks()[0]
  if (track === undefined) throw new AnchorError('source.system-audio-unsupported')
  return { track, label: track.label }
}

/** Windows only: through Electron 25's API macOS has no loopback to ask for, and Linux has none at all (desktopCapturer documentation). */
export function systemAudioOffered(): boolean {
  return navigator.userAgent.includes('Windows')
}
