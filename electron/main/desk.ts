import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, powerMonitor, systemPreferences, type BrowserWindow } from 'electron'
import type { Logger } from 'pino'
import type { CommandLine, LiveEvent } from '../shared/cli'
import type { MediaAccess } from '../shared/checks'
import type { DestinationStatus } from '../shared/destination'
import { AnchorError, type ErrorInfo } from '../shared/errors'
import { UNKNOWN_HEALTH } from '../shared/health'
import { CHANNELS } from '../shared/channels'
import { publisherReportSchema, type PublisherCommand, type PublisherReport } from '../shared/publisher'
import { lowerProfile, type Profile } from '../shared/profile'
import { DEFAULT_HTTP_PORT, DEFAULT_RTMP_PORT, roomServerReportSchema, type RoomServerCommand, type RoomServerReport } from '../shared/room-server'
import { FULL_FRAME, type Scene } from '../shared/scene'
import { isOnAir, type SessionState, type SessionSummary } from '../shared/session'
import type { Snapshot, StatePatch } from '../shared/snapshot'
import type { StageCommand, StageReport } from '../shared/stage'
import { HEALTH } from '../shared/thresholds'
import { STAGE_ORIGIN, STUDIO_ORIGIN } from './app-protocol'
import { CheckRunner } from './check-runner'
import { DestinationBook } from './destination-book'
import { HealthSampler } from './health-sampler'
import type { NoticeBoard } from './notice-board'
import { newChannel, PageWindow } from './page-window'
import { SceneEditor } from './scene-editor'
import type { SecretStore } from './secret-store'
import { SessionController } from './session-controller'
import type { SettingsStore } from './settings-store'
import { SnapshotStore } from './snapshot-store'
import type { StateFile } from './state-file'
import { UtilityLink } from './utility-link'
import { stageWindowOptions, studioWindowOptions } from './windows'

/** The ingest's own stream key among the secrets. */
export const INGEST_SECRET = '@ingest'
const LIVE_MARK_EVERY_MS = 5_000
/** So many reports (half a second each) in a row below the limit: it is behind, not just starting. */
const BEHIND_REPORTS = 4

export interface DeskOptions {
  /** Folder of the built app: main, preload, renderer, web. */
  readonly built: string
  readonly dataDir: string
  readonly commandLine: CommandLine
  readonly settings: SettingsStore
  readonly secrets: SecretStore
  readonly notices: NoticeBoard
  readonly stateFile: StateFile
  readonly log: Logger
  announce(event: LiveEvent): void
  onAirChanged(onAir: boolean): void
  /** --go-live did not come to it. */
  onGoLiveFailed(error: ErrorInfo): void
}

/** All parts of a running app, and what flows between them. Main's one long-lived object; ended by `close`. */
export class Desk {
  readonly store: SnapshotStore
  readonly scene: SceneEditor
  readonly session: SessionController
  readonly destinations: DestinationBook
  readonly checks = new CheckRunner()
  readonly studio: PageWindow
  readonly stage: PageWindow
  readonly publisher: UtilityLink<PublisherCommand, PublisherReport>
  readonly roomServer: UtilityLink<RoomServerCommand, RoomServerReport>
  readonly #options: DeskOptions
  readonly #sampler = new HealthSampler()
  readonly #timers: NodeJS.Timeout[] = []
  #profile: Profile
  #statuses = new Map<string, DestinationStatus>()
  #stageReady = false
  #studioReady = false
  #publisherReady = false
  #goLiveWhenReady: boolean
  #shareOnNetwork: boolean
  #behindReports = 0

