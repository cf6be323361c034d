import { NO_CO_ANCHORS } from '../../electron/shared/co-anchor-line'
import { assertNever, type ErrorInfo } from '../../electron/shared/errors'
import { DEFAULT_PROFILE, type Profile } from '../../electron/shared/profile'
import type { Scene } from '../../electron/shared/scene'
import type { SeatTableView } from '../../electron/shared/seats'
import { PAUSE_CARD, type Card } from '../../electron/shared/show-status'
import type { TrtcCommand, TrtcHost, TrtcReport, TrtcTarget } from '../../electron/shared/trtc'
import type { Art } from './art'
import { StatusBook } from './destination-statuses'
import { Engine } from './engine'
import { onAirOf } from './on-air'
import { every, type PageTime } from './page-time'
import { PreviewPort, type PortLike } from './preview-port'
import { NO_RELAY } from './relay-machine'
import type { MixingView } from './scene-sources'
import { loadSdk } from './sdk'
import { OUT } from './session-machine'
import { failedSpeed } from './speed-test'

export interface PageOptions {
  readonly host: TrtcHost
  /** Node's require. */
  readonly load: (path: string) => unknown
  readonly time: PageTime
  /** process.platform */
  readonly platform: string
  readonly screenView: HTMLElement
  readonly mixing: MixingView
  readonly art: Art
  /** Of one core, percent, since it was last asked; null = not known. */
  readonly cpuPercent: () => number | null
}

const STATUS_EVERY_MS = 500
const TICK_MS = 1_000
const MEASURE_MS = 2_000

/** The TRTC window's page: what main said of the show, kept for an SDK that is loaded when main says so, and the word with main. */
export class TrtcPage {
  readonly #options: PageOptions
  readonly #port: PreviewPort
  readonly #book = new StatusBook()
  readonly #endings: (() => void)[] = []
  #engine: Engine | null = null
  #loadError: ErrorInfo | null = { code: 'trtc.not-installed', context: {} }
  #scene: Scene = { sources: [] }
  #profile: Profile = DEFAULT_PROFILE
  #seats: SeatTableView | null = null
  #target: TrtcTarget | null = null
  #pause: { paused: boolean; card: Card } = { paused: false, card: PAUSE_CARD }
  #program: { title: string; language: 'en' | 'zh-CN' } | null = null
  #line = ''
  #other: Extract<TrtcCommand, { type: 'connect-room' }>['other'] = null
  /** The target is remembered until its room is left: its goodbye is told too. */
  #leaving: TrtcTarget | null = null
  #owesStopped = false
  readonly #unsupported = new Set<string>()

