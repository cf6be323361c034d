'use strict'

/**
 * Stands for `build/Release/trtc_electron_sdk.node`, the native library of trtc-electron-sdk, so that the package's own JavaScript runs over it:
 * in vitest and in the real Electron. `install.ts` lays out a folder `trtc-electron-sdk` with the real package's JavaScript and this as the library.
 *
 * Every native call is recorded with its arguments, in order; functions stand as '[function]', buffers as '[<n> bytes]'.
 *
 * Behaviour `manual` (vitest): nothing happens by itself; a test raises native events: `double.raise('onEnterRoom', { result: 42 })`.
 * Behaviour `healthy` (Electron): the cloud is well. enterRoom → onEnterRoom after 30 ms; camera and screen → frames of a moving pattern into the
 * SDK's own buffers, 15 a second; in the room → first frame sent, statistics and network quality every 2 s (every 500 ms with the order `hurry`); levels by
 * the interval asked for; connectOtherRoom → its anchor enters with picture and sound, and goes with disconnectOtherRoom; startPublishMediaStream → a task id, then the CDN states 1 and 2 for each address; stop → 5, 0; exitRoom → onExitRoom.
 *
 * A test in another process gives orders by files in the installed folder (`InstalledDouble.order`, `.calls`):
 *   orders.jsonl   one JSON object a line, read every 50 ms; what stands there when the library is loaded is not carried out again
 *   calls.jsonl    one line for each native call: { "atMs", "name", "args" }, and { "atMs", "event", "data" } for each event raised
 * Orders:
 *   {"do":"remote-enters","userId":"x","video":true,"audio":true} · {"do":"remote-leaves","userId":"x","reason":0}
 *   {"do":"connection-lost"} · {"do":"recovered"} · {"do":"kicked"} · {"do":"room-dissolved"}
 *   {"do":"relay-fails","url":"part of it"} · {"do":"relay-recovers","url":"part of it"}
 *   {"do":"refuse-entry","code":-3308}  the next entries fail with this code; 0 = no more
 *   {"do":"no-camera"} the camera is unplugged · {"do":"camera-back"}
 *   {"do":"raise","event":"onWarning","data":{…}}  any native event
 *   {"do":"hurry"} statistics every 500 ms · {"do":"die"} the process ends as by a crash
 */

const fs = require('node:fs')
const path = require('node:path')

const BIG = 0
const SUB = 2
const FRAME_MS = 66
const CAMERA = { deviceId: 'camera-1', deviceName: 'Double Camera', deviceProperties: '{"SupportedResolution":[{"width":1280,"height":720}]}' }
const MICROPHONE = { deviceId: 'mic-1', deviceName: 'Double Microphone', deviceProperties: '' }
const SPEAKER = { deviceId: 'speaker-1', deviceName: 'Double Speaker', deviceProperties: '' }
const NO_IMAGE = { buffer: new ArrayBuffer(0), length: 0, width: 0, height: 0 }
const SCREENS = [
  {
    type: 1,
    sourceId: '1',
    sourceName: 'Screen 1',
    thumbBGRA: NO_IMAGE,
    iconBGRA: NO_IMAGE,
    isMinimizeWindow: false,
    width: 1920,
    height: 1080,
    isMainScreen: true,
    x: 0,
    y: 0,
  },
  {
    type: 0,
    sourceId: '4711',
    sourceName: 'Notes',
    thumbBGRA: NO_IMAGE,
    iconBGRA: NO_IMAGE,
    isMinimizeWindow: false,
    width: 800,
    height: 600,
    isMainScreen: false,
    x: 0,
    y: 0,
  },
]

