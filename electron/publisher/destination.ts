import type { DestinationStats, DestinationStatus, ParsedPushUrl } from '../shared/destination'
import { AnchorError, assertNever, type ErrorInfo } from '../shared/errors'
import { maskPushUrl, parsePushUrl } from '../shared/push-url'
import type { AmfValue } from '../shared/rtmp/amf0'
import { aacFrame, aacSequenceHeader, avcFrame, avcSequenceHeader } from '../shared/rtmp/flv'
import type { AudioParameters, VideoParameters } from '../shared/program'
import { PUBLISH } from '../shared/thresholds'
import type { LineReading } from './congestion'
import { stepDestination, type MachineEffect, type MachineEvent, type MachineState } from './destination-machine'
import type { MediaItem } from './media-item'
import { kbps, RateMeter } from '../shared/rate-meter'
import type { ReconnectPolicy } from './reconnect-policy'
import { RtmpSession } from './rtmp/session'
import { SendQueue } from './send-queue'

/** A server that does not acknowledge is believed after its line took media for this long. */
const SILENT_SERVER_MS = 1_000
const SILENT_SERVER_QUEUE_BYTES = 64 * 1024
/** How long a fresh URL is waited for before the old one is tried. */
const FRESH_URL_MS = 3_000
/** Nothing older than this is worth sending, sound included. */
const STALE_MS = 4_000

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

/** One place the program is pushed to: its connection, queue and counters. It owns its socket and its timers. */
export class Destination {
  readonly id: string
  readonly #options: DestinationOptions
  #url: string
  #state: MachineState = { name: 'off' }
  #sinceMs = Date.now()
  #session: RtmpSession | null = null
  #accepted = false
  #retryTimer: NodeJS.Timeout | null = null
  #freshUrlTimer: NodeJS.Timeout | null = null
  #stoppedListeners: (() => void)[] = []

  readonly #queue = new SendQueue()
  #baseMs: number | null = null
  #sentVideo: VideoParameters | null = null
  #sentAudio: AudioParameters | null = null
  #audioParameters: AudioParameters | null = null
  #firstMediaAtMs: number | null = null
  #mediaStartBytes = 0
  #lastProgressAtMs = 0
  #lastCarriedBytes = 0
  #publishedSinceMs: number | null = null
  #attemptsInARow = 0
  #faultSinceMs: number | null = null

  readonly #sentRate = new RateMeter(2_000)
  readonly #carriedRate = new RateMeter(2_000)
  readonly #carriedNow = new RateMeter(1_000)
  readonly #videoRate = new RateMeter(2_000)
  #counts = { sentVideo: 0, sentAudio: 0, droppedVideo: 0, droppedAudio: 0, sentBytes: 0, reconnects: 0 }

  constructor(options: DestinationOptions) {
    this.id = options.id
    this.#options = options
    this.#url = options.url
  }

  get url(): string {
    return this.#url
  }

  start(): void {
    this.#dispatch({ type: 'start' })
  }

  reconnectNow(): void {
    this.#dispatch({ type: 'reconnect-now' })
  }

