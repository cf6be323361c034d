import type { Destination, DestinationStatus } from '../shared/destination'
import type { ErrorInfo } from '../shared/errors'
import { failsOverByItself, NO_TROUBLE, watchFailover, type Failover } from '../shared/failover'
import { isSameStream, parsePushUrl } from '../shared/push-url'
import { translateDevices } from '../shared/scene-devices'
import type { PublisherCommand } from '../shared/publisher'
import type { StageCommand } from '../shared/stage'
import type { Engine } from '../shared/snapshot'
import { MAX_RELAYS } from '../shared/trtc'
import type { DestinationBook, WantedDestination } from './destination-book'
import type { SnapshotStore } from './snapshot-store'
import type { TrtcAim, TrtcDesk } from './trtc-desk'

const LOOK_EVERY_MS = 1_000
/** A backend's address is signed anew this long before its end. */
const CLOCK_MARGIN_SEC = 600
const STAGE_ONLY: ReadonlySet<StageCommand['type']> = new Set(['set-co-anchor-line', 'set-media-way', 'link-room'])

export interface ProgramRouteOptions {
  readonly store: Pick<SnapshotStore, 'current' | 'set'>
  readonly destinations: Pick<DestinationBook, 'all' | 'wanted'>
  readonly trtc: Pick<TrtcDesk, 'isReady' | 'problem' | 'devices' | 'need' | 'aim' | 'reconnectNow'>
  /** The room is one of Tencent's cloud. */
  hasCloudRoom(): boolean
  commandStage(command: StageCommand): void
  commandTrtc(command: StageCommand): void
  commandPublisher(command: PublisherCommand): void
  /** The picture is made elsewhere from now on: say everything to the new engine. */
  onEngine(engine: Engine): void
  log(level: 'info' | 'warn', message: string): void
}

type TrtcDestination = Extract<Destination, { kind: 'trtc' }>

/**
 * Which way the program goes. `stage`: the web stage makes it and the publisher pushes it. `trtc`: the TRTC window does both, and the other destinations are
 * pushed from the cloud's mix. One engine at a time has the scene, because one camera serves one program. It is chosen while no show is on its way; in a
 * show it changes once at most, from TRTC to RTMP. Owns its timer.
 */
export class ProgramRoute {
  readonly #options: ProgramRouteOptions
  #engine: Engine = 'stage'
  /** This show has left TRTC. */
  #failedOver = false
  #failover: Failover = NO_TROUBLE
  #timer: NodeJS.Timeout | null = null
  /** By id, as the cloud was told: an address that is signed anew would be another stream to it, and a break for viewers. */
  readonly #relayUrls = new Map<string, string>()

  constructor(options: ProgramRouteOptions) {
    this.#options = options
  }

  get engine(): Engine {
    return this.#engine
  }

