import { AnchorError, isPermanent, type ErrorInfo } from '../../electron/shared/errors'
import type { Profile } from '../../electron/shared/profile'
import type { Source, SourceStatus } from '../../electron/shared/scene'
import { SOURCE } from '../../electron/shared/thresholds'
import { mediaError } from './media-error'
import type { OpenedSource } from './open-source'
import type { SourceReading } from './worker-protocol'

export interface SourceKeeperOptions {
  open(source: Source, profile: Profile): Promise<OpenedSource>
  /** The device gives frames or samples: hand them to the worker. */
  onTrack(source: Source, track: MediaStreamTrack): void
  onLost(source: Source, name: string, error: ErrorInfo): void
  onChange(): void
}

/**
 * Keeps one device open: opens it, sees it freeze or go, opens it again with growing pauses. Owns its track and its timer.
 */
export class SourceKeeper {
  readonly #options: SourceKeeperOptions
  #source: Source
  #profile: Profile
  #track: MediaStreamTrack | null = null
  #timer: ReturnType<typeof setTimeout> | null = null
  #tries = 0
  #generation = 0
  #openedAtMs = 0
  #status: SourceStatus = { state: 'starting', label: '', width: 0, height: 0, fps: 0, error: null }

  constructor(source: Source, profile: Profile, options: SourceKeeperOptions) {
    this.#source = source
    this.#profile = profile
    this.#options = options
    void this.#open()
  }

  get status(): SourceStatus {
    return this.#status
  }

  get source(): Source {
    return this.#source
  }

  /** Follows an edit; only another device, size or treatment of its sound opens it anew. */
  update(source: Source, profile: Profile): void {
    const reopen = identity(source, profile) !== identity(this.#source, this.#profile)
    this.#source = source
    this.#profile = profile
    if (reopen) this.restart()
  }

  restart(): void {
    this.#tries = 0
    this.#stop()
    this.#set({ state: 'starting', error: null })
    void this.#open()
  }

  /** A device came or went, or somebody says that it is worth a look: what waits tries at once, also what was denied before. */
  devicesChanged(): void {
    if (this.#timer !== null || this.#status.state === 'denied') this.restart()
  }

  /** What the worker saw. Only a camera owes frames: a screen that stands still sends none. */
  reading(reading: SourceReading): void {
    const { ageMs } = reading
    if (this.#track === null) return
    const frozen = this.#source.kind === 'camera' && performance.now() - this.#openedAtMs > SOURCE.frozenAfterMs && (ageMs ?? Infinity) > SOURCE.frozenAfterMs
    if (frozen) {
      this.#lost('frozen', { code: 'source.frozen', context: { ageMs: Math.round(ageMs ?? SOURCE.frozenAfterMs) } })
      return
    }
    this.#set({ state: 'active', width: reading.width, height: reading.height, fps: reading.fps, error: null })
  }

  close(): void {
    this.#stop()
  }

  async #open(): Promise<void> {
    const generation = ++this.#generation
    try {
      const opened = await this.#options.open(this.#source, this.#profile)
      if (generation !== this.#generation) {
        opened.track.stop()
        return
      }
      this.#track = opened.track
      this.#openedAtMs = performance.now()
      opened.track.addEventListener('ended', () => {
        if (this.#track === opened.track) this.#lost('lost', { code: 'source.lost', context: { device: this.#name() } })
      })
      const { width = 0, height = 0 } = opened.track.getSettings()
      this.#tries = 0
      this.#set({ state: 'active', label: opened.label.slice(0, 256), width, height, error: null })
      this.#options.onTrack(this.#source, opened.track)
    } catch (error) {
      if (generation !== this.#generation) return
      const info = error instanceof AnchorError ? error.toInfo() : mediaError(error, this.#name())
      this.#lost(info.code === 'source.permission-denied' ? 'denied' : isPermanent(info) ? 'failed' : 'lost', info)
    }
  }

  #lost(state: SourceStatus['state'], error: ErrorInfo): void {
    this.#stop()
    this.#set({ state, fps: 0, error: { code: error.code, context: { ...error.context } } })
    this.#options.onLost(this.#source, this.#name(), error)
    if (isPermanent(error)) return
    const delay = SOURCE.restartDelaysMs[Math.min(this.#tries, SOURCE.restartDelaysMs.length - 1)] ?? 5_000
    this.#tries += 1
    this.#timer = setTimeout(
      () => {
        this.#timer = null
        void this.#open()
      },
      Math.max(delay, 250),
    )
  }

  #stop(): void {
    this.#generation += 1
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const track = this.#track
    this.#track = null
    track?.stop()
  }

  #name(): string {
    return this.#status.label || this.#source.name || this.#source.kind
  }

  #set(change: Partial<SourceStatus>): void {
    const next = { ...this.#status, ...change }
    if (JSON.stringify(next) === JSON.stringify(this.#status)) return
    this.#status = next
    this.#options.onChange()
  }
}

function identity(source: Source, profile: Profile): string {
  switch (source.kind) {
    case 'camera':
      return `${source.deviceId ?? ''} ${profile.resolution} ${profile.fps}`
    case 'microphone':
      return `${source.deviceId ?? ''} ${source.echoCancellation}`
    case 'screen':
      return `${source.displayId ?? ''} ${profile.fps}`
    case 'window':
      return `${source.windowTitle} ${source.captureId ?? ''} ${profile.fps}`
    default:
      return source.kind
  }
}