  constructor(options: PageOptions) {
    this.#options = options
    this.#port = new PreviewPort(options.time, () => this.#log('warn', 'the studio asked for what cannot be'))
    this.#endings.push(
      options.host.onCommand((command) => this.#command(command)),
      every(options.time, STATUS_EVERY_MS, () => this.#tellStatus(true)),
      every(options.time, TICK_MS, () => this.#tick()),
    )
    options.host.report({ type: 'ready' })
  }

  attachPort(port: PortLike): void {
    this.#port.attach(port)
  }

  close(): void {
    for (const end of this.#endings) end()
    this.#port.close()
    this.#engine?.close()
  }

  #command(command: TrtcCommand): void {
    const engine = this.#engine
    switch (command.type) {
      case 'load-sdk':
        this.#load(command.folder)
        break
      case 'set-scene':
        this.#scene = command.scene
        if (engine === null) this.#tellUnloaded()
        else engine.setScene(command.scene)
        break
      case 'set-profile':
        this.#profile = command.profile
        engine?.setProfile(command.profile)
        break
      case 'start-program':
        this.#startProgram(command.title, command.language)
        break
      case 'stop-program':
        this.#stopProgram()
        break
      case 'set-paused':
        this.#pause = { paused: command.paused, card: command.card }
        engine?.setPaused(command.paused, command.card)
        break
      case 'set-line':
        this.#line = command.text
        engine?.setLine(command.text)
        break
      case 'set-target':
        this.#setTarget(command.target)
        break
      case 'set-seats':
        this.#seats = command.table
        engine?.setSeats(command.table)
        break
      case 'hear':
        engine?.hear(command.userId)
        break
      case 'reconnect-now':
        engine?.tryNow()
        break
      case 'connect-room':
        this.#other = command.other
        engine?.connectRoom(command.other)
        break
      case 'restart-source':
        engine?.restartSource(command.id)
        break
      case 'refresh-devices':
        engine?.refreshDevices()
        break
      case 'run-checks':
        this.#runChecks(command.requestId)
        break
      case 'test-speed':
        if (engine === null)
          this.#report({ type: 'speed', requestId: command.requestId, result: failedSpeed(this.#loadError ?? { code: 'trtc.not-installed', context: {} }) })
        // The room may not be known yet: what is measured beside it would be the show's.
        else engine.speedTest.start(command.requestId, command.ticket, command.upKbps, this.#program !== null || !engine.onAir.idle)
        break
      case 'set-overlay':
      case 'overlay-say':
      case 'overlay-take':
      case 'overlay-banner':
        // The SDK encodes by itself, and has one still watermark to draw over it.
        this.#cannot('comments, pinned messages and banners over the picture')
        break
      case 'talk-to':
        if (command.userId !== null) this.#cannot('speaking to one co-anchor alone')
        break
      case 'set-co-anchor-line':
      case 'set-media-way':
      case 'link-room':
      case 'probe-ice-server':
        // Co-anchors and other rooms come by the TRTC room itself: `set-seats` and `connect-room`.
        break
      default:
        assertNever(command)
    }
  }

  #load(folder: string | null): void {
    if (this.#engine !== null) {
      this.#report({ type: 'sdk', version: this.#version(this.#engine), error: null })
      return
    }
    const loaded = loadSdk(this.#options.load, folder)
    if (!loaded.ok) {
      this.#failedToLoad(loaded.error)
      return
    }
    let engine: Engine
    try {
      engine = new Engine(
        {
          ...this.#options,
          sdk: loaded.sdk,
          port: this.#port,
          report: (report) => this.#report(report),
          onStatus: () => this.#tellStatus(false),
        },
        this.#profile,
      )
    } catch (error) {
      this.#failedToLoad({ code: 'trtc.load-failed', context: { reason: (error instanceof Error ? error.message : String(error)).slice(0, 300) } })
      return
    }
    this.#engine = engine
    this.#loadError = null
    this.#report({ type: 'sdk', version: this.#version(engine), error: null })
    engine.setSeats(this.#seats)
    engine.setLine(this.#line)
    engine.setScene(this.#scene)
    engine.setPaused(this.#pause.paused, this.#pause.card)
    engine.connectRoom(this.#other)
    engine.setTarget(this.#target)
    if (this.#program !== null) this.#startProgram(this.#program.title, this.#program.language)
  }

  #failedToLoad(error: ErrorInfo): void {
    this.#loadError = error
    this.#report({ type: 'sdk', version: null, error: plain(error) })
    this.#tellUnloaded()
  }

  #version(engine: Engine): string {
    return engine.version.slice(0, 64)
  }

  #startProgram(title: string, language: 'en' | 'zh-CN'): void {
    const running = this.#program !== null && this.#engine?.running === true
    this.#program = { title, language }
    const engine = this.#engine
    if (engine === null) {
      const error = this.#loadError ?? { code: 'trtc.not-installed' as const, context: {} }
      this.#report({ type: 'program', state: 'failed', error: plain(error) })
      this.#tellStatus(false)
      return
    }
    engine.setShow(title, language)
    if (running) return
    this.#report({ type: 'program', state: 'starting', error: null })
    engine.setProgram(true)
    // From here on whatever is captured goes where the target says; that it arrives is told by `status`.
    this.#report({ type: 'program', state: 'on', error: null })
  }

  #stopProgram(): void {
    if (this.#program === null) return
    this.#program = null
    this.#leaving = this.#target
    this.#engine?.setProgram(false)
    this.#report({ type: 'program', state: 'off', error: null })
    this.#tellStatus(false)
  }

  #setTarget(target: TrtcTarget | null): void {
    if (target === null) this.#leaving = this.#target ?? this.#leaving
    this.#target = target
    this.#engine?.setTarget(target)
    this.#tellStatus(false)
  }

  #runChecks(requestId: string): void {
    const engine = this.#engine
    if (engine === null) {
      const error = plain(this.#loadError ?? { code: 'trtc.not-installed', context: {} })
      this.#report({ type: 'checks', requestId, checks: { pictures: [], microphones: [], encoder: { ok: false, hardware: false, fps: 0, error } } })
      return
    }
    this.#endings.push(this.#options.time.after(MEASURE_MS, () => this.#report({ type: 'checks', requestId, checks: engine.checks() })))
  }

  /** @param always also when no state has changed */
  #tellStatus(always: boolean): void {
    const engine = this.#engine
    const wanted = this.#program !== null && this.#target !== null
    const target = this.#target ?? this.#leaving
    const idle = engine === null || engine.onAir.idle
    if (!wanted && idle) {
      if (!this.#owesStopped) return
      this.#owesStopped = false
      this.#leaving = null
      this.#book.clear()
      this.#report({ type: 'status', destinations: [], onAir: 'nothing', cpuPercent: this.#options.cpuPercent() })
      this.#report({ type: 'stopped' })
      return
    }
    if (target === null) return
    this.#owesStopped = true
    const { destinations, changed } = this.#book.statuses(
      target,
      {
        session: engine?.onAir.session ?? OUT,
        relay: engine?.onAir.relay ?? NO_RELAY,
        stats: engine?.statistics.destination ?? null,
        loadError: this.#loadError,
      },
      this.#options.time.nowMs(),
    )
    if (!always && !changed) return
    this.#report({
      type: 'status',
      destinations: destinations.map((one) => ({ ...one, error: one.error === null ? null : plain(one.error) })),
      onAir: onAirOf(destinations),
      cpuPercent: this.#options.cpuPercent(),
    })
  }

  #tick(): void {
    if (this.#engine !== null) this.#engine.tick()
  }

  /** The scene's sources as long as there is nothing to capture them with. */
  #tellUnloaded(): void {
    const error = plain(this.#loadError ?? { code: 'trtc.not-installed', context: {} })
    this.#report({
      type: 'sources',
      sources: Object.fromEntries(
        this.#scene.sources.map(({ id, name }) => [id, { state: 'failed' as const, label: name, width: 0, height: 0, fps: 0, error }]),
      ),
    })
    this.#report({ type: 'co-anchors', coAnchors: NO_CO_ANCHORS })
  }

  #cannot(what: string): void {
    if (this.#unsupported.has(what)) return
    this.#unsupported.add(what)
    this.#log('info', `TRTC carries no ${what}`)
  }

  #log(level: 'info' | 'warn', message: string): void {
    this.#report({ type: 'log', level, message: message.slice(0, 2_000) })
  }

  #report(report: TrtcReport): void {
    this.#options.host.report(report)
  }
}

function plain(error: ErrorInfo): { code: string; context: Record<string, string | number> } {
  return { code: error.code, context: { ...error.context } }
}
