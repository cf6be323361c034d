import type { Transform } from '../../../electron/shared/scene'
import type { Box } from '../../../electron/shared/seat-layout'

/** The two ways of putting a program picture together. One contract, so that nobody outside has to know which runs. */
export type Engine = 'planar' | 'webgl2'

/**
 * A picture that was drawn or decoded once: text, image, placeholder. Straight (not premultiplied) RGBA, sRGB,
 * rows packed. Converted once when it is set and kept until it is replaced.
 */
export interface Still {
  readonly kind: 'still'
  /** 1 … 8,192 px. */
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray
}

/**
 * The newest picture of one source. Any `VideoFrame` that Chromium hands out may come: I420, I420A and NV12 of any
 * size (odd ones too), RGBA/BGRA/RGBX/BGRX, other or opaque formats (slower), limited or full range, BT.601 or
 * BT.709. `visibleRect` counts. The alpha of RGBA and BGRA frames is not used (a camera or a screen has none);
 * the alpha of I420A is.
 */
export type Picture = VideoFrame | Still

export interface Layer {
  /** Id of the source whose newest picture is shown; a layer without a picture is left out. */
  readonly id: string
  readonly transform: Transform
  /** Nothing of the layer is seen outside of it; left out = the whole program. */
  readonly within?: Box
}

export interface ComposeStats {
  /** Layers that took part; fully covered, invisible and picture-less ones did not. */
  readonly drawn: number
  /** `passed` = a source frame went through untouched; `repeated` = nothing changed; `composed` = pixels were written. */
  readonly work: 'passed' | 'repeated' | 'composed'
  /** From the call to the finished `VideoFrame`. */
  readonly durationMs: number
}

/**
 * Puts layers together into the program. Lives in the stage's worker. Not re-entrant: one `compose` or `preview` is
 * under way at a time (a second call waits for the first).
 */
export interface Compositor {
  /** Changes from 'webgl2' to 'planar' when the GPU context is lost. */
  readonly engine: Engine
  readonly width: number
  readonly height: number
  /** What the last `compose` did. */
  readonly lastCompose: ComposeStats | null

  /** Even, 16 … 4,096. */
  setSize(width: number, height: number): void

  /**
   * Makes `picture` the newest one of source `id`. Costs nothing by itself (work is done at `compose`, only for what
   * is seen). A `VideoFrame` becomes the compositor's: it is closed when the next one comes, on `removePicture` and
   * on `dispose`; hand in `frame.clone()` to keep one.
   */
  setPicture(id: string, picture: Picture): void
  removePicture(id: string): void
  hasPicture(id: string): boolean

  /**
   * The program as one frame: I420, BT.709 limited range (planar), or whatever the canvas gives (webgl2).
   * `layers` stand in z-order, the last on top; background is black. The caller closes the frame.
   * A frame whose pixels cannot be read (its GPU is gone) is dropped, and the program is composed without that source
   * until its next picture; `onPictureError` tells. Rejects after `dispose` and when memory runs out.
   * @param timestampUs stamped on the frame, microseconds
   */
  compose(layers: readonly Layer[], timestampUs: number): Promise<VideoFrame>

  /**
   * The last program picture, scaled: packed I420 (Y, U, V without padding), BT.709 limited range. Width and height
   * are made even (rounded down, at least 2). Black before the first `compose`. The array is the caller's.
   * @param into used and returned if it has the right length: a new array for each preview costs more than the scaling
   */
  preview(width: number, height: number, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>

  /** Luma variance of a source's newest picture (0 = one flat colour), on a coarse grid; null without a picture. */
  variance(id: string): Promise<number | null>

  /** Closes every frame and frees the memory. */
  dispose(): void
}

export interface CompositorOptions {
  readonly width: number
  readonly height: number
  /** From `chooseEngine`. */
  readonly engine: Engine
  /** Called once if the engine had to be changed at run time. The reason is for the log. */
  readonly onEngineChange?: (engine: Engine, reason: string) => void
  /** A source's newest picture could not be read and was dropped. The reason is for the log. */
  readonly onPictureError?: (id: string, reason: string) => void
}

/** One engine's measurement at start. Milliseconds per frame, from compose to a frame the encoder can read. */
export interface EngineMeasurement {
  readonly engine: Engine
  readonly available: boolean
  /** Why it is not available; otherwise the name of the renderer. */
  readonly detail: string
  readonly frames: number
  readonly medianMs: number
  readonly worstMs: number
}

export interface EngineChoice {
  readonly engine: Engine
  readonly measurements: readonly EngineMeasurement[]
  /** One line for the log, with the numbers. */
  readonly reason: string
}

/** What `drawText` needs of a text source (scene.ts). */
export interface TextSource {
  readonly text: string
  readonly colour: string
  readonly background: string | null
  /** Share of the program's height. */
  readonly size: number
  readonly align: 'left' | 'center' | 'right'
  readonly transform: Pick<Transform, 'width'>
}
