import type { Compositor, CompositorOptions, ComposeStats, Engine, Layer, Picture } from './contract'
import { isProgramColour } from './colour'
import { EngineLostError, PictureError, type Item, type ProgramEngine } from './engine'
import { createKernels } from './kernel-memory'
import { place, placementKey } from './layout'
import { isStill, PictureStore } from './picture-store'
import { PlanarEngine } from './planar'
import { frameColour } from './planes'
import { contains } from './rect'
import { variance } from './variance'
import { createWebglEngine } from './webgl'

const SIZE = { min: 16, max: 4_096 } as const

function checkSize(width: number, height: number): void {
  for (const size of [width, height]) {
    if (!Number.isInteger(size) || size % 2 !== 0 || size < SIZE.min || size > SIZE.max) {
      throw new RangeError(`program size ${width}×${height}: both must be even, ${SIZE.min} to ${SIZE.max}`)
    }
  }
}

/** Layers that are seen, bottom to top. What stands wholly behind one opaque layer is left out. */
function visibleItems(layers: readonly Layer[], pictures: PictureStore, program: { width: number; height: number }): Item[] {
  const items: Item[] = []
  for (const { id, transform, within } of layers) {
    const stored = pictures.get(id)
    // A frame that somebody closed behind our back has no size any more.
    if (stored && !isStill(stored.picture) && stored.picture.codedWidth === 0) continue
    const placement = stored && place(transform, stored, program, within)
    const opacity = Math.round(transform.opacity * 256)
    if (!stored || !placement || opacity === 0) continue
    items.push({
      id,
      stored,
      placement,
      opacity,
      opaque: stored.opaque && opacity === 256,
      key: `${placementKey(placement)} ${opacity} ${stored.opaque}`,
    })
  }
  return items.filter(({ placement }, index) => !items.slice(index + 1).some((above) => above.opaque && contains(above.placement.clip, placement.clip)))
}

/** The frame of a layer that is the program by itself: as large, upright, opaque and in the program's colour. */
function passable(items: readonly Item[], program: { width: number; height: number }): VideoFrame | null {
  const [item] = items
  if (!item || items.length !== 1 || !item.opaque || isStill(item.stored.picture)) return null
  const { placement, stored } = item
  const { transpose, flipX, flipY } = placement.orientation
  const fits =
    !transpose &&
    !flipX &&
    !flipY &&
    stored.width === program.width &&
    stored.height === program.height &&
    placement.source.width === program.width &&
    placement.source.height === program.height &&
    placement.target.x === 0 &&
    placement.target.y === 0 &&
    placement.target.width === program.width &&
    placement.target.height === program.height &&
    placement.clip.width === program.width &&
    placement.clip.height === program.height
  const frame = stored.picture as VideoFrame
  // Encoders take these two without another conversion; `null` is a texture that stays on the GPU.
  const plain = frame.format === 'I420' || frame.format === 'NV12' || frame.format === null
  return fits && plain && isProgramColour(frameColour(frame)) ? frame : null
}

function sameItems(a: readonly Item[], b: readonly Item[]): boolean {
  return (
    a.length === b.length &&
    a.every((item, index) => {
      const other = b[index]
      return other !== undefined && other.id === item.id && other.stored.version === item.stored.version && other.key === item.key
    })
  )
}

class StageCompositor implements Compositor {
  readonly #pictures = new PictureStore()
  readonly #options: CompositorOptions
  #engine: ProgramEngine
  #width: number
  #height: number
  #nextSize: { width: number; height: number } | null = null
  /** The last program picture, to be handed out again when nothing changed. */
  #last: { readonly items: readonly Item[]; readonly frame: VideoFrame } | null = null
  #lastCompose: ComposeStats | null = null
  #turn: Promise<unknown> = Promise.resolve()
  #disposed = false

  constructor(engine: ProgramEngine, options: CompositorOptions) {
    this.#engine = engine
    this.#width = options.width
    this.#height = options.height
    this.#options = options
  }

  get engine(): Engine {
    return this.#engine.engine
  }

  get width(): number {
    return this.#nextSize?.width ?? this.#width
  }

  get height(): number {
    return this.#nextSize?.height ?? this.#height
  }

  get lastCompose(): ComposeStats | null {
    return this.#lastCompose
  }

  setSize(width: number, height: number): void {
    checkSize(width, height)
    this.#nextSize = { width, height }
  }

  setPicture(id: string, picture: Picture): void {
    if (this.#disposed) {
      if (!isStill(picture)) picture.close()
      return
    }
    this.#pictures.set(id, picture)
  }

  removePicture(id: string): void {
    this.#pictures.remove(id)
  }

  hasPicture(id: string): boolean {
    return this.#pictures.has(id)
  }

