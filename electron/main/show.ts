import type { Logger } from 'pino'
import type { LiveElsewhereEvent, LiveEvent } from '../shared/cli'
import type { DestinationStatus } from '../shared/destination'
import { AnchorError, type ErrorInfo } from '../shared/errors'
import type { Profile } from '../shared/profile'
import type { PublisherCommand } from '../shared/publisher'
import type { RoomServerAddresses, RoomServerCommand, ShowState } from '../shared/room-server'
import { isOnAir, type Condition, type DestinationsSummary, type Impairments, type SessionEvent, type SessionState } from '../shared/session'
import { cardOf, covers, lineOf, PAUSE_CARD, type Card, type ShowStatus, type Standing } from '../shared/show-status'
import type { StageCommand, StageStats } from '../shared/stage'
import type { DestinationBook } from './destination-book'
import { EncoderJudge } from './encoder-judge'
import type { ProgramRoute } from './program-route'
import { SessionController } from './session-controller'
import type { SettingsStore } from './settings-store'
import { ShowTotals } from './show-totals'
import type { SnapshotStore } from './snapshot-store'
import type { StateFile } from './state-file'

const LIVE_MARK_EVERY_MS = 5_000

export interface ShowOptions {
  readonly settings: SettingsStore
  readonly store: SnapshotStore
  readonly destinations: Pick<DestinationBook, 'views' | 'all'>
  readonly route: Pick<ProgramRoute, 'engine' | 'wanted' | 'push' | 'stop' | 'unusable'>
  readonly stateFile: StateFile
  readonly log: Logger
  profile(): Profile
  /** null while the room on this machine is not up. */
  addresses(): RoomServerAddresses | null
  commandStage(command: StageCommand): void
  commandPublisher(command: PublisherCommand): void
  commandRoomServer(command: RoomServerCommand): void
  runChecks(): void
  /** True: it is nothing to be told or to be resumed. */
  isRehearsal?(): boolean
  announce(event: LiveEvent | LiveElsewhereEvent): void
  onSession(state: SessionState): void
}

const NO_ADDRESSES: LiveElsewhereEvent = { event: 'live', watch: null, play: null, ingest: null }
const IDLE: SessionState = { name: 'idle', error: null }

/**
 * The broadcast itself: starts, pauses and ends it, gathers what is known of it, and says so in the session, the snapshot and
 * the state file. Ended by `close`.
 */
export class Show {
  readonly #session: SessionController
  readonly #options: ShowOptions
  readonly #mark: NodeJS.Timeout
  readonly #totals = new ShowTotals()
  readonly #encoder = new EncoderJudge()
  #statuses = new Map<string, DestinationStatus>()
  #impairments: Impairments = {}
  #publisherError: ErrorInfo | null = null
  #before: SessionState = IDLE
  #status: ShowStatus | null = null
  /** The card that the stage shows; null = it shows the scene. */
  #saidCard: Card | null = null
  #saidLine = ''
  /** What the room was told; null = it is as an earlier run left it. */
  #saidShow: Extract<RoomServerCommand, { type: 'show' }> | null = null
  #saidCauses = new Set<string>()

