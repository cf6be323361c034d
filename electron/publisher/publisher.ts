import type { AudioParameters, ProgramFeedback, ProgramMessage, VideoParameters } from '../shared/program'
import type { PublisherCommand, PublisherReport } from '../shared/publisher'
import { assertNever } from '../shared/errors'
import { PUBLISH } from '../shared/thresholds'
import { stepCongestion, UNCONGESTED, type CongestionState } from './congestion'
import { Destination } from './destination'
import type { MediaItem } from './media-item'
import { OutputClock } from './output-clock'
import { defaultReconnectPolicy, type ReconnectPolicy } from './reconnect-policy'
import { SlateKeeper } from './slate-keeper'

const TICK_MS = 20
const KEY_FRAME_REQUEST_EVERY_MS = 500
const MAX_REPORTED = 16

export interface PublisherOptions {
  report(report: PublisherReport): void
  /** To the stage. */
  feedback(message: ProgramFeedback): void
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly random?: () => number
  readonly policy?: ReconnectPolicy
  /** Extra trusted certificate (PEM), for tests. */
  readonly ca?: string
}

/** One encode in, many destinations out. Owns all connections, the output clock, the slate and their one timer. */
export class Publisher {
  readonly #options: PublisherOptions
  readonly #destinations = new Map<string, Destination>()
  /** No longer wanted, still saying goodbye: reported until that is over, so that their last counters are known. */
  readonly #leaving = new Set<Destination>()
  readonly #slate = new SlateKeeper()
  readonly #clock = new OutputClock()
  readonly #timer: NodeJS.Timeout
  #programId: string | null = null
  #video: VideoParameters | null = null
  #audio: AudioParameters | null = null
  #maxVideoKbps: number | null = null
  #congestion: CongestionState = UNCONGESTED
  #lastKeyFrameRequestMs = -Infinity
  #lastStatusAtMs = 0
  #cpu = process.cpuUsage()
  #cpuAtMs: number
  #cpuPercent = 0

