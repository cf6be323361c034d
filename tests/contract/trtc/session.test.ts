// @vitest-environment happy-dom
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { InstalledDouble } from '../../fakes/trtc-native/install'
import { installDouble } from '../../fakes/trtc-native/install'
import { legalOrder, type NativeEvent } from './legal-order'
import { SCENE, settled, TARGET, TrtcRig } from './rig'

const ROOM = ['setDefaultStreamRecvMode', 'enterRoom', 'exitRoom', 'startPublishMediaStream', 'updatePublishMediaStream', 'stopPublishMediaStream']

let installed: InstalledDouble
let rig: TrtcRig

beforeAll(() => {
  installed = TrtcRig.install()
})
afterAll(() => installed.remove())
const printed: unknown[] = []
beforeEach(() => {
  printed.length = 0
  for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, name).mockImplementation((...args: unknown[]) => void printed.push(args))
})
afterEach(() => {
  rig.close()
  vi.restoreAllMocks()
})

describe('the SDK', () => {
  it('is not installed: said, and the page works on without it', () => {
    rig = new TrtcRig(installed)
    rig.say({ type: 'load-sdk', folder: null })
    expect(rig.last('sdk')).toEqual({ type: 'sdk', version: null, error: { code: 'trtc.not-installed', context: {} } })
    rig.say({ type: 'set-scene', scene: SCENE }, { type: 'set-target', target: TARGET }, { type: 'start-program', title: '', language: 'en' })
    expect(rig.last('program')).toMatchObject({ state: 'failed', error: { code: 'trtc.not-installed' } })
    expect(rig.last('sources')?.sources['cam']).toMatchObject({ state: 'failed', error: { code: 'trtc.not-installed' } })
    expect(rig.destination('trtc')).toMatchObject({ state: 'failed', error: { code: 'trtc.not-installed' } })
    // Installed since: what was said before holds.
    rig.load()
    expect(rig.last('sdk')).toMatchObject({ version: '13.3.801.double', error: null })
    expect(rig.called('enterRoom')).toHaveLength(1)
  })

  it('is there without its native library, as after a download that failed', () => {
    const without = installDouble('manual', { library: false })
    rig = new TrtcRig(installed)
    rig.say({ type: 'load-sdk', folder: without.folder })
    without.remove()
    expect(rig.last('sdk')).toMatchObject({ version: null, error: { code: 'trtc.not-installed' } })
  })
})

