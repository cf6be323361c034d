import type { ErrorInfo } from '../../../electron/shared/errors'
import { RESOLUTIONS, type Profile } from '../../../electron/shared/profile'
import { isPicture, type Scene } from '../../../electron/shared/scene'
import { decodeImage, drawPlaceholder, drawText, TestCard, type Compositor, type Layer, type Still } from '../compositor'
import type { SourceReading } from '../worker-protocol'
import type { AudioMixer } from './audio-mixer'
import { FrameIntake } from './frame-intake'
import { asError, type Log } from './log'
import { SampleIntake } from './sample-intake'

/** Images are kept as large as any program may show them. */
const IMAGE_MAX = RESOLUTIONS['1080p']

export interface ProgramSourcesOptions {
  readonly compositor: Pick<Compositor, 'setPicture' | 'removePicture'>
  readonly mixer: Pick<AudioMixer, 'push' | 'drop' | 'setScene'>
  readonly profile: Profile
  onImageFailed(id: string, error: ErrorInfo): void
  readonly log: Log
  /** Pictures that are drawn need a canvas; tests have none. */
  readonly decode?: (file: Blob, maxWidth: number, maxHeight: number, name: string) => Promise<Still>
}

/** What the scene's sources give: their newest pictures go to the compositor, their sound to the mixer. Owns all intakes. */
export class ProgramSources {
  readonly #options: ProgramSourcesOptions
  readonly #decode: NonNullable<ProgramSourcesOptions['decode']>
  readonly #frames = new Map<string, FrameIntake>()
  readonly #samples = new Map<string, SampleIntake>()
  /** Sources whose picture the compositor holds. */
  readonly #pictured = new Set<string>()
  /** Texts as they were drawn last. */
  readonly #texts = new Map<string, string>()
  /** The newest file of each image source: decoding an older one may end later. */
  readonly #images = new Map<string, Blob>()
  #scene: Scene = { sources: [] }
  #layers: readonly Layer[] = []
  #profile: Profile
  #testCard: TestCard | null = null

  constructor(options: ProgramSourcesOptions) {
    this.#options = options
    this.#profile = options.profile
    this.#decode = options.decode ?? decodeImage
  }

  get scene(): Scene {
    return this.#scene
  }

  /** Visible pictures, bottom to top. */
  get layers(): readonly Layer[] {
    return this.#layers
  }

  setScene(scene: Scene): void {
    this.#scene = scene
    this.#options.mixer.setScene(scene)
    this.#layers = scene.sources
      .filter(isPicture)
      .filter((source) => source.visible)
      .map(({ id, transform }) => ({ id, transform }))
    const known = [...this.#frames.keys(), ...this.#samples.keys(), ...this.#pictured, ...this.#texts.keys(), ...this.#images.keys()]
    for (const id of new Set(known)) if (!this.#has(id)) this.#forget(id)
    this.#applyDelays()
    this.#drawTexts()
    this.#makeTestCard()
  }

  setProfile(profile: Profile): void {
    const before = this.#profile
    this.#profile = profile
    if (before.resolution !== profile.resolution || before.fps !== profile.fps) this.#testCard = null
    this.#drawTexts()
    this.#makeTestCard()
  }

  video(id: string, frames: ReadableStream<VideoFrame>): void {
    this.#frames.get(id)?.close()
    this.#frames.set(id, new FrameIntake(frames, { onFrame: (frame) => this.#newFrame(id, frame), log: this.#options.log }))
    this.#applyDelays()
  }

  audio(id: string, samples: ReadableStream<AudioData>): void {
    this.#samples.get(id)?.close()
    this.#options.mixer.drop(id)
    this.#samples.set(
      id,
      new SampleIntake(samples, { onSamples: (left, right, atUs) => this.#options.mixer.push(id, left, right, atUs), log: this.#options.log }),
    )
  }

  async image(id: string, file: Blob, name: string): Promise<void> {
    this.#images.set(id, file)
    const isNewest = (): boolean => this.#images.get(id) === file
    try {
      const still = await this.#decode(file, IMAGE_MAX.width, IMAGE_MAX.height, name)
      if (isNewest()) this.#setPicture(id, still)
    } catch (error) {
      if (!isNewest()) return
      this.#options.onImageFailed(id, { code: 'source.image-unreadable', context: { file: name } })
      this.#options.log('warn', `image: ${asError(error).message}`)
    }
  }

  /** The device is gone: a card with its name stands in its place, its sound is silence. */
  lost(id: string, name: string, message: string): void {
    this.#endIntakes(id)
    const source = this.#scene.sources.find((one) => one.id === id)
    if (source === undefined || !isPicture(source)) return
    const { width, height } = RESOLUTIONS[this.#profile.resolution]
    this.#setPicture(id, drawPlaceholder({ name, message, width: Math.round(width / 2), height: Math.round(height / 2) }))
  }

  /** The test cards of this moment. */
  drawTestCards(timestampUs: number): void {
    for (const source of this.#scene.sources) {
      if (source.kind === 'test-card' && source.visible && this.#testCard !== null) this.#setPicture(source.id, this.#testCard.draw(timestampUs))
    }
  }

  /** Since the last call, `elapsedMs` ago. */
  readings(elapsedMs: number): Record<string, SourceReading> {
    return Object.fromEntries([...this.#frames].map(([id, intake]) => [id, intake.reading(elapsedMs)]))
  }

  /** Frames that each source has given in all. */
  received(): Map<string, number> {
    return new Map([...this.#frames].map(([id, intake]) => [id, intake.received]))
  }

  close(): void {
    for (const id of new Set([...this.#frames.keys(), ...this.#samples.keys()])) this.#endIntakes(id)
    this.#images.clear()
    this.#scene = { sources: [] }
  }

  #has(id: string): boolean {
    return this.#scene.sources.some((source) => source.id === id)
  }

  #forget(id: string): void {
    this.#endIntakes(id)
    this.#texts.delete(id)
    this.#images.delete(id)
    if (this.#pictured.delete(id)) this.#options.compositor.removePicture(id)
  }

  #endIntakes(id: string): void {
    this.#frames.get(id)?.close()
    this.#frames.delete(id)
    this.#samples.get(id)?.close()
    this.#samples.delete(id)
    this.#options.mixer.drop(id)
  }

  #newFrame(id: string, frame: VideoFrame): void {
    if (this.#has(id)) this.#setPicture(id, frame)
    else frame.close()
  }

  #setPicture(id: string, picture: VideoFrame | Still): void {
    this.#pictured.add(id)
    this.#options.compositor.setPicture(id, picture)
  }

  #applyDelays(): void {
    for (const source of this.#scene.sources) if (isPicture(source) && 'syncOffsetMs' in source) this.#frames.get(source.id)?.setDelay(source.syncOffsetMs)
  }

  /** Ahead of the first frame: what stands still on it takes longer to draw than a frame lasts. */
  #makeTestCard(): void {
    if (!this.#scene.sources.some((source) => source.kind === 'test-card')) return
    const { width, height } = RESOLUTIONS[this.#profile.resolution]
    this.#testCard ??= new TestCard(width, height, this.#profile.fps)
  }

  #drawTexts(): void {
    const { width, height } = RESOLUTIONS[this.#profile.resolution]
    for (const source of this.#scene.sources) {
      if (source.kind !== 'text') continue
      const key = JSON.stringify([source.text, source.colour, source.background, source.size, source.align, source.transform.width, width])
      if (this.#texts.get(source.id) === key) continue
      this.#texts.set(source.id, key)
      this.#setPicture(source.id, drawText(source, width, height))
    }
  }
}
