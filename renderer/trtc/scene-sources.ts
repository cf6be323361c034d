import type { Profile } from '../../electron/shared/profile'
import { FULL_FRAME, type Devices, type Scene, type SourceStatus } from '../../electron/shared/scene'
import { Capture, type CaptureOptions } from './capture'
import type { FrameMeter } from './frame-meter'
import type { OwnStream } from './mix-arrangement'
import { Mixing, type StillFiles } from './mixing/mixing'
import { every } from './page-time'
import type { Picture } from './picture-mix'
import type { CapturePlan } from './scene-plan'
import type { Sdk } from './sdk'

/** What the mixing manager needs of the page. */
export interface MixingView {
  readonly view: HTMLElement
  readonly files: StillFiles
  /** What the view shows now. */
  picture(): Picture | null
}

export interface SceneSourcesOptions extends Omit<CaptureOptions, 'sdk' | 'soundOnly'> {
  readonly sdk: Sdk
  readonly mixing: MixingView
  /** Whether a picture would be shown now. */
  readonly pictureDue: () => boolean
  readonly onMixed: (picture: Picture) => void
  readonly log: (message: string) => void
}

const MIXED_EVERY_MS = 50

/** All sources of the scene: by streams of their own, or with the pictures by the mixing manager where there is one. */
export class SceneSources {
  readonly #capture: Capture
  readonly #mixing: Mixing | null
  readonly #stopMixed: () => void
  #scene: Scene = { sources: [] }

  constructor(options: SceneSourcesOptions) {
    // null in any but the SDK's cross-process mode.
    const manager = options.cloud.getMediaMixingManager()
    this.#mixing = manager === null ? null : new Mixing({ sdk: options.sdk, manager, ...options.mixing, onChange: options.onChange, log: options.log })
    this.#capture = new Capture({
      ...options,
      soundOnly: manager !== null,
      onChange: () => {
        this.#mixing?.setScene(this.#scene, this.#capture.machine)
        options.onChange()
      },
    })
    this.#stopMixed =
      manager === null
        ? () => undefined
        : every(options.time, MIXED_EVERY_MS, () => {
            const picture = options.pictureDue() ? options.mixing.picture() : null
            if (picture !== null) options.onMixed(picture)
          })
  }

  get scene(): Scene {
    return this.#scene
  }

  get plan(): CapturePlan {
    return this.#capture.plan
  }

  get devices(): Devices {
    return this.#capture.devices
  }

  get meters(): { readonly big: FrameMeter; readonly sub: FrameMeter } {
    return this.#capture.meters
  }

  /** The anchor's own streams, as the scene has them; what the mixing manager makes is one. */
  get own(): readonly OwnStream[] {
    if (this.#mixing === null) return this.#capture.plan.own
    return this.#mixing.hasPicture ? [{ stream: 'big', transform: FULL_FRAME }] : []
  }

  setScene(scene: Scene): void {
    this.#scene = scene
    this.#capture.setScene(scene)
  }

  setProfile(profile: Profile): void {
    this.#capture.setProfile(profile)
    this.#mixing?.setProfile(profile)
  }

  setPaused(paused: boolean): void {
    this.#capture.setPaused(paused)
  }

  seen(stream: 'big' | 'sub', width: number, height: number): void {
    this.#capture.seen(stream, width, height)
  }

  restart(id: string): void {
    this.#mixing?.restart(id)
    this.#capture.restart(id)
  }

  refresh(): void {
    this.#capture.refresh()
  }

  reopenAll(): void {
    this.#capture.reopenAll()
  }

  watch(): void {
    this.#capture.watch()
  }

  statuses(): Record<string, SourceStatus> {
    return { ...this.#capture.statuses(), ...this.#mixing?.statuses() }
  }

  close(): void {
    this.#stopMixed()
    this.#mixing?.close()
    this.#capture.close()
  }
}