describe('the room', () => {
  it('is entered and left in pairs, with the documented arguments', async () => {
    rig = new TrtcRig(installed)
    await rig.live()
    expect(rig.called('enterRoom')).toEqual([
      [
        expect.objectContaining({
          sdkAppId: 1_400_000_001,
          userId: 'anchor',
          userSig: 'SIG-SECRET',
          roomId: 0,
          strRoomId: 'room-1',
          role: 20,
          privateMapKey: 'MAP-SECRET',
          userDefineRecordId: 'room-1',
        }),
        1,
      ],
    ])
    expect(rig.called('startPublishMediaStream')).toEqual([
      [
        { mode: 3, cdnUrlList: [{ rtmpUrl: TARGET.relays[0]?.url, isInternalLine: true }], mixStreamIdentity: null },
        expect.objectContaining({ videoEncodedWidth: 1_280, videoEncodedHeight: 720, videoEncodedFPS: 30, videoEncodedGOP: 2 }),
        expect.objectContaining({ audioMixUserList: [{ userId: 'anchor', intRoomId: 0, strRoomId: 'room-1' }] }),
      ],
    ])
    expect(rig.destination('trtc')).toMatchObject({ state: 'publishing', error: null, attempt: 0 })
    expect(rig.destination('css')).toMatchObject({ state: 'publishing' })
    expect(rig.last('status')?.onAir).toBe('program')

    rig.say({ type: 'stop-program' })
    expect(rig.last('program')?.state).toBe('off')
    expect(rig.called('stopPublishMediaStream')).toEqual([['task-1']])
    expect(rig.called('exitRoom')).toEqual([])
    await rig.raise('onStopPublishMediaStream', { taskId: 'task-1', code: 0, message: '' })
    expect(rig.called('exitRoom')).toHaveLength(1)
    expect(rig.last('stopped')).toBeUndefined()
    await rig.raise('onExitRoom', { reason: 0 })
    expect(rig.last('stopped')).toBeDefined()
    expect(rig.names(ROOM)).toEqual(['setDefaultStreamRecvMode', 'enterRoom', 'startPublishMediaStream', 'stopPublishMediaStream', 'exitRoom'])
  })

  it('is not publishing before media went out', async () => {
    rig = new TrtcRig(installed).load()
    rig.say({ type: 'set-scene', scene: SCENE }, { type: 'set-target', target: TARGET }, { type: 'start-program', title: '', language: 'en' })
    expect(rig.destination('trtc')).toMatchObject({ state: 'connecting', attempt: 1 })
    await rig.raise('onEnterRoom', { result: 20 })
    expect(rig.destination('trtc')?.state).toBe('connecting')
    expect(rig.called('startPublishMediaStream')).toEqual([])
    // There is a picture: sound alone is not the show.
    await rig.raise('onSendFirstLocalAudioFrame')
    expect(rig.destination('trtc')?.state).toBe('connecting')
    await rig.raise('onSendFirstLocalVideoFrame', { streamType: 0 })
    expect(rig.destination('trtc')?.state).toBe('publishing')
  })

  it('goes on when the connection is lost and comes back, and says how long it was away', async () => {
    rig = new TrtcRig(installed)
    await rig.live()
    await rig.raise('onConnectionLost')
    expect(rig.destination('trtc')).toMatchObject({ state: 'reconnecting', error: { code: 'trtc.connection-lost' } })
    rig.time.pass(7_000)
    expect(rig.destination('trtc')?.error).toMatchObject({ context: { seconds: 7 } })
    await rig.raise('onTryToReconnect')
    await rig.raise('onConnectionRecovery')
    const back = rig.reports
      .filter((report) => report.type === 'status')
      .flatMap(({ destinations }) => destinations.filter(({ outageMs }) => outageMs !== null))
    expect(back).toMatchObject([{ id: 'trtc', state: 'publishing', outageMs: 7_000 }])
    expect(rig.names(ROOM).filter((name) => name === 'enterRoom')).toHaveLength(1)
  })

  it.each([
    [1, 'trtc.kicked'],
    [2, 'trtc.room-dissolved'],
  ])('onExitRoom %i is final: %s', async (reason, code) => {
    rig = new TrtcRig(installed)
    await rig.live()
    await rig.raise('onExitRoom', { reason })
    expect(rig.destination('trtc')).toMatchObject({ state: 'failed', error: { code } })
    rig.time.pass(120_000)
    expect(rig.called('enterRoom')).toHaveLength(1)
    expect(rig.called('exitRoom')).toHaveLength(0)
    // A person may try again.
    rig.say({ type: 'reconnect-now' })
    expect(rig.called('enterRoom')).toHaveLength(2)
  })

  it('is tried again after a time-out, each entry paired with an exit', async () => {
    rig = new TrtcRig(installed).load()
    rig.say({ type: 'set-scene', scene: SCENE }, { type: 'set-target', target: TARGET }, { type: 'start-program', title: '', language: 'en' })
    await rig.raise('onError', { errCode: -3308, errMsg: '' })
    await rig.raise('onEnterRoom', { result: -3308 })
    expect(rig.called('exitRoom')).toHaveLength(1)
    expect(rig.destination('trtc')).toMatchObject({ state: 'reconnecting', error: { code: 'trtc.timeout', context: { code: -3308 } } })
    expect(rig.called('enterRoom')).toHaveLength(1)
    await rig.raise('onExitRoom', { reason: 0 })
    expect(rig.destination('trtc')).toMatchObject({ attempt: 2, nextRetryAtMs: rig.time.nowMs() + 500 })
    rig.time.pass(500)
    expect(rig.called('enterRoom')).toHaveLength(2)
  })

  it('is not tried again with a signature that is refused, and is with another', async () => {
    rig = new TrtcRig(installed).load()
    rig.say({ type: 'set-scene', scene: SCENE }, { type: 'set-target', target: TARGET }, { type: 'start-program', title: '', language: 'en' })
    await rig.raise('onEnterRoom', { result: -70_003 })
    await rig.raise('onExitRoom', { reason: 0 })
    expect(rig.destination('trtc')).toMatchObject({ state: 'failed', error: { code: 'trtc.signature-refused', context: { code: -70_003 } } })
    rig.time.pass(60_000)
    expect(rig.called('enterRoom')).toHaveLength(1)
    rig.say({ type: 'set-target', target: { ...TARGET, ticket: { ...TARGET.ticket, userSig: 'OTHER' } } })
    expect(rig.called('enterRoom')).toMatchObject([
      [{ userSig: 'SIG-SECRET' }, 1],
      [{ userSig: 'OTHER' }, 1],
    ])
  })

  it('a renewed ticket is kept for the next entry and disturbs nothing', async () => {
    rig = new TrtcRig(installed)
    await rig.live()
    rig.say({ type: 'set-target', target: { ...TARGET, ticket: { ...TARGET.ticket, userSig: 'NEW', expiresAt: TARGET.ticket.expiresAt + 9_000 } } })
    expect(rig.names(ROOM)).toEqual(['setDefaultStreamRecvMode', 'enterRoom', 'startPublishMediaStream'])
    // The connection is gone for good: the machine enters anew.
    await rig.raise('onConnectionLost')
    rig.time.pass(90_000)
    expect(rig.called('exitRoom')).toHaveLength(1)
    await rig.raise('onExitRoom', { reason: 0 })
    rig.time.pass(500)
    expect(rig.called('enterRoom')).toMatchObject([
      [{ userSig: 'SIG-SECRET' }, 1],
      [{ userSig: 'NEW' }, 1],
    ])
    await rig.raise('onEnterRoom', { result: 20 })
    await rig.raise('onSendFirstLocalVideoFrame', { streamType: 0 })
    // The cloud still has the task of the stay before: its id comes with a failure, and is ours.
    await rig.raise('onStartPublishMediaStream', { taskId: 'task-1', code: -3334, message: '' })
    expect(rig.called('updatePublishMediaStream')).toMatchObject([['task-1', {}, {}, {}]])
  })

  it('who is taken for one of the audience becomes the anchor again', async () => {
    rig = new TrtcRig(installed)
    await rig.live()
    await rig.raise('onWarning', { warningCode: 6001, warningMsg: '', extraInfo: '' })
    expect(rig.called('switchRole')).toEqual([[20, 'MAP-SECRET']])
  })

  it('sends the time to viewers once a second while on the air', async () => {
    rig = new TrtcRig(installed)
    await rig.live()
    const before = rig.called('sendSEIMsg').length
    rig.time.pass(3_000)
    expect(rig.called('sendSEIMsg').length - before).toBe(3)
    expect(rig.called('sendSEIMsg').at(-1)).toEqual([`[${JSON.stringify({ t: rig.time.nowMs() }).length} bytes]`, 1])
  })

  it('the camera is opened again after the room was left, since the SDK lets go of it', async () => {
    rig = new TrtcRig(installed)
    await rig.live({ ...TARGET, relays: [] })
    rig.say({ type: 'stop-program' })
    await rig.raise('onExitRoom', { reason: 0 })
    expect(rig.names(['startLocalPreview', 'stopLocalPreview', 'exitRoom'])).toEqual(['startLocalPreview', 'exitRoom', 'stopLocalPreview', 'startLocalPreview'])
  })
})

