import type { TRTCScreenCaptureSourceInfo } from 'trtc-electron-sdk'
import { assertNever } from '../../electron/shared/errors'
import type { Profile } from '../../electron/shared/profile'
import type { CaptureCall } from './capture-calls'
import { AUDIO_DEFAULT, BEAUTY, STREAM } from './constants'
import { encoderParams, screenParams, toSdk } from './encoder-params'
import type { Cloud, Sdk } from './sdk'

export interface CallTarget {
  readonly sdk: Pick<Sdk, 'TRTCVideoEncParam' | 'TRTCScreenCaptureProperty' | 'Rect'>
  readonly cloud: Cloud
  readonly screenView: HTMLElement
  /** As the SDK listed them: it wants one of these back. */
  readonly screens: readonly TRTCScreenCaptureSourceInfo[]
  readonly profile: Profile
}

/** Makes the call. */
export function callSdk(call: CaptureCall, { sdk, cloud, screenView, screens, profile }: CallTarget): void {
  switch (call.call) {
    case 'use-camera':
      return cloud.setCurrentCameraDevice(call.deviceId)
    case 'open-camera':
      return cloud.startLocalPreview(null)
    case 'close-camera':
      return cloud.stopLocalPreview()
    case 'mirror-camera':
      return cloud.setVideoEncoderMirror(call.on)
    case 'turn-camera':
      return cloud.setVideoEncoderRotation(call.upsideDown ? 2 : 0)
    case 'beautify-camera': {
      const { style, smooth, whiten, ruddy } = call.beauty
      return cloud.setBeautyStyle(BEAUTY[style], smooth, whiten, ruddy)
    }
    case 'aim-screen': {
      const source = screens.find(({ sourceId }) => String(sourceId) === call.screenId)
      // With the mouse, without a frame around it, in the SDK's fast way, and the whole of it.
      if (source !== undefined)
        cloud.selectScreenCaptureTarget(source, new sdk.Rect(0, 0, 0, 0), new sdk.TRTCScreenCaptureProperty(true, false, true, 0, 0, true))
      return
    }
    case 'open-screen':
      return cloud.startScreenCapture(screenView, call.stream, toSdk(sdk, call.stream === STREAM.sub ? screenParams(profile) : encoderParams(profile)))
    case 'close-screen':
      return cloud.stopScreenCapture()
    case 'use-microphone':
      return cloud.setCurrentMicDevice(call.deviceId)
    case 'open-microphone':
      return cloud.startLocalAudio(AUDIO_DEFAULT)
    case 'close-microphone':
      return cloud.stopLocalAudio()
    case 'microphone-volume':
      return cloud.setAudioCaptureVolume(call.volume)
    case 'mute-audio':
      return cloud.muteLocalAudio(call.muted)
    case 'open-system-audio':
      return cloud.startSystemAudioLoopback(null)
    case 'system-audio-volume':
      return cloud.setSystemAudioLoopbackVolume(call.volume)
    case 'close-system-audio':
      return cloud.stopSystemAudioLoopback()
    default:
      return assertNever(call)
  }
}
