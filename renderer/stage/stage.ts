import { assertNever, type ErrorInfo } from '../../electron/shared/errors'
import { DEFAULT_PROFILE, RESOLUTIONS, type Profile } from '../../electron/shared/profile'
import type { IceServer } from '../../electron/shared/co-anchor-line'
import type { RoomLink as Wanted } from '../../electron/shared/room-link'
import type { Scene, Source, SourceStatus } from '../../electron/shared/scene'
import type { StageChecks, StageCommand, StageHost } from '../../electron/shared/stage'
import { CoAnchors } from './co-anchors/co-anchors'
import { probeIceServer } from './co-anchors/ice-probe'
import { RoomLink } from './co-anchors/room-link'
import { ProgramWorker, type ProgramWorkerOptions, type WorkerLike } from './program-worker'
import { openSource, systemAudioOffered } from './open-source'
import { SourceKeeper } from './source-keeper'
import { StageImages } from './stage-images'
import type { Measurement } from './worker-protocol'

const MEASURE_MS = 2_000
const TELL_SOURCES_AFTER_MS = 100

/** The stage's page: devices by the scene, the worker that makes the program of them, and the word with main. */
export class Stage {
  readonly #host: StageHost
  readonly #worker: ProgramWorker
  readonly #keepers = new Map<string, SourceKeeper>()
  readonly #images: StageImages
  readonly #coAnchors: CoAnchors
  #link: RoomLink | null = null
  #scene: Scene = { sources: [] }
  #profile: Profile = DEFAULT_PROFILE
  #tellTimer: ReturnType<typeof setTimeout> | null = null

