import type { Wish } from '../../../electron/shared/co-anchor-line'
import { FIRST_WISH } from '../../../electron/shared/picture-plan'
import { cameraSize } from './camera-size'

export type MediaKind = 'audio' | 'video'
/** Why a device gives nothing. `gone` = it was there. */
export type MediaTrouble = 'denied' | 'none' | 'busy' | 'gone' | 'failed'

export interface Device {
  readonly id: string
  /** '' = the browser does not say it before it was allowed. */
  readonly label: string
}

export interface OneMedia {
  readonly track: MediaStreamTrack | null
  readonly device: Device | null
  readonly trouble: MediaTrouble | null
  /** Switched off by its owner. */
  readonly off: boolean
}

export interface MediaView {
  readonly audio: OneMedia
  readonly video: OneMedia
  readonly microphones: readonly Device[]
  readonly cameras: readonly Device[]
  readonly speakers: readonly Device[]
}

export type MediaNote =
  { readonly type: 'now-using'; readonly kind: MediaKind; readonly label: string } | { readonly type: 'lost'; readonly kind: MediaKind; readonly label: string }

export interface MediaHandlers {
  onChange(view: MediaView): void
  /** Another track, or none. */
  onTrack(kind: MediaKind, track: MediaStreamTrack | null): void
  /** A device changed without anybody choosing it. */
  onNote(note: MediaNote): void
}

/** The devices that their owner chose last; '' = any. */
export interface Wanted {
  readonly audio: string
  readonly video: string
}

const NOTHING: OneMedia = { track: null, device: null, trouble: null, off: false }
const KIND_OF = { audio: 'audioinput', video: 'videoinput' } as const

/** Own camera and microphone. Goes on with another device when one is gone, and comes back to the wanted one. Owns its tracks and listeners. */
export class OwnMedia {
  readonly #devices: MediaDevices
  readonly #handlers: MediaHandlers
  #view: MediaView = { audio: NOTHING, video: NOTHING, microphones: [], cameras: [], speakers: [] }
  #wanted: { audio: string; video: string }
  #wish: Wish = FIRST_WISH
  /** One after the other: browsers mix up two requests for the same device. */
  #work: Promise<void> = Promise.resolve()
  #closed = false
  readonly #changed = (): void => this.#queue(() => this.#refresh())