  constructor(options: ShowOptions) {
    this.#options = options
    this.#session = new SessionController({
      start: () => this.#start(),
      stop: () => this.#stop(),
      announce: () => this.#announce(),
      runChecks: () => options.runChecks(),
      summary: (liveSinceMs) => this.#totals.summary(liveSinceMs, Date.now()),
      onState: (state) => this.#onSession(state),
    })
    this.#mark = setInterval(() => this.#markLive(), LIVE_MARK_EVERY_MS)
  }

  get state(): SessionState {
    return this.#session.state
  }

  get isOnAir(): boolean {
    return isOnAir(this.state)
  }

  get statuses(): readonly DestinationStatus[] {
    return [...this.#statuses.values()]
  }

  dispatch(event: Exclude<SessionEvent, { type: 'condition' | 'pause' | 'resume' | 'stopped' | 'deadline' }>): void {
    this.#session.dispatch(event)
  }

  setPaused(paused: boolean): void {
    this.#session.dispatch(paused ? { type: 'pause' } : { type: 'resume', condition: this.#condition() })
  }

  /** A status that covers holds from the start of a show; off air it waits for one. */
  setStatus({ held, paused }: Standing): void {
    this.#status = held?.status ?? null
    if (this.isOnAir && paused !== (this.state.name === 'paused')) this.setPaused(paused)
    this.#sayPicture()
  }

  close(): void {
    clearInterval(this.#mark)
    this.#session.close()
  }

  /** What whoever sends says of all its destinations. */
  destinationsReported(told: readonly DestinationStatus[]): void {
    const statuses = told.length === 0 ? told : [...told, ...this.#options.route.unusable(Date.now())]
    if (statuses.some((one) => one.state === 'publishing')) this.#publisherError = null
    this.#statuses = new Map(statuses.map((one) => [one.id, one]))
    this.#totals.add(statuses)
    this.showDestinations()
    this.#conditionChanged()
  }

  publisherDied(error: ErrorInfo): void {
    this.#publisherError = error
    this.#statuses.clear()
    this.showDestinations()
    this.#conditionChanged()
  }

  senderStopped(): void {
    if (this.state.name === 'ending') this.#session.stopped()
  }

  showDestinations(): void {
    this.#options.store.set({ destinations: this.#options.destinations.views(this.#statuses) })
  }

  /** The wanted destinations changed: a running show follows at once. */
  destinationsChanged(): void {
    this.showDestinations()
    if (this.#session.wantsProgram) this.#push()
  }

  /** A process came up: it hears what the running show needs of it. */
  tellPublisher(): void {
    if (this.#session.wantsProgram) this.#push()
  }

  tellStage(): void {
    // Also that nothing covers it: an engine that is not new may hold what an earlier show left there.
    this.#options.commandStage({ type: 'set-paused', paused: this.#saidCard !== null, card: this.#saidCard ?? PAUSE_CARD })
    this.#options.commandStage({ type: 'set-line', text: this.#saidLine })
    if (this.#session.wantsProgram) this.#stageProgram()
  }

  tellRoomServer(): void {
    if (this.#saidShow !== null) this.#options.commandRoomServer(this.#saidShow)
  }

  /** A running show takes another way: its room is told. */
  engineChanged(): void {
    if (this.#saidShow !== null && this.#saidShow.state !== 'over') this.#sayShow(this.#saidShow.state)
  }

  /** The show of an earlier run, or this one's, will not be taken up again: its room ends. */
  endRoom(): void {
    this.#sayShow('over')
  }

  /** The app ends, and a show that is on air, or whose end is not through yet, with it. */
  leaveRoom(): void {
    if (this.#saidShow !== null && this.#saidShow.state !== 'over') this.endRoom()
  }

  /** What the stage says of its program. An impairment of it ends only when the program is really back. */
  programIs(state: 'off' | 'starting' | 'on' | 'failed', error: ErrorInfo | null): void {
    if (state === 'on') this.#impair('stage', null)
    else if (state === 'failed' && error !== null) {
      this.#session.dispatch({ type: 'program-failed', error })
      this.#impair('stage', error)
    }
  }

  stageDied(error: ErrorInfo): void {
    this.#encoder.reset()
    this.#impair('stage', error)
  }

  stageMeasured(stats: StageStats): void {
    if (this.isOnAir) this.#impair('encoder', this.#encoder.report(stats))
  }

  #impair(what: keyof Impairments, cause: ErrorInfo | null): void {
    if ((this.#impairments[what] ?? null) === cause) return
    const next: Partial<Record<keyof Impairments, ErrorInfo>> = { ...this.#impairments }
    if (cause === null) delete next[what]
    else next[what] = cause
    this.#impairments = next
    this.#conditionChanged()
  }

  #conditionChanged(): void {
    if (this.#session.wantsProgram) this.#session.dispatch({ type: 'condition', condition: this.#condition() })
  }

  #condition(): Condition {
    return { destinations: this.#summary(), impairments: this.#impairments }
  }

  #summary(): DestinationsSummary {
    const { statuses } = this
    const broken = statuses.filter((one) => one.error !== null && one.state !== 'publishing')
    const wanted = Math.max(statuses.length, this.#options.route.wanted().length)
    const none = wanted === 0 ? new AnchorError('session.no-destination').toInfo() : null
    return {
      wanted,
      publishing: statuses.filter((one) => one.state === 'publishing').length,
      failed: statuses.filter((one) => one.state === 'failed').length,
      error: broken.find((one) => one.state === 'failed')?.error ?? broken[0]?.error ?? this.#publisherError ?? none,
    }
  }

  #start(): void {
    this.#totals.begin()
    this.#encoder.reset()
    this.#impairments = {}
    this.#publisherError = null
    this.#saidCauses.clear()
    this.#statuses.clear()
    const { route } = this.#options
    if (route.wanted().length === 0 && !this.#roomComes()) {
      const error = route.unusable(Date.now())[0]?.error ?? new AnchorError('session.no-destination').toInfo()
      this.#session.dispatch({ type: 'program-failed', error })
      return
    }
    this.#options.commandPublisher({ type: 'set-bitrate', videoKbps: this.#options.profile().bitrateKbps })
    this.#stageProgram()
    this.#push()
  }

  /** The room of this machine is wanted and only not up yet, as in the app's first moments: it is pushed to as soon as it listens. */
  #roomComes(): boolean {
    const { addresses, error } = this.#options.store.current.roomServer
    return addresses === null && error === null && this.#options.destinations.all().some(({ kind, enabled }) => kind === 'local' && enabled)
  }

  #stageProgram(): void {
    const { title, language } = this.#options.settings.current
    const system = this.#options.store.current.app.systemLanguage
    this.#options.commandStage({ type: 'start-program', title, language: language === 'system' ? system : language })
  }

  #push(): void {
    this.#options.route.push()
  }

  #stop(): void {
    this.#options.route.stop()
    this.#options.commandStage({ type: 'stop-program' })
  }

  #announce(): void {
    if (this.#isRehearsal) return
    const addresses = this.#options.addresses()
    this.#options.announce(addresses === null ? NO_ADDRESSES : { event: 'live', watch: addresses.watch, play: addresses.play, ingest: addresses.ingest })
  }

  #onSession(state: SessionState): void {
    const before = this.#before
    this.#before = state
    this.#log(before, state)
    this.#options.store.set({ session: state, ...(state.name === 'idle' || state.name === 'ended' ? { onAir: 'nothing' as const } : {}) })
    this.#sayPicture()
    if (before.name === 'starting' && this.#isCovered && isOnAir(state)) this.#session.dispatch({ type: 'pause' })
    if (isOnAir(state)) this.#sayShow(state.name === 'paused' ? 'paused' : 'live')
    else if (state.name === 'ended') this.#sayShow('over')
    if (isOnAir(state) !== isOnAir(before)) {
      if (isOnAir(state)) this.#options.store.set({ resume: null })
      this.#markState()
    }
    this.#options.onSession(state)
  }

  /** One line for each step of the show's life. A cause is told once a show: what flaps does not fill the log. */
  #log(before: SessionState, state: SessionState): void {
    const { log } = this.#options
    const flaps = (one: SessionState): boolean => one.name === 'live' || one.name === 'degraded'
    if (state.name !== before.name && !(flaps(state) && flaps(before))) log.info(`session ${state.name}`)
    if (state.name === 'degraded' && !this.#saidCauses.has(state.cause.code)) {
      this.#saidCauses.add(state.cause.code)
      log.warn({ code: state.cause.code, context: state.cause.context }, 'the show is impaired')
    }
    if (state.name === 'idle' && state.error !== null) log.warn({ code: state.error.code, context: state.error.context }, 'going live failed')
  }

  get #isCovered(): boolean {
    return this.#status !== null && covers(this.#status)
  }

  /** What stands over the scene. A covered show is so from its first frame. */
  #sayPicture(): void {
    const { name } = this.state
    // What stands stays until the last goodbye is said.
    if (name === 'ending') return
    const card = name === 'paused' || (name === 'starting' && this.#isCovered) ? cardOf(this.#status) : null
    if (JSON.stringify(card) !== JSON.stringify(this.#saidCard)) {
      this.#saidCard = card
      this.#options.commandStage({ type: 'set-paused', paused: card !== null, card: card ?? PAUSE_CARD })
    }
    const line = lineOf(this.#status)
    if (line === this.#saidLine) return
    this.#saidLine = line
    this.#options.commandStage({ type: 'set-line', text: line })
  }

  #sayShow(state: ShowState): void {
    const { engine } = this.#options.route
    if (state === this.#saidShow?.state && engine === this.#saidShow.engine) return
    this.#saidShow = { type: 'show', state, engine }
    this.#options.commandRoomServer(this.#saidShow)
  }

  get #isRehearsal(): boolean {
    return this.#options.isRehearsal?.() ?? false
  }

  #markState(): void {
    if (this.#isRehearsal) return
    this.#options.stateFile.write(this.isOnAir ? 'live' : 'idle', this.#options.settings.current.title, Date.now())
  }

  #markLive(): void {
    if (this.isOnAir && !this.#isRehearsal) void this.#options.stateFile.mark(this.#options.settings.current.title, Date.now())
  }
}
