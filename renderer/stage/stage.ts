import { assertNever, type ErrorInfo } from '../../electron/shared/errors'
import { DEFAULT_PROFILE, type Profile } from '../../electron/shared/profile'
import type { Scene, Source, SourceStatus } from '../../electron/shared/scene'
import type { StageChecks, StageCommand, StageHost } from '../../electron/shared/stage'
import { openSource, systemAudioOffered } from './open-source'
import { SourceKeeper } from './source-keeper'
import type { FromWorker, Measurement, ToWorker } from './worker-protocol'

const MEASURE_MS = 2_000
const TELL_SOURCES_AFTER_MS = 100

/** The stage's page: devices by the scene, the worker that makes the program of them, and the word with main. */
export class Stage {
  readonly #host: StageHost
  readonly #worker: Worker
  readonly #keepers = new Map<string, SourceKeeper>()
  readonly #images = new Map<string, { asset: string; status: SourceStatus }>()
  #scene: Scene = { sources: [] }
  #profile: Profile = DEFAULT_PROFILE
  #tellTimer: ReturnType<typeof setTimeout> | null = null

  constructor(host: StageHost, worker: Worker) {
    this.#host = host
    this.#worker = worker
    worker.onmessage = (event: MessageEvent<FromWorker>) => this.#fromWorker(event.data)
    worker.onerror = (event) => host.report({ type: 'log', level: 'error', message: `worker: ${event.message}`.slice(0, 2_000) })
    host.onCommand((command) => this.#command(command))
    window.addEventListener('message', (event: MessageEvent<{ type?: unknown; use?: unknown }>) => {
      const port = event.ports[0]
      if (event.source !== window || event.data.type !== 'anchordesk-port' || port === undefined) return
      if (event.data.use === 'program' || event.data.use === 'preview') this.#send({ type: 'port', use: event.data.use, port }, [port])
    })
    navigator.mediaDevices.addEventListener('devicechange', () => {
      void this.#tellDevices()
      for (const keeper of this.#keepers.values()) keeper.devicesChanged()
    })
    void this.#tellDevices()
    host.report({ type: 'ready' })
  }

  #send(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  #command(command: StageCommand): void {
    switch (command.type) {
      case 'set-scene':
        this.#setScene(command.scene)
        break
      case 'set-profile':
        this.#profile = command.profile
        this.#send({ type: 'profile', profile: command.profile })
        for (const keeper of this.#keepers.values()) keeper.update(keeper.source, command.profile)
        break
      case 'start-program':
        this.#send({ type: 'start-program', title: command.title, language: command.language })
        break
      case 'stop-program':
        this.#send({ type: 'stop-program' })
        break
      case 'set-paused':
        this.#send({ type: 'paused', paused: command.paused })
        break
      case 'restart-source':
        this.#keepers.get(command.id)?.restart()
        break
      case 'refresh-devices':
        void this.#tellDevices()
        for (const keeper of this.#keepers.values()) keeper.devicesChanged()
        break
      case 'run-checks':
        this.#send({ type: 'measure', requestId: command.requestId, forMs: MEASURE_MS })
        break
      default:
        assertNever(command)
    }
  }

  #setScene(scene: Scene): void {
    this.#scene = scene
    this.#send({ type: 'scene', scene })
    const ids = new Set(scene.sources.map((source) => source.id))
    for (const [id, keeper] of this.#keepers) {
      if (ids.has(id)) continue
      keeper.close()
      this.#keepers.delete(id)
    }
    for (const id of this.#images.keys()) if (!ids.has(id)) this.#images.delete(id)
    for (const source of scene.sources) {
      if (source.kind === 'image') void this.#loadImage(source)
      else if (source.kind !== 'text' && source.kind !== 'test-card') this.#keep(source)
    }
    this.#tellSources()
  }

  #keep(source: Source): void {
    const keeper = this.#keepers.get(source.id)
    if (keeper !== undefined) {
      keeper.update(source, this.#profile)
      return
    }
    this.#keepers.set(
      source.id,
      new SourceKeeper(source, this.#profile, {
        open: (one, profile) => openSource(one, profile, this.#host),
        onTrack: (one, track) => this.#newTrack(one, track),
        onLost: (one, name, error) => this.#send({ type: 'lost', id: one.id, name, message: placeholderText(error) }),
        onChange: () => this.#tellSources(),
      }),
    )
  }

  #newTrack(source: Source, track: MediaStreamTrack): void {
    if (track.kind === 'video') {
      const frames = new MediaStreamTrackProcessor<VideoFrame>({ track, maxBufferSize: 2 }).readable
      this.#send({ type: 'video', id: source.id, frames }, [frames])
    } else {
      const samples = new MediaStreamTrackProcessor<AudioData>({ track }).readable
      this.#send({ type: 'audio', id: source.id, samples }, [samples])
    }
  }

  async #loadImage(source: Extract<Source, { kind: 'image' }>): Promise<void> {
    if (this.#images.get(source.id)?.asset === source.asset) return
    const still = (state: SourceStatus['state'], error: ErrorInfo | null): SourceStatus => ({
      state,
      label: source.name,
      width: 0,
      height: 0,
      fps: 0,
      error: error === null ? null : { code: error.code, context: { ...error.context } },
    })
    this.#images.set(source.id, { asset: source.asset, status: still('active', null) })
    try {
      const response = await fetch(`app://asset/${source.asset}`)
      if (!response.ok) throw new TypeError('not found')
      this.#send({ type: 'image', id: source.id, file: await response.blob(), name: source.name })
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      this.#images.set(source.id, { asset: source.asset, status: still('failed', { code: 'source.image-unreadable', context: { file: source.name } }) })
    }
    this.#tellSources()
  }

  #fromWorker(message: FromWorker): void {
    switch (message.type) {
      case 'stats':
        for (const [id, reading] of Object.entries(message.sources)) this.#keepers.get(id)?.reading(reading)
        this.#host.report({ type: 'stats', stats: message.stats })
        break
      case 'program':
        this.#host.report({ type: 'program', state: message.state, error: message.error === null ? null : plain(message.error) })
        break
      case 'image-failed': {
        const known = this.#images.get(message.id)
        if (known !== undefined) this.#images.set(message.id, { ...known, status: { ...known.status, state: 'failed', error: plain(message.error) } })
        this.#tellSources()
        break
      }
      case 'measured':
        this.#host.report({ type: 'checks', requestId: message.requestId, checks: this.#checks(message.measurement) })
        break
      case 'log':
        this.#host.report({ type: 'log', level: message.level, message: message.message.slice(0, 2_000) })
        break
      default:
        assertNever(message)
    }
  }

