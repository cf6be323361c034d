import type { ErrorInfo } from '../../electron/shared/errors'
import type { Scene, Source, SourceStatus } from '../../electron/shared/scene'

type ImageSource = Extract<Source, { kind: 'image' }>

export interface StageImagesOptions {
  /** Rejects with TypeError when the asset is not there. */
  fetch(asset: string): Promise<Blob>
  onImage(source: ImageSource, file: Blob): void
  onChange(): void
}

interface Loaded {
  readonly asset: string
  readonly status: SourceStatus
}

/** Fetches the files of the scene's image sources, each once, and knows how they are. */
export class StageImages {
  readonly #options: StageImagesOptions
  readonly #images = new Map<string, Loaded>()

  constructor(options: StageImagesOptions) {
    this.#options = options
  }

  setScene(scene: Scene): void {
    const images = scene.sources.filter((source): source is ImageSource => source.kind === 'image')
    const ids = new Set(images.map(({ id }) => id))
    for (const id of this.#images.keys()) if (!ids.has(id)) this.#images.delete(id)
    for (const image of images) if (this.#images.get(image.id)?.asset !== image.asset) void this.#load(image)
  }

  /** The file of a source came, and could not be read. */
  failed(id: string, error: ErrorInfo): void {
    const known = this.#images.get(id)
    if (known === undefined) return
    this.#images.set(id, { ...known, status: { ...known.status, state: 'failed', error: { code: error.code, context: { ...error.context } } } })
    this.#options.onChange()
  }

  statuses(): Record<string, SourceStatus> {
    return Object.fromEntries([...this.#images].map(([id, { status }]) => [id, status]))
  }

  async #load(source: ImageSource): Promise<void> {
    const loaded: Loaded = { asset: source.asset, status: { state: 'active', label: source.name, width: 0, height: 0, fps: 0, error: null } }
    this.#images.set(source.id, loaded)
    // Another file may be wanted by the time this one is here; it may also be here first.
    const isWanted = (): boolean => this.#images.get(source.id) === loaded
    try {
      const file = await this.#options.fetch(source.asset)
      if (isWanted()) this.#options.onImage(source, file)
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      if (isWanted()) this.failed(source.id, { code: 'source.image-unreadable', context: { file: source.name } })
    }
  }
}