/** @param {{ behaviour: 'manual' | 'healthy', folder: string }} options */
function makeDouble({ behaviour, folder }) {
  const healthy = behaviour === 'healthy'
  const calls = []
  const state = {
    cloudCallback: null,
    deviceCallback: null,
    mixingCallback: null,
    mixingRender: null,
    mixingBuffer: null,
    localRender: null,
    remoteRender: new Map(),
    buffers: new Map(),
    remoteBuffers: new Map(),
    cameras: [CAMERA],
    microphones: [MICROPHONE],
    screens: SCREENS,
    inRoom: false,
    entered: null,
    preview: false,
    screen: null,
    sentFirst: new Set(),
    publish: null,
    tasks: 0,
    remotes: new Map(),
    /** The anchor of the room that is connected. */
    other: null,
    refuse: 0,
    muted: false,
    bytes: 0,
    tick: 0,
    statisticsMs: 2_000,
    /** As the encoder was told. */
    fps: 15,
  }
  const timers = new Set()
  const clocks = new Set()
  const each = (ms, run) => clocks.add(setInterval(run, ms))
  const after = (ms, run) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      run()
    }, ms)
    timers.add(timer)
  }

  const write = (line) => {
    if (healthy) fs.appendFileSync(path.join(folder, 'calls.jsonl'), `${JSON.stringify({ atMs: Date.now(), ...line })}\n`)
  }
  const record = (name, args) => {
    const call = { name, args: args.map(plain) }
    calls.push(call)
    // Frames' buffers would fill the file.
    if (!/VideoBuffer|callExperimentalAPI/.test(name)) write(call)
  }
  const raise = (event, data = {}) => {
    if (!['onStatistics', 'onNetworkQuality', 'onUserVoiceVolume'].includes(event)) write({ event, data: plain(data) })
    state.cloudCallback?.([event, data])
  }
  const byItself = (ms, run) => {
    if (healthy) after(ms, run)
  }

  /** One frame of a moving pattern into the SDK's own buffer. @param {number} type of the stream */
  const frame = (type, width, height) => {
    const buffer = state.buffers.get(type)
    if (buffer === undefined || state.localRender === null) return
    if (buffer.width !== width || buffer.height !== height) {
      state.localRender(['', type, width, height, Date.now(), 0, false, buffer.id])
      return
    }
    draw(buffer.buffer, width, height, state.tick)
    state.localRender(['', type, width, height, Date.now(), 0, true, buffer.id])
  }
  const remoteFrame = (userId, width, height) => {
    const buffer = state.remoteBuffers.get(`${userId}/${BIG}`)
    const render = state.remoteRender.get(userId)
    if (buffer === undefined || render === undefined) return
    if (buffer.width !== width || buffer.height !== height) {
      render([userId, BIG, width, height, Date.now(), 0, false, buffer.id])
      return
    }
    draw(buffer.buffer, width, height, state.tick + 40)
    render([userId, BIG, width, height, Date.now(), 0, true, buffer.id])
  }

  const firstFrames = () => {
    if (!publishing(state)) return
    const type = state.preview ? BIG : (state.screen?.type ?? BIG)
    if (state.sentFirst.has(type)) return
    state.sentFirst.add(type)
    byItself(60, () => state.inRoom && raise('onSendFirstLocalVideoFrame', { streamType: type }))
  }
  const cdn = (url, status, code = 0) => raise('onCdnStreamStateChanged', { cdnUrl: url, status, code, msg: '' })

  /** What the double does when it is called, beside writing it down. Missing = nothing. */
  const cloud = {
    getSDKVersion: () => '13.3.801.double',
    setTRTCCloudCallback: (callback) => void (state.cloudCallback = callback),
    getDevicesList: (type) => (type === 2 ? state.cameras : type === 0 ? state.microphones : [SPEAKER]).map((device) => ({ ...device })),
    getCurrentDevice: (type) => ({ ...(type === 2 ? CAMERA : type === 0 ? MICROPHONE : SPEAKER) }),
    getScreenCaptureSources: () => state.screens.map((source) => ({ ...source })),
    addLocalVideoRenderCallback: (callback) => void (state.localRender = callback),
    removeLocalVideoRenderCallback: () => void (state.localRender = null),
    addRemoteVideoRenderCallback: (userId, callback) => void state.remoteRender.set(userId, callback),
    removeRemoteVideoRenderCallback: (userId) => void state.remoteRender.delete(userId),
    setLocalVideoBuffer: (_user, buffer, type, width, height, _format, id) => {
      if (width === 0) state.buffers.delete(type)
      else state.buffers.set(type, { buffer, width, height, id })
    },
    setRemoteVideoBuffer: (userId, buffer, type, width, height, _format, id) => {
      if (width === 0) state.remoteBuffers.delete(`${userId}/${type}`)
      else state.remoteBuffers.set(`${userId}/${type}`, { buffer, width, height, id })
    },
    startLocalPreview: () => {
      state.preview = true
      byItself(20, () =>
        raise(state.cameras.length === 0 ? 'onError' : 'onCameraDidReady', state.cameras.length === 0 ? { errCode: -1301, errMsg: 'no camera' } : {}),
      )
      firstFrames()
    },
    stopLocalPreview: () => {
      state.preview = false
      state.sentFirst.delete(BIG)
    },
    startLocalAudio: () => {
      byItself(20, () => raise('onMicDidReady'))
      if (state.inRoom) byItself(60, () => raise('onSendFirstLocalAudioFrame'))
    },
    startScreenCapture: (type) => {
      state.screen = { type }
      byItself(20, () => {
        raise('onScreenCaptureStarted')
        firstFrames()
      })
    },
    stopScreenCapture: () => {
      state.screen = null
      state.sentFirst.delete(SUB)
      byItself(10, () => raise('onScreenCaptureStoped', { reason: 0 }))
    },
    setVideoEncoderParam: ({ videoFps }) => void (state.fps = videoFps),
    muteLocalVideo: (_type, mute) => void (state.muted = mute),
    enableAudioVolumeEvaluation: (on, { interval }) => {
      clearInterval(state.levels)
      if (healthy && on) state.levels = setInterval(() => raise('onUserVoiceVolume', levels(state)), interval)
    },
    startSpeedTest: () => {
      byItself(200, () =>
        raise('onSpeedTestResult', {
          result: {
            success: true,
            errMsg: '',
            ip: '127.0.0.1',
            quality: 2,
            upLostRate: 0.01,
            downLostRate: 0,
            rtt: 24,
            availableUpBandwidth: 4_000,
            availableDownBandwidth: 9_000,
            upJitter: 2,
            downJitter: 3,
          },
        }),
      )
      return 0
    },
    enterRoom: (params) => {
      state.entered = params
      byItself(30, () => {
        if (state.refuse !== 0) {
          raise('onError', { errCode: state.refuse, errMsg: 'refused' })
          raise('onEnterRoom', { result: state.refuse })
          return
        }
        state.inRoom = true
        raise('onEnterRoom', { result: 30 })
        for (const [userId, media] of state.remotes) remoteEnters(userId, media)
        byItself(60, () => raise('onSendFirstLocalAudioFrame'))
        firstFrames()
      })
    },
    exitRoom: () => {
      state.inRoom = false
      state.remotes.delete(state.other)
      state.other = null
      state.sentFirst.clear()
      state.publish = null
      byItself(20, () => raise('onExitRoom', { reason: 0 }))
    },
    connectOtherRoom: (json) => {
      byItself(40, () => {
        const { userId } = JSON.parse(json)
        state.other = userId
        state.remotes.set(userId, { video: true, audio: true })
        raise('onConnectOtherRoom', { userId, errCode: 0, errMsg: '' })
        remoteEnters(userId, state.remotes.get(userId))
      })
    },
    disconnectOtherRoom: () =>
      byItself(20, () => {
        otherGoes()
        raise('onDisconnectOtherRoom', { errCode: 0, errMsg: '' })
      }),
    switchRole: () => byItself(20, () => raise('onSwitchRole', { errCode: 0, errMsg: '' })),
    startPublishMediaStream: (target) => {
      byItself(40, () => {
        if (state.publish !== null) {
          raise('onStartPublishMediaStream', { taskId: state.publish.taskId, code: -3334, message: 'started already' })
          return
        }
        state.publish = { taskId: `task-${++state.tasks}`, urls: target.cdnUrlList.map(({ rtmpUrl }) => rtmpUrl) }
        raise('onStartPublishMediaStream', { taskId: state.publish.taskId, code: 0, message: '' })
        pushTo(state.publish.urls)
      })
    },
    updatePublishMediaStream: (taskId, target) => {
      byItself(40, () => {
        raise('onUpdatePublishMediaStream', { taskId, code: 0, message: '' })
        const before = state.publish?.urls ?? []
        const urls = target.cdnUrlList.map(({ rtmpUrl }) => rtmpUrl)
        state.publish = { taskId, urls }
        pushTo(urls.filter((url) => !before.includes(url) || state.failed.has(url)))
        for (const url of before) if (!urls.includes(url)) cdn(url, 0)
      })
    },
    stopPublishMediaStream: (taskId) => {
      byItself(30, () => {
        for (const url of state.publish?.urls ?? []) {
          cdn(url, 5)
          cdn(url, 0)
        }
        state.publish = null
        raise('onStopPublishMediaStream', { taskId, code: 0, message: '' })
      })
    },
    sendSEIMsg: () => true,
    sendCustomCmdMsg: () => true,
    destroy: () => {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      for (const clock of clocks) clearInterval(clock)
      clearInterval(state.levels)
    },
  }
  state.failed = new Set()
  const pushTo = (urls) => {
    for (const url of urls) {
      cdn(url, 1)
      if (!state.failed.has(url)) byItself(60, () => cdn(url, 2))
    }
  }

  function otherGoes() {
    if (state.other === null) return
    state.remotes.delete(state.other)
    raise('onRemoteUserLeaveRoom', { userId: state.other, reason: 0 })
    state.other = null
  }

  function remoteEnters(userId, { video, audio }) {
    raise('onRemoteUserEnterRoom', { userId })
    if (video) raise('onUserVideoAvailable', { userId, available: true })
    if (audio) raise('onUserAudioAvailable', { userId, available: true })
  }

  const devices = {
    setRemoteDeviceManagerCallback: (callback) => void (state.deviceCallback = callback),
    getDevicesList: cloud.getDevicesList,
    setCurrentDevice: (type) => after(0, () => state.deviceCallback?.(['onSetCurrentDeviceFinished', { type, result: 0 }])),
  }
  const mixing = {
    setRemoteMultiSourcePluginCallback: (callback) => void (state.mixingCallback = callback),
    setVideoFrameRenderCallback: (callback) => void (state.mixingRender = callback),
    setVideoFrameRenderBuffer: (_user, buffer, _type, width, height, _format, id) => void (state.mixingBuffer = { buffer, width, height, id }),
    startMediaServer: () => after(0, () => state.mixingCallback?.(['onMediaServerState', { state: 2 }])),
    stopMediaServer: () => after(0, () => state.mixingCallback?.(['onMediaServerState', { state: 0 }])),
    addMediaSource: ({ sourceType, sourceId }) =>
      after(0, () => state.mixingCallback?.(['onMediaSourceAdded', { sourceType, sourceId, errCode: 0, errMsg: '' }])),
    removeMediaSource: ({ sourceType, sourceId }) =>
      after(0, () => state.mixingCallback?.(['onMediaSourceRemoved', { sourceType, sourceId, errCode: 0, errMsg: '' }])),
    updateMediaSource: () => Promise.resolve(),
    updatePublishParams: () => Promise.resolve(),
    startPublish: () => {
      state.preview = true
      firstFrames()
      return Promise.resolve()
    },
    stopPublish: () => {
      state.preview = false
      return Promise.resolve()
    },
  }

  /** A class whose every method is recorded under `name.method`; the shared cloud's under the method alone. */
  const native = (prefix, methods) =>
    class {
      constructor() {
        return new Proxy(this, {
          get: (_target, key) => {
            if (typeof key !== 'string' || key === 'then') return undefined
            return (...args) => {
              record(`${prefix}${key}`, args)
              return Object.hasOwn(methods, key) ? methods[key](...args) : undefined
            }
          },
        })
      }
    }

  if (healthy) startByItself()

  function startByItself() {
    each(FRAME_MS, () => {
      state.tick += 1
      if (state.preview && state.cameras.length > 0) frame(BIG, 640, 360)
      if (state.screen !== null) frame(state.screen.type, 960, 540)
      for (const [userId, media] of state.remotes) if (media.video) remoteFrame(userId, 320, 180)
      if (publishing(state)) state.bytes += 20_000
    })
    const told = () => {
      if (state.inRoom) {
        raise('onStatistics', { statistics: statistics(state) })
        raise('onNetworkQuality', { localQuality: { userId: '', quality: 1 }, remoteQuality: [] })
      }
      after(state.statisticsMs, told)
    }
    told()
    const file = path.join(folder, 'orders.jsonl')
    let seen = fs.existsSync(file) ? fs.statSync(file).size : 0
    each(50, () => {
      if (!fs.existsSync(file)) return
      const all = fs.readFileSync(file)
      const end = all.lastIndexOf(10) + 1
      if (end <= seen) return
      const lines = all.subarray(seen, end).toString('utf8').split('\n')
      seen = end
      for (const line of lines) if (line !== '') carryOut(JSON.parse(line))
    })
  }

  function carryOut(order) {
    write({ order })
    const matching = (part) => (state.publish?.urls ?? []).filter((url) => url.includes(part ?? ''))
    switch (order.do) {
      case 'remote-enters':
        state.remotes.set(order.userId, { video: order.video !== false, audio: order.audio !== false })
        if (state.inRoom) remoteEnters(order.userId, state.remotes.get(order.userId))
        break
      case 'remote-leaves':
        state.remotes.delete(order.userId)
        raise('onRemoteUserLeaveRoom', { userId: order.userId, reason: order.reason ?? 0 })
        break
      case 'connection-lost':
        raise('onConnectionLost')
        raise('onTryToReconnect')
        break
      case 'recovered':
        raise('onConnectionRecovery')
        break
      case 'kicked':
      case 'room-dissolved':
        state.inRoom = false
        raise('onExitRoom', { reason: order.do === 'kicked' ? 1 : 2 })
        break
      case 'relay-fails':
        for (const url of matching(order.url)) {
          state.failed.add(url)
          cdn(url, 3)
          cdn(url, 4, -1)
        }
        break
      case 'relay-recovers':
        state.failed.clear()
        for (const url of matching(order.url)) cdn(url, 2)
        break
      case 'refuse-entry':
        state.refuse = order.code
        break
      case 'no-camera':
        state.cameras = []
        raise('onDeviceChange', { deviceId: CAMERA.deviceId, type: 2, state: 1 })
        break
      case 'camera-back':
        state.cameras = [CAMERA]
        raise('onDeviceChange', { deviceId: CAMERA.deviceId, type: 2, state: 0 })
        break
      case 'raise':
        raise(order.event, order.data)
        break
      case 'hurry':
        state.statisticsMs = 500
        break
      case 'die':
        if (typeof process.crash === 'function') process.crash()
        else process.exit(1)
        break
      default:
        throw new Error(`no such order: ${order.do}`)
    }
  }

  return {
    NodeTRTCCloud: native('', cloud),
    NodeRemoteTRTCCloud: native('', cloud),
    NodeRemoteDeviceManager: native('devices.', devices),
    NodeRemoteMultiSourcePlugin: native('mixing.', mixing),
    NodeRemoteAudioEffectManager: native('audio-effects.', {}),
    NodeRemoteVideoPluginManager: native('plugins.', {}),
    setRemoteTrtcWithAcrossProcessMode: (on) => record('setRemoteTrtcWithAcrossProcessMode', [on]),
    /** For a test in the same process. */
    double: {
      calls,
      raise,
      frame,
      remoteFrame,
      /** A picture of the mixing manager, BGRA. */
      mixedFrame: () => {
        const { mixingBuffer: buffer, mixingRender: render } = state
        if (buffer !== null && render !== null) render(['', BIG, buffer.width, buffer.height, Date.now(), 0, true, buffer.id])
      },
      mixingEvent: (event, data) => state.mixingCallback?.([event, data]),
      state,
    },
  }
}

