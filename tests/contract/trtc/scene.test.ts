// @vitest-environment happy-dom
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { InstalledDouble } from '../../fakes/trtc-native/install'
import { CAMERA, MICROPHONE, SCENE, SCREEN, settled, TARGET, TrtcRig } from './rig'

let installed: InstalledDouble
let rig: TrtcRig

beforeAll(() => {
  installed = TrtcRig.install()
})
afterAll(() => installed.remove())
beforeEach(() => {
  for (const name of ['log', 'info', 'warn'] as const) vi.spyOn(console, name).mockImplementation(() => undefined)
  rig = new TrtcRig(installed).load()
})
afterEach(() => {
  rig.close()
  vi.restoreAllMocks()
})

const CAPTURES = [
  'setCurrentDevice',
  'startLocalPreview',
  'stopLocalPreview',
  'selectScreenCaptureTarget',
  'startScreenCapture',
  'stopScreenCapture',
  'startLocalAudio',
  'stopLocalAudio',
  'muteLocalAudio',
  'setAudioCaptureVolume',
  'startSystemAudioLoopback',
  'stopSystemAudioLoopback',
  'setSystemAudioLoopbackVolume',
]
const source = (id: string) => rig.last('sources')?.sources[id]

describe('the scene', () => {
  it('becomes calls: the camera is the big stream, the screen the sub stream', () => {
    expect(rig.last('devices')?.devices).toEqual({
      cameras: [{ id: 'camera-1', label: 'Double Camera' }],
      microphones: [{ id: 'mic-1', label: 'Double Microphone' }],
      systemAudio: true,
    })
    rig.say({ type: 'set-scene', scene: SCENE })
    expect(rig.names(CAPTURES)).toEqual([
      'setCurrentDevice',
      'startLocalPreview',
      'selectScreenCaptureTarget',
      'startScreenCapture',
      'setCurrentDevice',
      'setAudioCaptureVolume',
      'startLocalAudio',
    ])
    expect(rig.called('setCurrentDevice')).toEqual([
      [2, 'camera-1'],
      [0, 'mic-1'],
    ])
    expect(rig.called('selectScreenCaptureTarget')).toMatchObject([
      [
        { type: 1, sourceId: '1', sourceName: 'Screen 1' },
        { left: 0, top: 0, right: 0, bottom: 0 },
        { enableCaptureMouse: true, enableHighLight: false },
      ],
    ])
    expect(rig.called('startScreenCapture')).toMatchObject([[2, { videoResolution: 112, videoFps: 15, videoBitrate: 1_600 }]])
  })

  it('a screen alone is the big stream, at the profile’s own quality', () => {
    rig.say({ type: 'set-profile', profile: { resolution: '1080p', fps: 30, bitrateKbps: 4_000 } }, { type: 'set-scene', scene: { sources: [SCREEN] } })
    expect(rig.called('startScreenCapture')).toMatchObject([[0, { videoResolution: 114, videoFps: 30, videoBitrate: 4_000, minVideoBitrate: 2_400 }]])
    expect(rig.called('setVideoEncoderParam').at(-1)).toMatchObject([{ videoResolution: 114, resMode: 0, videoFps: 30, enableAdjustRes: false }])
    // A camera comes in: the screen makes room for it.
    rig.say({ type: 'set-scene', scene: { sources: [SCREEN, CAMERA] } })
    expect(rig.names(CAPTURES).slice(2)).toEqual([
      'setCurrentDevice',
      'startLocalPreview',
      'stopScreenCapture',
      'selectScreenCaptureTarget',
      'startScreenCapture',
    ])
    expect(rig.called('startScreenCapture').at(-1)?.[0]).toBe(2)
  })

  it('a second camera, a test card: not carried, and said of each', () => {
    const second = { ...CAMERA, id: 'cam2', name: 'Second' }
    const card = { kind: 'test-card', id: 'card', name: 'Card', visible: true, transform: CAMERA.transform, muted: false, gainDb: 0, syncOffsetMs: 0 } as const
    rig.say({ type: 'set-scene', scene: { sources: [card, second, CAMERA] } })
    expect(source('cam2')).toMatchObject({ state: 'failed', error: { code: 'trtc.source-unsupported', context: {} } })
    expect(source('card')).toMatchObject({ error: { code: 'trtc.source-unsupported', context: {} } })
    expect(source('cam')).toMatchObject({ state: 'starting', error: null })
  })

  it('texts and images become one watermark over the camera, drawn anew only when they change', async () => {
    const text = {
      kind: 'text',
      id: 't',
      name: 'T',
      text: 'Hi',
      colour: '#ffffff',
      background: null,
      size: 0.1,
      align: 'left',
      visible: true,
      transform: CAMERA.transform,
    } as const
    rig.say({ type: 'set-scene', scene: { sources: [CAMERA, text] } })
    await settled()
    expect(rig.called('setWaterMark')).toEqual([[0, '[3686400 bytes]', 2, 1_280, 720, 0, 0, 1]])
    rig.say({ type: 'set-scene', scene: { sources: [CAMERA, text, MICROPHONE] } })
    await settled()
    expect(rig.called('setWaterMark')).toHaveLength(1)
    rig.say({ type: 'set-scene', scene: { sources: [CAMERA] } })
    await settled()
    expect(rig.called('setWaterMark').at(-1)).toEqual([0, null, -1, 0, 0, 0, 0, 0])
    // The line at the foot of the picture is one too.
    rig.say({ type: 'set-line', text: 'Ten more minutes' })
    await settled()
    expect(rig.called('setWaterMark')).toHaveLength(3)
  })

  it('beauty is the SDK’s, said before the camera opens, and again when the room was left', async () => {
    const beauty = { style: 'smooth', smooth: 5, whiten: 3, ruddy: 1 } as const
    rig.say({ type: 'set-scene', scene: SCENE })
    expect(rig.called('setBeautyStyle'), 'as long as nobody wants any').toEqual([])
    rig.say({ type: 'set-scene', scene: { sources: [] } }, { type: 'set-scene', scene: { sources: [{ ...CAMERA, beauty }] } })
    expect(rig.called('setBeautyStyle')).toEqual([[0, 5, 3, 1]])
    expect(rig.names(['setBeautyStyle', 'startLocalPreview']).slice(-2)).toEqual(['setBeautyStyle', 'startLocalPreview'])
    // Another degree leaves the camera open.
    rig.say({ type: 'set-scene', scene: { sources: [{ ...CAMERA, beauty: { ...beauty, style: 'nature', smooth: 9 } }] } })
    expect(rig.called('setBeautyStyle').at(-1)).toEqual([1, 9, 3, 1])
    expect(rig.called('startLocalPreview')).toHaveLength(2)

    rig.say({ type: 'set-target', target: TARGET }, { type: 'start-program', title: '', language: 'en' })
    await rig.raise('onEnterRoom', { result: 20 })
    rig.say({ type: 'stop-program' })
    const before = rig.calls.length
    await rig.raise('onExitRoom', { reason: 0 })
    const after = rig.calls.slice(before).filter(({ name }) => ['stopLocalPreview', 'setBeautyStyle', 'startLocalPreview'].includes(name))
    expect(after.map(({ name, args }) => (name === 'setBeautyStyle' ? args : name))).toEqual([
      [1, 0, 0, 0],
      'stopLocalPreview',
      [1, 9, 3, 1],
      'startLocalPreview',
    ])
    rig.say({ type: 'set-scene', scene: SCENE })
    expect(rig.called('setBeautyStyle').at(-1)).toEqual([1, 0, 0, 0])
  })

  it('sound: gain as far as the SDK goes, mute, and the system’s sound by itself', () => {
    rig.say({ type: 'set-scene', scene: { sources: [{ ...MICROPHONE, gainDb: -6 }] } })
    expect(rig.called('setAudioCaptureVolume')).toEqual([[50]])
    rig.say({ type: 'set-scene', scene: { sources: [{ ...MICROPHONE, gainDb: 12 }] } })
    expect(rig.called('setAudioCaptureVolume').at(-1)).toEqual([100])
    rig.say({ type: 'set-scene', scene: { sources: [{ ...MICROPHONE, muted: true }] } })
    expect(rig.called('muteLocalAudio')).toEqual([[true]])
    // With the system's sound beside it the microphone alone is silent.
    const system = { kind: 'system-audio', id: 'sys', name: 'System', muted: false, gainDb: 0, syncOffsetMs: 0 } as const
    rig.say({ type: 'set-scene', scene: { sources: [{ ...MICROPHONE, muted: true }, system] } })
    expect(rig.called('muteLocalAudio').at(-1)).toEqual([false])
    expect(rig.called('setAudioCaptureVolume').at(-1)).toEqual([0])
    expect(rig.names(['startSystemAudioLoopback', 'setSystemAudioLoopbackVolume'])).toEqual(['startSystemAudioLoopback', 'setSystemAudioLoopbackVolume'])
    rig.say({ type: 'set-paused', paused: true, card: { kind: 'pause', text: '' } })
    expect(rig.called('muteLocalAudio').at(-1)).toEqual([true])
    expect(rig.called('setSystemAudioLoopbackVolume').at(-1)).toEqual([0])
  })

  it('paused: the card is there before the picture goes, and both streams go', () => {
    rig.say({ type: 'set-scene', scene: SCENE }, { type: 'set-paused', paused: true, card: { kind: 'be-right-back', text: '' } })
    const PAUSE = ['setVideoMuteImage', 'muteLocalVideo', 'muteLocalAudio']
    expect(rig.names(PAUSE)).toEqual(['muteLocalAudio', 'setVideoMuteImage', 'muteLocalVideo', 'muteLocalVideo'])
    expect(rig.called('setVideoMuteImage')).toEqual([[{ buffer: '[3686400 bytes]', length: 3_686_400, width: 1_280, height: 720 }, 5]])
    expect(rig.called('muteLocalVideo')).toEqual([
      [0, true],
      [2, true],
    ])
    rig.say({ type: 'set-paused', paused: false, card: { kind: 'pause', text: '' } })
    expect(rig.called('muteLocalVideo').slice(2)).toEqual([
      [0, false],
      [2, false],
    ])
    expect(rig.called('setVideoMuteImage').at(-1)).toEqual([null, 5])
  })
})

