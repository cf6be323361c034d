import type { TRTCScreenCaptureSourceInfo } from 'trtc-electron-sdk'
import type { ErrorInfo } from '../../electron/shared/errors'
import { DEFAULT_PROFILE, type Profile } from '../../electron/shared/profile'
import { isPicture, type Devices, type Scene, type SourceStatus } from '../../electron/shared/scene'
import { SOURCE } from '../../electron/shared/thresholds'
import { CAPTURED_NOTHING, captureCalls, type CaptureCall, type Captured } from './capture-calls'
import { listen } from './cloud-events'
import { callSdk } from './call-sdk'
import { meaningOf } from './codes'
import { CAPTURE, STREAM } from './constants'
import { encoderParams, screenParams, toSdk } from './encoder-params'
import { FrameMeter } from './frame-meter'
import type { PageTime } from './page-time'
import { beautyOf, NOTHING_CAPTURED, planCapture, type CapturePlan, type Machine, type SdkDevice, type SdkScreen } from './scene-plan'
import type { Cloud, Sdk } from './sdk'

export interface CaptureOptions {
  readonly sdk: Pick<Sdk, 'TRTCVideoEncParam' | 'TRTCScreenCaptureProperty' | 'Rect'>
  readonly cloud: Cloud
  readonly time: PageTime
  /** process.platform */
  readonly platform: string
  /** Without a view the SDK hands out no pictures of a screen. */
  readonly screenView: HTMLElement
  /** The mixing manager has the pictures: only sounds are captured here. */
  readonly soundOnly: boolean
  readonly onChange: () => void
}

type Kind = 'camera' | 'screen' | 'microphone' | 'systemAudio'

interface Run {
  state: SourceStatus['state']
  error: ErrorInfo | null
  failures: number
}

const KINDS = ['camera', 'screen', 'microphone', 'systemAudio'] as const
const SCREEN_POLL_MS = 2_000

/** The devices, by the scene: what is planned is called, what the SDK says of it becomes each source's state. */
export class Capture {
  readonly #options: CaptureOptions
  readonly #stopListening: () => void
  readonly meters = { big: new FrameMeter(), sub: new FrameMeter() } as const
  readonly #runs = new Map<Kind, Run>()
  readonly #bound = new Map<string, { wanted: string; id: string }>()
  readonly #retries = new Map<Kind, () => void>()
  #scene: Scene = { sources: [] }
  #profile: Profile = DEFAULT_PROFILE
  #plan: CapturePlan = NOTHING_CAPTURED
  #machine: Machine = { cameras: [], microphones: [], screens: [], systemAudio: false }
  #captured: Captured = CAPTURED_NOTHING
  #paused = false
  #screens: readonly TRTCScreenCaptureSourceInfo[] = []
  #cancelPoll: () => void = () => undefined

