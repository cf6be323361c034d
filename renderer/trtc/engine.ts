import type { Profile } from '../../electron/shared/profile'
import { FULL_FRAME, type Scene, type SourceStatus } from '../../electron/shared/scene'
import type { SeatTableView } from '../../electron/shared/seats'
import type { Card } from '../../electron/shared/show-status'
import type { StageChecks } from '../../electron/shared/stage'
import type { TrtcCommand, TrtcReport, TrtcTarget } from '../../electron/shared/trtc'
import type { Art } from './art'
import { Capture } from './capture'
import { Cover } from './cover'
import { listen } from './cloud-events'
import { BUFFER, LOG_NOTHING, PIXELS_I420, STREAM } from './constants'
import { bytesOf, Guests } from './guests'
import { levelsOf } from './levels'
import { measured } from './measured'
import type { MixInput, OwnStream } from './mix-arrangement'
import { Mixing, type StillFiles } from './mixing/mixing'
import { OnAir } from './on-air'
import { OtherRoom } from './other-room'
import { every, type PageTime } from './page-time'
import type { Picture } from './picture-mix'
import { Preview } from './preview'
import type { PreviewPort } from './preview-port'
import { planPublish } from './publish-plan'
import type { Cloud, Sdk } from './sdk'
import { SpeakerChoice } from './speaker-choice'
import { SpeedTest } from './speed-test'
import { ShowStatistics } from './stage-stats'
import { tileOf } from './tile'

export interface EngineOptions {
  readonly sdk: Sdk
  readonly time: PageTime
  readonly platform: string
  readonly screenView: HTMLElement
  readonly mixing: MixingView
  readonly art: Art
  readonly port: PreviewPort
  readonly report: (report: TrtcReport) => void
  /** The state of the room or of a relay may be another. */
  readonly onStatus: () => void
}

/** What the mixing manager needs of the page. */
export interface MixingView {
  readonly view: HTMLElement
  readonly files: StillFiles
  /** What the view shows now. */
  picture(): Picture | null
}

const LEVELS_EVERY_MS = 100
const MIXED_EVERY_MS = 50
const TILES_EVERY_MS = 300
/** WARNING_HW_ENCODER_START_FAIL, WARNING_VIDEO_ENCODER_SW_TO_HW */
const ENCODER_WARNINGS = new Map([
  [1103, false],
  [1107, true],
])

/** The loaded SDK at work: what the page is told becomes calls to it, what it says becomes reports. */
export class Engine {
  readonly #options: EngineOptions
  readonly #cloud: Cloud
  readonly #stopListening: () => void
  readonly #speaker = new SpeakerChoice()
  readonly statistics = new ShowStatistics()
  readonly onAir: OnAir
  readonly #capture: Capture
  readonly #mixing: Mixing | null
  #stopMixed: () => void = () => undefined
  #scene: Scene = { sources: [] }
  readonly #cover: Cover
  readonly #guests: Guests
  readonly #otherRoom: OtherRoom
  readonly #preview: Preview
  readonly speedTest: SpeedTest
  #target: TrtcTarget | null = null
  #profile: Profile
  #table: SeatTableView | null = null
  #paused = false
  #running = false
  #peakVolume = 0
  #tilesAtMs = -Infinity
  #lastCoAnchors = ''