it('a camera that is opened during a pause is covered', () => {
  rig.say({ type: 'set-paused', paused: true, card: { kind: 'pause', text: '' } })
  const before = rig.called('muteLocalVideo').length
  rig.say({ type: 'set-scene', scene: { sources: [CAMERA] } })
  expect(rig.called('startLocalPreview')).toHaveLength(1)
  expect(rig.called('muteLocalVideo').slice(before)).toContainEqual([0, true])
})

describe('a source', () => {
  it.each([
    [-1316, 'failed', 'source.in-use', true],
    [-1314, 'denied', 'source.permission-denied', false],
  ])('camera code %i: %s, and tried again only where that can help', async (errCode, state, code, again) => {
    rig.say({ type: 'set-scene', scene: SCENE })
    await rig.raise('onError', { errCode, errMsg: '' })
    expect(source('cam')).toMatchObject({ state, error: { code, context: { device: 'Double Camera' } } })
    rig.time.pass(10_000)
    expect(rig.called('startLocalPreview').length > 1).toBe(again)
  })

  it('whose device is unplugged is lost, and no other takes its place', async () => {
    const other = { deviceId: 'camera-2', deviceName: 'Other', deviceProperties: '' }
    rig.double.state.cameras = [...rig.double.state.cameras, other]
    rig.say({ type: 'set-scene', scene: { sources: [{ ...CAMERA, deviceId: 'camera-1' }] } })
    const [first] = rig.double.state.cameras
    rig.double.state.cameras = [other]
    await rig.raise('onDeviceChange', { deviceId: 'camera-1', type: 2, state: 1 })
    expect(source('cam')).toMatchObject({ state: 'lost', error: { code: 'source.lost' } })
    expect(rig.called('stopLocalPreview')).toHaveLength(1)
    expect(rig.last('devices')?.devices.cameras).toEqual([{ id: 'camera-2', label: 'Other' }])
    rig.double.state.cameras = [other, ...(first === undefined ? [] : [first])]
    await rig.raise('onDeviceChange', { deviceId: 'camera-1', type: 2, state: 0 })
    expect(rig.called('startLocalPreview')).toHaveLength(2)
    expect(rig.called('setCurrentDevice').at(-1)).toEqual([2, 'camera-1'])
  })

  it('that gives no pictures any more is opened anew', async () => {
    rig.say({ type: 'set-scene', scene: { sources: [CAMERA] } })
    rig.double.frame(0, 640, 360)
    await settled()
    expect(source('cam')).toMatchObject({ state: 'active', width: 640, height: 360 })
    rig.time.pass(3_000)
    expect(source('cam')).toMatchObject({ state: 'frozen', error: { code: 'source.frozen' } })
    rig.time.pass(1_000)
    expect(rig.called('startLocalPreview').length).toBeGreaterThan(1)
  })

  it('a window that was closed is lost, and found again by its title', async () => {
    const { visible, syncOffsetMs, transform } = SCREEN
    const notes = { kind: 'window', id: 'screen', name: 'Notes', windowTitle: 'Notes', captureId: 'window:1:0', visible, syncOffsetMs, transform } as const
    rig.say({ type: 'set-scene', scene: { sources: [notes] } })
    expect(rig.called('selectScreenCaptureTarget')).toMatchObject([[{ sourceId: '4711' }, {}, {}]])
    await rig.raise('onScreenCaptureStarted')
    expect(source('screen')).toMatchObject({ state: 'active', label: 'Notes' })
    rig.double.state.screens = rig.double.state.screens.slice(0, 1)
    await rig.raise('onScreenCaptureStoped', { reason: 1 })
    rig.time.pass(1_000)
    expect(source('screen')).toMatchObject({ state: 'lost' })
  })

  it('somebody else has the sub stream: said, the camera goes on', async () => {
    rig.say({ type: 'set-scene', scene: SCENE })
    await rig.raise('onError', { errCode: -102_016, errMsg: '' })
    expect(source('screen')).toMatchObject({ state: 'failed', error: { code: 'trtc.sub-stream-taken', context: { code: -102_016 } } })
    expect(source('cam')).toMatchObject({ error: null })
  })
})

