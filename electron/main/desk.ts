import type { Logger } from 'pino'
import { isSetUp, type CommandLine, type LiveElsewhereEvent, type LiveEvent } from '../shared/cli'
import type { ErrorInfo } from '../shared/errors'
import { mainText } from '../shared/locales/main-text'
import { lowerProfile, type Profile } from '../shared/profile'
import type { RoomSession } from '../shared/room-api'
import { isOnAir } from '../shared/session'
import { covers } from '../shared/show-status'
import type { Snapshot } from '../shared/snapshot'
import { CheckDesk } from './check-desk'
import { CloudAddresses } from './cloud-addresses'
import { CloudDesk } from './cloud-desk'
import { CoAnchorDesk } from './co-anchor-desk'
import { profileOf, sceneOf } from './command-line-scene'
import { DestinationBook } from './destination-book'
import { HealthWatch } from './health-watch'
import { GoLiveAtStart } from './go-live-at-start'
import { IceServerBook } from './ice-server-book'
import { IceServerProbe } from './ice-server-probe'
import { initialSnapshot } from './initial-snapshot'
import type { LineLimiter } from './line-limiter'
import type { NoticeBoard } from './notice-board'
import { MarkerBook } from './marker-book'
import { OverlayDesk } from './overlay-desk'
import { ownPopOuts } from './pop-out'
import { RehearsalDesk } from './rehearsal-desk'
import { RoomLinkDesk } from './room-link-desk'
import { ProcessLife } from './process-life'
import { ProcessReports } from './process-reports'
import { Processes, type ProcessName } from './processes'
import { ProgramRoute } from './program-route'
import { Room } from './room'
import { SceneEditor } from './scene-editor'
import type { SecretStore } from './secret-store'
import type { SettingsStore } from './settings-store'
import { Show } from './show'
import { SnapshotStore } from './snapshot-store'
import { StatusDesk } from './status-desk'
import type { StateFile } from './state-file'
import { showStudio } from './studio-window'
import { TrtcDesk } from './trtc-desk'

/** A team's server far away hears of the show's end before the app is gone; the app has 5 s to end in. */
const TOLD_WITHIN_MS = 2_000

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
  /** For what other processes have to say. */
  readonly lines: LineLimiter
  /** Of Tencent's TRTC package with its native library; null = it is not on this machine. */
  findTrtcSdk(): string | null
  announce(event: LiveEvent | LiveElsewhereEvent): void
  onAirChanged(onAir: boolean): void
  /** --go-live did not come to it: the app is to say why and end. */
  onGoLiveFailed(error: ErrorInfo): void
}

/** All parts of a running app, and what flows between them. Main's one long-lived object; ended by `close`. */
export class Desk {
  readonly store: SnapshotStore
  readonly scene: SceneEditor
  readonly destinations: DestinationBook
  readonly iceServers: IceServerBook
  readonly iceProbe: IceServerProbe
  readonly cloud: CloudDesk
  readonly cloudAddresses: CloudAddresses
  readonly room: Room
  readonly show: Show
  readonly status: StatusDesk
  readonly checks: CheckDesk
  readonly markers: MarkerBook
  readonly overlay: OverlayDesk
  readonly rehearsal: RehearsalDesk
  readonly coAnchors: CoAnchorDesk
  readonly roomLink: RoomLinkDesk
  readonly trtc: TrtcDesk
  readonly route: ProgramRoute
  readonly processes: Processes
  /** Ears for what the processes say. */
  readonly reports: ProcessReports
  readonly #options: DeskOptions
  readonly #life: ProcessLife
  readonly #health: HealthWatch
  readonly #goLiveAtStart: GoLiveAtStart | null
  #profile: Profile