  constructor(options: DeskOptions) {
    this.#options = options
    const { settings, commandLine, secrets, log, stateFile } = options
    this.#goLiveWhenReady = commandLine.goLive
    this.#shareOnNetwork = settings.current.shareOnNetwork
    this.#profile = {
      resolution: commandLine.resolution ?? settings.current.profile.resolution,
      fps: commandLine.fps ?? settings.current.profile.fps,
      bitrateKbps: commandLine.bitrateKbps ?? (commandLine.resolution === '1080p' ? 6_000 : settings.current.profile.bitrateKbps),
    }
    this.scene = new SceneEditor(commandLine.source === null ? settings.current.scene : sceneOf(commandLine.source))
    this.destinations = new DestinationBook(
      secrets,
      () => settings.current.destinations,
      () => this.store.current.roomServer.addresses,
      commandLine.destinations,
    )
    this.store = new SnapshotStore(this.#initial(stateFile.resumeOffer()), (patch) => this.#sendPatch(patch))
    this.session = new SessionController({
      start: () => this.#startProgram(),
      stop: () => this.#stopProgram(),
      announce: () => this.#announce(),
      runChecks: () => void this.runChecks(),
      summary: (liveSinceMs) => this.#summary(liveSinceMs),
      onState: (state) => this.#onSession(state),
    })
    const preloads = join(options.built, 'preload')
    const logLine = (level: 'info' | 'warn' | 'error', message: string): void => log[level](message)
    this.roomServer = new UtilityLink({
      name: 'room server',
      script: join(options.built, 'main', 'room-server.js'),
      reports: roomServerReportSchema,
      onReport: (report) => this.#onRoomServer(report),
      onReady: () => this.listen(),
      onDied: (gaveUp) => {
        this.store.set({ roomServer: { ...this.store.current.roomServer, running: false, publishing: false, viewers: 0 } })
        this.problem({ code: gaveUp ? 'process.gave-up' : 'room-server.crashed', context: { process: 'room-server' } })
      },
      log: logLine,
    })
    this.publisher = new UtilityLink({
      name: 'publisher',
      script: join(options.built, 'main', 'publisher.js'),
      reports: publisherReportSchema,
      onReport: (report) => this.#onPublisher(report),
      onReady: () => this.#publisherUp(),
      onDied: (gaveUp) => {
        this.#publisherReady = false
        this.#setStatuses([])
        this.problem({ code: gaveUp ? 'process.gave-up' : 'publisher.crashed', context: { process: 'publisher' } })
      },
      log: logLine,
    })
    this.stage = new PageWindow({
      name: 'stage',
      url: `${STAGE_ORIGIN}/stage/index.html`,
      window: stageWindowOptions(preloads),
      onMade: () => undefined,
      onDied: (gaveUp) => this.#stageDied(gaveUp),
      log: logLine,
    })
    this.studio = new PageWindow({
      name: 'studio',
      url: `${STUDIO_ORIGIN}/studio/index.html`,
      window: studioWindowOptions(settings.current.window, preloads),
      onMade: (window) => this.#showStudio(window),
      onDied: (gaveUp) => {
        this.#studioReady = false
        this.problem({ code: gaveUp ? 'process.gave-up' : 'studio.crashed', context: { process: 'studio' } })
      },
      log: logLine,
    })
    options.notices.onChange = (notices) => this.store.set({ notices })
    this.#timers.push(setInterval(() => this.#sampleHealth(), HEALTH.sampleEveryMs))
    this.#timers.push(setInterval(() => this.#markLive(), LIVE_MARK_EVERY_MS))
  }

  get profile(): Profile {
    return this.#profile
  }

  get isOnAir(): boolean {
    return isOnAir(this.session.state)
  }

  /** The whole state, for a studio that starts: it also gets its preview anew. */
  snapshotForStudio(): Snapshot {
    this.#studioReady = true
    this.#connectPreview()
    return this.store.snapshot()
  }

  problem(error: ErrorInfo): void {
    this.#options.log.warn({ code: error.code, context: error.context }, 'problem')
    this.#options.notices.add(error)
  }

  setProfile(profile: Profile): void {
    this.#profile = profile
    this.#options.settings.update({ profile })
    this.#commandStage({ type: 'set-profile', profile })
    this.publisher.send({ type: 'set-bitrate', videoKbps: profile.bitrateKbps })
    this.showSettings()
  }

