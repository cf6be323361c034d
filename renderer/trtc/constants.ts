/** Numbers of the package's enums (trtc_define.d.ts 13.3.801): its types alone are imported, its values come when it is loaded. A test compares them. */

/** TRTCVideoStreamType */
export const STREAM = { big: 0, sub: 2 } as const
export type StreamType = (typeof STREAM)[keyof typeof STREAM]
/** TRTCVideoFillMode: over the edge, or inside with bars. */
export const FILL = { cover: 0, fit: 1 } as const
/** TRTCVideoResolution */
export const RESOLUTION = { '720p': 112, '1080p': 114 } as const
/** TRTCVideoResolutionMode */
export const LANDSCAPE = 0
/** TRTCAppScene */
export const SCENE_LIVE = 1
/** TRTCRoleType */
export const ROLE_ANCHOR = 20
/** TRTCAudioQuality: 48 kHz, with echo cancelling for co-anchors. */
export const AUDIO_DEFAULT = 2
/** TRTCVideoPixelFormat */
export const PIXELS_I420 = 1
/** TRTCVideoBufferType */
export const BUFFER = 1
/** TRTCDeviceType */
export const DEVICE = { microphone: 0, camera: 2 } as const
/** TRTCDeviceState */
export const DEVICE_REMOVED = 1
/** TRTCScreenCaptureSourceType */
export const CAPTURE = { window: 0, screen: 1 } as const
/** TRTCWaterMarkSrcType */
export const WATERMARK_RGBA = 2
/** TRTCVideoMirrorType */
export const MIRROR = { on: 1, off: 2 } as const
/** TRTCLogLevel: nothing. What the SDK logs has push URLs and UserSig in it. */
export const LOG_NOTHING = 6
/** TRTCBeautyStyle */
export const BEAUTY = { smooth: 0, nature: 1 } as const
/** TRTCMediaSourceType */
export const MEDIA = { camera: 0, screen: 1, image: 2 } as const
