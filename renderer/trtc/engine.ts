import type { Profile } from '../../electron/shared/profile'
import { FULL_FRAME, type Scene } from '../../electron/shared/scene'
import type { SeatTableView } from '../../electron/shared/seats'
import type { Card } from '../../electron/shared/show-status'
import type { StageChecks } from '../../electron/shared/stage'
import type { TrtcCommand, TrtcReport, TrtcTarget } from '../../electron/shared/trtc'
import type { Art } from './art'
import { Cover } from './cover'
import { listen } from './cloud-events'
import { BUFFER, PIXELS_I420, STREAM } from './constants'
import { bytesOf, Guests } from './guests'
import type { LevelInput } from './levels'
import { measured } from './measured'
import type { MixInput } from './mix-arrangement'
import { OnAir } from './on-air'
import { openCloud } from './open-cloud'
import { OtherRoom } from './other-room'
import type { PageTime } from './page-time'
import { Preview } from './preview'
import type { PreviewPort } from './preview-port'
import { planPublish } from './publish-plan'
import type { Cloud, Sdk } from './sdk'
import { SceneSources, type MixingView } from './scene-sources'
import { seatUserOf } from './seat-user'
import { SoundWatch } from './sound-watch'
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
  readonly statistics = new ShowStatistics()
  readonly onAir: OnAir
  readonly #sources: SceneSources
  readonly #sound: SoundWatch
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
  #quality = 0
  #tilesAtMs = -Infinity
  #lastCoAnchors = ''

  constructor(options: EngineOptions, profile: Profile) {
    this.#options = options
    this.#profile = profile
    const { sdk, time, port, report } = options
    const cloud = openCloud(sdk, options.platform, (message) => this.#log('warn', message))
    this.#cloud = cloud
    this.#cover = new Cover({ sdk, cloud, art: options.art, log: (message) => this.#log('warn', message) })
    this.#sources = new SceneSources({
      ...options,
      cloud,
      pictureDue: () => port.due,
      onMixed: ({ width, height, data }) => this.#picture('big', width, height, data),
      onChange: () => this.#sourcesChanged(),
      log: (message) => this.#log('warn', message),
    })
    this.#guests = new Guests({ cloud, time, onChange: () => this.#guestsChanged(), onPicture: () => this.#sendTiles() })
    this.#otherRoom = new OtherRoom({
      cloud,
      time,
      onState: (state, error) => report({ type: 'room-connection', state, error: error === null ? null : { code: error.code, context: { ...error.context } } }),
    })
    this.#preview = new Preview({
      port,
      mix: () => this.#mix(),
      mirrored: () => this.#sources.plan.camera?.mirrored ?? false,
      guest: (userId) => this.#guests.picture(userId),
    })
    this.onAir = new OnAir({
      sdk,
      cloud,
      time,
      hasPicture: () => this.#sources.own.length > 0,
      onChange: () => {
        this.#otherRoom.setInRoom(this.onAir.inRoom)
        options.onStatus()
      },
      onLeft: () => {
        this.statistics.left()
        this.#guests.roomLeft()
        this.#sources.reopenAll()
        this.#cover.again()
      },
      onStuck: (reason) => report({ type: 'failed', reason }),
      log: (level, message) => this.#log(level, message),
    })
    this.speedTest = new SpeedTest({ sdk, cloud, time, onResult: (requestId, result) => report({ type: 'speed', requestId, result }) })
    this.#sound = new SoundWatch({
      cloud,
      time,
      port,
      input: () => this.#levelInput(),
      onSpeaker: () => {
        if (this.#table?.layout === 'speaker') this.#replan()
      },
    })
    this.#stopListening = this.#listen()
    cloud.setLocalVideoRenderCallback(PIXELS_I420, BUFFER, {
      onRenderVideoFrame: (_user, _stream, { width, height, data }) => {
        if (data !== null) this.#picture('big', width, height, bytesOf(data))
      },
    })
    // The render callback leaves out the sub stream.
    cloud.setCaptureLocalVideoEnabled(true)
    this.setProfile(profile)
    report({ type: 'devices', devices: this.#sources.devices })
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
    this.#sources.setScene(scene)
  }

  setProfile(profile: Profile): void {
    this.#profile = profile
    this.#sources.setProfile(profile)
    this.#cover.setProfile(profile)
    this.#replan()
  }

  setPaused(paused: boolean, card: Card): void {
    this.#paused = paused
    this.#sources.setPaused(paused)
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

  tryNow(): void {
    this.onAir.tryNow()
    this.#otherRoom.tryNow()
  }

  connectRoom(other: Extract<TrtcCommand, { type: 'connect-room' }>['other']): void {
    this.#otherRoom.connect(other)
  }

  restartSource(id: string): void {
    this.#sources.restart(id)
  }

  refreshDevices(): void {
    this.#sources.refresh()
    this.#options.report({ type: 'devices', devices: this.#sources.devices })
  }

  /** Once a second. */
  tick(): void {
    this.#sources.watch()
    this.#tellSources()
    this.#tellCoAnchors()
    this.#options.report({
      type: 'stats',
      stats: this.statistics.stage({
        live: this.onAir.inRoom,
        profileFps: this.#profile.fps,
        // A screen gives as many pictures as change on it: that is no encoder falling behind.
        steady: this.#sources.plan.screen === null || this.#sources.plan.camera !== null,
        shownFps: Math.min(this.#options.port.fps, this.#sources.meters.big.fps(this.#options.time.nowMs())),
        audioPeakDb: this.#paused || this.#sources.plan.microphone === null ? null : this.#ownDb(this.#sound.peakDb),
      }),
    })
    this.#sound.forget()
  }

  checks(): StageChecks {
    return measured({
      scene: this.#sources.scene,
      statuses: this.#sources.statuses(),
      askedFps: this.#profile.fps,
      variance: (stream) => this.#preview.variance(stream),
      screenStream: this.#sources.plan.screen?.stream === STREAM.sub ? 'sub' : 'big',
      peakDb: this.#ownDb(this.#sound.recentPeakDb),
    })
  }

  close(): void {
    this.#stopListening()
    for (const part of [this.onAir, this.#sources, this.#sound, this.#guests, this.#otherRoom, this.speedTest]) part.close()
    this.#options.sdk.default.destroyTRTCShareInstance()
  }

  #listen(): () => void {
    const { time } = this.#options
    return listen(this.#cloud, {
      onLocalVideoData: ({ type, data }) => {
        if (type === STREAM.sub) this.#picture('sub', data.width, data.height, bytesOf(data.data))
      },
      onStatistics: (statistics) => this.statistics.take(statistics, time.nowMs(), this.onAir.session.reconnects),
      onDeviceChange: () => this.#options.report({ type: 'devices', devices: this.#sources.devices }),
      onWarning: (code) => {
        const hardware = ENCODER_WARNINGS.get(code)
        if (hardware !== undefined) this.statistics.encoderChanged(hardware)
      },
      onNetworkQuality: ({ quality }) => {
        if (quality !== this.#quality) this.#log('debug', `the line to TRTC is ${quality} of 1 (excellent) to 6 (down)`)
        this.#quality = quality
      },
    })
  }

  #picture(stream: 'big' | 'sub', width: number, height: number, data: Uint8Array): void {
    this.#sources.seen(stream, width, height)
    this.#preview.take(stream, { width, height, data })
  }

  /** Of the own sound as viewers would hear it, dBFS. */
  #ownDb(measuredDb: number): number {
    const { microphone } = this.#sources.plan
    return microphone === null || microphone.muted ? -100 : measuredDb
  }

  #levelInput(): Omit<LevelInput, 'volumes'> {
    const { microphone } = this.#sources.plan
    return {
      microphoneId: microphone?.sourceId ?? null,
      muted: microphone?.muted ?? true,
      paused: this.#paused,
      heard: this.#guests.heard,
      seatOf: (userId) => seatUserOf(this.#table, userId),
    }
  }

  #mix(): MixInput {
    const { own } = this.#sources
    return {
      // The card fills the picture, wherever the camera stands.
      own: this.#paused && own.length > 0 ? [{ stream: 'big', transform: FULL_FRAME }] : own,
      table: this.#table,
      speaker: this.#sound.speaker,
    }
  }

  #replan(): void {
    const target = this.#target
    this.onAir.setPlan(target === null || target.relays.length === 0 ? null : planPublish({ ...this.#mix(), target, profile: this.#profile }))
  }

  #sourcesChanged(): void {
    const { own } = this.#sources
    const { stills } = this.#sources.plan
    for (const stream of ['big', 'sub'] as const) if (!own.some((one) => one.stream === stream)) this.#preview.forget(stream)
    this.#cover.setStills(stills)
    this.#cover.keep()
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
    for (const { userId, picture } of this.#guests.waiting()) this.#options.port.sendTile({ userId, ...tileOf(picture) })
  }

  #tellSources(): void {
    this.#options.report({ type: 'sources', sources: this.#sources.statuses() })
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