  #checks(measured: Measurement): StageChecks {
    const pictures: StageChecks['pictures'] = []
    const microphones: StageChecks['microphones'] = []
    for (const source of this.#scene.sources) {
      const error = this.#keepers.get(source.id)?.status.error ?? null
      if ((source.kind === 'camera' || source.kind === 'screen' || source.kind === 'window') && source.visible) {
        const picture = measured.pictures[source.id]
        pictures.push({ id: source.id, kind: source.kind, askedFps: this.#profile.fps, fps: picture?.fps ?? 0, variance: picture?.variance ?? null, error })
      } else if (source.kind === 'microphone') {
        microphones.push({ id: source.id, peakDb: measured.peaksDb[source.id] ?? -100, muted: source.muted, error })
      }
    }
    const { ok, hardware, fps } = measured.encoder
    return { pictures, microphones, encoder: { ok, hardware, fps, error: null } }
  }

  #tellSources(): void {
    this.#tellTimer ??= setTimeout(() => {
      this.#tellTimer = null
      const sources: Record<string, SourceStatus> = {}
      for (const [id, keeper] of this.#keepers) sources[id] = keeper.status
      for (const [id, image] of this.#images) sources[id] = image.status
      this.#host.report({ type: 'sources', sources })
    }, TELL_SOURCES_AFTER_MS)
  }

  async #tellDevices(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices()
    const named = (kind: MediaDeviceKind): { id: string; label: string }[] =>
      all
        .filter((device) => device.kind === kind && device.deviceId !== 'default' && device.deviceId !== 'communications')
        .map((device) => ({ id: device.deviceId.slice(0, 256), label: device.label.slice(0, 256) }))
    this.#host.report({ type: 'devices', devices: { cameras: named('videoinput'), microphones: named('audioinput'), systemAudio: systemAudioOffered() } })
  }
}

function plain(error: ErrorInfo): { code: string; context: Record<string, string | number> } {
  return { code: error.code, context: { ...error.context } }
}

/** Viewers see this: short, and in no language in particular. */
function placeholderText(error: ErrorInfo): string {
  return error.code === 'source.permission-denied' ? '✕' : '…'
}
