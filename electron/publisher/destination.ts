import type { DestinationStats, DestinationStatus, ParsedPushUrl } from '../shared/destination'
import { assertNever, type ErrorInfo, type Result } from '../shared/errors'
import type { AudioParameters } from '../shared/program'
import { maskPushUrl } from '../shared/push-url'
import type { LineReading } from './congestion'
import { Connection } from './connection'
import { stepDestination, type MachineEffect, type MachineEvent, type MachineState } from './destination-machine'
import { NO_MEDIA, sumOf, type MediaCounts } from './media-counts'
import type { MediaItem } from './media-item'
import { Outage } from './outage'
import type { ReconnectPolicy } from './reconnect-policy'
import { UrlSource } from './url-source'

/** A CDN that does not want a key hangs up within this after Publish.Start. */
const EARLY_CLOSE_MS = 5_000

export interface DestinationOptions {
  readonly id: string
  readonly url: string
  readonly refreshUrl: boolean
  readonly ca?: string
  readonly policy: ReconnectPolicy
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly random: () => number
  onChange(): void
  onKeyFrameWanted(): void
  onUrlWanted(): void
  log(level: 'info' | 'warn', message: string): void
}

/** One place the program is pushed to, over all its connections: its state, when to try again, what was sent. */
export class Destination {
  readonly id: string
  readonly #options: DestinationOptions
  readonly #urls: UrlSource
  readonly #outage: Outage
  #state: MachineState = { name: 'off' }
  #sinceMs = Date.now()
  #connection: Connection | null = null
  #retryTimer: NodeJS.Timeout | null = null
  #stoppedListeners: (() => void)[] = []
  #audio: AudioParameters | null = null
  #counts: MediaCounts = NO_MEDIA
  #reconnects = 0
  #everPublished = false

  constructor(options: DestinationOptions) {
    this.id = options.id
    this.#options = options
    this.#outage = new Outage(options.policy)
    this.#urls = new UrlSource(options.url, options.refreshUrl, () => options.onUrlWanted())
  }

  start(): void {
    this.#dispatch({ type: 'start' })
  }

  reconnectNow(): void {
    this.#dispatch({ type: 'reconnect-now' })
  }

  networkOnline(): void {
    this.#outage.restart()
    this.#dispatch({ type: 'network-online' })
  }

  /** Resolves when the goodbye is said or given up. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#stoppedListeners.push(resolve)
      this.#dispatch({ type: 'stop' })
      if (this.#state.name === 'off') this.#tellStopped()
    })
  }

  freshUrl(url: string): void {
    this.#urls.set(url)
  }

  /** Takes over what a changed list says, if it is still the same place; else this destination is to be replaced. */
  adopt(wanted: { readonly url: string; readonly refreshUrl: boolean }): boolean {
    if (!this.#urls.leadsTo(wanted.url, wanted.refreshUrl)) return false
    this.#urls.set(wanted.url)
    return true
  }

  push(item: MediaItem): void {
    if (item.kind === 'audio') this.#audio = item.parameters
    this.#connection?.push(item)
  }

  tick(): void {
    this.#connection?.tick()
  }

  /** For the bitrate controller; null unless it publishes. */
  reading(): LineReading | null {
    return this.#state.name === 'publishing' ? (this.#connection?.reading() ?? null) : null
  }

  status(): DestinationStatus {
    const state = this.#state
    return {
      id: this.id,
      state: state.name,
      sinceMs: this.#sinceMs,
      error: state.name === 'failed' || state.name === 'reconnecting' ? state.error : state.name === 'connecting' ? state.lastError : null,
      attempt: state.name === 'connecting' || state.name === 'reconnecting' ? state.attempt : 0,
      nextRetryAtMs: state.name === 'reconnecting' ? state.nextRetryAtMs : null,
      outageMs: state.name === 'publishing' ? state.outageMs : null,
      stats: this.#stats(),
    }
  }

  #stats(): DestinationStats {
    const line = this.#connection?.stats() ?? { sentKbps: 0, ackedKbps: null, queueMs: 0, unackedBytes: null, rttMs: null, sentFps: 0 }
    const counts = sumOf(this.#counts, this.#connection?.counts ?? NO_MEDIA)
    return {
      ...line,
      sentVideoFrames: counts.sentVideo,
      sentAudioFrames: counts.sentAudio,
      droppedVideoFrames: counts.droppedVideo,
      droppedAudioFrames: counts.droppedAudio,
      sentBytes: counts.sentBytes,
      reconnects: this.#reconnects,
    }
  }

  #dispatch(event: MachineEvent): void {
    const before = this.#state
    const { state, effects } = stepDestination(before, event, Date.now())
    this.#state = state
    for (const effect of effects) this.#run(effect)
    if (state === before) return
    if (state.name !== before.name) {
      this.#sinceMs = Date.now()
      this.#options.log('info', `${this.id} ${state.name}${'error' in state ? ` ${state.error.code}` : ''}`)
    }
    if (state.name === 'off') this.#tellStopped()
    this.#options.onChange()
  }

