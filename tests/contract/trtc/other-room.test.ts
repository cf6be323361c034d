// @vitest-environment happy-dom
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SeatTableView } from '../../../electron/shared/seats'
import type { InstalledDouble, NativeCall } from '../../fakes/trtc-native/install'
import { legalOrder, type NativeEvent } from './legal-order'
import { TARGET, TrtcRig } from './rig'

const OTHER = { roomId: 'room-2', userId: 'rival' }

/** The other anchor's place, which he has under another name than the TRTC room's. */
function seats(change: Partial<SeatTableView['entries'][number]> = {}): SeatTableView {
  const entry = { userId: 'c_west', seat: 1, ready: true, muted: false, volume: 1, spotlight: false, nick: 'Wes', avatar: '', level: 0, trtc: OTHER, ...change }
  return { rev: 1, layout: 'side-by-side', entries: [entry] }
}

interface Mix {
  readonly videoLayoutList: readonly { readonly fixedVideoUser: { readonly userId: string; readonly strRoomId: string } }[]
  readonly audioMixUserList: readonly { readonly userId: string; readonly strRoomId: string }[]
}

let installed: InstalledDouble
let rig: TrtcRig
let happened: (NativeCall | NativeEvent)[]
let read: number

beforeAll(() => {
  installed = TrtcRig.install()
})
afterAll(() => installed.remove())
beforeEach(() => {
  for (const name of ['log', 'info', 'warn'] as const) vi.spyOn(console, name).mockImplementation(() => undefined)
  rig = new TrtcRig(installed)
  happened = []
  read = 0
})
afterEach(() => {
  readCalls()
  expect(legalOrder(happened)).toEqual([])
  rig.close()
  vi.restoreAllMocks()
})

function readCalls(): void {
  happened.push(...rig.calls.slice(read))
  read = rig.calls.length
}
async function raise(event: string, data: Readonly<Record<string, unknown>> = {}): Promise<void> {
  readCalls()
  happened.push({ event, data })
  await rig.raise(event, data)
}
/** In the room, the task runs; its events are among those that are judged. */
async function live(): Promise<void> {
  rig.load()
  rig.say({ type: 'set-scene', scene: { sources: [] } }, { type: 'set-target', target: TARGET }, { type: 'start-program', title: '', language: 'en' })
  await raise('onEnterRoom', { result: 20 })
  await raise('onSendFirstLocalAudioFrame')
  await raise('onStartPublishMediaStream', { taskId: 'task-1', code: 0, message: '' })
}
const connects = (code = 0): Promise<void> => raise('onConnectOtherRoom', { userId: OTHER.userId, errCode: code, errMsg: '' })
async function comes(): Promise<void> {
  await raise('onRemoteUserEnterRoom', { userId: OTHER.userId })
  await raise('onUserVideoAvailable', { userId: OTHER.userId, available: true })
  await raise('onUserAudioAvailable', { userId: OTHER.userId, available: true })
}
const mix = (): Mix => rig.called('updatePublishMediaStream').at(-1)?.at(-1) as Mix
const inMix = (): string[] => mix().videoLayoutList.map(({ fixedVideoUser: { strRoomId, userId } }) => `${strRoomId}/${userId}`)
const updated = (): Promise<void> => raise('onUpdatePublishMediaStream', { taskId: 'task-1', code: 0, message: '' })
const connection = (): unknown[] => {
  const told = rig.last('room-connection')
  return [told?.state, told?.error?.code ?? null]
}

