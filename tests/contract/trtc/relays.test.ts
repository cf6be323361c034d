// @vitest-environment happy-dom
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SeatTableView } from '../../../electron/shared/seats'
import type { InstalledDouble } from '../../fakes/trtc-native/install'
import { TARGET, TrtcRig } from './rig'

const CSS = TARGET.relays[0]?.url ?? ''

function table(entries: readonly Partial<SeatTableView['entries'][number]>[], layout: SeatTableView['layout'] = 'side-by-side'): SeatTableView {
  return {
    rev: 1,
    layout,
    entries: entries.map((one, index) => ({
      userId: `guest-${index + 1}`,
      seat: index + 1,
      ready: true,
      muted: false,
      volume: 1,
      spotlight: false,
      nick: '',
      avatar: '',
      level: 0,
      ...one,
    })),
  }
}

interface Mix {
  readonly videoLayoutList: readonly {
    readonly fixedVideoUser: { userId: string; strRoomId: string }
    readonly fixedVideoStreamType: number
    readonly rect: object
  }[]
  readonly audioMixUserList: readonly { readonly userId: string; readonly strRoomId: string }[]
}

let installed: InstalledDouble
let rig: TrtcRig

beforeAll(() => {
  installed = TrtcRig.install()
})
afterAll(() => installed.remove())
beforeEach(() => {
  for (const name of ['log', 'info', 'warn'] as const) vi.spyOn(console, name).mockImplementation(() => undefined)
  rig = new TrtcRig(installed)
})
afterEach(() => {
  rig.close()
  vi.restoreAllMocks()
})

const enters = async (userId: string): Promise<void> => {
  await rig.raise('onRemoteUserEnterRoom', { userId })
  await rig.raise('onUserVideoAvailable', { userId, available: true })
  await rig.raise('onUserAudioAvailable', { userId, available: true })
}
const mixOf = (args: readonly unknown[] | undefined): Mix => args?.at(-1) as Mix
const seen = (mix: Mix): string[] => mix.videoLayoutList.map(({ fixedVideoUser, fixedVideoStreamType }) => `${fixedVideoUser.userId}/${fixedVideoStreamType}`)
const heard = (mix: Mix): string[] => mix.audioMixUserList.map(({ userId }) => userId)

describe('the mix', () => {
  it('has the scene’s screen and camera where the scene has them', async () => {
    await rig.live()
    expect(seen(mixOf(rig.called('startPublishMediaStream')[0]))).toEqual(['anchor/2', 'anchor/0'])
  })

  it('is updated without a break when a co-anchor sits down, and one change at a time', async () => {
    await rig.live()
    await enters('guest-1')
    rig.say({ type: 'set-seats', table: table([{}]) })
    expect(rig.called('updatePublishMediaStream')).toHaveLength(1)
    const mix = mixOf(rig.called('updatePublishMediaStream')[0])
    expect(seen(mix)).toEqual(['anchor/2', 'anchor/0', 'guest-1/0'])
    expect(heard(mix)).toEqual(['anchor', 'guest-1'])
    // Two changes while the cloud has not answered: one more update, with the last of them.
    rig.say({ type: 'set-seats', table: table([{ muted: true }]) }, { type: 'set-seats', table: table([{ muted: true }, {}]) })
    expect(rig.called('updatePublishMediaStream')).toHaveLength(1)
    await rig.raise('onUpdatePublishMediaStream', { taskId: 'task-1', code: 0, message: '' })
    expect(rig.called('updatePublishMediaStream')).toHaveLength(2)
    expect(heard(mixOf(rig.called('updatePublishMediaStream')[1]))).toEqual(['anchor', 'guest-2'])
    await rig.raise('onUpdatePublishMediaStream', { taskId: 'task-1', code: 0, message: '' })
    expect(rig.called('startPublishMediaStream')).toHaveLength(1)
    expect(rig.called('stopPublishMediaStream')).toHaveLength(0)
    // The encoder's parameters stay: only so does the stream go on unbroken.
    const params = [...rig.called('startPublishMediaStream').map((args) => args[1]), ...rig.called('updatePublishMediaStream').map((args) => args[2])]
    expect(new Set(params.map((one) => JSON.stringify(one))).size).toBe(1)
  })

  it('a change while the start is not answered waits for it', async () => {
    rig.load()
    await rig.live()
    rig.say({ type: 'stop-program' })
    await rig.raise('onStopPublishMediaStream', { taskId: 'task-1', code: 0, message: '' })
    await rig.raise('onExitRoom', { reason: 0 })
    rig.say({ type: 'start-program', title: '', language: 'en' })
    await rig.raise('onEnterRoom', { result: 1 })
    await rig.raise('onSendFirstLocalVideoFrame', { streamType: 0 })
    rig.say({ type: 'set-seats', table: table([{}]) })
    expect(rig.called('updatePublishMediaStream')).toHaveLength(0)
    await rig.raise('onStartPublishMediaStream', { taskId: 'task-2', code: 0, message: '' })
    expect(rig.called('updatePublishMediaStream')).toMatchObject([['task-2', {}, {}, {}]])
  })
})