  constructor(options: CaptureOptions) {
    this.#options = options
    this.#stopListening = listen(options.cloud, {
      onCameraDidReady: () => this.#ready('camera'),
      onMicDidReady: () => this.#ready('microphone'),
      onScreenCaptureStarted: () => this.#ready('screen'),
      onScreenCaptureStopped: (reason) => {
        if (reason === 1) this.#failed('screen', { code: 'source.lost', context: { device: this.#plan.screen?.label ?? '' } }, 'lost', false)
      },
      onError: (code) => this.#error(code),
      onSystemAudioLoopbackError: (code) => {
        if (code !== 0) this.#error(code)
      },
      onDeviceChange: () => this.refresh(),
    })
    options.cloud.setVideoEncoderParam(toSdk(options.sdk, encoderParams(this.#profile)))
  }

  get plan(): CapturePlan {
    return this.#plan
  }

  get devices(): Devices {
    const { cloud } = this.#options
    const told = (all: readonly SdkDevice[]): Devices['cameras'] =>
      all.slice(0, 64).map(({ id, label }) => ({ id: id.slice(0, 256), label: label.slice(0, 256) }))
    return { cameras: told(named(cloud.getCameraDevicesList())), microphones: told(named(cloud.getMicDevicesList())), systemAudio: this.#systemAudio }
  }

  /** What was found when the scene was last looked at. */
  get machine(): Machine {
    return this.#machine
  }

  setScene(scene: Scene): void {
    this.#scene = scene
    for (const id of this.#bound.keys()) if (!scene.sources.some((source) => source.id === id)) this.#bound.delete(id)
    this.refresh()
  }

  setProfile(profile: Profile): void {
    this.#profile = profile
    const { cloud, sdk } = this.#options
    cloud.setVideoEncoderParam(toSdk(sdk, encoderParams(profile)))
    if (this.#captured.screen?.stream === STREAM.sub) cloud.setSubStreamEncoderParam(toSdk(sdk, screenParams(profile)))
  }

  /** Silence; the card in place of the picture is not the devices' concern. */
  setPaused(paused: boolean): void {
    this.#paused = paused
    this.#apply()
  }

  /** Looks at the machine again. */
  refresh(): void {
    this.#apply()
    this.#options.onChange()
  }

  restart(sourceId: string): void {
    const kind = KINDS.find((one) => this.#plan[one]?.sourceId === sourceId)
    if (kind === undefined) {
      this.refresh()
      return
    }
    this.#runs.delete(kind)
    this.#reopen(kind)
  }

  /** The SDK lets go of the devices with the room: what the scene has is opened again. */
  reopenAll(): void {
    for (const call of captureCalls(this.#captured, CAPTURED_NOTHING)) this.#call(call)
    this.#captured = CAPTURED_NOTHING
    this.refresh()
  }

  /** A picture of this stream came. */
  seen(stream: 'big' | 'sub', width: number, height: number): void {
    this.meters[stream].seen(this.#options.time.nowMs(), width, height)
    const kind = this.#kindOf(stream)
    const run = this.#runs.get(kind)
    if (run !== undefined && (run.state === 'starting' || run.state === 'frozen')) this.#ready(kind)
  }

  /** A camera that gives no pictures any more is opened anew. To be asked now and then. */
  watch(): void {
    const run = this.#runs.get('camera')
    const lastAtMs = this.meters.big.lastAtMs
    if (run?.state !== 'active' || lastAtMs === null) return
    const ageMs = this.#options.time.nowMs() - lastAtMs
    if (ageMs >= SOURCE.frozenAfterMs) this.#failed('camera', { code: 'source.frozen', context: { ageMs } }, 'frozen', false)
  }

  statuses(): Record<string, SourceStatus> {
    const nowMs = this.#options.time.nowMs()
    const none: SourceStatus = { state: 'active', label: '', width: 0, height: 0, fps: 0, error: null }
    return Object.fromEntries(
      this.#scene.sources.map((source) => {
        const error = this.#plan.errors.get(source.id)
        if (error !== undefined)
          return [
            source.id,
            { ...none, label: source.name, state: error.code === 'source.lost' || error.code === 'source.not-found' ? 'lost' : 'failed', error: told(error) },
          ]
        const kind = KINDS.find((one) => this.#plan[one]?.sourceId === source.id)
        if (kind === undefined) return [source.id, { ...none, label: source.name }]
        const run = this.#runs.get(kind) ?? { state: 'starting', error: null }
        const label = kind === 'systemAudio' ? source.name : (this.#plan[kind]?.label ?? source.name)
        const status = { ...none, state: run.state, label: label.slice(0, 256), error: run.error && told(run.error) }
        if (kind !== 'camera' && kind !== 'screen') return [source.id, status]
        const meter = this.meters[kind === 'screen' && this.#plan.screen?.stream === STREAM.sub ? 'sub' : 'big']
        return [source.id, { ...status, width: meter.width, height: meter.height, fps: meter.fps(nowMs) }]
      }),
    )
  }

  close(): void {
    this.#stopListening()
    this.#cancelPoll()
    for (const cancel of this.#retries.values()) cancel()
    this.#retries.clear()
  }

  get #captureScene(): Scene {
    return this.#options.soundOnly ? { sources: this.#scene.sources.filter((source) => !isPicture(source)) } : this.#scene
  }

  get #systemAudio(): boolean {
    return this.#options.platform === 'win32' || this.#options.platform === 'darwin'
  }

  #apply(): void {
    const { cloud } = this.#options
    const wantsScreen = this.#scene.sources.some((source) => (source.kind === 'screen' || source.kind === 'window') && source.visible)
    if (wantsScreen) this.#screens = cloud.getScreenCaptureSources(16, 9, 16, 16)
    this.#machine = {
      cameras: named(cloud.getCameraDevicesList()),
      microphones: named(cloud.getMicDevicesList()),
      screens: this.#screens.map(screenOf),
      systemAudio: this.#systemAudio,
      bound: this.#bound,
    }
    this.#plan = planCapture(this.#captureScene, this.#machine)
    this.#bind()
    // By the whole scene: where the mixing manager has the cameras, there is none in the plan.
    const after: Captured = { ...this.#plan, beauty: beautyOf(this.#scene), paused: this.#paused }
    const before = this.#captured
    this.#captured = after
    for (const call of captureCalls(before, after)) this.#call(call)
    for (const kind of KINDS) if (after[kind] === null) this.#forget(kind)
    this.#poll()
  }

  #bind(): void {
    for (const kind of ['camera', 'microphone'] as const) {
      const one = this.#plan[kind]
      const source = this.#scene.sources.find(({ id }) => id === one?.sourceId)
      if (one !== null && source !== undefined && 'deviceId' in source && source.deviceId !== null)
        this.#bound.set(source.id, { wanted: source.deviceId, id: one.deviceId })
    }
  }

  /** No event tells that a window is there again. */
  #poll(): void {
    this.#cancelPoll()
    const missed = this.#scene.sources.some(
      (source) =>
        (source.kind === 'screen' || source.kind === 'window') &&
        source.visible &&
        this.#plan.errors.get(source.id)?.code !== 'trtc.source-unsupported' &&
        this.#plan.errors.has(source.id),
    )
    this.#cancelPoll = missed ? this.#options.time.after(SCREEN_POLL_MS, () => this.refresh()) : () => undefined
  }

  #call(call: CaptureCall): void {
    switch (call.call) {
      case 'open-camera':
        this.#begin('camera')
        this.meters.big.reset()
        break
      case 'open-screen':
        this.#begin('screen')
        this.meters[call.stream === STREAM.sub ? 'sub' : 'big'].reset()
        break
      case 'open-microphone':
        this.#begin('microphone')
        break
      case 'open-system-audio':
        // No event tells that it runs.
        this.#runs.set('systemAudio', { state: 'active', error: null, failures: 0 })
        break
      default:
    }
    callSdk(call, { ...this.#options, screens: this.#screens, profile: this.#profile })
  }

  #begin(kind: Kind): void {
    this.#runs.set(kind, { state: 'starting', error: null, failures: this.#runs.get(kind)?.failures ?? 0 })
  }

  #ready(kind: Kind): void {
    if (this.#captured[kind] === null) return
    this.#runs.set(kind, { state: 'active', error: null, failures: 0 })
    this.#options.onChange()
  }

  #error(code: number): void {
    const { scope, error, permanent } = meaningOf(code)
    const kind = scope === 'camera' || scope === 'microphone' || scope === 'screen' ? scope : scope === 'system-audio' ? 'systemAudio' : null
    if (kind === null || this.#captured[kind] === null) return
    const device = kind === 'systemAudio' ? '' : (this.#plan[kind]?.label ?? '')
    this.#failed(kind, { code: error.code, context: { ...error.context, device } }, error.code === 'source.permission-denied' ? 'denied' : 'failed', permanent)
  }

  #failed(kind: Kind, error: ErrorInfo, state: SourceStatus['state'], permanent: boolean): void {
    if (this.#captured[kind] === null) return
    const failures = (this.#runs.get(kind)?.failures ?? 0) + 1
    this.#runs.set(kind, { state, error, failures })
    this.#retries.get(kind)?.()
    if (permanent) this.#retries.delete(kind)
    else {
      const delayMs = SOURCE.restartDelaysMs[Math.min(failures, SOURCE.restartDelaysMs.length - 1)] ?? 0
      this.#retries.set(
        kind,
        this.#options.time.after(delayMs, () => {
          this.#retries.delete(kind)
          this.#reopen(kind)
        }),
      )
    }
    this.#options.onChange()
  }

  /** Closed and opened, as if it were new in the scene. */
  #reopen(kind: Kind): void {
    const without: Captured = { ...this.#captured, [kind]: null }
    for (const call of captureCalls(this.#captured, without)) this.#call(call)
    this.#captured = without
    this.refresh()
  }

  #forget(kind: Kind): void {
    this.#runs.delete(kind)
    this.#retries.get(kind)?.()
    this.#retries.delete(kind)
  }

  #kindOf(stream: 'big' | 'sub'): Kind {
    return stream === 'sub' || this.#plan.camera === null ? 'screen' : 'camera'
  }
}

function named(devices: readonly { readonly deviceId: string; readonly deviceName: string }[]): SdkDevice[] {
  return devices.map(({ deviceId, deviceName }) => ({ id: deviceId, label: deviceName }))
}

function screenOf({ type, sourceId, sourceName, isMainScreen }: TRTCScreenCaptureSourceInfo): SdkScreen {
  return { id: String(sourceId), label: sourceName, kind: type === CAPTURE.screen ? 'screen' : 'window', main: isMainScreen }
}

function told({ code, context }: ErrorInfo): NonNullable<SourceStatus['error']> {
  return { code, context: { ...context } }
}