describe('the preview', () => {
  it('is the mix: the camera in its corner over the screen, in the size asked for', async () => {
    rig.attachPreview()
    rig.ask({ type: 'preview-size', width: 320, height: 180, fps: 30 })
    rig.say({ type: 'set-scene', scene: { sources: [SCREEN, { ...CAMERA, transform: { ...CAMERA.transform, x: 0.75, y: 0.75, width: 0.25, height: 0.25 } }] } })
    await rig.raise('onScreenCaptureStarted')
    rig.double.frame(2, 960, 540)
    rig.double.frame(2, 960, 540)
    await settled()
    rig.ask({ type: 'drawn' })
    rig.time.pass(100)
    rig.double.frame(0, 640, 360)
    await settled()
    const frames = rig.preview.filter((message) => message.type === 'frame')
    expect(frames.map(({ width, height, data }) => [width, height, data.length])).toEqual([
      [320, 180, 86_400],
      [320, 180, 86_400],
    ])
    // Where the camera lies, and only there, the second differs from the first.
    const [before, after] = frames
    const changed = (x: number, y: number): boolean => before?.data[y * 320 + x] !== after?.data[y * 320 + x]
    expect(Array.from({ length: 240 }, (_, x) => changed(x, 60)).some(Boolean)).toBe(false)
    expect(Array.from({ length: 80 }, (_, x) => changed(240 + x, 160)).some(Boolean)).toBe(true)
  })

  it('levels: dBFS by the microphone’s id and by co-anchor', async () => {
    rig.attachPreview()
    rig.say({ type: 'set-scene', scene: SCENE })
    const spectrum = { vad: 1, pitch: 0, spectrumData: [], spectrumDataLength: 0 }
    await rig.raise('onUserVoiceVolume', {
      userVolumes: [
        { userId: '', volume: 50, ...spectrum },
        { userId: 'guest', volume: 10, ...spectrum },
      ],
      userVolumesCount: 2,
      totalVolume: 50,
    })
    expect(rig.preview.at(-1)).toEqual({
      type: 'levels',
      sources: { mic: { peakDb: -6, rmsDb: -6 }, 'co-anchor:guest': { peakDb: -20, rmsDb: -20 } },
      program: { peakDb: -6, rmsDb: -6 },
    })
  })
})