/** I420: bands that move to the right, one brightness each. */
function draw(buffer, width, height, tick) {
  const luma = width * height
  for (let x = 0; x < width; x += 1) buffer[x] = 32 + ((((x >> 4) + tick) * 16) % 192)
  for (let y = 1; y < height; y += 1) buffer.copyWithin(y * width, 0, width)
  buffer.fill(110, luma, luma + luma / 4)
  buffer.fill(150, luma + luma / 4, luma + luma / 2)
}

function publishing(state) {
  return state.inRoom && (state.preview || state.screen !== null)
}

function levels(state) {
  const userVolumes = [{ userId: '', volume: 40 + (state.tick % 20), vad: 1, pitch: 0, spectrumData: new Float32Array(0), spectrumDataLength: 0 }]
  for (const [userId, { audio }] of state.remotes) if (audio) userVolumes.push({ ...userVolumes[0], userId, volume: 30 })
  return { userVolumes, userVolumesCount: userVolumes.length, totalVolume: 50 }
}

function statistics(state) {
  return {
    upLoss: 0,
    downLoss: 0,
    appCpu: 12,
    systemCpu: 30,
    rtt: 21,
    gatewayRtt: 2,
    receivedBytes: 1_000,
    sentBytes: state.bytes,
    localStatisticsArray: [
      {
        width: 1280,
        height: 720,
        frameRate: publishing(state) ? state.fps : 0,
        videoBitrate: 2_400,
        audioSampleRate: 48_000,
        audioBitrate: 64,
        streamType: BIG,
      },
    ],
    localStatisticsArraySize: 1,
    remoteStatisticsArray: [...state.remotes.keys()].map((userId) => ({
      userId,
      width: 320,
      height: 180,
      frameRate: 15,
      videoBitrate: 400,
      audioBitrate: 48,
      streamType: BIG,
      videoPacketLoss: 1,
      audioPacketLoss: 0,
      finalLoss: 0,
      remoteNetworkRTT: 31,
    })),
    remoteStatisticsArraySize: state.remotes.size,
    systemMemoryInMB: 0,
    systemMemoryUsageInMB: 0,
    appMemoryUsageInMB: 0,
  }
}

function plain(value) {
  if (typeof value === 'function') return '[function]'
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.map(plain)
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]))
  return value
}

module.exports = { makeDouble }