describe('a relay', () => {
  it('that the cloud gave up on is tried again by an update', async () => {
    await rig.live()
    await rig.raise('onCdnStreamStateChanged', { cdnUrl: CSS, status: 3, code: 1, msg: '' })
    expect(rig.destination('css')).toMatchObject({ state: 'reconnecting', error: { code: 'trtc.relay-failed' } })
    rig.time.pass(4_000)
    await rig.raise('onCdnStreamStateChanged', { cdnUrl: CSS, status: 4, code: 7, msg: '' })
    expect(rig.destination('css')).toMatchObject({ state: 'reconnecting', nextRetryAtMs: rig.time.nowMs() + 1_000, error: { context: { code: 7 } } })
    expect(rig.destination('trtc')?.state).toBe('publishing')
    rig.time.pass(1_000)
    expect(rig.called('updatePublishMediaStream')).toHaveLength(1)
    await rig.raise('onUpdatePublishMediaStream', { taskId: 'task-1', code: 0, message: '' })
    await rig.raise('onCdnStreamStateChanged', { cdnUrl: CSS, status: 2, code: 0, msg: '' })
    const back = rig.reports.flatMap((report) =>
      report.type === 'status' ? report.destinations.filter(({ id, outageMs }) => id === 'css' && outageMs !== null) : [],
    )
    expect(back).toMatchObject([{ state: 'publishing', outageMs: 5_000 }])
  })

  it('is taken in and out without a break', async () => {
    await rig.live()
    const second = { id: 'other', url: 'rtmps://push.example.net/app/key', internal: false }
    rig.say({ type: 'set-target', target: { ...TARGET, relays: [...TARGET.relays, second] } })
    expect(rig.called('updatePublishMediaStream')).toMatchObject([
      ['task-1', { cdnUrlList: [{ rtmpUrl: CSS }, { rtmpUrl: second.url, isInternalLine: false }] }, {}, {}],
    ])
    expect(rig.destination('css')?.state).toBe('publishing')
    expect(rig.destination('other')?.state).toBe('connecting')
    await rig.raise('onUpdatePublishMediaStream', { taskId: 'task-1', code: 0, message: '' })
    await rig.raise('onCdnStreamStateChanged', { cdnUrl: second.url, status: 2, code: 0, msg: '' })
    expect(rig.destination('other')?.state).toBe('publishing')
    rig.say({ type: 'set-target', target: { ...TARGET, relays: [] } })
    expect(rig.called('stopPublishMediaStream')).toEqual([['task-1']])
    expect(rig.called('exitRoom')).toEqual([])
  })

  it('a start that fails is made again, later each time', async () => {
    rig.load()
    await rig.live()
    rig.say({ type: 'set-target', target: { ...TARGET, relays: [] } })
    await rig.raise('onStopPublishMediaStream', { taskId: 'task-1', code: 0, message: '' })
    rig.say({ type: 'set-target', target: TARGET })
    for (const [failures, delayMs] of [1_000, 2_000, 5_000].entries()) {
      expect(rig.called('startPublishMediaStream')).toHaveLength(failures + 2)
      await rig.raise('onStartPublishMediaStream', { taskId: '', code: -3_333, message: '' })
      expect(rig.destination('css')).toMatchObject({ state: 'reconnecting', error: { context: { code: -3_333 } } })
      rig.time.pass(delayMs - 1)
      expect(rig.called('startPublishMediaStream')).toHaveLength(failures + 2)
      rig.time.pass(1)
    }
  })

  it('that does not say goodbye does not hold the show', async () => {
    await rig.live()
    rig.say({ type: 'stop-program' })
    rig.time.pass(2_000)
    expect(rig.called('exitRoom')).toHaveLength(1)
  })
})

