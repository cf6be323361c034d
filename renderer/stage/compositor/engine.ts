import type { Engine } from './contract'
import type { Placement } from './layout'
import type { StoredPicture } from './picture-store'

/** A layer that is seen, ready to be drawn. */
export interface Item {
  readonly id: string
  readonly stored: StoredPicture
  readonly placement: Placement
  /** Equal keys = equal geometry and opacity. */
  readonly key: string
  /** 1 … 256. */
  readonly opacity: number
  /** Nothing below shines through its clip. */
  readonly opaque: boolean
}

/** What differs between the engines: how pixels are put together. Everything else is the compositor's. */
export interface ProgramEngine {
  readonly engine: Engine
  setSize(width: number, height: number): void
  /** Brings the program picture up to date; items from the bottom to the top over black. */
  paint(items: readonly Item[]): Promise<void>
  /** The painted program. */
  frame(timestampUs: number): VideoFrame
  /** The painted program, scaled: packed I420, even size, written into `out` of that length. */
  preview(width: number, height: number, out: Uint8Array<ArrayBuffer>): void
  /** A source is gone: what was kept of it can go. */
  forget(id: string): void
  dispose(): void
}

/** The GPU took the context away; the program goes on with the other engine. */
export class EngineLostError extends Error {}

/** One source's newest frame cannot be read. The others can go on without it. */
export class PictureError extends Error {
  readonly id: string

  constructor(id: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.id = id
  }
}
