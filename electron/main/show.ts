import type { Logger } from 'pino'
import type { CommandLine, LiveEvent } from '../shared/cli'
import type { DestinationStatus } from '../shared/destination'
import { AnchorError, type ErrorInfo } from '../shared/errors'
import type { Profile } from '../shared/profile'
import type { PublisherCommand } from '../shared/publisher'
import { isOnAir, type SessionState, type SessionSummary } from '../shared/session'
import type { StageCommand, StageStats } from '../shared/stage'
import { HEALTH } from '../shared/thresholds'
import type { DestinationBook } from './destination-book'
import { SessionController } from './session-controller'
import type { SettingsStore } from './settings-store'
import type { SnapshotStore } from './snapshot-store'
import type { StateFile } from './state-file'

const LIVE_MARK_EVERY_MS = 5_000
/** So many reports (half a second each) in a row below the limit: it is behind, not just starting. */
const BEHIND_REPORTS = 4

export interface ShowOptions {
  readonly commandLine: CommandLine
  readonly settings: SettingsStore
  readonly store: SnapshotStore
  readonly destinations: DestinationBook
  readonly stateFile: StateFile
  readonly log: Logger
  profile(): Profile
  commandStage(command: StageCommand): void
  commandPublisher(command: PublisherCommand): void
  runChecks(): void
  announce(event: LiveEvent): void
  onAirChanged(onAir: boolean): void
  /** --go-live did not come to it. */
  onGoLiveFailed(error: ErrorInfo): void
}

/** The broadcast itself: starts and ends it, knows how its destinations do, and says so in the session, the snapshot and the state file. */
export class Show {
  readonly session: SessionController
  readonly #options: ShowOptions
  readonly #mark: NodeJS.Timeout
  #statuses = new Map<string, DestinationStatus>()
  #behindReports = 0

  constructor(options: ShowOptions) {
    this.#options = options
    this.session = new SessionController({
      start: () => this.#start(),
      stop: () => this.#stop(),
      announce: () => this.#announce(),
      runChecks: () => options.runChecks(),
      summary: (liveSinceMs) => this.#summary(liveSinceMs),
      onState: (state) => this.#onSession(state),
    })
    this.#mark = setInterval(() => this.#markLive(), LIVE_MARK_EVERY_MS)
  }

  get isOnAir(): boolean {
    return isOnAir(this.session.state)
  }

  get statuses(): readonly DestinationStatus[] {
    return [...this.#statuses.values()]
  }

  close(): void {
    clearInterval(this.#mark)
    this.session.close()
  }

  /** What the publisher says of all its destinations; [] when it died. */
  destinationsReported(statuses: readonly DestinationStatus[]): void {
    this.#statuses = new Map(statuses.map((one) => [one.id, one]))
    this.showDestinations()
    if (!this.session.wantsProgram) return
    const broken = statuses.filter((one) => one.error !== null && one.state !== 'publishing')
    this.session.dispatch({
      type: 'destinations',
      summary: {
        wanted: Math.max(statuses.length, this.#options.destinations.wanted(Date.now() / 1_000).length),
        publishing: statuses.filter((one) => one.state === 'publishing').length,
        failed: statuses.filter((one) => one.state === 'failed').length,
        error: broken.find((one) => one.state === 'failed')?.error ?? broken[0]?.error ?? null,
      },
    })
  }

  showDestinations(): void {
    this.#options.store.set({ destinations: this.#options.destinations.views(this.#statuses) })
  }

  /** The wanted destinations changed: a running show follows at once. */
  destinationsChanged(): void {
    this.showDestinations()
    this.pushIfWanted()
  }

  /** To a publisher that came up. */
  pushIfWanted(): void {
    if (this.session.wantsProgram) this.#push()
  }

  /** To a stage that came up. */
  stageIfWanted(): void {
    if (this.session.wantsProgram) this.#stageProgram()
    this.session.dispatch({ type: 'impaired', cause: null })
  }

  stageDied(error: ErrorInfo): void {
    this.session.dispatch({ type: 'impaired', cause: error })
  }

  stageMeasured({ fps, targetFps }: StageStats): void {
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

  publisherStopped(): void {
    if (this.session.state.name === 'ending') this.session.stopped()
  }

  #start(): void {
    if (this.#options.destinations.wanted(Date.now() / 1_000).length === 0) {
      this.session.dispatch({ type: 'program-failed', error: new AnchorError('session.no-destination').toInfo() })
      return
    }
    this.#statuses.clear()
    this.#options.commandPublisher({ type: 'set-bitrate', videoKbps: this.#options.profile().bitrateKbps })
    this.#stageProgram()
    this.#push()
  }

  #stageProgram(): void {
    const { title, language } = this.#options.settings.current
    const system = this.#options.store.current.app.systemLanguage
    this.#options.commandStage({ type: 'start-program', title, language: language === 'system' ? system : language })
  }

  #push(): void {
    this.#options.commandPublisher({ type: 'set-destinations', destinations: this.#options.destinations.wanted(Date.now() / 1_000) })
  }

  #stop(): void {
    this.#options.commandPublisher({ type: 'set-destinations', destinations: [] })
    this.#options.commandStage({ type: 'stop-program' })
  }

  #announce(): void {
    const { addresses } = this.#options.store.current.roomServer
    if (addresses === null) return
    this.#options.announce({ event: 'live', watch: addresses.watch, play: addresses.play, ingest: addresses.ingest })
  }

  #onSession(state: SessionState): void {
    const { log, store, commandLine } = this.#options
    log.info(`session ${state.name}`)
    store.set({ session: state, ...(state.name === 'idle' || state.name === 'ended' ? { onAir: 'nothing' as const } : {}) })
    this.#options.onAirChanged(isOnAir(state))
    this.#markState(state)
    if (state.name === 'idle' && state.error !== null) {
      log.warn({ code: state.error.code }, 'going live failed')
      if (commandLine.goLive) this.#options.onGoLiveFailed(state.error)
    }
  }

  #markState(state: SessionState): void {
    this.#options.stateFile.write(isOnAir(state) ? 'live' : 'idle', this.#options.settings.current.title, Date.now())
  }

  #markLive(): void {
    if (this.isOnAir) this.#markState(this.session.state)
  }

  #summary(liveSinceMs: number): SessionSummary {
    const stats = this.statuses.map((one) => one.stats).filter((one) => one !== null)
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