  constructor(options: DeskOptions) {
    this.#options = options
    const { settings, commandLine, secrets, lines, stateFile, notices } = options
    this.#profile = profileOf(commandLine, settings.current.profile)
    this.scene = new SceneEditor(commandLine.source === null ? settings.current.scene : sceneOf(commandLine.source))
    this.iceServers = new IceServerBook(settings, secrets)
    this.iceProbe = new IceServerProbe({
      isStageUp: () => this.processes.isUp('stage'),
      commandStage: (command) => this.processes.commandStage(command),
    })
    this.store = new SnapshotStore(
      initialSnapshot({
        settings: this.#effectiveSettings(),
        iceServers: this.iceServers.views(),
        secretsKept: secrets.kept,
        notices: notices.all,
        resume: stateFile.resumeOffer,
      }),
      (patch) => this.processes.patchStudio(patch),
    )
    this.rehearsal = new RehearsalDesk({
      store: this.store,
      title: () => settings.current.title,
      dispatch: (event) => this.show.dispatch(event),
      command: (command) => this.processes.commandRoomServer(command),
      switchRoom: (addresses) => {
        const parts = [this.status, this.markers, this.overlay]
        for (const part of parts)
          if (addresses === null) part.takeUp()
          else part.setAside()
        this.room.rehearse(addresses)
        this.coAnchors.connect()
        this.roomLink.roomMoved()
        this.#routeChanged()
      },
    })
    this.cloudAddresses = new CloudAddresses({
      pushUrl: () => this.cloud.pushUrl(),
      ticket: () => this.cloud.trtcTicketOnce(),
      nowSec: () => this.cloud.serverNowSec,
      onChange: () => this.show.destinationsChanged(),
    })
    this.destinations = new DestinationBook(
      secrets,
      () => settings.current.destinations,
      () => this.room.addresses,
      commandLine.destinations,
      () => this.rehearsal.isActive,
      this.cloudAddresses,
    )
    this.cloud = new CloudDesk({
      settings: () => settings.current.cloud,
      save: (cloud) => {
        settings.update({ cloud })
        settings.flush()
        this.showSettings()
      },
      secrets,
      nick: () => this.#anchorName(),
      isBusy: () => this.rehearsal.isActive || !['idle', 'checking', 'ended'].includes(this.store.current.session.name),
      place: () => this.room.place,
      session: () => this.openRoomSession(),
      show: (cloud) => {
        // Signed in all the same, so that nobody would look for it in the settings.
        if (cloud.error?.code === 'cloud.name-refused' && cloud.error !== this.store.current.cloud.error) this.#problem(cloud.error)
        this.store.set({ cloud })
        this.route.choose()
      },
      onMoved: (listen) => {
        this.room.moved(listen)
        if (listen) this.roomLink.roomMoved()
        else this.#roomIsThere()
        this.processes.studioMayReach(this.cloud.sources)
        // The backend of the room before is told that no room is linked any more.
        return this.roomLink.settled
      },
      onTeamReady: () => {
        this.#roomIsThere()
        this.processes.studioMayReach(this.cloud.sources)
      },
      onTicket: (ticket) => this.trtc.renewed(ticket),
      log: (level, message) => lines.line(level, message),
    })
    this.room = new Room({
      ...options,
      store: this.store,
      iceServers: () => this.iceServers.usable(),
      command: (command) => this.processes.commandRoomServer(command),
      team: () => this.cloud.team,
      ownCloud: () => this.cloud.ownCloud,
      onListening: () => {
        this.show.tellRoomServer()
        this.#routeChanged()
        this.#roomIsThere()
        this.cloud.roomListens()
        this.#goLiveIfReady()
      },
      onRehearsal: (report) => this.rehearsal.reported(report),
      onFailed: (error) => this.#roomFailed(error),
    })
    this.trtc = new TrtcDesk({
      store: this.store,
      findSdk: () => options.findTrtcSdk(),
      openWindow: () => this.processes.openTrtc(),
      closeWindow: () => this.processes.closeTrtc(),
      command: (command) => this.processes.commandTrtc(command),
      ticket: () => this.cloud.trtcTicket(),
      ticketOnce: () => this.cloud.trtcTicketOnce(),
      releaseTicket: () => this.cloud.releaseTicket(),
      onSdk: () => {
        this.#routeChanged()
        if (this.route.engine === 'trtc') this.#life.tellEngine('trtc')
        this.#goLiveIfReady()
      },
      onStatuses: (statuses, onAir, cpuPercent) => {
        if (this.route.engine !== 'trtc') return
        this.store.set({ onAir, publisher: { advisedVideoKbps: null, cpuPercent } })
        this.show.destinationsReported(statuses)
      },
      onStopped: () => {
        if (this.route.engine === 'trtc') this.show.senderStopped()
      },
    })
    this.route = new ProgramRoute({
      store: this.store,
      destinations: this.destinations,
      trtc: this.trtc,
      hasCloudRoom: () => this.cloud.isTencents,
      commandStage: (command) => this.processes.commandStage(command),
      commandTrtc: (command) => this.processes.commandTrtc(command),
      commandPublisher: (command) => this.processes.commandPublisher(command),
      onEngine: (engine) => {
        this.show.engineChanged()
        this.roomLink.ownChanged()
        this.#life.tellEngine(engine)
      },
      log: (level, message) => lines.line(level, message),
    })
    this.markers = new MarkerBook((markers) => this.store.set({ markers }))
    this.show = new Show({
      ...options,
      store: this.store,
      destinations: this.destinations,
      route: this.route,
      profile: () => this.#profile,
      addresses: () => this.room.addresses,
      commandStage: (command) => this.route.command(command),
      commandPublisher: (command) => this.processes.commandPublisher(command),
      commandRoomServer: (command) => (command.type === 'show' ? this.room.tell(command) : this.processes.commandRoomServer(command)),
      runChecks: () => void this.checks.run(),
      isRehearsal: () => this.rehearsal.isActive,
      onSession: (state) => {
        options.onAirChanged(isOnAir(state))
        this.processes.setUrgent(isOnAir(state))
        this.markers.sessionIs(state)
        // What was set aside for a rehearsal holds again already.
        const isOver = state.name === 'ended' && !this.rehearsal.isLeftOpen
        // A pinned message belongs to the show that it was said in.
        if (isOver) {
          this.overlay.pin(null)
          this.overlay.pk(null)
        }
        this.#goLiveAtStart?.sessionIs(state)
        if (state.name === 'idle' || state.name === 'ended') this.route.choose()
        if (isOver) void this.status.showEnded()
        this.rehearsal.sessionIs(state)
        this.roomLink.ownChanged()
      },
    })
    this.status = new StatusDesk({
      held: settings.current.showStatus,
      paused: () => this.show.state.name === 'paused',
      show: (standing) => this.show.setStatus(standing),
      keep: (showStatus) => {
        settings.update({ showStatus })
        // On the disk at once: a show that is cut off comes back with it.
        settings.flush()
        this.showSettings()
      },
      sayNotice: (notice, ifStill) => this.room.sayNotice(notice, ifStill),
    })
    this.#goLiveAtStart = commandLine.goLive
      ? new GoLiveAtStart({ goLive: () => this.show.dispatch({ type: 'go-live' }), onFailed: (error) => options.onGoLiveFailed(error) })
      : null
    this.overlay = new OverlayDesk({
      settings,
      store: this.store,
      commandStage: (command) => this.route.command(command),
      onSettings: () => this.showSettings(),
    })
    this.coAnchors = new CoAnchorDesk({
      store: this.store,
      place: () => this.room.place,
      session: () => this.openRoomSession(),
      commandStage: (command) => this.route.command(command),
      log: (level, message) => lines.line(level, message),
    })
    this.roomLink = new RoomLinkDesk({
      store: this.store,
      place: () => this.room.place,
      addresses: () => this.room.addresses,
      session: () => this.openRoomSession(),
      isRehearsal: () => this.rehearsal.isActive,
      own: () => ({ onAir: this.show.isOnAir, engine: this.route.engine, trtc: this.trtc.room }),
      connectTrtc: (other) => this.trtc.connectRoom(other),
      // Viewers of the other room know a show by its title better than an anchor without a name.
      name: () => (settings.current.anchorName === '' ? settings.current.title : settings.current.anchorName) || this.#anchorName(),
      commandStage: (command) => this.route.command(command),
      log: (level, message) => lines.line(level, message),
    })
    this.checks = new CheckDesk({
      store: this.store,
      dataDir: options.dataDir,
      scene: () => this.scene.scene,
      profile: () => this.#profile,
      destinations: this.destinations,
      testTrtc: () => (this.route.engine === 'trtc' ? this.trtc.testSpeed(this.#profile.bitrateKbps) : null),
      commandStage: (command) => this.route.command(command),
      onDone: () => this.show.dispatch({ type: 'checks-done' }),
    })
    this.#life = new ProcessLife({ desk: this, profile: () => this.#profile })
    this.processes = new Processes({
      built: options.built,
      studioBounds: settings.current.window,
      studioSources: this.cloud.sources,
      onStudioMade: (window) => {
        showStudio(window, settings, commandLine.minimized)
        ownPopOuts(window)
      },
      onPublisher: (report) => this.reports.publisher(report),
      onRoomServer: (report) => this.room.reported(report),
      onUp: (name) => {
        this.#life.up(name)
        this.#goLiveIfReady()
      },
      onDied: (name, error) => this.#onDied(name, error),
      log: (level, message) => lines.line(level, message),
    })
    this.reports = new ProcessReports({ desk: this, log: (level, message) => lines.line(level, message) })
    this.show.setStatus({ held: this.status.held, paused: false })
    this.cloud.start()
    this.room.moved(false)
    notices.onChange = (all) => this.store.set({ notices: all })
    this.#health = new HealthWatch({ desk: this, profile: () => this.#profile })
    this.#routeChanged()
  }

  /** The whole state, for a studio that starts: it also gets its preview anew. */
  snapshotForStudio(): Snapshot {
    this.coAnchors.letGo()
    this.processes.studioUp(this.route.engine)
    return this.store.snapshot()
  }

  setProfile(profile: Profile): void {
    this.#profile = profile
    this.#options.settings.update({ profile })
    this.route.command({ type: 'set-profile', profile })
    this.processes.commandPublisher({ type: 'set-bitrate', videoKbps: profile.bitrateKbps })
    this.checks.forget()
    this.showSettings()
  }

  lowerProfile(): void {
    const lower = lowerProfile(this.#profile)
    if (lower !== null) this.setProfile(lower)
  }

  /** After each edit: saves (unless the command line chose the scene), shows and stages it. */
  sceneChanged(): void {
    if (this.#options.commandLine.source === null) this.#options.settings.update({ scene: this.scene.scene })
    this.route.command({ type: 'set-scene', scene: this.scene.scene })
    this.checks.forget()
    this.showSettings()
    this.store.set({ canUndo: this.scene.canUndo, canRedo: this.scene.canRedo })
  }

  /** Settings as they are in force now. */
  showSettings(): void {
    this.store.set({ settings: this.#effectiveSettings() })
    this.show.showDestinations()
  }

  /** The saved destinations or their keys changed. */
  destinationsChanged(): void {
    this.checks.forget()
    this.showSettings()
    this.#routeChanged()
  }

  setTitle(title: string): void {
    this.#options.settings.update({ title })
    this.room.tell({ type: 'set-title', title })
    this.showSettings()
  }

  /** A person who shows himself again ends the status that covered him. */
  setPaused(paused: boolean): void {
    const { held } = this.status
    if (!paused && this.show.state.name === 'paused' && held !== null && covers(held.status)) void this.status.end(true)
    else this.show.setPaused(paused)
  }

  setAnchorName(anchorName: string): void {
    this.#options.settings.update({ anchorName })
    this.showSettings()
  }

  /** A session of the anchor in the present room, for the studio alone. @throws AnchorError room.unavailable | cloud.* */
  openRoomSession(): Promise<RoomSession> {
    return this.room.session(this.#anchorName())
  }

  #anchorName(): string {
    const { anchorName, language } = this.#options.settings.current
    return anchorName === '' ? mainText(language, this.store.current.app.systemLanguage).anchor : anchorName
  }

  share(shareOnNetwork: boolean): void {
    this.#options.settings.update({ shareOnNetwork })
    this.room.listen()
    this.showSettings()
  }

  /** The saved STUN and TURN servers or their credentials changed. */
  iceServersChanged(): void {
    this.showSettings()
    this.store.set({ iceServers: this.iceServers.views() })
    this.room.iceServersChanged()
  }

  networkOnline(): void {
    this.cloud.networkOnline()
    this.processes.commandPublisher({ type: 'network-online' })
  }

  /** Ends a running show, then everything. */
  async close(): Promise<void> {
    const told = this.cloud.team?.settled(TOLD_WITHIN_MS)
    this.#health.close()
    this.#goLiveAtStart?.close()
    this.overlay.close()
    this.coAnchors.close()
    this.roomLink.close()
    this.iceProbe.close()
    this.rehearsal.close()
    this.show.close()
    this.route.close()
    this.trtc.close()
    this.cloud.close()
    this.cloudAddresses.close()
    this.room.close()
    this.store.close()
    await this.processes.close()
    await told
  }

  #effectiveSettings(): Snapshot['settings'] {
    const { settings, commandLine } = this.#options
    const firstRunDone = settings.current.firstRunDone || isSetUp(commandLine)
    return { ...settings.current, firstRunDone, profile: this.#profile, scene: this.scene.scene }
  }

  /** The room, or another one, answers: what was left unsaid is said, and the lines are connected. */
  #roomIsThere(): void {
    const { place } = this.room
    this.cloudAddresses.roomIs(place === null ? '' : `${place.http}/${place.roomId}`)
    this.cloud.team?.tell()
    void this.status.roomListens()
    if (this.processes.isUp('stage')) this.coAnchors.connect()
    this.roomLink.roomMoved()
  }

  #problem(error: ErrorInfo): void {
    this.#options.log.warn({ code: error.code, context: error.context }, 'problem')
    this.#options.notices.add(error)
  }

  /** The destinations, the SDK or the room are others: which way does the program go? */
  #routeChanged(): void {
    this.cloudAddresses.want([...new Set(this.destinations.all().flatMap((one) => (one.kind === 'cloud' && one.enabled ? [one.way] : [])))])
    this.route.choose()
    this.show.destinationsChanged()
  }

  #onDied(name: ProcessName, error: ErrorInfo): void {
    this.#life.died(name, error)
    this.#problem(error)
    if (error.code === 'process.gave-up' && name !== 'studio' && name !== 'trtc') this.#goLiveAtStart?.fail(error)
  }

  #roomFailed(error: ErrorInfo): void {
    this.#problem(error)
    // Pushing to other places works without it.
    if (this.route.wanted().length === 0) {
      this.show.dispatch({ type: 'program-failed', error })
      this.#goLiveAtStart?.fail(error)
    } else this.#goLiveIfReady()
  }

  #goLiveIfReady(): void {
    if (this.processes.isUp('stage') && this.processes.isUp('publisher') && this.room.isSettled && !this.trtc.isStarting) this.#goLiveAtStart?.ready()
  }
}