  constructor(options: EngineOptions, profile: Profile) {
    this.#options = options
    this.#profile = profile
    const { sdk, time, port, report } = options
    // The mixing manager is there on Windows alone, and in this mode alone.
    const mixes = options.platform === 'win32'
    const cloud = mixes ? sdk.default.getTRTCShareInstance({ isIPCMode: true }) : sdk.default.getTRTCShareInstance()
    this.#cloud = cloud
    // Its log has what it is called with: push URLs and signatures.
    cloud.setLogLevel(LOG_NOTHING)
    cloud.setConsoleEnabled(false)
    // This window is never seen: the SDK would take that for nobody looking.
    cloud.callExperimentalAPI(JSON.stringify({ api: 'disableLocalRenderFPSOptimization', params: { disable: true } }))
    this.#cover = new Cover({ sdk, cloud, art: options.art, log: (message) => this.#log('warn', message) })
    const manager = mixes ? cloud.getMediaMixingManager() : null
    this.#capture = new Capture({
      sdk,
      cloud,
      time,
      platform: options.platform,
      screenView: options.screenView,
      soundOnly: manager !== null,
      onChange: () => this.#sourcesChanged(),
    })
    this.#mixing =
      manager === null
        ? null
        : new Mixing({ sdk, manager, ...options.mixing, onChange: () => this.#mixedChanged(), log: (message) => this.#log('warn', message) })
    this.#guests = new Guests({ cloud, time, onChange: () => this.#guestsChanged(), onPicture: () => this.#sendTiles() })
    this.#otherRoom = new OtherRoom({
      cloud,
      onState: (state, error) => {
        report({ type: 'room-connection', state, error: error === null ? null : { code: error.code, context: { ...error.context } } })
        this.#guests.setOther(this.#otherRoom.connected)
        this.#replan()
      },
    })
    this.#preview = new Preview({
      port,
      mix: () => this.#mix(),
      mirrored: () => this.#capture.plan.camera?.mirrored ?? false,
      guest: (userId) => this.#guests.picture(userId),
    })
    this.onAir = new OnAir({
      sdk,
      cloud,
      time,
      hasPicture: () => this.#own.length > 0,
      onChange: () => {
        this.#otherRoom.setInRoom(this.onAir.inRoom)
        options.onStatus()
      },
      onLeft: () => {
        this.statistics.left()
        this.#guests.roomLeft()
        this.#capture.reopenAll()
        this.#cover.again()
      },
      onStuck: (reason) => report({ type: 'failed', reason }),
      log: (level, message) => this.#log(level, message),
    })
    this.speedTest = new SpeedTest({ sdk, cloud, time, onResult: (requestId, result) => report({ type: 'speed', requestId, result }) })
    this.#stopListening = this.#listen()
    cloud.setLocalVideoRenderCallback(PIXELS_I420, BUFFER, {
      onRenderVideoFrame: (_user, _stream, { width, height, data }) => {
        if (data !== null) this.#picture('big', width, height, bytesOf(data))
      },
    })
    // The render callback leaves out the sub stream.
    cloud.setCaptureLocalVideoEnabled(true)
    cloud.enableAudioVolumeEvaluation(LEVELS_EVERY_MS)
    if (this.#mixing !== null) this.#stopMixed = every(time, MIXED_EVERY_MS, () => this.#showMixed())
    this.setProfile(profile)
    report({ type: 'devices', devices: this.#capture.devices })
  }

  /** Of the native library. */
  get version(): string {
    return String(this.#cloud.getSDKVersion())
  }

  /** The program is on. */
  get running(): boolean {
    return this.#running
  }

  setScene(scene: Scene): void {
    this.#scene = scene
    this.#capture.setScene(scene)
  }

  setProfile(profile: Profile): void {
    this.#profile = profile
    this.#capture.setProfile(profile)
    this.#mixing?.setProfile(profile)
    this.#cover.setProfile(profile)
    this.#replan()
  }

  setPaused(paused: boolean, card: Card): void {
    this.#paused = paused
    this.#capture.setPaused(paused)
    this.#cover.setPaused(paused, card)
    this.#replan()
  }

  setShow(title: string, language: 'en' | 'zh-CN'): void {
    this.#cover.setShow(title, language)
  }

  setLine(text: string): void {
    this.#cover.setLine(text)
  }

  setSeats(table: SeatTableView | null): void {
    this.#table = table
    this.#guests.setTable(table)
    this.#replan()
  }

  setTarget(target: TrtcTarget | null): void {
    this.#target = target
    this.#replan()
    this.onAir.setTarget(target)
  }

  setProgram(on: boolean): void {
    this.#running = on
    if (on) {
      this.speedTest.stop()
      this.statistics.reset()
    }
    this.onAir.setProgram(on)
  }

  hear(userId: string | null): void {
    this.#guests.hear(userId)
  }

  connectRoom(other: Extract<TrtcCommand, { type: 'connect-room' }>['other']): void {
    this.#otherRoom.connect(other)
  }

  restartSource(id: string): void {
    this.#mixing?.restart(id)
    this.#capture.restart(id)
  }

  refreshDevices(): void {
    this.#capture.refresh()
    this.#options.report({ type: 'devices', devices: this.#capture.devices })
  }

  /** Once a second. */
  tick(): void {
    this.#capture.watch()
    this.#tellSources()
    this.#tellCoAnchors()
    const { fps } = this.#profile
    this.#options.report({
      type: 'stats',
      stats: this.statistics.stage({
        live: this.onAir.inRoom,
        fps: this.#capture.meters.big.fps(this.#options.time.nowMs()),
        targetFps: fps,
        audioPeakDb:
          this.#paused || this.#capture.plan.microphone === null ? null : levelsOf(this.#levelInput([{ userId: '', volume: this.#peakVolume }])).program.peakDb,
      }),
    })
    this.#peakVolume = 0
  }

  checks(): StageChecks {
    const { microphone } = this.#capture.plan
    return measured({
      scene: this.#scene,
      statuses: this.#statuses(),
      askedFps: this.#profile.fps,
      variance: (stream) => this.#preview.variance(stream),
      screenStream: this.#capture.plan.screen?.stream === STREAM.sub ? 'sub' : 'big',
      peakDb: microphone === null ? -100 : levelsOf(this.#levelInput([{ userId: '', volume: this.#peakVolume }])).program.peakDb,
    })
  }

  close(): void {
    this.#stopListening()
    this.#stopMixed()
    this.#mixing?.close()
    for (const part of [this.onAir, this.#capture, this.#guests, this.#otherRoom, this.speedTest]) part.close()
    this.#options.sdk.default.destroyTRTCShareInstance()
  }

  #listen(): () => void {
    const { time, port } = this.#options
    return listen(this.#cloud, {
      onLocalVideoData: ({ type, data }) => {
        if (type === STREAM.sub) this.#picture('sub', data.width, data.height, bytesOf(data.data))
      },
      onStatistics: (statistics) => this.statistics.take(statistics, time.nowMs(), this.onAir.session.reconnects),
      onUserVoiceVolume: (volumes) => {
        this.#peakVolume = Math.max(this.#peakVolume, volumes.find(({ userId }) => userId === '')?.volume ?? 0)
        port.sendLevels(() => levelsOf(this.#levelInput(volumes)))
        if (this.#table?.layout === 'speaker' && this.#speaker.heard(volumes, this.#guests.heard, time.nowMs())) this.#replan()
      },
      onDeviceChange: () => this.#options.report({ type: 'devices', devices: this.#capture.devices }),
      onWarning: (code) => {
        const hardware = ENCODER_WARNINGS.get(code)
        if (hardware !== undefined) this.statistics.encoderChanged(hardware)
      },
      onNetworkQuality: (local) => this.#log('debug', `network quality ${local.quality}`),
    })
  }

  #picture(stream: 'big' | 'sub', width: number, height: number, data: Uint8Array): void {
    this.#capture.seen(stream, width, height)
    this.#preview.take(stream, { width, height, data })
  }

  #levelInput(volumes: readonly { readonly userId: string; readonly volume: number }[]): Parameters<typeof levelsOf>[0] {
    const { microphone } = this.#capture.plan
    return { volumes, microphoneId: microphone?.sourceId ?? null, muted: microphone?.muted ?? true, paused: this.#paused, heard: this.#guests.heard }
  }

  #mix(): MixInput {
    const own = this.#own
    return {
      // The card fills the picture, wherever the camera stands.
      own: this.#paused && own.length > 0 ? [{ stream: 'big', transform: FULL_FRAME }] : own,
      table: this.#table,
      other: this.#otherRoom.connected,
      speaker: this.#speaker.speaker,
    }
  }

  #replan(): void {
    const target = this.#target
    this.onAir.setPlan(target === null || target.relays.length === 0 ? null : planPublish({ ...this.#mix(), target, profile: this.#profile }))
  }

  /** The anchor's own streams, as the scene has them; what the mixing manager makes is one. */
  get #own(): readonly OwnStream[] {
    if (this.#mixing === null) return this.#capture.plan.own
    return this.#mixing.hasPicture ? [{ stream: 'big', transform: FULL_FRAME }] : []
  }

  #statuses(): Record<string, SourceStatus> {
    return { ...this.#capture.statuses(), ...this.#mixing?.statuses() }
  }

  #showMixed(): void {
    const picture = this.#options.port.due ? this.#options.mixing.picture() : null
    if (picture !== null) this.#picture('big', picture.width, picture.height, picture.data)
  }

  #mixedChanged(): void {
    this.#replan()
    this.#tellSources()
  }

  #sourcesChanged(): void {
    this.#mixing?.setScene(this.#scene, this.#capture.machine)
    const { stills } = this.#capture.plan
    const own = this.#own
    for (const stream of ['big', 'sub'] as const) if (!own.some((one) => one.stream === stream)) this.#preview.forget(stream)
    this.#cover.setStills(stills)
    this.#replan()
    this.#tellSources()
  }

  #guestsChanged(): void {
    this.#tellCoAnchors()
    this.#preview.send()
  }

  #sendTiles(): void {
    this.#preview.send()
    const nowMs = this.#options.time.nowMs()
    if (!this.#options.port.wantsTiles || nowMs - this.#tilesAtMs < TILES_EVERY_MS) return
    this.#tilesAtMs = nowMs
    for (const userId of this.#guests.waiting()) {
      const picture = this.#guests.picture(userId)
      if (picture !== null) this.#options.port.sendTile({ userId, ...tileOf(picture) })
    }
  }

  #tellSources(): void {
    this.#options.report({ type: 'sources', sources: this.#statuses() })
  }

  #tellCoAnchors(): void {
    const coAnchors = this.#guests.coAnchors()
    const key = JSON.stringify(coAnchors)
    if (key === this.#lastCoAnchors) return
    this.#lastCoAnchors = key
    this.#options.report({ type: 'co-anchors', coAnchors })
  }

  #log(level: 'debug' | 'info' | 'warn', message: string): void {
    this.#options.report({ type: 'log', level, message: message.slice(0, 2_000) })
  }
}
