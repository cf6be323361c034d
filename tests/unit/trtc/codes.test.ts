import { TXLiteAVError, TXLiteAVWarning } from 'trtc-electron-sdk/liteav/trtc_code.js'
import * as define from 'trtc-electron-sdk/liteav/trtc_define.js'
import { describe, expect, it } from 'vitest'
import { ERRORS } from '../../../electron/shared/errors'
import { ERROR_CODES, meaningOf, WARNING_CODES } from '../../../renderer/trtc/codes'
import * as constants from '../../../renderer/trtc/constants'

/** tencent-facts §3.16: those worth a message of their own. */
const WORTH_A_MESSAGE: readonly (readonly [code: number, error: string, permanent: boolean])[] = [
  [-3301, 'trtc.enter-failed', false],
  [-3316, 'trtc.enter-failed', true],
  [-3317, 'trtc.signature-refused', true],
  [-3318, 'trtc.enter-failed', true],
  [-3319, 'trtc.signature-refused', true],
  [-3320, 'trtc.signature-refused', true],
  [-3306, 'trtc.timeout', false],
  [-3307, 'trtc.timeout', false],
  [-3308, 'trtc.timeout', false],
  [-1301, 'source.failed', false],
  [-1314, 'source.permission-denied', true],
  [-1316, 'source.in-use', false],
  [-1302, 'source.failed', false],
  [-1317, 'source.permission-denied', true],
  [-1319, 'source.in-use', false],
  [-1308, 'source.failed', false],
  [-1309, 'source.failed', false],
  [-1303, 'encoder.failed', false],
  [-1304, 'encoder.failed', false],
  [-70001, 'trtc.signature-expired', false],
  [-70003, 'trtc.signature-refused', true],
  [-70009, 'trtc.signature-refused', true],
  [-70013, 'trtc.signature-refused', true],
  [-70014, 'trtc.signature-refused', true],
  [-70052, 'trtc.signature-expired', false],
  [-3321, 'trtc.relay-failed', false],
  [-3322, 'trtc.relay-failed', false],
  [-3323, 'trtc.relay-failed', false],
  [-3324, 'trtc.relay-failed', false],
  [-3333, 'trtc.relay-failed', false],
  [-3334, 'trtc.relay-failed', false],
  [-3335, 'trtc.relay-failed', false],
  [-3336, 'trtc.relay-failed', false],
  [-102015, 'trtc.failed', true],
  [-102016, 'trtc.sub-stream-taken', false],
  [-100013, 'trtc.enter-failed', true],
  [-1330, 'source.system-audio-unsupported', true],
  [-3326, 'trtc.room-connection-failed', false],
  [-102034, 'trtc.room-connection-failed', false],
  [-102046, 'trtc.other-anchor-absent', false],
  [-102048, 'trtc.other-anchor-absent', false],
  [-102032, 'trtc.rooms-full', true],
  [-102031, 'trtc.rooms-not-allowed', true],
]

describe('the SDK’s codes', () => {
  const known = Object.values(ERROR_CODES).flatMap((codes) => Object.entries<number>(codes))

  it('are all in the table, under the package’s names and numbers', () => {
    const inPackage = Object.entries(TXLiteAVError).filter(([, code]) => code !== 0)
    const ours = new Map(known)
    for (const [name, code] of inPackage) expect([name, ours.get(name)]).toEqual([name, code])
    expect(known.filter(([name]) => !(name in TXLiteAVError)).map(([name]) => name)).toEqual([
      'SYSTEM_AUDIO_NOT_AUTHORIZED',
      'SYSTEM_AUDIO_DRIVER_FAILED',
      'SYSTEM_AUDIO_START_FAIL',
    ])
    expect(WARNING_CODES).toEqual(TXLiteAVWarning)
  })

  it('stand there once each, with a sentence of ours', () => {
    expect(new Set(known.map(([, code]) => code)).size).toBe(known.length)
    for (const [, code] of known) expect(Object.hasOwn(ERRORS, meaningOf(code).error.code)).toBe(true)
  })

  it.each(WORTH_A_MESSAGE)('%i is %s', (code, error, permanent) => {
    expect(meaningOf(code)).toMatchObject({ error: { code: error, context: { code } }, permanent })
  })

  it('an unknown one is said with its number and tried again', () => {
    expect(meaningOf(-424_242)).toMatchObject({ permanent: false, error: { code: 'trtc.failed', context: { code: -424_242 } } })
  })
})

it('the constants are those of the package', () => {
  expect({
    stream: constants.STREAM,
    fill: constants.FILL,
    resolution: constants.RESOLUTION,
    capture: constants.CAPTURE,
    device: constants.DEVICE,
    mirror: constants.MIRROR,
    beauty: constants.BEAUTY,
    one: [
      constants.LANDSCAPE,
      constants.SCENE_LIVE,
      constants.ROLE_ANCHOR,
      constants.AUDIO_DEFAULT,
      constants.PIXELS_I420,
      constants.BUFFER,
      constants.WATERMARK_RGBA,
      constants.LOG_NOTHING,
    ],
  }).toEqual({
    stream: { big: define.TRTCVideoStreamType.TRTCVideoStreamTypeBig, sub: define.TRTCVideoStreamType.TRTCVideoStreamTypeSub },
    fill: { cover: define.TRTCVideoFillMode.TRTCVideoFillMode_Fill, fit: define.TRTCVideoFillMode.TRTCVideoFillMode_Fit },
    resolution: {
      '720p': define.TRTCVideoResolution.TRTCVideoResolution_1280_720,
      '1080p': define.TRTCVideoResolution.TRTCVideoResolution_1920_1080,
    },
    capture: {
      window: define.TRTCScreenCaptureSourceType.TRTCScreenCaptureSourceTypeWindow,
      screen: define.TRTCScreenCaptureSourceType.TRTCScreenCaptureSourceTypeScreen,
    },
    device: { microphone: define.TRTCDeviceType.TRTCDeviceTypeMic, camera: define.TRTCDeviceType.TRTCDeviceTypeCamera },
    mirror: { on: define.TRTCVideoMirrorType.TRTCVideoMirrorType_Enable, off: define.TRTCVideoMirrorType.TRTCVideoMirrorType_Disable },
    beauty: { smooth: define.TRTCBeautyStyle.TRTCBeautyStyleSmooth, nature: define.TRTCBeautyStyle.TRTCBeautyStyleNature },
    one: [
      define.TRTCVideoResolutionMode.TRTCVideoResolutionModeLandscape,
      define.TRTCAppScene.TRTCAppSceneLIVE,
      define.TRTCRoleType.TRTCRoleAnchor,
      define.TRTCAudioQuality.TRTCAudioQualityDefault,
      define.TRTCVideoPixelFormat.TRTCVideoPixelFormat_I420,
      define.TRTCVideoBufferType.TRTCVideoBufferType_Buffer,
      define.TRTCWaterMarkSrcType.TRTCWaterMarkSrcTypeRGBA32,
      define.TRTCLogLevel.TRTCLogLevelNone,
    ],
  })
})
