import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { CHANNELS } from '../shared/channels'
import type { ErrorInfo } from '../shared/errors'
import { STAGE_ORIGIN, STUDIO_ORIGIN, TRTC_ORIGIN } from '../shared/origins'
import { publisherReportSchema, type PublisherCommand, type PublisherReport } from '../shared/publisher'
import { roomServerReportSchema, type RoomServerCommand, type RoomServerReport } from '../shared/room-server'
import type { Settings } from '../shared/settings'
import type { Engine, StatePatch } from '../shared/snapshot'
import type { StageCommand } from '../shared/stage'
import type { TrtcCommand } from '../shared/trtc'
import { setStudioSources } from './app-protocol'
import { newChannel, PageWindow } from './page-window'
import { setPriority, setSessionPriority } from './priority'
import { trtcWindowOptions } from './trtc-window'
import { UtilityLink } from './utility-link'
import { stageWindowOptions, studioWindowOptions } from './windows'

export type ProcessName = 'studio' | 'stage' | 'trtc' | 'publisher' | 'room-server'

export interface ProcessesOptions {
  /** Folder of the built app: main, preload, renderer, web. */
  readonly built: string
  readonly studioBounds: Settings['window']
  /** As of `studioMayReach`, at the start. */
  readonly studioSources: string
  onStudioMade(window: BrowserWindow): void
  onPublisher(report: PublisherReport): void
  onRoomServer(report: RoomServerReport): void
  /** It runs and hears (again): say everything it has to know, and connect it. */
  onUp(name: Exclude<ProcessName, 'studio'>): void
  onDied(name: ProcessName, error: ErrorInfo): void
  log(level: 'info' | 'warn' | 'error', message: string): void
}

/** The processes beside main: started, kept alive, and wired to each other. Ended by `close`. */
export class Processes {
  readonly #options: ProcessesOptions
  readonly #studio: PageWindow
  readonly #stage: PageWindow
  readonly #publisher: UtilityLink<PublisherCommand, PublisherReport>
  readonly #roomServer: UtilityLink<RoomServerCommand, RoomServerReport>
  readonly #ready = new Set<ProcessName>()
  /** There while a TRTC destination is switched on. */
  #trtc: PageWindow | null = null
  #urgent = false
  #studioSources: string