  /** To the engine in use. The lines to co-anchors' pages and to other rooms are the web stage's in any case. */
  command(command: StageCommand): void {
    const { commandStage, commandTrtc, trtc, store } = this.#options
    if (this.#engine === 'stage' || STAGE_ONLY.has(command.type)) commandStage(command)
    else if (command.type === 'set-scene')
      commandTrtc({ ...command, scene: translateDevices(command.scene, store.current.devices, trtc.devices ?? { cameras: [], microphones: [] }) })
    else commandTrtc(command)
  }

  /** To a web stage that came up, and when it changes: it tells the co-anchors' pages by which way they are to come. */
  tellStage(): void {
    this.#options.commandStage({ type: 'set-media-way', way: this.#engine })
  }

  /** Destinations, the SDK, the room or the show's state changed. */
  choose(): void {
    const { trtc, hasCloudRoom, store } = this.#options
    const wanted = this.#trtcDestination() !== null
    const { name } = store.current.session
    if (name !== 'idle' && name !== 'ended' && name !== 'checking') {
      // What carries a show is not taken from under it.
      if (wanted) trtc.need(true)
      return
    }
    trtc.need(wanted)
    this.#failedOver = false
    this.#switchTo(wanted && trtc.isReady && hasCloudRoom() ? 'trtc' : 'stage')
  }

  /** What a show is to reach by the way it goes. */
  wanted(): readonly { readonly id: string }[] {
    if (this.#engine === 'stage') return this.#pushed()
    const room = this.#trtcDestination()
    return room === null ? [] : [room, ...this.#relays()]
  }

  /** The wanted destinations, told to whoever sends. */
  push(): void {
    const aim = this.#aim()
    if (this.#engine === 'stage') this.#options.commandPublisher({ type: 'set-destinations', destinations: this.#pushed() })
    // Switched off in the middle of a show.
    else if (aim === null && this.#canFailOver()) this.failOver()
    else this.#options.trtc.aim(aim)
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS)
  }

  stop(): void {
    this.#stopLooking()
    if (this.#engine === 'stage') this.#options.commandPublisher({ type: 'set-destinations', destinations: [] })
    else this.#options.trtc.aim(null)
  }

  reconnectNow(id: string | null): void {
    if (this.#engine === 'stage') {
      this.#options.commandPublisher({ type: 'reconnect-now', id })
      return
    }
    // A relay that was refused is tried with an address signed anew.
    if (this.#timer !== null) this.push()
    this.#options.trtc.reconnectNow()
  }

  /** A TRTC destination that this show cannot use, as one that failed. */
  unusable(nowMs: number): DestinationStatus[] {
    const room = this.#trtcDestination()
    const error = room === null || this.#engine === 'trtc' || this.#failedOver ? null : this.#problem()
    if (room === null || error === null) return []
    return [{ id: room.id, state: 'failed', sinceMs: nowMs, error, attempt: 0, nextRetryAtMs: null, outageMs: null, stats: null }]
  }

  /** From TRTC to RTMP, in the running show. Nothing happens where there is no other way. */
  failOver(): void {
    if (this.#engine !== 'trtc' || !this.#canFailOver()) return
    this.#options.log('warn', 'the program leaves TRTC and goes by RTMP')
    this.#failedOver = true
    this.#options.trtc.aim(null)
    this.#switchTo('stage')
    this.push()
  }

  close(): void {
    this.#stopLooking()
  }

  #switchTo(engine: Engine): void {
    if (engine === this.#engine) return
    // What one engine holds the other cannot open.
    this.command({ type: 'stop-program' })
    this.command({ type: 'set-scene', scene: { sources: [] } })
    this.#engine = engine
    this.#failover = NO_TROUBLE
    this.#show()
    this.tellStage()
    this.#options.onEngine(engine)
  }

  #look(): void {
    const { store } = this.#options
    const { name } = store.current.session
    const room = this.#trtcDestination()
    if (this.#engine !== 'trtc' || room === null || name === 'starting' || name === 'ending') return
    const status = store.current.destinations.find(({ config }) => config.id === room.id)?.status ?? null
    this.#failover = watchFailover(this.#failover, status, Date.now())
    if (this.#canFailOver() && failsOverByItself(this.#failover, room.failover, status?.error ?? null)) this.failOver()
    else {
      if (this.#hasOutlivedAddress()) this.push()
      this.#show()
    }
  }

  #stopLooking(): void {
    this.#relayUrls.clear()
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#failover = NO_TROUBLE
    this.#show()
  }

  #show(): void {
    const { store } = this.#options
    const { troubleSinceMs, due } = this.#failover
    const failover = { troubleSinceMs, due, possible: this.#engine === 'trtc' && this.#canFailOver(), done: this.#failedOver }
    const before = store.current.trtc
    if (before.engine === this.#engine && JSON.stringify(before.failover) === JSON.stringify(failover)) return
    store.set({ trtc: { ...before, engine: this.#engine, failover } })
  }

  #problem(): ErrorInfo | null {
    const { trtc, hasCloudRoom } = this.#options
    if (trtc.problem !== null) return trtc.problem
    return hasCloudRoom() ? null : { code: 'trtc.no-cloud-room', context: {} }
  }

  #trtcDestination(): TrtcDestination | null {
    return this.#options.destinations.all().find((one): one is TrtcDestination => one.kind === 'trtc' && one.enabled) ?? null
  }

  #pushed(): WantedDestination[] {
    return this.#options.destinations.wanted(Date.now() / 1_000)
  }

  #relays(): TrtcAim['relays'] {
    const known = new Map(this.#options.destinations.all().map((one) => [one.id, one]))
    return this.#pushed()
      .filter(({ id }) => isRelayed(known.get(id)))
      .slice(0, MAX_RELAYS)
      .map(({ id, url }) => ({ id, url: this.#relayUrl(id, url), internal: isTencents(known.get(id)) }))
  }

  /** The one that is in use, as long as it can be. */
  #relayUrl(id: string, fresh: string): string {
    const told = this.#relayUrls.get(id)
    if (told !== undefined && isSameStream(told, fresh) && this.#isGood(id, told)) return told
    this.#relayUrls.set(id, fresh)
    return fresh
  }

  #isGood(id: string, told: string): boolean {
    const status = this.#relayStatus(id)
    return status?.state === 'publishing' || (status?.state !== 'failed' && !isRefused(status) && !hasEnded(told))
  }

  /**
   * The cloud would try an address for ever whose time is over. One that holds is left to it: signed anew it would be as good as before, and each change makes the
   * cloud begin without a pause.
   */
  #hasOutlivedAddress(): boolean {
    const ended = [...this.#relayUrls].filter(([id, told]) => isRefused(this.#relayStatus(id)) && hasEnded(told))
    return ended.length > 0 && this.#pushed().some(({ id, url }) => ended.some(([one, told]) => one === id && told !== url))
  }

  #relayStatus(id: string): DestinationStatus | null {
    return this.#options.store.current.destinations.find(({ config }) => config.id === id)?.status ?? null
  }

  #aim(): TrtcAim | null {
    const room = this.#trtcDestination()
    return room === null ? null : { id: room.id, relays: this.#relays() }
  }

  #canFailOver(): boolean {
    return !this.#failedOver && this.#pushed().length > 0
  }
}

/** The cloud reaches no ingest of this machine, and pushes nothing into the room that it comes from. */
function isRelayed(destination: Destination | undefined): boolean {
  return destination?.kind !== 'local' && !(destination?.kind === 'cloud' && destination.way === 'trtc')
}

/** By the place that it leads to: in trouble of the room, which is all relays' trouble, an address is as good as ever. */
function isRefused(status: DestinationStatus | null): boolean {
  return status?.error?.code === 'trtc.relay-failed'
}

/** Its validity is over, or nearly: clocks differ. */
function hasEnded(url: string): boolean {
  const parsed = parsePushUrl(url)
  const endSec = parsed.ok ? parsed.value.expiresAtSec : null
  return endSec !== null && endSec - CLOCK_MARGIN_SEC < Date.now() / 1_000
}

/** It leads to Tencent's own CDN. */
function isTencents(destination: Destination | undefined): boolean {
  return destination?.kind === 'css' || destination?.kind === 'cloud'
}
