// @vitest-environment happy-dom
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { TrtcCommand } from '../../../electron/shared/trtc'
import type { InstalledDouble, NativeCall } from '../../fakes/trtc-native/install'
import { legalOrder, UNANSWERED, type NativeEvent } from './legal-order'
import { CAMERA, MICROPHONE, SCENE, SCREEN, settled, TARGET, TrtcRig } from './rig'

/** Any commands, and whatever a cloud that is no better than it should be says to the calls: every call the app makes is one that the package allows. */

const RUNS = Number(process.env['ANCHORDESK_TRTC_RUNS'] ?? 25)

const SECOND = { id: 'b', url: 'rtmp://b.example.com/live/x', internal: false }
const seat = { userId: 'guest', seat: 1, ready: true, muted: false, volume: 1, spotlight: false, nick: '', avatar: '', level: 0 }
const commands: readonly TrtcCommand[] = [
  { type: 'start-program', title: 'T', language: 'en' },
  { type: 'stop-program' },
  { type: 'set-target', target: TARGET },
  { type: 'set-target', target: { ...TARGET, relays: [...TARGET.relays, SECOND] } },
  { type: 'set-target', target: { ...TARGET, relays: [] } },
  { type: 'set-target', target: { ...TARGET, ticket: { ...TARGET.ticket, userSig: 'next' } } },
  { type: 'set-target', target: { ...TARGET, ticket: { ...TARGET.ticket, roomId: 'room-2' } } },
  { type: 'set-target', target: null },
  { type: 'set-scene', scene: SCENE },
  { type: 'set-scene', scene: { sources: [CAMERA] } },
  { type: 'set-scene', scene: { sources: [SCREEN, MICROPHONE] } },
  { type: 'set-scene', scene: { sources: [] } },
  { type: 'set-paused', paused: true, card: { kind: 'pause', text: '' } },
  { type: 'set-paused', paused: false, card: { kind: 'pause', text: '' } },
  { type: 'set-seats', table: { rev: 1, layout: 'grid', entries: [seat] } },
  { type: 'set-seats', table: { rev: 2, layout: 'grid', entries: [{ ...seat, seat: 0 }] } },
  { type: 'set-seats', table: null },
  { type: 'connect-room', other: { roomId: 'x', userId: 'rival' } },
  { type: 'connect-room', other: { roomId: 'y', userId: 'second-rival' } },
  { type: 'connect-room', other: null },
  { type: 'reconnect-now' },
  { type: 'restart-source', id: 'cam' },
  { type: 'test-speed', requestId: 'q', ticket: TARGET.ticket, upKbps: 1_000 },
]

type Step =
  | { readonly command: number }
  | { readonly pass: number }
  /** The cloud answers the oldest call that waits for it, well or badly. */
  | { readonly answer: 'well' | 'badly' }
  | { readonly event: number }

const events: readonly NativeEvent[] = [
  { event: 'onConnectionLost', data: {} },
  { event: 'onConnectionRecovery', data: {} },
  { event: 'onSendFirstLocalVideoFrame', data: { streamType: 0 } },
  { event: 'onSendFirstLocalAudioFrame', data: {} },
  { event: 'onExitRoom', data: { reason: 1 } },
  { event: 'onExitRoom', data: { reason: 2 } },
  { event: 'onCdnStreamStateChanged', data: { cdnUrl: TARGET.relays[0]?.url ?? '', status: 4, code: 1, msg: '' } },
  { event: 'onCdnStreamStateChanged', data: { cdnUrl: TARGET.relays[0]?.url ?? '', status: 2, code: 0, msg: '' } },
  { event: 'onError', data: { errCode: -70_001, errMsg: '' } },
  { event: 'onError', data: { errCode: -1_301, errMsg: '' } },
  { event: 'onWarning', data: { warningCode: 6_001, warningMsg: '', extraInfo: '' } },
  { event: 'onRemoteUserEnterRoom', data: { userId: 'guest' } },
  { event: 'onUserAudioAvailable', data: { userId: 'guest', available: true } },
  { event: 'onRemoteUserLeaveRoom', data: { userId: 'guest', reason: 1 } },
  { event: 'onRemoteUserEnterRoom', data: { userId: 'rival' } },
  { event: 'onRemoteUserLeaveRoom', data: { userId: 'rival', reason: 0 } },
  { event: 'onScreenCaptureStoped', data: { reason: 1 } },
]

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.nat(commands.length - 1).map((command): Step => ({ command })) },
    { weight: 4, arbitrary: fc.constantFrom<Step>({ answer: 'well' }, { answer: 'well' }, { answer: 'well' }, { answer: 'badly' }) },
    { weight: 2, arbitrary: fc.nat(events.length - 1).map((event): Step => ({ event })) },
    { weight: 1, arbitrary: fc.constantFrom(100, 1_000, 6_000, 30_000).map((pass): Step => ({ pass })) },
  ),
  { minLength: 10, maxLength: 60 },
)

