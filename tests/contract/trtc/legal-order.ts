import type { NativeCall } from '../../fakes/trtc-native/install'

/** An event that the native side raised, among its calls. */
export interface NativeEvent {
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Stands among the events for a time in which no answer came. */
export const UNANSWERED = 'unanswered'

/**
 * What the package's documentation allows, call for call. Pure.
 * @param happened native calls and raised events, in order
 * @returns what was wrong; [] = nothing
 */
export function legalOrder(happened: readonly (NativeCall | NativeEvent)[]): readonly string[] {
  const wrong: string[] = []
  let room: 'out' | 'entering' | 'in' | 'leaving' = 'out'
  let entered = false
  let publish: 'none' | 'starting' | 'running' | 'stopping' = 'none'
  /** With whose room this one is connected, or was asked to be; '' = none. */
  let other = ''
  const tasks = new Set<string>()
  const open = new Set<string>()
  let aimed = false
  const opens: Readonly<Record<string, string>> = {
    startLocalPreview: 'camera',
    startLocalAudio: 'microphone',
    startScreenCapture: 'screen',
    startSystemAudioLoopback: 'system audio',
  }
  const closes: Readonly<Record<string, string>> = {
    stopLocalPreview: 'camera',
    stopLocalAudio: 'microphone',
    stopScreenCapture: 'screen',
    stopSystemAudioLoopback: 'system audio',
  }

  happened.forEach((one, index) => {
    const fault = (text: string): void => void wrong.push(`${index}: ${'name' in one ? one.name : one.event}: ${text}`)
    if ('event' in one) {
      const { event, data } = one
      if (event === 'onEnterRoom' && room === 'entering') {
        room = 'in'
        entered = Number(data['result']) >= 0
      } else if (event === 'onExitRoom') {
        room = 'out'
        entered = false
        publish = 'none'
        other = ''
      } else if (event === 'onConnectOtherRoom') {
        if (data['userId'] === other && data['errCode'] !== 0) other = ''
      } else if (event === 'onDisconnectOtherRoom') other = ''
      else if (event === 'onStartPublishMediaStream') {
        if (data['taskId'] !== '') tasks.add(String(data['taskId']))
        if (publish === 'starting') publish = data['taskId'] === '' ? 'none' : 'running'
      } else if (event === 'onStopPublishMediaStream') publish = 'none'
      // A start that was not answered may be made again: it is answered with the id of the task that runs.
      else if (event === UNANSWERED && publish === 'starting') publish = 'none'
      return
    }
    const { name, args } = one
    const opened = opens[name]
    if (opened !== undefined) {
      if (open.has(opened)) fault(`${opened} is open`)
      if (opened === 'screen' && !aimed) fault('no target was selected')
      open.add(opened)
    }
    const closed = closes[name]
    if (closed !== undefined) {
      if (!open.has(closed)) fault(`${closed} is not open`)
      open.delete(closed)
    }
    switch (name) {
      case 'selectScreenCaptureTarget':
        aimed = true
        break
      case 'enterRoom': {
        if (room !== 'out') fault(`the room is not left yet (${room})`)
        room = 'entering'
        const params = args[0] as Record<string, unknown>
        if (params['roomId'] !== 0 || params['strRoomId'] === '') fault('a string room has the number 0')
        break
      }
      case 'setDefaultStreamRecvMode':
        if (room !== 'out') fault('only before the entry')
        break
      case 'exitRoom':
        if (room !== 'entering' && room !== 'in') fault(`nothing to leave (${room})`)
        room = 'leaving'
        break
      case 'switchRole':
        if (!entered) fault('only in a room')
        break
      case 'connectOtherRoom':
        if (!entered || room !== 'in') fault('only in a room')
        if (other !== '') fault(`connected with ${other}`)
        other = userOf(args[0])
        if (other === '') fault('a string room and a user')
        break
      case 'disconnectOtherRoom':
        if (!entered || room !== 'in') fault('only in a room')
        other = ''
        break
      case 'startSpeedTest':
        if (room !== 'out') fault('not while in a room')
        break
      case 'startPublishMediaStream':
        if (!entered || room !== 'in') fault('only in a room')
        if (publish !== 'none') fault(`the task is ${publish}`)
        publish = 'starting'
        checkTarget(args, fault)
        break
      case 'updatePublishMediaStream':
        if (!tasks.has(String(args[0]))) fault('no such task')
        if (publish !== 'running') fault(`the task is ${publish}`)
        checkTarget(args.slice(1), fault)
        break
      case 'stopPublishMediaStream':
        // '' ends all: for a start that was never answered.
        if (args[0] !== '' && !tasks.has(String(args[0]))) fault('no such task')
        publish = 'stopping'
        break
      case 'sendSEIMsg':
        if (!entered || room !== 'in') fault('only in a room')
        break
      default:
    }
  })
  return wrong
}

/** Whom connectOtherRoom names; '' = nobody, or not in a string room. */
function userOf(text: unknown): string {
  const { strRoomId, userId, roomId } = JSON.parse(String(text)) as Record<string, unknown>
  return typeof strRoomId === 'string' && strRoomId !== '' && typeof userId === 'string' && roomId === undefined ? userId : ''
}

function checkTarget(args: readonly unknown[], fault: (text: string) => void): void {
  const [target, params, config] = args as [
    { mode: number; cdnUrlList: readonly unknown[] },
    { videoEncodedWidth: number } | null,
    { videoLayoutList: { zOrder: number }[]; audioMixUserList: readonly unknown[] } | null,
  ]
  if (target.mode !== 3 || target.cdnUrlList.length === 0 || target.cdnUrlList.length > 10) fault('one to ten addresses of a mix')
  if (params === null || config === null) fault('a mix has parameters and a layout')
  else {
    if (config.audioMixUserList.length === 0) fault('an empty list is everybody')
    const orders = config.videoLayoutList.map(({ zOrder }) => zOrder)
    if (new Set(orders).size !== orders.length) fault('each picture has an order of its own')
  }
}
