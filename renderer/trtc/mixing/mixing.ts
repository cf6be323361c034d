import type { TRTCMediaMixingManager } from 'trtc-electron-sdk'
import type { ErrorInfo } from '../../../electron/shared/errors'
import { DEFAULT_PROFILE, RESOLUTIONS, type Profile } from '../../../electron/shared/profile'
import type { Scene, SourceStatus } from '../../../electron/shared/scene'
import { encoderParams, toSdk } from '../encoder-params'
import type { Machine, Still } from '../scene-plan'
import type { Sdk } from '../sdk'
import { mixingCalls, planMixing, stillKey, type MixedSource, type MixingPlan } from './mixing-plan'

export interface StillFiles {
  /** A PNG of it on disk, in the size that it has in the picture. @returns its path */
  write(still: Still, width: number, height: number): Promise<string>
}

export interface MixingOptions {
  readonly sdk: Pick<Sdk, 'TRTCVideoEncParam' | 'TRTCMediaMixingEvent'>
  readonly manager: TRTCMediaMixingManager
  readonly files: StillFiles
  /** The manager draws the mix into it; the preview is read from there. */
  readonly view: HTMLElement
  readonly onChange: () => void
  readonly log: (message: string) => void
}

/** Codes of TRTCMediaMixingErrorCode that have a sentence of their own. */
const CODES: Readonly<Record<number, ErrorInfo['code']>> = {
  [-5]: 'source.permission-denied',
  [-6]: 'source.in-use',
  [-7]: 'source.lost',
  [-4]: 'source.image-unreadable',
}

/** The scene's pictures by the media mixing manager, where the platform has it (Windows): it composes, and publishes the result as the one big stream. */
export class Mixing {
  readonly #options: MixingOptions
  readonly #files = new Map<string, string>()
  readonly #failed = new Map<string, ErrorInfo>()
  readonly #active = new Set<string>()
  readonly #bound = new Map<string, { wanted: string; id: string }>()
  #scene: Scene = { sources: [] }
  #machine: Machine = { cameras: [], microphones: [], screens: [], systemAudio: false }
  #profile: Profile = DEFAULT_PROFILE
  #plan: MixingPlan = { sources: [], errors: new Map() }
  #mixed: readonly MixedSource[] = []
  /** The manager answers by promises: one call after the other, in the order of the scene. */
  #queue: Promise<void> = Promise.resolve()