  networkOnline(): void {
    this.#attemptsInARow = 0
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
    this.#url = url
    if (this.#freshUrlTimer !== null) this.#open()
  }

  /** A frame of the program or the slate. Parameters may change from one to the next. */
  push(item: MediaItem): void {
    if (item.kind === 'audio') this.#audioParameters = item.parameters
    if (this.#session === null || !this.#accepted) return
    if (this.#baseMs === null) {
      // Sound and picture begin together, at a key frame, at time 0.
      if (item.kind !== 'video' || !item.keyFrame) {
        this.#options.onKeyFrameWanted()
        return
      }
      this.#baseMs = item.outMs
    }
    // Sound from before the first picture has no place on this connection's time.
    if (item.outMs < this.#baseMs) return
    if (!this.#queue.push(item)) {
      this.#counts.droppedVideo += 1
      return
    }
    if (this.#queue.queueMs > PUBLISH.queueMaxMs) this.#shed()
    this.#pump()
  }

  /** Called a few times a second: deadlines, believed connections, stalls. */
  tick(): void {
    const session = this.#session
    if (session === null || !this.#accepted) return
    const now = this.#options.now()
    this.#notice(session, now)
    if (this.#state.name === 'publishing' && this.#publishedSinceMs !== null && now - this.#publishedSinceMs > PUBLISH.stableAfterMs) {
      this.#attemptsInARow = 0
      this.#faultSinceMs = null
    }
    const outstanding = (session.acks.unackedBytes ?? session.socketQueueBytes) > 0 && this.#firstMediaAtMs !== null
    if (outstanding && this.#isStuck(session) && now - this.#lastProgressAtMs > PUBLISH.stallTimeoutMs) {
      session.destroy()
      this.#closed(new AnchorError('publish.stalled', { context: { seconds: Math.round(PUBLISH.stallTimeoutMs / 1_000) } }).toInfo())
      return
    }
    this.#pump()
  }

  /** For the bitrate controller; null unless it publishes. */
  reading(): LineReading | null {
    if (this.#state.name !== 'publishing') return null
    const now = this.#options.now()
    const rate = kbps(this.#carriedNow, now)
    return { queueMs: this.#queue.queueMs, throughputKbps: rate > 0 ? rate : null }
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
      stats: state.name === 'off' ? null : this.#stats(),
    }
  }

  #stats(): DestinationStats {
    const now = this.#options.now()
    const acks = this.#session?.acks
    const acknowledges = acks !== undefined && acks.ackedBytes !== null
    return {
      sentKbps: kbps(this.#sentRate, now),
      ackedKbps: acknowledges ? kbps(this.#carriedRate, now) : null,
      queueMs: this.#queue.queueMs,
      unackedBytes: acks?.unackedBytes ?? null,
      rttMs: acks?.ackDelayMs ?? null,
      sentFps: this.#videoRate.perSecond(now),
      sentVideoFrames: this.#counts.sentVideo,
      sentAudioFrames: this.#counts.sentAudio,
      droppedVideoFrames: this.#counts.droppedVideo,
      droppedAudioFrames: this.#counts.droppedAudio,
      sentBytes: this.#counts.sentBytes,
      reconnects: this.#counts.reconnects,
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
        this.#connect()
        break
      case 'disconnect':
        this.#disconnect()
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

  #connect(): void {
    const isRetry = this.#attemptsInARow > 0 || this.#publishedSinceMs !== null
    if (!this.#options.refreshUrl || !isRetry) {
      this.#open()
      return
    }
    this.#freshUrlTimer = setTimeout(() => this.#open(), FRESH_URL_MS)
    this.#options.onUrlWanted()
  }

  #open(): void {
    if (this.#freshUrlTimer !== null) clearTimeout(this.#freshUrlTimer)
    this.#freshUrlTimer = null
    if (this.#state.name !== 'connecting') return
    const parsed = parsePushUrl(this.#url)
    if (!parsed.ok) {
      this.#closed(parsed.error)
      return
    }
    const { expiresAtSec } = parsed.value
    if (expiresAtSec !== null && expiresAtSec * 1_000 < Date.now()) {
      this.#closed(new AnchorError('publish.url-expired', { context: { expiredAtSec: expiresAtSec } }).toInfo())
      return
    }
    this.#session = this.#newSession(parsed.value)
  }

  #newSession(target: ParsedPushUrl): RtmpSession {
    this.#options.log('info', `${this.id} connects to ${maskPushUrl(this.#url)}`)
    const session: RtmpSession = new RtmpSession({
      target,
      ...(this.#options.ca === undefined ? {} : { ca: this.#options.ca }),
      now: this.#options.now,
      onAccepted: () => {
        this.#accepted = true
        this.#lastProgressAtMs = this.#options.now()
        this.#options.onKeyFrameWanted()
      },
      onProgress: () => {
        this.#notice(session, this.#options.now())
        this.#pump()
      },
      onClosed: (error) => this.#closed(error),
    })
    return session
  }

  #closed(error: ErrorInfo): void {
    const accepted = this.#accepted
    this.#forgetConnection()
    this.#attemptsInARow += 1
    this.#faultSinceMs ??= this.#options.now()
    this.#counts.reconnects += this.#state.name === 'publishing' ? 1 : 0
    const delayMs = this.#options.policy.delayMs(this.#attemptsInARow, this.#options.now() - this.#faultSinceMs, this.#options.random())
    this.#dispatch({ type: 'closed', error, accepted, delayMs })
  }

  #disconnect(): void {
    if (this.#freshUrlTimer !== null) clearTimeout(this.#freshUrlTimer)
    this.#freshUrlTimer = null
    const session = this.#session
    if (session === null) {
      this.#dispatch({ type: 'stopped' })
      return
    }
    this.#accepted = false
    void session.stop().then(() => {
      this.#forgetConnection()
      this.#dispatch({ type: 'stopped' })
    })
  }

  #forgetConnection(): void {
    const left = this.#queue.clear()
    this.#counts.droppedVideo += left.video
    this.#counts.droppedAudio += left.audio
    this.#session = null
    this.#accepted = false
    this.#baseMs = null
    this.#sentVideo = null
    this.#sentAudio = null
    this.#firstMediaAtMs = null
    this.#lastCarriedBytes = 0
    this.#carriedNow.reset()
    this.#carriedRate.reset()
    this.#sentRate.reset()
    this.#videoRate.reset()
  }

  #tellStopped(): void {
    const listeners = this.#stoppedListeners
    this.#stoppedListeners = []
    for (const listener of listeners) listener()
  }

  /** Sees what the line has carried since the last look. */
  #notice(session: RtmpSession, now: number): void {
    const carried = session.acks.ackedBytes ?? session.drainedBytes
    const more = carried - this.#lastCarriedBytes
    if (more > 0) {
      this.#lastProgressAtMs = now
      // The first acknowledgement also counts what was drained before it.
      this.#carriedRate.add(now, more)
      this.#carriedNow.add(now, more)
    }
    if (more !== 0) this.#lastCarriedBytes = carried
    if (this.#state.name !== 'connecting' || this.#firstMediaAtMs === null) return
    const acked = session.acks.ackedBytes
    const believed = acked === null ? now - this.#firstMediaAtMs > SILENT_SERVER_MS && session.socketQueueBytes === 0 : acked > this.#mediaStartBytes
    if (believed) {
      this.#publishedSinceMs = now
      this.#dispatch({ type: 'acknowledged' })
    }
  }

  /** Un-acknowledged media that may be under way: one second's worth of what the line carries. Bytes. */
  #limitBytes(session: RtmpSession): number {
    const now = this.#options.now()
    const carried = kbps(this.#carriedNow, now)
    const wanted = ((this.#sentVideo?.bitrateKbps ?? 0) + (this.#audioParameters?.bitrateKbps ?? 0)) * 1.25
    const useful = session.acks.ackedBytes === null || carried === 0 ? wanted : Math.min(wanted, carried * 1.25)
    return Math.max(PUBLISH.unackedMinBytes, (useful * 1_000) / 8)
  }

  #mayScheduleVideo(session: RtmpSession): boolean {
    const unacked = session.acks.unackedBytes
    // Servers that never acknowledge are judged by what the socket could not hand on.
    if (unacked === null)
      return session.socketQueueBytes < (session.acks.sentBytes > PUBLISH.unackedMinBytes * 4 ? SILENT_SERVER_QUEUE_BYTES : PUBLISH.unackedMinBytes)
    return unacked < this.#limitBytes(session)
  }

  #isStuck(session: RtmpSession): boolean {
    const unacked = session.acks.unackedBytes
    return unacked === null ? session.socketQueueBytes > 0 : unacked > PUBLISH.windowAckSizeBytes * 2
  }

  #pump(): void {
    const session = this.#session
    if (session === null || !this.#accepted || this.#baseMs === null) return
    for (;;) {
      const next = this.#queue.peek()
      if (next === undefined) return
      if (next.kind === 'video' && !this.#mayScheduleVideo(session)) {
        // Sound is small and must not wait behind pictures: it passes the limit.
        const audio = this.#queue.shiftAudio()
        if (audio === undefined) return
        this.#send(session, audio)
        continue
      }
      this.#queue.shift()
      this.#send(session, next)
    }
  }

  #send(session: RtmpSession, item: MediaItem): void {
    const now = this.#options.now()
    const timestampMs = item.outMs - (this.#baseMs ?? item.outMs)
    const before = session.acks.sentBytes
    if (this.#firstMediaAtMs === null) {
      this.#mediaStartBytes = before
      this.#firstMediaAtMs = now
      if (item.kind === 'video') session.sendMetadata(metadata(item.parameters, this.#audioParameters))
    }
    if (item.kind === 'video') {
      if (this.#sentVideo === null || !sameBytes(this.#sentVideo.avcC, item.parameters.avcC))
        session.sendVideo(timestampMs, avcSequenceHeader(item.parameters.avcC))
      this.#sentVideo = item.parameters
      session.sendVideo(timestampMs, avcFrame(item.data, item.keyFrame))
      this.#counts.sentVideo += 1
      this.#videoRate.add(now, 1)
    } else {
      if (this.#sentAudio === null || !sameBytes(this.#sentAudio.asc, item.parameters.asc))
        session.sendAudio(timestampMs, aacSequenceHeader(item.parameters.asc))
      this.#sentAudio = item.parameters
      session.sendAudio(timestampMs, aacFrame(item.data))
      this.#counts.sentAudio += 1
    }
    const bytes = session.acks.sentBytes - before
    this.#counts.sentBytes += bytes
    this.#sentRate.add(now, bytes)
  }

  #shed(): void {
    const pictures = this.#queue.dropPictures()
    const stale = this.#queue.dropStale(STALE_MS)
    this.#counts.droppedVideo += pictures.video + stale.video
    this.#counts.droppedAudio += stale.audio
    if (this.#queue.waitingForKeyFrame) this.#options.onKeyFrameWanted()
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && a.every((byte, index) => byte === b[index]))
}

function metadata(video: VideoParameters, audio: AudioParameters | null): Map<string, AmfValue> {
  const entries = new Map<string, AmfValue>([
    ['width', video.width],
    ['height', video.height],
    ['framerate', video.fps],
    ['videodatarate', video.bitrateKbps],
    ['videocodecid', 7],
  ])
  if (audio !== null) {
    entries.set('audiodatarate', audio.bitrateKbps)
    entries.set('audiosamplerate', audio.sampleRateHz)
    entries.set('audiosamplesize', 16)
    entries.set('stereo', audio.channels === 2)
    entries.set('audiocodecid', 10)
  }
  entries.set('encoder', 'AnchorDesk')
  return entries
}
