import type { Logger } from 'pino'
import type { CommandLine, LiveEvent } from '../shared/cli'
import type { DestinationStatus } from '../shared/destination'
import type { ErrorInfo } from '../shared/errors'
import { lowerProfile, type Profile } from '../shared/profile'
import type { PublisherReport } from '../shared/publisher'
import type { RoomServerReport } from '../shared/room-server'
import type { Snapshot } from '../shared/snapshot'
import type { StageReport } from '../shared/stage'
import { HEALTH } from '../shared/thresholds'
import { CheckDesk } from './check-desk'
import { profileOf, sceneOf } from './command-line-scene'
import { DestinationBook } from './destination-book'
import { HealthSampler } from './health-sampler'
import { listenCommand } from './ingest-address'
import { initialSnapshot } from './initial-snapshot'
import type { NoticeBoard } from './notice-board'
import { Processes, type ProcessName } from './processes'
import { SceneEditor } from './scene-editor'
import type { SecretStore } from './secret-store'
import type { SettingsStore } from './settings-store'
import { Show } from './show'
import { SnapshotStore } from './snapshot-store'
import type { StateFile } from './state-file'
import { showStudio } from './studio-window'

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
  readonly destinations: DestinationBook
  readonly show: Show
  readonly checks: CheckDesk
  readonly processes: Processes
  readonly #options: DeskOptions
  readonly #sampler = new HealthSampler()
  readonly #sampling: NodeJS.Timeout
  #profile: Profile
  #goLiveWhenReady: boolean

  constructor(options: DeskOptions) {
    this.#options = options
    const { settings, commandLine, secrets, log, stateFile, notices } = options
    this.#goLiveWhenReady = commandLine.goLive
    this.#profile = profileOf(commandLine, settings.current.profile)
    this.scene = new SceneEditor(commandLine.source === null ? settings.current.scene : sceneOf(commandLine.source))
    this.store = new SnapshotStore(
      initialSnapshot({ settings: this.#effectiveSettings(), secretsKept: secrets.kept, notices: notices.all, resume: stateFile.resumeOffer() }),
      (patch) => this.processes.patchStudio(patch),
    )
    this.destinations = new DestinationBook(
      secrets,
      () => settings.current.destinations,
      () => this.store.current.roomServer.addresses,
      commandLine.destinations,
    )
    this.show = new Show({
      ...options,
      store: this.store,
      destinations: this.destinations,
      profile: () => this.#profile,
      commandStage: (command) => this.processes.commandStage(command),
      commandPublisher: (command) => this.processes.commandPublisher(command),
      runChecks: () => void this.checks.run(),
    })
    this.checks = new CheckDesk({
      store: this.store,
      dataDir: options.dataDir,
      scene: () => this.scene.scene,
      destinations: this.destinations,
      commandStage: (command) => this.processes.commandStage(command),
      onDone: () => this.show.session.dispatch({ type: 'checks-done' }),
    })
    this.processes = new Processes({
      built: options.built,
      studioBounds: settings.current.window,
      onStudioMade: (window) => showStudio(window, settings, commandLine.minimized),
      onPublisher: (report) => this.#onPublisher(report),
      onRoomServer: (report) => this.#onRoomServer(report),
      onUp: (name) => this.#sayEverything(name),
      onDied: (name, error) => this.#onDied(name, error),
      log: (level, message) => log[level](message),
    })
    notices.onChange = (all) => this.store.set({ notices: all })
    this.#sampling = setInterval(() => this.#sampleHealth(), HEALTH.sampleEveryMs)
  }

  /** The whole state, for a studio that starts: it also gets its preview anew. */
  snapshotForStudio(): Snapshot {
    this.processes.studioUp()
    return this.store.snapshot()
  }

  setProfile(profile: Profile): void {
    this.#profile = profile
    this.#options.settings.update({ profile })
    this.processes.commandStage({ type: 'set-profile', profile })
    this.processes.commandPublisher({ type: 'set-bitrate', videoKbps: profile.bitrateKbps })
    this.showSettings()
  }

  lowerProfile(): void {
    const lower = lowerProfile(this.#profile)
    if (lower !== null) this.setProfile(lower)
  }

  /** After each edit: saves (unless the command line chose the scene), shows and stages it. */
  sceneChanged(): void {
    if (this.#options.commandLine.source === null) this.#options.settings.update({ scene: this.scene.scene })
    this.processes.commandStage({ type: 'set-scene', scene: this.scene.scene })
    this.showSettings()
    this.store.set({ canUndo: this.scene.canUndo, canRedo: this.scene.canRedo })
  }

  /** Settings as they are in force now. */
  showSettings(): void {
    this.store.set({ settings: this.#effectiveSettings() })
    this.show.showDestinations()
  }

  setTitle(title: string): void {
    this.#options.settings.update({ title })
    this.processes.commandRoomServer({ type: 'set-title', title })
    this.showSettings()
  }

  share(shareOnNetwork: boolean): void {
    this.#options.settings.update({ shareOnNetwork })
    this.#listen()
    this.showSettings()
  }

  stageReported(report: StageReport): void {
    switch (report.type) {
      case 'ready':
        this.processes.stageUp()
        break
      case 'devices':
        this.store.set({ devices: report.devices })
        break
      case 'sources':
        this.store.set({ sources: report.sources as Snapshot['sources'] })
        break
      case 'stats':
        this.store.set({ stage: { running: true, stats: report.stats } })
        this.show.stageMeasured(report.stats)
        break
      case 'program':
        if (report.state === 'failed' && report.error !== null) this.show.session.dispatch({ type: 'program-failed', error: toError(report.error) })
        break
      case 'checks':
        this.checks.stageAnswered(report.requestId, report.checks)
        break
      case 'log':
        this.#options.log[report.level](`stage: ${report.message}`)
        break
    }
  }

  networkOnline(): void {
    this.processes.commandPublisher({ type: 'network-online' })
  }

  /** Ends a running show, then everything. */
  async close(): Promise<void> {
    clearInterval(this.#sampling)
    this.show.close()
    this.store.close()
    await this.processes.close()
  }

  #effectiveSettings(): Snapshot['settings'] {
    return { ...this.#options.settings.current, profile: this.#profile, scene: this.scene.scene }
  }

  #problem(error: ErrorInfo): void {
    this.#options.log.warn({ code: error.code, context: error.context }, 'problem')
    this.#options.notices.add(error)
  }

  #sayEverything(name: Exclude<ProcessName, 'studio'>): void {
    const { processes, show } = this
    switch (name) {
      case 'stage':
        this.store.set({ stage: { running: true, stats: null } })
        processes.commandStage({ type: 'set-profile', profile: this.#profile })
        processes.commandStage({ type: 'set-scene', scene: this.scene.scene })
        processes.connectProgram()
        processes.connectPreview()
        show.stageIfWanted()
        break
      case 'publisher':
        // The limit before the port: advice for the stage is drawn from it, and goes through the port.
        processes.commandPublisher({ type: 'set-bitrate', videoKbps: this.#profile.bitrateKbps })
        processes.connectProgram()
        show.pushIfWanted()
        break
      case 'room-server':
        this.#listen()
        break
    }
    this.#goLiveIfReady()
  }

  #onDied(name: ProcessName, error: ErrorInfo): void {
    if (name === 'stage') {
      this.store.set({ stage: { running: false, stats: null }, sources: {} })
      this.show.stageDied(error)
    } else if (name === 'publisher') this.show.destinationsReported([])
    else if (name === 'room-server') {
      this.store.set({ roomServer: { ...this.store.current.roomServer, running: false, publishing: false, viewers: 0 } })
    }
    this.#problem(error)
  }

  #onPublisher(report: PublisherReport): void {
    switch (report.type) {
      case 'status':
        this.store.set({ onAir: report.onAir })
        this.show.destinationsReported(report.destinations as readonly DestinationStatus[])
        break
      case 'url-wanted': {
        const url = this.destinations.url(report.id, Date.now() / 1_000)
        if (url !== null) this.processes.commandPublisher({ type: 'fresh-url', id: report.id, url })
        break
      }
      case 'stopped':
        this.show.publisherStopped()
        break
      case 'log':
        this.#options.log[report.level](`publisher: ${report.message}`)
        break
      case 'ready':
        break
    }
  }

  #onRoomServer(report: RoomServerReport): void {
    const before = this.store.current.roomServer
    switch (report.type) {
      case 'listening':
        this.store.set({ roomServer: { ...before, running: true, addresses: report.addresses, error: null } })
        this.show.destinationsChanged()
        this.#goLiveIfReady()
        break
      case 'failed': {
        const error = toError(report.error)
        this.store.set({ roomServer: { ...before, running: false, error } })
        this.#problem(error)
        if (this.#goLiveWhenReady) this.#options.onGoLiveFailed(error)
        break
      }
      case 'stream':
        this.store.set({ roomServer: { ...before, viewers: report.viewers, publishing: report.publishing } })
        break
      case 'log':
        this.#options.log[report.level](`room server: ${report.message}`)
        break
      case 'ready':
        break
    }
  }

  #listen(): void {
    const { commandLine, secrets, built, dataDir, settings } = this.#options
    const { shareOnNetwork, title } = settings.current
    this.processes.commandRoomServer(
      listenCommand({ commandLine, shareOnNetwork, addresses: this.store.current.roomServer.addresses, secrets, built, dataDir, title }),
    )
  }

  #goLiveIfReady(): void {
    if (!this.#goLiveWhenReady || !this.processes.isUp('stage') || !this.processes.isUp('publisher')) return
    if (this.store.current.roomServer.addresses === null) return
    this.#goLiveWhenReady = false
    this.show.session.dispatch({ type: 'go-live' })
  }

  #sampleHealth(): void {
    const { stage, sources, roomServer } = this.store.current
    const { health, history } = this.#sampler.sample(
      {
        destinations: this.show.statuses,
        stage: stage.stats,
        scene: this.scene.scene,
        sources,
        viewers: roomServer.running ? roomServer.viewers : null,
        wantedKbps: this.#profile.bitrateKbps,
        onAir: this.show.isOnAir,
      },
      Date.now(),
    )
    this.store.set({ health, healthHistory: history })
  }
}

function toError(info: { code: string; context: Record<string, string | number> }): ErrorInfo {
  return info as ErrorInfo
}