  constructor(options: PublisherOptions) {
    this.#options = options
    this.#cpuAtMs = options.now()
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  command(command: PublisherCommand): void {
    switch (command.type) {
      case 'attach-program':
        // The port itself belongs to the process entry.
        break
      case 'set-destinations':
        void this.#setDestinations(command.destinations)
        break
      case 'fresh-url':
        this.#destinations.get(command.id)?.freshUrl(command.url)
        break
      case 'reconnect-now':
        for (const destination of this.#destinations.values()) if (command.id === null || command.id === destination.id) destination.reconnectNow()
        break
      case 'network-online':
        for (const destination of this.#destinations.values()) destination.networkOnline()
        break
      case 'set-bitrate':
        this.#maxVideoKbps = command.videoKbps
        this.#congestion = UNCONGESTED
        this.#tellAdvice()
        break
      case 'shut-down':
        void this.close()
        break
      default:
        assertNever(command)
    }
  }

  /** A stage listens to `feedback` from now on. It may be a new one, and so may this process: the advice is said again. */
  programAttached(): void {
    this.#tellAdvice()
  }

  /** What the stage sends. */
  program(message: ProgramMessage): void {
    switch (message.type) {
      case 'program':
        if (message.programId !== this.#programId) this.#slate.newProgram()
        this.#programId = message.programId
        this.#video = message.video
        this.#audio = message.audio
        this.#maxVideoKbps ??= message.video.bitrateKbps
        if (this.#congestion.adviceKbps !== null) this.#tellAdvice()
        break
      case 'video-parameters':
        this.#video = message.video
        break
      case 'slate':
        this.#slate.setSlate(message.slate)
        this.#options.report({ type: 'log', level: 'info', message: `slate of ${message.slate.frames.length} frames is ready` })
        break
      case 'video':
        this.#programVideo(message)
        break
      case 'audio':
        this.#programAudio(message)
        break
      default:
        assertNever(message)
    }
  }

  /** Stops everything; each goodbye has PUBLISH.stopTimeoutMs. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#setDestinations([])
  }

  async #setDestinations(wanted: readonly { id: string; url: string; refreshUrl: boolean }[]): Promise<void> {
    const leaving: Destination[] = []
    for (const [id, destination] of this.#destinations) {
      const stays = wanted.find((one) => one.id === id)
      if (stays !== undefined && destination.adopt(stays)) continue
      this.#destinations.delete(id)
      this.#leaving.add(destination)
      leaving.push(destination)
    }
    const goodbyes = leaving.map((destination) => destination.stop())
    if (this.#destinations.size === 0) this.#congestion = UNCONGESTED
    if (wanted.length === 0) this.#slate.reset()
    for (const one of wanted) {
      if (this.#destinations.has(one.id)) continue
      const destination = this.#newDestination(one)
      this.#destinations.set(one.id, destination)
      destination.start()
    }
    await Promise.all(goodbyes)
    const over = wanted.length === 0 && this.#destinations.size === 0
    if (over) this.#reportStatus()
    for (const destination of leaving) this.#leaving.delete(destination)
    if (over) this.#options.report({ type: 'stopped' })
    else this.#reportStatus()
  }

  #newDestination(wanted: { id: string; url: string; refreshUrl: boolean }): Destination {
    return new Destination({
      ...wanted,
      ...(this.#options.ca === undefined ? {} : { ca: this.#options.ca }),
      policy: this.#options.policy ?? defaultReconnectPolicy,
      now: this.#options.now,
      random: this.#options.random ?? Math.random,
      onChange: () => this.#reportStatus(),
      onKeyFrameWanted: () => this.#wantKeyFrame(),
      onUrlWanted: () => this.#options.report({ type: 'url-wanted', id: wanted.id }),
      log: (level, message) => this.#options.report({ type: 'log', level, message }),
    })
  }

  #programVideo(message: Extract<ProgramMessage, { type: 'video' }>): void {
    // The last frames of a show that has ended are nobody's.
    if (this.#programId === null || this.#video === null || this.#destinations.size === 0) return
    const now = this.#options.now()
    const fromSlate = this.#slate.onAir
    if (!this.#slate.programVideo(message.keyFrame, now)) {
      this.#wantKeyFrame()
      return
    }
    if (fromSlate) this.#reportStatus()
    const outUs = this.#clock.map(this.#programId, 'video', message.timestampUs, now * 1_000)
    if (outUs === null) return
    this.#deliver({ kind: 'video', outMs: Math.round(outUs / 1_000), keyFrame: message.keyFrame, data: message.data, parameters: this.#video })
  }

  #programAudio(message: Extract<ProgramMessage, { type: 'audio' }>): void {
    if (this.#programId === null || this.#audio === null || this.#destinations.size === 0) return
    const now = this.#options.now()
    this.#slate.programAudio(now)
    const outUs = this.#clock.map(this.#programId, 'audio', message.timestampUs, now * 1_000)
    if (outUs === null) return
    this.#deliver({ kind: 'audio', outMs: Math.round(outUs / 1_000), data: message.data, parameters: this.#audio })
  }

  /** Everything passes here before any queue can drop it: the recorder's place. */
  #deliver(item: MediaItem): void {
    for (const destination of this.#destinations.values()) destination.push(item)
  }

  #wantKeyFrame(): void {
    const now = this.#options.now()
    if (now - this.#lastKeyFrameRequestMs < KEY_FRAME_REQUEST_EVERY_MS) return
    this.#lastKeyFrameRequestMs = now
    this.#options.feedback({ type: 'key-frame-wanted' })
  }

  #tick(): void {
    const now = this.#options.now()
    this.#playSlate(now)
    for (const destination of this.#destinations.values()) destination.tick()
    if (now - this.#lastStatusAtMs < PUBLISH.statsEveryMs) return
    if (this.#destinations.size === 0) return
    this.#adapt(now)
    this.#measureCpu(now)
    this.#reportStatus()
  }

  #playSlate(now: number): void {
    if (this.#destinations.size === 0 || this.#audio === null || this.#video === null) return
    const wasOnAir = this.#slate.onAir
    const frames = this.#slate.due(now, this.#clock.nowUs(now * 1_000))
    const { playing } = this.#slate
    if (playing === null) return
    if (!wasOnAir) {
      this.#options.report({ type: 'log', level: 'info', message: 'the slate is on air' })
      this.#reportStatus()
    }
    const parameters: VideoParameters = { ...this.#video, avcC: playing.avcC, fps: playing.fps }
    for (const frame of frames) {
      const outUs = this.#clock.claim(frame.kind, frame.outUs)
      if (outUs === null) continue
      const outMs = Math.round(outUs / 1_000)
      if (frame.kind === 'video') this.#deliver({ kind: 'video', outMs, keyFrame: frame.keyFrame, data: frame.data, parameters })
      else this.#deliver({ kind: 'audio', outMs, data: frame.data, parameters: this.#audio })
    }
  }

  #adapt(now: number): void {
    if (this.#maxVideoKbps === null) return
    const lines = [...this.#destinations.values()].map((destination) => destination.reading()).filter((reading) => reading !== null)
    const before = this.#congestion.adviceKbps
    this.#congestion = stepCongestion(this.#congestion, lines, this.#maxVideoKbps, this.#audio?.bitrateKbps ?? 0, now)
    if (this.#congestion.adviceKbps !== before) this.#tellAdvice()
  }

  #tellAdvice(): void {
    const videoKbps = this.#congestion.adviceKbps ?? this.#maxVideoKbps
    if (videoKbps !== null) this.#options.feedback({ type: 'bitrate-advice', videoKbps })
  }

  #measureCpu(now: number): void {
    const elapsedMs = now - this.#cpuAtMs
    if (elapsedMs < 1_000) return
    const used = process.cpuUsage(this.#cpu)
    this.#cpuPercent = ((used.user + used.system) / 1_000 / elapsedMs) * 100
    this.#cpu = process.cpuUsage()
    this.#cpuAtMs = now
  }

  #reportStatus(): void {
    this.#lastStatusAtMs = this.#options.now()
    const leaving = [...this.#leaving].filter((one) => !this.#destinations.has(one.id))
    const destinations = [...this.#destinations.values(), ...leaving].slice(0, MAX_REPORTED).map((destination) => destination.status())
    const onAir = destinations.some((one) => one.state === 'publishing') ? (this.#slate.onAir ? 'slate' : 'program') : 'nothing'
    this.#options.report({ type: 'status', destinations, onAir, advisedVideoKbps: this.#congestion.adviceKbps, cpuPercent: this.#cpuPercent })
  }
}