it('prints no secret, though the SDK would print what it is called with', async () => {
  rig = new TrtcRig(installed)
  await rig.live()
  rig.say({
    type: 'set-target',
    target: { ...TARGET, relays: [...TARGET.relays, { id: 'b', url: 'rtmp://b.example.com/live/x?txSecret=RELAY-SECRET', internal: false }] },
  })
  rig.say({ type: 'stop-program' })
  await settled()
  expect(rig.called('updatePublishMediaStream')).toHaveLength(1)
  expect(JSON.stringify([printed, rig.reports])).not.toMatch(/SIG-SECRET|MAP-SECRET|RELAY-SECRET/)
})

describe('legalOrder', () => {
  const enter = { name: 'enterRoom', args: [{ roomId: 0, strRoomId: 'r' }, 1] }
  const event = (name: string, data: Record<string, unknown> = {}): NativeEvent => ({ event: name, data })
  it.each([
    ['an entry before the exit', [enter, event('onEnterRoom', { result: 1 }), enter]],
    ['an exit without an entry', [{ name: 'exitRoom', args: [] }]],
    [
      'publishing outside of a room',
      [{ name: 'startPublishMediaStream', args: [{ mode: 3, cdnUrlList: [1] }, {}, { audioMixUserList: [1], videoLayoutList: [] }] }],
    ],
    ['an unknown task', [enter, event('onEnterRoom', { result: 1 }), { name: 'stopPublishMediaStream', args: ['x'] }]],
    ['a screen without a target', [{ name: 'startScreenCapture', args: [2, null] }]],
  ])('finds %s', (_name, happened) => {
    expect(legalOrder(happened)).not.toEqual([])
  })

  it('accepts a whole show', async () => {
    rig = new TrtcRig(installed)
    await rig.live()
    rig.say({ type: 'stop-program' })
    await settled()
    const asked = rig.calls.findIndex(({ name }) => name === 'startPublishMediaStream')
    const happened = [
      ...rig.calls.slice(0, asked),
      event('onEnterRoom', { result: 1 }),
      ...rig.calls.slice(asked, asked + 1),
      event('onStartPublishMediaStream', { taskId: 'task-1', code: 0 }),
      ...rig.calls.slice(asked + 1),
    ]
    expect(legalOrder(happened)).toEqual([])
  })
})
