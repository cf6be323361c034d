import type { TRTCVideoEncParam } from 'trtc-electron-sdk'
import type { Profile } from '../../electron/shared/profile'
import { LANDSCAPE, RESOLUTION } from './constants'
import type { Sdk } from './sdk'

/** The quality profile as TRTC's encoder takes it. */
export interface EncoderParams {
  readonly videoResolution: (typeof RESOLUTION)[keyof typeof RESOLUTION]
  readonly resMode: typeof LANDSCAPE
  readonly videoFps: number
  readonly videoBitrate: number
  readonly minVideoBitrate: number
  readonly enableAdjustRes: boolean
}

/** TRTCVideoEncParam of trtc_define.d.ts: "clear first" wants 60 % of the bitrate as the least, and recordings want one size. */
const LEAST_SHARE = 0.6
/** The example of startScreenCapture in trtc.d.ts: 15 frames a second, 1,600 kbit/s for 720p. Text needs few pictures, and sharp ones. */
const SCREEN = { fps: 15, kbps: { '720p': 1_600, '1080p': 2_400 } } as const

export function encoderParams({ resolution, fps, bitrateKbps }: Profile): EncoderParams {
  return {
    videoResolution: RESOLUTION[resolution],
    resMode: LANDSCAPE,
    videoFps: fps,
    videoBitrate: bitrateKbps,
    minVideoBitrate: Math.round(bitrateKbps * LEAST_SHARE),
    enableAdjustRes: false,
  }
}

/** Of a screen beside a camera. One that is the only picture has the profile's own. */
export function screenParams({ resolution, fps }: Profile): EncoderParams {
  const videoBitrate = SCREEN.kbps[resolution]
  return { ...encoderParams({ resolution, fps: Math.min(fps, SCREEN.fps), bitrateKbps: videoBitrate }) }
}

/** The SDK takes instances of its own class only. */
export function toSdk(sdk: Pick<Sdk, 'TRTCVideoEncParam'>, params: EncoderParams): TRTCVideoEncParam {
  return Object.assign(new sdk.TRTCVideoEncParam(), params)
}
