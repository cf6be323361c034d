import type { Still } from './contract'

/** System fonts: Latin as the system has it, Chinese as each platform names it. */
export const FONTS = 'system-ui, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'

export interface Drawing {
  readonly canvas: OffscreenCanvas
  readonly context: OffscreenCanvasRenderingContext2D
}

/** A canvas for pictures that are drawn once and read back. Throws RangeError beyond what a canvas can be. */
export function drawing(width: number, height: number): Drawing {
  const canvas = new OffscreenCanvas(Math.max(1, Math.ceil(width)), Math.max(1, Math.ceil(height)))
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new RangeError(`no canvas of ${width}×${height}`)
  return { canvas, context }
}

export function stillOf({ canvas, context }: Drawing): Still {
  const { width, height } = canvas
  return { kind: 'still', width, height, data: context.getImageData(0, 0, width, height).data }
}

/** Text in the middle of a width, shortened with an ellipsis until it fits. */
export function centred(context: OffscreenCanvasRenderingContext2D, text: string, x: number, y: number, maxWidth: number): void {
  let shown = text
  while (shown.length > 1 && context.measureText(shown).width > maxWidth) shown = `${shown.slice(0, -2).trimEnd()}…`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(shown, x, y)
}
