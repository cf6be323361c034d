import type { ProgramFeedback, ProgramMessage, AudioParameters, Slate, VideoParameters } from '../shared/program'
import type { PublisherCommand, PublisherReport } from '../shared/publisher'
import { assertNever } from '../shared/errors'
import { PUBLISH, SLATE_AFTER_MS } from '../shared/thresholds'
import { stepCongestion, UNCONGESTED, type CongestionState } from './congestion'
import { Destination } from './destination'
import type { MediaItem } from './media-item'
import { OutputClock } from './output-clock'
import { defaultReconnectPolicy, type ReconnectPolicy } from './reconnect-policy'
import { SlatePlayer } from './slate-player'

const TICK_MS = 20
const KEY_FRAME_REQUEST_EVERY_MS = 500

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
  readonly #clock = new OutputClock()
  readonly #timer: NodeJS.Timeout
  #programId: string | null = null
  #video: VideoParameters | null = null
  #audio: AudioParameters | null = null
  #slate: Slate | null = null
  #player: SlatePlayer | null = null
  #lastVideoAtMs: number | null = null
  #lastAudioAtMs: number | null = null
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
        break
      case 'shut-down':
        void this.close()
        break
      default:
        assertNever(command)
    }
  }

  /** What the stage sends. */
  program(message: ProgramMessage): void {
    switch (message.type) {
      case 'program':
        this.#programId = message.programId
        this.#video = message.video
        this.#audio = message.audio
        this.#maxVideoKbps ??= message.video.bitrateKbps
        break
      case 'video-parameters':
        this.#video = message.video
        break
      case 'slate':
        this.#slate = message.slate
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
    const stopping: Promise<void>[] = []
    for (const [id, destination] of this.#destinations) {
      const keeps = wanted.find((one) => one.id === id)
      if (keeps !== undefined && (keeps.refreshUrl || keeps.url === destination.url)) continue
      this.#destinations.delete(id)
      stopping.push(destination.stop())
    }
    if (this.#destinations.size === 0) this.#congestion = UNCONGESTED
    for (const one of wanted) {
      if (this.#destinations.has(one.id)) continue
      const destination = this.#newDestination(one)
      this.#destinations.set(one.id, destination)
      destination.start()
    }
    await Promise.all(stopping)
    this.#reportStatus()
    if (wanted.length === 0) {
      this.#player = null
      this.#options.report({ type: 'stopped' })
    }
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
    if (this.#programId === null || this.#video === null) return
    if (this.#player !== null) {
      // From the slate back to the program only at a key frame: anything else would be garbage on the screen.
      if (!message.keyFrame) {
        this.#wantKeyFrame()
        this.#lastVideoAtMs = this.#options.now()
        return
      }
      this.#player = null
      this.#reportStatus()
    }
    this.#lastVideoAtMs = this.#options.now()
    const outUs = this.#clock.map(this.#programId, 'video', message.timestampUs, this.#options.now() * 1_000)
    if (outUs === null) return
    this.#deliver({ kind: 'video', outMs: Math.round(outUs / 1_000), keyFrame: message.keyFrame, data: message.data, parameters: this.#video })
  }

  #programAudio(message: Extract<ProgramMessage, { type: 'audio' }>): void {
    if (this.#programId === null || this.#audio === null) return
    this.#lastAudioAtMs = this.#options.now()
    const outUs = this.#clock.map(this.#programId, 'audio', message.timestampUs, this.#options.now() * 1_000)
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
    if (this.#destinations.size === 0 || this.#slate === null || this.#audio === null || this.#video === null) return
    const silentForMs = this.#lastVideoAtMs === null ? 0 : now - this.#lastVideoAtMs
    const nowUs = this.#clock.nowUs(now * 1_000)
    if (this.#player === null) {
      if (silentForMs < SLATE_AFTER_MS) return
      this.#player = new SlatePlayer(this.#slate, nowUs)
      this.#options.report({ type: 'log', level: 'info', message: 'the slate is on air' })
      this.#reportStatus()
    }
    const withAudio = this.#lastAudioAtMs === null || now - this.#lastAudioAtMs > SLATE_AFTER_MS
    const parameters: VideoParameters = { ...this.#video, avcC: this.#slate.avcC, fps: this.#slate.fps }
    for (const frame of this.#player.due(nowUs, withAudio)) {
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
    const advice = this.#congestion.adviceKbps
    if (advice !== before) this.#options.feedback({ type: 'bitrate-advice', videoKbps: advice ?? this.#maxVideoKbps })
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
    const destinations = [...this.#destinations.values()].map((destination) => destination.status())
    const onAir = destinations.some((one) => one.state === 'publishing') ? (this.#player === null ? 'program' : 'slate') : 'nothing'
    this.#options.report({ type: 'status', destinations, onAir, advisedVideoKbps: this.#congestion.adviceKbps, cpuPercent: this.#cpuPercent })
  }
}