  compose(layers: readonly Layer[], timestampUs: number): Promise<VideoFrame> {
    return this.#inTurn(() => {
      // Only here: the pictures of the last compose stay open for the previews of it.
      this.#settle()
      return this.#composeReadable(layers, timestampUs)
    })
  }

  preview(width: number, height: number, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const even = (size: number): number => Math.min(SIZE.max, Math.max(2, Math.floor(size / 2) * 2))
    return this.#inTurn(async () => {
      // Frames that were passed through were never painted.
      if (this.#last) await this.#withEngine((engine) => engine.paint(this.#last?.items ?? []))
      const size = { width: even(width), height: even(height) }
      const bytes = (size.width * size.height * 3) / 2
      const out = into?.length === bytes ? into : new Uint8Array(bytes)
      this.#engine.preview(size.width, size.height, out)
      return out
    })
  }

  variance(id: string): Promise<number | null> {
    // Independent of the program: works before the first compose and waits for nobody.
    const picture = this.#pictures.newest(id)
    return picture ? variance(picture) : Promise.resolve(null)
  }

  dispose(): void {
    this.#disposed = true
    void this.#turn.then(
      () => this.#release(),
      () => this.#release(),
    )
  }

  /** Leaves out what cannot be read; ends, because each turn has one picture less. */
  async #composeReadable(layers: readonly Layer[], timestampUs: number): Promise<VideoFrame> {
    for (;;) {
      try {
        return await this.#compose(layers, timestampUs)
      } catch (error) {
        this.#forgetLast()
        if (!(error instanceof PictureError) || !this.#pictures.get(error.id)) throw error
        this.#pictures.discard(error.id)
        this.#options.onPictureError?.(error.id, error.message)
      }
    }
  }

  async #compose(layers: readonly Layer[], timestampUs: number): Promise<VideoFrame> {
    const started = performance.now()
    const size = { width: this.#width, height: this.#height }
    const items = visibleItems(layers, this.#pictures, size)
    let work: ComposeStats['work'] = 'composed'
    let frame: VideoFrame
    const passed = passable(items, size)
    if (this.#last && sameItems(this.#last.items, items)) {
      work = 'repeated'
      frame = new VideoFrame(this.#last.frame, { timestamp: timestampUs })
    } else if (passed) {
      work = 'passed'
      frame = new VideoFrame(passed, { timestamp: timestampUs })
    } else {
      frame = await this.#withEngine(async (engine) => {
        await engine.paint(items)
        return engine.frame(timestampUs)
      })
    }
    if (work !== 'repeated') this.#remember(items, frame.clone())
    this.#lastCompose = { drawn: items.length, work, durationMs: performance.now() - started }
    return frame
  }

  /** Runs `action`; if the GPU context is lost in it, changes to the planar engine and runs it there. */
  async #withEngine<T>(action: (engine: ProgramEngine) => Promise<T>): Promise<T> {
    try {
      return await action(this.#engine)
    } catch (error) {
      if (!(error instanceof EngineLostError)) throw error
      this.#engine.dispose()
      this.#engine = new PlanarEngine(await createKernels(), this.#width, this.#height)
      this.#options.onEngineChange?.('planar', error.message)
      return action(this.#engine)
    }
  }

  #remember(items: readonly Item[], frame: VideoFrame): void {
    this.#last?.frame.close()
    this.#last = { items, frame }
  }

  #forgetLast(): void {
    this.#last?.frame.close()
    this.#last = null
  }

  /** Lets waiting pictures and a new size in. */
  #settle(): void {
    for (const id of this.#pictures.settle()) this.#engine.forget(id)
    if (this.#nextSize && (this.#nextSize.width !== this.#width || this.#nextSize.height !== this.#height)) {
      this.#width = this.#nextSize.width
      this.#height = this.#nextSize.height
      this.#forgetLast()
      this.#engine.setSize(this.#width, this.#height)
    }
    this.#nextSize = null
  }

  /** One action at a time. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const run = async (): Promise<T> => {
      if (this.#disposed) throw new Error('the compositor is disposed')
      return action()
    }
    const result = this.#turn.then(run, run)
    this.#turn = result
    return result
  }

  #release(): void {
    this.#forgetLast()
    this.#pictures.dispose()
    this.#engine.dispose()
  }
}

/** Throws RangeError for a size that cannot be; falls back to planar when WebGL2 cannot be had. */
export async function createCompositor(options: CompositorOptions): Promise<Compositor> {
  const { width, height, engine } = options
  checkSize(width, height)
  if (engine === 'webgl2') {
    const webgl = createWebglEngine(width, height)
    if (webgl) return new StageCompositor(webgl, options)
    options.onEngineChange?.('planar', 'no WebGL2 context')
  }
  return new StageCompositor(new PlanarEngine(await createKernels(), width, height), options)
}