describe('statistics and tests', () => {
  it('the SDK’s statistics are the stage’s and the destination’s', async () => {
    await rig.live()
    const statistics = (sentBytes: number) => ({
      statistics: {
        upLoss: 0,
        rtt: 40,
        sentBytes,
        localStatisticsArray: [
          { width: 1_280, height: 720, frameRate: 30, videoBitrate: 2_400, audioBitrate: 64, streamType: 0 },
          { width: 1_280, height: 720, frameRate: 10, videoBitrate: 900, audioBitrate: 0, streamType: 2 },
        ],
        remoteStatisticsArray: [],
      },
    })
    await rig.raise('onStatistics', statistics(1_000_000))
    rig.time.pass(2_000)
    await rig.raise('onStatistics', statistics(1_500_000))
    rig.time.pass(1_000)
    expect(rig.last('stats')?.stats).toMatchObject({ engine: 'trtc', fps: 30, bitrateKbps: 3_300, encodedFrames: 80, encoder: { audio: 'trtc' } })
    expect(rig.destination('trtc')?.stats).toMatchObject({
      sentKbps: 2_000,
      ackedKbps: null,
      rttMs: 40,
      sentFps: 30,
      sentBytes: 500_000,
      sentVideoFrames: 80,
      sentAudioFrames: 100,
    })
  })

  it('the check hears what was said within its two seconds, be there a pause at their end', async () => {
    const said = (volume: number): Promise<void> =>
      rig.raise('onUserVoiceVolume', {
        userVolumes: [{ userId: '', volume, vad: 1, pitch: 0, spectrumData: [], spectrumDataLength: 0 }],
        userVolumesCount: 1,
        totalVolume: volume,
      })
    rig.say({ type: 'set-scene', scene: SCENE }, { type: 'run-checks', requestId: 'q1' })
    rig.time.pass(300)
    await said(50)
    rig.time.pass(1_700)
    expect(rig.last('checks')?.checks.microphones).toMatchObject([{ id: 'mic', peakDb: -6 }])
    // And not what was said before.
    rig.say({ type: 'run-checks', requestId: 'q2' })
    await said(0)
    rig.time.pass(2_000)
    expect(rig.last('checks')).toMatchObject({ requestId: 'q2', checks: { microphones: [{ id: 'mic', peakDb: -100 }] } })
    expect(rig.last('stats')?.stats.audioPeakDb).toBe(-100)
  })

  it('a speed test is answered once, and is not made in a room', async () => {
    rig.say({ type: 'test-speed', requestId: 'q1', ticket: TARGET.ticket, upKbps: 3_000 })
    expect(rig.called('startSpeedTest')).toMatchObject([[{ sdkAppId: 1_400_000_001, userId: 'anchor', userSig: 'SIG-SECRET', expectedUpBandwidth: 3_000 }]])
    const result = {
      success: true,
      errMsg: '',
      ip: '',
      quality: 2,
      upLostRate: 0.1,
      downLostRate: 0,
      rtt: 30,
      availableUpBandwidth: 2_800,
      availableDownBandwidth: -1,
      upJitter: 0,
      downJitter: 0,
    }
    await rig.raise('onSpeedTestResult', { result })
    await rig.raise('onSpeedTestResult', { result })
    expect(rig.reports.filter(({ type }) => type === 'speed')).toEqual([
      { type: 'speed', requestId: 'q1', result: { ok: true, error: null, quality: 2, upLoss: 0.1, downLoss: 0, rttMs: 30, upKbps: 2_800, downKbps: null } },
    ])
    expect(rig.called('stopSpeedTest')).toHaveLength(1)
    await rig.live()
    rig.say({ type: 'test-speed', requestId: 'q2', ticket: TARGET.ticket, upKbps: 3_000 })
    expect(rig.called('startSpeedTest')).toHaveLength(1)
    expect(rig.last('speed')).toMatchObject({ requestId: 'q2', result: { ok: false } })
  })

  it('the result of a speed test that was stopped is not taken for the next one’s', async () => {
    const ask = (requestId: string): void => rig.say({ type: 'test-speed', requestId, ticket: TARGET.ticket, upKbps: 3_000 })
    const result = { success: true, errMsg: '', quality: 2, upLostRate: 0, downLostRate: 0, rtt: 30 }
    ask('q1')
    ask('q2')
    await rig.raise('onSpeedTestResult', { result })
    expect(rig.reports.filter(({ type }) => type === 'speed')).toMatchObject([{ requestId: 'q1', result: { ok: false } }])
    rig.time.pass(2_000)
    await rig.raise('onSpeedTestResult', { result })
    expect(rig.last('speed')).toMatchObject({ requestId: 'q2', result: { ok: true, quality: 2 } })
  })

  it('no speed test begins or ends in a show, also before its room is known', async () => {
    const ask = (requestId: string): void => rig.say({ type: 'test-speed', requestId, ticket: TARGET.ticket, upKbps: 3_000 })
    ask('q1')
    rig.say({ type: 'start-program', title: '', language: 'en' })
    expect(rig.last('speed')).toMatchObject({ requestId: 'q1', result: { ok: false } })
    await rig.raise('onSpeedTestResult', { result: { success: true, errMsg: '', quality: 2, upLostRate: 0, downLostRate: 0, rtt: 30 } })
    ask('q2')
    expect(rig.last('speed')).toMatchObject({ requestId: 'q2', result: { ok: false, error: { code: 'trtc.failed' } } })
    expect(rig.called('startSpeedTest')).toHaveLength(1)
    expect(rig.reports.filter(({ type }) => type === 'speed')).toHaveLength(2)
    // The show is over: it may be measured again.
    rig.say({ type: 'stop-program' })
    ask('q3')
    expect(rig.called('startSpeedTest')).toHaveLength(2)
  })

  it('a speed test that is never answered ends', () => {
    rig.say({ type: 'test-speed', requestId: 'q', ticket: TARGET.ticket, upKbps: 3_000 })
    rig.time.pass(20_000)
    expect(rig.last('speed')).toMatchObject({ requestId: 'q', result: { ok: false, error: { code: 'trtc.timeout' } } })
  })
})