  constructor(devices: MediaDevices, wanted: Wanted, handlers: MediaHandlers) {
    this.#devices = devices
    this.#wanted = { ...wanted }
    this.#handlers = handlers
    devices.addEventListener('devicechange', this.#changed)
  }

  get view(): MediaView {
    return this.#view
  }

  /** Asks for both; what is refused is told in the view. */
  async open(): Promise<void> {
    this.#queue(async () => {
      await this.#acquire('video', this.#wanted.video)
      await this.#acquire('audio', this.#wanted.audio)
      await this.#list()
    })
    await this.settled()
  }

  /** Whatever was begun is done. */
  settled(): Promise<void> {
    return this.#work
  }

  /** Their owner chose it. */
  async choose(kind: MediaKind, deviceId: string): Promise<void> {
    this.#wanted[kind] = deviceId
    this.#queue(async () => {
      await this.#acquire(kind, deviceId)
      await this.#list()
    })
    await this.settled()
  }

  /** The devices are kept, only nothing is taken from them. */
  switch(kind: MediaKind, off: boolean): void {
    const one = this.#view[kind]
    if (one.track !== null) one.track.enabled = !off
    this.#become({ [kind]: { ...one, off } })
  }

  /** No more is captured than the stage has a use for. */
  async apply(wish: Wish): Promise<void> {
    this.#wish = wish
    const { track } = this.#view.video
    if (track === null) return
    try {
      await track.applyConstraints(sizeOf(wish))
    } catch (error) {
      // It is a wish; the camera stays as it is, and the sender makes the picture smaller.
      if (!(error instanceof Error)) throw error
    }
  }

  close(): void {
    this.#closed = true
    this.#devices.removeEventListener('devicechange', this.#changed)
    for (const kind of ['audio', 'video'] as const) this.#release(kind)
  }

  #queue(work: () => Promise<void>): void {
    this.#work = this.#work.then(() => (this.#closed ? undefined : work()))
  }

  async #acquire(kind: MediaKind, deviceId: string): Promise<void> {
    // Some systems give a device once only: copies of the track end with it too.
    const hadTrack = this.#view[kind].track !== null
    this.#release(kind)
    if (hadTrack) this.#handlers.onTrack(kind, null)
    let track: MediaStreamTrack | null = null
    let trouble: MediaTrouble | null = null
    try {
      track = await this.#ask(kind, deviceId)
    } catch (error) {
      trouble = troubleOf(error)
    }
    if (this.#closed) {
      track?.stop()
      return
    }
    // It may have been pressed while the device was being opened.
    const { off } = this.#view[kind]
    if (track !== null) {
      track.contentHint = kind === 'audio' ? 'speech' : 'motion'
      track.enabled = !off
      track.addEventListener('ended', () => this.#queue(() => this.#ended(kind, track)))
    }
    const device = track === null ? null : { id: track.getSettings().deviceId ?? '', label: track.label }
    this.#become({ [kind]: { track, device, trouble, off } })
    this.#handlers.onTrack(kind, track)
  }

  async #ask(kind: MediaKind, deviceId: string): Promise<MediaStreamTrack> {
    try {
      return await this.#askFor(kind, deviceId)
    } catch (error) {
      // The wanted one is not there, or taken by another program: any other is better than none.
      if (deviceId === '' || troubleOf(error) === 'denied') throw error
      return this.#askFor(kind, '')
    }
  }

  async #askFor(kind: MediaKind, deviceId: string): Promise<MediaStreamTrack> {
    const which = deviceId === '' ? {} : { deviceId: { exact: deviceId } }
    const constraints =
      kind === 'audio'
        ? { audio: { ...which, echoCancellation: true, noiseSuppression: true, autoGainControl: true } }
        : { video: { ...which, ...sizeOf(this.#wish) } }
    const [track] = (await this.#devices.getUserMedia(constraints)).getTracks()
    if (track === undefined) throw new DOMException('no track', 'NotFoundError')
    return track
  }

  async #ended(kind: MediaKind, track: MediaStreamTrack): Promise<void> {
    const one = this.#view[kind]
    if (one.track !== track) return
    const label = one.device?.label ?? ''
    await this.#acquire(kind, this.#wanted[kind])
    await this.#list()
    const now = this.#view[kind]
    if (now.track === null) {
      this.#become({ [kind]: { ...now, trouble: now.trouble === 'none' ? 'gone' : now.trouble } })
      this.#handlers.onNote({ type: 'lost', kind, label })
    } else this.#handlers.onNote({ type: 'now-using', kind, label: now.device?.label ?? '' })
  }

  /** Something was plugged in or out. */
  async #refresh(): Promise<void> {
    await this.#list()
    for (const kind of ['audio', 'video'] as const) {
      const { track, device, trouble } = this.#view[kind]
      const there = kind === 'audio' ? this.#view.microphones : this.#view.cameras
      const wanted = this.#wanted[kind]
      if (track?.readyState === 'live') {
        const isBack = wanted !== '' && device?.id !== wanted && there.some(({ id }) => id === wanted)
        if (!isBack) continue
      } else if (there.length === 0 || trouble === 'denied') continue
      await this.#acquire(kind, wanted)
      const now = this.#view[kind]
      if (now.device !== null) this.#handlers.onNote({ type: 'now-using', kind, label: now.device.label })
    }
  }

  async #list(): Promise<void> {
    const all = await this.#devices.enumerateDevices()
    const of = (kind: MediaDeviceKind): readonly Device[] =>
      all.filter((device) => device.kind === kind && device.deviceId !== '').map(({ deviceId, label }) => ({ id: deviceId, label }))
    this.#become({ microphones: of(KIND_OF.audio), cameras: of(KIND_OF.video), speakers: of('audiooutput') })
  }

  #release(kind: MediaKind): void {
    this.#view[kind].track?.stop()
  }

  #become(change: Partial<MediaView>): void {
    if (this.#closed) return
    this.#view = { ...this.#view, ...change }
    this.#handlers.onChange(this.#view)
  }
}

function sizeOf(wish: Wish): MediaTrackConstraints {
  const { width, height, fps } = cameraSize(wish)
  return { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: fps } }
}

function troubleOf(error: unknown): MediaTrouble {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none'
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'failed'
}