describe('co-anchors', () => {
  it('are seen and heard by their seats; who only came into the room is neither', async () => {
    await rig.live()
    await enters('guest-1')
    await enters('stranger')
    expect(rig.called('muteRemoteAudio')).toEqual([
      ['guest-1', true],
      ['stranger', true],
    ])
    expect(rig.called('startRemoteView')).toEqual([])
    rig.say({ type: 'set-seats', table: table([{ volume: 0.4 }]) })
    expect(rig.called('muteRemoteAudio').slice(2)).toEqual([['guest-1', false]])
    expect(rig.called('setRemoteAudioVolume')).toEqual([['guest-1', 40]])
    expect(rig.called('startRemoteView')).toEqual([['guest-1', 0]])
    expect(Object.keys(rig.last('co-anchors')?.coAnchors.media ?? {})).toEqual(['guest-1'])
    rig.double.remoteFrame('guest-1', 320, 180)
    rig.double.remoteFrame('guest-1', 320, 180)
    rig.time.pass(1_000)
    expect(rig.last('co-anchors')?.coAnchors).toMatchObject({ table: null, media: { 'guest-1': { state: 'connected', width: 320, height: 180 } } })
    rig.say({ type: 'set-seats', table: table([{ muted: true }]) })
    expect(rig.called('muteRemoteAudio').at(-1)).toEqual(['guest-1', true])
  })

  it('in the greenroom are heard by the anchor alone, when asked for', async () => {
    await rig.live()
    await enters('guest-1')
    rig.say({ type: 'set-seats', table: table([{ seat: 0 }]) })
    expect(rig.called('muteRemoteAudio')).toEqual([['guest-1', true]])
    rig.say({ type: 'hear', userId: 'guest-1' })
    expect(rig.called('muteRemoteAudio').at(-1)).toEqual(['guest-1', false])
    expect(rig.last('co-anchors')?.coAnchors.hearing).toBe('guest-1')
    rig.say({ type: 'hear', userId: null })
    expect(rig.called('muteRemoteAudio').at(-1)).toEqual(['guest-1', true])
    // Nothing of it in the mix.
    expect(rig.called('updatePublishMediaStream')).toEqual([])
  })

  it('lost by a time-out are lost; gone by themselves are waited for anew', async () => {
    await rig.live()
    rig.say({ type: 'set-seats', table: table([{}, {}]) })
    await enters('guest-1')
    await enters('guest-2')
    const lostAtMs = rig.time.nowMs()
    await rig.raise('onRemoteUserLeaveRoom', { userId: 'guest-1', reason: 1 })
    await rig.raise('onRemoteUserLeaveRoom', { userId: 'guest-2', reason: 0 })
    expect(rig.last('co-anchors')?.coAnchors.media).toMatchObject({ 'guest-1': { state: 'lost', lostAtMs }, 'guest-2': { state: 'waiting', lostAtMs: null } })
    await enters('guest-1')
    expect(rig.last('co-anchors')?.coAnchors.media['guest-1']).toMatchObject({ state: 'connected', lostAtMs: null })
  })
})
