// @vitest-environment happy-dom
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { InstalledDouble } from '../../fakes/trtc-native/install'
import { CAMERA, MICROPHONE, SCREEN, TARGET, TrtcRig } from './rig'

// Where the platform has the media mixing manager (Windows), the scene is its sources.

let installed: InstalledDouble
let rig: TrtcRig

beforeAll(() => {
  installed = TrtcRig.install()
})
afterAll(() => installed.remove())
beforeEach(() => {
  for (const name of ['log', 'info', 'warn', 'error'] as const) vi.spyOn(console, name).mockImplementation(() => undefined)
  rig = new TrtcRig(installed, { platform: 'win32' }).load()
})
afterEach(() => {
  rig.close()
  vi.restoreAllMocks()
})

const text = {
  kind: 'text',
  id: 'title',
  name: 'T',
  text: 'Hi',
  colour: '#ffffff',
  background: null,
  size: 0.1,
  align: 'left',
  visible: true,
  transform: CAMERA.transform,
} as const
const corner = { ...CAMERA, transform: { ...CAMERA.transform, x: 0.5, y: 0.5, width: 0.5, height: 0.5, rotation: 90, mirrorX: true, fit: 'cover' } } as const

/** The manager answers each call by itself, one after the other. */
const called = (name: string, times: number): Promise<void> => vi.waitFor(() => expect(rig.called(`mixing.${name}`)).toHaveLength(times))
const stateOf = (id: string): string | undefined => rig.last('sources')?.sources[id]?.state
const active = (...ids: readonly string[]): Promise<void> => vi.waitFor(() => expect(ids.map(stateOf)).toEqual(ids.map(() => 'active')))

it('the scene is its sources, in the scene’s order and places; texts are pictures on disk', async () => {
  expect(rig.called('setRemoteTrtcWithAcrossProcessMode')).toEqual([[true]])
  rig.say({ type: 'set-scene', scene: { sources: [SCREEN, corner, text, MICROPHONE] } })
  await active('screen', 'cam', 'title')
  expect(rig.called('mixing.addMediaSource')).toEqual([
    [{ sourceType: 1, sourceId: '1', rect: { left: 0, top: 0, right: 1_280, bottom: 720 }, rotation: 0, fillMode: 1, mirrorType: 2, zOrder: 1 }],
    [{ sourceType: 0, sourceId: 'camera-1', rect: { left: 640, top: 360, right: 1_280, bottom: 720 }, rotation: 1, fillMode: 0, mirrorType: 1, zOrder: 2 }],
    [
      {
        sourceType: 2,
        sourceId: '/pictures/title.png',
        rect: { left: 0, top: 0, right: 1_280, bottom: 720 },
        rotation: 0,
        fillMode: 1,
        mirrorType: 2,
        zOrder: 3,
      },
    ],
  ])
  expect(rig.called('mixing.startPublish')).toHaveLength(1)
  // No stream beside the mix, but the sound is ours.
  expect(rig.names(['startLocalPreview', 'startScreenCapture', 'startLocalAudio'])).toEqual(['startLocalAudio'])
})

it('beauty is said to the SDK here too', () => {
  rig.say({ type: 'set-scene', scene: { sources: [{ ...CAMERA, beauty: { style: 'nature', smooth: 4, whiten: 0, ruddy: 0 } }] } })
  expect(rig.called('setBeautyStyle')).toEqual([[1, 4, 0, 0]])
})

it('a change of place is an update, a source that is gone is removed', async () => {
  rig.say({ type: 'set-scene', scene: { sources: [SCREEN, CAMERA] } })
  await active('screen', 'cam')
  rig.say({ type: 'set-scene', scene: { sources: [SCREEN, corner] } })
  await called('updateMediaSource', 1)
  expect(rig.called('mixing.updateMediaSource')).toMatchObject([[{ sourceId: 'camera-1', rotation: 1 }]])
  rig.say({ type: 'set-scene', scene: { sources: [corner] } })
  await called('removeMediaSource', 1)
  expect(rig.called('mixing.removeMediaSource')).toMatchObject([[{ sourceType: 1, sourceId: '1' }]])
  expect(rig.called('mixing.addMediaSource')).toHaveLength(2)
})

it('what the manager refuses is said beside the source', async () => {
  rig.say({ type: 'set-scene', scene: { sources: [CAMERA] } })
  await active('cam')
  rig.double.mixingEvent('onMediaSourceAdded', { sourceType: 0, sourceId: 'camera-1', errCode: -6, errMsg: 'occupied' })
  await vi.waitFor(() => expect(stateOf('cam')).toBe('failed'))
  expect(rig.last('sources')?.sources['cam']).toMatchObject({ state: 'failed', error: { code: 'source.in-use', context: { device: 'Double Camera' } } })
  rig.say({ type: 'restart-source', id: 'cam' })
  await called('addMediaSource', 2)
  await active('cam')
})

it('the mix is the anchor’s one stream in the cloud’s', async () => {
  rig.say(
    { type: 'set-scene', scene: { sources: [SCREEN, CAMERA] } },
    { type: 'set-target', target: TARGET },
    { type: 'start-program', title: '', language: 'en' },
  )
  await rig.raise('onEnterRoom', { result: 1 })
  await rig.raise('onSendFirstLocalVideoFrame', { streamType: 0 })
  const config = rig.called('startPublishMediaStream')[0]?.[2] as { videoLayoutList: { fixedVideoStreamType: number; rect: object }[] }
  expect(config.videoLayoutList.map(({ fixedVideoStreamType, rect }) => [fixedVideoStreamType, rect])).toEqual([
    [0, { left: 0, top: 0, right: 1_280, bottom: 720 }],
  ])
})

it('the profile goes to the manager’s encoder', async () => {
  rig.say({ type: 'set-profile', profile: { resolution: '1080p', fps: 30, bitrateKbps: 4_000 } })
  await called('updatePublishParams', 2)
  const sent = rig.called('mixing.callExperimentalAPI').map(([json]) => JSON.parse(String(json)) as { api: string; params: object })
  expect(sent.at(-1)).toMatchObject({ api: 'setVideoEncodeParamEx', params: { videoWidth: 1_920, videoHeight: 1_080, videoFps: 30, videoBitrate: 4_000 } })
})

it('without the cross-process mode each picture is a stream of its own', () => {
  rig.close()
  rig = new TrtcRig(installed, { platform: 'win32' })
  delete rig.native['NodeRemoteTRTCCloud']
  rig.load()
  rig.say({ type: 'set-scene', scene: { sources: [SCREEN, CAMERA] } })
  expect(rig.last('sdk')).toMatchObject({ error: null })
  expect(rig.names(['startLocalPreview', 'startScreenCapture'])).toEqual(['startLocalPreview', 'startScreenCapture'])
})