  lowerProfile(): void {
    const lower = lowerProfile(this.#profile)
    if (lower !== null) this.setProfile(lower)
  }

  /** After each edit: saves (unless the command line chose the scene), shows and stages it. */
  sceneChanged(): void {
    if (this.#options.commandLine.source === null) this.#options.settings.update({ scene: this.scene.scene })
    this.#commandStage({ type: 'set-scene', scene: this.scene.scene })
    this.showSettings()
    this.store.set({ canUndo: this.scene.canUndo, canRedo: this.scene.canRedo })
  }

  commandStage(command: StageCommand): void {
    this.#commandStage(command)
  }

  /** Settings as they are in force now. */
  showSettings(): void {
    this.store.set({ settings: this.#effectiveSettings() })
    this.showDestinations()
  }

  showDestinations(): void {
    this.store.set({ destinations: this.destinations.views(this.#statuses) })
  }

  /** The wanted destinations changed: a running show follows at once. */
  destinationsChanged(): void {
    this.showDestinations()
    if (this.session.wantsProgram) this.#pushDestinations()
  }

  setTitle(title: string): void {
    this.#options.settings.update({ title })
    this.roomServer.send({ type: 'set-title', title })
    this.showSettings()
  }

  share(shareOnNetwork: boolean): void {
    this.#shareOnNetwork = shareOnNetwork
    this.#options.settings.update({ shareOnNetwork })
    this.listen()
    this.showSettings()
  }

  async runChecks(): Promise<void> {
    const nowSec = Date.now() / 1_000
    const lines = this.destinations.wanted(nowSec).map(({ id, url }) => ({ name: this.destinations.all().find((one) => one.id === id)?.name ?? id, url }))
    const running = (results: Snapshot['checks']['results']): void => this.store.set({ checks: { running: true, finishedAtMs: null, results } })
    const results = await this.checks.run(
      {
        scene: this.scene.scene,
        lines,
        dataDir: this.#options.dataDir,
        access: mediaAccess(this.scene.scene),
        onBattery: onBattery(),
        askStage: (requestId) => this.#commandStage({ type: 'run-checks', requestId }),
      },
      running,
    )
    this.store.set({ checks: { running: false, finishedAtMs: Date.now(), results } })
    this.session.dispatch({ type: 'checks-done' })
  }

  /** Tells the room server where to listen; also moves it. */
  listen(): void {
    const { commandLine, secrets, built, dataDir, settings } = { ...this.#options }
    const { addresses } = this.store.current.roomServer
    // After a restart of the process everybody's addresses still hold.
    const portOf = (address: string | undefined): number | null =>
      address === undefined ? null : Number(/:(\d+)/.exec(address.replace(/^\w+:\/\//, ''))?.[1] ?? NaN)
    const known = { http: portOf(addresses?.http), rtmp: portOf(addresses?.rtmp) }
    this.roomServer.send({
      type: 'listen',
      host: this.#shareOnNetwork ? '0.0.0.0' : '127.0.0.1',
      httpPort: known.http ?? commandLine.httpPort ?? DEFAULT_HTTP_PORT,
      rtmpPort: known.rtmp ?? commandLine.rtmpPort ?? DEFAULT_RTMP_PORT,
      // A port that was asked for by name is not silently another one.
      portFallback: commandLine.httpPort === null && commandLine.rtmpPort === null,
      dataDir,
      streamKey: ingestKey(secrets),
      webRoot: join(built, 'web'),
      title: settings.current.title,
    })
  }

  stageReported(report: StageReport): void {
    switch (report.type) {
      case 'ready':
        this.#stageUp()
        break
      case 'devices':
        this.store.set({ devices: report.devices })
        break
      case 'sources':
        this.store.set({ sources: report.sources as Snapshot['sources'] })
        break
      case 'stats':
        this.store.set({ stage: { running: true, stats: report.stats } })
        this.#judgeEncoder(report.stats.fps, report.stats.targetFps)
        break
      case 'program':
        if (report.state === 'failed' && report.error !== null) this.session.dispatch({ type: 'program-failed', error: toError(report.error) })
        break
      case 'checks':
        this.checks.stageAnswered(report.requestId, report.checks)
        break
      case 'log':
        this.#options.log[report.level](`stage: ${report.message}`)
        break
    }
  }

  /** Ends a running show, then everything. Each process has its deadline. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.session.close()
    this.store.close()
    await Promise.all([this.publisher.stop({ type: 'shut-down' }, 700), this.roomServer.stop({ type: 'shut-down' }, 1_500)])
    this.stage.close()
    this.studio.close()
  }

  networkOnline(): void {
    this.publisher.send({ type: 'network-online' })
  }

  #initial(resume: Snapshot['resume']): Omit<Snapshot, 'version'> {
    return {
      app: {
        version: app.getVersion(),
        platform: process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux',
        systemLanguage: app.getLocale().toLowerCase().startsWith('zh') ? 'zh-CN' : 'en',
        secretStore: this.#options.secrets.kept ? 'system' : 'session-only',
      },
      settings: this.#effectiveSettings(),
      session: { name: 'idle', error: null },
      devices: { cameras: [], microphones: [], systemAudio: false },
      sources: {},
      stage: { running: false, stats: null },
      onAir: 'nothing',
      destinations: [],
      roomServer: { running: false, addresses: null, error: null, viewers: 0, publishing: false },
      health: UNKNOWN_HEALTH,
      healthHistory: [],
      checks: { running: false, finishedAtMs: null, results: [] },
      notices: this.#options.notices.all,
      resume,
      canUndo: false,
      canRedo: false,
    }
  }

  #effectiveSettings(): Snapshot['settings'] {
    return { ...this.#options.settings.current, profile: this.#profile, scene: this.scene.scene }
  }

  #sendPatch(patch: StatePatch): void {
    if (this.#studioReady) this.studio.send(CHANNELS.studioPatch, patch)
  }

  #commandStage(command: StageCommand): void {
    if (this.#stageReady) this.stage.send(CHANNELS.stageCommand, command)
  }

  #showStudio(window: BrowserWindow): void {
    window.once('ready-to-show', () => {
      if (this.#options.commandLine.minimized) window.minimize()
      else window.show()
      if (this.#options.settings.current.window.maximized) window.maximize()
    })
    const remember = (): void => {
      if (window.isMinimized()) return
      const { x, y, width, height } = window.getNormalBounds()
      this.#options.settings.update({ window: { x, y, width: Math.max(1_120, width), height: Math.max(680, height), maximized: window.isMaximized() } })
    }
    window.on('resized', remember)
    window.on('moved', remember)
    window.on('maximize', remember)
    window.on('unmaximize', remember)
  }

  #connectPreview(): void {
    if (!this.#stageReady || !this.#studioReady) return
    const [ofStage, ofStudio] = newChannel()
    this.stage.sendPort('preview', ofStage)
    this.studio.sendPort('preview', ofStudio)
  }

  #connectProgram(): void {
    if (!this.#stageReady || !this.#publisherReady) return
    const [ofStage, ofPublisher] = newChannel()
    this.publisher.send({ type: 'attach-program' }, [ofPublisher])
    this.stage.sendPort('program', ofStage)
  }

  #stageUp(): void {
    this.#stageReady = true
    this.store.set({ stage: { running: true, stats: null } })
    this.#commandStage({ type: 'set-profile', profile: this.#profile })
    this.#commandStage({ type: 'set-scene', scene: this.scene.scene })
    this.#connectProgram()
    this.#connectPreview()
    if (this.session.wantsProgram) this.#stageProgram()
    this.session.dispatch({ type: 'impaired', cause: null })
    this.#goLiveIfReady()
  }

  #stageDied(gaveUp: boolean): void {
    this.#stageReady = false
    this.store.set({ stage: { running: false, stats: null }, sources: {} })
    const error: ErrorInfo = { code: gaveUp ? 'process.gave-up' : 'stage.crashed', context: { process: 'stage' } }
    this.problem(error)
    this.session.dispatch({ type: 'impaired', cause: error })
  }

  #publisherUp(): void {
    this.#publisherReady = true
    this.#connectProgram()
    this.publisher.send({ type: 'set-bitrate', videoKbps: this.#profile.bitrateKbps })
    if (this.session.wantsProgram) this.#pushDestinations()
    this.#goLiveIfReady()
  }

  #onPublisher(report: PublisherReport): void {
    switch (report.type) {
      case 'status':
        this.store.set({ onAir: report.onAir })
        this.#setStatuses(report.destinations as readonly DestinationStatus[])
        break
      case 'url-wanted': {
        const url = this.destinations.url(report.id, Date.now() / 1_000)
        if (url !== null) this.publisher.send({ type: 'fresh-url', id: report.id, url })
        break
      }
      case 'stopped':
        if (this.session.state.name === 'ending') this.session.stopped()
        break
      case 'log':
        this.#options.log[report.level](`publisher: ${report.message}`)
        break
      case 'ready':
        break
    }
  }

  #setStatuses(statuses: readonly DestinationStatus[]): void {
    this.#statuses = new Map(statuses.map((one) => [one.id, one]))
    this.showDestinations()
    if (!this.session.wantsProgram) return
    const broken = statuses.filter((one) => one.error !== null && one.state !== 'publishing')
    this.session.dispatch({
      type: 'destinations',
      summary: {
        wanted: Math.max(statuses.length, this.destinations.wanted(Date.now() / 1_000).length),
        publishing: statuses.filter((one) => one.state === 'publishing').length,
        failed: statuses.filter((one) => one.state === 'failed').length,
        error: broken.find((one) => one.state === 'failed')?.error ?? broken[0]?.error ?? null,
      },
    })
  }

  #onRoomServer(report: RoomServerReport): void {
    const before = this.store.current.roomServer
    switch (report.type) {
      case 'listening':
        this.store.set({ roomServer: { ...before, running: true, addresses: report.addresses, error: null } })
        this.destinationsChanged()
        this.#goLiveIfReady()
        break
      case 'failed': {
        const error = toError(report.error)
        this.store.set({ roomServer: { ...before, running: false, error } })
        this.problem(error)
        if (this.#goLiveWhenReady) this.#options.onGoLiveFailed(error)
        break
      }
      case 'stream':
        this.store.set({ roomServer: { ...before, viewers: report.viewers, publishing: report.publishing } })
        break
      case 'log':
        this.#options.log[report.level](`room server: ${report.message}`)
        break
      case 'anchor-session':
      case 'ready':
        break
    }
  }

  #goLiveIfReady(): void {
    if (!this.#goLiveWhenReady || !this.#stageReady || !this.#publisherReady || this.store.current.roomServer.addresses === null) return
    this.#goLiveWhenReady = false
    this.session.dispatch({ type: 'go-live' })
  }

  #startProgram(): void {
    if (this.destinations.wanted(Date.now() / 1_000).length === 0) {
      this.session.dispatch({ type: 'program-failed', error: new AnchorError('session.no-destination').toInfo() })
      return
    }
    this.#statuses.clear()
    this.publisher.send({ type: 'set-bitrate', videoKbps: this.#profile.bitrateKbps })
    this.#stageProgram()
    this.#pushDestinations()
  }

  #stageProgram(): void {
    const { title, language } = this.#options.settings.current
    const system = this.store.current.app.systemLanguage
    this.#commandStage({ type: 'start-program', title, language: language === 'system' ? system : language })
  }

  #pushDestinations(): void {
    this.publisher.send({ type: 'set-destinations', destinations: this.destinations.wanted(Date.now() / 1_000) })
  }

  #stopProgram(): void {
    this.publisher.send({ type: 'set-destinations', destinations: [] })
    this.#commandStage({ type: 'stop-program' })
  }

  #announce(): void {
    const { addresses } = this.store.current.roomServer
    if (addresses === null) return
    this.#options.announce({ event: 'live', watch: addresses.watch, play: addresses.play, ingest: addresses.ingest })
  }

  #onSession(state: SessionState): void {
    this.#options.log.info(`session ${state.name}`)
    this.store.set({ session: state, ...(state.name === 'idle' || state.name === 'ended' ? { onAir: 'nothing' as const } : {}) })
    this.#options.onAirChanged(isOnAir(state))
    this.#markState(state)
    if (state.name === 'idle' && state.error !== null) {
      this.#options.log.warn({ code: state.error.code }, 'going live failed')
      if (this.#options.commandLine.goLive) this.#options.onGoLiveFailed(state.error)
    }
  }

  #markState(state: SessionState): void {
    this.#options.stateFile.write(isOnAir(state) ? 'live' : 'idle', this.#options.settings.current.title, Date.now())
  }

  #markLive(): void {
    if (this.isOnAir) this.#markState(this.session.state)
  }

  #judgeEncoder(fps: number, targetFps: number): void {
    if (!this.isOnAir || targetFps === 0) {
      this.#behindReports = 0
      return
    }
    this.#behindReports = fps < targetFps * HEALTH.encoderFpsShare.poor ? this.#behindReports + 1 : 0
    const { state } = this.session
    const saidSo = state.name === 'degraded' && state.cause.code === 'encoder.overloaded'
    if (!saidSo && this.#behindReports >= BEHIND_REPORTS) {
      this.session.dispatch({ type: 'impaired', cause: { code: 'encoder.overloaded', context: { fps: Math.round(fps), targetFps } } })
    } else if (saidSo && fps > targetFps * HEALTH.encoderFpsShare.fair) this.session.dispatch({ type: 'impaired', cause: null })
  }

  #sampleHealth(): void {
    const { stage, sources, roomServer } = this.store.current
    const { health, history } = this.#sampler.sample(
      {
        destinations: [...this.#statuses.values()],
        stage: stage.stats,
        scene: this.scene.scene,
        sources,
        viewers: roomServer.running ? roomServer.viewers : null,
        wantedKbps: this.#profile.bitrateKbps,
        onAir: this.isOnAir,
      },
      Date.now(),
    )
    this.store.set({ health, healthHistory: history })
  }

  #summary(liveSinceMs: number): SessionSummary {
    const stats = [...this.#statuses.values()].map((one) => one.stats).filter((one) => one !== null)
    const most = (pick: (one: (typeof stats)[number]) => number): number => stats.reduce((found, one) => Math.max(found, pick(one)), 0)
    return {
      startedAtMs: liveSinceMs,
      endedAtMs: Date.now(),
      sentBytes: stats.reduce((sum, one) => sum + one.sentBytes, 0),
      videoFrames: most((one) => one.sentVideoFrames),
      droppedFrames: most((one) => one.droppedVideoFrames),
      reconnects: most((one) => one.reconnects),
    }
  }
}

function toError(info: { code: string; context: Record<string, string | number> }): ErrorInfo {
  return info as ErrorInfo
}

function ingestKey(secrets: SecretStore): string {
  const kept = secrets.get(INGEST_SECRET)
  if (kept !== null) return kept
  const made = randomBytes(18).toString('base64url')
  try {
    secrets.set(INGEST_SECRET, made)
  } catch (error) {
    // It holds until the app quits; the notice of the settings file says the rest.
    if (!(error instanceof AnchorError)) throw error
  }
  return made
}

function sceneOf(source: NonNullable<CommandLine['source']>): Scene {
  const transform = FULL_FRAME
  const sound = { muted: false, gainDb: 0, syncOffsetMs: 0 }
  if (source === 'test-card') return { sources: [{ kind: 'test-card', id: 'test-card', name: '', visible: true, transform, ...sound }] }
  const microphone = { kind: 'microphone', id: 'microphone', name: '', deviceId: null, ...sound } as const
  if (source === 'camera')
    return { sources: [{ kind: 'camera', id: 'camera', name: '', deviceId: null, visible: true, syncOffsetMs: 0, transform }, microphone] }
  return { sources: [{ kind: 'screen', id: 'screen', name: '', displayId: null, visible: true, syncOffsetMs: 0, transform }, microphone] }
}

function mediaAccess(scene: Scene): { device: string; access: MediaAccess }[] {
  const kinds = new Set(scene.sources.map((source) => source.kind))
  const wanted = (['camera', 'microphone', 'screen'] as const).filter((device) => kinds.has(device) || (device === 'screen' && kinds.has('window')))
  if (process.platform === 'linux') return wanted.map((device) => ({ device, access: 'granted' }))
  return wanted.map((device) => {
    const status = systemPreferences.getMediaAccessStatus(device)
    return { device, access: status === 'granted' ? 'granted' : status === 'not-determined' ? 'not-asked' : status === 'unknown' ? 'unknown' : 'denied' }
  })
}

function onBattery(): boolean | null {
  // Linux without a battery service answers false, which is what it is on a desktop.
  return powerMonitor.isOnBatteryPower()
}

export function ensureFolders(dataDir: string): void {
  mkdirSync(join(dataDir, 'assets'), { recursive: true })
}