  #run(effect: MachineEffect): void {
    switch (effect.type) {
      case 'connect':
        this.#urls.next(this.#outage.running || this.#everPublished, (target) => this.#open(target))
        break
      case 'disconnect':
        void this.#disconnect()
        break
      case 'abandon':
        this.#urls.cancel()
        this.#connection?.abandon()
        this.#dropConnection()
        break
      case 'probe':
        this.#connection?.probe()
        break
      case 'retry-at':
        this.#retryTimer = setTimeout(() => this.#dispatch({ type: 'retry-due' }), Math.max(0, effect.atMs - Date.now()))
        break
      case 'cancel-retry':
        if (this.#retryTimer !== null) clearTimeout(this.#retryTimer)
        this.#retryTimer = null
        break
      default:
        assertNever(effect)
    }
  }

  #open(target: Result<ParsedPushUrl>): void {
    const { now, ca } = this.#options
    const reachTimeoutMs = this.#outage.attemptBegins(now())
    if (!target.ok) {
      this.#closed(target.error)
      return
    }
    this.#options.log('info', `${this.id} connects to ${maskPushUrl(this.#urls.url)}`)
    this.#connection = new Connection({
      target: target.value,
      ...(ca === undefined ? {} : { ca }),
      reachTimeoutMs,
      audio: this.#audio,
      now,
      onBelieved: () => {
        this.#everPublished = true
        this.#dispatch({ type: 'acknowledged' })
      },
      onKeyFrameWanted: () => this.#options.onKeyFrameWanted(),
      onClosed: (error) => this.#closed(error),
    })
  }

  #closed(error: ErrorInfo): void {
    const now = this.#options.now()
    const { acceptedAtMs, believedAtMs } = this.#connection ?? { acceptedAtMs: null, believedAtMs: null }
    this.#dropConnection()
    if (believedAtMs !== null) this.#reconnects += 1
    // A reset counts as well: a server that hangs up while media is under way to it resets.
    const rejected = !this.#everPublished && error.code === 'publish.closed' && acceptedAtMs !== null && now - acceptedAtMs < EARLY_CLOSE_MS
    const delayMs = this.#outage.lost(now, acceptedAtMs, believedAtMs, this.#options.random())
    this.#dispatch({ type: 'closed', error, rejected, delayMs })
  }

  async #disconnect(): Promise<void> {
    this.#urls.cancel()
    await this.#connection?.stop()
    this.#dropConnection()
    this.#dispatch({ type: 'stopped' })
  }

  #dropConnection(): void {
    if (this.#connection !== null) this.#counts = sumOf(this.#counts, this.#connection.counts)
    this.#connection = null
  }

  #tellStopped(): void {
    const listeners = this.#stoppedListeners
    this.#stoppedListeners = []
    for (const listener of listeners) listener()
  }
}