  constructor(options: MixingOptions) {
    this.#options = options
    const { manager, sdk } = options
    manager.on(sdk.TRTCMediaMixingEvent.onError, this.#heardError)
    this.#later('binding the preview', () => manager.bindPreviewArea(0, options.view))
    this.#later('publishing', () => manager.startPublish())
  }

  get hasPicture(): boolean {
    return this.#plan.sources.length > 0
  }

  setProfile(profile: Profile): void {
    this.#profile = profile
    const { manager, sdk } = this.#options
    this.#later('the encoder', () => manager.updatePublishParams({ videoEncoderParams: toSdk(sdk, encoderParams(profile)), canvasColor: 0 }))
    this.#apply()
  }

  setScene(scene: Scene, machine: Machine): void {
    this.#scene = scene
    this.#machine = machine
    this.#apply()
    this.#drawStills()
  }

  restart(id: string): void {
    const source = this.#mixed.find((one) => one.id === id)
    if (source === undefined) return
    this.#mixed = this.#mixed.filter((one) => one !== source)
    this.#active.delete(id)
    this.#failed.delete(id)
    this.#later('removing', () => this.#options.manager.removeMediaSource(source.media))
    this.#apply()
  }

  statuses(): Record<string, SourceStatus> {
    const { width, height } = RESOLUTIONS[this.#profile.resolution]
    const all: Record<string, SourceStatus> = {}
    for (const [id, error] of this.#plan.errors)
      all[id] = {
        state: error.code === 'trtc.source-unsupported' ? 'failed' : 'lost',
        label: this.#scene.sources.find((one) => one.id === id)?.name ?? '',
        width: 0,
        height: 0,
        fps: 0,
        error: { code: error.code, context: { ...error.context } },
      }
    for (const { id, label, media } of this.#plan.sources) {
      const error = this.#failed.get(id)
      const { left, top, right, bottom } = media.rect
      all[id] = {
        state:
          error === undefined
            ? this.#active.has(id)
              ? 'active'
              : 'starting'
            : error.code === 'source.permission-denied'
              ? 'denied'
              : error.code === 'source.lost'
                ? 'lost'
                : 'failed',
        label: label.slice(0, 256),
        width: Math.max(0, Math.min(right, width) - Math.max(0, left)),
        height: Math.max(0, Math.min(bottom, height) - Math.max(0, top)),
        fps: this.#active.has(id) ? this.#profile.fps : 0,
        error: error === undefined ? null : { code: error.code, context: { ...error.context } },
      }
    }
    return all
  }

  close(): void {
    const { manager, sdk } = this.#options
    manager.off(sdk.TRTCMediaMixingEvent.onError, this.#heardError)
  }

  #apply(): void {
    const { width, height } = RESOLUTIONS[this.#profile.resolution]
    this.#plan = planMixing({ scene: this.#scene, machine: { ...this.#machine, bound: this.#bound }, width, height, files: this.#files })
    for (const { id, media } of this.#plan.sources) {
      const source = this.#scene.sources.find((one) => one.id === id)
      if (source?.kind === 'camera' && source.deviceId !== null) this.#bound.set(id, { wanted: source.deviceId, id: media.sourceId })
    }
    const before = this.#mixed
    this.#mixed = this.#plan.sources
    for (const { call, source } of mixingCalls(before, this.#mixed)) this.#call(call, source)
    this.#options.onChange()
  }

  #call(call: 'add' | 'update' | 'remove', source: MixedSource): void {
    const { manager, onChange } = this.#options
    if (call === 'remove') {
      this.#active.delete(source.id)
      this.#failed.delete(source.id)
      this.#later('removing', () => manager.removeMediaSource(source.media))
      return
    }
    this.#queue = this.#queue.then(async () => {
      try {
        await (call === 'add' ? manager.addMediaSource(source.media) : manager.updateMediaSource(source.media))
        this.#failed.delete(source.id)
        this.#active.add(source.id)
      } catch (error) {
        this.#failed.set(source.id, mixingError(codeOf(error), source.label))
      }
      onChange()
    })
  }

  readonly #heardError = (code: number, message: string, media?: { readonly sourceId: string }): void => {
    const source = this.#mixed.find((one) => one.media.sourceId === media?.sourceId)
    if (source === undefined) this.#options.log(`the mixing manager says ${code} (${message})`)
    else {
      this.#failed.set(source.id, mixingError(code, source.label))
      this.#options.onChange()
    }
  }

  #drawStills(): void {
    const { width, height } = RESOLUTIONS[this.#profile.resolution]
    for (const still of this.#scene.sources) {
      if ((still.kind !== 'image' && still.kind !== 'text') || !still.visible) continue
      const key = stillKey(still, width, height)
      if (this.#files.has(key)) continue
      this.#options.files.write(still, width, height).then(
        (path) => {
          this.#files.set(key, path)
          this.#apply()
        },
        (error: unknown) => this.#options.log(`${still.name} was not drawn: ${error instanceof Error ? error.message : String(error)}`),
      )
    }
  }

  #later(what: string, run: () => Promise<unknown>): void {
    this.#queue = this.#queue.then(async () => {
      try {
        await run()
      } catch (error) {
        this.#options.log(`${what} failed (${codeOf(error)})`)
      }
    })
  }
}

/** The manager rejects with { code, message }. */
function codeOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number' ? error.code : -1
}

function mixingError(code: number, device: string): ErrorInfo {
  return { code: CODES[code] ?? 'source.failed', context: { device, file: device, reason: `mixing ${code}` } }
}