describe('the anchor of a connected room', () => {
  it('is in his seat: in the tile, in the mix as of his room, and in what is heard of him', async () => {
    await live()
    rig.say({ type: 'set-seats', table: seats({ seat: 0 }) }, { type: 'connect-room', other: OTHER })
    expect(rig.called('connectOtherRoom')).toEqual([['{"strRoomId":"room-2","userId":"rival"}']])
    expect(connection()).toEqual(['connecting', null])
    await connects()
    await comes()
    expect(connection()).toEqual(['connected', null])
    // In the greenroom: seen by the anchor, heard when asked for, and not on the air.
    expect(rig.called('startRemoteView')).toEqual([['rival', 0]])
    expect(rig.called('muteRemoteAudio')).toEqual([['rival', true]])
    expect(rig.called('updatePublishMediaStream')).toEqual([])
    expect(Object.keys(rig.last('co-anchors')?.coAnchors.media ?? {})).toEqual(['c_west'])
    expect(rig.last('co-anchors')?.coAnchors.media['c_west']?.state).toBe('connected')
    rig.say({ type: 'hear', userId: 'c_west' })
    expect(rig.called('muteRemoteAudio').at(-1)).toEqual(['rival', false])
    expect(rig.last('co-anchors')?.coAnchors.hearing).toBe('c_west')
    rig.say({ type: 'hear', userId: null }, { type: 'set-seats', table: seats({ volume: 0.3 }) })
    expect(rig.called('setRemoteAudioVolume').at(-1)).toEqual(['rival', 30])
    expect(inMix()).toEqual(['room-2/rival'])
    expect(mix().audioMixUserList).toEqual([
      { userId: 'anchor', intRoomId: 0, strRoomId: 'room-1' },
      { userId: 'rival', intRoomId: 0, strRoomId: 'room-2' },
    ])
    await updated()
    rig.say({ type: 'set-seats', table: seats({ muted: true }) })
    expect(rig.called('muteRemoteAudio').at(-1)).toEqual(['rival', true])
    expect(mix().audioMixUserList.map(({ userId }) => userId)).toEqual(['anchor'])
    await updated()
    rig.say({ type: 'connect-room', other: null }, { type: 'set-seats', table: { ...seats(), entries: [] } })
    expect(rig.called('disconnectOtherRoom')).toHaveLength(1)
    expect(inMix()).toEqual([])
    await raise('onDisconnectOtherRoom', { errCode: 0, errMsg: '' })
    expect(connection()).toEqual(['none', null])
    // The stream of viewers was one all the time.
    expect([rig.called('startPublishMediaStream').length, rig.called('stopPublishMediaStream').length]).toEqual([1, 0])
  })

  it('who connects from his side is seated all the same, and nothing is asked for here', async () => {
    await live()
    await comes()
    expect(rig.called('startRemoteView')).toEqual([])
    rig.say({ type: 'set-seats', table: seats() })
    expect(rig.called('startRemoteView')).toEqual([['rival', 0]])
    expect(inMix()).toEqual(['room-2/rival'])
    expect(rig.called('connectOtherRoom')).toEqual([])
  })

  it('is a level, a tile and a speaker under the name of his place', async () => {
    await live()
    rig.attachPreview()
    rig.ask({ type: 'tiles', wanted: true })
    rig.say({ type: 'set-seats', table: seats({ seat: 0 }) })
    await comes()
    rig.double.remoteFrame('rival', 320, 180)
    rig.double.remoteFrame('rival', 320, 180)
    rig.time.pass(1_000)
    expect(rig.last('co-anchors')?.coAnchors.media['c_west']).toMatchObject({ width: 320, height: 180 })
    expect(rig.preview.filter(({ type }) => type === 'tile')).toMatchObject([{ userId: 'c_west' }])
  })
})

describe('the connection of two rooms', () => {
  it.each([
    [-102_046, 'trtc.other-anchor-absent'],
    [-3_326, 'trtc.room-connection-failed'],
  ])('that fails with %i says so and is tried again', async (code, error) => {
    await live()
    rig.say({ type: 'connect-room', other: OTHER })
    await connects(code)
    expect(connection()).toEqual(['failed', error])
    rig.time.pass(1_000)
    expect(rig.called('connectOtherRoom')).toHaveLength(2)
    await connects()
    expect(connection()).toEqual(['connected', null])
  })

  it('that is not allowed is not asked for again', async () => {
    await live()
    rig.say({ type: 'connect-room', other: OTHER })
    await connects(-102_031)
    rig.time.pass(60_000)
    expect(rig.called('connectOtherRoom')).toHaveLength(1)
    expect(connection()).toEqual(['failed', 'trtc.rooms-not-allowed'])
  })

  it('is made anew when the other anchor stays away, and stands when he is back before', async () => {
    await live()
    rig.say({ type: 'set-seats', table: seats() }, { type: 'connect-room', other: OTHER })
    await connects()
    await comes()
    await raise('onRemoteUserLeaveRoom', { userId: OTHER.userId, reason: 1 })
    expect(connection()).toEqual(['lost', 'trtc.other-anchor-absent'])
    expect(rig.last('co-anchors')?.coAnchors.media['c_west']?.state).toBe('lost')
    await comes()
    expect(connection()).toEqual(['connected', null])
    await raise('onRemoteUserLeaveRoom', { userId: OTHER.userId, reason: 0 })
    rig.time.pass(1_000)
    await raise('onDisconnectOtherRoom', { errCode: 0, errMsg: '' })
    expect(rig.called('connectOtherRoom')).toHaveLength(2)
    await connects()
    expect(connection()).toEqual(['connected', null])
  })

  it('goes with the room, and is made anew with the next entry', async () => {
    await live()
    rig.say({ type: 'connect-room', other: OTHER })
    await connects()
    rig.say({ type: 'stop-program' })
    await raise('onStopPublishMediaStream', { taskId: 'task-1', code: 0, message: '' })
    await raise('onExitRoom', { reason: 0 })
    expect(connection()).toEqual(['lost', null])
    rig.say({ type: 'start-program', title: '', language: 'en' })
    await raise('onEnterRoom', { result: 20 })
    expect(rig.called('connectOtherRoom')).toHaveLength(2)
    await connects()
    expect(connection()).toEqual(['connected', null])
    // What is wanted in the next show is main's to say.
    expect(rig.called('disconnectOtherRoom')).toEqual([])
  })

  it('a connection to TRTC that is lost and recovered leaves it as it was', async () => {
    await live()
    rig.say({ type: 'connect-room', other: OTHER })
    await connects()
    await raise('onConnectionLost')
    await raise('onConnectionRecovery')
    expect(connection()).toEqual(['connected', null])
    expect(rig.called('connectOtherRoom')).toHaveLength(1)
  })
})