let installed: InstalledDouble

beforeAll(() => {
  installed = TrtcRig.install()
})
afterAll(() => installed.remove())
beforeEach(() => {
  for (const name of ['log', 'info', 'warn', 'error'] as const) vi.spyOn(console, name).mockImplementation(() => undefined)
})
afterEach(() => vi.restoreAllMocks())

/** What the cloud says to a call. An exit it always grants. */
function answerTo({ name, args }: NativeCall, well: boolean, taskId: string): NativeEvent | null {
  switch (name) {
    case 'enterRoom':
      return { event: 'onEnterRoom', data: { result: well ? 30 : -3_301 } }
    case 'exitRoom':
      return { event: 'onExitRoom', data: { reason: 0 } }
    case 'startPublishMediaStream':
      return { event: 'onStartPublishMediaStream', data: { taskId: well ? taskId : '', code: well ? 0 : -3_333, message: '' } }
    case 'updatePublishMediaStream':
      return { event: 'onUpdatePublishMediaStream', data: { taskId: args[0], code: well ? 0 : -3_333, message: '' } }
    case 'stopPublishMediaStream':
      return { event: 'onStopPublishMediaStream', data: { taskId: args[0], code: well ? 0 : -3_335, message: '' } }
    case 'connectOtherRoom': {
      const { userId } = JSON.parse(String(args[0])) as { userId: string }
      return { event: 'onConnectOtherRoom', data: { userId, errCode: well ? 0 : -102_046, errMsg: '' } }
    }
    case 'disconnectOtherRoom':
      return { event: 'onDisconnectOtherRoom', data: { errCode: 0, errMsg: '' } }
    default:
      return null
  }
}

it('every call the app makes is legal, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const rig = new TrtcRig(installed).load()
      const happened: (NativeCall | NativeEvent)[] = []
      let read = 0
      const waiting: NativeCall[] = []
      const readCalls = (): void => {
        for (const call of rig.calls.slice(read)) {
          happened.push(call)
          if (answerTo(call, true, '') !== null) waiting.push(call)
        }
        read = rig.calls.length
      }
      const raise = async ({ event, data }: NativeEvent): Promise<void> => {
        readCalls()
        happened.push({ event, data })
        await rig.raise(event, data)
        readCalls()
      }
      const inRoom = (): boolean => ['in', 'entering'].includes(roomOf(happened))
      try {
        for (const step of script) {
          if ('command' in step) {
            const command = commands[step.command]
            if (command !== undefined) rig.say(command)
          } else if ('pass' in step) {
            for (let leftMs = step.pass; leftMs > 0; leftMs -= 6_000) {
              readCalls()
              if (leftMs >= 6_000) happened.push({ event: UNANSWERED, data: {} })
              rig.time.pass(Math.min(leftMs, 6_000))
            }
          } else if ('event' in step) {
            const event = events[step.event]
            // The cloud sends nobody out who is not there.
            if (event !== undefined && (event.event !== 'onExitRoom' || inRoom())) await raise(event)
          } else {
            const call = waiting.shift()
            const answer = call === undefined ? null : answerTo(call, step.answer === 'well', `task-${happened.length}`)
            if (answer !== null && (answer.event !== 'onEnterRoom' || roomOf(happened) === 'entering')) await raise(answer)
          }
          await settled()
          readCalls()
        }
        expect(legalOrder(happened)).toEqual([])
        // No dead end: once nothing is wanted, the room is left.
        rig.say({ type: 'stop-program' })
        readCalls()
        for (let turn = 0; turn < 12; turn += 1) {
          readCalls()
          happened.push({ event: UNANSWERED, data: {} })
          rig.time.pass(6_000)
          await settled()
          readCalls()
          while (waiting.length > 0) {
            const call = waiting.shift()
            const answer = call === undefined ? null : answerTo(call, true, `task-${happened.length}`)
            if (answer !== null && (answer.event !== 'onEnterRoom' || roomOf(happened) === 'entering')) await raise(answer)
          }
        }
        expect(legalOrder(happened)).toEqual([])
        expect(roomOf(happened)).toBe('out')
      } finally {
        rig.close()
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
})

/** As legalOrder counts it. */
function roomOf(happened: readonly (NativeCall | NativeEvent)[]): 'out' | 'entering' | 'in' | 'leaving' {
  let room: 'out' | 'entering' | 'in' | 'leaving' = 'out'
  for (const one of happened) {
    if ('event' in one) {
      if (one.event === 'onEnterRoom' && room === 'entering') room = 'in'
      if (one.event === 'onExitRoom') room = 'out'
    } else if (one.name === 'enterRoom') room = 'entering'
    else if (one.name === 'exitRoom') room = 'leaving'
  }
  return room
}