  constructor(host: StageHost, worker: WorkerLike) {
    this.#host = host
    this.#worker = new ProgramWorker(worker, {
      // Only now: whoever is told `ready` sends commands and ports, and the program has to be there for them.
      onOpened: () => host.report({ type: 'ready' }),
      onMessage: (message) => this.#fromWorker(message),
      onDead: (reason) => host.report({ type: 'failed', reason }),
      log: (message) => host.report({ type: 'log', level: 'error', message: `worker: ${message}`.slice(0, 2_000) }),
    })
    this.#images = new StageImages({
      fetch: fetchAsset,
      onImage: (source, file) => this.#worker.send({ type: 'image', id: source.id, file, name: source.name }),
      onChange: () => this.#tellSources(),
    })
    this.#coAnchors = new CoAnchors({
      send: (message, transfer) => this.#worker.send(message, transfer),
      onTold: (coAnchors) => host.report({ type: 'co-anchors', coAnchors }),
      onRefused: () => host.report({ type: 'line-refused' }),
      log: (level, message) => host.report({ type: 'log', level, message: message.slice(0, 2_000) }),
    })
    host.onCommand((command) => this.#command(command))
    window.addEventListener('message', (event: MessageEvent<{ type?: unknown; use?: unknown }>) => {
      const port = event.ports[0]
      if (event.source !== window || event.data.type !== 'anchordesk-port' || port === undefined) return
      if (event.data.use === 'program' || event.data.use === 'preview') this.#worker.send({ type: 'port', use: event.data.use, port }, [port])
    })
    navigator.mediaDevices.addEventListener('devicechange', () => {
      void this.#tellDevices()
      for (const keeper of this.#keepers.values()) keeper.devicesChanged()
    })
    void this.#tellDevices()
  }

  #command(command: StageCommand): void {
    switch (command.type) {
      case 'set-scene':
        this.#setScene(command.scene)
        break
      case 'set-profile':
        this.#profile = command.profile
        this.#worker.send({ type: 'profile', profile: command.profile })
        for (const keeper of this.#keepers.values()) keeper.update(keeper.source, command.profile)
        break
      case 'start-program':
        this.#worker.send({ type: 'start-program', title: command.title, language: command.language })
        break
      case 'stop-program':
        this.#worker.send({ type: 'stop-program' })
        break
      case 'set-paused':
        this.#worker.send({ type: 'paused', paused: command.paused, card: command.card })
        break
      case 'set-line':
        this.#worker.send({ type: 'line', text: command.text })
        break
      case 'set-overlay':
        this.#worker.send({ type: 'overlay', overlay: command.overlay })
        break
      case 'overlay-say':
      case 'overlay-take':
      case 'overlay-banner':
        this.#worker.send(command)
        break
      case 'restart-source':
        this.#keepers.get(command.id)?.restart()
        break
      case 'refresh-devices':
        void this.#tellDevices()
        for (const keeper of this.#keepers.values()) keeper.devicesChanged()
        break
      case 'run-checks':
        this.#worker.send({ type: 'measure', requestId: command.requestId, forMs: MEASURE_MS })
        break
      case 'set-co-anchor-line':
        this.#coAnchors.connect(command.line)
        break
      case 'set-media-way':
        this.#coAnchors.setWay(command.way)
        break
      case 'link-room':
        this.#linkRoom(command.link)
        break
      case 'probe-ice-server':
        void this.#probeIceServer(command.requestId, command.server)
        break
      case 'hear':
        this.#coAnchors.hear(command.userId)
        break
      case 'talk-to':
        this.#coAnchors.talkTo(command.userId)
        break
      default:
        assertNever(command)
    }
  }

  #linkRoom(link: Wanted | null): void {
    if (link !== null && this.#link?.takes(link) === true) return
    this.#link?.close()
    this.#link =
      link === null
        ? null
        : new RoomLink({
            link,
            coAnchors: this.#coAnchors,
            onState: (state) => this.#host.report({ type: 'other-room', state }),
            onUnready: () => this.#host.report({ type: 'other-room-unready' }),
            log: (message) => this.#host.report({ type: 'log', level: 'info', message: message.slice(0, 2_000) }),
          })
  }

  async #probeIceServer(requestId: string, server: IceServer): Promise<void> {
    try {
      this.#host.report({ type: 'ice-probe', requestId, result: await probeIceServer(server) })
    } catch (error) {
      // Not what it says: that may have the server's address and user in it.
      this.#host.report({ type: 'log', level: 'warn', message: `a STUN or TURN server was not tried: ${error instanceof Error ? error.name : 'unknown'}` })
      this.#host.report({ type: 'ice-probe', requestId, result: null })
    }
  }

  #setScene(scene: Scene): void {
    this.#scene = scene
    this.#worker.send({ type: 'scene', scene })
    const ids = new Set(scene.sources.map((source) => source.id))
    for (const [id, keeper] of this.#keepers) {
      if (ids.has(id)) continue
      keeper.close()
      this.#keepers.delete(id)
    }
    this.#images.setScene(scene)
    for (const source of scene.sources) if (source.kind !== 'image' && source.kind !== 'text' && source.kind !== 'test-card') this.#keep(source)
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
        onLost: (one, name, error) => this.#worker.send({ type: 'lost', id: one.id, name, message: placeholderText(error) }),
        onChange: () => this.#tellSources(),
      }),
    )
  }

  #newTrack(source: Source, track: MediaStreamTrack): void {
    if (track.kind === 'video') {
      const frames = new MediaStreamTrackProcessor<VideoFrame>({ track, maxBufferSize: 2 }).readable
      this.#worker.send({ type: 'video', id: source.id, frames }, [frames])
    } else {
      const samples = new MediaStreamTrackProcessor<AudioData>({ track }).readable
      this.#worker.send({ type: 'audio', id: source.id, samples }, [samples])
    }
  }

  #fromWorker(message: Parameters<ProgramWorkerOptions['onMessage']>[0]): void {
    switch (message.type) {
      case 'stats':
        for (const [id, reading] of Object.entries(message.sources)) this.#keepers.get(id)?.reading(reading)
        this.#coAnchors.measured(
          message.guests,
          { fps: message.stats.fps, targetFps: message.stats.targetFps, hardware: message.stats.encoder?.hardware ?? false },
          RESOLUTIONS[this.#profile.resolution].height,
        )
        this.#host.report({ type: 'stats', stats: message.stats })
        break
      case 'program':
        this.#host.report({ type: 'program', state: message.state, error: message.error === null ? null : plain(message.error) })
        break
      case 'image-failed':
        this.#images.failed(message.id, message.error)
        break
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
      const sources: Record<string, SourceStatus> = this.#images.statuses()
      for (const [id, keeper] of this.#keepers) sources[id] = keeper.status
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

async function fetchAsset(asset: string): Promise<Blob> {
  const response = await fetch(`app://asset/${asset}`)
  if (!response.ok) throw new TypeError('not found')
  return response.blob()
}

function plain(error: ErrorInfo): { code: string; context: Record<string, string | number> } {
  return { code: error.code, context: { ...error.context } }
}

/** Viewers see this: short, and in no language in particular. */
function placeholderText(error: ErrorInfo): string {
  return error.code === 'source.permission-denied' ? '✕' : '…'
}
