import { NO_BEAUTY, type Beauty } from '../../electron/shared/scene'
import type { CapturePlan } from './scene-plan'
import type { StreamType } from './constants'

/** One call to the SDK, or two that belong together. */
export type CaptureCall =
  | { readonly call: 'use-camera'; readonly deviceId: string }
  | { readonly call: 'open-camera' }
  | { readonly call: 'close-camera' }
  | { readonly call: 'mirror-camera'; readonly on: boolean }
  | { readonly call: 'turn-camera'; readonly upsideDown: boolean }
  | { readonly call: 'beautify-camera'; readonly beauty: Beauty }
  /** selectScreenCaptureTarget: before the start, or during it to take another. */
  | { readonly call: 'aim-screen'; readonly screenId: string }
  | { readonly call: 'open-screen'; readonly stream: StreamType }
  | { readonly call: 'close-screen' }
  | { readonly call: 'use-microphone'; readonly deviceId: string }
  | { readonly call: 'open-microphone' }
  | { readonly call: 'close-microphone' }
  | { readonly call: 'microphone-volume'; readonly volume: number }
  | { readonly call: 'mute-audio'; readonly muted: boolean }
  | { readonly call: 'open-system-audio' }
  | { readonly call: 'system-audio-volume'; readonly volume: number }
  | { readonly call: 'close-system-audio' }

export type Captured = Pick<CapturePlan, 'camera' | 'screen' | 'microphone' | 'systemAudio'> & { readonly beauty: Beauty; readonly paused: boolean }

export const CAPTURED_NOTHING: Captured = { camera: null, screen: null, microphone: null, systemAudio: null, beauty: NO_BEAUTY, paused: false }

/** What has to be called so that `after` is captured where `before` was. Pure. */
export function captureCalls(before: Captured, after: Captured): readonly CaptureCall[] {
  return [
    ...beautyCalls(before.beauty, after.beauty),
    ...cameraCalls(before.camera, after.camera),
    ...screenCalls(before.screen, after.screen),
    ...soundCalls(before, after),
  ]
}

/** Of the SDK and not of a device: said before the camera opens, so that viewers see nobody without. */
function beautyCalls(before: Beauty, after: Beauty): readonly CaptureCall[] {
  const same = before.style === after.style && before.smooth === after.smooth && before.whiten === after.whiten && before.ruddy === after.ruddy
  return same ? [] : [{ call: 'beautify-camera', beauty: after }]
}

function cameraCalls(before: Captured['camera'], after: Captured['camera']): readonly CaptureCall[] {
  const calls: CaptureCall[] = []
  if (after === null && before !== null) calls.push({ call: 'close-camera' })
  if (after !== null && before?.deviceId !== after.deviceId) calls.push({ call: 'use-camera', deviceId: after.deviceId })
  // Of the encoder, which outlives the camera: taken back with it.
  if ((before?.mirrored ?? false) !== (after?.mirrored ?? false)) calls.push({ call: 'mirror-camera', on: after?.mirrored ?? false })
  if ((before?.upsideDown ?? false) !== (after?.upsideDown ?? false)) calls.push({ call: 'turn-camera', upsideDown: after?.upsideDown ?? false })
  if (after !== null && before === null) calls.push({ call: 'open-camera' })
  return calls
}

function screenCalls(before: Captured['screen'], after: Captured['screen']): readonly CaptureCall[] {
  if (after === null) return before === null ? [] : [{ call: 'close-screen' }]
  const calls: CaptureCall[] = []
  const moved = before !== null && before.stream !== after.stream
  if (moved) calls.push({ call: 'close-screen' })
  if (before === null || moved || before.screenId !== after.screenId) calls.push({ call: 'aim-screen', screenId: after.screenId })
  if (before === null || moved) calls.push({ call: 'open-screen', stream: after.stream })
  return calls
}

function soundCalls(before: Captured, after: Captured): readonly CaptureCall[] {
  const calls: CaptureCall[] = []
  const was = before.microphone
  const is = after.microphone
  if (is === null && was !== null) calls.push({ call: 'close-microphone' })
  if (is !== null) {
    if (was?.deviceId !== is.deviceId) calls.push({ call: 'use-microphone', deviceId: is.deviceId })
    if (was === null || volumeOfMicrophone(was) !== volumeOfMicrophone(is)) calls.push({ call: 'microphone-volume', volume: volumeOfMicrophone(is) })
  }
  // After what closes, before what opens: nobody hears what is not to be heard.
  if (after.systemAudio === null && before.systemAudio !== null) calls.push({ call: 'close-system-audio' })
  if (mutedAudio(before) !== mutedAudio(after)) calls.push({ call: 'mute-audio', muted: mutedAudio(after) })
  if (is !== null && was === null) calls.push({ call: 'open-microphone' })
  if (after.systemAudio !== null) {
    if (before.systemAudio === null) calls.push({ call: 'open-system-audio' })
    const volume = after.paused ? 0 : after.systemAudio.volume
    if (before.systemAudio === null || (before.paused ? 0 : before.systemAudio.volume) !== volume) calls.push({ call: 'system-audio-volume', volume })
  }
  return calls
}

/** A microphone that is muted beside the system's sound: the mute of the whole would take that too. */
function volumeOfMicrophone({ volume, muted }: { readonly volume: number; readonly muted: boolean }): number {
  return muted ? 0 : volume
}

function mutedAudio({ paused, microphone, systemAudio }: Captured): boolean {
  return paused || (systemAudio === null && (microphone?.muted ?? false))
}