  constructor(options: ProcessesOptions) {
    this.#options = options
    const { built, log } = options
    this.#studioSources = options.studioSources
    setStudioSources(options.studioSources)
    const preloads = join(built, 'preload')
    const onDied = (name: ProcessName) => this.#died(name)
    this.#roomServer = new UtilityLink({
      name: 'room server',
      script: join(built, 'main', 'room-server.js'),
      reports: roomServerReportSchema,
      onReport: (report) => options.onRoomServer(report),
      onReady: () => this.#up('room-server'),
      onDied: onDied('room-server'),
      log,
    })
    this.#publisher = new UtilityLink({
      name: 'publisher',
      script: join(built, 'main', 'publisher.js'),
      reports: publisherReportSchema,
      onReport: (report) => options.onPublisher(report),
      onReady: () => this.#up('publisher'),
      onDied: onDied('publisher'),
      log,
    })
    this.#stage = new PageWindow({
      name: 'stage',
      url: `${STAGE_ORIGIN}/stage/index.html`,
      window: stageWindowOptions(preloads),
      onMade: () => undefined,
      onDied: onDied('stage'),
      log,
    })
    this.#studio = new PageWindow({
      name: 'studio',
      url: `${STUDIO_ORIGIN}/studio/index.html`,
      window: studioWindowOptions(options.studioBounds, preloads),
      onMade: (window) => options.onStudioMade(window),
      onDied: onDied('studio'),
      log,
    })
  }

  get studioWindow(): BrowserWindow | null {
    return this.#studio.window
  }

  get stageWindow(): BrowserWindow | null {
    return this.#stage.window
  }

  get trtcWindow(): BrowserWindow | null {
    return this.#trtc?.window ?? null
  }

  isUp(name: ProcessName): boolean {
    return this.#ready.has(name)
  }

  commandPublisher(command: PublisherCommand): void {
    this.#publisher.send(command)
  }

  commandRoomServer(command: RoomServerCommand): void {
    this.#roomServer.send(command)
  }

  /** A stage that is not up is told everything when it is. */
  commandStage(command: StageCommand): void {
    if (this.isUp('stage')) this.#stage.send(CHANNELS.stageCommand, command)
  }

  openTrtc(): void {
    const { built, log } = this.#options
    this.#trtc ??= new PageWindow({
      name: 'trtc',
      url: `${TRTC_ORIGIN}/trtc/index.html`,
      window: trtcWindowOptions(join(built, 'preload')),
      onMade: () => undefined,
      onDied: this.#died('trtc'),
      log,
    })
  }

  closeTrtc(): void {
    this.#ready.delete('trtc')
    this.#trtc?.close()
    this.#trtc = null
  }

  commandTrtc(command: TrtcCommand): void {
    if (this.isUp('trtc')) this.#trtc?.send(CHANNELS.trtcCommand, command)
  }

  /** The TRTC window's page hears. */
  trtcUp(): void {
    this.#up('trtc')
  }

  patchStudio(patch: StatePatch): void {
    if (this.isUp('studio')) this.#studio.send(CHANNELS.studioPatch, patch)
  }

  /** A show is on the air: what makes and sends it goes before other programs. */
  setUrgent(urgent: boolean): void {
    if (urgent === this.#urgent) return
    this.#urgent = urgent
    this.#setPriority()
  }

  /** The stage's page reported that it hears. */
  stageUp(): void {
    this.#up('stage')
  }

  /** Its page says that it is of no use any more. */
  restartEngine(engine: Engine, reason: string): void {
    this.#options.log('error', `${engine}: ${reason}`)
    if (engine === 'stage') this.#stage.restart()
    else this.#trtc?.restart()
  }

  /** The studio's page asked for the state: from now on it gets patches and the preview. */
  studioUp(engine: Engine): void {
    this.#ready.add('studio')
    this.connectPreview(engine)
  }

  /** @param sources beside this machine, as a Content-Security-Policy says them. A page keeps the policy it was loaded with. */
  studioMayReach(sources: string): void {
    if (sources === this.#studioSources) return
    this.#studioSources = sources
    setStudioSources(sources)
    this.#studio.reload()
  }

  /** The encoded program, from the stage to the publisher. Connected anew when either of them came up. */
  connectProgram(): void {
    if (!this.isUp('stage') || !this.isUp('publisher')) return
    const [ofStage, ofPublisher] = newChannel()
    this.#publisher.send({ type: 'attach-program' }, [ofPublisher])
    this.#stage.sendPort('program', ofStage)
  }

  /** The preview, from the engine in use to the studio. */
  connectPreview(engine: Engine): void {
    if (!this.isUp(engine) || !this.isUp('studio')) return
    const [ofEngine, ofStudio] = newChannel()
    if (engine === 'stage') this.#stage.sendPort('preview', ofEngine)
    else this.#trtc?.sendPort('preview', ofEngine)
    this.#studio.sendPort('preview', ofStudio)
  }

  /** Each process has its deadline. */
  async close(): Promise<void> {
    await Promise.all([this.#publisher.stop({ type: 'shut-down' }, 700), this.#roomServer.stop({ type: 'shut-down' }, 1_500)])
    this.#stage.close()
    this.closeTrtc()
    this.#studio.close()
  }

  #died(name: ProcessName): (gaveUp: boolean) => void {
    return (gaveUp) => {
      this.#ready.delete(name)
      this.#options.onDied(name, { code: gaveUp ? 'process.gave-up' : `${name}.crashed`, context: { process: name } })
    }
  }

  #up(name: Exclude<ProcessName, 'studio'>): void {
    this.#ready.add(name)
    if (this.#urgent) this.#setPriority()
    this.#options.onUp(name)
  }

  #setPriority(): void {
    const stage = this.#stage.window?.webContents.getOSProcessId()
    const trtc = this.#trtc?.window?.webContents.getOSProcessId()
    setSessionPriority(this.#urgent)
    const done = setPriority([process.pid, stage, trtc, this.#publisher.pid, this.#roomServer.pid], this.#urgent)
    if (this.#urgent && !done) this.#options.log('info', 'the show runs at the priority of any other program')
  }
}
